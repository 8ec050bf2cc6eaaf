"""Puts back what belongs to an actor: only what the run wrote and what still has that value."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from conformance.exchange.cleanup.cascades import show_again
from conformance.exchange.cleanup.report import Notes
from conformance.exchange.cleanup.saved_state import (
    FAVOURITE,
    PREFERENCES,
    PROFILE,
    preference_names,
    shown_values,
    written_values,
)
from conformance.exchange.errors import NoAnswer, Refused
from conformance.exchange.guard.ids import listed_ids
from conformance.exchange.guard.kinds import Kind
from conformance.exchange.guard.rules.actor_state import RESTORES
from conformance.exchange.ownership.ledger import HIDDEN, LONG_AGO, Ledger, SavedState
from conformance.exchange.records import RecordConnection
from conformance.exchange.session import Session
from conformance.model import Exchange, trimmed

_READS = 3


def put_back(client: RecordConnection, ledgers: Sequence[Ledger], notes: Notes) -> None:
    """Put everything back that was kept, latest first, and note what is not as it was before, and why."""
    kept = [(before, ledger) for ledger in ledgers for before in ledger.contents.before.values()]
    for before, ledger in sorted(kept, key=lambda pair: pair[0].when, reverse=True):
        reason = _put_back(client, before, notes)
        if not reason and before.unanswered is not None and time.time() - before.unanswered <= LONG_AGO:
            reason = "a change of it got no answer and may still be carried out; kimai-conformance clean looks again"
        if reason:
            notes.left(f"what {before.actor} had at {before.path}: {reason}")
        else:
            ledger.restored(before.number)


def _put_back(client: RecordConnection, before: SavedState, notes: Notes) -> str:
    if before.how == HIDDEN:
        return show_again(client, before)
    actor = next((actor for actor in client.config.actors if actor.name == before.actor), None)
    if actor is None:
        return "the actor is not configured any more"
    try:
        return _HOW[before.how](Restorer(client.session(actor), before), client, notes)
    except (Refused, NoAnswer) as error:
        return error.reason


class Restorer:
    """Sends what puts one kept thing back: the guard lets through exactly that."""

    def __init__(self, session: Session, before: SavedState) -> None:
        self._session = session
        self.before = before

    def send(self, method: str, path: str, body: Any = None) -> Exchange:
        """Send a write that restores what was kept. Raises Refused."""
        extensions = {RESTORES: self.before.number}
        if body is None:
            return self._session.send(method, path, overhead=True, extensions=extensions)
        return self._session.send(method, path, json=body, overhead=True, extensions=extensions)

    def read(self) -> Any:
        """Return what is there now. Raises NoAnswer where it cannot be read: half an answer says nothing."""
        path = self.before.path.removesuffix("/preferences")
        for _ in range(_READS):
            body = self._session.get(path, overhead=True).json_or_none()
            if isinstance(body, dict | list):
                return body
        raise NoAnswer(f"it could not be read (GET {path})")


def _values(restorer: Restorer, _client: RecordConnection, notes: Notes) -> str:
    """Put values of a profile or preferences back where they are still what the run wrote."""
    before = restorer.before
    user = restorer.read()
    own, former = _sorted_out(before, shown_values(before, user))
    for name in former:
        notes.remark(f"{name} of {before.actor} was changed by somebody else during the run, and is left as it is")
    # Kimai stores a user's default preferences with the first change, and no call removes one.
    new = [name for name in preference_names(user) if name not in before.preferences]
    names = f": {', '.join(new)}" if new else "; its API does not say which"
    ident = before.path.removesuffix("/preferences").rpartition("/")[2]
    notes.keep(f"default preferences of {before.actor} (user {ident}), stored when a user is first changed{names}")
    if not own:
        return ""
    body = own if before.how == PROFILE else [{"name": name, "value": value} for name, value in own.items()]
    answer = restorer.send("PATCH", before.path, body)
    now = shown_values(before, restorer.read())
    wrong = [name for name, value in own.items() if now.get(name) != value]
    return f"PATCH answered {answer.status}, and {', '.join(wrong)} is not as before" if wrong else ""


def _sorted_out(before: SavedState, now: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return what must be put back, and the names of what somebody else changed since."""
    own: dict[str, Any] = {}
    former: list[str] = []
    for name, value in before.values.items():
        if now.get(name) == value:
            continue
        if any(_same(done, now.get(name)) for done in written_values(before, name)):
            own[name] = value
        else:
            former.append(name)
    return own, former


def _same(written: Any, shown: Any) -> bool:
    """Whether a value may be shown as what was written: servers store what they are sent as text, and trim it."""
    return written == shown or trimmed(str(written if written is not None else "")) == trimmed(str(shown or ""))


def _favourites(restorer: Restorer, client: RecordConnection, notes: Notes) -> str:
    """Give back what the run took, take away what it added; in the old order where nobody else changed the list."""
    before = restorer.before
    former = [ident for ident in before.values if client.state.made(Kind.TIMESHEET, ident) is None]
    now = listed_ids(restorer.read())
    for ident in [ident for ident in now if ident not in former and client.state.made(Kind.TIMESHEET, ident)]:
        restorer.send("DELETE", f"{before.path}/{ident}")
        now.remove(ident)
    if now == former:
        return ""
    removed = {i for written in before.written if written.get("method") == "DELETE" for i in written["ids"]}
    if set(now) - set(former) or set(former) - set(now) - removed:
        notes.remark(f"the favourites of {before.actor} were changed by somebody else during the run")
        again = [ident for ident in former if ident in removed and ident not in now]
    else:
        again = former
    for ident in reversed(again):  # what is added comes first
        if ident in now:
            restorer.send("DELETE", f"{before.path}/{ident}")
        restorer.send("POST", f"{before.path}/{ident}")
    missing = set(again) - set(listed_ids(restorer.read()))
    return f"{sorted(missing)} is missing" if missing else ""


_HOW: Mapping[str, Callable[[Restorer, RecordConnection, Notes], str]] = {
    PROFILE: _values,
    PREFERENCES: _values,
    FAVOURITE: _favourites,
}
