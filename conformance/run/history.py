"""Keeps the verdicts of runs in a folder, so that a report can show the trend."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
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
    same = [(path, verdict) for path, verdict in verdicts if not url or _is_of(verdict, url, verdicts)]
    return sorted(same, key=lambda entry: entry[1].run.started)


def _is_of(verdict: Verdict, url: str, verdicts: Iterable[tuple[Path, Verdict]]) -> bool:
    embedded = any(other.instance.url == url and other.instance.kind == "embedded" for _, other in verdicts)
    return verdict.instance.kind == "embedded" if embedded else verdict.instance.url == url


def _read(path: Path) -> Verdict:
    try:
        return parse_verdict(gzip.decompress(path.read_bytes()).decode(), path)
    except (OSError, EOFError, ValueError) as error:
        raise UsageError(f"{path} is no kept verdict: {error}", "Take it out of the folder.") from None
