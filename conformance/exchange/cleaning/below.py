"""What hangs below a record and would go with it, or be changed by its going."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from conformance.exchange.cleaning.identity import foreign
from conformance.exchange.guarding.ids import id_of
from conformance.exchange.guarding.kinds import KINDS, Kind
from conformance.exchange.guarding.rights import surely_sees_everybody
from conformance.exchange.guarding.state import PAGE, State
from conformance.words import Actor

MOST_PAGES = 20
A_DAY = 86400.0
"""The clocks of instance and this machine differ by less, and old versions take the caller's zone."""

REMARKS: dict[Kind, list[tuple[Kind, str]]] = {
    Kind.CUSTOMER: [
        (Kind.CUSTOMER_COMMENT, "/api/customers/{id}/comments"),
        (Kind.CUSTOMER_RATE, "/api/customers/{id}/rates"),
    ],
    Kind.PROJECT: [
        (Kind.PROJECT_COMMENT, "/api/projects/{id}/comments"),
        (Kind.PROJECT_RATE, "/api/projects/{id}/rates"),
    ],
    Kind.ACTIVITY: [(Kind.ACTIVITY_RATE, "/api/activities/{id}/rates")],
}
"""What is said about a record and hangs below it alone."""

_LISTS: dict[Kind, list[tuple[Kind, str, dict[str, str]]]] = {
    Kind.CUSTOMER: [
        *((child, path, {}) for child, path in REMARKS[Kind.CUSTOMER]),
        (Kind.INVOICE, "/api/invoices", {"customers[]": "{id}"}),
        (Kind.PROJECT, "/api/projects", {"customer": "{id}", "visible": "3", "ignoreDates": "1"}),
        (Kind.TIMESHEET, "/api/timesheets", {"customer": "{id}", "user": "all"}),
    ],
    Kind.PROJECT: [
        *((child, path, {}) for child, path in REMARKS[Kind.PROJECT]),
        (Kind.ACTIVITY, "/api/activities", {"project": "{id}", "globals": "0", "visible": "3"}),
        (Kind.TIMESHEET, "/api/timesheets", {"project": "{id}", "user": "all"}),
    ],
    Kind.ACTIVITY: [
        *((child, path, {}) for child, path in REMARKS[Kind.ACTIVITY]),
        (Kind.TIMESHEET, "/api/timesheets", {"activity": "{id}", "user": "all"}),
    ],
}
"""What hangs below. Working hours come last, so that the look at them is the freshest."""

OPTIONAL = {
    Kind.CUSTOMER_COMMENT: "GET /api/customers/{id}/comments",
    Kind.PROJECT_COMMENT: "GET /api/projects/{id}/comments",
    Kind.INVOICE: "GET /api/invoices",
}
"""Lists that a version may not have."""


@dataclass(frozen=True)
class Unsure:
    """Why it cannot be said what hangs below."""

    reason: str


def strangers_below(state: State, kind: Kind, ident: int, name: str = "", since: float = 0.0) -> str | None:
    """Return why a record of the run must not be deleted: something below it is not the run's own, or cannot be seen.

    None where all is the run's own. `name` and `since` (seconds since 1970) are those of a tag and its creation.
    """
    if kind is Kind.TEAM:
        return _strangers_in_team(state, ident)
    if kind is Kind.TAG:
        return _strangers_with_tag(state, name, since)
    if kind not in _LISTS:
        return None
    reason = _strangers_listed(state, kind, ident)
    # A filter by a record that is gone is ignored, so everything would seem to hang below it.
    gone = reason and state.read(state.strongest, KINDS[kind].item.replace("{id}", str(ident)), {})[0] == 404
    return None if gone else reason


def blind(state: State, overseer: Actor) -> str:
    """Return why an administrator is not believed to see everybody's records, "" where nothing speaks against it.

    That right can be taken from the role, but not from a super administrator. A record of the run that another actor
    made tells: once it is listed, the question is settled for this process.
    """
    if state.blind or state.sighted or surely_sees_everybody(overseer):
        return state.blind
    actors = {actor.name: actor for actor in state.config.actors if actor.name != overseer.name}
    alive = [made for ledger in state.ledgers for made in ledger.alive(Kind.TIMESHEET) if made.actor in actors]
    newest = max(alive, key=lambda made: made.ident, default=None)
    if newest is None or newest.ident in state.undecided:
        return ""
    params = {"user": "all", "orderBy": "id", "order": "DESC", "size": str(PAGE)}
    status, listed = state.read(overseer, "/api/timesheets", params)
    items = listed if status == 200 and isinstance(listed, list) else []
    state.sighted = any(isinstance(item, dict) and item.get("id") == newest.ident for item in items)
    item = KINDS[Kind.TIMESHEET].item.replace("{id}", str(newest.ident))
    state.undecided.add(newest.ident)
    if not state.sighted and state.read(actors[newest.actor or ""], item, {})[0] == 200:
        state.blind = f"{overseer.name} does not see everybody's records below it"
    return state.blind


