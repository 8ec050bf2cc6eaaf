"""The Markdown summary: limits, and text that stays text."""

from __future__ import annotations

from reports.markdown import LIMIT, block, plain, render
from tests.reports import sample_verdicts

VERDICTS = sample_verdicts.verdicts()


def test_plain_text_has_no_markup() -> None:
    assert plain("a|b `c` <d> @team #1\nx") == "a\\|b \\`c\\` &lt;d&gt; \\@team \\#1 x"


def test_address_does_not_become_a_link() -> None:
    assert plain("https://evil.test www.evil.test") == "https\\://evil.test www\\.evil.test"


def test_block_cannot_be_left() -> None:
    lines = block("a\n````\nb")
    assert lines[0] == "`````text"
    assert lines[2] == "`````"


def test_passing_clauses_are_not_listed() -> None:
    text = render(VERDICTS["fail"])
    assert "auth.missing" not in text
    assert "| data.patch | SHOULD | fail |" in text


def test_hostile_text_makes_no_heading_and_no_html() -> None:
    text = render(sample_verdicts.hostile())
    outside = "".join(part for index, part in enumerate(text.split("````")) if index % 2 == 0)
    assert "<script" not in outside
    assert "\n# h" not in outside
    assert " @team" not in outside


def test_size_is_limited() -> None:
    verdict = sample_verdicts.verdicts()["fail"]
    long = verdict.findings[0].model_copy(update={"places": ["é" * 100_000] * 10})
    text = render(verdict.model_copy(update={"findings": [long] * 50}))
    assert LIMIT - 400_000 < len(text.encode()) <= LIMIT
    assert "cut here" in text.splitlines()[-1]
