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
from conformance.probes.access.credentials import ABSENT_ID, harmless_path
from conformance.probes.access.staging import exhibit, renew
from conformance.probes.lab import Lab
from conformance.probes.records.kinds import Kind, kind_named
from conformance.probes.records.making import MISSING, attribute, create, dispose, ident, parent_of
from conformance.probes.records.samples import minimal
from conformance.words import Exchange

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
class Rebuff:
    """A request that should be refused: what was bad about it, and the answer."""

    operation: str
    what: str
    field: str
    exchange: Exchange

    @property
    def named(self) -> bool:
        """Whether the answer names the field under errors.children, with a text."""
        told = attribute(self.exchange.json_or_none(), f"errors.children.{self.field}")
        return told is not MISSING and bool(told)


def bad_bodies(lab: Lab, kind: Kind) -> tuple[Rebuff, ...]:
    """Send creates with one bad value each, asked once a process. Raises Refused."""
    return lab.once(f"bad bodies {kind.name}", lambda: tuple(_bad_bodies(lab, kind)))


def _bad_bodies(lab: Lab, kind: Kind) -> Iterator[Rebuff]:
    names = [field.name for field in kind.fields(kind.create) if field.name in BAD_VALUES]
    for name in names if lab.beyond("standard") else names[:1]:
        yield _send(lab, kind, "bad value", name, {**minimal(lab, kind), name: BAD_VALUES[name]})


def bad_changes(lab: Lab, kind: Kind) -> tuple[Rebuff, ...]:
    """Send one change with a bad value in every field that has one: a rebuff a field. Raises Refused."""
    body = {field.name: BAD_VALUES[field.name] for field in kind.fields(kind.change) if field.name in BAD_VALUES}
    exchange = _change(lab, kind, body) if body else None
    if exchange is None or kind.change is None:
        return ()
    return tuple(Rebuff(kind.change.label, "bad value", name, exchange) for name in body)


def unknown_attribute(lab: Lab, kind: Kind) -> Iterator[Rebuff]:
    """Send a create, and a change, with an attribute that no form has. Raises Refused."""
    unknown = {"conformanceUnknown": "x"}
    yield _send(lab, kind, "unknown attribute", "", {**minimal(lab, kind), **unknown})
    exchange = _change(lab, kind, unknown) if kind.change is not None else None
    if exchange is not None and kind.change is not None:
        yield Rebuff(kind.change.label, "unknown attribute", "", exchange)
    body = minimal(lab, kind)
    if isinstance(body.get("members"), list) and lab.beyond("standard"):
        nested = {**body, "members": [{**member, **unknown} for member in body["members"]]}
        yield _send(lab, kind, "unknown attribute of a member", "", nested)


def _change(lab: Lab, kind: Kind, body: Mapping[str, Any] | str) -> Exchange | None:
    """Send a change of the own record that is kept for this; a text is sent as it is. None where there is none."""
    number = lab.once(f"record to refuse {kind.name}", lambda: ident(create(lab, kind))) if kind.change else None
    if number is None or kind.change is None:
        return None
    content = body if isinstance(body, str) else json.dumps(body)
    path = kind.path(kind.change, number, parent_of(lab, kind))
    return lab.session().patch(path, content=content, headers={"content-type": "application/json"})


def wrong_types(lab: Lab, kind: Kind) -> tuple[Rebuff, ...]:
    """Send creates with a list or an object where a scalar is meant. Raises Refused."""
    found = []
    names = [field.name for field in kind.fields(kind.create) if field.shape.kind == "scalar"]
    for name in names if lab.beyond("thorough") else [each for each in names if each in _TELLING]:
        for what, value in (("a list", ["a"]), ("an object", {"a": "b"})):
            found.append(_send(lab, kind, what, name, {**minimal(lab, kind), name: value}))
    return tuple(found)


def ends_first(lab: Lab, kind: Kind) -> Rebuff | None:
    """Send a create that ends before it begins; None where the kind has no such times. Raises Refused."""
    names = {field.name for field in kind.fields(kind.create)}
    first = next((name for name in ("begin", "start") if name in names and "end" in names), None)
    if first is None:
        return None
    times = {first: "2025-01-15T10:00:00", "end": "2025-01-14T10:00:00"}
    days = {name: text if first == "begin" else text[:10] for name, text in times.items()}
    return _send(lab, kind, "ends before it begins", "end", {**minimal(lab, kind), **days})


_TELLING = ("name", "begin", "end", "project", "visible", "customer", "rate", "message", "color")


def malformed(lab: Lab, kind: Kind) -> tuple[Rebuff, ...]:
    """Send creates whose body is no JSON object."""
    path, found = _path(lab, kind), []
    for what, content in (("cut off", '{"name": '), ("a text", '"text"')):
        exchange = lab.session().post(path, content=content, headers={"content-type": "application/json"})
        found.append(Rebuff(kind.create.label, what, "", exchange))
        dispose(lab, kind, exchange)
    return tuple(found)


def malformed_changes(lab: Lab, kind: Kind) -> tuple[Rebuff, ...]:
    """Send a change of an own record whose body is no JSON. Raises Refused; empty where there is nothing to change."""
    exchange = _change(lab, kind, '{"name": ')
    return (Rebuff(kind.change.label, "cut off", "", exchange),) if exchange is not None and kind.change else ()


