"""Who is shown money: rates in every answer that shows a time record, and budgets.

Source: Permissions, view_rate_own_timesheet, view_rate_other_timesheet, budget_project and those alike. Rights can be
given and taken, and no call tells which a role has; so the answers are held against one another.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from conformance.model import Actor
from conformance.probes import ProbeContext
from conformance.probes.access.rights import plain_actors
from conformance.probes.money.sight import (
    BUDGET,
    PriceSet,
    RatesShown,
    budget_sight,
    member_sight,
    own_sight,
    prices_set,
    sorts_by_rate,
)
from conformance.verdict import Judge, clause
from contracts.assertions import actor_named, may_send_times
from contracts.parametrize import distinct_roles, from_standard, parametrize_by

EVERYWHERE = "shown to a plain user by every answer"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item a role; what it has running is stopped."""
    parametrize_by(metafunc, "viewer", distinct_roles, "timer")
    parametrize_by(metafunc, "budget_viewer", from_standard(distinct_roles))


@clause("permission.rates")
def test_rates_of_own_records(context: ProbeContext, judge: Judge, viewer: str) -> None:
    """What a role's own records cost is shown by every answer or by none."""
    actor = actor_named(context, viewer)
    if not may_send_times(context, actor):
        judge.skip("this tracking mode lets the role send no times", role=actor.role)
        return
    answers = list(own_sight(context, actor))
    judge_alike(judge, actor, answers)
    if answers and not any(item.rates for item in answers):
        sorted_list = sorts_by_rate(context, actor)
        judge.on("permission.matrix").observe(
            operation=sorted_list.operation, field="orderBy", role=actor.role, value="rate, which is not shown",
            got="sorted" if sorted_list.ok else str(sorted_list.status),
        )  # fmt: skip


@clause("permission.rates")
@pytest.mark.xdist_group("permissions-lead")
def test_rates_of_a_member(context: ProbeContext, judge: Judge) -> None:
    """What a member's record costs is shown to a lead by every answer or by none."""
    lead = next((actor for actor in context.actors if actor.role == "ROLE_TEAMLEAD"), None)
    member = next(iter(plain_actors(context)), None)
    if lead is None or member is None:
        judge.skip("no actor is a team lead, or there is nobody to lead")
        return
    judge_alike(judge, lead, list(member_sight(context, lead, member)))


def judge_alike(judge: Judge, actor: Actor, answers: Sequence[RatesShown]) -> None:
    """Judge that answers agree. Where they do not, a plain user is shown too much, as the role has not the right."""
    if not answers:
        judge.skip("not observable: no answer shows the record", role=actor.role)
        return
    showing = [item for item in answers if item.rates]
    plain = actor.role == "ROLE_USER"
    if plain and len(showing) == len(answers):
        judge_given(judge, answers)
        return
    usual = "withheld" if plain or not showing else "shown"
    for item in answers:
        got = "shown" if item.rates else "withheld"
        judge.check(
            got == usual, operation=item.operation, field=", ".join(item.rates), role=actor.role, value=item.way,
            expected=f"{usual}, as in other answers", got=got if got != usual else f"{usual}, as in other answers",
            exchange=item.exchange, cause=f"rates {got}",
        )  # fmt: skip


def judge_given(judge: Judge, answers: Sequence[RatesShown]) -> None:
    """Report that a plain user is shown all rates: by default the role has not the right, but it is often given.

    Releases that are known not to ask for the right depart from the promise.
    """
    for item in answers:
        operation, field = item.operation, ", ".join(item.rates)
        if judge.is_known(operation=operation, field=field, value=item.way, got=EVERYWHERE):
            judge.check(
                False, operation=operation, field=field, value=item.way, role=item.by.role, expected="withheld",
                got=EVERYWHERE, exchange=item.exchange, cause=EVERYWHERE,
            )  # fmt: skip
        else:
            judge.observe(
                operation=operation, field=field, value=item.way, role=item.by.role, got=EVERYWHERE,
                exchange=item.exchange,
                reason="either the role was given the right to see rates, or everybody is shown them",
            )  # fmt: skip


@clause("permission.budgets")
def test_budgets(context: ProbeContext, judge: Judge, budget_viewer: str) -> None:
    """A list shows a role of a record's budget what the record itself does, and no money of what it may not read.

    Without reading a record a plain user may be shown its hours: by default the members of a project's team are.
    """
    actor = actor_named(context, budget_viewer)
    for shown in budget_sight(context, actor):
        operation = f"GET /api/{shown.kind}"
        for name in BUDGET if shown.read is not None else BUDGET[:1]:
            if shown.read is not None and not shown.usual.get(name) and not shown.listed.get(name):
                judge.observe(
                    operation=operation, field=name, role=actor.role, got="withheld", exchange=shown.exchange,
                    reason="this list shows budgets to nobody",
                )  # fmt: skip
                continue
            got = "shown" if shown.listed.get(name) else "withheld"
            expected = "shown" if (shown.read or {}).get(name) else "withheld"
            judge.check(
                got == expected, operation=operation, field=name, role=actor.role, expected=expected, got=got,
                exchange=shown.exchange, reason="" if shown.read is not None else "the record itself is refused",
            )  # fmt: skip
    if not judge.places:
        judge.skip("not observable: no list shows a record with a budget", role=actor.role)


@clause("permission.sets-rates")
def test_prices_of_own_records(context: ProbeContext, judge: Judge, viewer: str) -> None:
    """A plain user sets no rates of own records: by no way, unless an administrator has given the right to."""
    actor = actor_named(context, viewer)
    if actor.role != "ROLE_USER":
        judge.skip("the role may set rates by default", role=actor.role)
        return
    if not may_send_times(context, actor):
        judge.skip("this tracking mode lets the role send no times", role=actor.role)
        return
    prices = prices_of(context, actor)
    given = bool(prices) and all(item.stored for item in prices)
    for item in prices:
        if given:
            judge.observe(
                operation=item.operation, field=item.field, role=actor.role, got="stored", exchange=item.exchange,
                reason="either the role was given the right to set rates, or everybody may",
            )  # fmt: skip
        else:
            judge.check(
                not item.stored, operation=item.operation, field=item.field, role=actor.role, expected="not stored",
                got="stored" if item.stored else "not stored", exchange=item.exchange,
            )  # fmt: skip
    if not prices:
        judge.skip("not observable: no record of this role was accepted", role=actor.role)


def prices_of(context: ProbeContext, actor: Actor) -> Sequence[PriceSet]:
    """Return which rates of own records an actor sets, asked once a process."""
    return context.cached(f"prices set by {actor.name}", lambda: tuple(prices_set(context, actor)))
