"""What fails is asked a second time: what came again fails, what did not is unsteady, what was disturbed is skipped."""

from __future__ import annotations

import pytest

from conformance.model import Place, Status
from conformance.verdict.repeating import Attempt, merged


def attempt(*places: tuple[str, str, Status], disturbed: bool = False) -> Attempt:
    """Return an attempt; a place is field, what came, and status."""
    made = Attempt(disturbed=disturbed)
    for name, got, status in places:
        place = Place("boolean.absent", status, "POST /api/tags", name, expected="false", got=got)
        made.place(place, fingerprint=f"{name} {got}" if status is Status.FAIL else "", title="absent is false")
    return made


BAD, GOOD = ("visible", "true", Status.FAIL), ("visible", "false", Status.PASS)
OTHER = ("color", "false", Status.PASS)


def statuses(first: Attempt, second: Attempt) -> list[tuple[str, Status]]:
    return [(item.place.field, item.place.status) for item in merged(first, second)]


def test_what_comes_again_fails_and_the_rest_is_as_it_was() -> None:
    (bad, good) = merged(attempt(BAD, OTHER), attempt(BAD, OTHER))
    assert (bad.place.status, bad.fingerprint, good.place.status) == (Status.FAIL, "visible true", Status.PASS)


def test_what_does_not_come_again_is_unsteady_with_both_answers() -> None:
    (only,) = merged(attempt(BAD), attempt(GOOD))
    assert only.place.status is Status.UNSTEADY
    assert "true" in only.place.reason
    assert "false" in only.place.reason
    assert only.fingerprint == ""


def test_what_fails_only_the_second_time_is_unsteady_too() -> None:
    new = ("billable", "true", Status.FAIL)
    assert statuses(attempt(BAD), attempt(BAD, new)) == [("visible", Status.FAIL), ("billable", Status.UNSTEADY)]


def test_another_place_of_the_same_cause_is_the_same_failure() -> None:
    elsewhere = attempt(("visible", "true", Status.FAIL))
    elsewhere.decisions[0] = type(elsewhere.decisions[0])(
        Place("boolean.absent", Status.FAIL, "POST /api/tags", "visible", value="9:01"), "visible true"
    )
    assert statuses(attempt(BAD), elsewhere)[0] == ("visible", Status.FAIL)


@pytest.mark.parametrize(
    "second", [attempt(BAD, disturbed=True), attempt(GOOD, disturbed=True), attempt(disturbed=True)]
)
def test_what_was_disturbed_both_times_is_not_decided(second: Attempt) -> None:
    assert statuses(attempt(BAD, disturbed=True), second) == [("visible", Status.SKIPPED)]


def test_what_was_disturbed_the_first_time_is_as_the_second_says() -> None:
    assert statuses(attempt(BAD, disturbed=True), attempt(GOOD)) == [("visible", Status.PASS)]
    assert statuses(attempt(BAD, disturbed=True), attempt(BAD)) == [("visible", Status.FAIL)]


def test_what_could_not_be_asked_again_stays_a_failure() -> None:
    skipped = ("", "", Status.SKIPPED)
    assert statuses(attempt(BAD), attempt(skipped)) == [("visible", Status.FAIL)]
