"""Faults of money: what time records cost, where their rates come from, and what durations as texts come to."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from conformance.embedded.faults.authentication import as_somebody
from conformance.embedded.faults.messages import Answer, Record, Request
from conformance.embedded.faults.permissions import lead, plain
from conformance.embedded.faults.registry import Inner, fault, variation

_SIGHT = ("permission.rates",)
_RATE, _INTERNAL, _SOURCE = ("data.rate",), ("data.internal-rate",), ("data.rate-source",)
SHEETS = "/api/timesheets"
ANSWERS = (f"POST {SHEETS}", f"PATCH {SHEETS}*", f"GET {SHEETS}*")


def _repriced(answer: Answer, change: Callable[[Record], Any], name: str = "rate") -> Answer:
    """Return an answer in which records that have ended have another rate; None leaves it."""

    def changed(record: Record) -> Record:
        value = change(record) if record.get("end") and record.get(name) is not None else None
        return record if value is None else {**record, name: value}

    return answer.each(changed)


def _hourly(record: Record) -> float | None:
    """Return the hourly rate of a record that has no fixed one."""
    rate = record.get("hourlyRate") if record.get("fixedRate") is None else None
    return float(rate) if isinstance(rate, int | float) else None


@fault("rate-cut-to-cents", breaks=_RATE, on=ANSWERS)
def rate_cut_to_cents(_request: Request, answer: Answer) -> Answer:
    """What is less than a cent of a rate is cut off, not rounded."""
    return _repriced(answer, lambda record: math.floor(record["rate"] * 100 + 1e-6) / 100)


@fault("rate-of-whole-quarters", breaks=_RATE, on=ANSWERS)
def rate_of_whole_quarters(_request: Request, answer: Answer) -> Answer:
    """A record is charged by whole quarters of an hour, though its duration is not rounded."""
    return _repriced(answer, lambda r: None if (rate := _hourly(r)) is None else rate * (r["duration"] // 900) / 4)


@fault("rate-of-a-day-at-most", breaks=_RATE, on=ANSWERS)
def rate_of_a_day_at_most(_request: Request, answer: Answer) -> Answer:
    """A record costs a day's worth at most, however long it is."""
    return _repriced(answer, lambda r: None if (rate := _hourly(r)) is None else min(r["rate"], rate * 24))


@fault("fixed-rate-by-the-hour", breaks=_RATE, on=ANSWERS)
def fixed_rate_by_the_hour(_request: Request, answer: Answer) -> Answer:
    """A fixed rate is multiplied by the hours of its record."""
    return _repriced(answer, lambda r: None if r.get("fixedRate") is None else r["fixedRate"] * r["duration"] / 3600)


@fault("free-of-charge-is-charged", breaks=_RATE, on=ANSWERS)
def free_of_charge_is_charged(_request: Request, answer: Answer) -> Answer:
    """A fixed rate of 0 is taken for none, and the record costs something all the same."""
    return _repriced(answer, lambda record: 50.0 if record.get("fixedRate") == 0 else None)


@fault("rate-stays-after-a-change", breaks=_RATE, on=(f"PATCH {SHEETS}/{{id}}",))
async def rate_stays_after_a_change(request: Request, inner: Inner) -> Answer:
    """A change of a record's times leaves its rate as it was."""
    before = (await inner(request.read(request.route))).record
    answer = await inner(request)
    timed = {"begin", "end"} & request.fields.keys() and before.get("end")
    return _repriced(answer, lambda _: before.get("rate")) if timed else answer


@fault("duplicate-costs-nothing", breaks=_RATE, on=(f"PATCH {SHEETS}/{{id}}/duplicate",))
def duplicate_costs_nothing(_request: Request, answer: Answer) -> Answer:
    """A duplicate costs nothing until it is changed."""
    return _repriced(answer, lambda _: 0.0)


@fault("stopped-costs-an-hour", breaks=_RATE, on=(f"PATCH {SHEETS}/{{id}}/stop",))
def stopped_costs_an_hour(_request: Request, answer: Answer) -> Answer:
    """What is stopped costs an hour's worth at least."""
    return _repriced(answer, lambda r: None if (rate := _hourly(r)) is None else max(r["rate"], rate))


