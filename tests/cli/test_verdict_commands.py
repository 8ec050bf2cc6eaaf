"""From run to run: diff, accept, history, explain, init."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path

import pytest

from conformance.model import Exit
from conformance.settings.file import read_settings_file
from conformance.verdict import load_acceptance, load_clauses
from conformance.verdict.difference import difference
from reports.difference import RENDERERS
from tests.cli.conftest import Asked, Saved
from tests.reports import sample_verdicts
from tests.reports.sample_verdicts import core, made, place

PASSING, FAILING = made(core()), made([*core(), *sample_verdicts.KNOWN, *sample_verdicts.FAILURES])
EXPIRES = ("--reason", "known to the author", "--expires", "2999-12-31")

# --- diff


def test_what_is_new_is_exit_1(asked: Asked, saved: Saved, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked("diff", saved("old.json", PASSING), saved("new.json", FAILING)) == Exit.NOT_CONFORMANT
    shown = capsys.readouterr().out
    assert "New: 2" in shown
    assert "0123456789ab data: boolean.absent" in shown
    assert "Seen for the first time, but known of the release or accepted: 1" in shown
    assert shown.splitlines()[-1].startswith("DIFFERENT: 2 new")


def test_a_new_run_that_allows_no_verdict_is_not_well(
    asked: Asked, saved: Saved, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = made(core()[:1], run={"unfit": "it answers no more"})
    assert asked("diff", saved("old.json", PASSING), saved("new.json", ended)) == Exit.UNDECIDED
    assert capsys.readouterr().out.splitlines()[-1].startswith("UNDECIDED, the new run allows no verdict: 0 new")


def test_what_is_open_or_gone_is_exit_0(asked: Asked, saved: Saved, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked("diff", saved("a.json", FAILING), saved("b.json", FAILING)) == Exit.CONFORMANT
    assert "Still open: 3" in capsys.readouterr().out
    fixed = made([*core(), place("data.patch"), place("permission.kept")])
    assert asked("diff", saved("a.json", FAILING), saved("b.json", fixed)) == Exit.CONFORMANT
    shown = capsys.readouterr().out
    assert "Gone: 2" in shown
    assert "Clauses decided otherwise" in shown


def test_what_was_not_asked_is_not_gone() -> None:
    """The finding at POST /api/projects: the second run asks at POST /api/customers alone."""
    result = difference(FAILING, made(core()))
    assert "0123456789ab" in {finding.fingerprint for finding in result.unasked}
    assert [finding.fingerprint for finding in result.gone] == []
    assert "data.patch" in result.only_old
    assert difference(made(core()), FAILING).only_new == result.only_old


def test_order_is_that_of_reports() -> None:
    bad = [
        place("attribute.names", "fail", fingerprint="a" * 12),
        place("permission.kept", "fail", fingerprint="b" * 12),
    ]
    result = difference(PASSING, made([*core(), *bad]))
    assert [finding.danger for finding in result.new] == ["access", "contract"]


@pytest.mark.parametrize("kind", RENDERERS)
def test_hostile_text_cannot_hide_or_steer(kind: str) -> None:
    text = RENDERERS[kind](difference(PASSING, sample_verdicts.hostile()))
    assert not set(text) & set("\x00\x1b\u202e\ud800\r")
    assert kind != "json" or json.loads(text)["new"]
    assert kind != "markdown" or "<script" not in text


def test_files_that_are_no_verdicts_are_wrong_usage(
    asked: Asked, saved: Saved, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = saved("whole.json", PASSING)
    (tmp_path / "half.json").write_text(path.read_text(encoding="utf-8")[:900], encoding="utf-8")
    for command in (("diff", path, tmp_path / "half.json"), ("accept", tmp_path / "half.json", *EXPIRES)):
        assert asked(*command) == Exit.USAGE
        shown = capsys.readouterr().err
        assert "cut off" in shown
        assert "Traceback" not in shown


# --- accept


def test_what_fails_is_accepted_and_read_again(asked: Asked, saved: Saved, tmp_path: Path) -> None:
    out = tmp_path / "accepted.toml"
    assert asked("accept", saved("v.json", FAILING), *EXPIRES, "--out", out) == Exit.CONFORMANT
    entries = load_acceptance(out)
    assert {entry.fingerprint for entry in entries} == {"0123456789ab", "ffffffffffff"}
    assert {(entry.reason, entry.expires) for entry in entries} == {("known to the author", date(2999, 12, 31))}
    accepting = made([*core(), *sample_verdicts.KNOWN, *sample_verdicts.FAILURES], accept=str(out))
    assert accepting.summary.exit_status == Exit.CONFORMANT
    assert asked("accept", saved("v.json", accepting), *EXPIRES, "--out", out) == Exit.CONFORMANT
    assert load_acceptance(out) == entries


def test_what_no_longer_holds_is_taken_out_and_the_rest_stays(
    asked: Asked, saved: Saved, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "accepted.toml"
    rows = [("0123456789ab", "2999-01-01"), ("a" * 12, "2999-01-01"), ("b" * 12, "2020-01-01")]
    text = "# ours\n" + "".join(
        f'[[accept]]\nfingerprint = "{mark}"  # seen\nreason = "r"\nexpires = {day}\n' for mark, day in rows
    )
    out.write_text(text, encoding="utf-8")
    assert asked("accept", saved("v.json", FAILING), *EXPIRES, "--out", out) == Exit.CONFORMANT
    assert [entry.fingerprint for entry in load_acceptance(out)] == ["0123456789ab", "ffffffffffff"]
    assert out.read_text(encoding="utf-8").startswith("# ours\n")
    assert "# seen" in out.read_text(encoding="utf-8")
    shown = capsys.readouterr().out
    assert "taken out aaaaaaaaaaaa r: the run did not show it" in shown
    assert "taken out bbbbbbbbbbbb r: expired on 2020-01-01" in shown


def test_a_part_takes_out_nothing_that_it_did_not_ask(asked: Asked, saved: Saved, tmp_path: Path) -> None:
    out = tmp_path / "accepted.toml"
    out.write_text(f'[[accept]]\nfingerprint = "{"a" * 12}"\nreason = "r"\nexpires = 2999-01-01\n', encoding="utf-8")
    part = made(core(), run={"partial": True})
    assert asked("accept", saved("v.json", part), *EXPIRES, "--out", out) == Exit.CONFORMANT
    assert [entry.fingerprint for entry in load_acceptance(out)] == ["a" * 12]


def test_one_finding_alone_can_be_accepted(asked: Asked, saved: Saved, tmp_path: Path) -> None:
    out, path = tmp_path / "accepted.toml", saved("v.json", FAILING)
    assert asked("accept", path, *EXPIRES, "--only", "ffffffffffff", "--out", out) == Exit.CONFORMANT
    assert [entry.fingerprint for entry in load_acceptance(out)] == ["ffffffffffff"]
    assert asked("accept", path, *EXPIRES, "--only", "eeeeeeeeeeee", "--out", out) == Exit.USAGE


@pytest.mark.parametrize(
    "wrong", [("--reason", " ", "--expires", "2999-01-01"), ("--reason", "r", "--expires", "2020-01-01")]
)
def test_without_reason_or_day_to_come_nothing_is_accepted(
    asked: Asked, saved: Saved, tmp_path: Path, wrong: tuple[str, ...]
) -> None:
    assert asked("accept", saved("v.json", FAILING), *wrong, "--out", tmp_path / "a.toml") == Exit.USAGE
    assert not (tmp_path / "a.toml").exists()


def test_hostile_titles_stay_comments(asked: Asked, saved: Saved, tmp_path: Path) -> None:
    out = tmp_path / "accepted.toml"
    reason = 'a "quote" \\ and\ttab'
    path = saved("v.json", sample_verdicts.hostile())
    assert asked("accept", path, "--reason", reason, "--expires", "2999-01-01", "--out", out) == Exit.CONFORMANT
    (entry,) = tomllib.loads(out.read_text(encoding="utf-8"))["accept"]
    assert entry["reason"] == reason


# --- history


def test_history_keeps_verdicts_and_prints_the_trend(
    asked: Asked, saved: Saved, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    later = made(core(), run={"id": "r2", "started": "2026-11-26T10:00:00+00:00"})
    paths = [saved("b.json", later), saved("a.json", FAILING)]
    assert asked("history", tmp_path / "kept", *paths) == Exit.CONFORMANT
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("2026-11-25T10:00:00+00:00  FAIL")
    assert "2 new, 1 known" in first
    assert second.startswith("2026-11-26T10:00:00+00:00  PASS ")
    assert asked("history", tmp_path / "kept", *paths) == Exit.CONFORMANT
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_history_without_a_verdict_is_wrong_usage(asked: Asked, tmp_path: Path) -> None:
    assert asked("history", tmp_path / "none") == Exit.USAGE
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "verdict-x.json.gz").write_bytes(b"\x1f\x8bbroken")
    assert asked("history", tmp_path / "kept") == Exit.USAGE


# --- explain, init


def test_explain_tells_all_that_is_known_of_a_promise(asked: Asked, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked("explain", "boolean.post-absent-false") == Exit.CONFORMANT
    shown = capsys.readouterr().out
    for word in ("https://www.kimai.org/documentation/rest-api.html", "contracts/test_booleans.py::", "MUST", "serve"):
        assert word in shown
    assert "Known departures of releases" in shown


def test_explain_suggests_near_names(asked: Asked, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked("explain", "boolean.post-absent") == Exit.USAGE
    assert "boolean.post-absent-false" in capsys.readouterr().err


def test_every_clause_can_be_explained(asked: Asked, capsys: pytest.CaptureFixture[str]) -> None:
    for name in list(load_clauses())[::10]:
        assert asked("explain", name) == Exit.CONFORMANT
        assert "http" in capsys.readouterr().out


def test_init_writes_settings_that_are_read_and_writes_over_nothing(asked: Asked, tmp_path: Path) -> None:
    out = tmp_path / "kimai-conformance.toml"
    assert asked("init", "--url", "https://k.example.com", "--out", out) == Exit.CONFORMANT
    assert read_settings_file(out).instance.url == "https://k.example.com"
    assert asked("init", "--out", out) == Exit.USAGE
    assert read_settings_file(out).instance.url == "https://k.example.com"
