"""Rights: nobody reaches others' records without them, by any route; refusals did nothing; rights are consistent.

Source: Permissions. Rights can be changed by an administrator, so what an instance grants is learnt first, and
consistency is judged rather than a fixed table.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from functools import partial

import pytest

from conformance.exchange import Refused
from conformance.model import Actor
from conformance.probes import Collection, ProbeContext
from conformance.probes.access.extra_rights import granted, leads_team_of, users_seen
from conformance.probes.access.foreign_lists import compared_lists, listed_and_read, lists, own_lists, withheld
from conformance.probes.access.management import NEEDED, Attempt, permission_steps
from conformance.probes.access.own_account import HOURS, PROFILE, own_account
from conformance.probes.access.own_user import values_taken
from conformance.probes.access.record_owner import books_for, closed_ways, gives_to
from conformance.probes.access.rights import (
    change,
    in_one_team,
    other_profile,
    plain_actors,
    reads,
    record_of,
    record_to_read,
    running_record,
    stopped_by,
    writes,
)
from conformance.probes.records.kinds import kind_named
from conformance.verdict import Judge, clause
from contracts.assertions import actor_named, may_see_all, not_shown, refused_reaches
from contracts.parametrize import at_least, distinct_roles, parametrize_by

MANAGED = ("customers", "projects", "activities", "teams")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item an owner, a managed kind, or an actor."""
    parametrize_by(metafunc, "owner", owners, "permissions")
    parametrize_by(metafunc, "runner", lambda known: list(owners(known))[:1], "timer")
    parametrize_by(metafunc, "managed", managed, "permissions")
    parametrize_by(metafunc, "role", distinct_roles, "permissions")
    parametrize_by(metafunc, "reader", readers, "permissions")


def readers(known: Collection) -> list[str]:
    """Return who is asked to read what they are shown: one actor a role, but for the strongest, who may read all."""
    names = distinct_roles(known)
    return names if at_least(known, "thorough") else names[1:] or names


def owners(known: Collection) -> Iterator[str]:
    """Return whose records a plain user reaches for: another plain user's, and a stronger actor's."""
    plain = [actor for actor in known.actors if actor.role == "ROLE_USER"]
    if len(plain) > 1:
        yield plain[1].name
    if plain and (at_least(known, "standard") or len(plain) == 1) and known.actors[0].role != "ROLE_USER":
        yield known.actors[0].name


def managed(known: Collection) -> Iterator[str]:
    """Return the kinds that only some roles manage, each with who tries: the plainest actor, and a lead."""
    tries = ("ROLE_USER", "ROLE_TEAMLEAD") if at_least(known, "standard") else ("ROLE_USER",)
    for name in MANAGED if at_least(known, "standard") else MANAGED[:1]:
        for role in tries:
            if f"POST /api/{name}" in known.index and any(actor.role == role for actor in known.actors):
                yield f"{name} as {role}"


def pair(context: ProbeContext, owner: str) -> tuple[Actor, Actor] | None:
    """Return a plain actor other than the owner, and the owner."""
    result = next((actor for actor in plain_actors(context) if actor.name != owner), None)
    return (result, actor_named(context, owner)) if result is not None else None


def situations(context: ProbeContext, by: Actor, owner: Actor) -> Iterator[str]:
    """Yield the teams that an owner is put in meanwhile: none, one with the other, in one without them."""
    whose = f"record of {owner.role}"
    yield whose
    if not context.profile_at_least("standard") or by.role != owner.role:
        return
    for word, members in (("the same team", (by, owner)), ("another team", (owner,))):
        try:
            with in_one_team(context, context.strongest, *members):
                yield f"{whose} in {word}"
        except Refused:
            return


@clause("permission.foreign-read")
def test_foreign_record_is_not_read(context: ProbeContext, judge: Judge, owner: str) -> None:
    """A plain user reads no record of another, whatever teams they are in, and not their profile."""
    results = pair(context, owner)
    if results is None:
        return
    by, who = results
    with record_to_read(context, who) as record:
        for number, situation in enumerate(situations(context, by, who)):
            given = partial(granted_in_teams if number else granted, context, by, who)
            refused_reaches(judge, reads(context, by, record), situation, given)
    refused_reaches(judge, other_profile(context, by, who), f"profile of {who.role}")


