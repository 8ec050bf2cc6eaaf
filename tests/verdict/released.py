"""Server errors of real releases in short: the smallest requests that 2.24.0, 2.62.0 and 2.66.0 answered with 500."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from conformance.model import Exchange

OLD, MIDDLE, NEW = "2.24.0", "2.62.0", "2.66.0"
ALL = (OLD, MIDDLE, NEW)

NUL = "2024-05-06T10:00:00\0"
LONG = "x" * 65_536
FIELDS = "xxxxx" + " a:b" * 70
NOTHING = ": a:b c:* d:~ "
HOURS = "99999999999999999999:00"
LAST = {"begin": "9999-12-31T20:00:00", "end": "9999-12-31T23:59:59"}
END = {"end": "2024-05-06T14:55:00"}
MEMBERS = {"members": {"a b.": {"user": 1, "teamlead": True}}}

LISTS = ("activities", "customers", "projects", "timesheets", "users")
KINDS = ("customers", "projects", "activities")


@dataclass(frozen=True)
class Crash:
    """One request that a release answers with a server error."""

    operation: str
    query: tuple[tuple[str, str], ...] = ()
    body: Any = None
    path: str = ""

    @property
    def exchange(self) -> Exchange:
        """The request with its answer."""
        return answered(self.operation, self.query, self.body, path=self.path)


def answered(
    operation: str, query: tuple[tuple[str, str], ...] = (), body: Any = None, status: int = 500, path: str = ""
) -> Exchange:
    """Return a request that was answered with a status."""
    method, _, template = operation.partition(" ")
    target = path or template.replace("{id}", "7").replace("{view}", "index").replace("{locale}", "en")
    target += f"?{urlencode(query, errors='surrogateescape')}" if query else ""
    sent = None if body is None else json.dumps(body).encode()
    return Exchange(method, target, operation, "admin", {}, sent, status, {}, b'{"code":500}')


def crashes(version: str) -> Iterator[Crash]:
    """Yield what a release crashes on."""
    yield from _reads(version)
    yield from _catalogue(version)
    yield from _records(version)
    for method, path in (("POST", "/api/teams"), ("PATCH", "/api/teams/{id}")):
        yield Crash(f"{method} {path}", body=MEMBERS)


def _reads(version: str) -> Iterator[Crash]:
    for path, names in (
        ("timesheets", ("begin", "end", "modified_after")), ("timesheets/recent", ("begin",)),
        ("invoices", ("begin", "end")), ("projects", ("start", "end")),
    ):  # fmt: skip
        yield from (Crash(f"GET /api/{path}", ((name, NUL),)) for name in names)
    for name in LISTS:
        yield Crash(f"GET /api/{name}", (("term", NOTHING if version == OLD else FIELDS),))
    yield Crash("GET /api/invoices", (("status[]", ""),))
    yield Crash("GET /api/tags", (("name[]", "a"),))
    for name in ("timesheet", "activity", "project", "customer"):
        for locale in ("de%20DE", "x" * 250):
            path = f"/api/actions/{name}/7/index/{locale}"
            yield Crash(f"GET /api/actions/{name}/{{id}}/{{view}}/{{locale}}", path=path)


def _catalogue(version: str) -> Iterator[Crash]:
    for name in KINDS:
        for operation in (f"POST /api/{name}", f"PATCH /api/{name}/{{id}}"):
            yield Crash(operation, body={"name": "conformance-test-1a2b c", "comment": LONG})
            yield from (Crash(operation, body={"timeBudget": HOURS}) for _ in range(version != OLD))
        for value in (None, False, ""):
            yield Crash(f"POST /api/{name}/{{id}}/rates", body={"rate": value})
        yield Crash(f"PATCH /api/{name}/{{id}}/meta", body={"name": ["a"], "value": "x"})
    for name in ("projects", "activities"):
        yield Crash(f"PATCH /api/{name}/{{id}}", body={"name": None})


def _records(version: str) -> Iterator[Crash]:
    for operation, base in (("POST /api/timesheets", END), ("PATCH /api/timesheets/{id}", {})):
        yield Crash(operation, body={**base, "description": f"conformance-test-1a2b {LONG}"})
        yield Crash(operation, body={**base, "begin": None})
        yield Crash(operation, body={**base, "customer": ["a"]})
        yield Crash(operation, body={**base, "project": {"a": "b"}})
        yield Crash(operation, body={"activity": 64, "project": 63, **LAST})
        if version == OLD:
            yield Crash(operation, body={**base, "project": []})
    if version == OLD:
        yield from (Crash("POST /api/timesheets", body={**END, "begin": value}) for value in ([], ["a"], {"a": "b"}))
