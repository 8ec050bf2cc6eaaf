"""Checks of money and of lists in bodies: each fails where a fault is planted, and by name where a release departs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.definition import Definition
from conformance.model import Exchange, Place, Status
from conformance.probes.money.rates import Priced, Source
from conformance.probes.records.list_bodies import record_teams, sheet_tags, team_lists
from contracts import (
    test_actions,
    test_budgets,
    test_data,
    test_durations,
    test_endings,
    test_filters,
    test_lists,
    test_money_sight,
    test_permissions,
    test_rates,
    test_teams,
)
from tests.contracts.checking import labelled, probe_context, run
from tests.contracts.test_given_rights import give

MEMBERS = {"ask": team_lists}
TEAMS = {"ask": record_teams}
TAGS = {"ask": sheet_tags}
ROLES, PREFERENCES = ({"ask": test_lists.LISTS[name]} for name in ("roles", "preferences"))
PLAIN = {"viewer": 4}
OWN, BEST = {"priced": "own"}, {"priced": "best"}

CASES = [
    ("members-are-added", test_lists.test_a_list_replaces_the_one_before, MEMBERS, "data.lists"),
    ("second-team-lost", test_lists.test_a_list_replaces_the_one_before, TEAMS, "data.lists"),
    ("tags-are-not-emptied", test_lists.test_a_list_replaces_the_one_before, TAGS, "data.lists"),
    ("refused-change-thins-the-team", test_lists.test_a_refused_change_leaves_the_list, {},
     "data.refused-changes-nothing"),
    ("rate-cut-to-cents", test_rates.test_rate, OWN, "data.rate"),
    ("stopped-costs-an-hour", test_rates.test_rate, BEST, "data.rate"),
    ("internal-rate-is-the-rate", test_rates.test_internal_rate, BEST, "data.internal-rate"),
    ("rates-shown-of-recent", test_money_sight.test_rates_of_own_records, PLAIN, "permission.rates"),
    ("rates-shown-when-stopped", test_money_sight.test_rates_of_own_records, PLAIN, "permission.rates"),
    ("rates-withheld-from-leads-in-lists", test_money_sight.test_rates_of_a_member, {}, "permission.rates"),
    ("comma-cuts-the-hours", test_durations.test_durations_mean_what_they_say, {}, "data.duration-text"),
    ("units-in-capitals-refused", test_durations.test_durations_mean_what_they_say, {}, "data.duration-text"),
    ("text-refused-of-no-time", test_budgets.test_texts_are_changed, {}, "data.text-edit"),
    ("restart-copies-unasked", test_actions.test_restart_copies_what_it_is_asked, {}, "data.actions"),
    ("restart-copies-no-tags", test_actions.test_restart_copies_what_it_is_asked, {}, "data.actions"),
    ("duplicate-loses-its-price", test_actions.test_time_record_is_duplicated, {}, "data.actions"),
    ("project-copy-without-rates", test_actions.test_project_is_duplicated_with_all_of_it, {}, "data.actions"),
    ("project-copy-without-budget", test_actions.test_project_is_duplicated_with_all_of_it, {}, "data.actions"),
    ("project-copy-open-to-all", test_actions.test_project_is_duplicated_with_all_of_it, {}, "data.actions"),
    ("namesake-team-taken", test_actions.test_teams_of_others_are_left_alone, {}, "data.links"),
    ("unknown-tag-filters-nothing", test_filters.test_absent_ids, {}, "filter.matches"),
    ("absent-among-ids-filters-nothing", test_filters.test_absent_ids, {}, "filter.matches"),
    ("activities-of-a-deleted-customer-stay", test_endings.test_what_hung_below_is_gone, {}, "data.deleted-below"),
    ("records-of-a-deleted-customer-crash", test_endings.test_what_hung_below_is_gone, {}, "data.deleted-below"),
    ("lead-attaches-anything", test_teams.test_lead_of_the_team_itself, {}, "permission.lead-attaches"),
    ("lead-takes-in-anybody", test_teams.test_lead_of_the_team_itself, {}, "permission.lead-attaches"),
    ("moved-record-keeps-its-rate", test_rates.test_rate_source, BEST, "data.rate-source"),
    ("other-activity-keeps-its-rate", test_rates.test_rate_source, BEST, "data.rate-source"),
    ("a-cent-more-after-new-times", test_rates.test_rate, OWN, "data.rate"),
    ("restarted-has-no-internal-rate", test_rates.test_internal_rate, BEST, "data.internal-rate"),
    ("fixed-rate-shown-in-lists", test_money_sight.test_rates_of_own_records, PLAIN, "permission.rates"),
    ("plain-users-set-prices", test_money_sight.test_prices_of_own_records, PLAIN, "permission.sets-rates"),
    ("budgets-shown-in-lists", test_money_sight.test_budgets, {"budget_viewer": 4}, "permission.budgets"),
    ("budget-hours-left-out-of-lists", test_money_sight.test_budgets, {"budget_viewer": 1}, "permission.budgets"),
    ("visible-forgotten-beside-term", test_filters.test_records_are_found, {"filtered_list": "GET /api/projects"},
     "filter.finds"),
    ("last-minute-of-an-hour-lost", test_durations.test_durations_mean_what_they_say, {}, "data.duration-text"),
    ("refused-change-takes-the-tags", test_lists.test_a_list_replaces_the_one_before, TAGS,
     "data.refused-changes-nothing"),
    ("roles-are-added", test_lists.test_a_list_replaces_the_one_before, ROLES, "data.lists"),
    ("refused-change-takes-the-roles", test_lists.test_a_list_replaces_the_one_before, ROLES,
     "data.refused-changes-nothing"),
    ("preferences-reset-the-others", test_lists.test_a_list_replaces_the_one_before, PREFERENCES, "data.lists"),
    ("two-tags-filter-nothing", test_filters.test_several_values, {}, "filter.matches"),
    ("activities-of-a-deleted-project-stay", test_endings.test_what_hung_below_is_gone, {}, "data.deleted-below"),
    ("duplicate-is-not-billable", test_actions.test_time_record_is_duplicated, {}, "data.actions"),
    ("last-of-several-projects-alone", test_filters.test_several_values, {}, "filter.matches"),
    ("one-lead-alone", test_lists.test_a_list_replaces_the_one_before, MEMBERS, "data.lists"),
    ("export-is-lifted-by-a-change", test_permissions.test_exported_is_closed, {}, "permission.consistent"),
    ("color-is-forgotten", test_data.test_colours, {}, "data.colour"),
    ("emptied-color-stays-empty", test_data.test_colours, {}, "data.colour"),
    ("unknown-language-breaks-its-user", test_permissions.test_values_do_not_break_their_user, {}, "data.values-work"),
]  # fmt: skip

DEPARTURES = [
    ("2.66.0", test_lists.test_a_list_replaces_the_one_before, MEMBERS, {"team-members-put-on-their-positions",
     "team-lead-put-on-a-position", "team-lead-behind-a-new-member-refused"}),
    ("2.62.0", test_lists.test_a_list_replaces_the_one_before, MEMBERS, set()),
    ("2.62.0", test_lists.test_a_refused_change_leaves_the_list, {}, {"refused-change-empties-the-team"}),
    ("2.66.0", test_lists.test_a_refused_change_leaves_the_list, {}, set()),
    ("2.62.0", test_rates.test_internal_rate, OWN, {"internal-rate-of-a-whole-hour"}),
    ("2.66.0", test_rates.test_internal_rate, OWN, set()),
    ("2.62.0", test_money_sight.test_rates_of_own_records, PLAIN, {"rates-shown-to-everybody"}),
    ("2.62.0", test_durations.test_durations_mean_what_they_say, {}, {"decimal-hours-lose-a-second"}),
    ("2.66.0", test_durations.test_durations_mean_what_they_say, {}, set()),
    ("2.66.0", test_actions.test_teams_of_others_are_left_alone, {}, set()),
    ("2.66.0", test_filters.test_absent_ids, {}, {"absent-ids-filter-nothing"}),
    ("2.62.0", test_endings.test_what_hung_below_is_gone, {}, set()),
    ("2.66.0", test_money_sight.test_rates_of_own_records, PLAIN, set()),
    ("2.66.0", test_money_sight.test_budgets, {"budget_viewer": 1}, set()),
    ("2.62.0", test_money_sight.test_budgets, {"budget_viewer": 4}, set()),
]  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "check", "labels", "clause"), CASES, ids=[f"{case[0]}-{number}" for number, case in enumerate(CASES)]
)
def test_a_planted_defect_is_seen(
    definition: Definition, tmp_path: Path, fault: str, check: Any, labels: dict[str, Any], clause: str
) -> None:
    with probe_context(definition, tmp_path, fault) as context:
        context.profile = "standard"
        places = run(context, check, **labelled(context, labels))
    assert clause in {place.clause for place in places if place.status is Status.FAIL}


@pytest.mark.parametrize(("version", "check", "labels", "expected"), DEPARTURES)
def test_what_a_release_does_otherwise_is_named(
    definition: Definition, tmp_path: Path, version: str, check: Any, labels: dict[str, Any], expected: set[str]
) -> None:
    with probe_context(definition, tmp_path, emulate=version) as context:
        context.profile = "standard"
        places = run(context, check, **labelled(context, labels))
    assert unexplained(places) == []
    assert {place.deviation for place in places if place.status is Status.DEVIATION} == expected
    assert any(place.status in (Status.PASS, Status.DEVIATION) for place in places)


def unexplained(places: list[Place]) -> list[Place]:
    """Return the places that failed."""
    return [place for place in places if place.status in (Status.FAIL, Status.ERROR)]


LINKED = [
    ("2.62.0", set(), {Status.DEVIATION}),
    ("2.66.0", set(), set()),
    ("2.66.0", {"permissions_customer", "permissions_project", "permissions_activity", "view_customer",
                "view_project", "view_activity"}, {Status.OBSERVED}),
]  # fmt: skip


@pytest.mark.parametrize(("version", "rights", "expected"), LINKED)
def test_leads_who_may_edit_their_team(
    definition: Definition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, rights: set[str],
    expected: set[Status],
) -> None:  # fmt: skip
    give(monkeypatch, "ROLE_TEAMLEAD", {"edit_team", *rights})
    with probe_context(definition, tmp_path, emulate=version) as context:
        places = run(context, test_teams.test_lead_of_the_team_itself)
    assert unexplained(places) == []
    linked = [place for place in places if place.value.startswith("what is of")]
    assert {place.status for place in linked} - {Status.PASS} == expected


FORBIDDEN = {"timesheet.rules.allow_overbooking_budget": "0"}
BUDGETS = [
    ("2.66.0", (), set(), set()),
    ("2.62.0", (), set(), {"free-of-charge-refused-for-a-budget", "moved-into-a-full-month"}),
    ("2.66.0", ("budget-kept-in-post-alone",), {"data.budget"}, set()),
    ("2.66.0", ("activity-budget-not-kept",), {"data.budget"}, set()),
    ("2.66.0", ("time-budget-not-kept",), {"data.budget"}, set()),
    ("2.66.0", ("free-of-charge-refused",), {"data.budget"}, set()),
    ("2.66.0", ("first-minutes-belong-to-the-month-before",), {"data.budget"}, set()),
    ("2.66.0", ("text-refused-on-a-full-budget",), {"data.text-edit"}, set()),
    ("2.66.0", ("last-hour-belongs-to-the-next-month",), {"data.budget"}, set()),
]


@pytest.mark.parametrize(("version", "faults", "failing", "known"), BUDGETS)
def test_budgets_where_overbooking_is_forbidden(
    definition: Definition, tmp_path: Path, version: str, faults: tuple[str, ...], failing: set[str], known: set[str]
) -> None:
    with probe_context(definition, tmp_path, *faults, settings=FORBIDDEN, emulate=version) as context:
        places = [*run(context, test_budgets.test_budgets_are_kept), *run(context, test_budgets.test_texts_are_changed)]
    assert {place.clause for place in unexplained(places)} == failing
    assert {place.deviation for place in places if place.status is Status.DEVIATION} == known
    assert sum(place.status is Status.PASS for place in places) > 15


def test_overbooking_may_be_allowed(definition: Definition, tmp_path: Path) -> None:
    with probe_context(definition, tmp_path) as context:
        places = run(context, test_budgets.test_budgets_are_kept)
    assert [place.reason for place in places] == [test_budgets.ALLOWED]


def test_budgets_may_be_withheld(definition: Definition, tmp_path: Path) -> None:
    with probe_context(definition, tmp_path, "budgets-withheld") as context:
        places = run(context, test_durations.test_durations_mean_what_they_say)
    assert {place.status for place in places} <= {Status.SKIPPED, Status.OBSERVED}


def test_plain_users_may_be_given_the_right_to_see_rates(
    definition: Definition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, "ROLE_USER", {"view_rate_own_timesheet", "edit_rate_own_timesheet"})
    with probe_context(definition, tmp_path) as context:
        places = run(context, test_money_sight.test_rates_of_own_records, **labelled(context, PLAIN))
        prices = run(context, test_money_sight.test_prices_of_own_records, **labelled(context, PLAIN))
    assert {place.status for place in (*places, *prices)} == {Status.OBSERVED}
    assert any("given the right" in place.reason for place in places)


def test_the_right_to_see_rates_alone_is_no_defect(
    definition: Definition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, "ROLE_USER", {"view_rate_own_timesheet"})
    with probe_context(definition, tmp_path) as context:
        places = run(context, test_money_sight.test_rates_of_own_records, **labelled(context, PLAIN))
    assert {place.status for place in places} == {Status.OBSERVED}
    assert all("given the right" in place.reason for place in places)


def test_leads_may_have_lost_the_right_to_see_rates(
    definition: Definition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, "ROLE_TEAMLEAD", set(), frozenset({"view_rate_own_timesheet", "view_rate_other_timesheet"}))
    with probe_context(definition, tmp_path) as context:
        places = run(context, test_money_sight.test_rates_of_a_member)
    assert {place.status for place in places} == {Status.PASS}


def record(seconds: int, rate: float, hourly: float, terms: float, exchange: Exchange) -> Priced:
    """Return a record of so many seconds that shows these rates; `terms` are those of what it is booked on."""
    return Priced("POST /api/timesheets", "", Source(hourly=terms), seconds, rate, None, hourly, None, exchange)


def test_an_instance_may_count_hours_with_two_decimals(some_exchange: Exchange) -> None:
    spans = (420, 1200, 3000, 360000)
    decimal = [record(s, round(33.33 * test_rates.two_decimals(s), 2), 33.33, 33.33, some_exchange) for s in spans]
    exact = [record(s, round(33.33 * s / 3600, 4), 33.33, 33.33, some_exchange) for s in spans]
    assert test_rates.counted_hours(decimal) is test_rates.two_decimals
    assert test_rates.counted_hours(exact) is test_rates.whole_seconds
    assert test_rates.counted_hours([*exact[:3], decimal[0]]) is test_rates.whole_seconds


def test_an_instance_may_have_other_prices_on_some_days(some_exchange: Exchange) -> None:
    dearer = [record(3600, terms * 1.5, terms * 1.5, terms, some_exchange) for terms in (10.0, 20.0, 30.0)]
    mixed = [*dearer, record(3600, 40.0, 40.0, 40.0, some_exchange)]
    assert test_rates.weekday_factor(dearer, None) == 1.5
    assert test_rates.weekday_factor(mixed, None) == 1.0
    assert test_rates.weekday_factor(dearer[:1], None) == 1.0


def test_one_record_of_a_weekend_leaves_its_prices_open(some_exchange: Exchange) -> None:
    """It is the one that was stopped just now, and what was booked stands on other days."""
    tuesday, saturday = 1, 5
    usual = [replace(record(3600, terms, terms, terms, some_exchange), weekday=2) for terms in (10.0, 20.0)]
    one = record(3600, 15.0, 15.0, 10.0, some_exchange)
    assert test_rates.weekday_factor([*usual, replace(one, weekday=saturday)], saturday) is None
    assert test_rates.weekday_factor([*usual, replace(one, weekday=tuesday)], tuesday) == 1.0
    assert test_rates.weekday_factor([*usual, replace(one, weekday=saturday)], 2) == 1.0


@pytest.fixture
def some_exchange() -> Exchange:
    """An exchange that nothing is read of."""
    return Exchange("GET", "/api/ping", "GET /api/ping", None, {}, None, 200, {}, b"{}")
