"""Checks on the embedded Kimai: they pass where nothing is wrong, and fail, by the right clause, where something is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.definition import Definition
from conformance.model import Place, Status
from conformance.probes.access.credentials import PASSWORD, answered
from conformance.verdict import Judge, load_clauses, load_deviations
from contracts import (
    test_authentication,
    test_booleans,
    test_data,
    test_datetimes,
    test_endings,
    test_errors,
    test_filters,
    test_paging,
    test_permissions,
    test_teams,
    test_time_filters,
    test_timers,
)
from tests.contracts.checking import VERSION, Places, labelled, probe_context, run

CASES: list[tuple[Any, Any, Any, Any]] = [
    ("missing-is-403", test_authentication.test_missing, {"operation": "GET /api/ping"}, "auth.missing-refused"),
    ("token-compared-in-part", test_authentication.test_near_miss, {"nearly": "GET /api/users/me"},
     "auth.unknown-token-refused"),
    ("refused-write-performed", test_authentication.test_refused_write, {"operation": "PATCH /api/customers/{id}"},
     "auth.refused-write-changes-nothing"),
    ("refused-write-performed", test_authentication.test_refused_write,
     {"operation": "DELETE /api/projects/{id}/comments/{comment}"}, "auth.refused-write-changes-nothing"),
    ("existence-leaked", test_authentication.test_existence_is_hidden, {"operation": "PATCH /api/teams/{id}"},
     "auth.existence-hidden"),
    ("winter-shifted", test_datetimes.test_local_time_comes_back, {"role": 0}, "datetime.local-time-kept"),
    ("minutes-lost-at-random", test_datetimes.test_local_time_comes_back, {"role": 0}, "datetime.local-time-kept"),
    ("offset-of-now", test_datetimes.test_offset_is_that_of_the_date, {"role": 1}, "datetime.offset"),
    ("stop-moves-begin", test_timers.test_stop, {"timer": 0}, "datetime.stop"),
    ("filter-begin-exclusive", test_time_filters.test_filter_bounds, {}, "datetime.filter-bounds"),
    ("null-is-false-in-patch", test_booleans.test_anything_else_in_patch, {"changeable": "customers"},
     "boolean.anything-else-true"),
    ("name-change-makes-visible", test_booleans.test_absent_in_patch, {"changeable": "customers"},
     "boolean.patch-absent-false"),
    ("patch-resets-color", test_data.test_change_leaves_the_rest, {"subject": "activities"}, "data.patch-only-sent"),
    ("newlines-lost", test_data.test_sent_is_stored, {"subject": "customers"}, "data.sent-is-stored"),
    ("delete-keeps-record", test_endings.test_deleted_is_gone, {"subject": "timesheets"}, "data.deleted"),
    ("team-change-drops-members", test_data.test_change_leaves_the_rest, {"subject": "teams"}, "data.patch-only-sent"),
    ("reading-shows-hidden", test_endings.test_reads_are_safe, {"subject": "activities"}, "data.reads-are-safe"),
    ("all-comments-deleted", test_endings.test_deleted_is_gone, {"subject": "customers/comments"}, "data.deleted"),
    ("users-list-is-everybody", test_filters.test_own_by_default, {}, "filter.own-by-default"),
    ("expanded-pages-of-25", test_paging.test_default_size, {}, "paging.default-size"),
    ("total-off-by-one", test_paging.test_headers_are_true, {}, "paging.headers"),
    ("past-end-is-last", test_paging.test_page_past_the_end, {}, "paging.past-end"),
    ("billable-filter-ignored", test_filters.test_rows_match, {"filtered_list": "GET /api/timesheets"},
     "filter.matches"),
    ("fields-not-named", test_errors.test_bad_value_is_named, {"creatable": "customers"}, "error.names-field"),
    ("absent-rate-is-gone", test_errors.test_absent_record,
     {"item_operation": "DELETE /api/customers/{id}/rates/{rateId}"}, "error.not-found"),
    ("internals-over-projects", test_errors.test_refusals_tell_nothing, {}, "error.no-internals"),
    ("user-reads-foreign", test_permissions.test_foreign_record_is_not_read, {"owner": 0}, "permission.foreign-read"),
    ("active-shows-others", test_permissions.test_running_record_is_not_shown, {"runner": 0},
     "permission.foreign-list"),
    ("user-sees-rates", test_permissions.test_rights_build_on_one_another, {"managed": "customers as ROLE_USER"},
     "permission.reserved"),
    ("refused-customer-is-made", test_permissions.test_no_other_way_to_change, {"managed": "customers as ROLE_USER"},
     "data.refused-changes-nothing"),
    ("lead-misses-own-member", test_teams.test_lead_reads_their_team, {}, "permission.lead-own-team"),
    ("lead-changes-foreign", test_teams.test_lead_does_not_reach_other_teams, {}, "permission.lead-other-team"),
    ("hidden-project-found-by-name", test_teams.test_hidden_project_is_hidden, {"outsider": 3},
     "permission.hidden-project"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "check", "labels", "clause"), CASES, ids=[f"{case[0]}-{number}" for number, case in enumerate(CASES)]
)
def test_a_planted_defect_is_seen(
    definition: Definition, tmp_path: Path, fault: str, check: Any, labels: dict[str, Any], clause: str
) -> None:
    with probe_context(definition, tmp_path, fault) as context:
        places = run(context, check, **labelled(context, labels))
    assert clause in {place.clause for place in places if place.status is Status.FAIL}


def test_nothing_is_seen_where_nothing_is_planted(definition: Definition, tmp_path: Path) -> None:
    with probe_context(definition, tmp_path) as context:
        for fault, check, labels, _ in CASES:
            places = run(context, check, **labelled(context, labels))
            wrong = [place for place in places if place.status in (Status.FAIL, Status.ERROR)]
            assert wrong == [], fault
            assert any(place.status in (Status.PASS, Status.DEVIATION, Status.OBSERVED) for place in places), fault


def test_a_refused_write_is_seen_after_the_walk(definition: Definition, tmp_path: Path) -> None:
    operations = ("PATCH /api/timesheets/{id}", "DELETE /api/timesheets/{id}", "DELETE /api/customers/{id}")
    with probe_context(definition, tmp_path, "unknown-token-deletes") as context:
        for operation in operations:
            run(context, test_authentication.test_unknown_token, operation=operation)
        looks = [run(context, test_authentication.test_refused_write, operation=operation) for operation in operations]
    failed = {place.operation for places in looks for place in places if place.status is Status.FAIL}
    assert failed == {"DELETE /api/timesheets/{id}", "DELETE /api/customers/{id}"}


class Marks(Places):
    """A writer that keeps the fingerprints of failures, each with what came."""

    def __init__(self) -> None:
        self.kept: set[tuple[str, str]] = set()

    def place(self, place: Place, *, fingerprint: str = "", title: str = "") -> None:  # noqa: ARG002
        """Take a place."""
        if fingerprint:
            self.kept.add((fingerprint, place.got))


def test_who_is_let_in_with_bad_credentials_is_one_finding(definition: Definition, tmp_path: Path) -> None:
    marks = Marks()
    with probe_context(definition, tmp_path) as context:
        judge = Judge("auth.password-refused", load_clauses(), load_deviations(), VERSION, marks)
        for label, path in (("GET /api/users/me", "users/me"), ("GET /api/timesheets/{id}", "timesheets/999999")):
            let_in = answered(label, PASSWORD, context.strongest, context.session().get(f"/api/{path}"))
            test_authentication.refused(judge, let_in, label, PASSWORD)
    assert {got for _, got in marks.kept} == {"200", "404"}
    assert len({fingerprint for fingerprint, _ in marks.kept}) == 1
