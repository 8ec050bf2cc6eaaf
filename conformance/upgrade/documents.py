"""An OpenAPI document as one side of a comparison: without words for people, and without an instance."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conformance.definition import DefinitionError, fingerprint, parse
from conformance.model import UsageError
from conformance.upgrade.snapshot import Circumstances, Instance, KeptDefinition, Snapshot

_WORDS = frozenset({"summary", "title", "example", "examples", "externalDocs", "termsOfService", "security"})
_NAMES = frozenset({"properties", "schemas", "parameters", "responses", "paths", "requestBodies", "headers"})
"""Members whose own members are named by the author: an attribute may be called "description"."""


def without_words(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document without descriptions, titles, examples and servers: its structure, names and values."""
    bare = {key: value for key, value in document.items() if key not in ("servers", "tags")}
    result: dict[str, Any] = _bare(bare)
    result["info"] = {"title": "API", "version": str((document.get("info") or {}).get("version", ""))}
    return result


def _bare(node: Any, named: bool = False) -> Any:
    if isinstance(node, list):
        return [_bare(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    if named:
        return {key: _bare(value) for key, value in node.items()}
    extensions = {key for key in node if key.startswith("x-")} - {"x-internal"}
    kept = {key: value for key, value in node.items() if key not in _WORDS and key not in extensions}
    if "description" in kept:
        # An answer must have one, even if it says nothing.
        kept["description"] = ""
    return {key: _bare(value, key in _NAMES) for key, value in kept.items() if value != "" or key == "description"}


def document_side(path: Path, text: str) -> Snapshot:
    """Return an OpenAPI file (JSON, YAML or a saved page /api/doc) as a side of which nothing was observed.

    Raises UsageError where it cannot be used.
    """
    try:
        definition = parse(text, str(path))
    except DefinitionError as error:
        raise UsageError(str(error), error.hint or "Give an OpenAPI document of version 3.0 or 3.1.") from None
    return Snapshot(
        instance=Instance(kind="document", version=""),
        circumstances=Circumstances(profile="", read_only=True, allow=[], zones={}, timesheet={}),
        definition=KeptDefinition(
            source="file",
            own=True,
            version=None,
            fingerprint=fingerprint(definition.document),
            document=without_words(definition.document),
        ),
    )
