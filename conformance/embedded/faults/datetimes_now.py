"""Faults of datetimes that show at some dates, in some answers or to some readers only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from conformance.embedded.faults.datetimes import (
    LOCAL,
    SHEETS,
    change_times,
    shift,
    shift_local,
    written,
    zone_of,
)
from conformance.embedded.faults.messages import Answer, Record, Request, refusal
from conformance.embedded.faults.registry import Inner, fault

_HOUR = timedelta(hours=1)
_WRAP = timedelta(seconds=2**32)


@fault("full-list-an-hour-off", breaks=("datetime.every-answer-agrees",), on=("GET /api/timesheets",))
def full_list_an_hour_off(request: Request, answer: Answer) -> Answer:
    """The list with `full` shows ends an hour later. Without it they are right."""
    return (
        answer.map_times(lambda text: shift(text, _HOUR), "end") if request.value("full") in ("1", "true") else answer
    )


@fault("running-an-hour-off", breaks=("datetime.every-answer-agrees",), on=("GET /api/timesheets/active",))
def running_an_hour_off(_request: Request, answer: Answer) -> Answer:
    """The list of running records shows their begin an hour later."""
    return answer.map_times(lambda text: shift(text, _HOUR), "begin")


@fault("others-in-the-readers-zone", breaks=("datetime.every-answer-agrees",), on=("GET /api/timesheets",))
async def others_in_the_readers_zone(request: Request, inner: Inner) -> Answer:
    """A list shows the local times of other users with the offset of the reader."""
    reader = await inner.caller(request)
    zone = ZoneInfo(reader.get("timezone") or "UTC")

    def change(record: Record) -> Record:
        user = record.get("user")
        if (user.get("id") if isinstance(user, dict) else user) == reader.get("id"):
            return record
        times = {name: record[name] for name in ("begin", "end") if record.get(name)}
        return {**record, **{k: written(datetime.fromisoformat(v).replace(tzinfo=zone)) for k, v in times.items()}}

    return (await inner(request)).each(change)


@fault("modified-after-in-own-zone", breaks=("datetime.modified-after",), on=("GET /api/timesheets",))
async def modified_after_in_own_zone(request: Request, inner: Inner) -> Answer:
    """`modified_after` is read in the zone of the caller instead of UTC."""
    text = request.value("modified_after")
    zone = ZoneInfo((await inner.caller(request)).get("timezone") or "UTC") if text else UTC
    try:
        moment = datetime.strptime(text or "", LOCAL).replace(tzinfo=zone)
    except ValueError:
        return await inner(request)
    return await inner(request.with_query(modified_after=moment.astimezone(UTC).strftime(LOCAL)))


@fault(
    "after-2038-wrapped",
    breaks=("datetime.local-time-kept", "datetime.accepted"),
    on=("POST /api/timesheets", "PATCH /api/timesheets/{id}"),
)
def after_2038_wrapped(request: Request) -> Request:
    """Times after January 19, 2038 are stored as such of the 20th century."""

    def wrapped(value: object) -> object:
        try:
            moment = datetime.strptime(str(value), LOCAL)
        except ValueError:
            return value
        return (moment - _WRAP).strftime(LOCAL) if moment > datetime(2038, 1, 19, 4) else value

    return change_times(request, wrapped, "begin", "end")


@fault("old-times-refused-in-patch", breaks=("datetime.accepted",), on=("PATCH /api/timesheets/{id}",))
async def old_times_refused_in_patch(request: Request, inner: Inner) -> Answer:
    """PATCH refuses times before 1970. POST takes them."""
    old = any(str(request.fields.get(name, "")).startswith(("18", "195", "196")) for name in ("begin", "end"))
    return refusal(400, "Validation Failed") if old else await inner(request)


@fault("duration-without-days", breaks=("datetime.duration",), on=SHEETS)
def duration_without_days(_request: Request, answer: Answer) -> Answer:
    """The duration of a record of more than a day lacks the days."""
    return _durations(answer, lambda seconds: seconds % 86400)


@fault("duration-stale-after-patch", breaks=("datetime.duration",), on=("PATCH /api/timesheets/{id}",))
async def duration_stale_after_patch(request: Request, inner: Inner) -> Answer:
    """The answer to a change has the duration from before it."""
    before = (await inner(request.read(request.route))).record.get("duration")
    return _durations(await inner(request), lambda seconds: before if isinstance(before, int) else seconds)


@fault("april-without-summer-time", breaks=("datetime.offset",), on=SHEETS)
def april_without_summer_time(_request: Request, answer: Answer) -> Answer:
    """Times in April are shown with the offset of the winter in Central Europe."""
    return answer.map_times(lambda text: text.replace("+0200", "+0100") if text[5:7] == "04" else text, "begin", "end")


def _durations(answer: Answer, change: Callable[[int], int]) -> Answer:
    def changed(record: Record) -> Record:
        seconds = record.get("duration")
        return {**record, "duration": change(seconds)} if isinstance(seconds, int) else record

    return answer.each(changed)


@fault("start-an-hour-early", breaks=("datetime.start",), on=("POST /api/timesheets",))
async def start_an_hour_early(request: Request, inner: Inner) -> Answer:
    """A record that is sent without its times begins an hour ago."""
    started = await inner(request)
    begin = started.record.get("begin")
    if not begin or {"begin", "end"} & request.fields.keys():
        return started
    early = {"begin": shift(begin, -_HOUR)[:19]}
    return await inner(request.other("PATCH", f"/api/timesheets/{started.record['id']}", early))


@fault(
    "started-and-stopped-in-utc",
    breaks=("datetime.offset",),
    on=("PATCH /api/timesheets/{id}/restart", "PATCH /api/timesheets/{id}/stop", "GET /api/timesheets/active"),
)
def started_and_stopped_in_utc(_request: Request, answer: Answer) -> Answer:
    """What is started or stopped shows its times in UTC. The instants are right, and so is every other answer."""
    return answer.map_times(lambda text: written(datetime.fromisoformat(text).astimezone(UTC)), "begin", "end")


@fault("begin-alone-shifted", breaks=("datetime.local-time-kept",), on=("PATCH /api/timesheets/{id}",))
def begin_alone_shifted(request: Request) -> Request:
    """A begin that is changed without the end is stored an hour early. With the end it is right."""
    if "end" in request.fields or not isinstance(request.fields.get("begin"), str):
        return request
    return change_times(request, lambda text: shift_local(str(text), -_HOUR), "begin")


@fault("stopped-without-duration", breaks=("datetime.duration",), on=("PATCH /api/timesheets/{id}/stop",))
def stopped_without_duration(_request: Request, answer: Answer) -> Answer:
    """The answer to a stop has the duration from before it, which is none."""
    return answer.each(lambda record: {**record, "duration": 0} if record.get("duration") else record)


@fault("restart-copies-nothing", breaks=("data.actions",), on=("PATCH /api/timesheets/{id}/restart",))
def restart_copies_nothing(request: Request) -> Request:
    """A restart that is to copy the record does not."""
    return request.with_fields(lambda fields: {name: value for name, value in fields.items() if name != "copy"})


@fault("modified-after-knows-creates-only", breaks=("datetime.modified-after",), on=("* /api/timesheets*",))
async def modified_after_knows_creates_only(request: Request, inner: Inner) -> Answer:
    """`modified_after` goes by when a record was made: what was changed since then is missed."""
    answer = await inner(request)
    if request.method == "POST" and answer.record:
        inner.memory[answer.record.get("id")] = datetime.now(UTC)
    since, made = _moment(request.value("modified_after"), ZoneInfo("UTC")), inner.memory
    if since is None or not answer.items:
        return answer
    return answer.with_json([row for row in answer.items if made.get(row.get("id"), since) >= since])


@fault("filter-by-the-offset-of-july", breaks=("datetime.filter-bounds",), on=("GET /api/timesheets",))
async def filter_by_the_offset_of_july(request: Request, inner: Inner) -> Answer:
    """The bounds of a filter are read with the offset that the caller's zone has in July. Summer is right."""
    zone = await zone_of(request, inner)
    for name in ("begin", "end"):
        moment = _moment(request.value(name), zone)
        july = moment.replace(month=7, day=15).utcoffset() if moment is not None else None
        if moment is not None and july is not None:
            away = (moment.utcoffset() or timedelta()) - july
            request = request.with_query(**{name: (moment.replace(tzinfo=None) + away).strftime(LOCAL)})
    return await inner(request)


