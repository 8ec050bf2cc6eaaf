"""What a copy brings along without being asked: a duplicated project has copies of its activities, and of the rates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.exchange.guard.context import GuardContext
from conformance.exchange.guard.ids import id_of
from conformance.exchange.guard.kinds import Kind
from conformance.exchange.ownership.evidence import folded, sent_values
from conformance.exchange.ownership.ledger import Ledger
from conformance.exchange.ownership.lists import CannotList, Item, records_of

DUPLICATE = "POST /api/projects/{id}/duplicate"
_VALUES = ("rate", "internalRate", "isFixed")


def take_copied_children(state: GuardContext, ledger: Ledger, project: int) -> None:
    """Write down what came with a project that was just made as a copy: what equals a record of the run's own.

    Each is an intent and what was made of it, so that it is proved like any other record.
    """
    made = [record for entry in state.ledgers for record in entry.contents.made.values()]
    own = {folded(record.name) for record in made if record.kind is Kind.ACTIVITY}
    for item in _listed(state, Kind.ACTIVITY):
        name = str(item.get("name") or "")
        if id_of(item.get("project")) == project and folded(name) in own:
            _take(ledger, Kind.ACTIVITY, item["id"], None, {"name": name, "project": project}, name)
            _take_rates(state, ledger, Kind.ACTIVITY_RATE, item["id"])
    _take_rates(state, ledger, Kind.PROJECT_RATE, project)


def _take_rates(state: GuardContext, ledger: Ledger, kind: Kind, parent: int) -> None:
    """Take copied rates: those with the values of a rate that the run sent."""
    intents = [intent for entry in state.ledgers for intent in entry.contents.intents.values() if intent.kind is kind]
    sent = [sent_values(intent) for intent in intents]
    for item in _listed(state, kind, parent) if sent else ():
        values = {name: item.get(name) for name in _VALUES}
        if any(wanted.get("rate") == item.get("rate") for wanted in sent):
            _take(ledger, kind, item["id"], parent, values, "")


def _take(ledger: Ledger, kind: Kind, ident: int, parent: int | None, sent: Mapping[str, Any], name: str) -> None:
    if ledger.claims(kind, ident):
        return
    number = ledger.intend(operation=DUPLICATE, kind=kind, actor=None, path="", sent=sent, parent=parent, floor=0)
    ledger.made(number, kind, ident, parent=parent, name=name)


def _listed(state: GuardContext, kind: Kind, parent: int | None = None) -> Iterator[Item]:
    try:
        yield from records_of(state, kind, parent)
    except CannotList:
        return
