"""What the renderers share."""

from __future__ import annotations

import pytest

from reports import common
from tests.reports import sample_verdicts


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("a\x00b", "a\\u0000b"), ("\x1b[31m", "\\u001b[31m"), ("\u202etxt", "\\u202etxt"), ("\u200b", "\\u200b"),
        ("\ud800", "\\ud800"), ("\ufffe", "\\ufffe"), ("\x9b", "\\u009b"), ("\r", "\\u000d"), ("\u2028", "\\u2028"),
        ("é\n\t漢😀", "é\n\t漢😀"),
    ],
)  # fmt: skip
def test_what_hides_is_shown(given: str, shown: str) -> None:
    assert common.escape_invisible(given) == shown


def test_clip_keeps_to_bytes_and_characters() -> None:
    assert common.clip("abc", 3) == "abc"
    assert common.clip("é" * 10, 9) == "ééé…"
    assert len(common.clip("漢" * 100, 50).encode()) <= 50


def test_gaps_name_the_flags_to_add() -> None:
    verdict = sample_verdicts.verdicts()["undecided"]
    assert [gap.line for gap in common.gaps(verdict)] == [
        "second-actor: there is only one actor (add --actors FILE)",
        "boolean.absent: promised by the plan, but no check decided it",
        "attribute.names: promised by the plan, but no check decided it",
    ]


def test_a_shard_that_is_missing_is_told_whatever_failed_beside_it() -> None:
    run = {"shards": 2, "missing_shards": [2], "cut_off": True}
    verdict = sample_verdicts.made([*sample_verdicts.core(), *sample_verdicts.FAILURES], run=run)
    assert [gap.line for gap in common.gaps(verdict)][:2] == [
        "shard 2/2: it was not given to merge",
        "the rest of the run: the clock cut it off",
    ]


def test_embedded_instance_is_never_taken_for_another() -> None:
    verdict = sample_verdicts.made(sample_verdicts.core(), instance={"kind": "embedded"})
    assert "says nothing about any other instance" in common.instance_line(verdict)


def test_foreign_definition_is_said() -> None:
    verdict = sample_verdicts.made(sample_verdicts.core(), definition={"exact": False})
    assert "definition.* is observed only" in common.definition_line(verdict)
