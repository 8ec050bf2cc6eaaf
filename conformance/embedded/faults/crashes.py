"""Faults of a server that fails: a 5xx for plausible input, each for one value, parameter or state."""

from __future__ import annotations

from conformance.embedded.faults.errors import CHANGES, FORMS, crash
from conformance.embedded.faults.messages import Answer, Request
from conformance.embedded.faults.registry import Inner, fault

_BROKEN = ("error.no-server-error",)
_BYTES_OF_A_TEXT = 65_535
_PHP_INTEGER = 2**63 - 1
_LOCALES = ("en", "de", "fr")
_NO_UTF8 = "\ufffd"
"""What bytes become that are no UTF-8."""
_COPIED = "[COPY]"
_LONGEST_NAME = 150


def _keys(request: Request, name: str) -> list[str]:
    """The names of the query that begin with that of a parameter."""
    return [key for key, _ in request.query if key.partition("[")[0] == name]


@fault("emoji-crashes", breaks=("error.no-server-error",), on=(*FORMS, *CHANGES))
async def emoji_crashes(request: Request, inner: Inner) -> Answer:
    """A text with a character beyond the basic plane is a server error: the columns are utf8, not utf8mb4."""
    wide = any(isinstance(v, str) and any(ord(c) > 0xFFFF for c in v) for v in request.fields.values())
    return crash() if wide else await inner(request)


@fault("list-for-text-crashes", breaks=("error.no-server-error",), on=("POST /api/tags", "POST /api/activities"))
async def list_for_text_crashes(request: Request, inner: Inner) -> Answer:
    """A list where a text is meant is a server error."""
    return crash() if isinstance(request.fields.get("name"), list) else await inner(request)


@fault("null-name-crashes", breaks=("error.no-server-error",), on=CHANGES)
async def null_name_crashes(request: Request, inner: Inner) -> Answer:
    """A name sent as null in PATCH is a server error."""
    return crash() if request.fields.get("name", "") is None else await inner(request)


@fault("long-comment-crashes", breaks=("error.no-server-error",), on=FORMS)
async def long_comment_crashes(request: Request, inner: Inner) -> Answer:
    """A comment or description of more than 255 characters is a server error."""
    long = any(len(str(request.fields.get(name, ""))) > 255 for name in ("comment", "description"))
    return crash() if long else await inner(request)


@fault("empty-patch-crashes", breaks=("error.no-server-error",), on=("PATCH /api/timesheets/{id}", *CHANGES))
async def empty_patch_crashes(request: Request, inner: Inner) -> Answer:
    """A PATCH with an empty object is a server error."""
    answer = await inner(request)
    return crash() if answer.ok and request.json == {} else answer


@fault("recent-user-crashes", breaks=("error.no-server-error",), on=("GET /api/timesheets/recent",))
async def recent_user_crashes(request: Request, inner: Inner) -> Answer:
    """The recent records crash over a query parameter that nobody thought of."""
    return crash() if request.value("user") is not None else await inner(request)


@fault("empty-term-crashes", breaks=("error.no-server-error",), on=("GET /api/projects", "GET /api/timesheets"))
async def empty_term_crashes(request: Request, inner: Inner) -> Answer:
    """An empty search term is a server error."""
    return crash() if request.value("term") == "" else await inner(request)


@fault("quote-in-term-crashes", breaks=("error.no-server-error",), on=("GET /api/customers",))
async def quote_in_term_crashes(request: Request, inner: Inner) -> Answer:
    """A search term with a quote is a server error."""
    return crash() if "'" in (request.value("term") or "") else await inner(request)


@fault("order-by-rate-crashes", breaks=("error.no-server-error",), on=("GET /api/timesheets",))
async def order_by_rate_crashes(request: Request, inner: Inner) -> Answer:
    """Sorting time records by rate, a documented value, is a server error."""
    return crash() if request.value("orderBy") == "rate" else await inner(request)


@fault("absent-team-member-crashes", breaks=("error.no-server-error",), on=("* /api/teams/{id}/*",))
def absent_team_member_crashes(_request: Request, answer: Answer) -> Answer:
    """Attaching to a team what does not exist is a server error."""
    return crash() if answer.status == 404 else answer


@fault("search-for-a-list-crashes", breaks=_BROKEN, on=("GET /api/tags/find", "GET /api/projects"))
async def search_for_a_list_crashes(request: Request, inner: Inner) -> Answer:
    """A search term sent as a list is a server error: nothing checks it before it is taken for a text."""
    listed = any("[" in key for name in ("term", "name") for key in _keys(request, name))
    return crash() if listed else await inner(request)


@fault("list-in-a-filter-crashes", breaks=_BROKEN, on=("GET /api/timesheets",))
async def list_in_a_filter_crashes(request: Request, inner: Inner) -> Answer:
    """A list within the list of tags is a server error."""
    return crash() if any(key.count("[") > 1 for key in _keys(request, "tags")) else await inner(request)


