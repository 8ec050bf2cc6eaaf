"""A request and an answer as a fault sees them: what is on the wire, decoded where it is JSON.

Both are values: `replace` and the `with_…` methods return changed copies, what was given stays as it was.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import MutableHeaders

from conformance.model import decoded

JSON = "application/json"
DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[+-]\d\d:?\d\d|Z)")
_API = "/api/"

Record = dict[str, Any]


def encode(value: Any) -> bytes:
    """Return a value as compact JSON, the way an API writes it."""
    return json.dumps(value, separators=(",", ":")).encode()


def pattern(operation: str) -> re.Pattern[str]:
    """Compile `"PATCH /api/tags/{id}"`; `*` as the method is any, `{…}` one segment, a `*` at the end any rest."""
    text = re.sub(r"\\\{\w+\\\}", r"[^/]+", re.escape(operation))
    return re.compile(re.sub(r"^\\\*", r"[A-Z]+", text).replace(r"\*", ".*"))


@dataclass(frozen=True)
class Request:
    """A request on its way in. `path` is as sent, with the prefix of the instance; `route` begins at `/api/`."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: MutableHeaders = field(default_factory=MutableHeaders)
    body: bytes = b""

    @property
    def route(self) -> str:
        """The path from `/api/` on, whatever folder the instance lives in."""
        return self.path[max(self.path.find(_API), 0) :]

    @property
    def json(self) -> Any:
        """The decoded body, None where it is not JSON."""
        return decoded(self.body)

    @property
    def fields(self) -> Record:
        """The body's attributes, none where it is not a JSON object."""
        value = self.json
        return value if isinstance(value, dict) else {}

    @property
    def token(self) -> str | None:
        """The text after `Bearer `, None where there is no such header."""
        kind, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if kind == "Bearer" and token.strip() else None

    @property
    def writes(self) -> bool:
        """Whether it is more than a read."""
        return self.method not in {"GET", "HEAD", "OPTIONS"}

    def matches(self, *operations: str) -> bool:
        """Whether it is one of these operations, written as for `pattern`."""
        label = f"{self.method} {self.route}"
        return any(pattern(operation).fullmatch(label) for operation in operations)

    def value(self, name: str) -> str | None:
        """The first value of a query parameter, None where it is not sent."""
        return next((value for key, value in self.query if key == name), None)

    def replace(self, **changes: Any) -> Request:
        """Return a copy with other parts: method, path, query, headers, body."""
        return dataclasses.replace(self, **changes)

    def with_json(self, value: Any) -> Request:
        """Return a copy with another JSON body."""
        return self.replace(body=encode(value), headers=_headers(self.headers, {"content-type": JSON}))

    def with_fields(self, change: Callable[[Record], Record]) -> Request:
        """Return a copy whose JSON object `change` has rewritten; the request itself where its body is no object."""
        value = self.json
        return self.with_json(change(value)) if isinstance(value, dict) else self

    def with_query(self, **values: str | None) -> Request:
        """Return a copy in which these parameters have one value each, or are gone where the value is None."""
        kept = tuple(pair for pair in self.query if pair[0] not in values)
        return self.replace(query=kept + tuple((k, v) for k, v in values.items() if v is not None))

    def without_query(self, *names: str) -> Request:
        """Return a copy without these parameters."""
        return self.replace(query=tuple(pair for pair in self.query if pair[0] not in names))

    def with_token(self, token: str) -> Request:
        """Return a copy that is sent with this token."""
        return self.replace(headers=_headers(self.headers, {"authorization": f"Bearer {token}"}))

    def read(self, route: str, **query: str) -> Request:
        """Return a GET of another route on the same instance with the same credentials."""
        return self.other("GET", route).with_query(**query)

    def other(self, method: str, route: str, body: Any = None) -> Request:
        """Return another request to the same instance with the same credentials; `body` is sent as JSON."""
        prefix = self.path[: max(self.path.find(_API), 0)]
        bare = Request(method, prefix + route, (), _headers(self.headers, {}, drop=("content-type",)))
        return bare if body is None else bare.with_json(body)

    @property
    def query_string(self) -> str:
        """The query as it is sent."""
        return urlencode(self.query)


def read_query(text: str) -> tuple[tuple[str, str], ...]:
    """Return a query string as pairs, in its order."""
    return tuple(parse_qsl(text, keep_blank_values=True))


@dataclass(frozen=True)
class Answer:
    """An answer on its way out."""

    status: int
    headers: MutableHeaders = field(default_factory=MutableHeaders)
    body: bytes = b""

    @property
    def ok(self) -> bool:
        """Whether it is a 2xx."""
        return 200 <= self.status < 300

    @property
    def json(self) -> Any:
        """The decoded body, None where it is not JSON."""
        return decoded(self.body) if JSON in self.headers.get("content-type", "") else None

    @property
    def record(self) -> Record:
        """The JSON object of a success, empty where it is something else."""
        value = self.json
        return value if self.ok and isinstance(value, dict) else {}

    @property
    def items(self) -> list[Any]:
        """The JSON list of a success, empty where it is something else."""
        value = self.json
        return value if self.ok and isinstance(value, list) else []

    def with_json(self, value: Any) -> Answer:
        """Return a copy with another JSON body."""
        return dataclasses.replace(self, body=encode(value))

    def with_status(self, status: int) -> Answer:
        """Return a copy with another status."""
        return dataclasses.replace(self, status=status)

    def with_headers(self, changes: Mapping[str, str], drop: Iterable[str] = ()) -> Answer:
        """Return a copy with these headers set and those in `drop` left out."""
        return dataclasses.replace(self, headers=_headers(self.headers, changes, drop))

    def with_body(self, body: bytes, content_type: str) -> Answer:
        """Return a copy with another body that is not JSON."""
        return dataclasses.replace(self.with_headers({"content-type": content_type}), body=body)

    def each(self, change: Callable[[Record], Record]) -> Answer:
        """Return a copy in which `change` has rewritten the record, or each record of the list, of a success."""
        value = self.json
        if not self.ok or not isinstance(value, dict | list):
            return self
        if isinstance(value, dict):
            return self.with_json(change(value))
        return self.with_json([change(item) if isinstance(item, dict) else item for item in value])

    def map_times(self, change: Callable[[str], str], *names: str) -> Answer:
        """Return a copy in which `change` has rewritten every datetime of a success, or those of these attributes."""
        value = self.json
        return self.with_json(_map_times(value, change, names, "")) if self.ok and value is not None else self


def answer(status: int, value: Any = None) -> Answer:
    """Make a JSON answer; without a value one that has no body."""
    headers = MutableHeaders({"content-type": JSON})
    return Answer(status, headers, b"" if value is None else encode(value))


def refusal(status: int, message: str) -> Answer:
    """Make an answer with the body of a refusal."""
    return answer(status, {"code": status, "message": message})


def _map_times(value: Any, change: Callable[[str], str], names: tuple[str, ...], name: str) -> Any:
    if isinstance(value, dict):
        return {key: _map_times(item, change, names, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_map_times(item, change, names, name) for item in value]
    is_named = isinstance(value, str) and (not names or name in names)
    return change(value) if is_named and DATETIME.fullmatch(value) else value


def _headers(before: MutableHeaders, changes: Mapping[str, str], drop: Iterable[str] = ()) -> MutableHeaders:
    after = MutableHeaders(raw=list(before.raw))
    for name in drop:
        del after[name]
    for name, value in changes.items():
        after[name] = value
    return after
