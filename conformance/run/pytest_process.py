"""The pytest child of a run: its command line, measured to be immune to the user's own pytest set-up."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import conformance
import contracts
from conformance.run import parent_watch
from conformance.run.context import RunContext
from conformance.run.selecting import Chosen
from conformance.run.shards import Shard

_PACKAGE = Path(conformance.__file__).parent
_FOLDERS = (Path(str(contracts.__file__)).parent, _PACKAGE / "properties")


@dataclass(frozen=True)
class Selection:
    """What of the suite is run: a selection makes the verdict partial, a shard that of its part.

    `nodes` are ids of checks, as in verdicts.
    """

    keyword: str = ""
    marker: str = ""
    last_failed: bool = False
    chosen: Chosen = field(default_factory=Chosen)
    extra: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    shard: Shard | None = None

    @property
    def partial(self) -> bool:
        """Whether anything but a shard narrows the run; arguments for pytest may, so they count."""
        chosen = (self.keyword, self.marker, self.last_failed, self.chosen, self.extra, self.nodes)
        return any(map(bool, chosen))

    def arguments(self) -> list[str]:
        """Return selection and shard as pytest's arguments."""
        return (["--kimai-shard", str(self.shard)] if self.shard else []) + self.selecting()

    def selecting(self) -> list[str]:
        """Return the selection alone as pytest's arguments."""
        result = ["-k", self.keyword] if self.keyword else []
        result += ["-m", self.marker] if self.marker else []
        result += ["--kimai-select", self.chosen.to_json()] if self.chosen else []
        return result + (["--lf"] if self.last_failed else []) + list(self.extra)


def command(context_file: Path, cache: Path, selection: Selection, workers: int = 0) -> list[str]:
    """Return the child's command line. Source: DESIGN, "pytest from an installed wheel"."""
    site = str(_PACKAGE.parent)
    results = [sys.executable, "-P", "-m", "pytest", "-c", str(_PACKAGE / "pytest.ini")]
    results += ["--rootdir", site, "--confcutdir", site, "-o", f"cache_dir={cache}"]
    results += ["-p", "conformance.plugin", "-p", "no:schemathesis", "-p", "xdist.plugin"]
    # It collects garbage again and again at the end, for warnings that nobody reads here.
    results += ["-p", "no:unraisableexception"]
    results += ["--kimai-run", str(context_file)]
    results += ["-n", str(workers), "--dist", "loadgroup"] if workers else []
    where = [f"{site}/{node}" for node in selection.nodes] or [str(folder) for folder in _FOLDERS]
    return results + selection.arguments() + where


ENDED_WELL = frozenset({0, 1, 5})
"""Exit statuses of pytest: all passed, some failed, nothing selected."""


def cache_folder(state: Path, context: RunContext) -> Path:
    """Return pytest's cache for an instance: --lf asks again what failed there, and not elsewhere."""
    name = "embedded" if context.own_instance else hashlib.sha256(context.url.encode()).hexdigest()[:12]
    return state / "cache" / name


def start(arguments: Sequence[str], secrets: dict[str, str], pipe: Path | None, log: Path) -> subprocess.Popen[bytes]:
    """Start the child in this process group, with its output in `log`."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "SCHEMATHESIS_", "HYPOTHESIS_"))}
    environment |= {**secrets, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    if pipe:
        environment[parent_watch.VARIABLE] = str(pipe)
    with log.open("wb") as sink:
        return subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, env=environment)


def wait(child: subprocess.Popen[bytes], seconds: float) -> int | None:
    """Return the child's exit status, or None where it still runs after `seconds`."""
    try:
        return child.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return None


def end(child: subprocess.Popen[bytes], patience: float = 10.0) -> None:
    """Let a child whose pipe was cut end by itself, and kill it where it does not within `patience` seconds."""
    if wait(child, patience) is None:
        child.kill()
        child.wait()
