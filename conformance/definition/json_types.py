"""The types of JSON, by the names that schemas have for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

JSON_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}


def is_of_type(value: Any, name: str) -> bool:
    """Whether a decoded value is of a type. A boolean is no number; nothing is of a type that JSON does not have."""
    return isinstance(value, JSON_TYPES.get(name, ())) and (name == "boolean") == isinstance(value, bool)
