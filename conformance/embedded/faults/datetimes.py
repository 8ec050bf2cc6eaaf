"""Faults of datetimes: how times are read, kept and written."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from conformance.embedded.faults.messages import Answer, Record, Request, refusal
from conformance.embedded.faults.registry import Inner, fault

SHEETS = ("GET /api/timesheets", "GET /api/timesheets/*", "POST /api/timesheets", "PATCH /api/timesheets/*")
LOCAL = "%Y-%m-%dT%H:%M:%S"
_HOUR = timedelta(hours=1)


def written(moment: datetime) -> str:
    """Write a time as Kimai does: no fraction, an offset without colon."""
    return moment.strftime(LOCAL + "%z")


def shift(text: str, by: timedelta) -> str:
    """Return a time of an answer later by so much, with the same offset."""
    return written(datetime.fromisoformat(text) + by)


def shift_local(text: object, by: timedelta) -> object:
    """Return a local time of a body later by so much; anything else as it is."""
    try:
        moment = datetime.strptime(str(text), LOCAL)
    except ValueError:
        return text
    return (moment + by).strftime(LOCAL)


def change_times(request: Request, change: Callable[[object], object], *names: str) -> Request:
    """Return the request with these attributes of its body changed where they are there."""
    return request.with_fields(lambda fields: {k: change(v) if k in names else v for k, v in fields.items()})


async def zone_of(request: Request, inner: Inner) -> ZoneInfo:
    """Return the zone of the caller, UTC where it is not known."""
    return ZoneInfo((await inner.caller(request)).get("timezone") or "UTC")


def reoffset(text: str, zone: ZoneInfo, offset: timedelta | None) -> str:
    """Return a time of an answer with another offset, its local time kept, where it is one of that zone."""
    moment = datetime.fromisoformat(text)
    in_zone = moment.replace(tzinfo=zone).utcoffset() == moment.utcoffset()
    return text[:19] + _offset(offset) if in_zone and offset is not None else text


def _offset(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"


@fault("offset-missing", breaks=("datetime.iso-8601", "datetime.offset"))
def offset_missing(_request: Request, answer: Answer) -> Answer:
    """Times lose their offset; all else stays right."""
    return answer.map_times(lambda text: text[:19])


@fault(
    "offset-missing-in-lists", breaks=("datetime.iso-8601", "datetime.every-answer-agrees"), on=("GET /api/timesheets",)
)
def offset_missing_in_lists(_request: Request, answer: Answer) -> Answer:
    """Times lose their offset in the list of time records only."""
    return answer.map_times(lambda text: text[:19])


@fault("offset-missing-in-comments", breaks=("datetime.iso-8601",), on=("* /api/*/{id}/comments",))
def offset_missing_in_comments(_request: Request, answer: Answer) -> Answer:
    """The time of a comment has no offset. Times of records have."""
    return answer.map_times(lambda text: text[:19])


@fault("times-in-utc", breaks=("datetime.local-time-kept", "datetime.offset"))
def times_in_utc(_request: Request, answer: Answer) -> Answer:
    """Times are shown in UTC with a Z instead of the owner's zone. The instant is right."""
    return answer.map_times(lambda text: datetime.fromisoformat(text).astimezone(UTC).strftime(LOCAL + "Z"))


@fault(
    "times-in-utc-after-patch",
    breaks=("datetime.local-time-kept", "datetime.offset"),
    on=("PATCH /api/timesheets/{id}",),
)
def times_in_utc_after_patch(_request: Request, answer: Answer) -> Answer:
    """The answer to a PATCH shows times in UTC. Every other answer has the owner's zone."""
    return answer.map_times(lambda text: written(datetime.fromisoformat(text).astimezone(UTC)))


@fault("offset-of-now", breaks=("datetime.offset",), on=SHEETS)
async def offset_of_now(request: Request, inner: Inner) -> Answer:
    """Every time has the offset that the owner's zone has today, summer or winter alike. The local time is right."""
    zone = await zone_of(request, inner)
    now = datetime.now(zone).utcoffset()
    return (await inner(request)).map_times(lambda text: reoffset(text, zone, now))


