"""The setting `crashes=real`: each version fails where the release does, keeps nothing, and refuses by default."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.embedded.conftest import BOSS, WORKER, Instance, Start
from tests.verdict import released
from tests.verdict.released import ALL, LONG, NEW, OLD, Crash

REAL = {"crashes": "real"}


def furnished(kimai: Instance) -> dict[str, int]:
    """Make a record of each kind, and return their ids by the word of a path."""
    place = {"country": "DE", "currency": "EUR", "timezone": "UTC"}
    customer = kimai.make("customers", name="Customer", visible=True, **place)["id"]
    project = kimai.make("projects", name="Project", customer=customer, visible=True)["id"]
    activity = kimai.make("activities", name="Activity", project=project, visible=True)["id"]
    times = {"begin": "2024-05-06T08:00:00", "end": "2024-05-06T14:55:00"}
    sheet = kimai.make("timesheets", project=project, activity=activity, **times)["id"]
    team = kimai.make("teams", name="Team", members=[{"user": 1, "teamlead": True}])["id"]
    kinds = {"customer": customer, "project": project, "activity": activity, "timesheet": sheet, "team": team}
    return {**kinds, **{{"activity": "activities"}.get(name, f"{name}s"): number for name, number in kinds.items()}}


def asked(kimai: Instance, crash: Crash, ids: dict[str, int], who: str = BOSS) -> int:
    """Send a request that a release crashes on, about records that are there, and return its status."""
    exchange = crash.exchange
    parts = urlsplit(exchange.target)
    words = parts.path.removeprefix("/api/").split("/")
    kind = words[1] if words[0] == "actions" else words[0]
    path = "/".join(str(ids[kind]) if word == "7" else word for word in words)
    body = json.loads(exchange.request_body) if exchange.request_body else None
    if isinstance(body, dict) and exchange.method == "POST":
        body = needed(words, ids) | body
        body |= {name: ids[name] for name in ("project", "activity") if name in body and isinstance(body[name], int)}
    elif isinstance(body, dict):
        body = {name: value for name, value in body.items() if name not in ("project", "activity") or value != 63}
        body.pop("activity", None)
    return kimai.ask(who, exchange.method, f"{path}?{parts.query}".rstrip("?"), body).status_code


def needed(words: list[str], ids: dict[str, int]) -> dict[str, Any]:
    """Return what a new record cannot do without."""
    if words[-1] == "rates":
        return {}
    named = {"name": "Another", "country": "DE", "currency": "EUR", "timezone": "UTC"}
    bodies: dict[str, dict[str, Any]] = {
        "customers": named, "projects": {"name": "Another", "customer": ids["customer"]},
        "activities": {"name": "Another"}, "teams": {"name": "Another"},
        "timesheets": {"project": ids["project"], "activity": ids["activity"], "begin": "2024-05-06T08:00:00"},
    }  # fmt: skip
    return bodies[words[0]]


@pytest.mark.parametrize("version", ALL)
def test_a_version_crashes_where_its_release_does(start: Start, version: str) -> None:
    kimai = start(emulate=version, settings=REAL)
    ids = furnished(kimai)
    statuses = {(crash.operation, str(crash.body)[:60], str(crash.query)[:60]): asked(kimai, crash, ids)
                for crash in released.crashes(version)}  # fmt: skip
    assert {place: status for place, status in statuses.items() if status != 500} == {}


def test_by_default_nothing_crashes(start: Start) -> None:
    kimai = start(emulate=NEW)
    ids = furnished(kimai)
    assert [crash for crash in released.crashes(NEW) if asked(kimai, crash, ids) >= 500] == []


def test_what_crashed_is_not_kept(start: Start) -> None:
    kimai = start(settings=REAL)
    before = kimai.ask(BOSS, "GET", "customers").json()
    assert kimai.ask(BOSS, "POST", "customers", {"name": "Another", "comment": LONG}).status_code == 500
    assert kimai.ask(BOSS, "GET", "customers").json() == before


def test_who_may_not_is_refused_as_ever(start: Start) -> None:
    kimai = start(settings=REAL)
    number = kimai.project()
    assert kimai.ask(WORKER, "PATCH", f"projects/{number}", {"name": None}).status_code == 403
    assert kimai.ask(None, "PATCH", f"projects/{number}", {"name": None}).status_code == 401
    assert kimai.ask(BOSS, "PATCH", "projects/99999", {"name": None}).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "customers/1", {"name": None}), ("PATCH", "projects/1", {"name": "Other"}),
        ("GET", "customers?term=a:b", None), ("GET", "tags/find?name[]=a", None),
        ("GET", "invoices?customers[]=", None),
        ("PATCH", "customers/1", {"comment": LONG[:-1]}), ("PATCH", "customers/1", {"timeBudget": "9999999:00"}),
    ],
)  # fmt: skip
def test_what_lies_beside_does_not_crash(start: Start, method: str, path: str, body: Any) -> None:
    kimai = start(settings=REAL)
    kimai.project()
    assert kimai.ask(BOSS, method, path, body).status_code < 500


def test_versions_crash_on_other_searches(start: Start) -> None:
    nothing, fields = f"users?term={released.NOTHING}", f"users?term={released.FIELDS}"
    old, new = start(emulate=OLD, settings=REAL), start(emulate=NEW, settings=REAL)
    assert [old.ask(BOSS, "GET", path).status_code for path in (nothing, fields)] == [500, 200]
    assert [new.ask(BOSS, "GET", path).status_code for path in (nothing, fields)] == [200, 500]


@pytest.mark.parametrize("crashing", ["none", "real"])
def test_a_lenient_database_cuts_a_text_to_its_column(start: Start, crashing: str) -> None:
    """At a whole character, as MariaDB does outside of its strict mode."""
    kimai = start(settings={"crashes": crashing, "sql_mode": "lenient"})
    made = kimai.make(
        "customers", name="Long", country="DE", currency="EUR", timezone="UTC", comment="a" + "ü" * 40_000
    )
    assert made["comment"] == "a" + "ü" * 32_767
