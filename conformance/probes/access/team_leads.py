"""What the lead of a team does to that very team: attaching, detaching, taking in members, and what is reached by it.

Source: Teams; Permissions, edit_team and permissions_customer, permissions_project, permissions_activity; advisory
GHSA-gmm9-hfxg-7v29. Customers, projects, activities and teams are of the run; they are attached and detached again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.model import Actor, Exchange
from conformance.probes.access.rights import in_one_team
from conformance.probes.context import ProbeContext
from conformance.probes.records.team_links import WORDS, makers

EDIT = "PATCH /api/teams/{id}"


@dataclass(frozen=True)
class LeadAttempt:
    """Something that a lead tried with their own team. `what` says what was reached for.

    `edits_team` is whether they may change the team itself, `sees` whether they could read before what was reached for,
    and `edits` whether they may change it.
    """

    operation: str
    what: str
    by: Actor
    answer: Exchange
    edits_team: bool
    sees: bool = True
    edits: bool = True


def lead_attempts(context: ProbeContext, lead: Actor, other: Actor) -> Iterator[LeadAttempt]:
    """Try to attach to a lead's team what is open, and what is another team's, to detach, and to take in another.

    `other` is somebody outside. Raises Refused.
    """
    with in_one_team(context, lead) as team, in_one_team(context, context.strongest, other) as foreign:
        named = context.session(lead).patch(f"/api/teams/{team}", json={"color": None})
        edits_team = named.ok
        yield LeadAttempt(EDIT, "their team", lead, named, edits_team)
        for plural in WORDS:
            label = f"POST /api/teams/{{id}}/{plural}/{{{WORDS[plural]}Id}}"
            if label in context.index:
                yield from _attached(context, lead, team, foreign, plural, edits_team)
        path = f"/api/teams/{team}/members/{other.user_id}"
        answer = context.session(lead).post(path)
        yield LeadAttempt("POST /api/teams/{id}/members/{userId}", "a member of another team", lead, answer, edits_team)


def _attached(
    context: ProbeContext, lead: Actor, team: int, foreign: int, plural: str, edits_team: bool
) -> Iterator[LeadAttempt]:
    tail = f"{plural}/{{{WORDS[plural]}Id}}"
    attach, detach = f"POST /api/teams/{{id}}/{tail}", f"DELETE /api/teams/{{id}}/{tail}"
    number = makers(context)[plural]().id
    session, link, item = context.session(lead), f"/api/teams/{team}/{plural}/{number}", f"/api/{plural}/{number}"
    edits = session.patch(item, json={"comment": "conformance test, by a lead"}).ok
    answer = session.post(link)
    yield LeadAttempt(attach, "what is of no team", lead, answer, edits_team, True, edits)
    if not answer.ok:
        context.session().post(link)
    yield LeadAttempt(detach, "what is of their team", lead, session.delete(link), edits_team, True, edits)
    context.session().delete(link)
    if not edits_team:
        return
    away = f"/api/teams/{foreign}/{plural}/{number}"
    context.session().post(away)
    sees = session.get(item).ok
    answer = session.post(link)
    yield LeadAttempt(attach, "what is of another team", lead, answer, edits_team, sees, edits)
    for path in (link, away):
        context.session().delete(path)
