"""Which definition is used, and where it comes from: file, instance, bundled; in this order (DESIGN, issue 10).

No HTTP here: whoever can log in passes a callable that fetches the page.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from conformance.definition.errors import EXPORT_HINT, DefinitionError, PageError
from conformance.definition.index import Index
from conformance.definition.reading import read
from conformance.definition.repairing import Repair, repair
from conformance.kimai import DEFINITIONS

Source = Literal["file", "instance", "bundled"]

BUNDLED = DEFINITIONS
"""The definitions of releases, one file a version: `<version>.json`."""


@dataclass(frozen=True)
class Definition:
    """A mended and valid OpenAPI document with where it comes from.

    `version` is the Kimai version it stands for, None where that is not known (`info.version` is another number).
    `exact` is whether it is the instance's own: False for a bundled definition of another version, and then
    `definition.*` clauses can only be observed. `fingerprint` is of the document before mending, so that a later
    suite with more repairs gives the same one. `origin` is a line for people.
    """

    document: Mapping[str, Any]
    source: Source
    exact: bool
    version: str | None
    fingerprint: str
    repairs: tuple[Repair, ...]
    origin: str

    @cached_property
    def index(self) -> Index:
        """The operations and what they take and give."""
        return Index.of(self.document)


def load(path: str | Path, *, version: str | None = None) -> Definition:
    """Read, mend and validate a file: JSON, YAML or a saved page /api/doc.

    Raises DefinitionError where it cannot be read or used.
    """
    return parse(_text(Path(path)), str(path), version=version)


def parse(text: str, name: str, *, version: str | None = None) -> Definition:
    """Mend and validate the text of a file: JSON, YAML or a saved page /api/doc. Raises DefinitionError."""
    return _finish(text, name, "file", version=version, exact=True, origin=f"file {name}")


def find(
    *,
    file: str | Path | None = None,
    fetch_page: Callable[[], str] | None = None,
    version: str | None = None,
    folder: Path = BUNDLED,
) -> Definition:
    """Return the definition to go by: the user's file, else the instance's page, else a bundled one.

    `fetch_page` logs in and returns the page /api/doc; without it the instance is not asked. A page that cannot be
    used is an error and not a reason to go on: who configured a password expects the instance's own definition.
    `version` is what /api/version says. Raises DefinitionError (PageError for the instance's), and what `fetch_page`
    raises.
    """
    if file is not None:
        return load(file, version=version)
    if fetch_page is not None:
        origin = "the page /api/doc of the instance"
        page = fetch_page()
        try:
            return _finish(page, origin, "instance", version=version, exact=True, origin=origin)
        except DefinitionError as error:
            raise PageError.of(error) from None
    return bundled(version, folder=folder)


def bundled(version: str | None, *, folder: Path = BUNDLED) -> Definition:
    """Return the bundled definition of a version, or of the nearest one that is not newer, else the oldest.

    Raises DefinitionError where none is bundled.
    """
    chosen = nearest(version, tuple(path.stem for path in folder.glob("*.json")))
    if chosen is None:
        raise DefinitionError("no definition is bundled, and none was given", hint=EXPORT_HINT)
    exact = version is not None and _numbers(version) == _numbers(chosen)
    origin = f"bundled for Kimai {chosen}"
    if not exact:
        origin += f", not of the instance's own version {version or '(unknown)'}: it only plans"
    path = folder / f"{chosen}.json"
    return _finish(_text(path), path.name, "bundled", version=chosen, exact=exact, origin=origin)


def nearest(version: str | None, known: tuple[str, ...]) -> str | None:
    """Return the newest of the known versions that is not newer; the oldest where all are; the newest for None."""
    ordered = sorted(known, key=_numbers)
    if not ordered or version is None:
        return ordered[-1] if ordered else None
    older = [item for item in ordered if _numbers(item) <= _numbers(version)]
    return older[-1] if older else ordered[0]


def fingerprint(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a document, whatever the order of its members."""
    canonical = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def _finish(text: str, name: str, source: Source, *, version: str | None, exact: bool, origin: str) -> Definition:
    from conformance.definition.validating import validate  # Heavy: a run's workers read what was validated.

    raw = read(text, name)
    document, repairs = repair(raw)
    validate(document)
    return Definition(document, source, exact, version, fingerprint(raw), repairs, origin)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise DefinitionError(f"the definition file {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise DefinitionError(f"the definition file {path} is not UTF-8 text") from None


def _numbers(version: str) -> tuple[int, ...]:
    results = [int(number[:9]) for number in re.findall(r"\d+", version)[:3]]
    return tuple(results + [0] * (3 - len(results)))
