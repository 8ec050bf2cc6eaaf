"""How lists are ordered, what `full` changes, and whose records a list has by default."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.probes.filters import Filtered, answers
from conformance.probes.grounds import COLLECTION, ids_of
from conformance.probes.lab import Lab
from conformance.probes.making import MISSING, attribute, ident
from conformance.probes.zones import parse
from conformance.words import Exchange


@dataclass(frozen=True)
class Ordered:
    """A list in an order. `word` is sorted, unsorted, records missing, or a status."""

    by: str
    order: str
    word: str
    exchange: Exchange


@dataclass(frozen=True)
class Seen:
    """A word for what was seen, beside the expected one where that differs by question."""

    operation: str
    field: str
    value: str
    word: str
    exchange: Exchange
    expected: str = ""


def ordered(lab: Lab, label: str) -> tuple[Ordered, ...]:
    """Ask a list for each documented order, both ways. Raises Refused."""
    return tuple(_ordered(lab, label))


def _ordered(lab: Lab, label: str) -> Iterator[Ordered]:
    operation = lab.index[label]
    by = operation.query("orderBy")
    staged = answers(lab, label)
    if by is None or not staged:
        return
    base = _base(staged[0])
    own = staged[0].question.own
    names = [str(each) for each in by.enum or re.findall(r"[A-Za-z]+", by.pattern or "")]
    for name in names if lab.beyond("standard") else names[:2]:
        for order in ("ASC", "DESC"):
            params = {**base, "orderBy": name, "order": order}
            exchange = lab.session().get(operation.path, params=params)
            yield Ordered(name, order, _order_word(exchange, name, order, own), exchange)


def _base(staged: Filtered) -> Mapping[str, Any]:
    """Return the parameters of a list without its filter, hidden records included."""
    left_out = staged.question.parameter
    base = {name: value for name, value in staged.question.params.items() if name != left_out}
    return {**base, "visible": "3"} if left_out == "visible" else base


def _order_word(exchange: Exchange, name: str, order: str, own: Mapping[int, Any]) -> str:
    if ids_of(exchange) is None:
        return "no list" if exchange.ok else str(exchange.status)
    rows = [row for row in exchange.json_or_none() if row["id"] in own]
    keys = [_key(row, name) for row in rows]
    if len(rows) != len(own):
        return "records missing"
    if any(key is None for key in keys) or name in ("customer", "project"):
        return "sorted"  # The key is not in the rows: only that the list is whole can be told.
    return "sorted" if keys == sorted(keys, reverse=order == "DESC") else "unsorted"


def _key(row: Mapping[str, Any], name: str) -> Any:
    value = row.get(name)
    if name in ("begin", "end"):
        return parse(value)
    if name == "name":
        return re.sub(r"[\s\d-]*$", "", str(value)).casefold()  # The counter at its end sorts differently by database.
    return value


def expanded(lab: Lab) -> tuple[Seen, ...]:
    """Ask for the filtered time records with and without `full`, and compare. Raises Refused."""
    label = f"GET {COLLECTION}"
    operation = lab.index[label]
    staged = answers(lab, label)
    if operation.query("full") is None or not staged:
        return ()
    base = _base(staged[0])
    plain = lab.session().get(COLLECTION, params=dict(base))
    found: list[Seen] = []
    for value in ("1", "true", "0"):
        exchange = lab.session().get(COLLECTION, params={**base, "full": value})
        for field in ("project", "activity", "user", "the rest"):
            found.append(Seen(label, field, value, _full_word(plain, exchange, field, value != "0"), exchange))
    return tuple(found)


def _full_word(plain: Exchange, full: Exchange, field: str, expands: bool) -> str:
    one, other = plain.json_or_none(), full.json_or_none()
    if ids_of(plain) is None or ids_of(full) is None or ids_of(plain) != ids_of(full):
        return "other records"
    for left, right in zip(one, other, strict=True):
        if field == "the rest":
            shared = (left.keys() & right.keys()) - {"project", "activity", "user"}
            if any(left[name] != right[name] for name in shared):
                return "other values"
        elif expands and attribute(right, f"{field}.id") in (MISSING, None):
            return "not expanded"
        elif attribute(right, f"{field}.id" if expands else field) != left.get(field):
            return "another record"
    return "as without full"


def whose(lab: Lab) -> tuple[Seen, ...]:
    """Book for the strongest and the plainest actor, and ask with and without `user`. Raises Refused."""
    return lab.once("whose records", lambda: tuple(_whose(lab)))


def _whose(lab: Lab) -> Iterator[Seen]:
    label, mine, theirs = f"GET {COLLECTION}", lab.strongest, lab.plainest
    project = answers(lab, label)[0].question.params["project"]
    numbers = {}
    for word, actor in (("own", mine), ("other's", theirs)):
        body = {"project": project, "activity": _activity(lab, label), "description": lab.name("whose")}
        body |= {"begin": "2005-06-01T10:00:00", "end": "2005-06-01T11:00:00"}
        numbers[word] = ident(lab.session(actor).post(COLLECTION, json=body))
    if None in numbers.values():
        return
    window = {"project": project, "begin": "2005-06-01T00:00:00", "end": "2005-06-01T23:59:59"}
    questions: list[tuple[str, dict[str, Any], str]] = [("absent", {}, "own")]
    if mine.role != "ROLE_USER":
        questions += [("all", {"user": "all"}, "own and other's"), ("another", {"user": theirs.user_id}, "other's")]
    for value, more, expected in questions:
        exchange = lab.session(mine).get(COLLECTION, params={**window, **more})
        ids = ids_of(exchange)
        seen = [word for word, number in numbers.items() if ids and number in ids]
        word = str(exchange.status) if ids is None else " and ".join(seen) or "none"
        yield Seen(label, "user", value, word, exchange, expected)


def _activity(lab: Lab, label: str) -> Any:
    rows = list(answers(lab, label)[0].question.own.values())
    return rows[0].get("activity") if rows else lab.bookable[1]
