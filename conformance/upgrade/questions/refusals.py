"""How requests are refused: other credentials than a valid token, and the shape of an error's body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from conformance.exchange import Credentials
from conformance.model import Actor, Exchange
from conformance.probes.access.credentials import ABSENT_ID, answered, bad_credentials, shape_of
from conformance.probes.context import ProbeContext
from conformance.upgrade.classify import VALID
from conformance.upgrade.facts import About, Fact, fact, unseen
from conformance.upgrade.specimens import sent, told

LABEL = "GET /api/users/me"

REQUESTS: Mapping[str, tuple[str, str, Mapping[str, Any]]] = {
    "no such path": ("GET", "/api/conformance", {}),
    "no such record": ("GET", f"/api/customers/{ABSENT_ID}", {}),
    "no such method": ("POST", "/api/ping", {"json": {}}),
    "wrong query": ("GET", "/api/timesheets", {"params": {"size": "abc"}}),
    "empty body": ("POST", "/api/customers", {"json": {}}),
    "not JSON": ("POST", "/api/customers", {"content": "{", "headers": {"content-type": "application/json"}}),
    "a time that is none": ("POST", "/api/timesheets", {"json": {"begin": "soon", "end": "later"}}),
    "past the last page": ("GET", "/api/timesheets", {"params": {"page": "9999"}}),
}


def ask(context: ProbeContext) -> Iterator[Fact]:
    """Ask to be refused. Facts: CREDENTIALS, ERROR."""
    words = {VALID: (context.strongest, None), **bad_credentials(context)}
    words["lower case"] = (context.strongest, Credentials.header(f"bearer {context.strongest.token.secret.reveal()}"))
    for word, (actor, credentials) in words.items():
        yield from told(partial(_credentials, context, word, actor, credentials), About.CREDENTIALS, LABEL, asked=word)
    for asked, (method, path, more) in REQUESTS.items():
        label = f"{method} {path.replace(str(ABSENT_ID), '{id}')}"
        answer = sent(lambda method=method, path=path, more=more: context.session().send(method, path, **more))  # type: ignore[misc]
        if isinstance(answer, str):
            yield unseen(About.ERROR, label, answer, asked=asked)
        else:
            yield fact(About.ERROR, label, error_shape(answer), asked=asked)


def _credentials(context: ProbeContext, word: str, actor: Actor, credentials: Credentials | None) -> Iterator[Fact]:
    session = context.session(actor)
    session = session.with_credentials(credentials) if credentials is not None else session
    exchange = session.get("/api/users/me")
    yield fact(About.CREDENTIALS, LABEL, shape_of(answered(LABEL, word, actor, exchange)), asked=word)


def error_shape(answer: Exchange) -> str:
    """Return status, media type and keys of an error, without its text: messages are translated."""
    body = answer.json_or_none()
    media = answer.headers.get("content-type", "no content type").partition(";")[0]
    return f"{answer.status} {media} {_keys(body)}".strip()


def _keys(value: Any, depth: int = 0) -> str:
    if isinstance(value, dict) and depth < 2:
        inner = (f"{key}{_inner(item, depth)}" for key, item in sorted(value.items()))
        return "{" + ", ".join(inner) + "}"
    return {dict: "{…}", list: "[…]", str: "string", int: "number"}.get(type(value), "")


def _inner(value: Any, depth: int) -> str:
    return f": {keys}" if (keys := _keys(value, depth + 1)) else ""
