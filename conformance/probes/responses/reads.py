"""The answer of every read: with the ids of the run's own records where the path has parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from conformance.definition import Operation, Repair
from conformance.exchange.guard.kinds import PLURALS
from conformance.model import Actor, Exchange
from conformance.probes.context import ProbeContext
from conformance.probes.records.bodies import Subject
from conformance.probes.records.kinds import kind_named
from conformance.probes.records.lifecycle import created
from conformance.probes.records.paths import path_with

IDS = "operation id"
"""What repairs of operation ids say."""


def answer_of(
    context: ProbeContext, operation: Operation, actor: Actor | None = None, *, again: bool = False
) -> Exchange | None:
    """Send a read, with an own record's id where it needs one; once a process and actor, or again. Raises Refused.

    None where the run has no record for its path.
    """
    who = actor or context.strongest
    if again:
        return _ask(context, operation, who)
    return context.cached(f"answer {who.name} {operation.label}", lambda: _ask(context, operation, who))


def _ask(context: ProbeContext, operation: Operation, actor: Actor) -> Exchange | None:
    path = filled_path(context, operation)
    words = [part for part in operation.path.removeprefix("/api/").split("/") if not part.startswith("{")]
    listed = kind_named(context.index, "/".join(words).removesuffix("/find"))
    if listed is not None and listed.name != "users" and not context.client.config.read_only:
        created(context, Subject(listed.name, listed, context.strongest))
    # A list is to show what the run made, hidden records too.
    params: dict[str, Any] = {"visible": 3} if operation.query("visible") else {}
    if operation.query("name") and operation.path.endswith("/find"):
        params["name"] = context.client.mark
    return context.session(actor).as_valid().get(path, params=params) if path is not None else None


@dataclass(frozen=True)
class Flaws:
    """What had to be put right in the definition that the instance serves: in operation ids, and elsewhere."""

    ids: tuple[Repair, ...]
    others: tuple[Repair, ...]


def flaws_of(context: ProbeContext) -> Flaws:
    """Return what had to be put right in the definition."""
    repairs = context.definition.repairs
    ids = tuple(repair for repair in repairs if IDS in repair.what)
    return Flaws(ids, tuple(repair for repair in repairs if repair not in ids))


def filled_path(context: ProbeContext, operation: Operation) -> str | None:
    """Return the path for a record of the run's own; None where it makes none of that kind."""

    def own_id(parts: Sequence[str], place: int) -> int | None:
        word = parts[place - 1]
        nested = kind_named(context.index, f"{word}/{parts[-1]}") if place == len(parts) - 2 else None
        return context.parent(word) if nested else _own_id(context, word)

    return path_with(operation.path, own_id)


def _own_id(context: ProbeContext, word: str) -> int | None:
    """Return the id for a path parameter by the word before it ("actions/timesheet" is timesheets)."""
    name = PLURALS.get(word, word)
    if name == "users":
        return context.strongest.user_id
    kind = kind_named(context.index, name)
    if kind is None:
        return None
    return created(context, Subject(name, kind, context.strongest)).number
