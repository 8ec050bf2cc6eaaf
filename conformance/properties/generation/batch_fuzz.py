"""Odd values for every attribute of a body at once, made milder where a refusal names the attribute.

Most server errors come from one value that nobody had thought of, and most of them behind the validation: in a setter,
or in the database. So a batch carries an odd value in each attribute. What a refusal names goes down its ladder to a
milder value, or out; the rest is sent again, until all of it is accepted or the server breaks. That reaches every
attribute with a few requests where one a value would take hundreds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.exchange.guard.bodies import field_key
from conformance.exchange.guard.rules.run_mark import cannot_be_a_name
from conformance.properties.execution.record_pool import ABSENT
from conformance.properties.generation.binding import NAME_ATTRIBUTES
from conformance.properties.generation.field_kinds import FieldKind
from conformance.properties.generation.field_schemas import LONG_TEXTS
from conformance.properties.generation.fuzz import FuzzRequest, FuzzResult, FuzzScript

ROUNDS = 8
"""How often one batch is sent again, milder."""

HALVINGS = 3
"""How often a batch whose refusal names nothing is cut in two."""

NUMBER = re.compile(r"\d{1,9}")

FINAL = frozenset({401, 403, 404, 405, 410})
"""Refusals that no other value would change."""

ONE_OF_MANY = 10_000
"""Characters of a text that may be one of many."""

FEW = 2
"""So many attributes are few."""

REFUSED_FOR_ITS_BODY = frozenset({400, 409, 422})

UNNAMED = -1
"""Stands for the status of a refusal that names nothing."""

Fallbacks = tuple[Any, ...]
"""Values from the oddest to the mildest."""

Batch = Mapping[FieldKind, Fallbacks]


def _for_all(value: Any, *, but: tuple[FieldKind, ...] = (FieldKind.END,), **special: Fallbacks) -> Batch:
    results = {kind: (value,) for kind in FieldKind if kind not in but}
    return {**results, **{FieldKind(name): ladder for name, ladder in special.items()}}


_TIMERS_AND_TAGS = (FieldKind.END, FieldKind.TAGS)
"""An `end` that is no moment would start a record that runs on; tags are names, which the guard wants to know."""
_REFERENCES = (FieldKind.ID, FieldKind.IDS, FieldKind.MEMBERS)
_MOMENT = "2024-05-06T10:00:00"
_FULL = "x" * 65_536
"""One byte more than a text column takes, and the same in characters of three bytes."""
_WIDE = "漢" * 21_846
_LENGTHS = (256, 150, 100, 60, 30)
_SIGNS = "'\"\\;--%_{{ 7 }}<b>&#x27;"
_FACE = "漢字 😀 \u202e"

BATCHES: Mapping[str, Batch] = {
    "null": _for_all(None),
    "an empty list": _for_all([]),
    "a list of a text": _for_all(["a"], but=(FieldKind.TAGS,), end=([_MOMENT],)),
    "an object": _for_all({"a": "b"}, but=(FieldKind.TAGS,), end=({"date": _MOMENT},)),
    "an empty text": _for_all(""),
    "true": _for_all(True, but=(*_TIMERS_AND_TAGS, *_REFERENCES)),
    "a number": {
        FieldKind.TEXT: (12,), FieldKind.CHOICE: (12,), FieldKind.NUMBER: (-1,), FieldKind.DURATION: (-1, "-1:00"),
        FieldKind.FLAG: (2,), FieldKind.ID: (0,), FieldKind.IDS: (0,), FieldKind.MEMBERS: (0,),
        FieldKind.BEGIN: (1704067200,), FieldKind.DATE: (20240101,),
    },
    "another word": {
        FieldKind.TEXT: ("null",), FieldKind.CHOICE: ("abc",), FieldKind.NUMBER: ("abc",),
        FieldKind.DURATION: ("abc", "1:99"), FieldKind.FLAG: ("yes",), FieldKind.ID: ("abc",), FieldKind.IDS: ("abc",),
        FieldKind.MEMBERS: ("abc",),
        FieldKind.BEGIN: ("not a date",), FieldKind.DATE: ("not a date",), FieldKind.TAGS: (",{mark},,{mark} , ",),
    },
    "an absent record": {FieldKind.ID: (ABSENT,), FieldKind.IDS: ([ABSENT],)},
    "signs": {
        FieldKind.TEXT: (_SIGNS + _FACE + "\u0000b", _FACE + "\u0000b", _FACE), FieldKind.CHOICE: (_FACE + "\u0000",),
        FieldKind.NUMBER: ("1\u0000", "１２", "1,5", 0.001), FieldKind.DURATION: ("1\u0000", "１:３０", "1,5"),
        FieldKind.TAGS: ("{mark}" + _SIGNS + _FACE + "\u0000", "{mark}" + _FACE),
        FieldKind.BEGIN: ("0000-00-00T00:00:00", "2024-02-30T10:00:00"),
        FieldKind.DATE: ("0000-00-00T00:00:00", "2024-02-30T00:00:00"),
    },
    "the most": {
        FieldKind.TEXT: (_FULL, _FULL[1:], *("x" * length for length in _LENGTHS)),
        FieldKind.CHOICE: ("x" * 300,),
        FieldKind.NUMBER: (1e308, 1e15, 2**31, 99_999_999),
        FieldKind.DURATION: ("99999999999999999999:00", "9999999:00", 596_000, "99999:59"),
        FieldKind.BEGIN: ("9999-12-31T20:00:00",),
        FieldKind.END: ("9999-12-31T23:59:59",),
        FieldKind.DATE: ("9999-12-31T00:00:00", "9999-12-31"),
        FieldKind.TAGS: ("{mark}" + "x" * 300, "{mark}" + "x" * 70),
    },
    "the least": {
        FieldKind.TEXT: (_WIDE, "漢" * 61, "漢" * 11),
        FieldKind.NUMBER: (1e308, -1e308, 1e-308),
        FieldKind.DURATION: ("-9999999:00", "0:00"),
        FieldKind.BEGIN: ("0001-01-01T00:00:00", "1000-01-01T00:00:00", "1899-12-31T00:00:00"),
        FieldKind.END: ("0001-01-01T05:00:00", "1000-01-01T05:00:00", "1899-12-31T05:00:00"),
        FieldKind.DATE: ("0001-01-01T00:00:00", "1000-01-01T00:00:00", "1899-12-31T00:00:00"),
    },
}  # fmt: skip
"""Odd values by what an attribute is. Those that are accepted with consequences come last."""

TELLING = ("an object",)
"""The batches of a short run: one that needs few rounds."""

TYPES = ("null", "an empty list", "a list of a text", "an object", "an empty text", "true", "a number", "the most")
"""What is worth sending where even a valid body is answered that something is not there."""

UNNAMED_TYPES = ("a list of a text", "an object", "a number", "the most")
"""What is worth sending where a valid body names what is there on few instances alone: a custom field."""

COMPANION_VALUES: Mapping[tuple[str, str], Any] = {("the least", "fixedRate"): None}
"""A fixed rate hides what a huge one by the hour comes to."""


@dataclass(frozen=True)
class BatchFuzzer:
    """The batches of one operation. `marked` puts the run's mark into a text that has a place for it.

    `names` says that a name in the body is that of a record, which must carry the mark.
    """

    attributes: Mapping[str, FieldKind]
    marked: Callable[[Any], Any]
    names: bool = True

    def script(self, names: tuple[str, ...] = tuple(BATCHES)) -> FuzzScript:
        """Send the named batches, one after the other, until one is refused whatever it carries."""
        status, together, plain = 0, True, PlainBody()
        for name in names:
            ladders = self._ladders(name)
            if status == 404 and name not in TYPES:
                continue
            for part in [ladders] if together else [{item: ladder} for item, ladder in ladders.items()]:
                status = yield from _run_batch(name, part, HALVINGS, plain)
            # Where no refusal names anything, few attributes are cheaper one by one.
            together = together and not (status == UNNAMED and len(self.attributes) <= FEW)
            if status in FINAL - {404}:
                return

    def _ladders(self, name: str) -> dict[str, Fallbacks]:
        """Return what a batch has for each attribute."""
        batch, ladders = BATCHES[name], dict[str, Fallbacks]()
        many = sum(kind is FieldKind.TEXT for kind in self.attributes.values()) > FEW
        for attribute, kind in self.attributes.items():
            if kind not in batch:
                continue
            known = (name, attribute) in COMPANION_VALUES
            ladder = (COMPANION_VALUES[name, attribute],) if known else batch[kind]
            if many and attribute not in LONG_TEXTS and isinstance(ladder[0], str) and len(ladder[0]) > ONE_OF_MANY:
                ladder = ladder[1:]  # Web servers take a megabyte by default.
            is_name = self.names and attribute in NAME_ATTRIBUTES
            # A name that is no text, and could be taken for one, would carry no mark.
            if not is_name or isinstance(ladder[0], str) or cannot_be_a_name(ladder[0]):
                ladders[attribute] = tuple(map(self.marked, ladder))
        return ladders


@dataclass
class PlainBody:
    """Whether the valid body of an operation is accepted now, asked once: one that is refused for something else, as
    for a name that is taken, would have every half of a batch refused as well."""

    refused: bool | None = None

    def is_refused(self) -> Generator[FuzzRequest, FuzzResult, bool]:
        """Send it, where it was not sent before; return whether it was refused for what it says."""
        if self.refused is None:
            reply = yield FuzzRequest("nothing odd", attributes={})
            self.refused = reply.status in REFUSED_FOR_ITS_BODY
        return self.refused


def _run_batch(
    name: str, ladders: Mapping[str, Fallbacks], halvings: int, plain: PlainBody
) -> Generator[FuzzRequest, FuzzResult, int]:
    """Send a batch until it is accepted, or nothing of it is left. Return the last status, or UNNAMED."""
    left = dict(ladders)
    status = 0
    for _ in range(ROUNDS):
        if not left:
            break
        reply = yield FuzzRequest(name, attributes={item: ladder[0] for item, ladder in left.items()})
        status = reply.status
        if reply.ok or status in FINAL:
            break
        if reply.broken:
            if not reply.causes & set(left):
                break
            left = {entry: ladder for entry, ladder in left.items() if entry not in reply.causes}
            continue
        milder = _milder(left, reply)
        if milder == left:
            yield from _halves(name, left, halvings, plain)
            return UNNAMED if status == 400 else status
        left = milder
    return status


def _halves(
    name: str, ladders: Mapping[str, Fallbacks], halvings: int, plain: PlainBody
) -> Generator[FuzzRequest, FuzzResult, None]:
    """Send each half of a batch by itself: the refusal, or the guard's, does not say which part of it was bad."""
    names = list(ladders)
    if len(names) < 2 or not halvings or (yield from plain.is_refused()):
        return
    middle = (len(names) + 1) // 2
    for part in (names[:middle], names[middle:]):
        yield from _run_batch(name, {item: ladders[item] for item in part}, halvings - 1, plain)