@fault("internal-rate-is-the-rate", breaks=_INTERNAL, on=ANSWERS)
def internal_rate_is_the_rate(_request: Request, answer: Answer) -> Answer:
    """The internal rate of a record is its rate, whatever internal rate there is."""
    return _repriced(answer, lambda record: record["rate"], "internalRate")


@fault("internal-rate-of-half-an-hour", breaks=_INTERNAL, on=ANSWERS)
def internal_rate_of_half_an_hour(_request: Request, answer: Answer) -> Answer:
    """The internal rate of a record is that of half an hour at least."""

    def half(record: Record) -> Any:
        short = record.get("fixedRate") is None and 0 < record["duration"] < 1800
        return record["internalRate"] * 1800 / record["duration"] if short else None

    return _repriced(answer, half, "internalRate")


@fault("a-cent-more-after-new-times", breaks=_RATE, on=(f"PATCH {SHEETS}/{{id}}",))
def a_cent_more_after_new_times(request: Request, answer: Answer) -> Answer:
    """A change of nothing but times makes a record a cent dearer."""
    times = bool(request.fields) and request.fields.keys() <= {"begin", "end"}
    return _repriced(answer, lambda record: record["rate"] + 0.01 if record["rate"] else None) if times else answer


@fault("restarted-has-no-internal-rate", breaks=_INTERNAL, on=(f"PATCH {SHEETS}/{{id}}/restart", f"* {SHEETS}*"))
async def restarted_has_no_internal_rate(request: Request, inner: Inner) -> Answer:
    """What was restarted has its rate as its internal rate, once it is stopped."""
    answer = await inner(request)
    if request.route.endswith("/restart") and answer.ok:
        inner.memory[f"restarted {answer.record.get('id')}"] = True
    return _repriced(
        answer, lambda r: r["rate"] if inner.memory.get(f"restarted {r.get('id')}") else None, "internalRate"
    )


@fault("other-activity-keeps-its-rate", breaks=_SOURCE, on=(f"PATCH {SHEETS}/{{id}}",))
async def other_activity_keeps_its_rate(request: Request, inner: Inner) -> Answer:
    """A record that gets another activity of its project keeps the rate of the old one."""
    old = (await inner(request.read(request.route))).record.get("hourlyRate")
    if request.fields.keys() != {"activity"} or not old:
        return await inner(request)
    return await inner(request.with_fields(lambda fields: {"hourlyRate": old, **fields}))


@fault("rate-of-a-user-is-for-all", breaks=_SOURCE, on=(f"POST {SHEETS}",))
async def rate_of_a_user_is_for_all(request: Request, inner: Inner) -> Answer:
    """An activity's rate for one user holds for others, too, who have none there themselves."""
    caller = await inner.caller(request)
    path = f"/api/activities/{request.fields.get('activity')}/rates"
    rates = (await as_somebody(request.read(path), inner)).items
    users = {user.get("id"): rate["rate"] for rate in rates if isinstance(user := rate.get("user"), dict)}
    sent = request.fields.keys() & {"hourlyRate", "fixedRate"}
    if not users or caller.get("id") in users or sent or plain(caller):
        return await inner(request)
    return await inner(request.with_fields(lambda fields: {**fields, "hourlyRate": max(users.values())}))


@fault("customer-rate-wins", breaks=_SOURCE, on=(f"POST {SHEETS}",))
async def customer_rate_wins(request: Request, inner: Inner) -> Answer:
    """A customer's rate for all comes before any rate of projects and activities."""
    project = (await inner(request.read(f"/api/projects/{request.fields.get('project')}"))).record
    rates = (await as_somebody(request.read(f"/api/customers/{project.get('customer')}/rates"), inner)).items
    shared = next((rate["rate"] for rate in rates if rate.get("user") is None), None)
    sent = request.fields.keys() & {"hourlyRate", "fixedRate"}
    if shared is None or sent or len((await inner.caller(request)).get("roles", ())) == 0:
        return await inner(request)
    return await inner(request.with_fields(lambda fields: {**fields, "hourlyRate": shared}))