def _strangers_listed(state: State, kind: Kind, ident: int) -> str | None:
    overseer = state.overseer
    if overseer is None:
        return "no actor may see everybody's records below it"
    if blind(state, overseer):
        return state.blind
    bookable = kind is not Kind.CUSTOMER  # on a customer without projects nobody can book
    for child, path, params in _LISTS[kind]:
        if child is Kind.TIMESHEET and not bookable:
            continue
        if child in OPTIONAL and state.index is not None and not state.lists(OPTIONAL[child]):
            continue
        filled = {key: value.replace("{id}", str(ident)) for key, value in params.items()}
        for item in everything(state, overseer, path.replace("{id}", str(ident)), filled, child):
            if isinstance(item, Unsure):
                if child is Kind.INVOICE:
                    break  # no default role lacks it; without the right, one that the run could see counts
                return item.reason
            if not _is_below(item, kind, child, ident):
                continue
            bookable = bookable or child is Kind.PROJECT
            if reason := foreign(state, child, item):
                return reason
            if child in _LISTS and (reason := _strangers_listed(state, child, item["id"])):
                return f"{child} {item['id']} below it: {reason}"
    return None


def _strangers_with_tag(state: State, name: str, since: float) -> str | None:
    """Its going takes no record with it, so what a team lead sees of its use is enough.

    A filter by tag may be ignored, or not take the name; then what was changed since the tag exists is looked through.
    """
    if not name:
        return "its name is not known, so what carries it cannot be listed"
    reader = state.overseer or state.strongest
    reason: str | None = None
    changed = datetime.fromtimestamp(max(0.0, since - A_DAY), UTC).strftime("%Y-%m-%dT%H:%M:%S")
    for narrowed in ({"tags[]": name}, {"modified_after": changed}):
        items = list(everything(state, reader, "/api/timesheets", {**narrowed, "user": "all"}, Kind.TIMESHEET))
        reason = next((item.reason for item in items if isinstance(item, Unsure)), None)
        for item in items:
            if (
                isinstance(item, dict)
                and name in (item.get("tags") or ())
                and not state.owns(Kind.TIMESHEET, item["id"])
            ):
                return f"timesheet {item['id']} carries it, and is not of this run"
        if reason is None:
            return None
    return reason


def _is_below(item: Any, kind: Kind, child: Kind, ident: int) -> bool:
    """Leave out what a lenient filter adds, such as global activities below a project."""
    if child is Kind.ACTIVITY and kind is Kind.PROJECT:
        return id_of(item.get("project")) == ident
    if child is Kind.INVOICE:
        return id_of(item.get("customer")) == ident
    return True


def everything(
    state: State, actor: Actor, path: str, params: Mapping[str, str | list[str]], child: Kind
) -> Iterator[dict[str, Any] | Unsure]:
    """Return all of a list, page by page, and why it is not all, where it is not."""
    paged = child in (Kind.TIMESHEET, Kind.INVOICE)
    for page in range(1, MOST_PAGES + 1):
        extra = {"page": str(page), "size": str(PAGE)} if paged else {}
        status, listed = state.read(actor, path, {**params, **extra})
        if status == 404 and (page > 1 or not paged):
            return
        if status != 200 or not isinstance(listed, list):
            yield Unsure(f"what is below it could not be listed (GET {path} answered {status})")
            return
        for item in listed:
            good = isinstance(item, dict) and isinstance(item.get("id"), int)
            yield item if good else Unsure(f"GET {path} lists something without an id")
        if not paged or len(listed) < PAGE:
            return
    yield Unsure(f"more than {MOST_PAGES * PAGE} records are below it")


_LINKS = {"customers": Kind.CUSTOMER, "projects": Kind.PROJECT, "activities": Kind.ACTIVITY}


def _strangers_in_team(state: State, ident: int) -> str | None:
    status, team = state.read(state.overseer or state.strongest, KINDS[Kind.TEAM].item.replace("{id}", str(ident)), {})
    if status == 404:
        return None
    if status != 200 or not isinstance(team, dict):
        return f"its members could not be read (GET answered {status})"
    for name, kind in _LINKS.items():
        for item in team.get(name) or ():
            if not state.owns(kind, id_of(item) or 0):
                return f"{kind} {id_of(item)} of it is not of this run"
    for member in team.get("members") or ():
        user = id_of(member.get("user") if isinstance(member, dict) else member) or 0
        if state.actor_with(user) is None and not state.owns(Kind.USER, user):
            return f"user {user} in it is not one of the configured actors"
    return None
