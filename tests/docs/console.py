"""Runs the commands that a page shows, in their order, and holds their output against what the page says of it.

A block is run where its kind is `sh` (commands alone) or `console` (commands behind `$ `, each with its output). A word
behind the kind says otherwise: `no-run` needs what no test has (a CI, a package index, a container), and `slow` is run
by the slow tests alone. Files of a page, such as `toml known.toml`, are written first. A command must succeed, unless
the page shows its status next, with `echo $?`; behind the kind `sh`, `exit-1` says that the last one ends so.

A comment in a page, `<!-- commands run with: NAME NAME -->`, names the variables that its commands find set.

In shown output a number stands for any number, and … for anything; on a line of its own for any lines.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from tests import processes

BLOCK = re.compile(r"^ *```(sh|console)((?: [\w-]+)*)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"^```\w+ ([\w.-]+\.\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
SET = re.compile(r"^<!-- commands run with: (.*) -->$", re.MULTILINE)
MARK = "@@ status of command"
PORT = "8066"


@dataclass(frozen=True)
class Command:
    """A command of a page, what the page shows of its output, and its status; None where the page does not say it."""

    text: str
    shown: str | None
    status: int | None = 0


def commands(page: str, *, slow: bool) -> list[Command]:
    """Return the commands of a page; without `slow` those of its quick blocks alone."""
    results: list[Command] = []
    for kind, rest, body in BLOCK.findall(page):
        words = rest.split()
        if "no-run" in words or ("slow" in words and not slow):
            continue
        results += _session(dedent(body)) if kind == "console" else _lines(dedent(body), int("exit-1" in words))
    return results


def _session(body: str) -> list[Command]:
    """Return the commands of a session, each with its output."""
    parts = [part.partition("\n") for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]]
    followers = [text for text, _, _ in parts[1:]] + [""]
    return [
        Command(text, shown, None if follower == "echo $?" else 0)
        for (text, _, shown), follower in zip(parts, followers, strict=True)
    ]


def _lines(body: str, last: int) -> list[Command]:
    """Return the commands of a block, a line each unless it ends in a backslash; `last` is the last status."""
    lines = [line for line in re.sub(r"\\\n\s*", " ", body).splitlines() if line.strip() and not line.startswith("#")]
    return [Command(line, None) for line in lines[:-1]] + [Command(lines[-1], None, last)]


def outputs(
    commands: list[Command], folder: Path, replaced: Mapping[str, str], variables: Mapping[str, str]
) -> list[tuple[int, str]]:
    """Run commands in one shell in a folder, with further variables, and return the status and the output of each.

    `replaced` are texts of the page that stand for what the test has, such as the address of an instance.
    """
    lines = ["trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT"]
    for command in commands:
        text = command.text
        for before, after in replaced.items():
            text = text.replace(before, after)
        lines += [text, f"__status=$?; printf '\\n{MARK} %s\\n' $__status; (exit $__status)"]
    script = folder / "commands.sh"
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")
    process = processes.start(
        ["bash", script], cwd=folder, start_new_session=True, env={**_environment(folder), **variables}
    )
    try:
        told, _ = process.communicate(timeout=1800)
    finally:
        # Where the test was cut off, what the shell has started goes with it.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
    parts = re.split(rf"\n?{MARK} (\d+)\n", told)
    return [(int(status), output) for output, status in zip(parts[::2], parts[1::2], strict=False)]


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KIMAI_", "PYTEST_", "COV_"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    return {
        **kept,
        "PATH": path,
        "HOME": str(folder),
        "KIMAI_CONFORMANCE_STATE": str(folder / "state"),
        "NO_COLOR": "1",
        # Where a page names no profile, the smallest one shows as well that its commands work.
        "KIMAI_PROFILE": "smoke",
    }


def pattern(shown: str) -> re.Pattern[str]:
    """Return what output must match to be what a page shows."""
    parts = []
    for line in shown.splitlines():
        if line.strip() == "…":
            parts.append(r"(?:.*\n)*?")
        else:
            quoted = re.escape(line.rstrip()).replace("…", ".*")
            parts.append(re.sub(r"\d+(?:,\d{3})*", r"[\\d,]+", quoted) + r"[ ]*\n")
    return re.compile("".join(parts))


def is_as_shown(output: str, shown: str) -> bool:
    """Whether output is what a page shows of it."""
    return pattern(shown).fullmatch(output.rstrip("\n") + "\n" if output.strip() else "") is not None


def free_port() -> str:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])
