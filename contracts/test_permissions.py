"""Rights: nobody reaches others' records without them, by any route; refusals did nothing; rights are consistent.

Source: Permissions; Teams; advisories GHSA-9g2q and GHSA-vrr2. Rights can be changed by an administrator, so what an
instance grants is learnt first, and consistency is judged rather than a fixed table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from conformance.exchange import Refused
from conformance.probes import Collection, Lab
from conformance.probes.kinds import kind_named
from conformance.probes.managing import Did, hidden_project, ladder
from conformance.probes.rights import (
    Reach,
    disband,
    leads_team_of,
    listed_and_read,
    lists,
    plain_actors,
    reads,
    team_of,
    writes,
)
from conformance.verdict import Judge, clause
from conformance.words import Actor
from contracts.grid import at_least, distinct_roles, spread
from contracts.judging import actor_named

pytestmark = pytest.mark.xdist_group("permissions")

MANAGED = ("customers", "projects", "activities", "teams")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item an owner, a managed kind, or an actor."""
    spread(metafunc, "owner", owners, "permissions")
    spread(metafunc, "managed", managed, "permissions")
    spread(metafunc, "role", distinct_roles, "permissions")


def owners(known: Collection) -> Iterator[str]:
    """Return whose records a plain user reaches for: another plain user's, and a stronger actor's."""
    plain = [actor for actor in known.actors if actor.role == "ROLE_USER"]
    if len(plain) > 1:
        yield plain[1].name
    if plain and (at_least(known, "standard") or len(plain) == 1) and known.actors[0].role != "ROLE_USER":
        yield known.actors[0].name


def managed(known: Collection) -> Iterator[str]:
    """Return the kinds that only some roles manage."""
    for name in MANAGED if at_least(known, "standard") else MANAGED[:1]:
        if f"POST /api/{name}" in known.index:
            yield name


def snoop(lab: Lab, owner: Actor) -> Actor | None:
    """Return a plain actor other than the owner."""
    return next((actor for actor in plain_actors(lab) if actor.name != owner.name), None)


def judge_reaches(judge: Judge, found: Iterable[Reach], owner: str) -> None:
    """Judge that every reach was refused, did nothing, and that the owner gets through where the other does not."""
    for each in found:
        ok = each.refused and each.afterwards == "unchanged"
        got = str(each.answer.status) if not each.refused else each.afterwards
        judge.check(
            ok, operation=each.operation, role=each.by.role, value=f"record of {owner}", expected="refused",
            got="refused" if ok else got, exchange=each.answer,
            reason="" if each.control == 200 else f"the owner himself is answered {each.control}",
        )  # fmt: skip
    if not judge.places:
        judge.skip("no record could be made to reach for", operation="GET /api/timesheets/{id}")


@clause("permission.foreign-read")
def test_foreign_record_is_not_read(lab: Lab, judge: Judge, owner: str) -> None:
    """A plain user reads no record of another."""
    who = actor_named(lab, owner)
    by = snoop(lab, who)
    if by is not None:
        judge_reaches(judge, reads(lab, by, who), who.role)


@clause("permission.foreign-write")
def test_foreign_record_is_not_changed(lab: Lab, judge: Judge, owner: str) -> None:
    """A plain user changes and deletes no record of another."""
    who = actor_named(lab, owner)
    by = snoop(lab, who)
    if by is not None:
        judge_reaches(judge, writes(lab, by, who), who.role)


@clause("permission.foreign-list")
def test_foreign_record_is_not_listed(lab: Lab, judge: Judge, owner: str) -> None:
    """No list shows a plain user a record of another."""
    who = actor_named(lab, owner)
    by = snoop(lab, who)
    for each in lists(lab, by, who) if by is not None else ():
        judge.check(
            not each.shows, operation="GET /api/timesheets", role=each.by.role, field=each.params,
            expected="not shown", got="shown" if each.shows else "not shown", exchange=each.answer,
        )  # fmt: skip
    if not judge.places:
        judge.skip("no record could be made to look for", operation="GET /api/timesheets")


def lead_and_others(lab: Lab) -> tuple[Actor, list[Actor]] | None:
    """Return a lead and the plain actors, or the strongest, who are not he; None where there is no lead."""
    lead = next((actor for actor in lab.actors if actor.role == "ROLE_TEAMLEAD"), None)
    if lead is None:
        return None
    return lead, [actor for actor in [*plain_actors(lab), lab.strongest] if actor.name != lead.name]


@clause("permission.lead-own-team")
def test_lead_reads_his_team(lab: Lab, judge: Judge) -> None:
    """A lead reads the records of a member of his team."""
    found = lead_and_others(lab)
    if found is None:
        judge.skip("no actor is a team lead")
        return
    lead, others = found
    team = team_of(lab, [lead, others[0]])
    try:
        for each in reads(lab, lead, others[0]):
            if each.operation == "GET /api/timesheets/{id}":
                judge.check(
                    each.answer.status == 200, operation=each.operation, role=lead.role, value="own team",
                    expected="200", got=str(each.answer.status), exchange=each.answer,
                )  # fmt: skip
    finally:
        disband(lab, team)


