"""Faults of authentication: who is let in, as whom, and what a refused request does all the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from starlette.datastructures import MutableHeaders

from conformance.embedded.faults.messages import Answer, Request, answer, read_query, refusal
from conformance.embedded.faults.registry import Inner, fault

_CREDENTIALS = ("authorization", "x-auth-user", "x-auth-token")


def anonymous(request: Request) -> bool:
    """Whether a request carries no credentials at all."""
    return not any(name in request.headers for name in _CREDENTIALS)


async def as_somebody(request: Request, inner: Inner) -> Answer:
    """Send a request with the token of the strongest user seen; as it is where nobody was seen yet."""
    token = inner.strongest()
    return await inner(request.with_token(token) if token else request)


def valid_token(user: Any) -> str:
    """Return a token of a user that never expires."""
    return next(str(token["token"]) for token in user["tokens"] if token.get("expires_at") is None)


def expiry(user: Any, text: str) -> datetime | None:
    """Return the expiry date (naive) of that token of a user, None where it has none or is not a token of theirs."""
    dates = [token.get("expires_at") for token in user["tokens"] if token["token"] == text]
    return datetime.fromisoformat(dates[0]).replace(tzinfo=None) if dates and dates[0] else None


@fault("token-missing-accepted", breaks=("auth.missing-refused",))
async def token_missing_accepted(request: Request, inner: Inner) -> Answer:
    """Who sends no token is let in as an administrator, everywhere."""
    return await as_somebody(request, inner) if anonymous(request) else await inner(request)


@fault("tags-open-to-anybody", breaks=("auth.missing-refused",), on=("GET /api/tags/find",))
async def tags_open_to_anybody(request: Request, inner: Inner) -> Answer:
    """One read, the search for tags, needs no token; every other operation asks for it."""
    return await as_somebody(request, inner) if anonymous(request) else await inner(request)


@fault("delete-open-to-anybody", breaks=("auth.missing-refused",), on=("DELETE *",))
async def delete_open_to_anybody(request: Request, inner: Inner) -> Answer:
    """DELETE needs no token. Reads and other writes do."""
    return await as_somebody(request, inner) if anonymous(request) else await inner(request)


@fault("missing-is-403", breaks=("auth.missing-refused",))
def missing_is_403(request: Request, value: Answer) -> Answer:
    """Who sends no token is answered 403 instead of 401."""
    return refusal(403, "Forbidden") if value.status == 401 and anonymous(request) else value


@fault("missing-is-redirected", breaks=("auth.missing-refused",))
def missing_is_redirected(request: Request, value: Answer) -> Answer:
    """Who sends no token is sent to the login form."""
    redirected = answer(302).with_headers({"location": "/en/login"})
    return redirected if value.status == 401 and anonymous(request) else value


@fault("unknown-token-accepted", breaks=("auth.unknown-token-refused",))
async def unknown_token_accepted(request: Request, inner: Inner) -> Answer:
    """Any text after Bearer is a good token, if it looks like one."""
    value = await inner(request)
    return await as_somebody(request, inner) if value.status == 401 and request.token else value


@fault("unknown-token-reads-teams", breaks=("auth.unknown-token-refused",), on=("GET /api/teams",))
async def unknown_token_reads_teams(request: Request, inner: Inner) -> Answer:
    """Any text after Bearer opens the list of teams, and nothing else."""
    value = await inner(request)
    return await as_somebody(request, inner) if value.status == 401 and request.token else value


@fault("unknown-token-gets-nothing", breaks=("auth.unknown-token-refused",), on=("GET *",))
def unknown_token_gets_nothing(request: Request, value: Answer) -> Answer:
    """A read with an unknown token is answered 200 with an empty list."""
    return answer(200, []) if value.status == 401 and request.token else value


@fault("token-compared-in-part", breaks=("auth.unknown-token-refused",))
async def token_compared_in_part(request: Request, inner: Inner) -> Answer:
    """The last four characters of a token do not count. A token that is altogether made up is refused."""
    value = await inner(request)
    if value.ok and request.token:
        inner.memory[request.token[:-4]] = request.token
    known = inner.memory.get((request.token or "")[:-4])
    return await inner(request.with_token(known)) if value.status == 401 and known else value


@fault("expired-token-accepted", breaks=("auth.expired-token-refused",), needs_users=True)
async def expired_token_accepted(request: Request, inner: Inner) -> Answer:
    """The expiry date of a token is not looked at."""
    user = inner.owner(request.token or "")
    expired = user is not None and expiry(user, request.token or "") is not None
    return await inner(request.with_token(valid_token(user)) if expired else request)


@fault("expired-token-reads", breaks=("auth.expired-token-refused",), on=("GET /api/timesheets",), needs_users=True)
async def expired_token_reads(request: Request, inner: Inner) -> Answer:
    """An expired token still opens the list of time records, and nothing else."""
    return await expired_token_accepted(request, inner)


@fault("future-token-refused", breaks=("auth.future-token-accepted",), needs_users=True)
async def future_token_refused(request: Request, inner: Inner) -> Answer:
    """A token that has an expiry date is refused although the date lies ahead."""
    user = inner.owner(request.token or "")
    dated = user is not None and expiry(user, request.token or "") is not None
    return answer(401) if dated else await inner(request)


@fault("password-accepted", breaks=("auth.password-refused",), needs_users=True)
async def password_accepted(request: Request, inner: Inner) -> Answer:
    """The password of an account is taken for a token of it."""
    user = inner.owner(request.token or "")
    is_password = user is not None and request.token == user.get("password")
    return await inner(request.with_token(valid_token(user)) if is_password else request)


@fault("query-token-accepted", breaks=("auth.query-token-refused",))
async def query_token_accepted(request: Request, inner: Inner) -> Answer:
    """A token is also taken from the query, where it gets into every log."""
    token = request.value("access_token") or request.value("token") or request.value("api_token")
    return await inner(request.with_token(token) if token and anonymous(request) else request)


@fault("scheme-not-looked-at", breaks=("auth.wrong-scheme-refused",))
async def scheme_not_looked_at(request: Request, inner: Inner) -> Answer:
    """The last word of the Authorization header is the token, whatever the scheme before it."""
    words = request.headers.get("authorization", "").split()
    return await inner(request.with_token(words[-1]) if words else request)


@fault("bare-token-accepted", breaks=("auth.wrong-scheme-refused",))
async def bare_token_accepted(request: Request, inner: Inner) -> Answer:
    """A token is accepted without any scheme before it. Another scheme is refused."""
    words = request.headers.get("authorization", "").split()
    return await inner(request.with_token(words[0]) if len(words) == 1 else request)


@fault("valid-token-refused-once", breaks=("auth.valid-token-accepted",), on=("GET /api/config/colors",))
def valid_token_refused_once(request: Request) -> Request:
    """One read, the configuration of colours, answers 401 to everybody."""
    return request.with_token("none")


@fault("everybody-is-the-administrator", breaks=("auth.token-is-its-owner",))
async def everybody_is_the_administrator(request: Request, inner: Inner) -> Answer:
    """Every good token is the strongest user seen, not the user who owns it."""
    caller = await inner.caller(request)
    return await as_somebody(request, inner) if caller else await inner(request)


@fault("me-is-another", breaks=("auth.token-is-its-owner",), on=("GET /api/users/me",))
async def me_is_another(request: Request, inner: Inner) -> Answer:
    """A plain user who asks for themself is shown somebody else. Everything is done in the right name all the same."""
    value = await inner(request)
    stronger = set(value.record.get("roles", ())) - {"ROLE_USER"}
    return value if stronger else value.each(lambda user: {**user, "username": f"not-{user.get('username')}"})


@fault("second-token-is-another", breaks=("auth.tokens-alike", "auth.token-is-its-owner"), needs_users=True)
async def second_token_is_another(request: Request, inner: Inner) -> Answer:
    """A user's tokens that have an expiry date act in another user's name."""
    user = inner.owner(request.token or "")
    date = expiry(user, request.token or "") if user else None
    return await (as_somebody(request, inner) if date and date.year > 2029 else inner(request))


@fault("existence-leaked", breaks=("auth.existence-hidden",), on=("* /api/*/{id}",))
async def existence_leaked(request: Request, inner: Inner) -> Answer:
    """Without credentials a record that exists is answered 401, and one that does not 404."""
    value = await inner(request)
    if value.status != 401:
        return value
    allowed = await as_somebody(request.read(request.route), inner)
    return refusal(404, "Not Found") if allowed.status == 404 else value


@fault("refused-write-performed", breaks=("auth.refused-write-changes-nothing",), on=("PATCH *", "DELETE *"))
async def refused_write_performed(request: Request, inner: Inner) -> Answer:
    """A write without good credentials is answered 401, and done."""
    value = await inner(request)
    if value.status == 401:
        await as_somebody(request, inner)
    return value


@fault("unknown-token-deletes", breaks=("auth.refused-write-changes-nothing",), on=("DELETE *",))
async def unknown_token_deletes(request: Request, inner: Inner) -> Answer:
    """A DELETE with an unknown or expired token is answered 401, and done. Without any token it is not."""
    value = await inner(request)
    if value.status == 401 and request.token:
        await as_somebody(request, inner)
    return value


@fault("expired-token-patches", breaks=("auth.refused-write-changes-nothing",), on=("PATCH *",), needs_users=True)
async def expired_token_patches(request: Request, inner: Inner) -> Answer:
    """A PATCH with an expired token is answered 401, and done. With an unknown token it is not."""
    value = await inner(request)
    user = inner.owner(request.token or "")
    if value.status == 401 and user is not None:
        await inner(request.with_token(valid_token(user)))
    return value


@fault("second-token-cannot-book", breaks=("auth.tokens-alike",), on=("POST /api/timesheets",), needs_users=True)
async def second_token_cannot_book(request: Request, inner: Inner) -> Answer:
    """A user's tokens that have an expiry date book no time. They read whatever the others do."""
    user = inner.owner(request.token or "")
    dated = user is not None and expiry(user, request.token or "") is not None
    return refusal(403, "Forbidden") if dated else await inner(request)


