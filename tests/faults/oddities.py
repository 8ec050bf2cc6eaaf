"""What makes a careless server fail, as method, path and body: values, parameters and states nobody thought of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Odd = tuple[str, str, Any]

LONG = "x" * 65_536
HOURS = "99999999999999999999:00"


def odd_queries(ids: Mapping[str, int]) -> Iterator[Odd]:
    """Searches and filters of another type, with bytes of zero, or for more than can be."""
    project, recent = ids["project"], "timesheets/recent?begin=2024-05-06T10:00:00%00"
    for query in ("tags/find?name[]=a", "tags?name[]=a", "timesheets?tags[][]=a", "customers?term=%FF", recent):
        yield "GET", f"/api/{query}", None
    yield "GET", f"/api/invoices?page={10**20}", None
    yield "GET", "/api/projects?term=" + "a:b+" * 61, None
    for locale in ("xx", "de%20DE"):
        yield "GET", f"/api/actions/project/{project}/index/{locale}", None


def odd_bodies(ids: Mapping[str, int], on: Mapping[str, Any]) -> Iterator[Odd]:
    """Bodies with one odd value each. `on` is a valid one of a time record."""
    project, sheet = f"/api/projects/{ids['project']}", f"/api/timesheets/{ids['winter']}"
    customer, activity, team = (f"/api/{name}/{ids[one]}" for name, one in OTHERS.items())
    yield "POST", f"{customer}/comments", {"message": "x" * 70_000}
    yield "POST", f"{customer}/rates", {"rate": ""}
    for meta in (f"{activity}/meta", f"{project}/meta"):
        yield "PATCH", meta, {"name": ["a"], "value": "x"}
    yield "PATCH", team, {"members": [{"user": 1, "teamlead": True}, {"user": None}]}
    yield "PATCH", team, {"members": {"a b": {"user": 1, "teamlead": True}}}
    yield "PATCH", customer, []
    yield "PATCH", project, {"name": " "}
    for field, value in (("timeBudget", HOURS), ("comment", LONG)):
        yield "PATCH", project, {field: value}
    for odd in ({"end": "9999-12-31T23:59:59"}, {"begin": None}, {"customer": ["a"]}, {"description": LONG}):
        yield "POST", "/api/timesheets", {**on, **odd}
    yield "PATCH", sheet, {"hourlyRate": 1e308}
    yield "PATCH", sheet, {"project": {"id": ids["project"]}}


OTHERS = {"customers": "customer", "activities": "global", "teams": "team"}


def odd_states(ids: Mapping[str, int]) -> Iterator[Odd]:
    """What is asked of a record that is done with, or has no room for it."""
    project = f"/api/projects/{ids['project']}"
    yield "PATCH", f"/api/timesheets/{ids['winter']}/stop", None
    yield "PATCH", project, {"name": "x" * 150}
    yield "POST", f"{project}/duplicate", None