@clause("permission.lead-other-team")
def test_lead_does_not_reach_other_teams(lab: Lab, judge: Judge) -> None:
    """A lead reads and changes no record of a user in another team; of one in none, it is reported."""
    found = lead_and_others(lab)
    if found is None or not found[1]:
        judge.skip("there is no lead, or nobody else")
        return
    lead, others = found
    outsider = others[-2] if len(others) > 1 else others[-1]
    if leads_team_of(lab, lead, outsider) is not False:
        judge.skip(f"{lead.name} leads a team of {outsider.name} on this instance, or nobody may see that")
        return
    own = team_of(lab, [lead, *others[:-2][:1]])
    other = team_of(lab, [lab.strongest, outsider] if outsider.name != lab.strongest.name else [outsider])
    teams = [own, other]
    try:
        judge_reaches(judge, [*reads(lab, lead, outsider), *writes(lab, lead, outsider)], "another team")
        for seen in lists(lab, lead, outsider):
            judge.check(
                not seen.shows, operation="GET /api/timesheets", role=lead.role, field=seen.params,
                expected="not shown", got="shown" if seen.shows else "not shown", exchange=seen.answer,
            )  # fmt: skip
        disband(lab, teams.pop())
        for each in reads(lab, lead, outsider):
            # Whether people without any team are everybody's is nowhere promised.
            judge.observe(
                operation=each.operation, role=lead.role, value="record of no team", got=str(each.answer.status)
            )
    finally:
        for team in teams:
            disband(lab, team)


@clause("permission.hidden-project")
def test_hidden_project_is_hidden(lab: Lab, judge: Judge) -> None:
    """A user outside the team of a project cannot book on it, move to it, or see it."""
    plain = plain_actors(lab)
    outsider = plain[0]
    insider = plain[1] if len(plain) > 1 else lab.strongest
    for each in hidden_project(lab, outsider, insider):
        judge.check(
            not each.through, operation=each.operation, role=outsider.role, value=each.way, expected="refused",
            got="got through" if each.through else "refused", exchange=each.answer,
            reason="" if each.control == 200 else f"control: {each.control}",
        )  # fmt: skip


@clause("permission.reserved")
def test_rights_build_on_one_another(lab: Lab, judge: Judge, managed: str) -> None:
    """Who may delete may edit; who may create or edit may read."""
    for what, needed in (("delete", "edit"), ("create", "read"), ("edit", "read")):
        steps = climbed(lab, managed)
        if what not in steps or needed not in steps:
            continue
        done, below = steps[what], steps[needed]
        ok = not done.answer.ok or below.answer.ok
        judge.check(
            ok, operation=done.operation, role=lab.plainest.role, value=f"{what}, without the right to {needed}",
            expected="refused", got="refused" if ok else str(done.answer.status), exchange=done.answer,
        )  # fmt: skip
    skip_without_steps(judge, managed)


@clause("permission.consistent")
def test_no_other_way_to_change(lab: Lab, judge: Judge, managed: str) -> None:
    """Who may not edit a record changes it in no other way, and a refused change has changed nothing."""
    steps = climbed(lab, managed)
    for what, did in steps.items():
        if what in ("read", "create", "edit"):
            continue
        ok = not did.answer.ok or steps["edit"].answer.ok
        judge.check(
            ok, operation=did.operation, role=lab.plainest.role, expected="refused",
            got="refused" if ok else str(did.answer.status), exchange=did.answer,
        )  # fmt: skip
    for did in steps.values():
        if not did.answer.ok:
            nothing = did.afterwards in ("unchanged", "nothing made")
            judge.on("data.refused-changes-nothing").check(
                nothing, operation=did.operation, role=lab.plainest.role, expected="unchanged",
                got="unchanged" if nothing else did.afterwards, exchange=did.answer,
            )  # fmt: skip
    skip_without_steps(judge, managed)


@clause("permission.matrix")
def test_rights_are_shown(lab: Lab, judge: Judge, managed: str) -> None:
    """What the plainest actor may do to each kind is reported."""
    for what, did in climbed(lab, managed).items():
        judge.observe(operation=did.operation, role=lab.plainest.role, value=what, got=str(did.answer.status))
    skip_without_steps(judge, managed)


def climbed(lab: Lab, name: str) -> dict[str, Did]:
    """Return what the plainest actor may do to a kind, asked once a process; empty where that cannot be tried."""
    kind = kind_named(lab.index, name)
    assert kind is not None
    try:
        return dict(lab.once(f"ladder {name}", lambda: ladder(lab, kind, lab.plainest)))
    except Refused:
        return {}


def skip_without_steps(judge: Judge, name: str) -> None:
    """Say where no record could be made to try on."""
    if not judge.places:
        judge.skip("no record could be made to try on", operation=f"PATCH /api/{name}/{{id}}")


@clause("permission.listed-readable")
def test_listed_is_readable(lab: Lab, judge: Judge, role: str) -> None:
    """Where a role may read a kind at all, it may read every record that its list shows."""
    actor = actor_named(lab, role)
    for each in listed_and_read(lab, actor, 3 if lab.beyond("standard") else 2):
        if not each.items:
            continue
        readable = [answer for _, answer in each.items if answer.ok]
        for _, answer in each.items:
            if not readable:
                judge.observe(operation=answer.operation, role=actor.role, got=str(answer.status))
                break
            judge.check(
                answer.ok, operation=answer.operation, role=actor.role, value="listed", expected="readable",
                got="readable" if answer.ok else str(answer.status), exchange=answer,
            )  # fmt: skip
    if not judge.places:
        judge.skip("not observable: this role is shown no lists with records", role=actor.role)