@fault("summer-time-ignored", breaks=("datetime.offset",), on=SHEETS)
async def summer_time_ignored(request: Request, inner: Inner) -> Answer:
    """Times in summer have the offset of winter."""
    zone = await zone_of(request, inner)
    winter = datetime(2024, 1, 1, tzinfo=zone).utcoffset()
    return (await inner(request)).map_times(lambda text: reoffset(text, zone, winter))


@fault("offset-in-whole-hours", breaks=("datetime.offset", "datetime.iso-8601"), on=SHEETS)
def offset_in_whole_hours(_request: Request, answer: Answer) -> Answer:
    """The minutes of an offset are lost. Zones with whole hours are right."""
    return answer.map_times(lambda text: text[:-2] + "00")


@fault("offset-sign-lost", breaks=("datetime.offset",), on=SHEETS)
def offset_sign_lost(_request: Request, answer: Answer) -> Answer:
    """Zones west of Greenwich have their offset with a plus."""
    return answer.map_times(lambda text: text[:-5] + text[-5:].replace("-", "+"))


@fault("overlap-wrong-by-an-hour", breaks=("datetime.overlap",), on=SHEETS)
def overlap_wrong_by_an_hour(_request: Request, answer: Answer) -> Answer:
    """A time between one and three o'clock on a Sunday of late October or early November has an offset neither reading
    has. Other days are right."""

    def change(text: str) -> str:
        moment = datetime.fromisoformat(text)
        autumn = moment.month in {10, 11} and moment.weekday() == 6 and moment.hour in {1, 2}
        is_near_change = moment.day > 24 if moment.month == 10 else moment.day < 8
        return (
            text[:19] + _offset((moment.utcoffset() or timedelta()) + 2 * _HOUR) if autumn and is_near_change else text
        )

    return answer.map_times(change)


@fault("seconds-not-written", breaks=("datetime.iso-8601",))
def seconds_not_written(_request: Request, answer: Answer) -> Answer:
    """Times are written without seconds."""
    return answer.map_times(lambda text: text[:16] + text[19:])


@fault("blank-for-the-t", breaks=("datetime.iso-8601",))
def blank_for_the_t(_request: Request, answer: Answer) -> Answer:
    """Date and time are separated by a blank."""
    return answer.map_times(lambda text: text.replace("T", " "))


@fault("end-shifted", breaks=("datetime.local-time-kept",), on=("POST /api/timesheets",))
def end_shifted(request: Request) -> Request:
    """The end of a new record is an hour later than was sent. PATCH is right."""
    return change_times(request, lambda text: shift_local(text, _HOUR), "end")


@fault("winter-shifted", breaks=("datetime.local-time-kept",), on=SHEETS)
def winter_shifted(request: Request) -> Request:
    """Times from November to February are stored an hour late. Summer is right."""

    def change(text: object) -> object:
        return shift_local(text, _HOUR) if str(text)[5:7] in {"11", "12", "01", "02"} else text

    return change_times(request, change, "begin", "end")


@fault("patch-in-utc", breaks=("datetime.local-time-kept",), on=("PATCH /api/timesheets/{id}",))
def patch_in_utc(request: Request) -> Request:
    """PATCH takes a local time for UTC. POST is right."""
    return change_times(request, lambda text: f"{text}Z" if shift_local(text, _HOUR) != text else text, "begin", "end")


@fault("post-in-server-zone", breaks=("datetime.local-time-kept",), on=("POST /api/timesheets",))
def post_in_server_zone(request: Request) -> Request:
    """POST takes a local time for one of New York, the zone of the server."""
    zone = ZoneInfo("America/New_York")

    def change(text: object) -> object:
        known = shift_local(text, _HOUR) != text
        return datetime.fromisoformat(str(text)).replace(tzinfo=zone).isoformat() if known else text

    return change_times(request, change, "begin", "end")


@fault("year-of-the-week", breaks=("datetime.local-time-kept",), on=SHEETS)
def year_of_the_week(_request: Request, answer: Answer) -> Answer:
    """The last days of December and the first of January are written with the year of their ISO week."""
    return answer.map_times(lambda text: f"{datetime.fromisoformat(text).isocalendar().year:04d}{text[4:]}")


