"""The sign of a run on the instance: a tag that tells runs of other machines who is at work, with whose tokens.

Runs that share no state folder share no lock. Of two that begin together, the one whose sign has the lower id goes on,
and the other waits. Source: DESIGN, "Concurrency".
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from conformance.definition import Index
from conformance.exchange import Client, Kind, LedgerError, NoAnswer, Refused
from conformance.exchange.cleanup.search import with_mark
from conformance.exchange.guard.context import GuardContext
from conformance.exchange.ownership.lists import CannotList, records_of
from conformance.model import mark_of
from conformance.run.context import RunContext
from conformance.run.target import client_config

LEDGER = "ledger-sign.jsonl"
"""The ledger of the sign, in the run's folder: it goes at the end with all that the run made."""

LOOK_EVERY = 5.0
"""Seconds between two looks at what another run does."""

QUIET = 60.0
"""Seconds without a new record of another run, and without one less, after which it is held to be dead."""

_LONGEST = 100
_MARKED = (Kind.TIMESHEET, Kind.CUSTOMER, Kind.PROJECT, Kind.ACTIVITY, Kind.TAG)
_SIGN = re.compile(rf"{mark_of('')}(?P<run>\w+) since (?P<since>\d{{8}}T\d{{6}}Z) users (?P<users>[\d ]+)")

Tell = Callable[[str], None]
Sleep = Callable[[float], None]


@dataclass(frozen=True)
class Sign:
    """The sign of another run. `since` is when that began (UTC), `users` are the ids of the users that it acts as."""

    ident: int
    run: str
    since: str
    users: frozenset[int]


def wait_for_others(context: RunContext, index: Index, tell: Tell, sleep: Sleep = time.sleep) -> bool:
    """Wait while a run with one of these actors is at work on the instance; return whether there was one.

    Sends reads only. One that does nothing for a minute was killed: it is told of, and no longer waited for. A run that
    only reads, and one on its own instance, waits for nobody.
    """
    if context.disturbs_nobody:
        return False
    with Client(client_config(context, None, read_only=True), index) as client:
        others = _others(client.state, context)
        for sign in others:
            _wait_for(client.state, context, sign, tell, sleep)
    return bool(others)


def put_up(context: RunContext, index: Index, tell: Tell, sleep: Sleep = time.sleep) -> None:
    """Make the sign of this run, and wait for those whose sign was there first.

    Where nobody may make it, or delete it, or its ledger cannot be written, there is none; nor where the run disturbs
    nobody.
    """
    create = index.get("POST /api/tags")
    if create is None or context.disturbs_nobody:
        return
    # A hidden tag would be listed for nobody.
    flags = {field.name: True for field in index.boolean_fields(create) if field.name == "visible"}
    config = client_config(context, context.folder / LEDGER)
    with suppress(Refused, NoAnswer, LedgerError), Client(config, index) as client:
        session = client.session(client.state.strongest)
        users = " ".join(str(user) for user in sorted(_users(context)))
        name = f"{mark_of(context.run_id)} since {datetime.now(UTC):%Y%m%dT%H%M%SZ} users {users}"
        if len(name) > _LONGEST:
            name = name[:_LONGEST].rpartition(" ")[0]
        answer = session.post("/api/tags", json={"name": name, **flags}, overhead=True).json_or_none()
        ident = answer.get("id") if isinstance(answer, dict) else None
        for sign in _others(client.state, context):
            if isinstance(ident, int) and sign.ident < ident:
                _wait_for(client.state, context, sign, tell, sleep)


def _users(context: RunContext) -> frozenset[int]:
    return frozenset(actor.user_id for actor in context.actors if actor.user_id is not None)


def _others(state: GuardContext, context: RunContext) -> list[Sign]:
    """Return the signs of other runs with one of these actors, the oldest first."""
    try:
        tags = records_of(state, Kind.TAG, text=mark_of(""))
    except (CannotList, NoAnswer):
        return []
    seen = [(tag["id"], _SIGN.fullmatch(str(tag.get("name") or ""))) for tag in tags]
    signs = [
        Sign(ident, match["run"], match["since"], frozenset(map(int, match["users"].split())))
        for ident, match in seen
        if match and match["run"] != context.run_id
    ]
    return sorted((sign for sign in signs if sign.users & _users(context)), key=lambda sign: sign.ident)


def _wait_for(state: GuardContext, context: RunContext, sign: Sign, tell: Tell, sleep: Sleep) -> None:
    tell(
        f"run {sign.run} (since {sign.since}) is using one of these actors on {context.url}, from another machine or"
        " state folder: waiting until it has ended, for two would disturb each other."
    )
    before, quiet = _records(state, sign), 0.0
    while before:
        sleep(LOOK_EVERY)
        now = _records(state, sign)
        quiet = quiet + LOOK_EVERY if now == before else 0.0
        if quiet >= QUIET:
            tell(
                f"run {sign.run} has done nothing for {QUIET:.0f} seconds, and its records are still there: it was"
                " killed, or is held up. Going on; `kimai-conformance clean`, where it ran, deletes what it left."
            )
            return
        before = now


def _records(state: GuardContext, sign: Sign) -> frozenset[tuple[Kind, int]]:
    """Return what carries the mark of another run; empty where that has ended and deleted its sign."""
    seen = set[tuple[Kind, int]]()
    for kind in _MARKED:
        with suppress(CannotList, NoAnswer):
            seen |= {(kind, item["id"]) for item in with_mark(state, kind, mark_of(sign.run))}
    return frozenset(seen) if (Kind.TAG, sign.ident) in seen else frozenset()
