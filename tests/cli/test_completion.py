"""Completion on Tab in three shells, by what each shell asks of the command."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from conformance.cli.main import group
from tests import processes

COMMAND = Path(sys.executable).parent / "kimai-conformance"
SHELLS = ("bash", "zsh", "fish")


def asked(folder: Path, **variables: str) -> str:
    """Return what the command prints for a shell."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KIMAI_")}
    done = processes.run([COMMAND], cwd=folder, env={**kept, **variables})
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_is_printed_and_is_the_shell_s(shell: str, tmp_path: Path) -> None:
    script = asked(tmp_path, _KIMAI_CONFORMANCE_COMPLETE=f"{shell}_source")
    assert "kimai-conformance" in script
    assert f"_KIMAI_CONFORMANCE_COMPLETE={shell}_complete" in script
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"there is no {shell} here to read the script")
    (tmp_path / "script").write_text(script, encoding="utf-8")
    assert processes.run([program, "-n", tmp_path / "script"]).returncode == 0


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (("ru",), "run"),
        (("run", "--profi"), "--profile"),
        (("run", "--profile", "sm"), "smoke"),
        (("run", "--clause", "auth.missing"), "auth.missing-refused"),
        (("run", "--family", "date"), "datetime"),
        (("explain", "datetime.off"), "datetime.offset"),
        (("serve", "--fault", "offset-miss"), "offset-missing"),
        (("docs", "saf"), "safety"),
        (("init", "--ci", "gitl"), "gitlab"),
    ],
)
def test_words_are_completed(line: tuple[str, ...], expected: str) -> None:
    completion = ShellComplete(group, {}, "kimai-conformance", "_KIMAI_CONFORMANCE_COMPLETE")
    found = completion.get_completions(list(line[:-1]), line[-1])
    assert expected in [item.value for item in found]
