"""Conditions of a sound instance: busy, limited, behind a gateway that loses answers, demanding, with a dying token.

Less may be decided in them; nothing may fail, and nothing may stay.
"""

from __future__ import annotations

import re
from typing import Any

from conformance.embedded.faults.messages import Answer, Request, answer, refusal
from conformance.embedded.faults.registry import Inner, condition

LIFETIME = 120
"""Requests after which a token dies."""

_OUT_OF_REACH = (520, 521, 522, 523, 524, 525, 526, 408)
_ATTACK = re.compile(rb"['<>\x00]|--|\\u0000")

_PAGE = b"<!DOCTYPE html><html><body><h1>The service is not available</h1></body></html>"

CREATES = ("customers", "projects", "activities", "timesheets", "tags", "teams")

DEMANDED = {
    "customers": "vatId",
    "projects": "orderNumber",
    "activities": "comment",
    "timesheets": "description",
}
"""For each kind, an attribute that its form has and that an instance may demand."""


def _counted(inner: Inner, name: str = "count") -> int:
    inner.memory[name] = inner.memory.get(name, 0) + 1
    return int(inner.memory[name])


def page(status: int) -> Answer:
    """Return an answer that is no answer of Kimai's: a page of HTML."""
    return answer(status).with_body(_PAGE, "text/html; charset=UTF-8")


@condition("busy")
async def busy(request: Request, inner: Inner) -> Answer:
    """Every twentieth request is answered 503 with Retry-After, and not carried out."""
    if _counted(inner) % 20 == 0:
        return page(503).with_headers({"retry-after": "0"})
    return await inner(request)


@condition("very-busy")
async def very_busy(request: Request, inner: Inner) -> Answer:
    """Every third request is not carried out: a write is answered 503, a read 502 or 504, without Retry-After."""
    number = _counted(inner)
    return page(503 if request.writes else 502 + number % 2 * 2) if number % 3 == 0 else await inner(request)


@condition("limited")
async def limited(request: Request, inner: Inner) -> Answer:
    """Every twenty-fifth request is answered 429 with Retry-After."""
    if _counted(inner) % 25 == 0:
        return refusal(429, "Too Many Requests").with_headers({"retry-after": "0"})
    return await inner(request)


@condition("answers-lost")
async def answers_lost(request: Request, inner: Inner) -> Answer:
    """Every thirtieth write is carried out, and its answer is lost: the gateway answers 502."""
    value = await inner(request)
    return page(502) if request.writes and _counted(inner) % 30 == 0 else value


@condition("out-of-reach")
async def out_of_reach(request: Request, inner: Inner) -> Answer:
    """Every twenty-fifth request does not reach the instance: 520 to 526 and 408 in turn, as pages."""
    number = _counted(inner)
    return page(_OUT_OF_REACH[number // 25 % len(_OUT_OF_REACH)]) if number % 25 == 0 else await inner(request)


@condition("please-wait")
async def please_wait(request: Request, inner: Inner) -> Answer:
    """Every thirtieth request is not passed on: a page asks to wait or to sign in, as 200, 403 and 302 in turn."""
    number = _counted(inner)
    return page((200, 403, 302)[number // 30 % 3]) if number % 30 == 0 else await inner(request)


@condition("filtered")
async def filtered(request: Request, inner: Inner) -> Answer:
    """A filter answers a page as a 403 to every text that has signs of an attack in it."""
    query = "&".join(word for pair in request.query for word in pair)
    return page(403) if _ATTACK.search(query.encode("utf-8", "replace") + request.body) else await inner(request)


@condition("token-dies")
async def token_dies(request: Request, inner: Inner) -> Answer:
    """The token of the strongest user is revoked after a while: from then on it is answered an empty 401."""
    caller = await inner.caller(request)
    if "ROLE_SUPER_ADMIN" in caller.get("roles", ()) and _counted(inner) > LIFETIME:
        return answer(401)
    return await inner(request)


@condition("all-tokens-die")
async def all_tokens_die(request: Request, inner: Inner) -> Answer:
    """After a while an access proxy wants a new sign-in of everybody: a page of HTML, as a 500."""
    return page(500) if _counted(inner) > LIFETIME else await inner(request)


@condition("maintenance")
async def maintenance(request: Request, inner: Inner) -> Answer:
    """After a while the instance is in maintenance: whatever is asked is answered 503."""
    return page(503) if _counted(inner) > LIFETIME else await inner(request)


def _refused(field: str) -> Answer:
    children: dict[str, Any] = {"name": {}, field: {"errors": ["This value should not be blank."]}}
    errors = {"errors": [], "children": children}
    return answer(400, {"code": 400, "message": "Validation Failed", "errors": errors})


def _plant(kind: str) -> None:
    """Register for a kind that none can be made, that an attribute is demanded, and that nobody may make one."""

    async def never_made(request: Request, inner: Inner) -> Answer:
        return _refused("metaFields") if await inner.caller(request) else await inner(request)

    async def demanded(request: Request, inner: Inner) -> Answer:
        whole = bool(request.fields.get(DEMANDED[kind])) or request.json is None
        return await inner(request) if whole or not await inner.caller(request) else _refused(DEMANDED[kind])

    async def forbidden(request: Request, inner: Inner) -> Answer:
        return refusal(403, "Forbidden") if await inner.caller(request) else await inner(request)

    never_made.__doc__ = f"Every create of {kind} is refused: a custom field is mandatory that the API cannot send."
    demanded.__doc__ = f"The attribute {DEMANDED.get(kind)} is mandatory in {kind}."
    forbidden.__doc__ = f"Nobody may make {kind}."
    condition(f"no-new-{kind}", on=(f"POST /api/{kind}",))(never_made)
    if kind in DEMANDED:
        condition(f"mandatory-in-{kind}", on=(f"POST /api/{kind}",))(demanded)
    condition(f"forbidden-new-{kind}", on=(f"POST /api/{kind}",))(forbidden)


for kind in CREATES:
    _plant(kind)
