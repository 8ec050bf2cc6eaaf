"""Teams: what a lead sees of their own and not of others, and that a project of another team stays hidden.

Source: Teams; advisories GHSA-9g2q and GHSA-vrr2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from conformance.model import ROLES, Actor
from conformance.probes import Collection, ProbeContext
from conformance.probes.access.extra_rights import leads_team_of
from conformance.probes.access.foreign_lists import ForeignListing, lists
from conformance.probes.access.hidden_projects import hidden_project, lists_project
from conformance.probes.access.record_owner import books_for
from conformance.probes.access.rights import in_one_team, plain_actors, reads, record_of, writes
from conformance.probes.access.team_leads import EDIT, LeadAttempt, lead_attempts
from conformance.probes.records.creating import attribute
from conformance.verdict import NOT_OBSERVABLE, Judge, clause
from contracts.assertions import actor_named, may_see_all, not_shown, refused_reaches
from contracts.parametrize import at_least, parametrize_by


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item a role that stands outside."""
    parametrize_by(metafunc, "outsider", outsiders, "permissions")


def outsiders(known: Collection) -> Iterator[str]:
    """Return who reaches for a hidden project: a plain user, and from the standard profile on a lead."""
    roles = ("ROLE_USER", "ROLE_TEAMLEAD") if at_least(known, "standard") else ("ROLE_USER",)
    for role in roles:
        yield from [actor.name for actor in known.actors if actor.role == role][:1]


def the_lead(context: ProbeContext) -> Actor | None:
    """Return a lead, None where no actor is one."""
    return next((actor for actor in context.actors if actor.role == "ROLE_TEAMLEAD"), None)


def others(context: ProbeContext, lead: Actor) -> Iterable[Actor]:
    """Return whose records a lead is asked for: those of plain actors first."""
    return [actor for actor in dict.fromkeys([*plain_actors(context), context.strongest]) if actor.name != lead.name]


@clause("permission.lead-own-team")
@pytest.mark.xdist_group("permissions-lead")
def test_lead_reads_their_team(context: ProbeContext, judge: Judge) -> None:
    """A lead reads the records of a member of their team, on their own and in lists."""
    lead = the_lead(context)
    member = next(iter(others(context, lead)), None) if lead is not None else None
    if lead is None or member is None:
        judge.skip("no actor is a team lead, or there is nobody to lead")
        return
    with in_one_team(context, lead, member), record_of(context, member) as record:
        read = list(reads(context, lead, record))
        asked = [seen for seen in lists(context, lead, record, every=False) if seen.params != "no user"]
        if not any(item.answer.ok for item in read) and not any(seen.shows for seen in asked):
            judge.skip("this instance gives leads no right over others' records, or hides what was booked on")
            return
        for entry in read:
            judge.check(
                entry.answer.status == 200, operation=entry.operation, role=lead.role, value="own team",
                expected="200", got=str(entry.answer.status), exchange=entry.answer,
            )  # fmt: skip
        for seen in asked if lists_project(context, lead, record.sent["project"]) else ():
            judge.check(
                seen.shows, operation=seen.operation, field=seen.params, role=seen.by.role, value="own team",
                expected="shown", got="shown" if seen.shows else "not shown", exchange=seen.answer,
            )  # fmt: skip


@clause("permission.lead-other-team")
@pytest.mark.xdist_group("permissions-lead")
def test_lead_does_not_reach_other_teams(context: ProbeContext, judge: Judge) -> None:
    """A lead reads and changes no record of a user in another team, nor books for them.

    Nor where they are in that team themselves, as a mere member.
    """
    lead = the_lead(context)
    outsider = outside(context, lead) if lead is not None else None
    if lead is None or outsider is None:
        judge.skip("there is no lead, or nobody outside the teams that they lead, or nobody may see that")
        return
    with in_one_team(context, lead), record_of(context, outsider) as record:
        for number, whose in enumerate(apart(context, lead, outsider)):
            listings = list(lists(context, lead, record, every=False)) if not number else []
            showing = [seen for seen in listings if seen.shows]
            sees_all = may_see_all(context, lead) if showing else False
            if sees_all or (sees_all is None and not all(is_known_to_show(judge, seen) for seen in showing)):
                judge.skip(SEES_ALL if sees_all else UNTOLD, role=lead.role)
                return
            for seen in listings:
                not_shown(judge, seen, alone=False)
            refused_reaches(judge, reads(context, lead, record), f"record of {whose}")
            if whose == OTHER_TEAM:
                every = context.profile_at_least("standard")
                refused_reaches(judge, writes(context, lead, record, every=every), f"record of {whose}")
                refused_reaches(judge, [books_for(context, lead, outsider)], "in the name of another team's member")


OTHER_TEAM = "another team"
SEES_ALL = f"{NOT_OBSERVABLE}: this instance lets the role see what is of teams that its user is not in"
UNTOLD = f"{NOT_OBSERVABLE}: no project may be made that would tell whether the role may see what is of all teams"


