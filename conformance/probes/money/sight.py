"""Who is shown what time records cost, and budgets: every answer that shows a record, as each role.

Reads but for own records.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.exchange import Record, Refused
from conformance.model import Actor, Exchange
from conformance.probes.access.rights import book_or_start, in_one_team, window
from conformance.probes.context import ProbeContext, once
from conformance.probes.records.creating import ident
from conformance.probes.records.list_scopes import COLLECTION, row_of
from conformance.probes.times.times import Booked, book, seen_as, unbook

RATES = ("rate", "internalRate", "hourlyRate", "fixedRate")
BUDGET = ("budget", "timeBudget", "budgetType")
ITEM = f"{COLLECTION}/{{id}}"


@dataclass(frozen=True)
class RatesShown:
    """An answer that shows a time record to an actor, and the rates in it; `way` says whose record, and what was asked.

    None where the record is not in the answer.
    """

    operation: str
    way: str
    by: Actor
    rates: tuple[str, ...]
    exchange: Exchange


def own_sight(context: ProbeContext, by: Actor) -> Iterator[RatesShown]:
    """Show an actor a record of their own in every way, and what they have running. Raises Refused."""
    booked = book_or_start(context, by)
    yield from _seen(f"POST {COLLECTION}", "own record", by, booked.ident, booked.exchange)
    if booked.ident is None:
        return
    session = context.session(by)
    yield from _seen(f"GET {ITEM}", "own record", by, booked.ident, session.get(booked.path))
    if by != context.strongest:
        # What is shown may depend on whether there is something to show.
        context.session().patch(booked.path, json={"hourlyRate": 20, "fixedRate": 12.5})
        yield from _seen(f"GET {ITEM}", "own record with a price", by, booked.ident, session.get(booked.path))
    yield from _listed(context, by, booked, "own record")
    changed = session.patch(booked.path, json={"description": context.name("sight")})
    yield from _seen(f"PATCH {ITEM}", "own record", by, booked.ident, changed)
    if by.role == "ROLE_USER":
        yield from _copied(context, by, booked)
        recent = session.get(f"{COLLECTION}/recent", params={"begin": window(context, booked)["begin"], "size": 200})
        yield from _seen(f"GET {COLLECTION}/recent", "own record", by, booked.ident, recent)
        unbook(context, booked)
        yield from _running(context, by)
    else:
        unbook(context, booked)


def _copied(context: ProbeContext, by: Actor, booked: Booked) -> Iterator[RatesShown]:
    label = f"PATCH {ITEM}/duplicate"
    if label in context.index and context.timesheet.get("isAllowOverlapping") is not False:
        copy = context.session(by).patch(f"{booked.path}/duplicate")
        yield from _seen(label, "own record", by, ident(copy), copy)
        if ident(copy) not in (None, booked.ident):
            context.session(by).delete(f"{COLLECTION}/{ident(copy)}")


def _running(context: ProbeContext, by: Actor) -> Iterator[RatesShown]:
    """Start a record and stop it; nothing where something may not be started."""
    project, activity = context.bookable
    body = {"project": project, "activity": activity, "description": context.name("running")}
    session = context.session(by)
    try:
        started = seen_as(by, session.post(COLLECTION, json=body, params={"full": "true"}), body)
    except Refused:
        return
    yield from _seen(f"POST {COLLECTION}", "running, full", by, started.ident, started.exchange)
    if started.ident is not None:
        active = session.get(f"{COLLECTION}/active")
        yield from _seen(f"GET {COLLECTION}/active", "running", by, started.ident, active)
        stopped = session.patch(f"{started.path}/stop")
        yield from _seen(f"PATCH {ITEM}/stop", "running", by, started.ident, stopped)
    unbook(context, started)


def member_sight(context: ProbeContext, lead: Actor, member: Actor) -> Iterator[RatesShown]:
    """Show a lead the record of a member of their team. Raises Refused."""
    booked = book_or_start(context, member)
    if booked.ident is None:
        return
    with in_one_team(context, lead, member):
        read = context.session(lead).get(booked.path)
        yield from _seen(f"GET {ITEM}", "a member's record", lead, booked.ident, read)
        yield from _listed(context, lead, booked, "a member's record")
    unbook(context, booked)


def _listed(context: ProbeContext, by: Actor, booked: Booked, whose: str) -> Iterator[RatesShown]:
    confined = {**window(context, booked), "project": context.bookable[0], "users[]": [booked.actor.user_id]}
    for word, params in (("", {}), (", full", {"full": "true"})):
        answer = context.session(by).get(COLLECTION, params={**confined, **params})
        yield from _seen(f"GET {COLLECTION}", f"{whose}{word}", by, booked.ident, answer)


def _seen(operation: str, way: str, by: Actor, number: int | None, answer: Exchange) -> Iterator[RatesShown]:
    """Yield which rates an answer shows of a record; nothing where it does not show it."""
    body: Any = answer.json_or_none() if answer.ok else None
    row = row_of(answer, number) if isinstance(body, list) and number is not None else body
    if isinstance(row, dict) and row:
        yield RatesShown(operation, way, by, tuple(name for name in RATES if name in row), answer)


@dataclass(frozen=True)
class BudgetShown:
    """Whether each attribute of a budget is shown to an actor of one record of a kind, in its list and on its own.

    `read` is None where the record itself is refused to the actor. `usual` is what the list shows the strongest actor.
    """

    kind: str
    by: Actor
    listed: Mapping[str, bool]
    read: Mapping[str, bool] | None
    usual: Mapping[str, bool]
    exchange: Exchange


def budget_sight(context: ProbeContext, by: Actor) -> Iterator[BudgetShown]:
    """Show an actor a customer, a project and an activity that have a budget. Raises Refused."""
    for plural, record in _budgeted(context).items():
        mine, best = (_listed_budget(context, actor, plural, record) for actor in (by, context.strongest))
        row, usual = row_of(mine, record.id), row_of(best, record.id)
        if row is None or usual is None:
            continue
        answer = context.session(by).get(f"/api/{plural}/{record.id}")
        body = answer.json_or_none() if answer.ok else None
        read = _shown(body) if isinstance(body, dict) else None
        yield BudgetShown(plural, by, _shown(row), read, _shown(usual), mine)


@once("budget {plural} {by.name}")
def _listed_budget(context: ProbeContext, by: Actor, plural: str, record: Record) -> Exchange:
    """Search a list for a record as an actor."""
    params = {"visible": "3", "ignoreDates": "1", "term": record.body["name"]}
    return context.session(by).get(f"/api/{plural}", params=params)


@once("records with a budget")
def _budgeted(context: ProbeContext) -> Mapping[str, Record]:
    money: Mapping[str, Any] = {"budget": 1234, "timeBudget": "12:30", "budgetType": "month"}
    customer = context.records.customer(**money)
    project = context.records.project(customer, **money)
    return {"customers": customer, "projects": project, "activities": context.records.activity(project, **money)}


def _shown(row: Mapping[str, Any]) -> Mapping[str, bool]:
    return {name: name in row for name in BUDGET}


def sorts_by_rate(context: ProbeContext, by: Actor) -> Exchange:
    """Ask for the list of an actor's records by what they cost."""
    return context.session(by).get(COLLECTION, params={**window(context), "orderBy": "rate"})


@dataclass(frozen=True)
class PriceSet:
    """A rate that an actor sent for a record of their own: whether the strongest actor saw it stored afterwards."""

    operation: str
    field: str
    by: Actor
    stored: bool
    exchange: Exchange


def prices_set(context: ProbeContext, by: Actor) -> Iterator[PriceSet]:
    """Send rates of an actor's own records, in a create and in a change. Raises Refused."""
    plain = book(context, by, *context.hour())
    if plain.ident is None:
        return
    for field, amount in (("hourlyRate", 77), ("fixedRate", 88)):
        made = book(context, by, *context.hour(), **{field: amount})
        yield PriceSet(f"POST {COLLECTION}", field, by, _has(context, made, field, amount), made.exchange)
        unbook(context, made)
        answer = context.session(by).patch(plain.path, json={field: amount})
        yield PriceSet(f"PATCH {ITEM}", field, by, _has(context, plain, field, amount), answer)
    unbook(context, plain)


def _has(context: ProbeContext, booked: Booked, field: str, amount: int) -> bool:
    shown: Any = None if booked.ident is None else context.session().get(booked.path).json_or_none()
    return isinstance(shown, dict) and shown.get(field) == amount