@fault("term-of-odd-bytes-crashes", breaks=_BROKEN, on=("GET /api/customers",))
async def term_of_odd_bytes_crashes(request: Request, inner: Inner) -> Answer:
    """A search term whose bytes are no UTF-8 is a server error of the database."""
    return crash() if _NO_UTF8 in (request.value("term") or "") else await inner(request)


@fault("huge-page-crashes", breaks=_BROKEN, on=("GET /api/invoices",))
async def huge_page_crashes(request: Request, inner: Inner) -> Answer:
    """A page beyond the integers of the server is a server error."""
    page = request.value("page") or ""
    return crash() if page.isdecimal() and int(page) > _PHP_INTEGER else await inner(request)


@fault("unknown-locale-crashes", breaks=_BROKEN, on=("GET /api/actions/project/{id}/{view}/{locale}",))
async def unknown_locale_crashes(request: Request, inner: Inner) -> Answer:
    """A locale that does not exist is a server error of the translator."""
    return crash() if request.route.rpartition("/")[2] not in _LOCALES else await inner(request)


@fault("long-message-crashes", breaks=_BROKEN, on=("POST /api/customers/{id}/comments",))
async def long_message_crashes(request: Request, inner: Inner) -> Answer:
    """A comment of more bytes than its column takes is a server error."""
    message = request.fields.get("message")
    long = isinstance(message, str) and len(message.encode()) > _BYTES_OF_A_TEXT
    return crash() if long else await inner(request)


@fault("member-without-user-crashes", breaks=_BROKEN, on=("PATCH /api/teams/{id}",))
async def member_without_user_crashes(request: Request, inner: Inner) -> Answer:
    """A member of a team whose user is null is a server error."""
    members = request.fields.get("members")
    nobody = [item for item in members if isinstance(item, dict) and not item.get("user", 1)] if members else []
    return crash() if nobody else await inner(request)


@fault("meta-name-list-crashes", breaks=_BROKEN, on=("PATCH /api/timesheets/{id}/meta",))
async def meta_name_list_crashes(request: Request, inner: Inner) -> Answer:
    """The name of a time record's custom field sent as a list is a server error."""
    return crash() if isinstance(request.fields.get("name"), list) else await inner(request)


@fault("end-of-time-crashes", breaks=_BROKEN, on=("POST /api/timesheets",))
async def end_of_time_crashes(request: Request, inner: Inner) -> Answer:
    """An end in the year 9999 is a server error, on whichever day."""
    return crash() if str(request.fields.get("end")).startswith("9999-") else await inner(request)


@fault("huge-rate-crashes", breaks=_BROKEN, on=("PATCH /api/timesheets/{id}",))
async def huge_rate_crashes(request: Request, inner: Inner) -> Answer:
    """An hourly rate of sixteen digits is a server error, where the form takes it."""
    answer = await inner(request)
    rate = request.fields.get("hourlyRate")
    return crash() if answer.ok and isinstance(rate, float) and rate >= 1e15 else answer


@fault("patch-with-a-list-crashes", breaks=_BROKEN, on=("PATCH /api/customers/{id}",))
async def patch_with_a_list_crashes(request: Request, inner: Inner) -> Answer:
    """A PATCH with an empty list as its body is a server error."""
    return crash() if request.json == [] else await inner(request)


@fault("stop-again-crashes", breaks=_BROKEN, on=("PATCH /api/timesheets/{id}/stop",))
async def stop_again_crashes(request: Request, inner: Inner) -> Answer:
    """Stopping what has ended already is a server error."""
    before = await inner(request.read(request.route.removesuffix("/stop")))
    return crash() if before.record.get("end") else await inner(request)


@fault("copy-of-a-long-name-crashes", breaks=_BROKEN, on=("POST /api/projects/{id}/duplicate",))
async def copy_of_a_long_name_crashes(request: Request, inner: Inner) -> Answer:
    """The copy of a project whose name has no room for the mark of a copy is a server error of the database."""
    before = await inner(request.read(request.route.removesuffix("/duplicate")))
    name = str(before.record.get("name", ""))
    return crash() if len(name) + len(_COPIED) > _LONGEST_NAME else await inner(request)


@fault("plain-users-long-text-crashes", breaks=_BROKEN, on=("POST /api/timesheets",))
async def plain_users_long_text_crashes(request: Request, inner: Inner) -> Answer:
    """A long description is a server error for plain users alone."""
    caller = await inner.caller(request)
    plain = not {*caller.get("roles", ()), "ROLE_USER"} - {"ROLE_USER"}
    long = len(str(request.fields.get("description", ""))) > 255
    return crash() if plain and long else await inner(request)
