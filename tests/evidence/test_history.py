"""A chain has what a request rests on, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.exchange.evidence import Step
from conformance.exchange.guard.kinds import Kind
from tests.evidence.telling import Story


def told(chain: Sequence[Step]) -> list[str]:
    """Return a chain in words."""
    return [f"{step.exchange.method} {step.exchange.target.removeprefix('/sub/api/')}" for step in chain]


def test_parents_are_made_before_and_records_of_others_not_at_all() -> None:
    story = Story()
    story.customer(1)
    story.customer(2)
    story.project(5, customer=2)
    story.timesheet(7, project=5)
    judged = story.asked("PATCH /api/timesheets/{id}", {"id": 7}, {"project": 5}, path="/api/timesheets/7")
    assert told(story.history.chain([judged])) == ["POST customers", "POST projects", "POST timesheets"]
    assert story.history.chain([judged])[0].made == (Kind.CUSTOMER, 2)
    assert story.history.chain([story.asked("GET /api/customers/{id}", path="/api/customers/4711")]) == []


def test_the_last_changes_of_a_record_are_told_in_order() -> None:
    story = Story()
    story.customer(1)
    for number in range(6):
        story.asked("PATCH /api/customers/{id}", {"id": 1}, {"comment": str(number)}, path="/api/customers/1")
    judged = story.asked("GET /api/customers/{id}", {"id": 1}, path="/api/customers/1")
    bodies = [step.exchange.request_body for step in story.history.chain([judged])[1:]]
    assert bodies == [b'{"comment": "3"}', b'{"comment": "4"}', b'{"comment": "5"}']


def test_what_was_refused_or_sent_with_other_credentials_is_no_part_of_it() -> None:
    story = Story()
    story.customer(1)
    path = "/api/customers/{id}"
    story.asked(f"PATCH {path}", None, {"comment": "no"}, path="/api/customers/1", status=403)
    story.asked(f"PATCH {path}", {"id": 1}, {"comment": "in"}, path="/api/customers/1", credential="none")
    story.asked(f"PATCH {path}", {"id": 1}, {"comment": "in"}, path="/api/customers/1", credential="KIMAI_WRONG_TOKEN")
    judged = story.asked(f"GET {path}", {"id": 1}, path="/api/customers/1")
    assert told(story.history.chain([judged])) == ["POST customers"]


def test_a_list_rests_on_what_it_shows_or_where_that_is_judged_as_a_whole_on_what_its_filter_means() -> None:
    story = Story()
    story.customer(2)
    story.project(5, customer=2)
    for ident in (7, 8, 9):
        story.timesheet(ident, project=5)
    story.asked("DELETE /api/timesheets/{id}", path="/api/timesheets/9", status=204)
    judged = story.asked("GET /api/timesheets", [{"id": 8, "begin": "x"}], path="/api/timesheets?project=5")
    made = [step.made for step in story.history.chain([judged], "begin")]
    assert made == [(Kind.CUSTOMER, 2), (Kind.PROJECT, 5), (Kind.TIMESHEET, 8)]
    whole = [step.made for step in story.history.chain([judged])]
    assert whole == [(Kind.CUSTOMER, 2), (Kind.PROJECT, 5), (Kind.TIMESHEET, 7), (Kind.TIMESHEET, 8)]


def test_a_list_below_a_record_rests_on_what_it_shows_too() -> None:
    story = Story()
    story.customer(2)
    story.project(5, customer=2)
    path = "/api/projects/5/rates"
    story.asked("POST /api/projects/{id}/rates", {"id": 1}, {"rate": 3}, path=path)
    judged = story.asked("GET /api/projects/{id}/rates", [{"id": 1, "isFixed": 1}], path=path)
    made = [step.made for step in story.history.chain([judged], "isFixed")]
    assert made == [(Kind.CUSTOMER, 2), (Kind.PROJECT, 5), (Kind.PROJECT_RATE, 1)]


def test_a_team_of_reader_and_owner_is_made_too() -> None:
    story = Story()
    story.customer(2)
    story.project(5, customer=2)
    members = [{"user": 2, "teamlead": True}, {"user": 3, "teamlead": False}]
    story.asked("POST /api/teams", {"id": 4}, {"name": "x", "members": members})
    story.timesheet(7, project=5)
    judged = story.asked("GET /api/timesheets/{id}", {"id": 7}, path="/api/timesheets/7", actor="lead")
    assert "POST teams" in told(story.history.chain([judged]))
    alone = story.asked("GET /api/timesheets/{id}", {"id": 7}, path="/api/timesheets/7", actor="worker")
    assert "POST teams" not in told(story.history.chain([alone]))


def test_the_look_after_a_write_follows_it() -> None:
    story = Story()
    story.customer(1)
    judged = story.asked("DELETE /api/customers/{id}", path="/api/customers/1", status=401, credential="none")
    story.asked("GET /api/customers/{id}", {"id": 2}, path="/api/customers/2")
    look = story.asked("GET /api/customers/{id}", {"id": 1}, path="/api/customers/1")
    assert [step.exchange for step in story.history.after(judged)] == [look]


def test_checks_before_are_those_that_made_what_it_rests_on_or_after_all_checks_asked_the_same() -> None:
    story = Story()
    for node in ("makes", "asks", "asks too", "judges"):
        story.history.node = node
        if node == "makes":
            story.customer(1)
        judged = story.asked("GET /api/customers/{id}", {"id": 1}, path="/api/customers/1")
    assert story.history.nodes_before([judged]) == ("makes",)
    story.history.node = ""
    assert story.history.nodes_before([judged]) == ("makes", "asks", "asks too")


def test_the_check_is_the_one_that_runs_or_ran() -> None:
    story = Story()
    story.history.node = "contracts/test_a.py::test_one"
    first = story.customer(1)
    story.history.node = "contracts/test_a.py::test_two"
    assert story.history.node_of(first) == "contracts/test_a.py::test_two"
    story.history.node = ""
    assert story.history.node_of(first) == "contracts/test_a.py::test_one"
