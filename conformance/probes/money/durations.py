"""What durations as texts come to: a time budget in every documented form. The run's own records alone are changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.definition import Operation
from conformance.model import Exchange
from conformance.probes.context import ProbeContext
from conformance.probes.records.creating import attribute

FIELD = "timeBudget"

FORMS: Mapping[str, Sequence[tuple[str, int]]] = {
    "hours and minutes": (("8:12", 29520), ("2:01:30", 7290), ("3:143:13", 19393)),
    "units": (("8h12m", 29520), ("147m", 8820), ("3H14M13S", 11653)),
    "decimals with a point": (("8.20", 29520), ("4.35", 15660), ("2.01", 7236), ("4.02", 14472), ("0.5", 1800)),
    "decimals with a comma": (("8,20", 29520), ("4,10", 14760), ("1,5", 5400)),
}
"""Texts and the seconds that they mean. Among the decimals are some that a float misses by a hair."""

UNSETTLED = ("2", "15", "3600")
"""Whole numbers, of which the documentation has said that they are hours, minutes and seconds."""


@dataclass(frozen=True)
class DurationRead:
    """A duration that was sent as a text: what it means, and what the answer shows; None where it was refused."""

    operation: str
    form: str
    sent: str
    meant: int | None
    got: Any
    exchange: Exchange


def durations(context: ProbeContext) -> Iterator[DurationRead]:
    """Set the time budget of a project in every form, that of a customer and an activity in some. Raises Refused."""
    for plural in ("projects", "customers", "activities"):
        label = f"PATCH /api/{plural}/{{id}}"
        change = context.index.get(label)
        if change is None or FIELD not in _named(change):
            continue
        path = f"/api/{plural}/{context.parent(plural)}"
        for form, texts in _forms(context).items():
            for text, meant in texts if plural == "projects" else texts[:1]:
                yield _read(context, label, path, form, text, meant)
        for text in UNSETTLED if plural == "projects" else ():
            yield _read(context, label, path, "whole numbers", text, None)
        context.session().patch(path, json={FIELD: None})


def _named(change: Operation) -> set[str]:
    """Return the attributes of a form and of its answer: old definitions leave budgets out of forms that have them."""
    taken = {field.name for field in change.body.fields} if change.body is not None else set()
    shown = change.success.shape if change.success is not None else None
    return taken | (set(shown.attributes) if shown is not None else set())


def _forms(context: ProbeContext) -> Mapping[str, Sequence[tuple[str, int]]]:
    """Return the texts of each form, with minutes and hundredths of an hour: some drawn, in the thorough profile all.

    The first of a form is always the same: other kinds of records are asked that one alone.
    """
    if not context.profile_at_least("standard"):
        return FORMS
    whole = context.profile_at_least("thorough")
    chance = context.rng("durations")
    minutes = list(range(60)) if whole else sorted({0, 1, 59, *chance.sample(range(60), 12)})
    hundredths = list(range(100)) if whole else sorted({1, 99, *chance.sample(range(100), 10)})
    hour = chance.randrange(1, 25)
    drawn = {
        "hours and minutes": [(f"{hour}:{number:02}", hour * 3600 + number * 60) for number in minutes],
        "units": [(f"{hour}h{number}m", hour * 3600 + number * 60) for number in minutes[:: 1 if whole else 3]],
        "decimals with a point": [(f"8.{number:02}", 28800 + 36 * number) for number in hundredths],
        "decimals with a comma": [(f"8,{number:02}", 28800 + 36 * number) for number in hundredths[::3]],
    }
    return {form: (*texts, *drawn[form]) for form, texts in FORMS.items()}


def _read(context: ProbeContext, label: str, path: str, form: str, text: str, meant: int | None) -> DurationRead:
    answer = context.session().patch(path, json={FIELD: text})
    return DurationRead(
        label, form, text, meant, attribute(answer.json_or_none(), FIELD) if answer.ok else None, answer
    )
