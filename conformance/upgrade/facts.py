"""What a client can see of an instance, one fact at a time: who asks what, and what is answered.

A fact has no id, no name of a record, no date of today and no text of an answer in it, so that the same state of an
instance gives the same facts. Pure.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any


class About(enum.StrEnum):
    """What a fact is about. The rules of a comparison go by it."""

    STATUS = "status"
    """What an operation answers a role, with a body or record as `asked` says."""
    SHOWN = "shown"
    """That an answer held an own record, so that its attributes are all known."""
    ATTRIBUTE = "attribute"
    """The type of one attribute of an answer."""
    VALUE = "value"
    """A value that the instance computes from what was sent."""
    DEFAULT = "default"
    """What a field becomes that a POST leaves out."""
    KEPT = "kept"
    """What a field becomes that a PATCH leaves out."""
    COERCED = "coerced"
    """What becomes of a boolean that is sent as something else."""
    TAKEN = "taken"
    """Whether a field of a body is accepted, and shown again."""
    NEEDED = "needed"
    """Whether a body is refused without a field."""
    LIMIT = "limit"
    """Whether a value at the edge is accepted."""
    TIME = "time"
    """What comes back of a time in some spelling; how it is rounded."""
    FILTER = "filter"
    """What a query parameter does to a list."""
    PAGE = "page"
    """How a list is cut into pages."""
    ORDER = "order"
    """In which order own records are listed."""
    SCOPE = "scope"
    """Whose own records a role finds in a list."""
    HEADER = "header"
    """Whether an answer has a header that clients go by."""
    CREDENTIALS = "credentials"
    """What is answered to other credentials than a valid token."""
    ERROR = "error"
    """The shape of an error's body."""
    EFFECT = "effect"
    """What happens to another record."""


class State(enum.StrEnum):
    """Whether a fact can be compared."""

    OBSERVED = "observed"
    VARIES = "varies"
    UNSEEN = "not observed"


@dataclass(frozen=True, order=True)
class Fact:
    """One fact. `role` is a role's name or "", `field` a path, `asked` the value or situation, `answer` a short word.

    `answer` holds the reason where the state is UNSEEN, and both answers where it VARIES.
    """

    about: About
    operation: str
    role: str
    field: str
    asked: str
    answer: str
    state: State = State.OBSERVED

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What was asked, without what was answered."""
        return self.about, self.operation, self.role, self.field, self.asked

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Fact:
        """Return the fact of an object of format 1. Raises KeyError, ValueError or TypeError where it is none."""
        words = {name: str(data[name]) for name in ("operation", "role", "field", "asked", "answer")}
        return cls(about=About(data["about"]), state=State(data["state"]), **words)


def fact(about: About, operation: str, answer: str, *, role: str = "", field: str = "", asked: str = "") -> Fact:
    """Return an observed fact."""
    return Fact(about, operation, role, field, asked, answer)


def unseen(about: About, operation: str, reason: str, *, role: str = "", field: str = "", asked: str = "") -> Fact:
    """Return a fact that could not be observed, with the reason."""
    return Fact(about, operation, role, field, asked, reason, State.UNSEEN)


def settled(*rounds: Iterable[Fact]) -> tuple[Fact, ...]:
    """Join rounds of the same questions, sorted: what differs between them `varies`.

    A fact that one round did not observe is not observed. Source: compare-notes, "byte for byte", rules 7 and 8.
    """
    by_key = [{element.key: element for element in facts} for facts in rounds]
    keys = {key for each in by_key for key in each}
    joined = (reduce(_both, (entry.get(key) for entry in by_key)) for key in keys)
    return tuple(sorted(item for item in joined if item is not None))


def _both(one: Fact | None, two: Fact | None) -> Fact | None:
    either = one or two
    if either is None:
        return None
    if one is None or two is None:
        return replace(either, answer="seen once of twice", state=State.VARIES)
    if State.UNSEEN in (one.state, two.state):
        return min(item for item in (one, two) if item.state is State.UNSEEN)
    if one.answer == two.answer:
        return one
    return replace(either, answer=" or ".join(sorted((one.answer, two.answer))), state=State.VARIES)