@fault("leap-day-moved", breaks=("datetime.local-time-kept",), on=SHEETS)
def leap_day_moved(request: Request) -> Request:
    """February 29 becomes March 1."""
    return change_times(request, lambda text: str(text).replace("-02-29T", "-03-01T") if text else text, "begin", "end")


@fault("midnight-moved", breaks=("datetime.local-time-kept",), on=SHEETS)
def midnight_moved(request: Request) -> Request:
    """Midnight is taken for noon."""
    return change_times(
        request, lambda text: re.sub(r"T00:", "T12:", text) if isinstance(text, str) else text, "begin", "end"
    )


@fault("minutes-lost-at-random", breaks=("datetime.local-time-kept",), on=SHEETS)
def minutes_lost_at_random(_request: Request, answer: Answer) -> Answer:
    """Some minutes (those that divide by seven) are shown one minute early: no rounding does that."""

    def change(text: str) -> str:
        minute = int(text[14:16])
        return shift(text, timedelta(minutes=-1)) if minute and minute % 7 == 0 else text

    return answer.map_times(change)


@fault("guaranteed-form-refused-in-patch", breaks=("datetime.accepted",), on=("PATCH /api/timesheets/{id}",))
async def guaranteed_form_refused_in_patch(request: Request, inner: Inner) -> Answer:
    """PATCH refuses the guaranteed form and wants an offset. POST takes it."""
    bare = any(shift_local(request.fields.get(name), _HOUR) != request.fields.get(name) for name in ("begin", "end"))
    return refusal(400, "Validation Failed") if bare else await inner(request)


@fault("guaranteed-form-refused-in-query", breaks=("datetime.filter-form",), on=("GET /api/timesheets",))
async def guaranteed_form_refused_in_query(request: Request, inner: Inner) -> Answer:
    """The filter `end` refuses the guaranteed form; `begin` takes it."""
    return refusal(400, "Bad Request") if request.value("end") else await inner(request)


@fault("list-an-hour-off", breaks=("datetime.every-answer-agrees", "data.listed"), on=("GET /api/timesheets",))
def list_an_hour_off(_request: Request, answer: Answer) -> Answer:
    """The list shows the begin of a record an hour late; the record itself is right."""
    return answer.map_times(lambda text: shift(text, _HOUR), "begin")


@fault("recent-an-hour-off", breaks=("datetime.every-answer-agrees",), on=("GET /api/timesheets/recent",))
def recent_an_hour_off(_request: Request, answer: Answer) -> Answer:
    """The recent records show their begin an hour late; elsewhere it is right."""
    return answer.map_times(lambda text: shift(text, _HOUR), "begin")


@fault("duration-by-the-clock", breaks=("datetime.duration",), on=SHEETS)
def duration_by_the_clock(_request: Request, answer: Answer) -> Answer:
    """The duration is the difference of the local times: an hour wrong across a transition, else right."""

    def change(record: Record) -> Record:
        if not (record.get("begin") and record.get("end")):
            return record
        begin, end = (datetime.fromisoformat(record[name][:19]) for name in ("begin", "end"))
        return {**record, "duration": int((end - begin).total_seconds())}

    return answer.each(change)


