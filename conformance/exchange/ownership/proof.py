"""Proves that what an answer named as made is the run's own: by a read-back, before it is first changed or deleted.

Source: DESIGN, "The guard": ownership is proved by an answer to this run *and* a read-back of mark or sent values,
owner, parent and times; an id in an answer alone proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from conformance.exchange.guard.context import GuardContext
from conformance.exchange.guard.kinds import COMMENTS, KINDS, NAMED, RATES, Kind
from conformance.exchange.ownership.evidence import Evidence, Setting, evidence, sent_text
from conformance.exchange.ownership.ledger import Intent, Ledger, Made
from conformance.exchange.ownership.lists import CannotList, Item, records_of, shown

NOT_THERE = "no record has that id"


def prove(state: GuardContext, made: Made) -> str:
    """Return why a record that an answer named is not the run's own, "" where a read-back has shown that it is.

    What shows another record is disowned for good; what could not be read may be proved later.
    """
    ledger, intent = _written(state, made)
    if ledger is None or intent is None:
        return "nothing says what was sent to make it"
    above = KINDS[made.kind].parent
    if above is not None and (reason := state.why_not_own(above, made.parent or 0)):
        return f"it hangs below {above} {made.parent}: {reason}"
    items, unread = _read_back(state, made, intent)
    item = next((item for item in items if item["id"] == made.ident), None)
    if item is None and unread != NOT_THERE:
        return unread
    if item is None:
        ledger.disowned(made.kind, made.ident, NOT_THERE)
        return NOT_THERE
    reason = _held(state, intent, item, items)
    if reason and made.kind is not Kind.TIMESHEET:
        # A list may show less of a record than its own GET does.
        whole = shown(state, made.kind, made.ident, made.actor)[1]
        reason = _held(state, intent, whole, items) if whole else reason
    if reason:
        ledger.disowned(made.kind, made.ident, reason)
        return reason
    ledger.proved(made.kind, made.ident)
    return ""


def witnessed(state: GuardContext, kind: Kind, items: Sequence[Item], *, whole: bool) -> None:
    """Take an answer to a read as read-back of the run's records in it. `whole`: nothing that fits is missing in it.

    It disowns nothing: what speaks against a record is found out by a read of its own.
    """
    for item in items:
        made = state.made(kind, item["id"])
        if made is None or made.proved or made.key in state.gone:
            continue
        ledger, intent = _written(state, made)
        needs_whole = kind in NAMED or kind in RATES or kind in COMMENTS
        if ledger and intent and (whole or not needs_whole) and not _held(state, intent, item, items):
            ledger.proved(kind, made.ident)


def setting_of(state: GuardContext, intent: Intent) -> Setting:
    """Return what evidence is weighed by: the run's mark, own and lent records to stand below, the run's actors."""
    lent = {(Kind.PROJECT, state.config.borrowed_project), (Kind.ACTIVITY, state.config.borrowed_activity)}

    def may_stand_below(kind: Kind, ident: int) -> bool:
        return (kind, ident) in lent or state.made(kind, ident) is not None

    def zone_of(name: str | None) -> tzinfo:
        actor = next((actor for actor in state.config.actors if actor.name == name), None)
        try:
            return ZoneInfo((actor.timezone if actor else None) or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            return UTC

    return Setting(_mark(state, intent), state.is_actor, may_stand_below, zone_of)


def _written(state: GuardContext, made: Made) -> tuple[Ledger | None, Intent | None]:
    ledger = next((ledger for ledger in state.ledgers if ledger.claims(made.kind, made.ident)), None)
    return ledger, ledger.contents.intents.get(made.number) if ledger else None


def _held(state: GuardContext, intent: Intent, item: Item, items: Iterable[Item]) -> str:
    """Return why a record is not what an intent made, "" where it is; `items` are what else might be it."""
    setting = setting_of(state, intent)
    weighed = evidence(intent, item, setting)
    unique = not [other for other in items if _is_rival(state, intent, item, other, setting)]
    if not unique and not weighed.against:
        return "more than one record fits what was sent"
    return weighed.verdict(intent.kind, unique=unique)


def _is_rival(state: GuardContext, intent: Intent, item: Item, other: Mapping[str, Any], setting: Setting) -> bool:
    """Whether another record, which no create of this run is known to have made, fits as well."""
    if other["id"] == item["id"] or state.made(intent.kind, other["id"]) is not None:
        return False
    weighed: Evidence = evidence(intent, other, setting)
    return not weighed.against and (weighed.text or intent.kind in RATES)


def _mark(state: GuardContext, intent: Intent) -> str:
    owner = next((ledger for ledger in state.ledgers if intent.number in ledger.contents.intents), None)
    return owner.contents.mark if owner else state.config.mark


def _read_back(state: GuardContext, made: Made, intent: Intent) -> tuple[list[Item], str]:
    """Return what the instance lists that may be it, or its own GET, and why it shows nothing, where it does not.

    A list shows whether something else fits too; a timesheet is told from other people's by its owner. What carries the
    run's mark is looked for by that alone, so that one list is the read-back of all that was made until then.
    """
    unread, sent, mark = "", sent_text(intent), _mark(state, intent)
    if made.kind is not Kind.TIMESHEET:
        for text in dict.fromkeys((mark if mark in sent else sent, "")):
            try:
                items = records_of(state, made.kind, made.parent, text=text)
            except CannotList as error:
                unread = str(error)
                continue
            if any(item["id"] == made.ident for item in items):
                witnessed(state, made.kind, items, whole=True)
                return items, ""
    if made.kind is Kind.TAG and not unread:
        # No list of Kimai shows a hidden tag, so its create's own answer must do: it has to show the name that was
        # sent. Names of tags are unique: nobody else's tag has it. And the id must be above those of the tags seen
        # before.
        if intent.floor is not None and made.ident > intent.floor and made.name == sent_text(intent):
            return [{"id": made.ident, "name": made.name}], ""
        return [], "no list shows it"
    status, item = shown(state, made.kind, made.ident, made.actor)
    if item is None:
        reason = NOT_THERE if status == 404 else f"it could not be read back (GET answered {status})"
        return [], unread or reason
    if made.kind is not Kind.TIMESHEET or not evidence(intent, item, setting_of(state, intent)).doubts:
        return [item], ""
    return [item, *(other for other in _same_text(state, intent) if other["id"] != made.ident)], ""


def _same_text(state: GuardContext, intent: Intent) -> list[Item]:
    try:
        return records_of(state, Kind.TIMESHEET, above=intent.floor or 0, text=sent_text(intent))
    except CannotList:
        return []