@fault("moved-record-keeps-its-rate", breaks=_SOURCE, on=(f"PATCH {SHEETS}/{{id}}",))
async def moved_record_keeps_its_rate(request: Request, inner: Inner) -> Answer:
    """A record that moves to another project keeps the rate that it had."""
    old = (await inner(request.read(request.route))).record.get("hourlyRate")
    if "project" not in request.fields or not old:
        return await inner(request)
    return await inner(request.with_fields(lambda fields: {"hourlyRate": old, **fields}))


@fault("rate-for-a-user-is-for-nobody", breaks=_SOURCE, on=("POST /api/projects/{id}/rates",))
async def rate_for_a_user_is_for_nobody(request: Request, inner: Inner) -> Answer:
    """A project's rate for one user is told to be stored, and never applies."""
    made = await inner(request)
    if made.ok and request.fields.get("user") is not None:
        await inner(request.other("DELETE", f"{request.route}/{made.record['id']}"))
    return made


RATES = ("rate", "internalRate", "hourlyRate", "fixedRate")


async def _priced(request: Request, inner: Inner, *names: str) -> Answer:
    """Send a request, and show a plain user these rates in its answer, as an administrator sees them."""
    answer = await inner(request)
    if not answer.ok or not plain(await inner.caller(request)):
        return answer
    records = answer.items or [answer.record]
    seen = {}
    for record in records:
        whole = (await as_somebody(request.read(f"{SHEETS}/{record.get('id')}"), inner)).record
        wanted = names or (RATES[:2] if answer.items else RATES)  # Lists have no more of them.
        seen[record.get("id")] = {name: whole[name] for name in wanted if name in whole}
    return answer.each(lambda record: {**record, **seen.get(record.get("id"), {})})


@fault("rates-shown-when-made", breaks=_SIGHT, on=(f"POST {SHEETS}",))
async def rates_shown_when_made(request: Request, inner: Inner) -> Answer:
    """The answer to a new time record shows a plain user what it costs; reading it does not."""
    return await _priced(request, inner)


@fault("rates-shown-when-stopped", breaks=_SIGHT, on=(f"PATCH {SHEETS}/{{id}}/stop",))
async def rates_shown_when_stopped(request: Request, inner: Inner) -> Answer:
    """The answer to stopping a time record shows a plain user what it costs."""
    return await _priced(request, inner)


@fault("rates-shown-in-full-lists", breaks=_SIGHT, on=(f"GET {SHEETS}",))
async def rates_shown_in_full_lists(request: Request, inner: Inner) -> Answer:
    """A plain user's list shows what records cost where it is asked for with full."""
    return await (_priced(request, inner, "rate", "internalRate") if request.value("full") else inner(request))


@fault("rates-shown-of-recent", breaks=_SIGHT, on=(f"GET {SHEETS}/recent",))
async def rates_shown_of_recent(request: Request, inner: Inner) -> Answer:
    """A plain user's recent records show what they cost."""
    return await _priced(request, inner, "rate", "internalRate")


@fault("hourly-rate-shown-on-its-own", breaks=_SIGHT, on=(f"GET {SHEETS}/{{id}}",))
async def hourly_rate_shown_on_its_own(request: Request, inner: Inner) -> Answer:
    """A time record that is read shows a plain user its hourly rate, and no other."""
    return await _priced(request, inner, "hourlyRate")


@fault("rates-withheld-from-leads-in-lists", breaks=_SIGHT, on=(f"GET {SHEETS}",))
async def rates_withheld_from_leads_in_lists(request: Request, inner: Inner) -> Answer:
    """Lists withhold from a lead the rates that they are shown of each record."""
    answer = await inner(request)
    if not lead(await inner.caller(request)):
        return answer
    return answer.each(lambda record: {name: value for name, value in record.items() if name not in RATES})


@fault("budgets-shown-in-lists", breaks=("permission.budgets",), on=("GET /api/projects",))
async def budgets_shown_in_lists(request: Request, inner: Inner) -> Answer:
    """The list of projects shows a plain user the money that each may cost; the projects themselves are refused."""
    answer = await inner(request)
    if not answer.ok or not plain(await inner.caller(request)):
        return answer
    whole = await as_somebody(request, inner)
    money = {record.get("id"): record.get("budget", 0) for record in whole.items}
    return answer.each(lambda record: {**record, "budget": money.get(record.get("id"), 0)})


