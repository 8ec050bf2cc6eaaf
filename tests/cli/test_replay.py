"""`replay`: wrong input ends in words that say what to do; the right finding is asked for, and never elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.cli import main
from conformance.model import Exit
from conformance.run.replay import ReplayConclusion
from conformance.verdict.document import Verdict
from tests.reports import sample_verdicts

MARK, OTHER = "0123456789ab", "fedcba987654"
Ask = Callable[..., tuple[int, str]]


def verdict(**instance: Any) -> dict[str, Any]:
    """Return a failing verdict with two findings, of an instance that somebody runs."""
    document = sample_verdicts.verdicts()["fail"].document()
    document["instance"] |= {"kind": "configured", "url": "https://staging.example.com", **instance}
    first = document["findings"][0]
    script = "#!/bin/sh\necho shown\n"
    document["findings"] = [
        {**first, "fingerprint": MARK, "nodes": ["contracts/test_a.py::test_a[x]"], "script": script},
        {**first, "fingerprint": OTHER, "nodes": []},
    ]
    return document


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run `replay` in a folder of its own with a verdict. Returns exit status and all that it printed."""
    monkeypatch.chdir(tmp_path)
    for name in ("KIMAI_URL", "KIMAI_TOKEN", "KIMAI_ACTORS", "KIMAI_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KIMAI_CONFORMANCE_STATE", str(tmp_path / "state"))

    def asked(fingerprint: str, *arguments: str, text: str = "") -> tuple[int, str]:
        path = tmp_path / "verdict.json"
        path.write_text(text or json.dumps(verdict()), encoding="utf-8")
        with pytest.raises(SystemExit) as caught:
            main(["replay", fingerprint, "--report", str(path), *arguments])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return int(caught.value.code or 0), printed.out + printed.err

    return asked


@pytest.mark.parametrize(
    ("fingerprint", "words"),
    [
        ("0123456789aa", f"Did you mean {MARK}?"),
        ("fedc", f"Did you mean {OTHER}?"),
        ("zzzzzzzzzzzz", "It has:"),
        ("", "It has:"),
    ],
)
def test_an_unknown_fingerprint_is_answered_with_near_ones(ask: Ask, fingerprint: str, words: str) -> None:
    status, printed = ask(fingerprint)
    assert status == Exit.USAGE
    assert words in printed
    assert MARK in printed or OTHER in printed


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (json.dumps(verdict())[:500], "cut off"),
        (json.dumps({**verdict(), "schema_version": 99}), "schema version 99"),
        ("[]", "is no verdict"),
    ],
    ids=("half", "another version", "no verdict"),
)
def test_a_verdict_that_cannot_be_read_is_wrong_usage(ask: Ask, text: str, words: str) -> None:
    status, printed = ask(MARK, text=text)
    assert status == Exit.USAGE
    assert words in printed


def test_without_a_verdict_it_says_where_one_is(ask: Ask, tmp_path: Path) -> None:
    status, printed = ask(MARK, "--report", str(tmp_path / "nowhere"))
    assert status == Exit.USAGE
    assert "kimai-conformance run" in printed


def test_a_finding_of_an_instance_is_not_asked_of_our_own(ask: Ask) -> None:
    status, printed = ask(MARK)
    assert status == Exit.USAGE
    assert "--url https://staging.example.com" in printed


def test_consent_is_asked_for(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIMAI_TOKEN", "a-token-123")
    status, printed = ask(MARK, "--url", "http://127.0.0.1:9")
    assert status == Exit.USAGE
    assert "--write" in printed


def test_a_finding_that_no_check_is_known_of_says_so(ask: Ask) -> None:
    status, printed = ask(OTHER)
    assert status == Exit.USAGE
    assert "Run the suite again" in printed


def test_the_script_is_printed_and_nothing_sent(ask: Ask) -> None:
    assert ask(MARK, "--script") == (Exit.CONFORMANT, "#!/bin/sh\necho shown\n\n")


def test_an_instance_that_is_down_is_exit_3(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIMAI_TOKEN", "a-token-123")
    status, printed = ask(MARK, "--url", "http://127.0.0.1:9", "--read-only")
    assert status == Exit.UNFIT
    assert "The finding is of https://staging.example.com" in printed


@pytest.mark.parametrize(
    ("fingerprint", "field", "there"),
    [("0123456789ab", "x", 1), ("aaaaaaaaaaaa", "visible", 1), ("aaaaaaaaaaaa", "billable", 0)],
)
def test_what_fails_at_the_same_place_by_another_cause_is_not_gone(fingerprint: str, field: str, there: int) -> None:
    def failing(mark: str, name: str) -> Verdict:
        return sample_verdicts.made(
            [*sample_verdicts.core(), sample_verdicts.place("data.patch", "fail", fingerprint=mark, field=name)]
        )

    (finding,) = failing("0123456789ab", "visible").findings
    assert len(list(ReplayConclusion([finding]).shown(failing(fingerprint, field)))) == there
