"""The table of rules holds together, and each rule is reached by some difference."""

from __future__ import annotations

import inspect

import pytest

from conformance.upgrade import classify, definition_diff
from conformance.upgrade.changes import Change, Seen
from conformance.upgrade.rules import RANK, RULES, Class, Direction, Rule, at_least


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_has_its_mirror_or_a_reason_why_not(rule: Rule) -> None:
    assert rule.mirror or rule.waiver or rule.reverse
    assert not rule.mirror or rule.mirror in RULES


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_says_what_clients_notice_and_what_to_do(rule: Rule) -> None:
    assert rule.title
    assert rule.notice
    assert rule.advice


def test_each_way_back_has_a_title_of_its_own() -> None:
    titles = [title for rule in RULES.values() for title in (rule.title, rule.reverse.title if rule.reverse else "")]
    assert len([title for title in titles if title]) == len({title for title in titles if title})


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_security_is_what_widens_and_its_opposite_is_not(rule: Rule) -> None:
    for direction, other in ((Direction.FORWARD, Direction.REVERSE), (Direction.REVERSE, Direction.FORWARD)):
        if rule.reverse is not None and rule.class_of(direction) is Class.SECURITY:
            assert rule.class_of(other) in (Class.SILENT, Class.BREAKING)


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_is_used(rule: str) -> None:
    assert f'"{rule}"' in inspect.getsource(definition_diff) + inspect.getsource(classify)


def test_the_rank_is_most_dangerous_first() -> None:
    assert [str(item) for item in RANK] == ["security", "silent", "breaking", "new", "cosmetic"]
    assert at_least(Class.SILENT, Class.BREAKING)
    assert not at_least(Class.NEW, Class.BREAKING)


@pytest.mark.parametrize(
    ("rule", "forward", "reverse", "refused"),
    [
        ("resp-enum", "f8f5ecdd42b4", "8e3617faed29", "82fd094e0b3f"),
        ("role-attribute", "388cc2830293", "49929760c993", "74f1d0902583"),
        ("list-scope", "db1be6bcb04a", "be4f1ead5384", "4b50a0add4f3"),
        ("form-required", "e8cdb6ed7753", "911af962f468", "28e4764d3ee1"),
        ("status-refused", "dc33dd398cc2", "48d0087dd569", "ecc288ddfe01"),
    ],
)
def test_a_cause_stays_what_accept_files_name(rule: str, forward: str, reverse: str, refused: str) -> None:
    causes = {
        direction: Change(
            rule, "GET /api/things/{id}", "a", "b", Seen.OBSERVED, "ROLE_USER", "colour", direction=direction
        ).cause
        for direction in Direction
    }
    assert causes == {Direction.FORWARD: forward, Direction.REVERSE: reverse, Direction.REFUSED: refused}