@fault("budget-hours-left-out-of-lists", breaks=("permission.budgets",), on=("GET /api/activities",))
async def budget_hours_left_out_of_lists(request: Request, inner: Inner) -> Answer:
    """The list of activities shows an administrator money, and no hours, of their budgets."""
    answer = await inner(request)
    if (await inner.caller(request)).get("roles") != ["ROLE_ADMIN"]:
        return answer
    return answer.each(lambda record: {name: value for name, value in record.items() if name != "timeBudget"})


@variation("plain-users-see-rates", on=ANSWERS)
async def plain_users_see_rates(request: Request, inner: Inner) -> Answer:
    """Every answer shows a plain user what records cost: the role was given the right to see it, not to set it."""
    return await _priced(request, inner)


@fault("fixed-rate-shown-in-lists", breaks=_SIGHT, on=(f"GET {SHEETS}",))
async def fixed_rate_shown_in_lists(request: Request, inner: Inner) -> Answer:
    """Lists show a plain user the fixed rate of records that have one."""
    answer = await _priced(request, inner, "fixedRate")
    return answer.each(lambda r: {k: v for k, v in r.items() if k != "fixedRate" or v is not None})


@fault("plain-users-set-prices", breaks=("permission.sets-rates",), on=(f"PATCH {SHEETS}/{{id}}",))
async def plain_users_set_prices(request: Request, inner: Inner) -> Answer:
    """A plain user changes what their records cost by the hour."""
    if not {"hourlyRate", "fixedRate"} & request.fields.keys() or not plain(await inner.caller(request)):
        return await inner(request)
    await as_somebody(request, inner)
    return await inner(request.read(request.route))


_TEXTS = ("data.duration-text",)
_CONTENT = tuple(
    f"{method} /api/{kind}" for kind in ("customers", "projects", "activities") for method in ("POST", "PATCH")
)
_BUDGETED = tuple(place if place.startswith("POST") else f"{place}/{{id}}" for place in _CONTENT)


def _with_budget(request: Request, change: Callable[[str], Any]) -> Request:
    sent = request.fields.get("timeBudget")
    return (
        request.with_fields(lambda fields: {**fields, "timeBudget": change(sent)}) if isinstance(sent, str) else request
    )


@fault("decimal-minutes-taken-for-minutes", breaks=_TEXTS, on=_BUDGETED)
def decimal_minutes_taken_for_minutes(request: Request) -> Request:
    """The decimals of hours are taken for minutes: 8.20 is 8:20."""
    return _with_budget(request, lambda sent: sent.replace(".", ":") if sent.count(".") == 1 else sent)


@fault("comma-cuts-the-hours", breaks=_TEXTS, on=_BUDGETED)
def comma_cuts_the_hours(request: Request) -> Request:
    """What stands behind a comma is left out: 8,20 is 8 hours."""
    return _with_budget(request, lambda sent: sent.partition(",")[0])


@fault("units-in-capitals-refused", breaks=_TEXTS, on=_BUDGETED)
def units_in_capitals_refused(request: Request) -> Request:
    """Hours and minutes are known in small letters alone."""
    return _with_budget(request, lambda sent: "x" if "H" in sent else sent)


@fault("seconds-of-a-duration-lost", breaks=_TEXTS, on=_BUDGETED)
def seconds_of_a_duration_lost(request: Request) -> Request:
    """The seconds of a duration are left out: 2:01:30 is 2:01."""
    return _with_budget(request, lambda sent: ":".join(sent.split(":")[:2]))


@fault("last-minute-of-an-hour-lost", breaks=_TEXTS, on=_BUDGETED)
def last_minute_of_an_hour_lost(request: Request) -> Request:
    """Fifty-nine minutes are fifty-eight: 1:59 is 1:58."""
    return _with_budget(request, lambda sent: sent.removesuffix(":59") + ":58" if sent.endswith(":59") else sent)
