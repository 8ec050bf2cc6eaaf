"""What an instance gives to roles beyond its defaults, as far as answers tell: administrators can change rights."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.exchange import Refused
from conformance.model import Actor, Exchange
from conformance.probes.access.rights import in_one_team, record_of, times, window
from conformance.probes.context import ProbeContext, once
from conformance.probes.records.creating import MISSING, attribute
from conformance.probes.records.list_scopes import COLLECTION, ids_of
from conformance.probes.times.times import book, unbook

_USERS_TRIED = 3


@once("granted {by.name} {owner.name}")
def granted(context: ProbeContext, by: Actor, owner: Actor) -> bool:
    """Whether this instance gives an actor rights over others' records, which end where teams do; asked once a process.

    Seen by their consistency: a record of somebody in no team is read, and asking lists for them is shown or refused,
    where it is passed over without that right. One of somebody in a team that the actor does not lead is not read,
    unless the role sees what is of all teams.
    """
    session = context.session(by)
    try:
        with record_of(context, owner) as record:
            listed = session.get(COLLECTION, params={"users[]": [owner.user_id], **window(context, record)})
            if not session.get(record.path).ok or (listed.ok and record.ident not in (ids_of(listed) or ())):
                return False
            with in_one_team(context, owner):
                ends = session.get(record.path).status == 403
            return ends or sees_all_teams(context, by, by)
    except Refused:
        return False


@once("sees all teams {actor.name}")
def sees_all_teams(context: ProbeContext, actor: Actor, user: Actor) -> bool:
    """Whether a role was given the right to see what is of teams that its user is not in; asked once a process.

    Seen by a project of such a team, and its activity: the actor lists both, and a plain user outside the team neither;
    or plain users list both too, and may book on them. Raises Refused.
    """
    project, activity = context.records.shared_project().id, context.records.shared_activity().id
    with in_one_team(context, context.strongest) as team:
        # Deleted with the team afterwards, so that the run's own project is in nobody's team again.
        context.session().post(f"/api/teams/{team}/projects/{project}")
        shown = [
            number in (ids_of(context.session(asker).get(f"/api/{plural}", params={"visible": 3})) or ())
            for asker in (actor, user)
            for plural, number in (("projects", project), ("activities", activity))
        ]
        if not all(shown):
            return shown == [True, True, False, False]
        booked = book(context, user, *times(context), project=project, activity=activity)
        unbook(context, booked)
        return booked.ident is not None or booked.status == 403  # Who may book nothing is refused on any project.


def users_seen(context: ProbeContext, actor: Actor) -> Iterator[tuple[Exchange, Exchange]]:
    """Yield the list of users as an actor, with another user of it read on their own; nothing where it has no other.

    Passed over is whom they lead, where they may not read them: the rights to list and to read are two.
    """
    session = context.session(actor)
    listed = session.get("/api/users")
    others = [number for number in ids_of(listed) or () if number != actor.user_id]
    for number in others[:_USERS_TRIED]:
        read = session.get(f"/api/users/{number}")
        if read.ok or leads_team_of(context, actor, number) is False:
            yield listed, read
            return


def leads_team_of(context: ProbeContext, lead: Actor, other: int) -> bool | None:
    """Whether an actor leads a team that another user is in; None where nobody here may see that."""
    me = context.session(lead).get("/api/users/me").json_or_none()
    them = context.session().get(f"/api/users/{other}").json_or_none()
    memberships, teams = attribute(me, "memberships"), attribute(them, "teams")
    if not isinstance(memberships, list) or not isinstance(teams, list):
        return None
    led = {attribute(membership, "team.id") for membership in memberships if attribute(membership, "teamlead") is True}
    return bool(led & {attribute(team, "id") for team in teams} - {MISSING})