def _milder(ladders: dict[str, Fallbacks], reply: FuzzResult) -> dict[str, Fallbacks]:
    """Take what a refusal names down a step, and out what the form does not have at all."""
    named, listed = named_in(reply)
    left: dict[str, Fallbacks] = {}
    for name, ladder in ladders.items():
        key = field_key(name)
        if listed and key not in listed:
            continue
        rest = _down(ladder, reply, key) if any(item.startswith(key) for item in named) else ladder
        if rest:
            left[name] = rest
    return left


def _down(ladder: Fallbacks, reply: FuzzResult, key: str) -> Fallbacks:
    """Return what is left of a ladder below a refused value: where the refusal says how long a text may be, what is
    longer than that would be refused for the same reason."""
    said = [text for name, child in _children(reply).items() if field_key(name) == key for text in _texts(child)]
    numbers = [int(number) for text in said for number in NUMBER.findall(text)]
    fits = [number for number in numbers if isinstance(ladder[0], str) and number < len(ladder[0])]
    return tuple(value for value in ladder[1:] if not fits or not isinstance(value, str) or len(value) <= max(fits))


def named_in(reply: FuzzResult) -> tuple[frozenset[str], frozenset[str]]:
    """Return the folded names of the fields that a refusal blames, and of all fields that the form has.

    A form lists all its fields. A refusal by what lies behind it names those alone that are wrong: then nothing is
    known of the others.
    """
    children = _children(reply)
    blamed = frozenset(field_key(name) for name, child in children.items() if any(_texts(child)))
    listed = frozenset(map(field_key, children))
    return blamed, listed if listed > blamed else frozenset()


