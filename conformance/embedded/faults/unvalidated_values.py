"""Faults of a server that lets a value through to a setter, a parser or a column that cannot take it: each a 5xx.

Each lies beside something that released versions crash on themselves (`behaviour.crashes`): the same value at another
operation or attribute, or another kind of value at the same. What a release does is known; these are new.
"""

from __future__ import annotations

from typing import Any

from conformance.embedded.faults.errors import CHANGES, FORMS, crash
from conformance.embedded.faults.messages import Answer, Request
from conformance.embedded.faults.registry import Inner, fault

_BROKEN = ("error.no-server-error",)
_TIMESHEETS = ("POST /api/timesheets", "PATCH /api/timesheets/{id}")
_WITH_BUDGET = (*FORMS[:3], *CHANGES)
_COLUMN = 65_535
"""Bytes of a text column."""
_MEDIUM = 30_000
_SMALL_INTEGER = 2**31
_LONG_TERM = 1500
_LONG_VIEW = 200


def _emptied(fields: dict[str, Any], name: str) -> bool:
    """Whether an attribute is sent, and comes to nothing."""
    value = fields.get(name, 0)
    return value is None or value is False or (isinstance(value, str) and not value.strip())


async def _unstored(request: Request, inner: Inner, broken: bool) -> Answer:
    """Fail where all else is accepted, and keep nothing of what would have been made."""
    answer = await inner(request)
    if not (broken and answer.ok):
        return answer
    if request.method == "POST":
        await inner(request.other("DELETE", f"{request.route}/{answer.record.get('id')}"))
    return crash()


@fault("cleared-name-crashes", breaks=_BROKEN, on=("PATCH /api/customers/{id}",))
async def cleared_name_crashes(request: Request, inner: Inner) -> Answer:
    """A customer's name that is emptied in PATCH is a server error; releases fail so for projects and activities."""
    return crash() if _emptied(request.fields, "name") else await inner(request)


@fault("cleared-begin-of-a-restart-crashes", breaks=_BROKEN, on=("PATCH /api/timesheets/{id}/restart",))
async def cleared_begin_of_a_restart_crashes(request: Request, inner: Inner) -> Answer:
    """A begin that is sent empty when a record is restarted is a server error."""
    return crash() if _emptied(request.fields, "begin") else await inner(request)


@fault("cleared-internal-rate-crashes", breaks=_BROKEN, on=("POST /api/*/{id}/rates",))
async def cleared_internal_rate_crashes(request: Request, inner: Inner) -> Answer:
    """An internal rate that is sent empty is a server error; it may be left out."""
    return crash() if _emptied(request.fields, "internalRate") else await inner(request)


@fault("meta-value-no-text-crashes", breaks=_BROKEN, on=("PATCH /api/customers/{id}/meta",))
async def meta_value_no_text_crashes(request: Request, inner: Inner) -> Answer:
    """The value of a custom field sent as a list or an object is a server error."""
    return crash() if isinstance(request.fields.get("value"), list | dict) else await inner(request)


@fault("tag-name-as-a-list-crashes", breaks=_BROKEN, on=("GET /api/tags/find",))
async def tag_name_as_a_list_crashes(request: Request, inner: Inner) -> Answer:
    """The name that tags are searched for, sent as a list, is a server error in the newer of the two lists alone."""
    return crash() if any(key.startswith("name[") for key, _ in request.query) else await inner(request)


@fault("time-budget-beyond-its-column-crashes", breaks=_BROKEN, on=_WITH_BUDGET)
async def time_budget_beyond_its_column_crashes(request: Request, inner: Inner) -> Answer:
    """A time budget of more seconds than its column takes is a server error where it is written with a colon."""
    hours, colon, _ = str(request.fields.get("timeBudget", "")).lstrip("-").partition(":")
    return crash() if colon and hours.isdecimal() and int(hours) * 3600 >= _SMALL_INTEGER else await inner(request)


@fault("invoice-text-beyond-its-column-crashes", breaks=_BROKEN, on=_WITH_BUDGET)
async def invoice_text_beyond_its_column_crashes(request: Request, inner: Inner) -> Answer:
    """A text for invoices of more bytes than a column takes is a server error, where all else is accepted."""
    return await _unstored(request, inner, len(str(request.fields.get("invoiceText", "")).encode()) > _COLUMN)


@fault("description-of-medium-length-crashes", breaks=_BROKEN, on=_TIMESHEETS)
async def description_of_medium_length_crashes(request: Request, inner: Inner) -> Answer:
    """A description of half of what its column takes is a server error, where all else is accepted."""
    return await _unstored(request, inner, len(str(request.fields.get("description", ""))) > _MEDIUM)


@fault("comment-just-below-its-column-crashes", breaks=_BROKEN, on=_WITH_BUDGET)
async def comment_just_below_its_column_crashes(request: Request, inner: Inner) -> Answer:
    """A comment of a few bytes less than its column takes is a server error, where all else is accepted."""
    return await _unstored(request, inner, len(str(request.fields.get("comment", "")).encode()) > _COLUMN - 500)


@fault("year-1-crashes", breaks=_BROKEN, on=_TIMESHEETS)
async def year_1_crashes(request: Request, inner: Inner) -> Answer:
    """A begin in the first years of the calendar is a server error of the database."""
    text = request.fields.get("begin")
    return crash() if isinstance(text, str) and text.startswith("000") else await inner(request)


@fault("nul-in-a-term-crashes", breaks=_BROKEN, on=("GET /api/timesheets", "GET /api/projects"))
async def nul_in_a_term_crashes(request: Request, inner: Inner) -> Answer:
    """A byte of zero in a search term is a server error; releases fail so for dates."""
    return crash() if "\0" in (request.value("term") or "") else await inner(request)


@fault("long-view-crashes", breaks=_BROKEN, on=("GET /api/actions/*",))
async def long_view_crashes(request: Request, inner: Inner) -> Answer:
    """A view of a long name is a server error; releases fail so for locales."""
    return crash() if len(request.route.split("/")[-2]) > _LONG_VIEW else await inner(request)


@fault("duration-of-a-record-as-a-list-crashes", breaks=_BROKEN, on=_TIMESHEETS)
async def duration_of_a_record_as_a_list_crashes(request: Request, inner: Inner) -> Answer:
    """A duration, which a time record's form does not have, is looked at before it is refused: a list is a 5xx."""
    return crash() if isinstance(request.fields.get("duration"), list | dict) else await inner(request)


@fault("long-term-crashes", breaks=_BROKEN, on=("GET /api/timesheets", "GET /api/users", "GET /api/projects"))
async def long_term_crashes(request: Request, inner: Inner) -> Answer:
    """A search for a very long word is a server error; releases fail so for many fields."""
    return crash() if len(request.value("term") or "") > _LONG_TERM else await inner(request)


@fault("members-in-an-object-crash", breaks=_BROKEN, on=("POST /api/teams", "PATCH /api/teams/{id}"))
async def members_in_an_object_crash(request: Request, inner: Inner) -> Answer:
    """Members of a team sent under any keys are a server error; releases fail so for odd ones."""
    return crash() if isinstance(request.fields.get("members"), dict) else await inner(request)


@fault("project-as-a-list-crashes", breaks=_BROKEN, on=("PATCH /api/timesheets/{id}",))
async def project_as_a_list_crashes(request: Request, inner: Inner) -> Answer:
    """A project sent as a list is a server error in PATCH; releases since 2.62 fail so for an object."""
    return crash() if isinstance(request.fields.get("project"), list) else await inner(request)
