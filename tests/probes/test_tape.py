"""The seam between checks and probes: what is observed is kept, and given again without asking."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest

from conformance.exchange import Refused
from conformance.model import Exchange
from conformance.probes.tape import AsksWhileJudging, Form, Replay, Tape, answered_by, ask, tape_probes, taped

ASKED: list[Any] = []


@pytest.fixture(autouse=True)
def nothing_asked() -> None:
    ASKED.clear()


@taped
def number(context: object, of: str, *, again: bool = False) -> int:  # noqa: ARG001
    """Observe a value."""
    ASKED.append((of, again))
    return len(of)


@taped
def letters(context: object, of: str) -> Iterator[str]:  # noqa: ARG001
    """Observe a series, which ends in a refusal where it comes to an x."""
    for letter in of:
        ASKED.append(letter)
        if letter == "x":
            raise Refused(1, "no x")
        yield letter


@taped
@contextmanager
def held(context: object, what: str) -> Iterator[str]:  # noqa: ARG001
    """Observe something for as long as it is there."""
    ASKED.append(f"make {what}")
    yield what
    ASKED.append(f"delete {what}")


@taped
def granted(context: object) -> bool:  # noqa: ARG001
    """Observe what a check asks only where something is wrong."""
    ASKED.append("granted")
    return True


@taped
def control(context: object) -> Exchange | None:  # noqa: ARG001
    """Observe the same."""
    ASKED.append("control")
    return None


def check() -> list[Any]:
    """Ask all of them, as a check does."""
    seen: list[Any] = [number(None, "abc"), number(None, "ab"), *letters(None, "ab")]
    with held(None, "record") as record:
        seen.append(record)
    try:
        seen += letters(None, "ax")
    except Refused as error:
        seen.append(error.rule)
    return seen


def recorded() -> Tape:
    tape = Tape()
    with answered_by(tape):
        check()
    return tape


def test_a_tape_changes_nothing_of_what_is_asked() -> None:
    plain = check()
    before, ASKED[:] = [*ASKED], []
    tape = Tape()
    with answered_by(tape):
        assert check() == plain == [3, 2, "a", "b", "record", "a", 1]
    assert before == ASKED
    forms = [question.form for question in tape.questions]
    assert forms == [Form.VALUE, Form.VALUE, Form.SERIES, Form.BLOCK, Form.SERIES]
    assert [question.observation for question in tape.questions] == [3, 2, ["a", "b"], "record", ["a"]]


def test_a_replay_asks_nothing() -> None:
    plain, tape = check(), recorded()
    ASKED.clear()
    with answered_by(Replay(tape.questions)):
        assert check() == plain
    assert ASKED == []


def test_a_replay_gives_what_was_altered() -> None:
    tape = recorded()
    with answered_by(Replay(tape.questions, {1: 7, 2: ["c"], 3: "other"})):
        assert check() == [3, 7, "c", "other", "a", 1]


def test_a_question_of_a_probe_to_another_is_not_kept() -> None:
    def outer(context: object) -> int:
        return number(context, "abcd")

    tape = Tape()
    with answered_by(tape):
        assert taped(outer)(None) == 4
    assert len(tape.questions) == 1


def test_a_question_that_was_not_asked_before_gets_an_empty_answer_or_none() -> None:
    """Whether it is excused is asked where something is wrong: nothing was granted, and no control is there."""
    ASKED.clear()
    with answered_by(Replay(recorded().questions)):
        assert granted(None) is False
        assert control(None) is None
        with pytest.raises(AsksWhileJudging, match="number"):
            number(None, "never asked")
        with pytest.raises(AsksWhileJudging, match="letters"):
            list(letters(None, "never asked"))
    assert "granted" not in ASKED


def test_what_is_asked_again_gets_the_same_answer() -> None:
    with answered_by(Replay(recorded().questions)):
        assert [number(None, "abc"), number(None, "abc"), number(None, "abc", again=True)] == [3, 3, 3]


def test_a_series_that_was_left_early_has_no_more_than_was_seen() -> None:
    tape = Tape()
    with answered_by(tape):
        assert next(letters(None, "abc")) == "a"
    with answered_by(Replay(tape.questions)):
        series = letters(None, "abc")
        assert next(series) == "a"
        with pytest.raises(AsksWhileJudging, match="more of letters"):
            next(series)


def test_what_a_block_does_at_its_end_is_done_whatever_comes() -> None:
    with answered_by(Tape()), pytest.raises(ZeroDivisionError), held(None, "record"):
        raise ZeroDivisionError
    assert ASKED == ["make record"], "a block that does not catch it ends as it does without a tape"


def test_a_cached_answer_is_kept_too() -> None:
    tape = Tape()
    with answered_by(tape):
        assert ask("cached", ("x",), None, lambda: 5) == 5
    with answered_by(Replay(tape.questions, {0: 6})):
        assert ask("cached", ("x",), None, lambda: 5) == 6


def test_probes_alone_are_put_behind_the_seam() -> None:
    """Functions that ask, by their first argument; what is pure judges altered values as it stands."""
    from conformance.probes.responses.reads import answer_of
    from conformance.probes.times.zones import parse

    module = ModuleType("contracts.test_double")
    module.__dict__.update(answer_of=answer_of, parse=parse, Tape=Tape, number=number)
    tape_probes(module)
    assert module.answer_of is not answer_of
    assert module.answer_of.__wrapped__ is answer_of
    assert (module.parse, module.Tape, module.number) == (parse, Tape, number)
    first = module.answer_of
    tape_probes(module)
    assert module.answer_of is first
