"""What each role reads: the status of every GET, and every attribute of own records with its type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from conformance.exchange import Refused
from conformance.exchange.guard.table import OPERATIONS
from conformance.model import Actor, Exchange
from conformance.probes.context import ProbeContext
from conformance.probes.records.creating import ident
from conformance.upgrade.facts import About, Fact, fact, unseen
from conformance.upgrade.specimens import (
    SIZES,
    asked_kinds,
    filled,
    kind_in,
    known_labels,
    own_projects,
    roles,
    sent,
    specimen,
)
from conformance.upgrade.typewords import of_others, without_others

HEADERS = ("x-page", "x-per-page", "x-total-count", "x-total-pages")
"""Headers that clients page by."""

MAX_DEPTH = 4
_EVERYTHING = {"visible": 3, "ignoreDates": 1}
_STAMP = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d(?P<fraction>\.\d+)?(?P<offset>Z|[+-]\d\d:?\d\d)?)?", re.ASCII
)


def ask(context: ProbeContext) -> Iterator[Fact]:
    """Ask every GET as every role, for a minimal and a full record. Facts: STATUS, SHOWN, ATTRIBUTE, HEADER."""
    for label in known_labels(context):
        row = OPERATIONS.get(label)
        if label.startswith("GET ") and not (row and row.writes) and label not in UNREAD:
            for role, actor in roles(context).items():
                yield from _as_role(context, label, role, actor)


UNREAD = frozenset({"GET /api/doc", "GET /api/invoices/{id}/download", "GET /api/config/colors"})
"""The page for people, a file, and a palette that a setting decides."""


def _as_role(context: ProbeContext, label: str, role: str, actor: Actor) -> Iterator[Fact]:
    sizes = SIZES if "{" in label and not label.startswith("GET /api/users") else ("",)
    for size in sizes:
        try:
            path = filled(context, label, size or SIZES[0], actor)
        except Refused:
            path = None
        if path is None:
            continue
        answer = sent(lambda path=path: context.session(actor).get(path, params=_params(context, label)))  # type: ignore[misc]
        if isinstance(answer, str):
            yield unseen(About.STATUS, label, answer, role=role, asked=size)
            continue
        yield fact(About.STATUS, label, str(answer.status), role=role, asked=size)
        if answer.ok:
            yield from _shown(context, label, role, size, actor, answer)


def _params(context: ProbeContext, label: str) -> dict[str, Any]:
    operation = context.index.get(label)
    if operation is None or "{" in label:
        return {}
    results = {name: value for name, value in _EVERYTHING.items() if operation.query(name)}
    if label == "GET /api/timesheets":
        with suppress(Refused):
            results["project"] = context.bookable[0]
    return results


def _shown(context: ProbeContext, label: str, role: str, size: str, actor: Actor, answer: Exchange) -> Iterator[Fact]:
    body = answer.json_or_none()
    own = _own(context, label, actor, body) if isinstance(body, list) else [body] if isinstance(body, dict) else []
    for name in HEADERS if isinstance(body, list) else ():
        yield fact(
            About.HEADER, label, "present" if name in answer.headers else "absent", role=role, field=name, asked=size
        )
    if own:
        yield fact(About.SHOWN, label, "an own record", role=role, asked=size)
    types: dict[str, set[str]] = {}
    for item in own:
        for path, word in types_in(item):
            types.setdefault(path, set()).add(word)
    joined = {path: " or ".join(sorted(words)) for path, words in types.items()}
    theirs = {path: word for path, word in joined.items() if of_others(label, path, own_projects(context))}
    for path, word in {**joined, **without_others(theirs)}.items():
        if path not in theirs or "[]" not in path:
            yield fact(About.ATTRIBUTE, label, word, role=role, field=path, asked=size)


def _own(context: ProbeContext, label: str, actor: Actor, body: list[Any]) -> list[Any]:
    """Return the items of a list that are this snapshot's own records, or its actors."""
    if label.startswith("GET /api/users"):
        return [item for item in body if isinstance(item, dict) and item.get("id") == actor.user_id]
    kind = kind_in(context, label)
    if kind is None or kind.name not in {entry.name for entry in asked_kinds(context)}:
        return []
    try:
        own = {ident(specimen(context, kind, size, actor)) for size in SIZES}
    except Refused:
        return []
    return [item for item in body if isinstance(item, dict) and item.get("id") in own]


def types_in(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield each attribute path of a value with the word for its type, `customer.teams[].name`."""
    if path:
        yield path, type_word(value)
    if depth >= MAX_DEPTH:
        return
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from types_in(inner, f"{path}.{name}" if path else str(name), depth + 1)
    elif isinstance(value, list):
        for item in value:
            yield from types_in(item, f"{path}[]", depth)


def type_word(value: Any) -> str:
    """Return the type of a value, with the spelling of dates. A whole number is a number: JSON does not tell them."""
    if isinstance(value, str):
        return _stamp(value)
    words = {type(None): "null", bool: "boolean", int: "number", float: "number", list: "array", dict: "object"}
    return words[type(value)]


def _stamp(text: str) -> str:
    match = _STAMP.fullmatch(text)
    if match is None:
        return "string"
    if len(text) == 10:
        return "date"
    offset = match["offset"] or ""
    shape = "Z" if offset == "Z" else "+hh:mm" if ":" in offset else "+hhmm" if offset else "no offset"
    return f"date-time {shape}" + (" with a fraction" if match["fraction"] else "")
