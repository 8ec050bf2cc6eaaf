"""Teams, their members, and what they are linked to."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import select

from conformance.embedded.errors import bad_request, forbidden, refused_by_service
from conformance.embedded.forms import Submitted, submit
from conformance.embedded.forms.engine import apply
from conformance.embedded.forms.members import assigned_slots, check_members, member_problems
from conformance.embedded.forms.rules import check_fields, check_unique_name
from conformance.embedded.handlers.catalog import KINDS, Kind
from conformance.embedded.handlers.common import by_id, folded, form_of, remove, save, target
from conformance.embedded.store.models import Member, Team, User
from conformance.embedded.store.state import Reply, RequestContext
from conformance.embedded.web.serialise import answer


def _list(call: RequestContext) -> Reply:
    call.access.require("view_team")
    teams = sorted(call.session.scalars(select(Team)), key=lambda team: (folded(team.name), team.id))
    me = call.user.id
    led = [team for team in teams if any(member.user_id == me and member.teamlead for member in team.members)]
    return answer(call, teams if call.access.sees_all else led)


def _shown(call: RequestContext, team: Team) -> Reply:
    call.session.flush()
    return answer(call, team)


def _create(call: RequestContext) -> Reply:
    call.access.require("create_team")
    team = Team()
    _fill(call, team)
    return _shown(call, save(call, team))


def _read(call: RequestContext) -> Reply:
    team = target(call, Team)
    call.access.require("view_team")
    return _shown(call, team)


def _change(call: RequestContext) -> Reply:
    team = _editable(call)
    if not call.version.members_by_position and "members" in call.body:
        # It stays empty where the new list is refused.
        team.members.clear()
        call.session.commit()
    _fill(call, team)
    return _shown(call, team)


def _delete(call: RequestContext) -> Reply:
    team = target(call, Team)
    if not call.access.team("delete", team):
        raise forbidden()
    return remove(call, team)


def _editable(call: RequestContext) -> Team:
    team = target(call, Team)
    if not call.access.team("edit", team):
        raise forbidden()
    return team


def _fill(call: RequestContext, team: Team) -> None:
    """Put the body into the team; sent members replace those there are."""
    result = submit(call, form_of(call, "TeamEditForm"), team)
    rows = result.values.get("members")
    assigned = assigned_slots(team.members, rows)
    apply(call, _without_members(result), team)
    check_fields(call, _without_members(result), team)
    check_unique_name(call, result, team)
    check_members(result, assigned)
    result.finish()
    if rows is not None:
        if problems := member_problems([leads for _, leads in assigned.wanted]):
            raise refused_by_service({"members": problems})
        _replace_members(team, assigned.wanted)


def _without_members(result: Submitted) -> Submitted:
    """The same submission, sharing its errors, for the fields that are columns."""
    values = {name: value for name, value in result.values.items() if name != "members"}
    return Submitted(result.form.without(["members"]), values, result.problems, result.children, result.refused)


def _replace_members(team: Team, wanted: Sequence[tuple[User, bool]]) -> None:
    """Store the wanted members. Who stays keeps their row, and who is new takes over that of one who leaves."""
    rows = {member.user: member for member in team.members}
    members = []
    for position, (user, leads) in enumerate(wanted, start=1):
        member = rows.pop(user, None)
        if member is None and rows:
            staying = {later for later, _ in wanted[position:]}
            member = rows.pop(next((other for other in rows if other not in staying), next(iter(rows))))
        member = member or Member()
        member.user, member.teamlead = user, leads
        members.append(member)
    team.members[:] = members


def _member(call: RequestContext) -> tuple[Team, User]:
    user = by_id(call, User, call.parameters["userId"])  # before the rights: an unknown one is 404 to everybody
    return _editable(call), user


def _add_member(call: RequestContext) -> Reply:
    team, user = _member(call)
    if not call.access.reaches(user):
        raise forbidden()
    if any(member.user_id == user.id for member in team.members):
        raise bad_request()
    team.members.append(Member(user=user, teamlead=False))
    return _shown(call, team)


def _remove_member(call: RequestContext) -> Reply:
    """A member that is not there, or leads the team, cannot be taken out."""
    team, user = _member(call)
    member = next((m for m in team.members if m.user_id == user.id), None)
    if member is None or member.teamlead:
        raise bad_request()
    team.members.remove(member)
    return _shown(call, team)


def _linked(kind: Kind, call: RequestContext) -> tuple[Team, Any]:
    record = by_id(call, kind.model, call.parameters[f"{kind.word}Id"])
    team = _editable(call)
    if call.version.links_by_right:
        call.access.require_content(["permissions"], record)
    return team, record


def _link(kind: Kind, call: RequestContext) -> Reply:
    team, record = _linked(kind, call)
    if team in record.teams:
        raise bad_request()
    record.teams.append(team)
    return _shown(call, team)


def _unlink(kind: Kind, call: RequestContext) -> Reply:
    team, record = _linked(kind, call)
    if team not in record.teams:
        raise bad_request()
    record.teams.remove(team)
    return _shown(call, team)


HANDLERS = {
    "GET /api/teams": _list,
    "POST /api/teams": _create,
    "GET /api/teams/{id}": _read,
    "PATCH /api/teams/{id}": _change,
    "DELETE /api/teams/{id}": _delete,
    "POST /api/teams/{id}/members/{userId}": _add_member,
    "DELETE /api/teams/{id}/members/{userId}": _remove_member,
} | {
    f"{method} /api/teams/{{id}}/{kind.path.removeprefix('/api/')}/{{{kind.word}Id}}": partial(action, kind)
    for kind in KINDS
    for method, action in (("POST", _link), ("DELETE", _unlink))
}
