"""What unmodified releases of Kimai answered: a snapshot a version, taken from a real one as it came.

Each was taken by `snapshot` from a fresh installation with default settings and the actors of four roles. They hold the
structure of the definition, names, values and statuses; no text for people. What was asked in a way that depends on
what was asked before was left out (`migration`). Two things are from recordings of the same releases: how
`modified_after` is read, and that in 2.24.0 the query decides which of two records that begin together comes first.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from packaging.version import InvalidVersion, Version

from conformance.model import UsageError
from conformance.nearest import suggestion
from conformance.upgrade.snapshot import Snapshot, of_json

FOLDER = Path(__file__).parent


def versions() -> tuple[str, ...]:
    """Return the versions of which a release is kept, oldest first."""
    return tuple(sorted((path.stem for path in FOLDER.glob("*.json")), key=Version))


def between(old: str, new: str) -> str | None:
    """Return the kept release that comes first after one version and before another; None where there is none."""
    try:
        earliest, latest = Version(old), Version(new)
    except InvalidVersion:
        return None
    return next((version for version in versions() if earliest < Version(version) < latest), None)


@cache
def release(version: str) -> Snapshot:
    """Return what a release answered. Raises UsageError for a version of which none is kept."""
    if version not in versions():
        raise UsageError(
            f"no snapshot of the release {version or 'without a version'} is kept",
            f"{suggestion(version, versions())} Kept are {', '.join(f'released:{item}' for item in versions())}. "
            "builtin:VERSION emulates one; snapshot --out FILE keeps your own.",
        )
    return of_json(json.loads((FOLDER / f"{version}.json").read_text(encoding="utf-8")), f"released:{version}")
