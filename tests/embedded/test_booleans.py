"""What scalars mean for booleans, absent ones included."""

from __future__ import annotations

from typing import Any

import pytest

from tests.embedded.conftest import BOSS, IDS, LEAD, WORKER, Instance, Start

SCALARS = [None, "false", "true", 0, 1, "0", "", "no", 2, True]


@pytest.mark.parametrize("value", SCALARS)
def test_anything_but_false_is_true(kimai: Instance, value: Any) -> None:
    tag = kimai.make("tags", name=kimai.name(), visible=value)
    assert tag["visible"] is True
    customer = kimai.make("customers", name="Customer", billable=False)
    changed = kimai.ask(BOSS, "PATCH", f"customers/{customer['id']}", {"billable": value}).json()
    assert changed["billable"] is True


@pytest.mark.parametrize("value", [[], {}, [True], {"a": 1}])
def test_lists_and_objects_are_refused(kimai: Instance, value: Any) -> None:
    body = kimai.ask(BOSS, "POST", "tags", {"name": kimai.name(), "visible": value}).json()
    assert body["errors"]["children"]["visible"] == {"errors": ["The checkbox has an invalid value."]}


@pytest.mark.parametrize(("emulate", "absent"), [("2.24.0", False), ("2.62.0", False), ("2.66.0", True)])
def test_what_a_post_leaves_out_depends_on_the_version(start: Start, emulate: str, absent: bool) -> None:
    kimai = start(emulate=emulate)
    body = {"country": "DE", "currency": "EUR", "timezone": "UTC"}
    customer = kimai.make("customers", name="Customer", **body)
    shown = kimai.make("customers", name="Shown", **body, visible=True)
    project = kimai.make("projects", name="Project", customer=shown["id"])
    assert [customer["visible"], project["billable"], project["globalActivities"]] == [absent] * 3
    assert kimai.make("tags", name=kimai.name())["visible"] is False


def test_what_a_patch_leaves_out_stays(kimai: Instance) -> None:
    number = kimai.make("customers", name="Customer", visible=False)["id"]
    assert kimai.ask(BOSS, "PATCH", f"customers/{number}", {"comment": "x"}).json()["visible"] is False


@pytest.mark.parametrize(
    ("value", "lead"), [(v, v not in (None, "false", 0, "0", "", False)) for v in [*SCALARS, False]]
)
def test_a_members_teamlead_departs(kimai: Instance, value: Any, lead: bool) -> None:
    members = [{"user": IDS[LEAD], "teamlead": True}, {"user": IDS[WORKER], "teamlead": value}]
    team = kimai.make("teams", name=kimai.name(), members=members)
    assert team["members"][1]["teamlead"] is lead


@pytest.mark.parametrize(
    ("value", "posted", "patched"),
    [(None, False, None), (0, False, None), ("0", False, None), ("", False, None), (False, False, False)]
    + [(value, True, True) for value in ("false", "true", 1, "no", 2, True)],
)
def test_a_timesheets_billable_departs(kimai: Instance, value: Any, posted: bool, patched: bool | None) -> None:
    times = {"begin": "2026-06-01T08:00:00", "end": "2026-06-01T09:00:00", **kimai.bookable()}
    assert kimai.make("timesheets", **times, billable=value)["billable"] is posted
    for before in (True, False):
        number = kimai.make("timesheets", **times, billable=before)["id"]
        after = kimai.ask(BOSS, "PATCH", f"timesheets/{number}", {"billable": value}).json()["billable"]
        assert after is (before if patched is None else patched)


def test_billable_is_inherited(kimai: Instance) -> None:
    times = {"begin": "2026-06-01T08:00:00", "end": "2026-06-01T09:00:00"}
    activity = kimai.make("activities", name="Unpaid", billable=False)["id"]
    project = kimai.project()
    assert kimai.make("timesheets", **times, project=project, activity=activity)["billable"] is False