@clause("permission.foreign-write")
def test_foreign_record_is_not_changed(context: ProbeContext, judge: Judge, owner: str) -> None:
    """A plain user changes and deletes no record of another, whatever teams they are in, and books none for them."""
    result = pair(context, owner)
    if result is None:
        return
    by, who = result
    given = partial(granted_in_teams, context, by, who)
    with record_of(context, who) as record:
        for number, situation in enumerate(situations(context, by, who)):
            refused_reaches(judge, [change(context, by, record)] if number else [], situation, given)
        tried = writes(context, by, record, every=context.profile_at_least("standard") and is_first(context, who, by))
        refused_reaches(judge, tried, f"record of {who.role}", partial(granted, context, by, who))
    refused_reaches(judge, [books_for(context, by, who)], f"in the name of {who.role}", given)
    if (
        context.profile_at_least("standard")
        and is_first(context, who, by)
        and leads_team_of(context, by, who.user_id or 0) is False
    ):
        # Among whom the owner of a record may be chosen ends where the teams do that a role sees.
        given = partial(sees_all, context, by)
        refused_reaches(judge, [gives_to(context, by, who)], f"given to {who.role}", given)


def sees_all(context: ProbeContext, by: Actor) -> bool:
    """Whether plain users were surely given the right to see what is of all teams."""
    return may_see_all(context, by) is True


def granted_in_teams(context: ProbeContext, by: Actor, owner: Actor) -> bool:
    """Whether rights over others' records are over those of people in teams, too, that the actor does not lead."""
    return granted(context, by, owner) and sees_all(context, by)


def is_first(context: ProbeContext, owner: Actor, by: Actor) -> bool:
    """Whether an owner is the first whose records are reached for: the one of the same role, where there is one."""
    return owner.role == by.role or len(plain_actors(context)) < 2


@clause("permission.foreign-list")
def test_foreign_record_is_not_listed(context: ProbeContext, judge: Judge, owner: str) -> None:
    """No list shows a plain user a record of another."""
    result = pair(context, owner)
    if result is None:
        return
    by, who = result
    with record_to_read(context, who) as record:
        for seen in lists(context, by, record, every=who.role == by.role and context.profile_at_least("standard")):
            not_shown(judge, seen, alone=True, granted=partial(granted, context, by, who))


@clause("permission.foreign-list")
def test_own_lists_are_own(context: ProbeContext, judge: Judge, role: str) -> None:
    """The lists of one's recent, running and favourite records have nobody else's, whatever one may see."""
    by = actor_named(context, role)
    who = next((actor for actor in reversed(context.actors) if actor.name != role), None)
    with record_to_read(context, who) if who is not None else nullcontext() as record:
        for seen in own_lists(context, by, record.ident if record is not None else None):
            not_shown(judge, seen, alone=True)


@clause("permission.foreign-list")
def test_running_record_is_not_shown(context: ProbeContext, judge: Judge, runner: str) -> None:
    """No list of own records shows a plain user what another has running."""
    result = pair(context, runner)
    if result is None:
        return
    by, who = result
    with running_record(context, who) as running:
        for seen in own_lists(context, by, running.record.ident):
            not_shown(judge, seen, alone=True)


@clause("permission.foreign-write")
def test_running_record_is_not_stopped(context: ProbeContext, judge: Judge, runner: str) -> None:
    """A plain user does not stop what another has running."""
    results = pair(context, runner)
    if results is None:
        return
    by, who = results
    with running_record(context, who) as running:
        result = partial(granted, context, by, who)
        refused_reaches(judge, stopped_by(context, running, by), f"running record of {who.role}", result)


@clause("permission.reserved")
def test_rights_build_on_one_another(context: ProbeContext, judge: Judge, managed: str) -> None:
    """Who may delete may edit; who may create or edit may read; what needs the right to read or edit needs it."""
    steps = climbed(context, managed)
    for what, needed in (*BUILT, *PLAIN_ONLY):
        if what in steps and needed in steps and ((what, needed) not in PLAIN_ONLY or managed.endswith("ROLE_USER")):
            judge_step(judge, managed, steps[what], steps[needed])
    skip_without_steps(judge, managed)