def _send(lab: Lab, kind: Kind, what: str, field: str, body: Mapping[str, Any]) -> Rebuff:
    exchange = lab.session().post(_path(lab, kind), json=dict(body))
    dispose(lab, kind, exchange)
    return Rebuff(kind.create.label, what, field, exchange)


def _path(lab: Lab, kind: Kind) -> str:
    parent = parent_of(lab, kind)
    return kind.path(kind.create, "", parent) if parent is not None else kind.create.path


def hidden_restart(lab: Lab) -> Rebuff | None:
    """Restart a record whose activity was hidden since; None where there is no record. Raises Refused."""
    project, _ = lab.bookable
    activity = lab.records.activity(project, visible=True)
    body = {"project": project, "activity": activity.id, "description": lab.name("to restart")}
    body |= {"begin": "2025-01-15T10:00:00", "end": "2025-01-15T11:00:00"}
    made = lab.session().post("/api/timesheets", json=body)
    number = ident(made)
    if number is None:
        return None
    lab.session().patch(f"/api/activities/{activity.id}", json={"visible": False})
    exchange = lab.session().patch(f"/api/timesheets/{number}/restart", json={})
    started = ident(exchange)
    for each in (started, number):
        if each is not None:
            lab.session().delete(f"/api/timesheets/{each}")
    return Rebuff("PATCH /api/timesheets/{id}/restart", "hidden activity", "", exchange)


def absent(lab: Lab, operation: Operation) -> Rebuff:
    """Send an operation for a record that does not exist. Raises Refused."""
    more: dict[str, Any] = {}
    if operation.body is not None:
        more["json"] = [] if operation.body.is_array else {}
    exchange = lab.session().send(operation.method, harmless_path(operation), **more)
    return Rebuff(operation.label, "absent record", "", exchange)


def absent_below(lab: Lab, operation: Operation) -> Rebuff | None:
    """Send an operation for what does not exist below an own record; None where it names but one. Raises Refused."""
    head, below, tail = operation.path.partition("/{")
    kind = kind_named(lab.index, head.removeprefix("/api/"))
    if not below or "{" not in tail or kind is None:
        return None
    record = exhibit(lab, kind)
    if record is None:
        return None
    path = harmless_path(operation).replace(f"{head}/{ABSENT_ID}", f"{head}/{record['id']}", 1)
    return Rebuff(operation.label, "absent below", "", lab.session().send(operation.method, path))


def below_another(lab: Lab, operation: Operation) -> Rebuff | None:
    """Send an operation for what hangs below one own record, by the path of another. Raises Refused.

    None where it is not on what hangs below a record, or either is missing.
    """
    parts = operation.path.split("/")
    kind = kind_named(lab.index, "/".join((parts[2], parts[4]))) if len(parts) > 5 else None
    if kind is None or kind.parent is None or not lab.beyond("standard"):
        return None
    child, stranger = exhibit(lab, kind), lab.parent(kind.parent)
    if child is None:
        return None
    numbers = iter((stranger, child["id"]))
    path = "/".join(str(next(numbers)) if part.startswith("{") else part for part in parts)
    exchange = lab.session().send(operation.method, path)
    if exchange.ok:
        renew(lab)
    return Rebuff(operation.label, "of another record", "", exchange)


def makes(lab: Lab, operation: Operation) -> bool:
    """Whether the strongest actor makes, and so reads, records of the kind that an operation is on."""
    kind = kind_named(lab.index, operation.path.split("/")[2])
    try:
        return kind is not None and kind.name != "users" and exhibit(lab, kind) is not None
    except Refused:
        return False


def plain_refusals(lab: Lab) -> tuple[Rebuff, ...]:
    """Ask for one refusal of each sort, none of which could do anything; asked once a process."""
    return lab.once("plain refusals", lambda: tuple(_plain_refusals(lab)))


def _plain_refusals(lab: Lab) -> Iterator[Rebuff]:
    for path in ("customers", "projects", "timesheets", "teams"):
        if f"GET /api/{path}/{{id}}" in lab.index:
            exchange = lab.session().get(f"/api/{path}/{ABSENT_ID}")
            yield Rebuff(f"GET /api/{path}/{{id}}", "absent record", "", exchange)
    for path, params in (("/api/timesheets", {"size": "many"}), ("/api/timesheets/recent", {"begin": "soon"})):
        if f"GET {path}" in lab.index:
            yield Rebuff(f"GET {path}", "wrong parameter", "", lab.session().get(path, params=params))
    for path in ("/api/users", "/api/teams"):
        if f"GET {path}" in lab.index:
            yield Rebuff(f"GET {path}", "without the right", "", lab.session(lab.plainest).get(path))


def unknown_paths(lab: Lab) -> tuple[Rebuff, ...]:
    """Ask for paths that no version has."""
    paths = ("/api/conformance-test", f"/api/conformance-test/{ABSENT_ID}")
    return tuple(Rebuff(f"GET {path}", "unknown path", "", lab.session().get(path)) for path in paths)


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
    found = (match[0] for text in shown for match in INTERNALS.finditer(text))
    # What was sent may come back in a message: that is no disclosure.
    return next((text[:60] for text in found if text not in sent), "")


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
