"""What was collected becomes places of clauses: failures, known deviations, observations, passes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from conformance.definition import Definition
from conformance.model import Place, Status
from conformance.properties.execution.runner import PropertyRunner
from conformance.properties.judging import decide
from conformance.verdict import Deviation, Deviations, Judge, load_clauses

from .conftest import Fake

LABEL = "GET /api/tags/find"


class Places(list[Place]):
    """Keeps places instead of writing them."""

    def place(self, place: Place, **_more: str) -> None:
        """Keep a place."""
        self.append(place)


@pytest.fixture
def judged(fake: Fake, make_workshop: Callable[..., PropertyRunner]) -> Callable[..., Places]:
    """Runs an operation whose answer is given, and judges it."""

    def judge(
        definition: Definition,
        answer: Any = None,
        *,
        status: int = 200,
        deviations: tuple[Deviation, ...] = (),
        **more: Any,
    ) -> Places:
        def odd(request: httpx.Request, _: Any) -> httpx.Response | None:
            if request.url.path == "/api/tags/find":
                return httpx.Response(status, json=answer, **more)
            return None

        fake.odd = odd
        workshop = replace(make_workshop(budget=600), definition=definition)
        places = Places()
        judge = Judge("error.no-server-error", load_clauses(), Deviations(list(deviations)), "2.66.0", places)
        decide(workshop.run(LABEL), judge, definition)
        return places

    return judge


def _of(places: Places, clause: str) -> set[tuple[Status, str, str]]:
    return {(place.status, place.field, place.got) for place in places if place.clause == clause}


@pytest.fixture
def own(definition: Definition) -> Definition:
    """The same definition, as if the instance had given it."""
    return replace(definition, source="instance")


def test_what_holds_passes(judged: Callable[..., Places], own: Definition) -> None:
    places = judged(own, [{"id": 1, "name": "a", "visible": True}])
    for clause in ("error.no-server-error", "definition.types", "definition.status", "definition.content-type"):
        assert {status for status, _, _ in _of(places, clause)} == {Status.PASS}


def test_a_wrong_type_fails(judged: Callable[..., Places], own: Definition) -> None:
    places = judged(own, [{"id": "1", "name": "a"}])
    assert (Status.FAIL, "TagEntity.id", "string") in _of(places, "definition.types")


def test_a_known_null_is_a_deviation(judged: Callable[..., Places], own: Definition) -> None:
    known = Deviation(
        id="nulls",
        clause="definition.nullable",
        versions=">=2",
        operations=("*",),
        observed="null",
        reason="r",
        reference="r",
    )
    places = judged(own, [{"id": 1, "color": None}], deviations=(known,))
    assert _of(places, "definition.nullable") == {(Status.DEVIATION, "TagEntity.color", "null")}
    assert Status.FAIL in {
        status for status, _, _ in _of(judged(own, [{"id": 1, "color": None}]), "definition.nullable")
    }


def test_a_server_error_fails_whatever_the_definition(judged: Callable[..., Places], definition: Definition) -> None:
    places = judged(replace(definition, exact=False), {"code": 500}, status=500)
    assert {(place.status, place.got) for place in places if place.clause == "error.no-server-error"} == {
        (Status.FAIL, "500")
    }
    assert all("curl -X GET" in place.curl for place in places if place.status is Status.FAIL)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 429])
def test_a_refusal_is_legal_although_undocumented(status: int, judged: Callable[..., Places], own: Definition) -> None:
    places = judged(own, {"code": status, "message": "No"}, status=status, headers={"Retry-After": "0"})
    assert not [place for place in places if place.status is Status.FAIL]


def test_an_undocumented_success_fails(judged: Callable[..., Places], own: Definition) -> None:
    assert (Status.FAIL, "", "202") in _of(judged(own, [], status=202), "definition.status")


def test_another_content_type_fails(judged: Callable[..., Places], own: Definition) -> None:
    places = judged(own, [], headers={"Content-Type": "text/html"})
    assert (Status.FAIL, "", "text/html") in _of(places, "definition.content-type")


def test_a_bundled_definition_of_another_version_only_plans(
    judged: Callable[..., Places], definition: Definition
) -> None:
    places = judged(replace(definition, exact=False), [{"id": "1"}])
    statuses = {place.status for place in places if place.clause.startswith("definition.")}
    assert statuses == {Status.OBSERVED}


def test_a_bundled_definition_never_fails_over_null(judged: Callable[..., Places], definition: Definition) -> None:
    places = judged(definition, [{"color": None}])
    assert not [place for place in places if place.status is Status.FAIL]
