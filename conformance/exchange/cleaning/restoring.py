"""Puts back what belongs to an actor, and compares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from conformance.exchange.cleaning.ledger import Before, Ledger
from conformance.exchange.cleaning.trees import SHOWN
from conformance.exchange.errors import Refused
from conformance.exchange.guarding.ids import listed_ids
from conformance.exchange.guarding.kinds import KINDS, Kind

if TYPE_CHECKING:
    from conformance.exchange.door import Door
    from conformance.exchange.guarding.state import State
    from conformance.exchange.session import Session


def put_back(door: Door, ledgers: Sequence[Ledger]) -> list[str]:
    """Put everything back that was kept, latest first. Returns what is not as it was before."""
    left: list[str] = []
    kept = [(before, ledger) for ledger in ledgers for before in ledger.contents.before.values()]
    for before, ledger in sorted(kept, key=lambda pair: pair[0].when, reverse=True):
        reason = _put_back(door, before)
        if reason is None:
            ledger.restored(before.number)
        else:
            left.append(f"what {before.actor} had at {before.path}: {reason}")
    return left


@contextmanager
def _restoring(state: State) -> Iterator[None]:
    state.restoring = True
    try:
        yield
    finally:
        state.restoring = False


def _put_back(door: Door, before: Before) -> str | None:
    actor = next((each for each in door.config.actors if each.name == before.actor), None)
    if actor is None:
        return "the actor is not configured any more"
    session = door.session(actor)
    with _restoring(door.state):
        try:
            return _HOW[before.how](session, before, door.state)
        except Refused as error:
            return error.reason


def _profile(session: Session, before: Before, _state: State) -> str | None:
    answer = session.patch(before.path, json=before.values, overhead=True)
    now = session.get(before.path, overhead=True).json_or_none() or {}
    wrong = [name for name, value in before.values.items() if now.get(name) != value]
    return f"PATCH answered {answer.status}, and {', '.join(wrong)} is not as before" if wrong else None


def _shown(session: Session, before: Before, state: State) -> str | None:
    """Show a record of the run again that was hidden before its clean-up and stays. One that is gone needs nothing."""
    _, plural, ident = before.path.strip("/").split("/")
    kind = next(kind for kind, facts in KINDS.items() if facts.listing == f"/api/{plural}")
    if state.is_gone(kind, int(ident)):
        return None
    answer = session.patch(before.path, json=before.values, overhead=True)
    now = answer.json_or_none() or {}
    if answer.status == 404 or all(now.get(name) == value for name, value in before.values.items()):
        return None
    return f"it is hidden (PATCH answered {answer.status})"


def _preferences(session: Session, before: Before, _state: State) -> str | None:
    answer = session.patch(before.path, json=before.values, overhead=True)
    user = session.get(before.path.removesuffix("/preferences"), overhead=True).json_or_none() or {}
    now = {each.get("name"): each.get("value") for each in user.get("preferences") or ()}
    wrong = [each["name"] for each in before.values if now.get(each["name"]) != each["value"]]
    return f"PATCH answered {answer.status}, and {', '.join(wrong)} is not as before" if wrong else None


def _favourites(session: Session, before: Before, state: State) -> str | None:
    """Put the list back, in its order. What the run itself made is no part of it: it is deleted, and goes with that."""
    now = listed_ids(session.get(before.path, overhead=True).json_or_none())
    theirs = [ident for ident in before.values if not state.owns(Kind.TIMESHEET, ident)]
    for ident in set(now) - set(theirs):
        session.delete(f"{before.path}/{ident}", overhead=True)
    if listed_ids(session.get(before.path, overhead=True).json_or_none()) == theirs:
        return None
    for ident in reversed(theirs):  # what is added comes first
        session.delete(f"{before.path}/{ident}", overhead=True)
        session.post(f"{before.path}/{ident}", overhead=True)
    missing = set(theirs) - set(listed_ids(session.get(before.path, overhead=True).json_or_none()))
    return f"{sorted(missing)} is missing" if missing else None


_HOW = {"profile": _profile, "preferences": _preferences, "favourites": _favourites, SHOWN: _shown}