def is_known_to_show(judge: Judge, seen: ForeignListing) -> bool:
    """Whether releases of this version are known to show another team's record in this list, without any right."""
    return judge.is_known(operation=seen.operation, field=seen.params, got="shown")


def apart(context: ProbeContext, lead: Actor, outsider: Actor) -> Iterator[str]:
    """Yield the teams in which somebody is out of a lead's reach, while they are in them."""
    if context.profile_at_least("standard"):
        with in_one_team(context, context.strongest, outsider, lead):
            yield "a team where they are a member"
    with in_one_team(context, context.strongest, outsider):
        yield OTHER_TEAM


def outside(context: ProbeContext, lead: Actor) -> Actor | None:
    """Return somebody of whom no team is led by a lead, None where there is nobody, or nobody may see that."""
    return next(
        (other for other in others(context, lead) if leads_team_of(context, lead, other.user_id or 0) is False), None
    )


@clause("permission.no-team")
@pytest.mark.xdist_group("permissions-lead")
def test_lead_and_who_is_in_no_team(context: ProbeContext, judge: Judge) -> None:
    """Whether a lead reads the records of people without any team is reported: neither is promised."""
    lead = the_lead(context)
    stray = next((other for other in others(context, lead) if in_no_team(context, other)), None) if lead else None
    if lead is None or stray is None:
        judge.skip("there is no lead, or nobody who is in no team, or nobody may see that")
        return
    with record_of(context, stray) as record:
        for read in reads(context, lead, record):
            judge.observe(
                operation=read.operation, role=lead.role, value="record of no team", got=str(read.answer.status)
            )
        for seen in lists(context, lead, record, every=False):
            judge.observe(
                operation=seen.operation, field=seen.params, role=lead.role, value="record of no team",
                got="shown" if seen.shows else "not shown",
            )  # fmt: skip


def in_no_team(context: ProbeContext, actor: Actor) -> bool:
    """Whether an actor is seen to be in no team."""
    body = context.session(actor).get("/api/users/me").json_or_none()
    return [] in (attribute(body, "memberships"), attribute(body, "teams"))


@clause("permission.lead-attaches")
@pytest.mark.xdist_group("permissions-lead")
def test_lead_of_the_team_itself(context: ProbeContext, judge: Judge) -> None:
    """A lead attaches to their team nothing that they could not even read, nor without the right to it."""
    for lead in context.actors:
        # A role that is none of Kimai's own may have any right.
        has_own_role = not set(lead.roles) <= set(ROLES) and lead.role not in ("ROLE_ADMIN", "ROLE_SUPER_ADMIN")
        if lead.role != "ROLE_TEAMLEAD" and not has_own_role:
            continue
        other = next(iter(others(context, lead)), None)
        for tried in lead_attempts(context, lead, other) if other is not None else ():
            judge_attempt(judge, tried)
    if not judge.places:
        judge.skip("not observable: no actor is a lead, or has a role of the instance's own")


def judge_attempt(judge: Judge, tried: LeadAttempt) -> None:
    """Judge what a lead tried with their team: refused without the right to edit it, or to reach what was reached for.

    Attaching what they could see needs a right that no answer shows: it may have been given, unless a release is known
    not to ask for it.
    """
    done = tried.answer.ok and tried.operation != EDIT
    got = "done" if tried.answer.ok else "refused"
    what = tried.what if tried.edits_team else f"{tried.what}, without the right to change the team itself"
    known = not tried.edits and judge.is_known(operation=tried.operation, value=what, got=got)
    if tried.answer.status not in (403, 404) and not tried.answer.ok:
        judge.skip(f"answered {tried.answer.status}", operation=tried.operation, value=what)
    elif done and tried.edits_team and (tried.sees or tried.edits) and not known:
        judge.observe(
            operation=tried.operation, value=what, got=got, role=tried.by.role,
            reason="the role may have been given the right to it",
        )  # fmt: skip
    else:
        judge.check(
            not done, operation=tried.operation, value=what, got=got, role=tried.by.role, expected="refused",
            exchange=tried.answer,
        )  # fmt: skip


SEES_PROJECTS = f"{NOT_OBSERVABLE}: this instance lets the role see all projects"


@clause("permission.hidden-project")
def test_hidden_project_is_hidden(context: ProbeContext, judge: Judge, outsider: str) -> None:
    """A user outside the team of a project cannot book on it, move to it, or see it."""
    actor = actor_named(context, outsider)
    inside = [item for item in plain_actors(context) if item.name != outsider]
    for entry in hidden_project(context, actor, inside[0] if inside else context.strongest):
        if entry.granted:
            judge.skip(SEES_PROJECTS, operation=entry.operation, role=actor.role)
        elif entry.through and may_see_all(context, actor):
            judge.skip(SEES_ALL, operation=entry.operation, role=actor.role)
        elif not entry.through and entry.control >= 400:
            judge.skip(
                f"{entry.way}: somebody who should get through is answered {entry.control}", operation=entry.operation
            )
        else:
            judge.check(
                not entry.through, operation=entry.operation, role=actor.role, value=entry.way, expected="refused",
                got="got through" if entry.through else "refused", exchange=entry.answer,
            )  # fmt: skip
