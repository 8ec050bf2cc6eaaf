"""Keeps the verdicts of runs in a folder, so that a report can show the trend."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from conformance.model import UsageError
from conformance.verdict.document import Verdict, parse_verdict

KEPT = 100
"""Verdicts of one instance that a folder keeps; older ones are taken out."""

_NAME = "verdict-{started}-{id}.json.gz"


def keep(verdict: Verdict, folder: Path) -> Path:
    """Write a verdict into the folder, made where it is missing, and return its path. Raises UsageError.

    A verdict that is there already is not written twice.
    """
    started = "".join(sign if sign.isalnum() else "-" for sign in verdict.run.started)
    path = folder / _NAME.format(started=started, id="".join(filter(str.isalnum, verdict.run.id)))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(json.dumps(verdict.document()).encode(), mtime=0))
    except OSError as error:
        raise UsageError(
            f"the history {folder} cannot be written: {error.strerror or error}", "Give another folder with --history."
        ) from None
    for old in past(folder, verdict.instance.url)[:-KEPT]:
        old[0].unlink(missing_ok=True)
    return path


def past(folder: Path, url: str = "") -> list[tuple[Path, Verdict]]:
    """Return the verdicts of a folder, the oldest first; only those of the instance at `url`, where it is given.

    Verdicts of embedded Kimais are of one instance, whatever their ports. Raises UsageError for a file that is none.
    """
    verdicts = [(path, _read(path)) for path in sorted(folder.glob("verdict-*.json.gz"))]
    embedded = any(one.instance.url == url and one.instance.kind == "embedded" for _, one in verdicts)
    same = [
        (path, one)
        for path, one in verdicts
        if not url or (one.instance.kind == "embedded" if embedded else one.instance.url == url)
    ]
    return sorted(same, key=lambda entry: entry[1].run.started)


def _read(path: Path) -> Verdict:
    try:
        return parse_verdict(gzip.decompress(path.read_bytes()).decode(), path)
    except (OSError, EOFError, ValueError) as error:
        raise UsageError(f"{path} is no kept verdict: {error}", "Take it out of the folder.") from None