@fault("second-token-lists-nothing", breaks=("auth.tokens-alike",), on=("GET /api/timesheets",), needs_users=True)
async def second_token_lists_nothing(request: Request, inner: Inner) -> Answer:
    """A user's tokens that have an expiry date are shown an empty list of time records."""
    value = await inner(request)
    user = inner.owner(request.token or "")
    dated = user is not None and expiry(user, request.token or "") is not None
    return value.with_json([]) if value.ok and dated else value


@fault("lead-books-for-the-administrator", breaks=("auth.token-is-its-owner",), on=("POST /api/timesheets",))
async def lead_books_for_the_administrator(request: Request, inner: Inner) -> Answer:
    """What a lead books belongs to the administrator."""
    caller = await inner.caller(request)
    return await (as_somebody(request, inner) if "ROLE_TEAMLEAD" in caller.get("roles", ()) else inner(request))


@fault(
    "comment-deleted-by-anybody",
    breaks=("auth.refused-write-changes-nothing",),
    on=("DELETE /api/projects/{id}/comments/{comment}", "DELETE /api/customers/{id}/comments/{comment}"),
)
async def comment_deleted_by_anybody(request: Request, inner: Inner) -> Answer:
    """The deletion of a comment without credentials is answered 401, and done."""
    value = await inner(request)
    if value.status == 401:
        await as_somebody(request, inner)
    return value


