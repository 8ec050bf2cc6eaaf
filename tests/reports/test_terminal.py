"""The terminal summary."""

from __future__ import annotations

import re

import pytest

from reports.terminal import render
from tests.reports import sample_verdicts

VERDICTS = sample_verdicts.verdicts()


@pytest.mark.parametrize("name", VERDICTS)
def test_no_escapes_without_colour(name: str) -> None:
    assert "\x1b" not in render(VERDICTS[name])


def test_colour_is_the_same_text() -> None:
    coloured = render(VERDICTS["fail"], color=True)
    assert "\x1b[1;31m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured).split() == render(VERDICTS["fail"]).split()


def test_first_line_is_the_instance_and_last_the_verdict() -> None:
    lines = render(VERDICTS["fail"], report="out/report.html").splitlines()
    assert lines[0] == "Instance    https://kimai.example/time (Kimai 2.66.0)"
    assert lines[-1] == "FAIL — out/report.html"


def test_curl_is_on_one_line_however_narrow() -> None:
    assert sample_verdicts.CURL in render(VERDICTS["fail"], width=40)


def test_hostile_text_starts_no_line() -> None:
    lines = render(sample_verdicts.hostile(), width=1000).splitlines()
    assert not [line for line in lines if line.startswith("# h")]


def test_environment_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "20")
    assert render(VERDICTS["pass"]) == sample_verdict_plain()


def sample_verdict_plain() -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("FORCE_COLOR", raising=False)
        patch.delenv("COLUMNS", raising=False)
        return render(VERDICTS["pass"])


def test_many_findings_are_cut() -> None:
    events = [
        sample_verdicts.place("data.patch", "fail", fingerprint=f"{number:012x}", got=f"g{number}")
        for number in range(30)
    ]
    text = render(sample_verdicts.made([*sample_verdicts.core(), *events]))
    assert "Findings: 30" in text
    assert "… and 20 more in the report" in text
