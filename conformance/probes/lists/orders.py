"""How lists are ordered, and what `full` changes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.definition import Operation
from conformance.model import Exchange
from conformance.probes.context import ProbeContext, once
from conformance.probes.lists.filter_cases import ask
from conformance.probes.lists.filters import answers
from conformance.probes.records.comparing import equal_unordered
from conformance.probes.records.creating import MISSING, attribute
from conformance.probes.records.list_scopes import COLLECTION, ids_of
from conformance.probes.times.zones import parse


@dataclass(frozen=True)
class Ordered:
    """A list in an order. `word` is sorted, unsorted, records missing, or a status."""

    by: str
    order: str
    word: str
    exchange: Exchange
    asked: str = ""


@dataclass(frozen=True)
class Seen:
    """A word for what was seen."""

    operation: str
    field: str
    value: str
    word: str
    exchange: Exchange


@once("ordered {label}")
def ordered(context: ProbeContext, label: str) -> tuple[Ordered, ...]:
    """Ask a list for each documented order, both ways. Raises Refused."""
    operation, by = context.index[label], context.index[label].query("orderBy")
    result, orders = answers(context, label), list[Ordered]()
    if by is None or not result:
        return ()
    whole = result[0].question
    own = {number: whole.own[number] for number in whole.expected}
    names = [str(entry) for entry in by.enum or re.findall(r"[A-Za-z]+", by.pattern or "")]
    default = _default(operation)
    if default is not None:
        word = _order_word(result[0].exchange, *default, own)
        orders.append(Ordered(*default, word, result[0].exchange, "by default"))
    if context.profile_at_least("standard"):
        # Where own records show one value, or none, an order by it cannot be told right from wrong.
        keys = {name: {_key(row, name) for row in own.values()} - {None} for name in names}
        names = [name for name in names if len(keys[name]) > 1]
    else:
        names = names[:2]
    for name in names:
        for order in ("ASC", "DESC"):
            params = {**whole.params, "orderBy": name, "order": order}
            exchange = context.session().get(operation.path, params=params)
            orders.append(Ordered(name, order, _order_word(exchange, name, order, own), exchange))
    return tuple(orders)


_DEFAULT = re.compile(r"\(default: (\w+)\)")


def _default(operation: Operation) -> tuple[str, str] | None:
    """Return attribute and direction of the order that a list documents where none is asked for, None without one."""
    results = [_DEFAULT.search(name.description) for name in map(operation.query, ("orderBy", "order")) if name]
    by, order = (result[1] if result else None for result in results) if len(results) == 2 else (None, None)
    return (by, order) if by is not None and order in ("ASC", "DESC") else None


def _order_word(exchange: Exchange, name: str, order: str, own: Mapping[int, Any]) -> str:
    if ids_of(exchange) is None:
        return "no list" if exchange.ok else str(exchange.status)
    rows = [row for row in exchange.json_or_none() if row["id"] in own]
    if len(rows) != len(own):
        return "records missing"
    # A row without the key stands where the database likes.
    keys = [key for key in (_key(row, name) for row in rows) if key is not None]
    return "sorted" if keys == sorted(keys, reverse=order == "DESC") else "unsorted"


def _key(row: Mapping[str, Any], name: str) -> Any:
    """Return what a row is sorted by; None where it does not show it, or where databases differ in how they sort it."""
    if name in ("customer", "project"):
        return _plain(row.get("parentTitle"))
    value = row.get(name)
    if name in ("begin", "end"):
        return parse(value)
    return _plain(value) if isinstance(value, str) else value


_SIMPLE = re.compile(r"(?:\S+ filtered )?([a-z]+)\d*(?: (?:gw\d+-)?\d+)?")


def _plain(text: Any) -> str | None:
    """Return the word that a text is sorted by in every database, None where they differ: one of plain small letters.

    Of the run's own names it is the one that tells them apart; a counter behind it is left out.
    """
    match = _SIMPLE.fullmatch(str(text or ""))
    return match[1] if match else None


@once("expanded")
def expanded(context: ProbeContext) -> tuple[Seen, ...]:
    """Ask for the filtered time records with `full`, and compare with the list without it. Raises Refused."""
    label, seen = f"GET {COLLECTION}", list[Seen]()
    result = answers(context, label)
    if context.index[label].query("full") is None or not result:
        return ()
    for value in ("1", "true", "0"):
        exchange = context.session().get(COLLECTION, params={**result[0].question.params, "full": value})
        for field in ("project", "activity", "user", "the rest"):
            word = _full_word(result[0].exchange, exchange, field, value != "0")
            seen.append(Seen(label, field, value, word, exchange))
        if value == "true":
            seen += _inner(context, label, exchange)
    return tuple(seen)


def _full_word(plain: Exchange, full: Exchange, field: str, expands: bool) -> str:
    one, other = plain.json_or_none(), full.json_or_none()
    if ids_of(plain) is None or ids_of(full) is None or ids_of(plain) != ids_of(full):
        return "other records"
    for left, right in zip(one, other, strict=True):
        if field == "the rest":
            shared = (left.keys() & right.keys()) - {"project", "activity", "user"}
            if any(not equal_unordered(left[name], right[name]) for name in shared):
                return "other values"
        elif expands and attribute(right, f"{field}.id") in (MISSING, None):
            return "not expanded"
        elif attribute(right, f"{field}.id" if expands else field) != left.get(field):
            return "another record"
    return "as without full"


DETAILED = "ROLE_SUPER_ADMIN"
"""The role that has the right to the details of a customer by default."""


def detailed(context: ProbeContext, label: str) -> tuple[Seen, ...]:
    """Ask a list of other records than time records with `full`, and compare own rows with those without it.

    Empty where the list has no such parameter, or the actor is shown none. Raises Refused.
    """
    if (
        label == f"GET {COLLECTION}"
        or context.index[label].query("full") is None
        or not context.profile_at_least("standard")
    ):
        return ()
    result = answers(context, label)
    rows = [row for row in result[0].rows or () if row.get("id") in result[0].question.own] if result else []
    if not rows:
        return ()
    params = result[0].question.params
    exchange = _in_full(context, label, params)
    word = _detailed_word(rows, exchange, context.strongest.role == DETAILED)
    if word == "other values":  # What was asked before may be old: people, and other checks, change their zone.
        rows = [row for row in ask(context, result[0].question).rows or () if row.get("id") in result[0].question.own]
        exchange = _in_full(context, label, params)
        word = _detailed_word(rows, exchange, context.strongest.role == DETAILED)
    return (Seen(label, "full", "1", word, exchange),)


def _in_full(context: ProbeContext, label: str, params: Mapping[str, Any]) -> Exchange:
    return context.session().get(context.index[label].path, params={**params, "full": "1"})


def _detailed_word(rows: Sequence[Mapping[str, Any]], full: Exchange, wanted: bool) -> str:
    if ids_of(full) is None:
        return "other records"
    shown = {row["id"]: row for row in full.json_or_none()}
    pairs = [(row, shown.get(row["id"], {})) for row in rows]
    if not all(other for _, other in pairs):
        return "other records"
    if any(not equal_unordered(row[name], other[name]) for row, other in pairs for name in row.keys() & other.keys()):
        return "other values"
    return "no more" if wanted and not any(other.keys() - row.keys() for row, other in pairs) else "as without full"


_INNER = {"project": "projects", "project.customer": "customers", "activity": "activities", "user": "users"}


def _inner(context: ProbeContext, label: str, full: Exchange) -> Iterator[Seen]:
    """Compare what is expanded in the first record with what reading it on its own shows."""
    rows = full.json_or_none() if full.ok else None
    row = rows[0] if isinstance(rows, list) and rows else {}
    for path, plural in _INNER.items():
        short = attribute(row, path)
        if isinstance(short, Mapping) and isinstance(short.get("id"), int):
            whole = context.session().get(f"/api/{plural}/{short['id']}").json_or_none()
            word = "as without full"  # Also where it may not be read on its own.
            if isinstance(whole, Mapping):
                pairs = [(short[name], whole[name]) for name in short.keys() & whole.keys()]
                plain = [pair for pair in pairs if not any(isinstance(value, dict | list) for value in pair)]
                word = word if all(one == other for one, other in plain) else "other values"
            yield Seen(label, path, "as on its own", word, full)
