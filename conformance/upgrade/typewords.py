"""Words for the types of attributes: own ones as they are, those of other people without what is theirs. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

_OTHERS, _ANY = " of others", "any value"
"""How the type of an attribute is marked that the snapshot did not make: people may have left it empty."""

_BOOKED_ON = re.compile(r"(project|activity)[.\[]")


def of_others(operation: str, field: str, own_projects: bool) -> bool:
    """Whether an attribute is of something that the snapshot did not make: a person, a project that it borrows."""
    if operation.startswith("GET /api/users"):
        return True
    return not own_projects and "/timesheets" in operation and _BOOKED_ON.match(field) is not None


def without_others(types: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes of what the snapshot did not make: no items of lists, and no nulls.

    Which teams a person is in, and which of their fields are empty, is theirs and changes while people work.
    """
    return {
        path: (_ANY if word == "null" else word.removeprefix("null or ").removesuffix(" or null")) + _OTHERS
        for path, word in types.items()
        if "[]" not in path
    }


def types_in_word(word: str) -> tuple[frozenset[str], bool]:
    """Return the types that a word for an attribute stands for, and whether null is among them or may be.

    Nothing is among the types where people left the attribute empty.
    """
    if word.endswith(_OTHERS):
        bare = word.removesuffix(_OTHERS)
        return frozenset() if bare == _ANY else frozenset(bare.split(" or ")), True
    names = frozenset(word.split(" or "))
    return names - {"null"}, "null" in names


def is_of_others(word: str) -> bool:
    """Whether a word for an attribute is of something that the snapshot did not make."""
    return word.endswith(_OTHERS)
