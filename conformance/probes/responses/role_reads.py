"""What each role reads: the answer of every GET to it, for own records of the least and of the fullest body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from conformance.exchange import Refused
from conformance.exchange.guard.table import OPERATIONS
from conformance.model import Actor, Exchange
from conformance.probes.context import ProbeContext, once
from conformance.probes.records.creating import ident
from conformance.probes.records.specimens import (
    SIZES,
    asked_kinds,
    filled,
    kind_in,
    known_labels,
    own_projects,
    sent,
    specimen,
)

UNREAD = frozenset({"GET /api/doc", "GET /api/invoices/{id}/download", "GET /api/config/colors"})
"""The page for people, a file, and a palette that a setting decides."""

_EVERYTHING = {"visible": 3, "ignoreDates": 1}
_ALL_RECENT: Mapping[str, Any] = {"begin": "2000-01-01T00:00:00", "size": 1000}


@dataclass(frozen=True)
class RoleRead:
    """The answer of a read to an actor. `record` is the size of the record that the path names, "" without one.

    `answer` is a word for why there is none that could be compared; `own` are the objects in it that are this run's own
    records, or the actor.
    """

    operation: str
    actor: Actor
    record: str
    answer: Exchange | str
    own: tuple[Mapping[str, Any], ...] = ()


def read_labels(context: ProbeContext) -> Iterator[str]:
    """Yield every GET that changes nothing, of this version and of others, sorted."""
    for label in known_labels(context):
        row = OPERATIONS.get(label)
        if label.startswith("GET ") and not (row and row.writes) and label not in UNREAD:
            yield label


def reads_of(context: ProbeContext, label: str, actor: Actor) -> Iterator[RoleRead]:
    """Read as an actor; nothing where this run has no record for the path. Raises Refused, and NoAnswer."""
    for size in _sizes(context, label, actor):
        path = None
        with suppress(Refused):
            path = filled(context, label, size or SIZES[0], actor)
        if path is None:
            continue
        _make_listed(context, label, actor)
        answer = _read(context, label, actor, path)
        body = None if isinstance(answer, str) or not answer.ok else answer.json_or_none()
        own = _own(context, label, actor, body) if isinstance(body, list) else [body] if isinstance(body, dict) else []
        yield RoleRead(label, actor, size, answer, tuple(own))


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


@once("read {actor.name} {path}")
def _read(context: ProbeContext, label: str, actor: Actor, path: str) -> Exchange | str:
    """Return the answer to a read, asked once: below a record the paths of both sizes may be the same."""
    return sent(partial(context.session(actor).get, path, params=_params(context, label)))


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


def _own(context: ProbeContext, label: str, actor: Actor, body: list[Any]) -> list[Any]:
    """Return the items of a list that are this run's own records, or its actors."""
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
    """Whether a time record is booked on this run's own project: of several alike, the last counts as recent."""
    project = item.get("project")
    number = project.get("id") if isinstance(project, dict) else project
    return "activity" in item and own_projects(context) and number == context.bookable[0]
