"""The clause that decides each way in which an answer departs from the definition."""

from __future__ import annotations

from collections.abc import Mapping

CLAUSE_OF_ASPECT: Mapping[str, str] = {
    "status": "definition.status",
    "media": "definition.content-type",
    "type": "definition.types",
    "null": "definition.nullable",
    "required": "definition.required",
    "present": "definition.attributes-present",
    "documented": "definition.attributes-documented",
    "value": "definition.values",
    "set": "attribute.same-set",
}
