"""What a time record costs is what its duration and its rate make, to the cent.

Source: Prices (/documentation/rates.html). Instances multiply whole seconds, or hours with two decimals where they are
set to; which of the two is seen in what they answer. They may have other prices on some days of the week, which hold
for all rates but those of a record's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pytest

from conformance.exchange import Refused
from conformance.probes import ProbeContext
from conformance.probes.money.rates import Priced, best_rates, internal_rate, own_rates
from conformance.verdict import Judge, clause
from contracts.parametrize import parametrize_by

AS_PRICED = "as duration and rate make"
_CENT = 0.0051
_SAME_RATIO = 0.0001
_WEEKEND = (5, 6)
_PREFERRED = 40.0


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item for records with rates of their own, one for those that go by what they are booked on."""
    parametrize_by(metafunc, "priced", lambda _: list(ASKED), "rates")


ASKED: Mapping[str, Callable[[ProbeContext], Iterable[Priced]]] = {"own": own_rates, "best": best_rates}


@pytest.mark.alone
@clause("data.rate")
def test_rate(context: ProbeContext, judge: Judge, priced: str) -> None:
    """A record costs what its rate and its duration make, or its fixed rate whatever it lasts."""
    records = shown(context, judge, priced)
    hours = counted_hours(records)
    for item in records:
        wanted = price(item, hours)
        judge.check(
            near(item.rate, wanted), operation=item.operation, field="rate", value=item.case, expected=AS_PRICED,
            got=AS_PRICED if near(item.rate, wanted) else f"{item.rate:g} instead of {wanted:g}",
            exchange=item.exchange, cause=f"rate {kind_of(item)}",
        )  # fmt: skip


@pytest.mark.alone
@clause("data.internal-rate")
def test_internal_rate(context: ProbeContext, judge: Judge, priced: str) -> None:
    """A record's internal rate is what the internal rate that applies makes: by the hour but for a fixed one."""
    records = shown(context, judge, priced)
    for item in records:
        factor = factor_of(judge, item, records)
        if factor is not None:
            judge_internal(judge, item, counted_hours(records), factor)


@pytest.mark.alone
@clause("data.rate-source")
def test_rate_source(context: ProbeContext, judge: Judge, priced: str) -> None:
    """A record goes by its own rate, or by the best: activity, project, customer; a user's own before all's."""
    records = shown(context, judge, priced)
    for item in records:
        factor = factor_of(judge, item, records)
        if factor is None:
            continue
        field, wanted, got = term(item, factor)
        if wanted is not None and isinstance(got, int | float):
            judge.check(
                near(got, wanted), operation=item.operation, field=field, value=item.case, expected=f"{wanted:g}",
                got=f"{got:g}", exchange=item.exchange, cause=field,
            )  # fmt: skip


def shown(context: ProbeContext, judge: Judge, priced: str) -> Sequence[Priced]:
    """Return the records that show their money, asked once a process; what was refused, runs, or shows none is said."""
    records, refused = context.cached(f"rates {priced}", lambda: asked(context, ASKED[priced]))
    for item in records:
        if not item.shown:
            reason = "no rate is shown" if item.exchange.ok else f"answered {item.exchange.status}"
            judge.skip(reason, operation=item.operation, value=item.case)
        elif goes_by_another_fixed_rate(item):
            judge.skip("what is booked on has a fixed rate", operation=item.operation, value=item.case)
    if refused:
        judge.skip(refused)
    return [item for item in records if item.shown and not goes_by_another_fixed_rate(item)]


def goes_by_another_fixed_rate(item: Priced) -> bool:
    """Whether a record shows a fixed rate that it was not given: a lent project or its customer may have one."""
    return item.source.fixed is None and isinstance(item.fixed, int | float)


def asked(context: ProbeContext, ask: Callable[[ProbeContext], Iterable[Priced]]) -> tuple[Sequence[Priced], str]:
    """Return what a probe observed, and why it went no further. An internal rate is set where that is allowed."""
    result: list[Priced] = []
    try:
        with internal_rate(context, _PREFERRED):
            result.extend(ask(context))
    except Refused as error:
        return result, str(error)
    return result, ""