@fault("duration-in-minutes", breaks=("datetime.duration",), on=SHEETS)
def duration_in_minutes(_request: Request, answer: Answer) -> Answer:
    """The duration is told in minutes."""
    return answer.each(
        lambda record: {**record, "duration": (record.get("duration") or 0) // 60} if "duration" in record else record
    )


@fault("patch-of-begin-moves-end", breaks=("datetime.patch-leaves-other",), on=("PATCH /api/timesheets/{id}",))
async def patch_of_begin_moves_end(request: Request, inner: Inner) -> Answer:
    """Who changes the begin of a record moves its end by as much."""
    fields = request.fields
    before = (await inner(request.read(request.route))).record
    if "begin" not in fields or "end" in fields or not before.get("end"):
        return await inner(request)
    try:
        by = datetime.strptime(fields["begin"], LOCAL) - datetime.fromisoformat(before["begin"][:19])
    except (TypeError, ValueError):
        return await inner(request)
    return await inner(request.with_json({**fields, "end": shift_local(before["end"][:19], by)}))


@fault("filter-ends-with-the-day", breaks=("datetime.filter-bounds",), on=("GET /api/timesheets",))
def filter_ends_with_the_day(request: Request) -> Request:
    """An `end` at midnight takes in the whole day that begins there."""
    end = request.value("end") or ""
    return request.with_query(end=end.replace("T00:00:00", "T23:59:59")) if "T00:00:00" in end else request


@fault("filter-begin-exclusive", breaks=("datetime.filter-bounds",), on=("GET /api/timesheets",))
def filter_begin_exclusive(request: Request) -> Request:
    """A record that begins at the very second of the filter's `begin` is left out."""
    begin = request.value("begin")
    return request.with_query(begin=str(shift_local(begin, timedelta(seconds=1)))) if begin else request


@fault("filter-in-utc", breaks=("datetime.filter-bounds",), on=("GET /api/timesheets",))
async def filter_in_utc(request: Request, inner: Inner) -> Answer:
    """The bounds of a filter are taken for UTC instead of the caller's time."""
    zone = await zone_of(request, inner)
    for name in ("begin", "end"):
        text = request.value(name)
        if text and shift_local(text, _HOUR) != text:
            moment = datetime.strptime(text, LOCAL).replace(tzinfo=UTC)
            request = request.with_query(**{name: moment.astimezone(zone).strftime(LOCAL)})
    return await inner(request)


@fault("modified-after-ignored", breaks=("datetime.modified-after",), on=("GET /api/timesheets",))
def modified_after_ignored(request: Request) -> Request:
    """`modified_after` filters nothing."""
    return request.without_query("modified_after")


@fault("modified-after-late", breaks=("datetime.modified-after",), on=("GET /api/timesheets",))
def modified_after_late(request: Request) -> Request:
    """`modified_after` is taken two hours later than it says: changes of the last two hours are missed."""
    text = request.value("modified_after")
    later = shift_local(text, timedelta(hours=2)) if text else text
    return request.with_query(modified_after=str(later)) if text else request


@fault("stop-moves-begin", breaks=("datetime.stop",), on=("PATCH /api/timesheets/{id}/stop",))
async def stop_moves_begin(request: Request, inner: Inner) -> Answer:
    """Stopping a record moves its begin an hour back."""
    stopped = await inner(request)
    begin = stopped.record.get("begin")
    if not begin:
        return stopped
    moved = shift(begin, -_HOUR)[:19]
    return await inner(request.other("PATCH", request.route.removesuffix("/stop"), {"begin": moved}))


@fault("restart-keeps-end", breaks=("datetime.restart",), on=("PATCH /api/timesheets/{id}/restart",))
async def restart_keeps_end(request: Request, inner: Inner) -> Answer:
    """A restarted record is not running: it has an end already."""
    started = await inner(request)
    made = started.record.get("id")
    return await inner(request.other("PATCH", f"/api/timesheets/{made}/stop")) if made else started


@fault("duplicate-begins-later", breaks=("datetime.duplicate",), on=("PATCH /api/timesheets/{id}/duplicate",))
async def duplicate_begins_later(request: Request, inner: Inner) -> Answer:
    """A duplicate ends an hour later than its original."""
    copied = await inner(request)
    made, end = copied.record.get("id"), copied.record.get("end")
    if not (made and end):
        return copied
    return await inner(request.other("PATCH", f"/api/timesheets/{made}", {"end": shift(end, _HOUR)[:19]}))


@fault(
    "date-a-day-early",
    breaks=("datetime.date-kept",),
    on=("GET /api/projects/{id}", "POST /api/projects", "PATCH /api/projects/{id}"),
)
def date_a_day_early(_request: Request, answer: Answer) -> Answer:
    """The start of a project is shown a day early."""

    def change(record: Record) -> Record:
        if not isinstance(record.get("start"), str):
            return record
        day = datetime.fromisoformat(record["start"][:10]) - timedelta(days=1)
        return {**record, "start": day.strftime("%Y-%m-%d") + record["start"][10:]}

    return answer.each(change)
