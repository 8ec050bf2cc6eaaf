"""Faults of a server that lets a value through to a setter, a parser or a column that cannot take it: each a 5xx.

Values of one kind that nothing checks before they are used: an emptied attribute, a name that is no text, more than a
column or a number can hold. Where the form accepts the rest, the failure comes only after it.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from conformance.embedded.faults.errors import CHANGES, FORMS, crash
from conformance.embedded.faults.messages import Answer, Request
from conformance.embedded.faults.registry import Inner, fault

_BROKEN = ("error.no-server-error",)
_TIMESHEETS = ("POST /api/timesheets", "PATCH /api/timesheets/{id}")
_WITH_BUDGET = (*FORMS[:3], *CHANGES)
_COLUMN = 65_535
"""Bytes of a text column."""
_HOURS = (2**63 - 1) // 3600
_JOINS = 60
_LAST_YEAR = 9999
_LOCALE = re.compile(r"[a-z0-9@_.-]{0,200}", re.IGNORECASE)
_KEY = re.compile(r"[A-Za-z0-9_][\w:-]*", re.ASCII)
_DATES = ("begin", "end", "start", "modified_after")


def _emptied(fields: dict[str, Any], name: str) -> bool:
    """Whether an attribute is sent, and comes to nothing."""
    value = fields.get(name, 0)
    return value is None or value is False or (isinstance(value, str) and not value.strip())


async def _unstored(request: Request, inner: Inner, broken: bool) -> Answer:
    """Fail where all else is accepted, and keep nothing of what would have been made."""
    given = await inner(request)
    if not (broken and given.ok):
        return given
    if request.method == "POST":
        await inner(request.other("DELETE", f"{request.route}/{given.record.get('id')}"))
    return crash()


@fault("cleared-name-crashes", breaks=_BROKEN, on=CHANGES[1:])
async def cleared_name_crashes(request: Request, inner: Inner) -> Answer:
    """A name that is emptied in PATCH is a server error: its setter takes texts alone."""
    return crash() if _emptied(request.fields, "name") else await inner(request)


@fault("cleared-begin-crashes", breaks=_BROKEN, on=_TIMESHEETS)
async def cleared_begin_crashes(request: Request, inner: Inner) -> Answer:
    """A begin that is sent empty is a server error; left out it is now."""
    return crash() if _emptied(request.fields, "begin") else await inner(request)


@fault("cleared-rate-crashes", breaks=_BROKEN, on=("POST /api/*/{id}/rates",))
async def cleared_rate_crashes(request: Request, inner: Inner) -> Answer:
    """A rate that is sent empty is a server error; left out it is nought."""
    return crash() if _emptied(request.fields, "rate") else await inner(request)


@fault(
    "meta-name-no-text-crashes", breaks=_BROKEN, on=("PATCH /api/customers/{id}/meta", "PATCH /api/projects/{id}/meta")
)
async def meta_name_no_text_crashes(request: Request, inner: Inner) -> Answer:
    """The name of a custom field sent as a list or an object is a server error."""
    return crash() if isinstance(request.fields.get("name"), list | dict) else await inner(request)


@fault("tag-name-as-a-list-crashes", breaks=_BROKEN, on=("GET /api/tags",))
async def tag_name_as_a_list_crashes(request: Request, inner: Inner) -> Answer:
    """The name that tags are searched for, sent as a list, is a server error in the older of the two lists alone."""
    return crash() if any(key.startswith("name[") for key, _ in request.query) else await inner(request)


@fault("time-budget-beyond-integers-crashes", breaks=_BROKEN, on=_WITH_BUDGET)
async def time_budget_beyond_integers_crashes(request: Request, inner: Inner) -> Answer:
    """A time budget of more seconds than an integer holds is a server error where it is written with a colon."""
    hours, colon, _ = str(request.fields.get("timeBudget", "")).lstrip("-").partition(":")
    return crash() if colon and hours.isdecimal() and int(hours) > _HOURS else await inner(request)


@fault("comment-beyond-its-column-crashes", breaks=_BROKEN, on=_WITH_BUDGET)
async def comment_beyond_its_column_crashes(request: Request, inner: Inner) -> Answer:
    """A comment of more bytes than its column takes is a server error, where all else is accepted."""
    return await _unstored(request, inner, len(str(request.fields.get("comment", "")).encode()) > _COLUMN)


@fault("description-beyond-its-column-crashes", breaks=_BROKEN, on=_TIMESHEETS)
async def description_beyond_its_column_crashes(request: Request, inner: Inner) -> Answer:
    """A description of more bytes than its column takes is a server error, where all else is accepted."""
    return await _unstored(request, inner, len(str(request.fields.get("description", "")).encode()) > _COLUMN)


@fault("year-10000-crashes", breaks=_BROKEN, on=_TIMESHEETS)
async def year_10000_crashes(request: Request, inner: Inner) -> Answer:
    """An end that is rounded, or converted to UTC, into the year 10000 is a server error of the database."""
    text = request.fields.get("end")
    if not isinstance(text, str) or not text.startswith(f"{_LAST_YEAR}-12-31T"):
        return await inner(request)
    who = await inner.caller(request)
    return crash() if _beyond(text, str(who.get("timezone") or "UTC")) else await inner(request)


def _beyond(text: str, zone: str) -> bool:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return False
    # A day that is there in every year: the last one cannot be converted.
    near = moment.replace(year=_LAST_YEAR - 4, second=0, tzinfo=moment.tzinfo or ZoneInfo(zone))
    instant = near.timestamp() + (60 if moment.second else 0)
    return instant >= datetime.fromisoformat(f"{_LAST_YEAR - 3}-01-01T00:00:00+00:00").timestamp()


@fault(
    "nul-in-a-date-crashes",
    breaks=_BROKEN,
    on=("GET /api/timesheets", "GET /api/timesheets/recent", "GET /api/projects", "GET /api/invoices"),
)
async def nul_in_a_date_crashes(request: Request, inner: Inner) -> Answer:
    """A byte of zero in a date of the query is a server error: the parser of dates refuses it in its own way."""
    return crash() if any("\0" in (request.value(name) or "") for name in _DATES) else await inner(request)


@fault("locale-with-a-blank-crashes", breaks=_BROKEN, on=("GET /api/actions/*",))
async def locale_with_a_blank_crashes(request: Request, inner: Inner) -> Answer:
    """A locale with signs that no locale has is a server error of the translator; an unknown one is taken."""
    locale = unquote(request.route.rpartition("/")[2])
    return await inner(request) if _LOCALE.fullmatch(locale) else crash()


@fault("customer-of-a-record-as-a-list-crashes", breaks=_BROKEN, on=_TIMESHEETS)
async def customer_of_a_record_as_a_list_crashes(request: Request, inner: Inner) -> Answer:
    """A customer, which a time record's form does not have, is looked at before it is refused: a list is a 5xx."""
    return crash() if isinstance(request.fields.get("customer"), list | dict) else await inner(request)


@fault(
    "too-many-fields-in-a-term-crashes",
    breaks=_BROKEN,
    on=("GET /api/timesheets", "GET /api/users", "GET /api/projects"),
)
async def too_many_fields_in_a_term_crashes(request: Request, inner: Inner) -> Answer:
    """A search in more custom fields than the database joins is a server error."""
    words = (request.value("term") or "").split()
    return crash() if sum(":" in word.strip(":") for word in words) > _JOINS else await inner(request)


@fault("members-with-odd-keys-crash", breaks=_BROKEN, on=("POST /api/teams", "PATCH /api/teams/{id}"))
async def members_with_odd_keys_crash(request: Request, inner: Inner) -> Answer:
    """Members of a team sent under keys that are no names of fields are a server error."""
    members = request.fields.get("members")
    odd = isinstance(members, dict) and not all(map(_KEY.fullmatch, members))
    return crash() if odd else await inner(request)


@fault("project-as-a-list-crashes", breaks=_BROKEN, on=("PATCH /api/timesheets/{id}",))
async def project_as_a_list_crashes(request: Request, inner: Inner) -> Answer:
    """A project sent as a list or an object is a server error in PATCH."""
    return crash() if isinstance(request.fields.get("project"), list | dict) else await inner(request)
