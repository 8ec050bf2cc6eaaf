"""Conditions × profiles on the embedded Kimai: nothing fails, nothing stays, and the exit status is the truthful one.

The whole matrix takes an hour: `tox run -e matrix`. A few rows with a few checks stand for it in the default run.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from conformance.embedded.faults import CONDITIONS
from conformance.embedded.server import EmbeddedKimai
from conformance.model import Exit
from tests.faults.detection import Detection, ask, run_against

DECIDED = frozenset({Exit.CONFORMANT})
LESS = frozenset({Exit.CONFORMANT, Exit.UNDECIDED})
"""Where some kind of record cannot be made, a promised clause may stay undecided."""


@dataclass(frozen=True)
class Row:
    """A condition or settings, and which exit statuses are truthful there."""

    name: str
    settings: Mapping[str, str] = field(default_factory=dict)
    statuses: frozenset[Exit] = DECIDED

    @property
    def id(self) -> str:
        """What pytest calls it."""
        return " ".join(filter(None, (self.name, *(f"{key}={value}" for key, value in self.settings.items()))))


def of(**settings: str) -> Row:
    """Return the row of settings, named without their common beginning and with _ for the rest of their dots."""
    return Row("", {f"timesheet.{name.replace('__', '.')}": value for name, value in settings.items()})


def rights(role: str, change: str, statuses: frozenset[Exit] = DECIDED) -> Row:
    """Return the row of an instance on which a role has rights more (`+name`) or less (`-name`)."""
    return Row("", {f"rights.{role}": change}, statuses)


def everybody(change: str, statuses: frozenset[Exit]) -> Row:
    """Return the row of an instance on which no role has some rights."""
    roles = ("ROLE_USER", "ROLE_TEAMLEAD", "ROLE_ADMIN", "ROLE_SUPER_ADMIN")
    return Row("", {f"rights.{role}": change for role in roles}, statuses)


CONDITION_ROWS = {
    "token-dies": frozenset({Exit.UNFIT}),
    # Nobody can clean up any more.
    "all-tokens-die": frozenset({Exit.LEFT_BEHIND}),
    "maintenance": frozenset({Exit.LEFT_BEHIND}),
    # A gateway's 520 does not say whether a create was carried out: it is named as one that perhaps was.
    "out-of-reach": frozenset({Exit.CONFORMANT, Exit.LEFT_BEHIND}),
    # What is sent has signs of an attack in its texts, so that little of it is stored there.
    "filtered": LESS,
}
ROWS = [
    *(
        Row(name, statuses=CONDITION_ROWS.get(name, LESS if name.startswith(("no-new", "forbidden")) else DECIDED))
        for name in CONDITIONS
    ),
    of(mode="punch"),
    of(mode="duration_fixed_begin", default_begin="08:00:00"),
    of(
        rules__lockdown_period_start="first day of last month",
        rules__lockdown_period_end="last day of last month",
        rules__lockdown_grace_period="+1 day",
    ),
    of(rules__allow_overlapping_records="0"),
    of(rules__allow_overlapping_records="0", rules__allow_future_times="0"),
    of(rules__allow_future_times="0"),
    of(rules__allow_zero_duration="0"),
    of(active_entries__hard_limit="3"),
    of(rules__long_running_duration="600"),
    of(rules__require_activity="0"),
    of(rounding__default__begin="15", rounding__default__end="15", rounding__default__mode="closest"),
    of(rounding__default__begin="5", rounding__default__end="10", rounding__default__mode="ceil"),
    of(rounding__default__begin="0", rounding__default__end="0", rounding__default__duration="30"),
    # With a coarser end short records end before they begin, which breaks promises of the definition in truth.
    of(rounding__default__begin="30", rounding__default__end="5", rounding__default__mode="floor"),
    of(rounding__default__begin="60", rounding__default__end="60", rounding__default__days="saturday,sunday"),
    of(rounding__default__begin="7", rounding__default__end="7", rounding__default__mode="closest"),
    Row("", {"sql_mode": "lenient", "crashes": "real"}),
    rights("ROLE_USER", "-create_tag"),
    rights("ROLE_USER", "+view_other_timesheet +edit_other_timesheet +delete_other_timesheet"),
    rights("ROLE_USER", "-view_own_timesheet", LESS),
    rights("ROLE_USER", "-edit_own_timesheet -delete_own_timesheet"),
    rights("ROLE_USER", "+view_rate_own_timesheet +edit_rate_own_timesheet"),
    rights("ROLE_USER", "-api_access", frozenset({Exit.UNFIT})),
    rights("ROLE_TEAMLEAD", "-view_other_timesheet -edit_other_timesheet -delete_other_timesheet"),
    rights("ROLE_TEAMLEAD", "+view_all_data"),
    rights("ROLE_TEAMLEAD", "+view_team +create_team +edit_team +delete_team"),
    rights("ROLE_ADMIN", "-delete_customer -delete_project -delete_activity"),
    everybody("-view_team -create_team -edit_team -delete_team", LESS),
    # One record of each kind stays: nobody can delete what they could make.
    everybody("-delete_customer -delete_project -delete_activity", frozenset({Exit.LEFT_BEHIND})),
    rights("ROLE_SUPER_ADMIN", "-view_other_timesheet"),
    rights("ROLE_SUPER_ADMIN", "-view_all_data"),
    Row("busy", {"timesheet.rules.allow_overlapping_records": "0"}),
    # A timer whose start was not answered runs on, and keeps its owner from starting others.
    Row("answers-lost", {"timesheet.mode": "punch"}, LESS | {Exit.LEFT_BEHIND}),
]


def run(row: Row, folder: Path, *arguments: str) -> Detection:
    """Run the suite in a condition."""
    faults = [row.name] if row.name else []
    return run_against(faults, folder, "--cleanup-seconds", "5", *arguments, settings=row.settings)


def judge(found: Detection, statuses: frozenset[Exit]) -> None:
    """Hold a run against what its condition allows."""
    assert found.failed == frozenset(), found.words
    assert Exit(found.status) in statuses, found.words
    if not found.verdict:
        return
    assert Exit.LEFT_BEHIND in statuses or found.verdict["safety"]["left_behind"] == []
    unsteady = [clause for clause, status in found.clauses.items() if status == "unsteady"]
    assert unsteady == [], found.words


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["smoke", "standard"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_row(row: Row, profile: str, tmp_path: Path) -> None:
    judge(run(row, tmp_path, "--profile", profile), row.statuses)


@pytest.mark.slow
def test_two_runs_at_once_take_turns_without_a_state_folder_in_common(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("here", "there")]
    with EmbeddedKimai() as kimai, ThreadPoolExecutor() as pool:
        for folder in folders:
            folder.mkdir()
        actors = kimai.write_users_file(tmp_path / "actors.json")
        runs = list(pool.map(lambda folder: ask(kimai.url, actors, folder, ("--profile", "smoke")), folders))
    for found in runs:
        judge(found, DECIDED)
    assert sum("two would disturb each other" in found.words for found in runs) == 1


SAMPLE = {
    "busy": (frozenset({Exit.CONFORMANT}), "test_absent_in_post or test_patch_is_stored"),
    "please-wait": (frozenset({Exit.CONFORMANT}), "test_absent_in_post or test_patch_is_stored"),
    "no-new-projects": (frozenset({Exit.CONFORMANT, Exit.UNDECIDED}), "test_absent_in_post"),
    "token-dies": (frozenset({Exit.UNFIT}), "test_booleans or test_data"),
}


@pytest.mark.parametrize("name", SAMPLE)
def test_sample(name: str, tmp_path: Path) -> None:
    statuses, chosen = SAMPLE[name]
    judge(run(Row(name), tmp_path, "--profile", "smoke", "-k", chosen), statuses)


def test_sample_of_rights(tmp_path: Path) -> None:
    """Who may not read even their own record has not lost it when somebody else reached for it."""
    row = rights("ROLE_USER", "-view_own_timesheet", LESS)
    chosen = "test_foreign_record_is_not_changed or (test_change_is_stored or test_deleted_is_gone) and timesheets"
    judge(run(row, tmp_path, "--profile", "standard", "-k", chosen), row.statuses)


@pytest.mark.parametrize(
    ("name", "chosen", "clause"),
    [
        # What is demanded beyond the definition is sent with bad values too, which are then what is refused.
        ("mandatory-in-customers", "test_bad_value_is_named and customers", "error.names-field"),
        # What was made without an answer is on the pages as well.
        ("answers-lost", "test_paging", "paging.complete"),
    ],
)
def test_sample_of_what_is_decided_all_the_same(name: str, chosen: str, clause: str, tmp_path: Path) -> None:
    found = run(Row(name), tmp_path, "--profile", "standard", "-k", chosen)
    judge(found, DECIDED)
    assert found.clauses[clause] == "pass"


@pytest.mark.parametrize(
    "row",
    [
        # Steps that divide no hour move full hours too.
        of(rounding__default__begin="7", rounding__default__end="25", rounding__default__mode="closest"),
        # Wednesdays, on which it is recognised, are not rounded.
        of(
            rounding__default__begin="30", rounding__default__end="30", rounding__default__days="monday,saturday,sunday"
        ),
    ],
    ids=lambda row: row.id,
)
def test_sample_of_rounding(row: Row, tmp_path: Path) -> None:
    found = run(row, tmp_path, "--profile", "standard", "-k", "test_local_time_comes_back or test_duration_agrees")
    judge(found, DECIDED)
    assert found.clauses["datetime.local-time-kept"] == "pass"


def test_every_condition_says_what_it_is() -> None:
    assert all(condition.description and not condition.clauses for condition in CONDITIONS.values())