@fault("message-tells-of-a-customer", breaks=("auth.existence-hidden",), on=("GET /api/customers/{id}",))
async def message_tells_of_a_customer(request: Request, inner: Inner) -> Answer:
    """A token that is no good gets another message for a customer that exists."""
    value = await inner(request)
    allowed = await as_somebody(request, inner) if value.status == 401 and request.token else value
    return refusal(401, "No access to this customer") if value.status == 401 and allowed.ok else value


@fault("token-for-old-password", breaks=("auth.wrong-scheme-refused",))
async def token_for_old_password(request: Request, inner: Inner) -> Answer:
    """A token is taken for the password of the retired headers."""
    token = request.headers.get("x-auth-token")
    if token is None or "x-auth-user" not in request.headers or "authorization" in request.headers:
        return await inner(request)
    bare = MutableHeaders(raw=[item for item in request.headers.raw if not item[0].startswith(b"x-auth-")])
    value = await inner(request.replace(headers=bare).with_token(token))
    return value if value.status != 401 else await inner(request)


@fault("token-in-a-form", breaks=("auth.wrong-scheme-refused",))
async def token_in_a_form(request: Request, inner: Inner) -> Answer:
    """A token is taken from a body in the form that browsers send."""
    typed = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    token = dict(read_query(request.body.decode("latin-1"))).get("access_token") if typed else None
    return await inner(request.with_token(token) if token and request.token is None else request)
