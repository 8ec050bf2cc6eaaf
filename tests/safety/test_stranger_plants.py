"""The proofs can fail: each misdeed of a run is noticed, and each rule that is taken out lets something be lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.safety.conftest import Furnish
from tests.safety.strangers.cases import CASES
from tests.safety.strangers.deeds import DEEDS
from tests.safety.strangers.shortrun import ShortRun
from tests.safety.strangers.site import Site

BOSS = {"Authorization": "Bearer embedded-superadmin-token"}
NAME = "conformance-test-misdeed"
COUNTRY = {"country": "DE", "currency": "EUR", "timezone": "UTC", "visible": True}


class Run:
    """A run that keeps no rules: it sends as the strongest actor what it likes, through the proxy."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._client = httpx.Client(base_url=site.url, headers=BOSS, trust_env=False)

    def send(self, method: str, path: str, **body: object) -> int:
        """Send, and return the id in the answer, 0 where there is none."""
        answer = self._client.request(method, path, json=body).raise_for_status()
        return int(answer.json().get("id", 0)) if answer.content else 0

    def project(self) -> int:
        """Make a customer and a project that people can book on, and return the project's id."""
        customer = self.send("POST", "/api/customers", name=f"{NAME} customer", **COUNTRY)
        more = {"visible": True, "globalActivities": True}
        return self.send("POST", "/api/projects", name=f"{NAME} project", customer=customer, **more)

    def does(self, deed: str) -> None:
        """Have the stranger do something now."""
        assert DEEDS[deed](self.site.stranger)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _deletes_hours(run: Run) -> None:
    run.send("DELETE", "/api/timesheets/1")


def _changes_customer(run: Run) -> None:
    run.send("PATCH", f"/api/customers/{run.site.own.customer}", comment="x", visible=True, billable=True)


def _deletes_tag(run: Run) -> None:
    run.send("DELETE", f"/api/tags/{run.site.own.tag}")


def _empties_team(run: Run) -> None:
    run.send("DELETE", f"/api/teams/{run.site.own.team}/members/{run.site.stranger.ids['other-worker']}")


def _takes_hours_along(run: Run) -> None:
    project = run.project()
    run.does("books-once")
    run.send("DELETE", f"/api/projects/{project}")
    run.send("DELETE", "/api/customers/2")


def _takes_comment_along(run: Run) -> None:
    run.project()
    run.does("comments-customer")
    run.send("DELETE", "/api/customers/2")


def _takes_rate_along(run: Run) -> None:
    project = run.project()
    run.does("rates-project")
    run.send("DELETE", f"/api/projects/{project}")
    run.send("DELETE", "/api/customers/2")


def _takes_moved_project_along(run: Run) -> None:
    run.project()
    run.does("moves-project")
    run.send("DELETE", "/api/customers/2")


def _leaves_something(run: Run) -> None:
    run.send("POST", "/api/tags", name=f"{NAME} tag", visible=True)


def _leaves_it_hidden(run: Run) -> None:
    run.project()
    run.does("books-once")
    run.send("PATCH", "/api/customers/2", visible=False)


def _overwrites_alias(run: Run) -> None:
    worker = run.site.stranger.ids["worker"]
    run.send("PATCH", f"/api/users/{worker}", alias="tested")
    run.does("changes-profile")
    run.send("PATCH", f"/api/users/{worker}", alias=None)


def _leaves_preferences(run: Run) -> None:
    wanted = {"name": "first_weekday", "value": "monday"}
    path = f"/api/users/{run.site.stranger.ids['worker']}/preferences"
    run._client.patch(path, json=[wanted]).raise_for_status()


def _deletes_what_was_renamed(run: Run) -> None:
    run.project()
    run.does("renames-customer")
    run.send("DELETE", "/api/customers/2")


def _deletes_a_tag_in_use(run: Run) -> None:
    tag = run.send("POST", "/api/tags", name=f"{NAME} tag", visible=True)
    run.does("uses-the-runs-tag")
    run.send("DELETE", f"/api/tags/{tag}")


def _deletes_a_team_with_people(run: Run) -> None:
    members = [{"user": 1, "teamlead": True}]
    team = run.send("POST", "/api/teams", name=f"{NAME} team", members=members)
    run.does("gives-customer-to-team")
    run.does("joins-the-runs-team")
    run.send("DELETE", f"/api/teams/{team}")


def _stops_a_clock(run: Run) -> None:
    run.does("starts-timer")
    running = max(key.id for key in run.site.account.rows("timesheets"))
    run.send("PATCH", f"/api/timesheets/{running}/stop")


MISDEEDS: tuple[tuple[Callable[[Run], None], tuple[str, ...], tuple[str, ...]], ...] = (
    (_deletes_hours, (), ("lost: timesheets 1", "lost: timesheet_tags 1, 1")),
    (_changes_customer, (), ("changed: customers 1: comment",)),
    (_deletes_tag, (), ("lost: tags 1", "lost: timesheet_tags")),
    (_empties_team, (), ("lost: team_members",)),
    (_takes_hours_along, (), ("lost: timesheets 6",)),
    (_takes_comment_along, (), ("lost: customer_comments 1",)),
    (_takes_rate_along, (), ("lost: project_rates 2",)),
    (_takes_moved_project_along, (), ("lost: projects 1", "lost: timesheets 1")),
    (_leaves_something, (), ("not named: tags 2",)),
    (_leaves_it_hidden, ("customer 2: below it", "project 2: below it"), ("hidden: customers 2",)),
    (_overwrites_alias, (), ("changed: users 4: alias",)),
    (_leaves_preferences, (), ("not named: user_preferences",)),
    (_deletes_what_was_renamed, (), ("lost: customers 2, which had become somebody's",)),
    (_deletes_a_tag_in_use, (), ("lost: timesheet_tags 4, 2",)),
    (_deletes_a_team_with_people, (), ("lost: customer_teams 1, 2", "lost: team_members")),
    (_stops_a_clock, (), ("changed: timesheets 6: end",)),
)
"""What a run does, the lines in which it names what stays, and how what is wrong begins."""


@pytest.mark.parametrize(("misdeed", "named", "expected"), MISDEEDS, ids=lambda value: getattr(value, "__name__", None))
def test_a_misdeed_is_noticed(
    furnished: Furnish,
    tmp_path: Path,
    misdeed: Callable[[Run], None],
    named: tuple[str, ...],
    expected: tuple[str, ...],
) -> None:
    with Site(furnished("2.66.0"), tmp_path) as site:
        run = Run(site)
        assert site.losses(()) == []
        misdeed(run)
        losses = site.losses(named)
        run.close()
    for beginning in expected:
        assert any(line.startswith(beginning) for line in losses), losses


def test_what_stays_and_is_named_is_right(furnished: Furnish, tmp_path: Path) -> None:
    with Site(furnished("2.66.0"), tmp_path) as site:
        run = Run(site)
        run.project()
        run.does("books-once")
        run.close()
        assert site.losses(("customer 2 (a name): project 2 below it", "one of project 1, 2: more fit")) == []


def test_a_run_by_itself_leaves_the_database_as_it_was(furnished: Furnish, tmp_path: Path) -> None:
    with Site(furnished("2.66.0"), tmp_path) as site:
        run = ShortRun(site).run()
        assert (run.skipped, run.left_behind, site.losses(())) == ([], [], [])
        assert run.reports[-1].created > 30


def test_each_case_has_a_name_of_its_own() -> None:
    ids = [case.id for case in CASES]
    assert len(set(ids)) == len(ids)
