"""Teams: what a lead sees of his own and not of others, and that a project of another team stays hidden.

Source: Teams; advisories GHSA-9g2q and GHSA-vrr2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from conformance.probes import Collection, Lab
from conformance.probes.access.granting import leads_team_of
from conformance.probes.access.hiding import hidden_project, lists_project
from conformance.probes.access.owning import books_for
from conformance.probes.access.rights import plain_actors, reads, record_of, together, writes
from conformance.probes.access.spying import Spied, lists
from conformance.verdict import Judge, clause
from conformance.words import Actor
from contracts.grid import at_least, spread
from contracts.judging import actor_named, not_shown, refused_reaches


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item a role that stands outside."""
    spread(metafunc, "outsider", outsiders, "permissions")


def outsiders(known: Collection) -> Iterator[str]:
    """Return who reaches for a hidden project: a plain user, and from the standard profile on a lead."""
    roles = ("ROLE_USER", "ROLE_TEAMLEAD") if at_least(known, "standard") else ("ROLE_USER",)
    for role in roles:
        yield from [actor.name for actor in known.actors if actor.role == role][:1]


def the_lead(lab: Lab) -> Actor | None:
    """Return a lead, None where no actor is one."""
    return next((actor for actor in lab.actors if actor.role == "ROLE_TEAMLEAD"), None)


def others(lab: Lab, lead: Actor) -> Iterable[Actor]:
    """Return whose records a lead is asked for: those of plain actors first."""
    return [actor for actor in dict.fromkeys([*plain_actors(lab), lab.strongest]) if actor.name != lead.name]


@clause("permission.lead-own-team")
@pytest.mark.xdist_group("permissions-lead")
def test_lead_reads_his_team(lab: Lab, judge: Judge) -> None:
    """A lead reads the records of a member of his team, on their own and in lists."""
    lead = the_lead(lab)
    member = next(iter(others(lab, lead)), None) if lead is not None else None
    if lead is None or member is None:
        judge.skip("no actor is a team lead, or there is nobody to lead")
        return
    with together(lab, lead, member), record_of(lab, member) as record:
        read = list(reads(lab, lead, record))
        asked = [seen for seen in lists(lab, lead, record, every=False) if seen.params != "no user"]
        if not any(each.answer.ok for each in read) and not any(seen.shows for seen in asked):
            judge.skip("this instance gives leads no right over others' records, or hides what was booked on")
            return
        for each in read:
            judge.check(
                each.answer.status == 200, operation=each.operation, role=lead.role, value="own team",
                expected="200", got=str(each.answer.status), exchange=each.answer,
            )  # fmt: skip
        for seen in asked if lists_project(lab, lead, record.sent["project"]) else ():
            shown_to_lead(judge, seen)


def shown_to_lead(judge: Judge, seen: Spied) -> None:
    """Judge that a list has the record that it was asked for."""
    judge.check(
        seen.shows, operation=seen.operation, field=seen.params, role=seen.by.role, value="own team",
        expected="shown", got="shown" if seen.shows else "not shown", exchange=seen.answer,
    )  # fmt: skip


@clause("permission.lead-other-team")
@pytest.mark.xdist_group("permissions-lead")
def test_lead_does_not_reach_other_teams(lab: Lab, judge: Judge) -> None:
    """A lead reads and changes no record of a user in another team, nor books for him; of one in none, it is reported.

    Nor where he is in that team himself, as a mere member.
    """
    lead = the_lead(lab)
    outsider = outside(lab, lead) if lead is not None else None
    if lead is None or outsider is None:
        judge.skip("there is no lead, or nobody outside the teams that he leads, or nobody may see that")
        return
    with together(lab, lead), record_of(lab, outsider) as record:
        for number, whose in enumerate(apart(lab, lead, outsider)):
            for seen in lists(lab, lead, record, every=False) if not number else ():
                not_shown(judge, seen, alone=False)
            refused_reaches(judge, reads(lab, lead, record), f"record of {whose}")
        with together(lab, lab.strongest, outsider):
            refused_reaches(judge, writes(lab, lead, record, every=lab.beyond("standard")), "record of another team")
            refused_reaches(judge, [books_for(lab, lead, outsider)], "in the name of another team's member")
    with record_of(lab, outsider) as record:
        for each in reads(lab, lead, record):
            # Whether people without any team are everybody's is nowhere promised.
            judge.observe(
                operation=each.operation, role=lead.role, value="record of no team", got=str(each.answer.status)
            )


def apart(lab: Lab, lead: Actor, outsider: Actor) -> Iterator[str]:
    """Yield the teams in which somebody is out of a lead's reach, while he is in them."""
    if lab.beyond("standard"):
        with together(lab, lab.strongest, outsider, lead):
            yield "a team where he is a member"
    with together(lab, lab.strongest, outsider):
        yield "another team"


def outside(lab: Lab, lead: Actor) -> Actor | None:
    """Return somebody of whom no team is led by a lead, None where there is nobody, or nobody may see that."""
    return next((each for each in others(lab, lead) if leads_team_of(lab, lead, each.user_id or 0) is False), None)


@clause("permission.hidden-project")
def test_hidden_project_is_hidden(lab: Lab, judge: Judge, outsider: str) -> None:
    """A user outside the team of a project cannot book on it, move to it, or see it."""
    actor = actor_named(lab, outsider)
    inside = [each for each in plain_actors(lab) if each.name != outsider]
    for each in hidden_project(lab, actor, inside[0] if inside else lab.strongest):
        if each.granted:
            judge.skip("this instance lets the role see all projects", operation=each.operation, role=actor.role)
        elif not each.through and each.control >= 400:
            judge.skip(
                f"{each.way}: somebody who should get through is answered {each.control}", operation=each.operation
            )
        else:
            judge.check(
                not each.through, operation=each.operation, role=actor.role, value=each.way, expected="refused",
                got="got through" if each.through else "refused", exchange=each.answer,
            )  # fmt: skip
