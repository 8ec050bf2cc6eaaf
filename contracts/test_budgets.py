"""Where an instance forbids to overbook, what goes beyond a budget is refused, and what does not is accepted.

Source: Projects, Customers and Activities, Budgets, "Allow overbooking of stored budgets".
Whether it does is recognised by a record that is one more than the budget.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from conformance.exchange import Refused
from conformance.probes import ProbeContext
from conformance.probes.context import once
from conformance.probes.money.budgets import OVERBOOKED, Booking, bookings, text_edits
from conformance.verdict import Judge, clause

ALLOWED = "this instance allows to overbook budgets"
FOR_THE_BUDGET = "refused for the budget"


@pytest.mark.xdist_group("budgets")
@clause("data.budget")
def test_budgets_are_kept(context: ProbeContext, judge: Judge) -> None:
    """A record is refused if, and only if, it goes beyond a budget: made or changed, at a month's border too."""
    items, refused = booked(context)
    messages = {message for item in items if item.case == OVERBOOKED for message in item.messages}
    for item in items:
        if item.fits is None:
            judge.observe(operation=item.operation, value=item.case, got=outcome(item, messages))
        elif not item.text_alone:
            judge_booking(judge, item, messages)
    if refused:
        judge.skip(refused)


@pytest.mark.xdist_group("budgets")
@clause("data.text-edit")
def test_texts_are_changed(context: ProbeContext, judge: Judge) -> None:
    """The description of a record that was accepted can be changed, in whatever state, and however full budgets are."""
    budgets, refused = booked(context)
    for item in (*text_edits(context), *(item for item in budgets if item.text_alone)):
        if item.answer.ok or item.answer.status == 400:
            judge.check(
                item.answer.ok, operation=item.operation, field="description", value=item.case, expected="accepted",
                got="accepted" if item.answer.ok else "refused", exchange=item.answer,
            )  # fmt: skip
        else:
            judge.skip(f"answered {item.answer.status}", operation=item.operation, value=item.case)
    if not judge.places:
        judge.skip(refused or "not observable: no record was accepted that could be changed")


@once("budgets")
def booked(context: ProbeContext) -> tuple[Sequence[Booking], str]:
    """Return what was booked beside budgets, once a process, and why nothing can be said of them."""
    items: list[Booking] = []
    try:
        items.extend(bookings(context))
    except Refused as error:
        return items, str(error)
    more = next((item for item in items if item.case == OVERBOOKED), None)
    if more is not None and not more.about_budget(set()):
        return (), ALLOWED if more.answer.ok else f"a record on a full budget is answered {more.answer.status}"
    return items, ""


def judge_booking(judge: Judge, item: Booking, messages: set[str]) -> None:
    """Judge that a record was accepted where it fits, and refused for its budget where it does not."""
    got, expected = outcome(item, messages), "accepted" if item.fits else FOR_THE_BUDGET
    if got not in ("accepted", FOR_THE_BUDGET):
        judge.skip(got, operation=item.operation, value=item.case)
        return
    judge.check(
        got == expected, operation=item.operation, value=item.case, expected=expected, got=got, exchange=item.answer,
    )  # fmt: skip


def outcome(item: Booking, messages: set[str]) -> str:
    """Return what became of a record; `messages` are those of a full budget."""
    if item.answer.ok:
        return "accepted"
    about = item.about_budget(messages)
    return FOR_THE_BUDGET if about else f"answered {item.answer.status}, not for the budget"
