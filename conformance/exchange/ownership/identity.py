"""Whether the record that an id names today is still the one that the run made.

A database may give an id a second time: InnoDB before MySQL 8 after a restart, any database once a copy was restored
between a run and its clean-up. And a person may have made it their own since. What speaks for a record is the run's
mark, or the project that it stands on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.exchange.guard.context import GuardContext
from conformance.exchange.guard.ids import id_of
from conformance.exchange.guard.kinds import KINDS, NAMED, Kind
from conformance.exchange.ownership.evidence import SOURCE_TEXT, folded, same_text, sent_text
from conformance.exchange.ownership.ledger import Contents, Made
from conformance.exchange.ownership.lists import CannotList, records_of, shown


def ownership_conflict(state: GuardContext, made: Made, item: Mapping[str, Any]) -> str:
    """Return what in an answer about a record shows that it is somebody else's by now, "" where nothing does."""
    ledger = next((ledger for ledger in state.ledgers if ledger.get(made.kind, made.ident) == made), None)
    contents = ledger.contents if ledger else None
    mark = (contents.mark if contents and contents.mark else state.config.mark).casefold()
    attribute = KINDS[made.kind].name
    text = item.get(attribute) if attribute else None
    if isinstance(text, str) and mark in text.casefold():
        return ""
    if made.kind in NAMED:
        return "its name is not one that this run gives" if isinstance(text, str) else ""
    if made.kind is not Kind.TIMESHEET:
        return ""
    if contents and isinstance(text, str) and not _is_of_the_run(state, contents, made, text):
        return "its description is not one that this run gave it"
    # A timesheet without the mark: the run makes these on its own projects, and an actor's on the borrowed one.
    project, user = id_of(item.get("project")), id_of(item.get("user"))
    if user is not None and not state.is_actor(user):
        return f"it belongs to user {user}, who is not one of the run's actors"
    lent = {state.config.borrowed_project, (contents.header if contents else {}).get("project")}
    if project is None or project in lent or state.made(Kind.PROJECT, project) is not None:
        return ""
    return f"it stands on project {project} without the mark of this run"


def _is_of_the_run(state: GuardContext, contents: Contents, made: Made, text: str) -> bool:
    """Whether a description without the mark is none, or what the run sent when it made or changed the record."""
    intent = contents.intents.get(made.number)
    if intent is None or not folded(text):
        return True
    sent = [text for ledger in state.ledgers for text in ledger.contents.texts.get(made.key, ())]
    copied = str(intent.copied.get(SOURCE_TEXT) or "")
    return any(same_text(wanted, text) for wanted in (*sent, copied, sent_text(intent)))


def reused_id(state: GuardContext, kind: Kind, ident: int) -> str:
    """Return why what a record's id names today is somebody else's, "" where nothing speaks against it.

    Of a rate or comment its parent is asked. What cannot be read speaks against nothing.
    """
    made = state.made(kind, ident)
    if made is None:
        return ""
    above = KINDS[kind].parent
    if above is not None:
        return reused_id(state, above, made.parent) if made.parent is not None else ""
    return ownership_conflict(state, made, item) if (item := _read(state, kind, ident)) else ""


def _read(state: GuardContext, kind: Kind, ident: int) -> Mapping[str, Any] | None:
    if KINDS[kind].item:
        return shown(state, kind, ident)[1]
    try:
        return next((item for item in records_of(state, kind) if item["id"] == ident), None)
    except CannotList:
        return None
