"""The terminal summary."""

from __future__ import annotations

import re

import pytest

from reports.terminal import Detail, render
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
    assert re.fullmatch(r"FAIL: 2 promises are not kept; .* \(exit 1\) — out/report.html", lines[-1])


def test_curl_is_on_one_line_however_narrow() -> None:
    assert sample_verdicts.CURL in render(VERDICTS["fail"], width=40, detail=Detail.FULL)


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
    many = sample_verdicts.made([*sample_verdicts.core(), *events])
    text = render(many)
    assert "Findings: 30" in text
    assert "… and 27 more: --verbose, or the report" in text
    assert "fingerprint 00000000001d" in render(many, detail=Detail.FULL)


def test_it_fits_one_screen_however_much_there_is() -> None:
    events = [
        sample_verdicts.place(
            "data.patch", "fail", fingerprint=f"{number:012x}", got="g" * 500, field="f" * 300, reason="r" * 500
        )
        for number in range(30)
    ]
    gaps = [{"what": f"w{number}", "why": "y" * 300, "flags": "--z"} for number in range(20)]
    verdict = sample_verdicts.made(
        [*sample_verdicts.core(), *sample_verdicts.KNOWN, *events],
        plan={"missing": gaps}, safety={"left_behind": [f"tag {number}" for number in range(9)]},
    )  # fmt: skip
    lines = render(verdict, width=80).splitlines()
    shown = sum(max(1, -(-len(line) // 80)) for line in lines)
    assert shown - len(verdict.safety.left_behind) <= 24
    # A command is not cut: it is to be copied.
    assert max(len(line) for line in lines[:-1] if not line.startswith("Ask again")) <= 80


def test_a_pipe_gets_whole_lines_of_limited_length() -> None:
    events = [sample_verdicts.place("data.patch", "fail", got=f"got {'g' * 5000}")]
    lines = render(sample_verdicts.made([*sample_verdicts.core(), *events])).splitlines()
    (statement,) = [line for line in lines if "got ggg" in line]
    assert 200 < len(statement) <= 240
    assert statement.endswith("…")
    assert lines[-1].startswith("FAIL: ")


def test_quiet_is_the_verdict_and_what_was_left_behind() -> None:
    assert len(render(VERDICTS["fail"], detail=Detail.VERDICT).splitlines()) == 1
    assert "customer 7" in render(VERDICTS["undecided"], detail=Detail.VERDICT)


def test_findings_stand_by_danger_however_they_came() -> None:
    events = [
        sample_verdicts.place("attribute.names", "fail", fingerprint="a" * 12),
        sample_verdicts.place("data.patch", "fail", fingerprint="b" * 12),
        sample_verdicts.place("permission.kept", "fail", fingerprint="c" * 12),
    ]
    text = render(sample_verdicts.made([*sample_verdicts.core(), *events]))
    assert re.findall(r"^\d\. (\w+):", text, re.M) == ["access", "data", "contract"]
