"""Shapes and attributes as OpenAPI schemas, with the flaws of Kimai's generator or without them.

The flaws: an empty PHP array where an object is meant (`[]`), patterns that are not anchored though they mean
the whole value, a class name as a format, and scopes at a scheme that has none (see `document`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from conformance.embedded.interface import ABSENT, Attribute, Form, Schema, Shape, forms

Json = dict[str, Any]

_LIMITS = {
    "min_length": "minLength",
    "max_length": "maxLength",
    "minimum": "minimum",
    "maximum": "maximum",
    "min_items": "minItems",
}


def anchored(pattern: str) -> str:
    """The pattern as it is meant: for the whole value."""
    return f"^(?:{pattern})$"


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the schemas of one version; `flawed` as that version's own generator does."""

    version: str
    flawed: bool

    def nothing(self) -> Any:
        """A schema that says nothing, where the generator had an empty array: `[]` is not a schema."""
        return [] if self.flawed else {}

    def pattern(self, pattern: str) -> str:
        """A pattern, anchored unless flawed."""
        return pattern if self.flawed else anchored(pattern)

    def shape(self, shape: Shape) -> Any:
        """The schema of a shape: an object, or `[]` where it is flawed and says nothing."""
        match shape.kind:
            case "any":
                return self.nothing()
            case "reference":
                return self._reference(shape)
            case "array":
                return {"type": "array", "items": self._items(shape)}
            case "object":
                return {"type": "object", "additionalProperties": self._items(shape)}
            case kind:
                return {"type": kind, **self._format(shape)}

    def record(self, record: Schema | Form) -> Json:
        """The schema of a record: an answer's attributes or a form's fields."""
        everything = record.attributes if isinstance(record, Schema) else record.fields
        attributes = [attribute for attribute in everything if attribute.documented]
        written: Json = {"type": "object"}
        if required := [attribute.name for attribute in attributes if attribute.required]:
            written["required"] = required
        written["properties"] = {attribute.name: self.attribute(attribute) for attribute in attributes}
        return written

    def records(self, records: Iterable[Schema | Form]) -> Json:
        """The schemas of several records, by name."""
        return {record.name: self.record(record) for record in records}

    def attribute(self, attribute: Attribute) -> Json:
        """The schema of one attribute, with its limits."""
        # An attribute that says nothing is written as an object by the generator as well.
        written: Json = {} if attribute.shape.kind == "any" else self.shape(attribute.shape)
        for field, word in _LIMITS.items():
            if (limit := getattr(attribute, field)) is not None:
                written[word] = limit
        if attribute.pattern is not None:
            written["pattern"] = self.pattern(attribute.pattern)
        if attribute.enum:
            holder = written["items"] if attribute.shape.kind == "array" else written
            holder["enum"] = list(attribute.enum)
        return {**written, **self._remarks(attribute)}

    def _remarks(self, attribute: Attribute) -> Json:
        json: Json = {flag: True for flag in ("nullable", "deprecated") if getattr(attribute, flag)}
        for word in ("default", "example"):
            if getattr(attribute, word) is not ABSENT:
                json[word] = getattr(attribute, word)
        if not self.flawed and json.get("default", ABSENT) is None and not attribute.nullable:
            del json["default"]  # null is no string
        return json

    def _reference(self, shape: Shape) -> Json:
        form = forms(self.version).get(shape.target or "")
        if form is not None and form.inline:
            return self.record(form)
        reference = {"$ref": f"#/components/schemas/{shape.target}"}
        return {"oneOf": [reference]} if shape.wrapped else reference

    def _items(self, shape: Shape) -> Any:
        return self.shape(shape.items) if shape.items else self.nothing()

    def _format(self, shape: Shape) -> Json:
        if shape.format is None or ("\\" in shape.format and not self.flawed):
            return {}
        return {"format": shape.format}
