"""Durations as texts mean the same in every documented form.

Source: Duration format (/documentation/duration-format.html); Projects, Time budget (/documentation/project.html).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from conformance.probes import ProbeContext
from conformance.probes.money.durations import FIELD, DurationRead, durations
from conformance.probes.records.creating import MISSING, attribute
from conformance.verdict import Judge, clause

AS_IT_SAYS = "as it says"


@clause("data.duration-text")
def test_durations_mean_what_they_say(context: ProbeContext, judge: Judge) -> None:
    """A time budget that is sent as a text comes to the seconds that it says, whatever its form."""
    for _, group in groupby(durations(context), lambda item: (item.operation, item.form)):
        read = list(group)
        if read[0].meant is None:
            for item in read:
                judge.observe(
                    operation=item.operation, field=FIELD, value=f"whole number {item.sent}", got=str(item.got)
                )
        elif any(item.exchange.ok and item.got is MISSING for item in read) or all(map(about_rights, read)):
            judge.skip("this instance shows no budgets to this actor", operation=read[0].operation, field=FIELD)
        else:
            judge_form(judge, read)


def judge_form(judge: Judge, read: Sequence[DurationRead]) -> None:
    """Judge all texts of one form together."""
    wrong = [item for item in read if item.got != item.meant]
    shorter = wrong and all(item.meant is not None and item.got == item.meant - 1 for item in wrong)
    got = AS_IT_SAYS if not wrong else "one second less" if shorter else "refused" if refused(wrong) else "otherwise"
    judge.check(
        not wrong, operation=read[0].operation, field=FIELD, value=read[0].form, expected=AS_IT_SAYS, got=got,
        exchange=(wrong or read)[0].exchange, cause=f"{FIELD} {read[0].form} {got}",
        reason=", ".join(f"{item.sent} came to {item.got} s" for item in wrong[:5]),
    )  # fmt: skip


def refused(read: Sequence[DurationRead]) -> bool:
    """Whether every one of these was refused for its value."""
    return all(item.exchange.status == 400 for item in read)


def about_rights(item: DurationRead) -> bool:
    """Whether a refusal is about the right to budgets, which leaves them out of the form."""
    body = item.exchange.json_or_none()
    named = attribute(body, f"errors.children.{FIELD}")
    return not item.exchange.ok and (item.exchange.status in (401, 403, 404) or named in (MISSING, {}, []))
