"""Who sees everybody's records: only who was shown to, by a record that was made for it in this run.

A role says little: its rights can be changed, and Kimai then lists only the caller's own records, without a word.
Facts (measured, and read in Kimai 2.24 to 2.66): `user=all` heeds the right `view_other_timesheet`, which can be taken
from every role; a super administrator always has `view_all_data`, an administrator without it sees the teams they lead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.definition.sample_values import KNOWN
from conformance.exchange.errors import NoAnswer, Refused
from conformance.exchange.guard.context import GuardContext
from conformance.exchange.guard.ids import id_of, listed_ids
from conformance.exchange.guard.kinds import KINDS, Kind, fill_path
from conformance.exchange.guard.rights import is_super_admin, may_see_everybody
from conformance.exchange.guard.rules.undo import NOBODY_SEES
from conformance.exchange.ownership.lists import shown
from conformance.exchange.records import Record, RecordConnection
from conformance.model import Actor

_LIST = KINDS[Kind.TIMESHEET].listing
_NEWEST = {"orderBy": "id", "order": "DESC", "size": "1"}


def unseen_by_reads(state: GuardContext) -> str:
    """Return what reads alone show against every actor who might see everybody's records, "" where nothing does.

    Sends no write, so that it can be said before the first one.
    """
    first = ""
    for candidate in state.actors:
        if not may_see_everybody(candidate):
            continue
        # Asked twice, for a person may delete their newest record between two questions.
        reason = _blind_by_reads(state, candidate) and _blind_by_reads(state, candidate)
        if not reason:
            return ""  # Whoever has a right that their role lacks by default is found out by a witness alone.
        first = first or reason
    return first


def _blind_by_reads(state: GuardContext, candidate: Actor) -> str:
    """Ask for the newest record of each other actor, as that actor and as the candidate."""
    for other in _others(state, candidate):
        status, theirs = state.read(other, _LIST, _NEWEST)
        newest = listed_ids(theirs)[:1] if status == 200 else []
        seen = listed_ids(state.read(candidate, _LIST, {**_NEWEST, "user": str(other.user_id)})[1])
        if newest and newest[0] > max(seen, default=0):
            return _blind(candidate)
    return ""


def _blind(candidate: Actor) -> str:
    return (
        f"{candidate.name} does not see everybody's records: their role lacks the right view_other_timesheet,"
        " or view_all_data"
    )


LONGER_THAN_A_NAME = 200


def find_witness(client: RecordConnection) -> Actor | None:
    """Return the actor who was shown to see everybody's records, None where there is none; `state.unseen` says why.

    A timesheet of another actor is the witness: one that the run has, or one that is made for it. A super administrator
    without any other actor is shown by their own record: it is not listed when another user's are asked for, which only
    the right to see these can do. Asked once a process; on the instance that the run started itself, whose rights are
    known, not at all.
    """
    state = client.state
    if state.config.is_embedded:
        state.witness = state.all_records_reader
    if state.witness is None and not state.unseen and not state.seeking:
        state.seeking = True
        try:
            _seek(client)
        finally:
            state.seeking = False
    return state.witness


def _seek(client: RecordConnection) -> None:
    state = client.state
    state.unseen = ("" if state.asked_by_reads else unseen_by_reads(state)) or _why_none_is_booked(client)
    if not state.unseen:
        reasons = []
        for candidate in state.actors:
            reason = _why_blind(client, candidate)
            if not reason:
                state.witness = candidate
                return
            reasons.append(reason)
        state.unseen = next(iter(reasons), NOBODY_SEES)


def _why_none_is_booked(client: RecordConnection) -> str:
    """Return what keeps the run from booking a time record whatever it is booked on, "" where nothing is known to.

    Each create that it takes is tried below a record that does not exist, and with too long a name, before anything is
    made that only a witness could let be deleted again.
    """
    state, absent = client.state, client.state.absent.next()
    if any(ledger.alive(Kind.TIMESHEET) for ledger in state.ledgers):
        return ""
    begin, end = client.records.hour_apart()
    booking = {"begin": begin, "end": end, "project": absent, "activity": absent, "description": client.records.name()}
    name = f"{client.records.name()} {'x' * LONGER_THAN_A_NAME}"
    trials: tuple[tuple[str, dict[str, Any]], ...] = (
        ("timesheets", booking),
        ("projects", {"name": name, "customer": absent}),
        ("activities", {"name": name, "project": absent}),
    )
    # On what is lent the run makes no parents.
    lent = None not in (state.config.borrowed_project, state.config.borrowed_activity)
    return next(filter(None, (_why_refused(client, *trial) for trial in trials[: 1 if lent else 3])), "")


def _why_refused(client: RecordConnection, table: str, body: Mapping[str, Any]) -> str:
    """Return why a create that cannot be valid would be refused if it could be, "" where nothing is known to.

    What the run knows a value for is no obstacle: it is sent where it is asked for.
    """
    actor = client.state.strongest
    try:
        answer = client.session(actor).post(f"/api/{table}", json=dict(body), overhead=True)
        if answer.ok and table == "timesheets":
            client.session(actor).delete(f"/api/{table}/{id_of(answer.json_or_none())}", overhead=True)
    except (Refused, NoAnswer):
        return ""
    others = answer.refused_for() - body.keys() - KNOWN.keys()
    if answer.status != 403 and not others:
        return ""
    why = f"refused for {', '.join(sorted(others))}" if others else "forbidden"
    return f"{actor.name} can make no {table} here ({why}), so that nobody can be shown to see everybody's records"


def _why_blind(client: RecordConnection, candidate: Actor) -> str:
    others = [actor for actor in _others(client.state, candidate) if not _leads(client.state, candidate, actor)]
    for owner, record in _records_of_others(client, others):
        if _lists(client.state, candidate, record, "all"):
            return ""
        if shown(client.state, Kind.TIMESHEET, record, owner)[1] is not None:
            return _blind(candidate)
    if is_super_admin(candidate):
        return _shown_by_own_record(client, candidate)
    return (
        f"nothing shows that {candidate.name} sees everybody's records: it takes a second actor, of another team,"
        " whose record they can be seen to list; add one with --actors"
    )


def _records_of_others(client: RecordConnection, others: list[Actor]) -> Iterator[tuple[str, int]]:
    """Yield timesheets of other actors, with the owner's name: those of this run, then one that is made for it."""
    by_name = {actor.name: actor for actor in others}
    alive = [made for ledger in client.state.ledgers for made in ledger.alive(Kind.TIMESHEET) if made.actor in by_name]
    for made in sorted(alive, key=lambda made: made.ident, reverse=True)[:3]:
        if client.state.owns(Kind.TIMESHEET, made.ident):
            yield made.actor or "", made.ident
    for other in reversed(others):
        record = _booked(client, other)
        if record is not None:
            yield other.name, record.id


