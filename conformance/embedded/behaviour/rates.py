"""What a timesheet earns: its own rate, the best fitting one of activity, project and customer, or its user's."""

from __future__ import annotations

from typing import Any

from conformance.embedded.store.models import Timesheet, User


def calculate(sheet: Timesheet, internal_by_duration: bool) -> None:
    """Set the rates of a record from its duration. A running one earns nothing yet.

    `internal_by_duration`: see `versions`.
    """
    if sheet.end is None:
        sheet.rate = sheet.internal_rate = 0.0
        return
    best, own = _best(sheet), preferred(sheet.user, "internal_rate")
    fixed, fixed_internal = sheet.fixed_rate, None
    hourly, internal = sheet.hourly_rate, None
    if best is not None and best.is_fixed:
        fixed = best.rate if fixed is None else fixed
        fixed_internal = best.internal_rate
    elif best is not None:
        hourly = best.rate if hourly is None else hourly
        internal = best.internal_rate
    if fixed is not None:
        sheet.fixed_rate = sheet.rate = fixed
        if fixed_internal is None and own is not None:
            fixed_internal = _for(own, sheet.duration) if internal_by_duration else own
        sheet.internal_rate = fixed if fixed_internal is None else fixed_internal
        return
    if hourly is None:
        hourly = preferred(sheet.user, "hourly_rate") or 0.0
    if internal is None:
        internal = hourly if own is None else own
    sheet.hourly_rate = hourly
    sheet.rate = _for(hourly, sheet.duration)
    sheet.internal_rate = _for(internal, sheet.duration)


def _for(hourly: float, seconds: int) -> float:
    return round(hourly * seconds / 3600, 4)


def preferred(user: User, name: str) -> float | None:
    """A rate from the user's preferences, None where there is none."""
    value = next((preference.value for preference in user.preferences if preference.name == name), None)
    try:
        return None if value in (None, "") else float(str(value))
    except ValueError:
        return None


def _best(sheet: Timesheet) -> Any:
    """The rate that fits best: an activity's before a project's before a customer's, a user's own before all's."""
    customer = sheet.project.customer
    sources: list[list[Any]] = [customer.rates, sheet.project.rates, sheet.activity.rates if sheet.activity else []]
    scored: list[tuple[int, Any]] = [
        (2 * position + (rate.user_id is not None), rate)
        for position, rates in enumerate(sources)
        for rate in rates
        if rate.user_id in (None, sheet.user.id)
    ]
    return max(scored, key=lambda pair: pair[0])[1] if scored else None
