"""One instance of a fleet: it is run by a command of its own, with a state folder of its own.

Where an attempt was killed with its machine, the next one first lets `clean` finish what it left: by its ledger, which
therefore must lie where every worker sees it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from conformance.model import Exit
from conformance.run.parent_watch import PARENT, PIPE, ParentPipe
from conformance.settings.model import Settings

_EXTRA = ("token", "username", "password", "config", "ca_file", "client_key")
SETTING_VARIABLES = frozenset(f"KIMAI_{name.upper()}" for name in (*Settings.__dataclass_fields__, *_EXTRA))
"""Variables that would speak for every instance: in a fleet each speaks for itself."""

AGAIN = frozenset({Exit.INTERRUPTED, Exit.CRASH})
"""Statuses of instances that are run once more when a fleet is resumed."""


@dataclass(frozen=True)
class Job:
    """One instance: `instance` and `run` are flags of the command line, which name its secrets and hold none.

    `folder` takes its reports and, in `state`, its ledgers. With `snapshot`, it is compared with that file.
    """

    name: str
    url: str
    host: str
    folder: str
    instance: tuple[str, ...] = ()
    run: tuple[str, ...] = ()
    snapshot: str = ""

    @property
    def digest(self) -> str:
        """What tells whether a kept result is of this very job."""
        return hashlib.sha256(json.dumps(asdict(self)).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Result:
    """What became of one instance. `families` maps names to counts by status; `words` says what went wrong."""

    name: str
    url: str
    status: int
    word: str = ""
    version: str = ""
    seconds: float = 0.0
    requests: int = 0
    left_behind: int = 0
    families: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    words: str = ""
    digest: str = ""


def environment(token_env: str | None = None) -> dict[str, str]:
    """Return this process's environment without what would speak for every instance."""
    return {name: value for name, value in os.environ.items() if name not in SETTING_VARIABLES or name == token_env}


def read_result(job: Job) -> Result | None:
    """Return what is known of this very job, None where nothing is."""
    try:
        data = json.loads((Path(job.folder) / "result.json").read_text(encoding="utf-8"))
        result = Result(**{item.name: data[item.name] for item in fields(Result)})
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return result if result.digest == job.digest else None


def kept_result(job: Job) -> Result | None:
    """Return what an earlier fleet found out about this very job, None where it must be run."""
    result = read_result(job)
    return result if result is not None and result.status not in AGAIN else None


def run_job(job: Job, stopped: Callable[[], bool] = lambda: False) -> Result:
    """Run or compare one instance to its end, and keep its result. `stopped` says that it is to end early."""
    folder = Path(job.folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "result.json").unlink(missing_ok=True)
    started = time.monotonic()
    # Tells the commands that this process lives; one that an attempt before left behind goes.
    (folder / PIPE).unlink(missing_ok=True)
    pipe = ParentPipe(folder)
    try:
        status = _commands(job, folder, pipe, stopped)
    finally:
        pipe.cut()
    result = _result(job, folder, status, round(time.monotonic() - started, 1))
    (folder / "result.json").write_text(json.dumps(asdict(result), indent=1) + "\n", encoding="utf-8")
    return result


def _commands(job: Job, folder: Path, pipe: ParentPipe, stopped: Callable[[], bool]) -> int:
    with (folder / "output.txt").open("wb") as output:
        if any((folder / "state").rglob("ledger*.jsonl")):
            cleaned = _command(["clean", *job.instance], job, pipe, output, stopped)
            if cleaned != Exit.CONFORMANT:
                return cleaned
        for name in ("verdict.json", "comparison.json"):
            (folder / name).unlink(missing_ok=True)
        if job.snapshot:
            words = ["compare", job.snapshot, job.url, "--format", "json", "--out", str(folder / "comparison.json")]
            at = job.instance.index("--url") if "--url" in job.instance else len(job.instance)
            without_url = [*job.instance[:at], *job.instance[at + 2 :]]
            return _command([*words, *without_url, *job.run], job, pipe, output, stopped)
        words = ["run", *job.instance, *job.run, "--report-dir", str(folder)]
        return _command(words, job, pipe, output, stopped)


def _command(words: list[str], job: Job, pipe: ParentPipe, output: Any, stopped: Callable[[], bool]) -> int:
    """Run a command of the suite to its end, or interrupt it; it cleans up by itself, also where this process ends.

    It is in a session of its own: Ctrl-C at the fleet is passed on once, and not by the terminal as well.
    """
    token_env = job.instance[job.instance.index("--token-env") + 1] if "--token-env" in job.instance else None
    variables = {"KIMAI_CONFORMANCE_STATE": str(Path(job.folder) / "state"), PARENT: str(pipe.path)}
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "conformance", *words],
        stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=job.folder,
        env={**environment(token_env), **variables}, start_new_session=True,
    )  # fmt: skip
    interrupted = False
    while True:
        try:
            return process.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            if stopped() and not interrupted:
                interrupted = True
                process.terminate()


def _result(job: Job, folder: Path, status: int, seconds: float) -> Result:
    bare = Result(job.name, job.url, status, seconds=seconds, digest=job.digest)
    comparison, verdict = _json(folder / "comparison.json"), _json(folder / "verdict.json")
    if comparison is not None:
        counts = Counter(str(change["class"]) for change in comparison["changes"])
        return replace(bare, word=str(comparison["verdict"]), families={"changes": dict(counts)})
    if verdict is None:
        output = (folder / "output.txt").read_text(encoding="utf-8", errors="replace")
        return replace(bare, word=_WORDS.get(status, "NOT RUN"), words=" ".join(output.strip().splitlines()[-4:]))
    summary = verdict["summary"]
    return replace(
        bare,
        word=summary["verdict"],
        version=verdict["instance"]["version"] or "",
        requests=verdict["run"]["requests"],
        left_behind=len(verdict["safety"]["left_behind"]),
        families=summary["families"],
        words="; ".join(summary["reasons"][:3]),
    )


_WORDS = {int(Exit.UNFIT): "UNFIT", int(Exit.INTERRUPTED): "INTERRUPTED", int(Exit.CRASH): "CRASHED"}


def _json(path: Path) -> dict[str, Any] | None:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return data if isinstance(data, dict) else None


def forget(job: Job) -> None:
    """Remove the reports of an earlier fleet; the state stays, for something may have to be cleaned up."""
    folder = Path(job.folder)
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name != "state":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