def _booked(client: RecordConnection, actor: Actor) -> Record | None:
    try:
        return client.records.booked(actor)
    except (Refused, NoAnswer):
        return None


def _lists(state: GuardContext, reader: Actor, ident: int, user: str) -> bool:
    """Whether an actor's list of a user's records has one: the newest come first, and it is among them."""
    params = {"user": user, "orderBy": "id", "order": "DESC", "size": "500"}
    return ident in listed_ids(state.read(reader, _LIST, params)[1])


def _shown_by_own_record(client: RecordConnection, candidate: Actor) -> str:
    state = client.state
    status, users = state.read_list(candidate, "/api/users", {"visible": "3"})
    others = [ident for ident in listed_ids(users) if ident != candidate.user_id]
    if users is None:
        return f"{candidate.name} may not list users (GET /api/users answered {status})"
    if not others:
        return ""  # Nobody else is there whose records there could be.
    record = _booked(client, candidate)
    if record is None:
        return f"{candidate.name} could not book a record that would show what they see"
    mine = _lists(state, candidate, record.id, str(candidate.user_id))
    filtered = mine and not _lists(state, candidate, record.id, str(others[0]))
    return "" if filtered else _blind(candidate)


def _others(state: GuardContext, candidate: Actor) -> list[Actor]:
    return [actor for actor in state.actors if actor.user_id != candidate.user_id]


def _leads(state: GuardContext, candidate: Actor, actor: Actor) -> bool:
    """Whether a candidate leads a team with an actor in it: then they see that actor's records for that reason."""
    if is_super_admin(candidate):
        return False
    me = state.read(candidate, "/api/users/me", {})[1]
    for team in _led_teams(me if isinstance(me, dict) else {}):
        shown = state.read(candidate, fill_path(KINDS[Kind.TEAM].item, team), {})[1]
        members = shown.get("members") if isinstance(shown, dict) else None
        users = {id_of(member.get("user")) for member in members or () if isinstance(member, dict)}
        if members is None or actor.user_id in users:
            return True
    return False


def _led_teams(me: dict[str, Any]) -> list[int]:
    memberships = me.get("memberships")
    if isinstance(memberships, list):
        led = [m for m in memberships if isinstance(m, dict) and m.get("teamlead")]
        return [ident for member in led if (ident := id_of(member.get("team"))) is not None]
    return [ident for team in me.get("teams") or () if (ident := id_of(team)) is not None]
