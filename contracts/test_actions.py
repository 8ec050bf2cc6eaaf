"""Links, toggles, copies, and what time records inherit.

Source: OpenAPI definition; Kimai's documentation, Billable, which contradicts the REST page and so is observed.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.exchange import Refused
from conformance.probes import ProbeContext
from conformance.probes.booleans.billable import Inherited, matrix
from conformance.probes.booleans.booleans import absent_in_post
from conformance.probes.records.copies import PROJECT, duplicated_project_parts, restarts, team_of_the_same_name
from conformance.probes.records.kinds import kind_named
from conformance.probes.records.team_links import (
    AS_EXPECTED,
    ActionResult,
    action_bodies,
    duplicated_project,
    duplicated_sheet,
    export_toggle,
    pin_toggle,
    team_links,
)
from conformance.verdict import Judge, clause

BOOKED = "POST /api/timesheets"


def judge_done(judge: Judge, ask: Callable[[], tuple[ActionResult, ...]], label: str) -> None:
    """Judge that every action did what it says, and nothing else."""
    try:
        result = ask()
    except Refused as error:
        judge.skip(str(error), operation=label)
        return
    for item in result:
        judge.check(
            item.got == AS_EXPECTED, operation=item.operation, value=item.what, expected=AS_EXPECTED, got=item.got,
            exchange=item.exchange,
        )  # fmt: skip
    if not result:
        judge.skip("not observable: this version has no such action, or there is no record for it", operation=label)


@clause("data.links")
def test_team_links(context: ProbeContext, judge: Judge) -> None:
    """What is attached to a team is in it, what is detached is not."""
    judge_done(judge, lambda: team_links(context), "POST /api/teams/{id}/members/{userId}")


@clause("data.actions")
def test_export_toggles(context: ProbeContext, judge: Judge) -> None:
    """Export toggles the export state, and nothing else."""
    judge_done(judge, lambda: export_toggle(context), "PATCH /api/timesheets/{id}/export")


@clause("data.actions")
def test_pin_toggles(context: ProbeContext, judge: Judge) -> None:
    """Pin toggles a comment's pin, and nothing else."""
    judge_done(judge, lambda: pin_toggle(context), "PATCH /api/customers/{id}/comments/{comment}/pin")


@clause("data.actions")
def test_project_is_duplicated(context: ProbeContext, judge: Judge) -> None:
    """A duplicated project is another one with the same values; the original stays."""
    judge_done(judge, lambda: duplicated_project(context), "POST /api/projects/{id}/duplicate")


@clause("data.actions")
def test_time_record_is_duplicated(context: ProbeContext, judge: Judge) -> None:
    """A duplicated time record is another one with the same values; the original stays."""
    judge_done(judge, lambda: duplicated_sheet(context), "PATCH /api/timesheets/{id}/duplicate")


@pytest.mark.alone
@clause("data.actions")
def test_restart_copies_what_it_is_asked(context: ProbeContext, judge: Judge) -> None:
    """A restart copies text and tags where it is asked for all, and nothing otherwise."""
    documented = ("copy=all", "nothing to copy")
    for item in restarts(context):
        if item.what not in documented:
            got = {AS_EXPECTED: "nothing copied"}.get(item.got, item.got)
            judge.on("data.action-body").observe(operation=item.operation, value=item.what, got=got)
        elif item.got.isdigit():
            judge.skip(f"answered {item.got}", operation=item.operation, value=item.what)
        else:
            judge.check(
                item.got == AS_EXPECTED, operation=item.operation, value=item.what, expected=AS_EXPECTED, got=item.got,
                exchange=item.exchange,
            )  # fmt: skip
    if not judge.all_places:
        judge.skip("not observable: nobody has nothing running, or no record was accepted")


@clause("data.actions")
def test_project_is_duplicated_with_all_of_it(context: ProbeContext, judge: Judge) -> None:
    """A duplicated project has budget, order, teams, rates and activities of the original, with their rates."""
    judge_done(judge, lambda: tuple(duplicated_project_parts(context)), PROJECT)


@clause("data.links")
def test_teams_of_others_are_left_alone(context: ProbeContext, judge: Judge) -> None:
    """Asking for a team for a record leaves a team of others that has its name alone."""
    judge_done(judge, lambda: tuple(team_of_the_same_name(context)), "POST /api/customers/{id}/team")


@clause("data.action-body")
def test_body_of_an_action(context: ProbeContext, judge: Judge) -> None:
    """Whether an action applies, refuses or drops a body that it does not document is reported."""
    for body in action_bodies(context):
        judge.observe(operation=body.operation, value=body.what, got=body.got, exchange=body.exchange)
    if not judge.places:
        judge.skip("not observable: every action documents its body")


@clause("boolean.billable-inherited")
@pytest.mark.xdist_group("billable")
def test_billable_is_inherited(context: ProbeContext, judge: Judge) -> None:
    """Whether a record is billable for each state of what it is booked on is reported."""
    for item in matrix(context):
        if item.sent == "absent":
            judge.observe(operation=BOOKED, field="billable", value=f"billable: {flagged(item)}", got=item.got)


def flagged(inherited: Inherited) -> str:
    """Return what is billable of what a record is booked on."""
    names = ("customer", "project", "activity")
    return ", ".join(name for name, flag in zip(names, inherited.flags, strict=True) if flag) or "none"


@clause("boolean.billable-sent-wins")
@pytest.mark.xdist_group("billable")
def test_sent_billable_wins(context: ProbeContext, judge: Judge) -> None:
    """Whether the sent value wins over the inherited one is reported."""
    for item in matrix(context):
        if item.sent != "absent":
            judge.observe(operation=BOOKED, field="billable", value=f"{item.sent} sent", got=item.got)


@clause("boolean.anything-else-true")
@pytest.mark.xdist_group("billable")
def test_sent_true_is_billable(context: ProbeContext, judge: Judge) -> None:
    """A time record that is sent as billable is, whatever it is booked on."""
    sent_wins(context, judge, "true")


@clause("boolean.false-is-false")
@pytest.mark.xdist_group("billable")
def test_sent_false_is_not_billable(context: ProbeContext, judge: Judge) -> None:
    """A time record that is sent as not billable is not, whatever it is booked on."""
    sent_wins(context, judge, "false")


def sent_wins(context: ProbeContext, judge: Judge, sent: str) -> None:
    """Judge that a sent billable is stored; a role that may not send it is left to those that may."""
    for item in matrix(context):
        if item.sent == sent and not item.got.isdigit():
            judge.check(
                item.got == sent, operation=BOOKED, field="billable", value=sent, expected=sent, got=item.got,
                exchange=item.exchange, reason=f"billable: {flagged(item)}",
            )  # fmt: skip
    if not judge.places:
        judge.skip("this role may not send it", operation=BOOKED, field="billable", value=sent)


@clause("boolean.record-default")
def test_new_records_are_billable(context: ProbeContext, judge: Judge) -> None:
    """Whether a new customer, project or activity is billable by default is reported."""
    for name in ("customers", "projects", "activities"):
        kind = kind_named(context.index, name)
        for flag in absent_in_post(context, kind) if kind is not None else ():
            if flag.field == "billable":
                judge.observe(operation=flag.operation, field="billable", value="absent", got=flag.got)
    if not judge.places:
        pytest.skip("no kind has a billable flag")
