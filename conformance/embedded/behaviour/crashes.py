"""Where a released Kimai fails with a 500, for those who want that too: the setting `crashes=real`.

Without it the embedded Kimai refuses such requests. Measured on 2.24.0, 2.62.0 and 2.66.0 (MariaDB); where each was
seen is not the same: `EARLY` break before anything is checked, `LATE` only when a record is stored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from packaging.version import Version as Number

Predicate = Callable[["Asked"], bool]

_COLUMN = 65_535
_LARGEST = 2**63
_JOINED = 60
"""More searched fields than a database joins in one query, in whichever list."""

_NEEDED = ("project", "activity")
_LISTS = ("activities", "customers", "projects", "timesheets", "users")
_NAMED = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_:-]*|")
_HOURS = re.compile(r"-?(\d+):(\d+)(?::\d+)?")
_LOCALE = re.compile(r"[a-z0-9@_.\-]{0,200}", re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """A request to an operation, as far as a crash depends on it."""

    parameters: Mapping[str, str]
    query: Mapping[str, Any]
    fields: Mapping[str, Any]

    def emptied(self, name: str) -> bool:
        """Whether an attribute was sent without a value, as forms take it."""
        value = self.fields.get(name, "absent")
        return value is None or value is False or (isinstance(value, str) and not value.strip())

    def structured(self, *names: str) -> bool:
        """Whether one of the attributes is a list or an object."""
        return any(isinstance(self.fields.get(name), list | dict) for name in names)


@dataclass(frozen=True)
class Crash:
    """One way to crash: in which versions (from, before), at which operations, and for what."""

    operations: tuple[str, ...]
    breaks: Predicate
    since: str = "0"
    before: str = "9999"
    late: bool = False
    strict: bool = False
    """Whether it is the database that refuses, in its strict mode alone."""

    def holds(self, version: str, operation: str) -> bool:
        """Whether a version has it at an operation."""
        return operation in self.operations and Number(self.since) <= Number(version) < Number(self.before)


def crashes(version: str, operation: str, asked: Asked, status: int, strict: bool) -> bool:
    """Whether the release fails where the embedded Kimai would answer `status`. `strict` is the database's mode.

    What is refused for other reasons than its content (401 to 405) is refused by the release too.
    """
    if status not in (200, 201, 204, 400):
        return False
    results = (crash for crash in CRASHES if crash.holds(version, operation) and (status < 400 or not crash.late))
    return any(crash.breaks(asked) for crash in results if strict or not crash.strict)


def asked(parameters: Mapping[str, str], query: Mapping[str, Any], body: Any) -> Asked:
    """Return what a crash depends on. `query` is the query string as PHP reads it."""
    return Asked(parameters, query, body if isinstance(body, dict) else {})


def _fields_for_nothing(asked: Asked) -> bool:
    words = [word.split(":") for word in str(asked.query.get("term", "")).split(" ")]
    return len({pair[0] for pair in words if len(pair) == 2 and pair[1] in ("", "~")}) > 1


def _long(name: str) -> Predicate:
    return lambda asked: len(str(asked.fields.get(name) or "").encode()) > _COLUMN


def _hours_overflow(asked: Asked) -> bool:
    text = asked.fields.get("timeBudget")
    result = _HOURS.fullmatch(text) if isinstance(text, str) else None
    return result is not None and int(result[1]) * 3600 + int(result[2]) * 60 >= _LARGEST


def _ends_after_the_calendar(asked: Asked) -> bool:
    """The record's end is rounded up into the year 10000; zones east of Greenwich, which can store it, are left out.

    The embedded Kimai refuses such times, so that what else a new record needs is looked for here.
    """
    begin, end = (str(asked.fields.get(name)) for name in ("begin", "end"))
    return begin.startswith("9999-12-31T") and end.startswith("9999-12-31T23:59")


def _members_without_names(asked: Asked) -> bool:
    members = asked.fields.get("members")
    return isinstance(members, dict) and not all(_NAMED.fullmatch(name) for name in members)


def _both(kind: str) -> tuple[str, str]:
    return f"POST /api/{kind}", f"PATCH /api/{kind}/{{id}}"


_CATALOG = (*_both("customers"), *_both("projects"), *_both("activities"))
_KINDS = ("customers", "projects", "activities")

CRASHES: tuple[Crash, ...] = (
    Crash(
        ("GET /api/timesheets", "GET /api/timesheets/recent", "GET /api/invoices", "GET /api/projects"),
        lambda asked: any(
            "\0" in str(asked.query.get(name, "")) for name in ("begin", "end", "start", "modified_after")
        ),
    ),
    Crash(
        tuple(f"GET /api/{name}" for name in _LISTS),
        lambda asked: sum(":" in word for word in str(asked.query.get("term", "")).split()) > _JOINED,
        since="2.34",
    ),
    Crash(tuple(f"GET /api/{name}" for name in _LISTS), _fields_for_nothing, before="2.34"),
    Crash(("GET /api/invoices",), lambda asked: "" in asked.query.get("status[]", ())),
    Crash(("GET /api/tags",), lambda asked: any(name.startswith("name[") for name in asked.query)),
    Crash(
        tuple(
            f"GET /api/actions/{name}/{{id}}/{{view}}/{{locale}}"
            for name in ("timesheet", "activity", "project", "customer")
        ),
        lambda asked: not _LOCALE.fullmatch(asked.parameters.get("locale", "")),
    ),
    Crash(_CATALOG, _long("comment"), late=True, strict=True),
    Crash(_both("timesheets"), _long("description"), late=True, strict=True),
    Crash(_CATALOG, _hours_overflow),
    Crash(("PATCH /api/projects/{id}", "PATCH /api/activities/{id}"), lambda asked: asked.emptied("name")),
    Crash(tuple(f"POST /api/{name}/{{id}}/rates" for name in _KINDS), lambda asked: asked.emptied("rate")),
    Crash(_both("timesheets"), lambda asked: asked.emptied("begin")),
    Crash(("POST /api/timesheets",), lambda asked: asked.structured("begin", "project"), before="2.62"),
    Crash(("PATCH /api/timesheets/{id}",), lambda asked: asked.structured("project"), before="2.62"),
    Crash(_both("timesheets"), lambda asked: asked.structured("customer")),
    Crash(
        _both("timesheets"),
        lambda asked: isinstance(asked.fields.get("project"), dict) and bool(asked.fields["project"]),
    ),
    Crash(
        ("POST /api/timesheets",),
        lambda asked: (
            _ends_after_the_calendar(asked) and all(isinstance(asked.fields.get(name), int) for name in _NEEDED)
        ),
    ),
    Crash(("PATCH /api/timesheets/{id}",), _ends_after_the_calendar),
    Crash(_both("teams"), _members_without_names),
    Crash(
        tuple(f"PATCH /api/{name}/{{id}}/meta" for name in _KINDS),
        lambda asked: asked.structured("name") and bool(asked.fields["name"]) and "value" in asked.fields,
    ),
)
