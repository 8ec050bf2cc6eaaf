"""A request as the guard sees it: what it may do, to which records, with whose credentials.

Nothing here raises: what cannot be understood is kept in `unclear`, and refuses the request where it could write.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

import httpx

from conformance.exchange.guard import paths
from conformance.exchange.guard.bodies import Body, Reading, field_key, read_body
from conformance.exchange.guard.credentials import QUERY_NAMES, CredentialStatus, classify_credentials
from conformance.exchange.guard.ids import AmbiguousRequest, parse_ids
from conformance.exchange.guard.kinds import Kind
from conformance.exchange.guard.operations import Effect, GuardedOperation, ParamRole
from conformance.exchange.guard.table import lookup
from conformance.model import Actor

READS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class RecordRef:
    """One id in a request: where it stands, what kind of record it means, and whether that one is changed."""

    role: ParamRole
    kind: Kind
    ident: int
    where: str


@dataclass(frozen=True)
class ClassifiedRequest:
    """One request, read in every way. `path` is without the base URL's prefix, `operation` the row of the table,
    `outside` whether it does not lie below that prefix."""

    request: httpx.Request
    method: str
    path: str
    standing: CredentialStatus
    actor: Actor | None
    operation: GuardedOperation | None
    values: Mapping[str, str]
    body: Body
    query: tuple[tuple[str, str], ...]
    unclear: str = ""
    outside: bool = False
    readings: Mapping[paths.Segments, GuardedOperation | None] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The operation's label, or method and path for one that the table does not know."""
        return self.operation.label if self.operation else f"{self.method} {self.path}"

    @property
    def writes(self) -> bool:
        """Whether it may change anything, in any reading. Unknown operations write unless they are GET-like."""
        if self.method not in READS:
            return True
        return any(reading is not None and reading.writes for reading in self.readings.values())

    @property
    def effect(self) -> Effect:
        """What the operation does; READ for an unknown GET, WRITE for any other unknown one."""
        if self.operation:
            return self.operation.effect
        return Effect.READ if self.method in READS else Effect.WRITE

    @cached_property
    def touched(self) -> tuple[RecordRef, ...]:
        """All ids in path and body. Raises AmbiguousRequest."""
        return tuple(_touched(self))

    def targets(self) -> list[RecordRef]:
        """The records that would be changed, deleted or attached to. Raises AmbiguousRequest."""
        return [item for item in self.touched if item.role is ParamRole.TARGET]

    def references(self) -> list[RecordRef]:
        """The records that are only pointed at. Raises AmbiguousRequest."""
        return [item for item in self.touched if item.role is ParamRole.REFERENCE]

    def sent(self, name: str) -> Any:
        """Return a top-level attribute of the body in any spelling, None where it is absent."""
        return self.body.fields.get(field_key(name))

    def sends(self, name: str) -> bool:
        """Whether the body has an attribute, in any spelling."""
        return field_key(name) in self.body.fields


def classify(request: httpx.Request, prefix: str, actors: Iterable[Actor], mark: str) -> ClassifiedRequest:
    """Return what a request means. `prefix` is the path of the base URL, without a slash at its end."""
    raw_path, _, raw_query = request.url.raw_path.decode("ascii", "replace").partition("?")
    inside = raw_path.startswith(prefix + "/")
    path = raw_path[len(prefix) :] if inside else raw_path
    method = request.method.upper()
    unclear = []
    if request.method != method:
        unclear.append("the method is not in capitals")
    query = tuple(parse_qsl(raw_query, keep_blank_values=True))
    results = {reading: _lookup(method, reading) for reading in paths.interpretations(path)}
    strict = _lookup(method, paths.strict_segments(path))
    body = Body(Reading.EMPTY)
    try:
        body = read_body(request.content, request.headers.get("content-type", ""), mark)
    except AmbiguousRequest as error:
        unclear.append(str(error))
    if not paths.is_plain(path):
        unclear.append("the path can be read in more than one way")
    stands, actor = classify_credentials(request.headers, query, actors)
    return ClassifiedRequest(
        request,
        method,
        path,
        stands,
        actor,
        strict[0] if strict else None,
        strict[1] if strict else {},
        body,
        query,
        "; ".join(unclear),
        not inside,
        {reading: item[0] if item else None for reading, item in results.items()},
    )


def _lookup(method: str, segments: paths.Segments) -> tuple[GuardedOperation, dict[str, str]] | None:
    # A HEAD is answered by the code of the GET, which in 2.24.0 may write.
    return lookup("GET" if method == "HEAD" else method, segments)


def _touched(call: ClassifiedRequest) -> Iterable[RecordRef]:
    operation = call.operation
    if operation is None:
        return
    for name, param in operation.params.items():
        idents = parse_ids(call.values.get(name, ""), f"{name} in the path")
        if param.kind is Kind.USER and not idents:
            # "me" is one, and a later version may take user names.
            raise AmbiguousRequest(f"{name} in the path may be read as somebody's name")
        for ident in idents:
            yield RecordRef(param.role, param.kind, ident, f"{name} in the path")
    if not isinstance(call.body.value, dict) and not operation.takes_list and parse_ids(call.body.value, "the body"):
        raise AmbiguousRequest("the body is not an object, and has numbers that may be read as ids")
    for name, param in operation.body.items():
        if param.kind is Kind.TAG or not call.sends(name):
            continue
        for ident in _ids_of(call.sent(name), param.item, name):
            yield RecordRef(param.role, param.kind, ident, name)
    for name, value in call.query:
        typed = operation.query.get(name)
        if operation.writes and name not in operation.query and name not in QUERY_NAMES:
            raise AmbiguousRequest(f"the query parameter {name[:40]!r} is not known for this write")
        if operation.writes and typed is not None:
            for ident in parse_ids(value, f"{name} in the query"):
                yield RecordRef(typed.role, typed.kind, ident, f"{name} in the query")


def _ids_of(value: Any, item: str, where: str) -> frozenset[int]:
    """Return the ids of a field; for a list of objects those under `item`, nothing else in them may be a number."""
    if not item or not isinstance(value, list | dict):
        return parse_ids(value, where)
    entries = value if isinstance(value, list) else list(value.values())
    values: set[int] = set()
    for entry in entries:
        if not isinstance(entry, dict):
            values |= parse_ids(entry, where)
            continue
        keys = [field_key(key) for key in entry]
        if len(set(keys)) != len(keys):
            raise AmbiguousRequest(f"{where} names an attribute twice")
        for key, inner in entry.items():
            if field_key(key) == field_key(item):
                values |= parse_ids(inner, f"{where}[].{item}")
            elif isinstance(inner, list | dict) or field_key(key) != "teamlead":
                values |= parse_ids(inner, f"{where}[].{key}")
    return frozenset(values)