BUILT = [("delete", "edit"), ("edit", "read"), ("read", "list"), ("list", "read"), ("see rates", "edit")]
"""What is done only by who may do the second. Teams alone are not listed for everybody."""

PLAIN_ONLY = [("create", "read")]
"""A lead may create activities, and reads those of their teams alone."""


@clause("permission.reserved")
def test_all_users_are_not_for_everybody(context: ProbeContext, judge: Judge, role: str) -> None:
    """Who may list other users may read them, but for those whom they lead."""
    actor = actor_named(context, role)
    if actor.role == "ROLE_ADMIN":
        # They see everybody's data, so that being let list all users alone gives nothing away.
        judge.skip("not observable: a right that an instance may give to administrators", operation="GET /api/users")
        return
    for listed, read in users_seen(context, actor):
        judge.check(
            read.ok, operation="GET /api/users", role=actor.role, value="list, without the right to read",
            expected="refused", got="refused" if read.ok else str(listed.status), exchange=listed,
        )  # fmt: skip
    if not judge.places:
        judge.check(True, operation="GET /api/users", role=actor.role, expected="refused", got="refused")


@clause("permission.reserved")
def test_lists_show_the_plain_no_more(context: ProbeContext, judge: Judge) -> None:
    """What a list withholds of a record from a stronger role it does not show to a plain user."""
    for plain in plain_actors(context)[:1]:
        for item in compared_lists(context, plain):
            for name in item.only_shown or ("",):
                judge.check(
                    not name, operation=item.operation, field=name, role=plain.role,
                    value=f"withheld from {item.stronger.role}", expected="withheld",
                    got="shown" if name else "withheld", exchange=item.answer,
                )  # fmt: skip
    if not judge.places:
        judge.skip("not observable: no plain user and stronger role are shown the same record")


def judge_step(judge: Judge, managed: str, done: Attempt, below: Attempt) -> None:
    """Judge that something was not done without the right that stands below it."""
    ok = not done.answer.ok or below.answer.ok
    judge.check(
        ok, operation=done.operation, role=managed.rpartition(" ")[2],
        value=f"{done.what}, without the right to {below.what}", expected="refused",
        got="refused" if ok else str(done.answer.status), exchange=done.answer,
    )  # fmt: skip


@clause("permission.consistent")
def test_no_other_way_to_change(context: ProbeContext, judge: Judge, managed: str) -> None:
    """Who may not edit a record changes it in no other way, and a refused change has changed nothing."""
    steps = climbed(context, managed)
    for what, did in steps.items():
        if what not in ("list", "read", "create", "edit") and not what.startswith("see "):
            judge_step(judge, managed, did, steps[NEEDED.get(what, "edit")])
    for did in steps.values():
        if not did.answer.ok:
            nothing = did.afterwards in ("unchanged", "nothing made")
            judge.on("data.refused-changes-nothing").check(
                nothing, operation=did.operation, role=managed.rpartition(" ")[2], expected="unchanged",
                got="unchanged" if nothing else did.afterwards, exchange=did.answer,
            )  # fmt: skip
    skip_without_steps(judge, managed)


@clause("permission.consistent")
@pytest.mark.xdist_group("permissions-lead")
def test_exported_is_closed(context: ProbeContext, judge: Judge) -> None:
    """Who may not edit a record that was exported neither deletes nor reopens it."""
    by = next((actor for actor in context.actors if actor.role == "ROLE_TEAMLEAD"), context.weakest)
    refused_reaches(judge, closed_ways(context, by), "exported, without the right to edit")
    if not judge.places:
        judge.skip("not observable: this role may edit what was exported, or nobody could undo it", role=by.role)


