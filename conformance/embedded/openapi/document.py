"""The OpenAPI definition that an embedded Kimai serves: that of the release, or what its generator means by it.

The flaws: an empty PHP array where an object is meant (`[]`), patterns that are not anchored though they mean the whole
value, null and numbers as defaults of texts, a class name as a format, and scopes at a scheme that has none.
"""

from __future__ import annotations

from typing import Any

from conformance import kimai

Json = dict[str, Any]


def definition(version: str, flawed: bool = True) -> Json:
    """Return the definition of a version, with the flaws of its generator or valid; a new object with every call.

    Raises `ValueError` for a version that `conformance.kimai` does not describe.
    """
    document = kimai.definition(version)
    if flawed:
        return document
    for methods in document["paths"].values():
        for operation in methods.values():
            if "security" in operation:
                operation["security"] = [{"bearer": []}]
            for parameter in operation.get("parameters", ()):
                _mend_parameter(parameter["schema"])
    mended: Json = _mended(document)
    return mended


def _mend_parameter(schema: Json) -> None:
    """Put the pattern of a list to its items, and make a default the text that it stands for."""
    if schema["type"] == "array":
        schema["items"] = {"type": "string", **({"pattern": schema.pop("pattern")} if "pattern" in schema else {})}
    elif schema.get("default") is not None:
        schema["default"] = str(schema["default"])


def _mended(raw: Any) -> Any:
    if isinstance(raw, list):
        return [_mended(part) for part in raw]
    if not isinstance(raw, dict):
        return raw
    is_schema = isinstance(raw.get("type"), str) and "scheme" not in raw
    return {key: _value(key, value) for key, value in raw.items() if not (is_schema and _is_no_schema(raw, key))}


def _is_no_schema(raw: Json, key: str) -> bool:
    if key == "format":
        return "\\" in raw["format"]
    return key == "default" and raw["default"] is None and not raw.get("nullable")


def _value(key: str, value: Any) -> Any:
    if key == "pattern" and isinstance(value, str):
        return f"^(?:{value})$"
    return {} if value == [] and key in ("items", "schema", "additionalProperties") else _mended(value)