def _children(reply: FuzzResult) -> dict[str, Any]:
    answer = reply.exchange.json_or_none() if reply.exchange else None
    errors = answer.get("errors") if isinstance(answer, dict) else None
    children = errors.get("children") if isinstance(errors, dict) else None
    return children if isinstance(children, dict) else {}


def _texts(child: Any) -> Iterator[str]:
    if isinstance(child, str):
        yield child
    for inner in child.values() if isinstance(child, dict) else child if isinstance(child, list) else ():
        yield from _texts(inner)


KEYS: Mapping[str, Any] = {"": "x", "a.b": "x", "a[b]": "x", "x" * 300: "x"}
"""Names that no attribute has."""
FOREIGN: Mapping[str, Any] = {name: ["a"] for name in ("id", "customer", "duration", "metaFields")}
"""Attributes of other forms, and of answers, of no type that they have."""

MEMBERS: Mapping[str, Callable[[int], Any]] = {
    "nobody": lambda _: [],
    "null": lambda _: [None],
    "a word": lambda _: ["abc"],
    "an empty object": lambda _: [{}],
    "no user": lambda _: [{"teamlead": True}],
    "a null user": lambda _: [{"user": None, "teamlead": True}],
    "an empty user": lambda _: [{"user": "", "teamlead": True}],
    "a list as user": lambda _: [{"user": [], "teamlead": True}],
    "an object as user": lambda user: [{"user": {"id": user}, "teamlead": True}],
    "an absent user": lambda _: [{"user": ABSENT, "teamlead": True}],
    "a null teamlead": lambda user: [{"user": user, "teamlead": None}],
    "a list as teamlead": lambda user: [{"user": user, "teamlead": []}],
    "no teamlead": lambda user: [{"user": user}],
    "the same twice": lambda user: [{"user": user, "teamlead": True}, {"user": user, "teamlead": False}],
    "an object of members": lambda user: {"0": {"user": user, "teamlead": True}},
    "an object with words": lambda user: {"a b.": {"user": user, "teamlead": True}},
    "one member": lambda user: {"user": user, "teamlead": True},
}
"""Odd lists of members, given the id of an actor."""


