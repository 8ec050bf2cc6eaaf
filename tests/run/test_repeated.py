"""What fails once is asked again, by the command as a whole: what does not repeat is unsteady."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conformance.embedded.faults.messages import Answer, Request
from conformance.embedded.faults.registry import Inner, _conditions, condition
from conformance.model import Exit
from tests.faults.detection import run_against

CHOSEN = ("--profile", "smoke", "-k", "test_false_in_post and customers")
CLAUSE = "boolean.false-is-false"


@contextmanager
def planted_once(name: str, spoil: Callable[[Answer], Answer]) -> Iterator[str]:
    """Plant that one answer to a create alone, the first to a hidden customer, is spoilt. Yields the condition's id."""

    @condition(name, on=("POST /api/customers",))
    async def spoilt(request: Request, inner: Inner) -> Answer:
        value = await inner(request)
        first = request.fields.get("visible") is False and "done" not in inner.memory
        inner.memory.update({"done": True} if first else {})
        return spoil(value) if first else value

    try:
        yield name
    finally:
        del _conditions[name]


@pytest.fixture
def resetting() -> Iterator[str]:
    """The answer breaks off."""

    def broken_off(answer: Answer) -> Answer:
        return answer.with_headers({"content-length": "1000000"})

    with planted_once("resetting-for-a-test", broken_off) as name:
        yield name


@pytest.fixture
def racing() -> Iterator[str]:
    """The answer says that the customer is visible."""

    def shown(answer: Answer) -> Answer:
        return answer.each(lambda record: {**record, "visible": True})

    with planted_once("racing-for-a-test", shown) as name:
        yield name


def test_what_does_not_repeat_is_unsteady(racing: str, tmp_path: Path) -> None:
    found = run_against([racing], tmp_path, *CHOSEN, "--strict")
    assert found.clauses[CLAUSE] == "unsteady", found.words
    assert found.status == Exit.NOT_CONFORMANT, found.words
    (place,) = (
        place for clause in found.verdict["clauses"] for place in clause["places"] if place["status"] == "unsteady"
    )
    assert "failed once of two times" in place["reason"]


def test_a_check_without_an_answer_is_asked_again(resetting: str, tmp_path: Path) -> None:
    found = run_against([resetting], tmp_path, *CHOSEN)
    assert found.clauses[CLAUSE] == "pass", found.words
    assert found.verdict["safety"]["left_behind"] == []


def test_what_follows_a_check_that_failed_is_asked_of_the_records_from_before(tmp_path: Path) -> None:
    found = run_against(["paging-headers-missing"], tmp_path, "--profile", "smoke", "-k", "test_paging")
    assert found.failed == {"paging.headers", "paging.default-size"}, found.words
    assert found.clauses["paging.complete"] == "pass"
