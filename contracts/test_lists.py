"""Lists in bodies: what is stored is what was sent, and a change that is refused changes nothing of it.

Source: OpenAPI definition: members, teams, tags, roles, preferences; RFC 5789, section 2: PATCH is atomic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import pytest

from conformance.exchange import Refused
from conformance.probes import ProbeContext
from conformance.probes.access.own_user import preference_lists, role_lists
from conformance.probes.records.list_bodies import ListStored, record_teams, sheet_tags, team_lists, team_refusals
from conformance.verdict import Judge, clause

LISTS: Mapping[str, Callable[[ProbeContext], Iterable[ListStored]]] = {
    "members": team_lists, "teams": record_teams, "tags": sheet_tags, "roles": role_lists,
    "preferences": preference_lists,
}  # fmt: skip
"""Probes by the lists that they send. Roles and preferences are those of a user of the run."""

NOT_ABOUT_THE_LIST = (401, 403, 404, 429)
"""Answers that are not about the list, as are those of a server that fails."""


@clause("data.lists")
@pytest.mark.parametrize("ask", LISTS.values(), ids=LISTS)
def test_a_list_replaces_the_one_before(
    context: ProbeContext, judge: Judge, ask: Callable[[ProbeContext], Iterable[ListStored]]
) -> None:
    """A list that was accepted is stored as it was sent: whole, once, and nothing of the one before it."""
    for item in _asked(judge, ask, context):
        if item.answer.ok:
            judge_stored(judge, item)
        elif item.answer.status in (400, 404) and not item.settled and item.before:
            judge_unchanged(judge, item)
        elif item.answer.status in NOT_ABOUT_THE_LIST or item.answer.status >= 500 or not item.settled:
            judge.skip(f"answered {item.answer.status}", operation=item.operation, field=item.field, value=item.case)
        else:
            judge_refused(judge, item)


def judge_stored(judge: Judge, item: ListStored) -> None:
    """Judge that an accepted list is stored as it was sent; what was left out of a change stays as it was."""
    if not item.settled:
        judge.observe(operation=item.operation, field=item.field, value=item.case, got=item.stored)
        return
    about = judge.on("data.patch-only-sent") if item.case == "left out" else judge
    about.check(
        item.stored == item.sent, operation=item.operation, field=item.field, value=item.case, expected=item.sent,
        got=item.stored, exchange=item.answer, cause=f"{item.operation} {item.field}",
        reason=f"before: {item.before}" if item.before else "",
    )  # fmt: skip


def judge_refused(judge: Judge, item: ListStored) -> None:
    """Judge a refusal of a list that a create takes, and that nothing was changed by it."""
    if item.control is None or item.control >= 400:
        judge.skip("a create with the same list is refused as well", operation=item.operation, value=item.case)
    else:
        judge.check(
            False, operation=item.operation, field=item.field, value=item.case, expected=item.sent,
            got=str(item.answer.status), exchange=item.answer, cause=f"{item.operation} {item.field}",
            reason=f"before: {item.before}",
        )  # fmt: skip
    judge_unchanged(judge, item)


@clause("data.lists")
def test_a_refused_change_leaves_the_list(context: ProbeContext, judge: Judge) -> None:
    """A change of a team that is refused leaves its members, whatever of it was wrong."""
    for item in _asked(judge, team_refusals, context):
        if item.answer.ok:
            judge.observe(operation=item.operation, field=item.field, value=item.case, got=item.stored)
        else:
            judge_unchanged(judge, item)


def judge_unchanged(judge: Judge, item: ListStored) -> None:
    """Judge that a refused change left the list as it was."""
    same = item.stored == item.before
    judge.on("data.refused-changes-nothing").check(
        same, operation=item.operation, field=item.field, value=item.case, expected="unchanged",
        got="unchanged" if same else item.stored, exchange=item.answer, reason="" if same else f"before: {item.before}",
    )  # fmt: skip


def _asked(
    judge: Judge, ask: Callable[[ProbeContext], Iterable[ListStored]], context: ProbeContext
) -> Iterable[ListStored]:
    """Yield what a probe observed, as far as it comes; where it may not go on, that is said."""
    try:
        yield from ask(context)
    except Refused as error:
        judge.skip(str(error))
    if not judge.all_places:
        judge.skip("not observable: there is nobody and nothing to make a list of")
