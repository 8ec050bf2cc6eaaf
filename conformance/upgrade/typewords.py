"""Words for the types of attributes: own ones as they are, those of other people without what is theirs. Pure."""

from __future__ import annotations

import re

_OTHERS, _ANY = " of others", "any value"
"""How the type of an attribute is marked that the snapshot did not make: people may have left it empty."""

_BOOKED_ON = re.compile(r"(project|activity)[.\[]")
_PERSON = re.compile(r"(?:^|.*\.)(?:user|createdBy|teamlead|supervisor)\.([^.\[]+)(.*)")
"""An attribute of a person within a record: its name, and what follows."""

_LEFT_EMPTY = frozenset({"null", "string", "object"})
"""What people may leave empty, or fill in."""


def seen_of(operation: str, field: str, word: str, own_projects: bool) -> str | None:
    """Return the word that is kept for an attribute, None where it is none of this snapshot's business.

    What the snapshot made is kept as it is. Of people, who are in its answers too, it is kept which attributes they
    have, and of which type where nobody can leave it empty; not what stands below, such as the teams that they are in.
    So it is with projects that are borrowed, but for what stands below. People change all that while they work.
    """
    if operation.startswith("GET /api/users"):
        return None if "." in field or "[]" in field else _without_value(word)
    person = _PERSON.match(field)
    if person is not None:
        return None if person[2] else _without_value(word)
    if own_projects or "/timesheets" not in operation or not _BOOKED_ON.match(field):
        return word
    return None if "[]" in field else _without_value(word)


def _without_value(word: str) -> str:
    return (_ANY if set(word.split(" or ")) & _LEFT_EMPTY else word) + _OTHERS


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
