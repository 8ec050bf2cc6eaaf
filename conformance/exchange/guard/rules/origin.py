"""Rule 1: nothing goes to another origin, by URL, by header or by a method that is not the one in front."""

from __future__ import annotations

import re

import httpx

from conformance.exchange.guard.classification import ClassifiedRequest
from conformance.exchange.guard.context import GuardContext
from conformance.exchange.guard.rules.actor_state import RESTORES
from conformance.exchange.network import LOGIN, OVERHEAD

FORWARDING = frozenset(
    {
        "content-encoding",
        "forwarded",
        "transfer-encoding",
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

WRITE_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "accept-language",
        "authorization",
        "cache-control",
        "connection",
        "content-length",
        "content-type",
        "host",
        "origin",
        "user-agent",
        "x-auth-token",
        "x-auth-user",
        "x-requested-with",
    }
)
"""What a write may carry, besides the configured headers: others could name another user to a proxy."""

EXTENSIONS = frozenset({RESTORES, "timeout", OVERHEAD, LOGIN})
"""What a request may tell the transport. httpx knows others that change where it goes."""


def origin_of(url: httpx.URL) -> tuple[str, str, int | None]:
    """Return scheme, host and port, the default port filled in."""
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme)


def check(call: ClassifiedRequest, state: GuardContext) -> str | None:
    """Refuse another origin, a forged host, a cookie, and a method override."""
    base = httpx.URL(state.config.url)
    if origin_of(call.request.url) != origin_of(base) or call.request.url.userinfo:
        return f"{call.request.url.scheme}://{call.request.url.host} is not the instance"
    if call.outside:
        return f"{call.path[:80]} is not below the path of the instance"
    if set(call.request.extensions) - EXTENSIONS:
        return "it tells the transport to send it another way"
    if reason := _headers(call, state, base):
        return reason
    body = call.body.value if isinstance(call.body.value, dict) else {}
    # PHP reads ".method", " method" and "_method[]" as `_method` too.
    names = {re.sub(r"[^a-z]", "", name.lower()) for name in (*body, *(name for name, _ in call.query))}
    return "it names another method than its own" if "method" in names else None


def _headers(call: ClassifiedRequest, state: GuardContext, base: httpx.URL) -> str | None:
    configured = {name.lower() for name in state.config.headers}
    hosts = call.request.headers.get_list("host")
    if hosts != [base.netloc.decode("ascii")]:
        return "the Host header names another host"
    for name in set(call.request.headers) - configured:
        # A server may hand on `X_Host` as `X-Host`.
        if name.replace("_", "-") in FORWARDING or (call.writes and name not in WRITE_HEADERS):
            return f"the header {name} may send it elsewhere, or make it something else"
    if "cookie" in call.request.headers and "cookie" not in configured:
        return "it carries a cookie"
    if call.request.headers.get("content-length", "0") != str(len(call.request.content)):
        return "Content-Length does not match the body"
    return None
