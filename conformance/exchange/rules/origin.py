"""Rule 1: nothing goes to another origin, by URL, by header or by a method that is not the one in front."""

from __future__ import annotations

import httpx

from conformance.exchange.request import Call
from conformance.exchange.state import State

FORWARDING = frozenset(
    {
        "forwarded",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-forwarded-port",
        "x-forwarded-server",
        "x-forwarded-prefix",
        "x-host",
        "x-original-url",
        "x-original-host",
        "x-rewrite-url",
        "x-http-host-override",
        "x-http-method",
        "x-http-method-override",
        "x-method-override",
    }
)
"""Headers by which a request may end elsewhere, or do something else, than it says."""


def origin_of(url: httpx.URL) -> tuple[str, str, int | None]:
    """Return scheme, host and port, the default port filled in."""
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme)


def check(call: Call, state: State) -> str | None:
    """Refuse another origin, a forged host, a cookie, and a method override."""
    base = httpx.URL(state.config.url)
    if origin_of(call.request.url) != origin_of(base) or call.request.url.userinfo:
        return f"{call.request.url.scheme}://{call.request.url.host} is not the instance"
    return _headers(call, state, base) or _override(call)


def _headers(call: Call, state: State, base: httpx.URL) -> str | None:
    configured = {name.lower() for name in state.config.headers}
    hosts = call.request.headers.get_list("host")
    if hosts != [base.netloc.decode("ascii")]:
        return "the Host header names another host"
    for name in call.request.headers:
        if name in FORWARDING and name not in configured:
            return f"the header {name} may send it elsewhere, or make it something else"
    if "cookie" in call.request.headers and "cookie" not in configured:
        return "it carries a cookie"
    return None


def _override(call: Call) -> str | None:
    names = {name.lower() for name, _ in call.query} | {name.lower() for name in call.body.fields}
    # `method` as a name would be read by nothing in Kimai, `_method` by its framework.
    return "it names another method than its own" if "_method" in names else None
