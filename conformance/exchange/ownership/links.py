"""Whom a team or a tag of the run is linked with: people and records of others would lose that link with it."""

from __future__ import annotations

from datetime import UTC, datetime

from conformance.exchange.guard.context import GuardContext
from conformance.exchange.guard.ids import id_of
from conformance.exchange.guard.kinds import KINDS, Kind, fill_path
from conformance.exchange.ownership.descendants import A_DAY
from conformance.exchange.ownership.ledger import Made
from conformance.exchange.ownership.lists import CannotList, whole_list
from conformance.model import Actor

_LINKS = {"customers": Kind.CUSTOMER, "projects": Kind.PROJECT, "activities": Kind.ACTIVITY}


def foreign_in_team(state: GuardContext, made: Made) -> str:
    """Return what of others a team of the run is linked with, "" where nothing."""
    path = fill_path(KINDS[Kind.TEAM].item, made.ident)
    status, team = state.read(state.all_records_reader or state.strongest, path, {})
    if status == 404:
        return ""
    if status != 200 or not isinstance(team, dict):
        return f"its members could not be read (GET answered {status})"
    for name, kind in _LINKS.items():
        for item in team.get(name) or ():
            ident = id_of(item) or 0
            if not state.owns(kind, ident):
                return f"{kind} {ident} of it: {state.why_not_own(kind, ident)}"
    for member in team.get("members") or ():
        user = id_of(member.get("user") if isinstance(member, dict) else member) or 0
        if not state.is_actor(user) and not state.owns(Kind.USER, user):
            return f"user {user} in it is not one of the run's actors"
    return ""


def foreign_with_tag(state: GuardContext, reader: Actor, made: Made) -> str:
    """Return which record of others carries a tag of the run, "" where none does.

    A filter by tag may be ignored, or not take the name; then what was changed since the tag exists is looked through.
    """
    if not made.name:
        return "its name is not known, so what carries it cannot be listed"
    changed = datetime.fromtimestamp(max(0.0, made.when - A_DAY), UTC).strftime("%Y-%m-%dT00:00:00")
    reason = ""
    for narrowed in ({"tags[]": made.name}, {"modified_after": changed}):
        try:
            items = list(whole_list(state, reader, "/api/timesheets", {**narrowed, "user": "all"}, Kind.TIMESHEET))
        except CannotList as error:
            reason = str(error)
            continue
        for item in items:
            names = [str(tag).casefold() for tag in item.get("tags") or ()]
            if made.name.casefold() in names and not state.owns(Kind.TIMESHEET, item["id"]):
                return f"timesheet {item['id']} carries it: {state.why_not_own(Kind.TIMESHEET, item['id'])}"
        return ""
    return f"what carries it could not be listed ({reason})"
