"""What people reported of releases, as a run says it: each fault on the releases that have it, and on no other.

A row is a report: the check that says it, and what it says of each emulated release. A word is a deviation, or a place
that is observed, with what was seen: "value: got".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from conformance.definition import Definition, load
from conformance.embedded.openapi import definition as generated
from conformance.model import Place, Status
from contracts import (
    test_actions,
    test_budgets,
    test_durations,
    test_errors,
    test_filters,
    test_lists,
    test_money_sight,
    test_paging,
    test_permissions,
    test_rates,
    test_teams,
)
from tests.contracts.checking import labelled, probe_context, run
from tests.contracts.test_given_rights import give

OLD, MIDDLE, NEW = "2.24.0", "2.62.0", "2.66.0"
PLAIN = {"viewer": 4}
MEMBERS, TAGS = ({"ask": test_lists.LISTS[name]} for name in ("members", "tags"))


@dataclass(frozen=True)
class Report:
    """A reported fault. `said` is what the check says by version; `about` and `reason` narrow what is looked at."""

    name: str
    check: Callable[..., None]
    said: Mapping[str, set[str]]
    labels: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    rights: frozenset[str] = frozenset()
    about: str = ""
    reason: str = ""


def in_all(*words: str) -> dict[str, set[str]]:
    """Return the same words for every version."""
    return {version: set(words) for version in (OLD, MIDDLE, NEW)}


FORBIDDEN = {"timesheet.rules.allow_overbooking_budget": "0"}
RESTARTED = {"copy=everything: 400", "copy=all in the query: nothing copied", "billable, copy=all: another"}
OVERBOOKED = {"free-of-charge-refused-for-a-budget", "moved-into-a-full-month"}

REPORTS = (
    Report("1, 2: budgets", test_budgets.test_budgets_are_kept, settings=FORBIDDEN,
           said={OLD: OVERBOOKED, MIDDLE: OVERBOOKED, NEW: set()}),
    # 2.24.0 has no call that sets the preference.
    Report("3: internal rate of a fixed rate", test_rates.test_internal_rate, labels={"priced": "own"},
           said={MIDDLE: {"internal-rate-of-a-whole-hour"}, NEW: set()}),
    Report("4: hours as decimals", test_durations.test_durations_mean_what_they_say,
           said={OLD: {"decimal-hours-lose-a-second"}, MIDDLE: {"decimal-hours-lose-a-second"}, NEW: set()}),
    Report("5: money shown to plain users", test_money_sight.test_rates_of_own_records, labels=PLAIN,
           said={OLD: {"rates-shown-to-everybody"}, MIDDLE: {"rates-shown-to-everybody"}, NEW: set()}),
    Report("5: sorted by what is withheld", test_money_sight.test_rates_of_own_records, labels=PLAIN,
           about="rate, which",
           said={OLD: set(), MIDDLE: set(), NEW: {"orderBy, rate, which is not shown: sorted"}}),
    Report("6: paging for browsers", test_paging.test_headers_for_browsers, about="origin",
           said={OLD: {"origin: without x-page, x-total-count, x-total-pages, x-per-page"},
                 MIDDLE: {"origin: without x-page, x-total-count, x-total-pages, x-per-page"},
                 NEW: {"origin: all of them"}}),
    Report("7: restart", test_actions.test_restart_copies_what_it_is_asked, about="copy=",
           said={OLD: {*RESTARTED, "hourlyRate, copy=all: as the original"},
                 MIDDLE: {*RESTARTED, "hourlyRate, copy=all: another"},
                 NEW: {*RESTARTED, "hourlyRate, copy=all: another"}}),
    Report("8: size of a page", test_paging.test_limits, about="size",
           said={OLD: {"size, 501: 200, X-Per-Page 501, X-Page 1", "size, 0: 200, X-Per-Page 50, X-Page 1",
                       "size, -1: 400, X-Per-Page None, X-Page None"},
                 MIDDLE: {"size, 501: 200, X-Per-Page 500, X-Page 1", "size, 0: 200, X-Per-Page 50, X-Page 1",
                          "size, -1: 400, X-Per-Page None, X-Page None"},
                 NEW: {"size, 501: 200, X-Per-Page 500, X-Page 1", "size, 0: 200, X-Per-Page 50, X-Page 1",
                       "size, -1: 400, X-Per-Page None, X-Page None"}}),
    Report("9: a team for a customer", test_actions.test_teams_of_others_are_left_alone,
           said={OLD: set(), MIDDLE: {"team-of-the-same-name-is-taken"}, NEW: set()}),
    Report("10: tags as a filter", test_filters.test_unusual_filters, about="known",
           said=in_all("tags, known: 400", "tags[], known: what it names", "tags[], two known: what it names",
                       "tags[], known and unknown: what it names")),
    Report("10, 11: what does not exist", test_filters.test_absent_ids,
           said={OLD: {"unknown-tags-filter-nothing", "absent-users-filter-nothing"},
                 MIDDLE: {"absent-ids-filter-nothing"}, NEW: {"absent-ids-filter-nothing"}}),
    Report("12: truth values", test_filters.test_unusual_filters, about="true",
           said=in_all("exported, true: 400", "active, true: 400", "billable, true: 400", "full, true: objects")),
    Report("12: full", test_filters.test_unusual_filters, about="banana",
           said=in_all("full, banana: objects", "full, banana: 400")),
    Report("13: tags without a name", test_filters.test_unusual_filters, about="left out",
           said=in_all("name, left out: nothing", "name, left out: everything")),
    Report("14: empty status", test_filters.test_empty_parameters, about="status[]", settings={"crashes": "real"},
           labels={"queried_read": "GET /api/invoices"}, said=in_all("status[]: 500")),
    Report("15: a refused change of a team", test_lists.test_a_refused_change_leaves_the_list,
           said={OLD: {"refused-change-empties-the-team"}, MIDDLE: {"refused-change-empties-the-team"}, NEW: set()}),
    Report("16: attaching by a lead", test_teams.test_lead_of_the_team_itself, rights=frozenset({"edit_team"}),
           said={OLD: {"teams-linked-without-the-right-to-it"}, MIDDLE: {"teams-linked-without-the-right-to-it"},
                 NEW: set()}),
    Report("17: a lead and another team", test_teams.test_lead_does_not_reach_other_teams,
           said={OLD: {"lead-lists-other-teams", "lead-reads-other-teams", "lead-changes-other-teams"},
                 MIDDLE: set(), NEW: set()}),
    Report("a team's members by position", test_lists.test_a_list_replaces_the_one_before, labels=MEMBERS,
           said={OLD: set(), MIDDLE: set(), NEW: {"team-members-put-on-their-positions", "team-lead-put-on-a-position",
                                                  "team-lead-behind-a-new-member-refused"}}),
    Report("a GET that writes", test_errors.test_other_methods, reason="has written",
           said={OLD: {"GET /api/timesheets/{id}/stop: 200, and writes"}, MIDDLE: set(), NEW: set()}),
    Report("a zone that breaks its user", test_permissions.test_values_do_not_break_their_user,
           said={OLD: {"no-zone-breaks-its-user"},
                 MIDDLE: {"no-zone-breaks-its-user", "unknown-zone-breaks-its-user"},
                 NEW: {"no-zone-breaks-its-user", "unknown-zone-breaks-its-user"}}),
)  # fmt: skip

CASES = [pytest.param(report, version, id=f"{report.name}, {version}") for report in REPORTS for version in report.said]


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Definition]:
    """The definition of each version."""
    folder = tmp_path_factory.mktemp("definitions")
    for version in (OLD, MIDDLE, NEW):
        (folder / version).write_text(json.dumps(generated(version)), encoding="utf-8")
    return {version: load(str(folder / version)) for version in (OLD, MIDDLE, NEW)}


@pytest.mark.parametrize(("report", "version"), CASES)
def test_a_report_is_told_of_the_releases_that_have_it(
    definitions: Mapping[str, Definition], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, report: Report, version: str
) -> None:
    if report.rights:
        give(monkeypatch, "ROLE_TEAMLEAD", set(report.rights))
    with probe_context(definitions[version], tmp_path, settings=report.settings or None, emulate=version) as context:
        context.profile = "standard"
        places = run(context, report.check, **labelled(context, dict(report.labels)))
    assert [place for place in places if place.status in (Status.FAIL, Status.ERROR)] == []
    assert set(words(places, report.about, report.reason)) == report.said[version]


def words(places: list[Place], about: str, reason: str) -> list[str]:
    """Return the deviations of places; where a report is about a value, or a reason, what was observed of it."""
    if reason:
        return [f"{place.operation}: {place.got}" for place in places if reason in place.reason]
    if not about:
        return [place.deviation for place in places if place.status is Status.DEVIATION]
    observed = [(place, ", ".join(filter(None, (place.field, place.value)))) for place in places]
    return [f"{what}: {place.got}" for place, what in observed if place.status is Status.OBSERVED and about in what]