def term(item: Priced, factor: float) -> tuple[str, float | None, Any]:
    """Return which rate a record should have, how much it should be, and what is shown."""
    source = item.source
    if source.fixed is not None:
        return "fixedRate", source.fixed, item.fixed
    wanted = None if source.hourly is None else source.hourly * (1.0 if source.own else factor)
    return "hourlyRate", wanted, item.hourly


def judge_internal(judge: Judge, item: Priced, hours: Callable[[int], float], factor: float) -> None:
    """Judge the internal rate: from the rate that fits, or by the hour from the user's preference."""
    source = item.source
    if source.internal is None or not isinstance(item.internal, int | float):
        # What it is without any internal rate is nowhere promised.
        judge.observe(operation=item.operation, field="internalRate", value=item.case, got="not set anywhere")
        return
    scaled = source.internal if source.own or source.fixed is not None else source.internal * factor
    wanted = source.internal if source.internal_is_fixed else scaled * hours(item.duration or 0)
    got = AS_PRICED if near(item.internal, wanted) else f"{item.internal:g} instead of {wanted:g}"
    if got != AS_PRICED and source.fixed is not None and near(item.internal, source.internal):
        got = "one full hour"
    judge.check(
        got == AS_PRICED, operation=item.operation, field="internalRate", value=item.case, expected=AS_PRICED, got=got,
        exchange=item.exchange, cause=f"internalRate {kind_of(item)}",
    )  # fmt: skip


def kind_of(item: Priced) -> str:
    """Return whether a record should have a fixed rate or one by the hour."""
    return "hourly" if item.source.fixed is None else "fixed"


def price(item: Priced, hours: Callable[[int], float]) -> float:
    """Return what a record costs by what it shows: its fixed rate, or its hourly one for as long as it lasts."""
    if item.source.fixed is not None:
        return item.source.fixed
    hourly = item.hourly if isinstance(item.hourly, int | float) else item.source.hourly or 0.0
    return hourly * hours(item.duration or 0)


def whole_seconds(seconds: int) -> float:
    """Return hours as the seconds make them."""
    return seconds / 3600


def two_decimals(seconds: int) -> float:
    """Return hours with two decimals, halves upwards."""
    return int(seconds / 36 + 0.5) / 100


def counted_hours(records: Sequence[Priced]) -> Callable[[int], float]:
    """Return how the instance counts hours: with two decimals where all but a few records say so, else by seconds."""
    telling = [item for item in records if not near(price(item, whole_seconds), price(item, two_decimals))]
    decimal = [item for item in telling if near(item.rate, price(item, two_decimals))]
    return two_decimals if len(decimal) > len(telling) / 2 else whole_seconds


def factor_of(judge: Judge, item: Priced, records: Sequence[Priced]) -> float | None:
    """Return by what prices are multiplied on the day on which a record ends; None, and say so, where that is open."""
    factor = weekday_factor(records, item.weekday)
    if factor is None:
        judge.skip(
            "prices may differ at weekends, and a single record shows", operation=item.operation, value=item.case
        )
    return factor


def weekday_factor(records: Sequence[Priced], weekday: int | None) -> float | None:
    """Return by what the instance multiplies the prices of a day of the week: seen where it does so with all of several
    records. None where a single one of a weekend leaves open whether it does.
    """
    ratios = [
        item.hourly / item.source.hourly
        for item in records
        if item.weekday == weekday and item.source.hourly and not item.source.own
        if isinstance(item.hourly, int | float)
    ]
    if len(ratios) == 1 and weekday in _WEEKEND and ratios[0] != 1:
        return None
    if len(ratios) == 1:
        return 1.0
    return ratios[0] if ratios and max(ratios) - min(ratios) < _SAME_RATIO else 1.0


def near(one: float, other: float) -> bool:
    """Whether two amounts are the same to the cent."""
    return abs(one - other) < _CENT
