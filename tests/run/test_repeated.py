"""What fails once is asked again, by the command as a whole: what does not repeat is unsteady."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.embedded.faults.messages import Answer, Request
from conformance.embedded.faults.registry import Inner, _conditions, condition
from conformance.model import Exit
from tests.faults.detection import run_against

CHOSEN = ("--profile", "smoke", "-k", "test_false_in_post and customers")
CLAUSE = "boolean.false-is-false"


@pytest.fixture
def resetting() -> Iterator[str]:
    """Plant that one answer to a create, the first to a hidden customer, breaks off."""

    @condition("resetting-for-a-test", on=("POST /api/customers",))
    async def resetting(request: Request, inner: Inner) -> Answer:
        value = await inner(request)
        first = request.fields.get("visible") is False and "done" not in inner.memory
        inner.memory.update({"done": True} if first else {})
        return value.with_headers({"content-length": "1000000"}) if first else value

    yield "resetting-for-a-test"
    del _conditions["resetting-for-a-test"]


@pytest.fixture
def racing() -> Iterator[str]:
    """Plant that one answer alone, the first to a hidden customer, says that it is visible."""

    @condition("racing-for-a-test", on=("POST /api/customers",))
    async def racing(request: Request, inner: Inner) -> Answer:
        value = await inner(request)
        first = request.fields.get("visible") is False and "done" not in inner.memory
        inner.memory.update({"done": True} if first else {})
        return value.each(lambda record: {**record, "visible": True}) if first else value

    yield "racing-for-a-test"
    del _conditions["racing-for-a-test"]


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
