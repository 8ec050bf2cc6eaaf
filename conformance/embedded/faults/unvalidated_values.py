"""Faults of a server that lets a value through to a setter, a parser or a column that cannot take it: each a 5xx.

Each lies beside something that released versions crash on themselves (`behaviour.crashes`): the same value at another
operation or attribute, or another kind of value at the same. What a release does is known; these are new.
"""

from __future__ import annotations

from collections.abc import Callable

from conformance.embedded.faults.errors import CHANGES, FORMS, crash
from conformance.embedded.faults.messages import Answer, Request
from conformance.embedded.faults.registry import Inner, fault

_TIMESHEETS = ("POST /api/timesheets", "PATCH /api/timesheets/{id}")
_WITH_BUDGET = (*FORMS[:3], *CHANGES)
_COLUMN = 65_535
"""Bytes of a text column."""
_MEDIUM = 30_000
_SMALL_INTEGER = 2**31
_LONG_TERM = 1500
_LONG_VIEW = 200


def _emptied(request: Request, name: str) -> bool:
    """Whether an attribute is sent, and comes to nothing."""
    value = request.fields.get(name, 0)
    return value is None or value is False or (isinstance(value, str) and not value.strip())


def _bytes(request: Request, name: str) -> int:
    return len(str(request.fields.get(name, "")).encode())


def _beyond_column(request: Request) -> bool:
    hours, colon, _ = str(request.fields.get("timeBudget", "")).lstrip("-").partition(":")
    return bool(colon) and hours.isdecimal() and int(hours) * 3600 >= _SMALL_INTEGER


CRASHES: tuple[tuple[str, bool, tuple[str, ...], Callable[[Request], bool], str], ...] = (
    ("cleared-name-crashes", False, ("PATCH /api/customers/{id}",), lambda asked: _emptied(asked, "name"),
     "A customer's name that is emptied in PATCH is a server error; releases fail so for projects and activities."),
    ("cleared-begin-of-a-restart-crashes", False, ("PATCH /api/timesheets/{id}/restart",),
     lambda asked: _emptied(asked, "begin"),
     "A begin that is sent empty when a record is restarted is a server error."),
    ("cleared-internal-rate-crashes", False, ("POST /api/*/{id}/rates",), lambda asked: _emptied(asked, "internalRate"),
     "An internal rate that is sent empty is a server error; it may be left out."),
    ("meta-value-no-text-crashes", False, ("PATCH /api/customers/{id}/meta",),
     lambda asked: isinstance(asked.fields.get("value"), list | dict),
     "The value of a custom field sent as a list or an object is a server error."),
    ("tag-name-as-a-list-crashes", False, ("GET /api/tags/find",),
     lambda asked: any(key.startswith("name[") for key, _ in asked.query),
     "The name that tags are searched for, sent as a list, is a server error in the newer of the two lists alone."),
    ("time-budget-beyond-its-column-crashes", False, _WITH_BUDGET, _beyond_column,
     "A time budget of more seconds than its column takes is a server error where it is written with a colon."),
    ("invoice-text-beyond-its-column-crashes", True, _WITH_BUDGET, lambda asked: _bytes(asked, "invoiceText") > _COLUMN,
     "A text for invoices of more bytes than a column takes is a server error, where all else is accepted."),
    ("description-of-medium-length-crashes", True, _TIMESHEETS,
     lambda asked: len(str(asked.fields.get("description", ""))) > _MEDIUM,
     "A description of half of what its column takes is a server error, where all else is accepted."),
    ("comment-just-below-its-column-crashes", True, _WITH_BUDGET,
     lambda asked: _bytes(asked, "comment") > _COLUMN - 500,
     "A comment of a few bytes less than its column takes is a server error, where all else is accepted."),
    ("year-1-crashes", False, _TIMESHEETS, lambda asked: str(asked.fields.get("begin")).startswith("000"),
     "A begin in the first years of the calendar is a server error of the database."),
    ("nul-in-a-term-crashes", False, ("GET /api/timesheets", "GET /api/projects"),
     lambda asked: "\0" in (asked.value("term") or ""),
     "A byte of zero in a search term is a server error; releases fail so for dates."),
    ("long-view-crashes", False, ("GET /api/actions/*",), lambda asked: len(asked.route.split("/")[-2]) > _LONG_VIEW,
     "A view of a long name is a server error; releases fail so for locales."),
    ("duration-of-a-record-as-a-list-crashes", False, _TIMESHEETS,
     lambda asked: isinstance(asked.fields.get("duration"), list | dict),
     "A duration, which a time record's form does not have, is looked at before it is refused: a list is a 5xx."),
    ("long-term-crashes", False, ("GET /api/timesheets", "GET /api/users", "GET /api/projects"),
     lambda asked: len(asked.value("term") or "") > _LONG_TERM,
     "A search for a very long word is a server error; releases fail so for many fields."),
    ("members-in-an-object-crash", False, ("POST /api/teams", "PATCH /api/teams/{id}"),
     lambda asked: isinstance(asked.fields.get("members"), dict),
     "Members of a team sent under any keys are a server error; releases fail so for odd ones."),
    ("project-as-a-list-crashes", False, ("PATCH /api/timesheets/{id}",),
     lambda asked: isinstance(asked.fields.get("project"), list),
     "A project sent as a list is a server error in PATCH; releases since 2.62 fail so for an object."),
)  # fmt: skip
"""Whether all else must be accepted, where and for which requests a server fails, and what is said of it."""


def _plant(id: str, late: bool, on: tuple[str, ...], breaks: Callable[[Request], bool], says: str) -> None:
    async def crashes(request: Request, inner: Inner) -> Answer:
        if not breaks(request):
            return await inner(request)
        if late:
            answer = await inner(request)
            if not answer.ok:
                return answer
            if request.method == "POST":  # Nothing is kept of what would have been made.
                await inner(request.other("DELETE", f"{request.route}/{answer.record.get('id')}"))
        return crash()

    crashes.__doc__ = says
    fault(id, breaks=("error.no-server-error",), on=on)(crashes)


for row in CRASHES:
    _plant(*row)
