"""What each role reads: the status of every GET, and every attribute of own records with its type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from conformance.model import Actor
from conformance.probes.context import ProbeContext
from conformance.probes.records.specimens import own_projects, roles
from conformance.probes.responses.role_reads import RoleRead, read_labels, reads_of
from conformance.upgrade.facts import About, Fact, fact, unseen
from conformance.upgrade.questions.unseen import facts_or_unseen
from conformance.upgrade.typewords import seen_of

HEADERS = ("x-page", "x-per-page", "x-total-count", "x-total-pages")
"""Headers that clients page by."""

MAX_DEPTH = 4
_STAMP = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d(?P<fraction>\.\d+)?(?P<offset>Z|[+-]\d\d:?\d\d)?)?", re.ASCII
)


def ask(context: ProbeContext) -> Iterator[Fact]:
    """Ask every GET as every role, for a minimal and a full record. Facts: STATUS, SHOWN, ATTRIBUTE, HEADER."""
    for label in read_labels(context):
        for role, actor in roles(context).items():
            yield from facts_or_unseen(partial(_as_role, context, label, actor), About.STATUS, label, role=role)


def _as_role(context: ProbeContext, label: str, actor: Actor) -> Iterator[Fact]:
    for item in reads_of(context, label, actor):
        where = {"role": actor.role, "asked": item.record}
        if isinstance(item.answer, str):
            yield unseen(About.STATUS, label, item.answer, **where)
            continue
        yield fact(About.STATUS, label, str(item.answer.status), **where)
        if item.answer.ok:
            names = HEADERS if isinstance(item.answer.json_or_none(), list) else ()
            for name in names:
                word = "present" if name in item.answer.headers else "absent"
                yield fact(About.HEADER, label, word, field=name, **where)
            yield from _shown(item, own_projects(context))


def _shown(item: RoleRead, on_own: bool) -> Iterator[Fact]:
    where = {"role": item.actor.role, "asked": item.record}
    if item.own:
        yield fact(About.SHOWN, item.operation, "an own record", **where)
    types: dict[str, set[str]] = {}
    for record in item.own:
        for path, word in types_in(record):
            types.setdefault(path, set()).add(word)
    for path, words in types.items():
        kept = seen_of(item.operation, path, " or ".join(sorted(words)), on_own)
        if kept is not None:
            yield fact(About.ATTRIBUTE, item.operation, kept, field=path, **where)


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
    if not isinstance(value, str):
        words = {type(None): "null", bool: "boolean", int: "number", float: "number", list: "array", dict: "object"}
        return words[type(value)]
    match = _STAMP.fullmatch(value)
    if match is None:
        return "string"
    if len(value) == 10:
        return "date"
    offset = match["offset"] or ""
    shape = "Z" if offset == "Z" else "+hh:mm" if ":" in offset else "+hhmm" if offset else "no offset"
    return f"date-time {shape}" + (" with a fraction" if match["fraction"] else "")
