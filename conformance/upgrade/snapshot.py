"""A snapshot: the observations of an instance with its mended definition, as a file that can be kept and compared.

Sorted JSON with LF; the same state of an instance gives the same bytes, so it can be committed and diffed. Neither URL
nor time stands in it: they are printed. Source: compare-notes, "A snapshot that is the same byte for byte".
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conformance.definition import Index
from conformance.model import UsageError
from conformance.upgrade.facts import Fact

FORMAT: Final = "kimai-conformance snapshot"
VERSION = 1
"""Rises when an older reader would misread a file."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Instance(_Part):
    """What was asked. `kind` is embedded or configured, `version` empty where the instance does not tell."""

    kind: Literal["embedded", "configured"]
    version: str


class Circumstances(_Part):
    """How it was asked. `zones` by role, `timesheet` the instance's settings of time tracking as it shows them."""

    profile: str
    read_only: bool
    allow: list[str]
    zones: dict[str, str | None]
    timesheet: dict[str, Any]


class KeptDefinition(_Part):
    """The definition, mended. `own` says that it is the instance's own and not another version's."""

    source: str
    own: bool
    version: str | None
    fingerprint: str
    document: dict[str, Any]


class Snapshot(_Part):
    """All that is kept of an instance."""

    format: Literal["kimai-conformance snapshot"] = FORMAT
    format_version: int = VERSION
    instance: Instance
    circumstances: Circumstances
    definition: KeptDefinition
    observations: list[dict[str, str]] = Field(default_factory=list)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The observations, in order."""
        return tuple(map(Fact.from_json, self.observations))

    @property
    def index(self) -> Index:
        """The operations of the definition."""
        return Index.of(self.definition.document)

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that were asked as."""
        return tuple(self.circumstances.zones)

    def dump(self) -> str:
        """Return the text of the file."""
        return json.dumps(self.model_dump(), sort_keys=True, indent=1, ensure_ascii=False) + "\n"


def write(snapshot: Snapshot, path: Path) -> None:
    """Write a snapshot to a file. Raises UsageError where that is not possible."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(snapshot.dump(), encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", "Give another --out.") from None


def read(path: Path) -> Snapshot:
    """Return the snapshot in a file. Raises UsageError where it is none, or is of another format version."""
    data = _json(path)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise UsageError(f"{path} is not a snapshot", f"Make one: kimai-conformance snapshot --out {path}")
    if data.get("format_version") != VERSION:
        raise UsageError(
            f"{path} has the snapshot format version {data.get('format_version')!r}, and this suite reads {VERSION}",
            "Take both snapshots with the same version of kimai-conformance.",
        )
    try:
        snapshot = Snapshot.model_validate(data)
        tuple(snapshot.facts)
        tuple(snapshot.index)
    except (ValidationError, LookupError, ValueError, TypeError, AttributeError) as error:
        raise UsageError(f"{path} is a damaged snapshot: {_short(error)}", "Take it again.") from None
    return snapshot


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", "Give a snapshot file, or a URL.") from None
    except (ValueError, RecursionError):
        raise UsageError(f"{path} is not JSON, so no snapshot", "Give a snapshot file, or a URL.") from None


def _short(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error).splitlines()[0]