def _moment(text: str | None, zone: ZoneInfo) -> datetime | None:
    try:
        return datetime.strptime(text or "", LOCAL).replace(tzinfo=zone)
    except ValueError:
        return None


@fault("lone-begin-ignored", breaks=("datetime.filter-bounds", "filter.matches"), on=("GET /api/timesheets",))
def lone_begin_ignored(request: Request) -> Request:
    """A `begin` filters only where there is an `end` as well."""
    return request if request.value("end") else request.without_query("begin")


@fault("recent-without-begin", breaks=("datetime.filter-bounds",), on=("GET /api/timesheets/recent",))
def recent_without_begin(request: Request) -> Request:
    """The list of recent records pays no heed to `begin`."""
    return request.without_query("begin")


@fault("recent-begin-exclusive", breaks=("datetime.filter-bounds",), on=("GET /api/timesheets/recent",))
def recent_begin_exclusive(request: Request) -> Request:
    """A record that begins at the very `begin` is not among the recent ones."""
    text = request.value("begin")
    return request.with_query(begin=str(shift_local(text, timedelta(seconds=1)))) if text else request


@fault("end-at-midnight-a-minute-early", breaks=("datetime.local-time-kept",), on=("POST /api/timesheets",))
def end_at_midnight_a_minute_early(request: Request) -> Request:
    """A new record that ends at midnight ends at 23:59 of the day before."""

    minute = timedelta(minutes=-1)
    return change_times(
        request, lambda text: shift_local(text, minute) if str(text).endswith("T00:00:00") else text, "end"
    )