@clause("permission.matrix")
def test_rights_are_shown(context: ProbeContext, judge: Judge, managed: str) -> None:
    """What a plain user and a lead may do to each kind is reported."""
    for what, did in climbed(context, managed).items():
        judge.observe(operation=did.operation, role=managed.rpartition(" ")[2], value=what, got=str(did.answer.status))
    skip_without_steps(judge, managed)


def climbed(context: ProbeContext, managed: str) -> dict[str, Attempt]:
    """Return what an actor may do to a kind, asked once a process; empty where that cannot be tried."""
    name, _, role = managed.partition(" as ")
    kind = kind_named(context.index, name)
    actor = next(item for item in reversed(context.actors) if item.role == role)
    assert kind is not None
    try:
        return dict(context.cached(f"ladder {managed}", lambda: permission_steps(context, kind, actor)))
    except Refused:
        return {}


def skip_without_steps(judge: Judge, managed: str) -> None:
    """Say where no record could be made to try on."""
    if not judge.places:
        judge.skip("no record could be made to try on", operation=f"PATCH /api/{managed.partition(' ')[0]}/{{id}}")


@clause("permission.listed-readable")
def test_listed_is_readable(context: ProbeContext, judge: Judge, reader: str) -> None:
    """Where a role may read a kind whatever its teams, it may read every record that its list shows."""
    actor = actor_named(context, reader)
    for item in listed_and_read(context, actor, 2):
        for number, answer in item.items:
            for name in withheld(context, item, number, answer):
                judge.on("attribute.forms-agree").check(
                    False, operation=item.operation, field=name, role=actor.role, expected="as in the record",
                    got="shown in the list alone", exchange=answer,
                )  # fmt: skip
            if not item.any_team:
                judge.observe(operation=answer.operation, role=actor.role, got=str(answer.status))
                continue
            judge.check(
                answer.ok, operation=answer.operation, role=actor.role, value="listed", expected="readable",
                got="readable" if answer.ok else str(answer.status), exchange=answer,
            )  # fmt: skip
    if not judge.places:
        judge.skip("not observable: this role is shown no lists with records", role=actor.role)


@pytest.mark.alone
@clause("permission.own-account")
def test_own_account(context: ProbeContext, judge: Judge) -> None:
    """A plain user cannot send what decides over rights, login or contract: sent as it is, it is refused."""
    actor = next(iter(plain_actors(context)), None)
    if actor is None or not context.client.config.allows("profile"):
        judge.skip("it sends a profile as it is: allow it with --allow profile", operation=PROFILE)
        return
    for item in own_account(context, actor):
        got = "accepted" if item.answer.ok else "refused"
        if not item.answer.ok and item.answer.status not in (400, 403):
            judge.skip(f"answered {item.answer.status}", operation=item.operation, field=item.field)
        elif (
            item.field == HOURS
            and item.answer.ok
            and not judge.is_known(operation=item.operation, field=item.field, got=got)
        ):
            judge.observe(
                operation=item.operation, field=item.field, role=actor.role, got=got,
                reason="the role may have been given the right to its contract",
            )  # fmt: skip
        else:
            judge.check(
                not item.answer.ok, operation=item.operation, field=item.field, role=actor.role, expected="refused",
                got=got, exchange=item.answer,
            )  # fmt: skip
    if not judge.places:
        judge.skip("not observable: the profile shows none of it", operation=PROFILE, role=actor.role)


@pytest.mark.alone
@clause("data.values-work")
def test_values_do_not_break_their_user(context: ProbeContext, judge: Judge) -> None:
    """What a profile takes for zone, language and locale leaves its user able to call."""
    try:
        for item in values_taken(context):
            broken = item.broken
            got = "no server error" if broken is None else str(broken.status)
            if not item.answer.ok:
                judge.observe(operation=item.operation, field=item.field, value=item.value, got=str(item.answer.status))
            else:
                judge.check(
                    broken is None, operation=item.operation, field=item.field, value=item.value,
                    expected="no server error", got=got, exchange=item.answer, beside=[broken] if broken else (),
                )  # fmt: skip
    except Refused as error:
        judge.skip(error.reason, operation=PROFILE)
    if not judge.places:
        judge.skip("not observable: no such value is taken", operation=PROFILE)