FAR = ("0001-01-02T00:00:00", "9999-12-30T00:00:00")


def far_apart(attributes: Mapping[str, FieldKind]) -> FuzzScript:
    """Send a beginning and an end that are centuries apart, in order and not: what lies between fits no column."""
    for first, last in (("begin", "end"), ("start", "end")):
        if {first, last} <= set(attributes):
            for what, (early, late) in (("ages", FAR), ("ages backwards", FAR[::-1])):
                yield FuzzRequest(f"{first} and {last} {what} apart", attributes={first: early, last: late})


def nested(attributes: Mapping[str, FieldKind], user: int, known: Mapping[str, int]) -> FuzzScript:
    """Send what only lists can be wrong in: members one by one, references twice, keyed and nested.

    `user` is the id of an actor, `known` has a reference that is there for each attribute that is a list of them.
    Names that no attribute has come first.
    """
    yield FuzzRequest("odd names", attributes={**KEYS, **{k: v for k, v in FOREIGN.items() if k not in attributes}})
    for name, kind in attributes.items():
        for what, make in MEMBERS.items() if kind is FieldKind.MEMBERS else ():
            yield FuzzRequest(f"{name}: {what}", attributes={name: make(user)})
    for name, ident in known.items():
        values: tuple[Any, ...] = ([ident, ident], {"0": ident}, [[ident]], [None], [{}], [""])
        for value in values:
            yield FuzzRequest(f"{name}={value!r}", attributes={name: value})
