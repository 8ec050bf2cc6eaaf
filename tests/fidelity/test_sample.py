"""A sample of the recordings, quick enough for every run. `python -m tests.fidelity` replays them whole."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from conformance.embedded.behaviour import datetimes
from tests.fidelity import __main__ as command
from tests.fidelity.recordings import MISSING, Figures, Recording, available, runs, scenarios, settings_groups
from tests.fidelity.replaying import parse, replay, stopped_clock

needs_recordings = pytest.mark.skipif(not available(), reason=MISSING)
SAMPLES = {"2.66.0": 302, "2.62.0": 135, "2.24.0": 135}
"""How many first steps: what fills the instance, credentials, status, for the newest also reading and queries."""
RUN_STEPS = 200
"""So few of a whole run, which holds what no scenario asks."""
MODES = ("default", "timesheet.mode=punch", "timesheet.rules.allow_overlapping_records=0")


def _replayed(recording: Recording, file: Path | None = None) -> Figures:
    figures, differences = replay(recording, file, show=10)
    assert figures["all"].reaches(recording.least), f"{figures['all']}\n{differences}"
    return figures["all"]


@needs_recordings
@pytest.mark.parametrize("recording", list(scenarios()), ids=lambda recording: recording.name)
def test_the_first_steps_are_answered_like_the_released_version(recording: Recording, tmp_path: Path) -> None:
    sample = tmp_path / "sample.jsonl"
    sample.write_text(recording.head(SAMPLES[recording.emulate]), encoding="utf-8")
    assert _replayed(recording, sample).steps == SAMPLES[recording.emulate]


@needs_recordings
@pytest.mark.parametrize("recording", list(runs()), ids=lambda recording: recording.name)
def test_the_first_steps_of_a_run_are_answered_like_the_released_version(recording: Recording, tmp_path: Path) -> None:
    sample = tmp_path / "sample.jsonl"
    sample.write_text(recording.head(RUN_STEPS), encoding="utf-8")
    assert _replayed(recording, sample).steps == RUN_STEPS


@needs_recordings
@pytest.mark.parametrize(
    "recording",
    [r for r in settings_groups() if r.name.removeprefix("settings/") in MODES] if available() else [],
    ids=lambda recording: recording.name,
)
def test_settings_change_what_is_accepted(recording: Recording) -> None:
    assert _replayed(recording).steps > 0


def test_the_figures_of_the_tool_are_read() -> None:
    text = "#1 setup x\nsetup            72 steps  status 100.0 %  shape  99.5 %  value   0.0 %\nall  3 steps\n"
    assert parse(text) == {"setup": Figures(72, 100.0, 99.5, 0.0)}


def test_a_figure_below_falls_short() -> None:
    assert Figures(1, 99, 98, 96).reaches(Figures(0, 99, 98, 96))
    assert not Figures(1, 100, 100, 95.9).reaches(Figures(0, 99, 98, 96))


def test_the_clock_stands_still() -> None:
    moment = datetime(2026, 11, 24, 8, 25, 30, tzinfo=UTC)
    with stopped_clock(moment):
        assert datetimes.utc_now() == moment.replace(tzinfo=None)
    assert datetimes.utc_now() != moment.replace(tzinfo=None)


def test_without_recordings_the_command_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "available", lambda: False)
    monkeypatch.setattr("sys.argv", ["fidelity"])
    assert command.main() == 0
    assert capsys.readouterr().out.startswith("skipped: no recordings of released versions")
