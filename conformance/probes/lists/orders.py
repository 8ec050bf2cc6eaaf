"""How lists are ordered, and what `full` changes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.definition import Operation
from conformance.probes.lab import Lab
from conformance.probes.lists.filters import answers
from conformance.probes.lists.questions import Filtered, ask
from conformance.probes.records.comparing import alike_unordered
from conformance.probes.records.grounds import COLLECTION, ids_of
from conformance.probes.records.making import MISSING, attribute
from conformance.probes.times.zones import parse
from conformance.words import Exchange


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


def ordered(lab: Lab, label: str) -> tuple[Ordered, ...]:
    """Ask a list for each documented order, both ways. Raises Refused."""
    return lab.once(f"ordered {label}", lambda: tuple(_ordered(lab, label)))


def _ordered(lab: Lab, label: str) -> Iterator[Ordered]:
    operation, by = lab.index[label], lab.index[label].query("orderBy")
    found = answers(lab, label)
    if by is None or not found:
        return
    whole = found[0].question
    own = {number: whole.own[number] for number in whole.expected}
    names = [str(each) for each in by.enum or re.findall(r"[A-Za-z]+", by.pattern or "")]
    default = _default(operation)
    if default is not None:
        yield Ordered(*default, _order_word(found[0].exchange, *default, own), found[0].exchange, "by default")
    for name in [each for each in names if _telling(each, own)] if lab.beyond("standard") else names[:2]:
        for order in ("ASC", "DESC"):
            params = {**whole.params, "orderBy": name, "order": order}
            exchange = lab.session().get(operation.path, params=params)
            yield Ordered(name, order, _order_word(exchange, name, order, own), exchange)


def _telling(name: str, own: Mapping[int, Any]) -> bool:
    """Whether an order by an attribute can be told right from wrong: not where own records show one value, or none."""
    return len({key for key in (_key(row, name) for row in own.values()) if key is not None}) > 1


_DEFAULT = re.compile(r"\(default: (\w+)\)")


def _default(operation: Operation) -> tuple[str, str] | None:
    """Return attribute and direction of the order that a list documents where none is asked for, None without one."""
    said = [_DEFAULT.search(each.description) for each in map(operation.query, ("orderBy", "order")) if each]
    by, order = (found[1] if found else None for found in said) if len(said) == 2 else (None, None)
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
    found = _SIMPLE.fullmatch(str(text or ""))
    return found[1] if found else None


def expanded(lab: Lab) -> tuple[Seen, ...]:
    """Ask for the filtered time records with `full`, and compare with the list without it. Raises Refused."""
    label = f"GET {COLLECTION}"
    found = answers(lab, label)
    if lab.index[label].query("full") is None or not found:
        return ()
    return lab.once("expanded", lambda: tuple(_expanded(lab, label, found[0])))


def _expanded(lab: Lab, label: str, plain: Filtered) -> Iterator[Seen]:
    fields = ("project", "activity", "user", "the rest")
    for value in ("1", "true", "0"):
        exchange = lab.session().get(COLLECTION, params={**plain.question.params, "full": value})
        for field in fields:
            yield Seen(label, field, value, _full_word(plain.exchange, exchange, field, value != "0"), exchange)
        if value == "true":
            yield from _inner(lab, label, exchange)


def _full_word(plain: Exchange, full: Exchange, field: str, expands: bool) -> str:
    one, other = plain.json_or_none(), full.json_or_none()
    if ids_of(plain) is None or ids_of(full) is None or ids_of(plain) != ids_of(full):
        return "other records"
    for left, right in zip(one, other, strict=True):
        if field == "the rest":
            shared = (left.keys() & right.keys()) - {"project", "activity", "user"}
            if any(not alike_unordered(left[name], right[name]) for name in shared):
                return "other values"
        elif expands and attribute(right, f"{field}.id") in (MISSING, None):
            return "not expanded"
        elif attribute(right, f"{field}.id" if expands else field) != left.get(field):
            return "another record"
    return "as without full"


DETAILED = "ROLE_SUPER_ADMIN"
"""The role that has the right to the details of a customer by default."""


def detailed(lab: Lab, label: str) -> tuple[Seen, ...]:
    """Ask a list of other records than time records with `full`, and compare own rows with those without it.

    Empty where the list has no such parameter, or the actor is shown none. Raises Refused.
    """
    if label == f"GET {COLLECTION}" or lab.index[label].query("full") is None or not lab.beyond("standard"):
        return ()
    found = answers(lab, label)
    rows = [row for row in found[0].rows or () if row.get("id") in found[0].question.own] if found else []
    if not rows:
        return ()
    params = found[0].question.params
    exchange = _in_full(lab, label, params)
    word = _detailed_word(rows, exchange, lab.strongest.role == DETAILED)
    if word == "other values":  # What was asked before may be old: people, and other checks, change their zone.
        rows = [row for row in ask(lab, found[0].question).rows or () if row.get("id") in found[0].question.own]
        exchange = _in_full(lab, label, params)
        word = _detailed_word(rows, exchange, lab.strongest.role == DETAILED)
    return (Seen(label, "full", "1", word, exchange),)


def _in_full(lab: Lab, label: str, params: Mapping[str, Any]) -> Exchange:
    return lab.session().get(lab.index[label].path, params={**params, "full": "1"})


def _detailed_word(rows: Sequence[Mapping[str, Any]], full: Exchange, wanted: bool) -> str:
    if ids_of(full) is None:
        return "other records"
    shown = {row["id"]: row for row in full.json_or_none()}
    pairs = [(row, shown.get(row["id"], {})) for row in rows]
    if not all(other for _, other in pairs):
        return "other records"
    if any(not alike_unordered(row[name], other[name]) for row, other in pairs for name in row.keys() & other.keys()):
        return "other values"
    return "no more" if wanted and not any(other.keys() - row.keys() for row, other in pairs) else "as without full"


_INNER = {"project": "projects", "project.customer": "customers", "activity": "activities", "user": "users"}


def _inner(lab: Lab, label: str, full: Exchange) -> Iterator[Seen]:
    """Compare what is expanded in the first record with what reading it on its own shows."""
    rows = full.json_or_none() if full.ok else None
    row = rows[0] if isinstance(rows, list) and rows else {}
    for path, plural in _INNER.items():
        short = attribute(row, path)
        if isinstance(short, Mapping) and isinstance(short.get("id"), int):
            whole = lab.session().get(f"/api/{plural}/{short['id']}").json_or_none()
            yield Seen(label, path, "as on its own", _same_word(short, whole), full)


def _same_word(short: Mapping[str, Any], whole: Any) -> str:
    if not isinstance(whole, Mapping):
        return "as without full"  # It may not be read on its own.
    shared = (name for name in short.keys() & whole.keys() if not isinstance(short[name], dict | list))
    inner = (name for name in shared if not isinstance(whole[name], dict | list))
    return "as without full" if all(short[name] == whole[name] for name in inner) else "other values"
