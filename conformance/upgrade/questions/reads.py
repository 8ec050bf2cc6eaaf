"""What each role reads: the status of every GET, and every attribute of own records with its type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from conformance.exchange import Refused
from conformance.exchange.guard.table import OPERATIONS
from conformance.model import Actor, Exchange
from conformance.probes.context import ProbeContext
from conformance.probes.records.creating import ident
from conformance.probes.records.specimens import (
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
from conformance.upgrade.facts import About, Fact, fact, unseen
from conformance.upgrade.questions.telling import told
from conformance.upgrade.typewords import seen_of

HEADERS = ("x-page", "x-per-page", "x-total-count", "x-total-pages")
"""Headers that clients page by."""

MAX_DEPTH = 4
_EVERYTHING = {"visible": 3, "ignoreDates": 1}
_ALL_RECENT: Mapping[str, Any] = {"begin": "2000-01-01T00:00:00", "size": 1000}
_STAMP = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d(?P<fraction>\.\d+)?(?P<offset>Z|[+-]\d\d:?\d\d)?)?", re.ASCII
)


def ask(context: ProbeContext) -> Iterator[Fact]:
    """Ask every GET as every role, for a minimal and a full record. Facts: STATUS, SHOWN, ATTRIBUTE, HEADER."""
    for label in known_labels(context):
        row = OPERATIONS.get(label)
        if label.startswith("GET ") and not (row and row.writes) and label not in UNREAD:
            for role, actor in roles(context).items():
                yield from told(partial(_as_role, context, label, role, actor), About.STATUS, label, role=role)


UNREAD = frozenset({"GET /api/doc", "GET /api/invoices/{id}/download", "GET /api/config/colors"})
"""The page for people, a file, and a palette that a setting decides."""


def _as_role(context: ProbeContext, label: str, role: str, actor: Actor) -> Iterator[Fact]:
    for size in _sizes(context, label, actor):
        try:
            path = filled(context, label, size or SIZES[0], actor)
        except Refused:
            path = None
        if path is None:
            continue
        _make_listed(context, label, actor)
        answer = _read(context, label, actor, path)
        if isinstance(answer, str):
            yield unseen(About.STATUS, label, answer, role=role, asked=size)
            continue
        yield fact(About.STATUS, label, str(answer.status), role=role, asked=size)
        if answer.ok:
            yield from _shown(context, label, role, size, actor, answer)


def _sizes(context: ProbeContext, label: str, actor: Actor) -> tuple[str, ...]:
    """Return which records are read: all of an answer shows in the full one, and what is null in the minimal one."""
    if "{" not in label or label.startswith("GET /api/users"):
        return ("",)
    if label.startswith("GET /api/actions/"):
        return SIZES[:1]
    ends = (context.strongest, context.weakest)
    return SIZES if context.profile_at_least("thorough") or actor in ends else SIZES[1:]


def _make_listed(context: ProbeContext, label: str, actor: Actor) -> None:
    """Make the records that a list is to show: a list that is read before says less."""
    kind = kind_in(context, label)
    if kind is not None and not label.endswith("}"):
        with suppress(Refused):
            for size in SIZES:
                specimen(context, kind, size, actor)


def _read(context: ProbeContext, label: str, actor: Actor, path: str) -> Exchange | str:
    """Return the answer to a read, asked once: below a record the paths of both sizes may be the same."""
    ask = partial(context.session(actor).get, path, params=_params(context, label))
    return context.cached(f"read {actor.name} {path}", lambda: sent(ask))


def _params(context: ProbeContext, label: str) -> dict[str, Any]:
    operation = context.index.get(label)
    if operation is None or "{" in label:
        return {}
    results = {name: value for name, value in _EVERYTHING.items() if operation.query(name)}
    if label == "GET /api/timesheets/recent":
        # All of them: people have newer ones.
        results |= {name: value for name, value in _ALL_RECENT.items() if operation.query(name)}
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
    for path, words in types.items():
        kept = seen_of(label, path, " or ".join(sorted(words)), own_projects(context))
        if kept is not None:
            yield fact(About.ATTRIBUTE, label, kept, role=role, field=path, asked=size)


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
    return [item for item in body if isinstance(item, dict) and (item.get("id") in own or _on_own(context, item))]


def _on_own(context: ProbeContext, item: dict[str, Any]) -> bool:
    """Whether a time record is booked on this snapshot's own project: of several alike, the last counts as recent."""
    project = item.get("project")
    number = project.get("id") if isinstance(project, dict) else project
    return "activity" in item and own_projects(context) and number == context.bookable[0]


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
