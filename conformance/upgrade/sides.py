"""What OLD and NEW of a comparison name: a file, a release, an emulated version, or an instance that is asked now."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from conformance.model import UsageError
from conformance.upgrade.releases import release
from conformance.upgrade.snapshot import SIDES_HINT, Snapshot, is_snapshot, of_json, text_of

RELEASED, BUILTIN = "released:", "builtin:"
Taker = Callable[[str], Snapshot]


def side(text: str, take_url: Taker, take_builtin: Taker) -> Snapshot:
    """Return the snapshot that an argument names. Raises UsageError where it names none.

    `take_url` and `take_builtin` take one of an instance now, by its URL and by the version to emulate.
    """
    if text.startswith(RELEASED):
        return release(text.removeprefix(RELEASED))
    if text.startswith(BUILTIN):
        version = text.removeprefix(BUILTIN)
        if not version:
            raise UsageError("builtin: names no version", "For example builtin:2.62.0")
        return take_builtin(version)
    if text.startswith(("http://", "https://")):
        return take_url(text)
    return of_file(Path(text))


def of_file(path: Path) -> Snapshot:
    """Return the snapshot or the OpenAPI document in a file. Raises UsageError where there is neither in it."""
    text = text_of(path)
    if text.lstrip("\ufeff \t\r\n")[:1] not in ("{", "["):
        # YAML, or a saved page.
        return _of_document(path, text)
    try:
        data = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        raise UsageError(f"{path} is not JSON, so neither a snapshot nor an OpenAPI document", SIDES_HINT) from None
    if is_snapshot(data):
        return of_json(data, str(path))
    if isinstance(data, dict) and data.keys() & {"openapi", "swagger", "spec"}:
        return _of_document(path, text)
    raise UsageError(f"{path} is not a snapshot, and no OpenAPI document", SIDES_HINT)


def _of_document(path: Path, text: str) -> Snapshot:
    # Imported here alone: a comparison of snapshots needs no validator of documents.
    from conformance.upgrade.documents import document_side

    return document_side(path, text)
