"""A snapshot: the observations of an instance with its mended definition, as a file that can be kept and compared.

Sorted JSON with LF; the same state of an instance gives the same bytes, so it can be committed and diffed. Neither URL
nor time stands in it: they are printed. Source: compare-notes, "A snapshot that is the same byte for byte".
"""

from __future__ import annotations

import gzip
import json
import zlib
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conformance.definition import Index
from conformance.model import UsageError
from conformance.upgrade.facts import Fact
from conformance.upgrade.rows import facts_in
from conformance.verdict.tables import first_problem

FORMAT: Final = "kimai-conformance snapshot"
VERSION: Final = 2
"""Rises when an older reader would misread a file."""

SIDES_HINT: Final = (
    "Give a snapshot (kimai-conformance snapshot --out FILE), an OpenAPI file, a URL, "
    "released:VERSION or builtin:VERSION."
)
_GZIP: Final = b"\x1f\x8b"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Instance(_Part):
    """What it is of. `version` is empty where that is not told.

    `kind` is an instance that somebody runs, the embedded Kimai that emulates a version, an unmodified release, or a
    document alone.
    """

    kind: Literal["configured", "embedded", "released", "document"]
    version: str


class Circumstances(_Part):
    """How it was asked. `zones` by role, `timesheet` the instance's settings of time tracking as it shows them."""

    profile: str
    read_only: bool
    allow: list[str]
    zones: dict[str, str | None]
    timesheet: dict[str, Any]


class KeptDefinition(_Part):
    """The definition, mended, without words for people. `own` says that it is the instance's own.

    `reader` is the role of who opened the page /api/doc, "" where that is not known: it lists less to weaker roles.
    """

    source: str
    own: bool
    version: str | None
    fingerprint: str
    document: dict[str, Any]
    reader: str = ""


class Snapshot(_Part):
    """All that is kept of an instance."""

    format: Literal["kimai-conformance snapshot"] = FORMAT
    format_version: int = VERSION
    instance: Instance
    circumstances: Circumstances
    definition: KeptDefinition
    observations: list[dict[str, Any]] = Field(default_factory=list)

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """The observations, sorted."""
        return tuple(sorted(facts_in(self.observations)))

    @cached_property
    def index(self) -> Index:
        """The operations of the definition."""
        return Index.of(self.definition.document)

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that were asked as."""
        return tuple(self.circumstances.zones)

    @property
    def is_document(self) -> bool:
        """Whether it holds a document and nothing that was observed."""
        return self.instance.kind == "document"

    def dump(self) -> str:
        """Return the text of the file: sorted, one observation a line, so that it can be kept and its changes read."""
        data = self.model_dump()
        if not self.definition.reader:
            # Files of before it was kept stay as they are.
            del data["definition"]["reader"]
        return f"{_lines(data, 0)}\n"


_OPEN = 5
"""So many levels of objects stand on lines of their own: down to each schema, and each method of a path."""


def _lines(value: Any, depth: int) -> str:
    if isinstance(value, dict) and value and depth < _OPEN:
        inner = [f"{json.dumps(key, ensure_ascii=False)}: {_lines(value[key], depth + 1)}" for key in sorted(value)]
        return _block("{}", inner, depth)
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value) and depth < _OPEN:
        return _block("[]", [_lines(item, _OPEN) for item in value], depth)
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _block(brackets: str, inner: list[str], depth: int) -> str:
    opened, closed = brackets[0], brackets[1]
    separator = ",\n" + " " * (depth + 1)
    return f"{opened}\n{' ' * (depth + 1)}{separator.join(inner)}\n{' ' * depth}{closed}"


def write(snapshot: Snapshot, path: Path) -> None:
    """Write a snapshot to a file. Raises UsageError where that is not possible."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(snapshot.dump(), encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", "Give another --out.") from None


def is_snapshot(data: Any) -> bool:
    """Whether an object says of itself that it is a snapshot."""
    return isinstance(data, dict) and data.get("format") == FORMAT


def read(path: Path) -> Snapshot:
    """Return the snapshot in a file, plain or compressed by gzip. Raises UsageError where there is none in it."""
    try:
        data = json.loads(text_of(path))
    except (ValueError, RecursionError):
        raise UsageError(f"{path} is not JSON, so no snapshot", SIDES_HINT) from None
    if not is_snapshot(data):
        raise UsageError(f"{path} is not a snapshot", SIDES_HINT)
    return of_json(data, str(path))


def of_json(data: dict[str, Any], name: str) -> Snapshot:
    """Return the snapshot of an object; one of format 1 is brought into today's words.

    `name` says in messages where it is from. Raises UsageError where it is damaged, or of a format that is not known.
    """
    version = data.get("format_version")
    if version not in (1, VERSION):
        raise UsageError(
            f"{name} has the snapshot format version {version!r}, and this suite reads 1 to {VERSION}",
            "Take both snapshots with the same version of kimai-conformance.",
        )
    try:
        if version == 1:
            # Imported here alone: it reads times as probes do, and pytest comes with the probes.
            from conformance.upgrade.migration import migrated

            data = migrated(data)
        snapshot = Snapshot.model_validate(data)
        tuple(snapshot.facts)
        tuple(snapshot.index)
    except (ValidationError, LookupError, ValueError, TypeError, AttributeError) as error:
        raise UsageError(f"{name} is a damaged snapshot: {first_problem(error)}", "Take it again.") from None
    return snapshot


def text_of(path: Path) -> str:
    """Return the text of a file, plain or compressed by gzip. Raises UsageError where it cannot be read."""
    try:
        content = path.read_bytes()
        return (gzip.decompress(content) if content[:2] == _GZIP else content).decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text", SIDES_HINT) from None
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or "it is damaged"
        raise UsageError(f"{path} cannot be read: {reason}", SIDES_HINT) from None
