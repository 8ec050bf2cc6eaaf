"""How requests are refused: bad values, unknown attributes, bodies that are no JSON, records and paths that are not.

Every request here is meant to be refused; each is harmless where it is not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.definition import Operation
from conformance.exchange import Refused
from conformance.model import Exchange
from conformance.probes.access.auth_targets import invalidate, shared_record
from conformance.probes.access.credentials import ABSENT_ID, harmless_path
from conformance.probes.context import ProbeContext, once
from conformance.probes.records.creating import (
    MISSING,
    attribute,
    collection_path,
    create,
    delete_created,
    ident,
    parent_of,
)
from conformance.probes.records.kinds import Resource, kind_named
from conformance.probes.records.samples import minimal

INTERNALS = re.compile(
    r"\\[A-Z]\w+\\|\bApp\\\w|::\w+\(|\.php\b|Stack trace|SQLSTATE|Doctrine|Symfony|#\d+ /|Exception\b|Controller\b|"
    r"(?<![\w.])/(var/www|opt|home|srv|usr|src|vendor)/\w|/(src|vendor)/\w|\bon line \d|"
    r"\b(SELECT|INSERT|UPDATE|DELETE) .* (FROM|INTO|SET) |\b[tu]\d+_\.\w+\b|\bkimai2_\w",
)
"""What a message must not hold: class names, files, stack traces, queries, tables."""

BAD_VALUES: Mapping[str, Any] = {
    "name": "x",
    "color": "no colour at all",
    "currency": "no currency",
    "country": "no country",
    "timezone": "No/Where",
    "email": "no address",
    "begin": "no time",
    "activity": "none",
    "customer": "none",
    "rate": "no number",
    "message": "",
}
"""A value that cannot be valid, for a field of this name."""


@dataclass(frozen=True)
class ErrorAnswer:
    """A request that should be refused: what was bad about it, and the answer."""

    operation: str
    what: str
    field: str
    exchange: Exchange

    @property
    def named(self) -> bool:
        """Whether the answer names the field under errors.children, with a text."""
        result = attribute(self.exchange.json_or_none(), f"errors.children.{self.field}")
        return result is not MISSING and bool(result)


@once("bad bodies {kind.name}")
def bad_bodies(context: ProbeContext, kind: Resource) -> tuple[ErrorAnswer, ...]:
    """Send creates with one bad value each, asked once a process. Raises Refused."""
    names = [field.name for field in kind.fields(kind.create) if field.name in BAD_VALUES]
    return tuple(
        _send(context, kind, "bad value", name, {**minimal(context, kind), name: BAD_VALUES[name]})
        for name in (names if context.profile_at_least("standard") else names[:1])
    )


def bad_changes(context: ProbeContext, kind: Resource) -> tuple[ErrorAnswer, ...]:
    """Send one change with a bad value in every field that has one: a rebuff a field. Raises Refused."""
    body = {field.name: BAD_VALUES[field.name] for field in kind.fields(kind.change) if field.name in BAD_VALUES}
    exchange = _change(context, kind, body) if body else None
    if exchange is None or kind.change is None:
        return ()
    return tuple(ErrorAnswer(kind.change.label, "bad value", name, exchange) for name in body)


def unknown_attribute(context: ProbeContext, kind: Resource) -> Iterator[ErrorAnswer]:
    """Send a create, and a change, with an attribute that no form has. Raises Refused."""
    unknown = {"conformanceUnknown": "x"}
    yield _send(context, kind, "unknown attribute", "", {**minimal(context, kind), **unknown})
    exchange = _change(context, kind, unknown) if kind.change is not None else None
    if exchange is not None and kind.change is not None:
        yield ErrorAnswer(kind.change.label, "unknown attribute", "", exchange)
    body = minimal(context, kind)
    if isinstance(body.get("members"), list) and context.profile_at_least("standard"):
        nested = {**body, "members": [{**member, **unknown} for member in body["members"]]}
        yield _send(context, kind, "unknown attribute of a member", "", nested)


def _change(context: ProbeContext, kind: Resource, body: Mapping[str, Any] | str) -> Exchange | None:
    """Send a change of the own record that is kept for this; a text is sent as it is. None where there is none."""
    number = (
        context.cached(f"record to refuse {kind.name}", lambda: ident(create(context, kind))) if kind.change else None
    )
    if number is None or kind.change is None:
        return None
    content = body if isinstance(body, str) else json.dumps(body)
    path = kind.path(kind.change, number, parent_of(context, kind))
    return context.session().patch(path, content=content, headers={"content-type": "application/json"})


def wrong_types(context: ProbeContext, kind: Resource) -> tuple[ErrorAnswer, ...]:
    """Send creates with a list or an object where a scalar is meant. Raises Refused."""
    results = []
    names = [field.name for field in kind.fields(kind.create) if field.shape.kind == "scalar"]
    for name in names if context.profile_at_least("thorough") else [item for item in names if item in _TELLING]:
        for what, value in _STRUCTURES if context.profile_at_least("standard") else _STRUCTURES[:1]:
            results.append(_send(context, kind, what, name, {**minimal(context, kind), name: value}))
    return tuple(results)


def ends_first(context: ProbeContext, kind: Resource) -> ErrorAnswer | None:
    """Send a create that ends before it begins; None where the kind has no such times. Raises Refused."""
    names = {field.name for field in kind.fields(kind.create)}
    first = next((name for name in ("begin", "start") if name in names and "end" in names), None)
    if first is None:
        return None
    times = {first: "2025-01-15T10:00:00", "end": "2025-01-14T10:00:00"}
    days = {name: text if first == "begin" else text[:10] for name, text in times.items()}
    return _send(context, kind, "ends before it begins", "end", {**minimal(context, kind), **days})


_STRUCTURES = (("a list", ["a"]), ("an object", {"a": "b"}))
_TELLING = ("name", "begin", "end", "project", "visible", "customer", "rate", "message", "color")


def malformed(context: ProbeContext, kind: Resource) -> tuple[ErrorAnswer, ...]:
    """Send creates whose body is no JSON object."""
    path, result = collection_path(context, kind), []
    for what, content in (("cut off", '{"name": '), ("a text", '"text"')):
        exchange = context.session().post(path, content=content, headers={"content-type": "application/json"})
        result.append(ErrorAnswer(kind.create.label, what, "", exchange))
        delete_created(context, kind, exchange)
    return tuple(result)


def malformed_changes(context: ProbeContext, kind: Resource) -> tuple[ErrorAnswer, ...]:
    """Send a change of an own record whose body is no JSON. Raises Refused; empty where there is nothing to change."""
    exchange = _change(context, kind, '{"name": ')
    return (ErrorAnswer(kind.change.label, "cut off", "", exchange),) if exchange is not None and kind.change else ()


def _send(context: ProbeContext, kind: Resource, what: str, field: str, body: Mapping[str, Any]) -> ErrorAnswer:
    path = collection_path(context, kind)
    exchange = context.session().post(path, json={**context.records.demanded(path), **body})
    delete_created(context, kind, exchange)
    return ErrorAnswer(kind.create.label, what, field, exchange)


def hidden_restart(context: ProbeContext) -> ErrorAnswer | None:
    """Restart a record whose activity was hidden since; None where there is no record. Raises Refused."""
    project, _ = context.bookable
    activity = context.records.activity(project, visible=True)
    body = {"project": project, "activity": activity.id, "description": context.name("to restart")}
    body["begin"], body["end"] = context.hour()
    made = context.session().post("/api/timesheets", json=body)
    number = ident(made)
    if number is None:
        return None
    context.session().patch(f"/api/activities/{activity.id}", json={"visible": False})
    exchange = context.session().patch(f"/api/timesheets/{number}/restart", json={})
    started = ident(exchange)
    for item in (started, number):
        if item is not None:
            context.session().delete(f"/api/timesheets/{item}")
    return ErrorAnswer("PATCH /api/timesheets/{id}/restart", "hidden activity", "", exchange)


def absent(context: ProbeContext, operation: Operation) -> ErrorAnswer:
    """Send an operation for a record that does not exist. Raises Refused."""
    more: dict[str, Any] = {}
    if operation.body is not None:
        more["json"] = [] if operation.body.is_array else {}
    exchange = context.session().send(operation.method, harmless_path(operation), **more)
    return ErrorAnswer(operation.label, "absent record", "", exchange)


def absent_below(context: ProbeContext, operation: Operation) -> ErrorAnswer | None:
    """Send an operation for what does not exist below an own record; None where it names but one. Raises Refused."""
    head, below, tail = operation.path.partition("/{")
    kind = kind_named(context.index, head.removeprefix("/api/"))
    if not below or "{" not in tail or kind is None:
        return None
    record = shared_record(context, kind)
    if record is None:
        return None
    path = harmless_path(operation).replace(f"{head}/{ABSENT_ID}", f"{head}/{record['id']}", 1)
    return ErrorAnswer(operation.label, "absent below", "", context.session().send(operation.method, path))


def below_another(context: ProbeContext, operation: Operation) -> ErrorAnswer | None:
    """Send an operation for what hangs below one own record, by the path of another. Raises Refused.

    None where it is not on what hangs below a record, or either is missing.
    """
    parts = operation.path.split("/")
    kind = kind_named(context.index, "/".join((parts[2], parts[4]))) if len(parts) > 5 else None
    if kind is None or kind.parent is None or not context.profile_at_least("standard"):
        return None
    child, stranger = shared_record(context, kind), context.parent(kind.parent)
    if child is None:
        return None
    numbers = iter((stranger, child["id"]))
    path = "/".join(str(next(numbers)) if part.startswith("{") else part for part in parts)
    exchange = context.session().send(operation.method, path)
    if exchange.ok:
        invalidate(context)
    return ErrorAnswer(operation.label, "of another record", "", exchange)


def makes(context: ProbeContext, operation: Operation) -> bool:
    """Whether the strongest actor makes, and so reads, records of the kind that an operation is on."""
    kind = kind_named(context.index, operation.path.split("/")[2])
    try:
        return kind is not None and kind.name != "users" and shared_record(context, kind) is not None
    except Refused:
        return False


@once("plain refusals")
def plain_refusals(context: ProbeContext) -> tuple[ErrorAnswer, ...]:
    """Ask for one refusal of each sort, none of which could do anything; asked once a process."""
    answers = []
    for path in ("customers", "projects", "timesheets", "teams"):
        if f"GET /api/{path}/{{id}}" in context.index:
            exchange = context.session().get(f"/api/{path}/{ABSENT_ID}")
            answers.append(ErrorAnswer(f"GET /api/{path}/{{id}}", "absent record", "", exchange))
    for path, params in (("/api/timesheets", {"size": "many"}), ("/api/timesheets/recent", {"begin": "soon"})):
        if f"GET {path}" in context.index:
            exchange = context.session().get(path, params=params)
            answers.append(ErrorAnswer(f"GET {path}", "wrong parameter", "", exchange))
    for path in ("/api/users", "/api/teams"):
        if f"GET {path}" in context.index:
            exchange = context.session(context.weakest).get(path)
            answers.append(ErrorAnswer(f"GET {path}", "without the right", "", exchange))
    return tuple(answers)


def unknown_paths(context: ProbeContext) -> tuple[ErrorAnswer, ...]:
    """Ask for paths that no version has."""
    paths = ("/api/conformance-test", f"/api/conformance-test/{ABSENT_ID}")
    return tuple(ErrorAnswer(f"GET {path}", "unknown path", "", context.session().get(path)) for path in paths)


def texts(body: Any) -> Iterator[str]:
    """Yield every text in a body."""
    if isinstance(body, str):
        yield body
    elif isinstance(body, Mapping):
        for value in body.values():
            yield from texts(value)
    elif isinstance(body, list):
        for value in body:
            yield from texts(value)


def internals(exchange: Exchange) -> str:
    """Return what of the server's internals an answer shows, "" where it shows none."""
    body = exchange.json_or_none()
    shown = list(texts(body)) if body is not None else [exchange.body[:4096].decode("utf-8", "replace")]
    sent = exchange.target + (exchange.request_body or b"").decode("utf-8", "replace")
    results = (match[0] for text in shown for match in INTERNALS.finditer(text))
    # What was sent may come back in a message: that is no disclosure.
    return next((text[:60] for text in results if text not in sent), "")


def body_word(exchange: Exchange) -> str:
    """Return how the body of a refusal is formed: "code and message", or what is wrong with it."""
    body = exchange.json_or_none()
    if body is None:
        return "empty" if not exchange.body.strip() else "not JSON"
    if not isinstance(body, dict) or not isinstance(body.get("message"), str):
        return "no message"
    code = body.get("code")
    if code is None:
        return "no code"
    if code != exchange.status:
        return "code as text" if str(code) == str(exchange.status) else "another code"
    return "code and message"
