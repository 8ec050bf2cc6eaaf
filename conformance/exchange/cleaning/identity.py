"""Whether the record that an id names today is still the one that the run made.

A database may give an id a second time: InnoDB before MySQL 8 after a restart, any database once a copy was restored
between a run and its clean-up. What speaks for a record is the run's mark, or the project that it stands on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.exchange.cleaning.ledger import Ledger
from conformance.exchange.guarding.ids import id_of
from conformance.exchange.guarding.kinds import KINDS, NAMED, Kind
from conformance.exchange.guarding.state import State


def another_now(state: State, kind: Kind, ident: int) -> str | None:
    """Return why what a record's id names today is somebody else's; None where nothing speaks against it.

    Of a rate or comment its parent is asked. What cannot be read speaks against nothing: the ledger's word stands.
    """
    ledger = next((each for each in state.ledgers if each.owns(kind, ident)), None)
    made = ledger.get(kind, ident) if ledger else None
    if ledger is None or made is None:
        return None
    above = KINDS[kind].parent
    if above is not None:
        return another_now(state, above, made.parent) if made.parent is not None else None
    item = _shown(state, kind, ident)
    return None if item is None else speaks_against(state, kind, item, ledger)


def foreign(state: State, kind: Kind, item: Mapping[str, Any]) -> str | None:
    """Return why a listed record is not the run's: it did not make it, or its name is another's by now; else None."""
    ledger = next((each for each in state.ledgers if each.owns(kind, item["id"])), None)
    if ledger is None:
        return f"{kind} {item['id']} below it is not of this run"
    reason = speaks_against(state, kind, item, ledger)
    return reason and f"{kind} {item['id']} below it: {reason}"


def speaks_against(state: State, kind: Kind, item: Mapping[str, Any], ledger: Ledger) -> str | None:
    """Return what in an answer about a record shows that the run of a ledger did not make it, None where nothing."""
    mark = str(ledger.contents.header.get("mark") or state.config.mark).casefold()
    text = item.get(KINDS[kind].name) if KINDS[kind].name else None
    if isinstance(text, str) and mark in text.casefold():
        return None
    if kind in NAMED:
        return "its name is not one that this run gives" if isinstance(text, str) else None
    return _elsewhere(state, item, ledger) if kind is Kind.TIMESHEET else None


def _elsewhere(state: State, item: Mapping[str, Any], ledger: Ledger) -> str | None:
    """A timesheet without the mark: the run makes these on its own projects, and an actor's on the borrowed one."""
    project, user = id_of(item.get("project")), id_of(item.get("user"))
    if project is None or state.owns(Kind.PROJECT, project):
        return None
    lent = {state.config.borrowed_project, ledger.contents.header.get("project")}
    if project in lent and (user is None or state.actor_with(user)):
        return None
    return f"it stands on project {project} without the mark of this run"


def _shown(state: State, kind: Kind, ident: int) -> Mapping[str, Any] | None:
    """Return a record as the instance shows it, None where it is gone or cannot be read."""
    reader = state.overseer or state.strongest
    facts = KINDS[kind]
    if facts.item:
        status, item = state.read(reader, facts.item.replace("{id}", str(ident)), {})
        return item if status == 200 and isinstance(item, Mapping) else None
    status, listed = state.read(reader, facts.listing, {}) if facts.listing else (0, None)
    items = listed if status == 200 and isinstance(listed, list) else []
    return next((each for each in items if isinstance(each, Mapping) and each.get("id") == ident), None)
