"""What is altered in an observation: of each sort of value, one thing at a time, and the same for the same seed."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from conformance.model import Actor, Exchange
from conformance.verdict.alterations import Alteration, alterations, sites_of


@dataclass(frozen=True)
class Seen:
    """An observation with a value of each sort."""

    is_shown: bool
    count: int
    price: float
    begin: str
    exchange: Exchange
    names: tuple[str, ...] = ()
    number: int | None = None
    owner: Actor | None = None


def answer(body: Any = None, status: int = 200, **headers: str) -> Exchange:
    text = json.dumps({"id": 7, "visible": True, "tags": ["a", "b"]} if body is None else body).encode()
    told = {"content-type": "application/json", **headers}
    return Exchange("GET", "/api/x", "GET /api/x", "admin", {}, None, status, told, text)


def every(observation: Any, hint: Any = None, seed: int = 1) -> list[tuple[Alteration, Any]]:
    rng = random.Random(seed)
    _, sites = sites_of(observation, hint, rng)
    return [(change, change.apply(observation)) for change in alterations(sites, rng)]


def others(observation: Any, kind: str, hint: Any = None) -> list[Any]:
    return [other for change, other in every(observation, hint) if change.kind == kind]


SEEN = Seen(True, 3, 9.5, "2025-01-15T10:00:00+0100", answer(), ("a", "b"), 4, Actor("admin", ()))


@pytest.mark.parametrize(
    ("kind", "field", "values"),
    [
        ("a flag turned", "is_shown", {False}),
        ("a number changed", "count", {4}),
        ("a number changed", "price", {9.51}),
        ("another zone", "begin", {"2025-01-15T10:00:00+0200"}),
        ("a time moved by a second", "begin", {"2025-01-15T10:00:01+0100"}),
        ("an item lost", "names", {("a",), ("b",)}),
        ("all items lost", "names", {()}),
        ("a value removed", "number", {None}),
        ("status 500", "exchange", {replace(SEEN.exchange, status=500).status}),
    ],
)
def test_each_sort_of_value_is_altered(kind: str, field: str, values: set[Any]) -> None:
    """Nothing else of the observation changes with it."""
    changed = [other for other in others(SEEN, kind) if getattr(other, field) != getattr(SEEN, field)]
    got = {item.status if isinstance(item := getattr(other, field), Exchange) else item for other in changed}
    assert values <= got
    for other in changed:
        assert replace(other, **{field: getattr(SEEN, field)}) == SEEN


def test_bodies_lose_rename_and_change_attributes() -> None:
    bodies = [other.exchange.json_or_none() for _, other in every(SEEN)]
    for wanted in (
        {"visible": True, "tags": ["a", "b"]},
        {"idRenamed": 7, "visible": True, "tags": ["a", "b"]},
        {"id": 7, "visible": False, "tags": ["a", "b"]},
        {"id": 7, "visible": True, "tags": ["a"]},
        {"id": "altered", "visible": True, "tags": ["a", "b"]},
        {"id": None, "visible": True, "tags": ["a", "b"]},
    ):
        assert wanted in bodies
    assert None in bodies, "no JSON at all"


def test_what_was_asked_is_not_altered() -> None:
    assert all(other.owner in (SEEN.owner, None) for _, other in every(SEEN))
    assert all(other.exchange.target == "/api/x" for _, other in every(SEEN))


def test_the_original_stays_as_it_is() -> None:
    before = {"rows": [{"a": [1, 2]}], "more": {"x"}}
    kept = json.dumps(before, default=sorted)
    assert len(every(before)) > 5
    assert json.dumps(before, default=sorted) == kept


@pytest.mark.parametrize(
    ("observation", "hint", "wanted"),
    [
        ((), tuple[str, ...], ("altered",)),
        ([], list[int], [1]),
        (None, str | None, "altered"),
        ({}, dict[str, int], {"altered": 1}),
        ((), tuple[Seen, ...], None),
    ],
)
def test_what_is_not_there_is_added_where_its_type_is_known(observation: Any, hint: Any, wanted: Any) -> None:
    added = [other for _, other in every(observation, hint)]
    assert added == ([] if wanted is None else [wanted]), "an answer cannot be made of nothing"


def test_an_item_of_a_record_is_not_lost() -> None:
    """A pair of different things stays a pair: a check that takes it apart would only break."""
    assert others(("a", 1), "an item lost") == []
    assert others((1, 2), "an item lost", tuple[int, int]) == []


def test_times_are_moved() -> None:
    moment = datetime(2025, 1, 15)
    assert others(moment, "a time moved by an hour") == [moment + timedelta(hours=1)]
    assert others(timedelta(0), "a time moved by a second") == [timedelta(seconds=1)]


def test_what_is_no_answer_of_the_api_becomes_one() -> None:
    """That plain HTTP is not served is shown by a redirect: only a whole answer of the API would turn that."""
    redirect = Exchange("GET", "/api/ping", "GET /api/ping", "a", {}, None, 301, {"content-type": "text/html"}, b"<p>")
    (answered,) = others(redirect, "an answer of an API")
    assert (answered.status, answered.headers["content-type"], answered.json_or_none()) == (200, "application/json", {})
    moment = datetime(2030, 1, 15)
    assert others(moment, "a time moved by years back") == [moment - timedelta(days=1500)]


def test_what_a_type_does_not_allow_is_said_when_it_is_tried() -> None:
    """What an instance answers may be at the end of time: to list what may be altered must not break on it."""
    for last in ("9999-12-31T23:59:59+0100", datetime.max):
        _, sites = sites_of(last, None, random.Random(1))
        changes = [change for change in alterations(sites, random.Random(1)) if "moved by days" in change.kind]
        assert changes
        with pytest.raises(OverflowError):
            changes[0].apply(last)


@pytest.mark.parametrize("odd", [10**400, "9" * 5000, float("nan"), float("inf"), "٣", "\ud800", "2025-99-99T"])
def test_whatever_an_instance_answers_can_be_altered(odd: Any) -> None:
    sites = sites_of({"odd": odd}, None, random.Random(1))[1]
    assert list(alterations(sites, random.Random(1)))


def test_the_same_seed_gives_the_same_order_and_another_another() -> None:
    first, again, other = ([change.kind for change, _ in every(SEEN, seed=seed)] for seed in (1, 1, 2))
    assert first == again != other
    assert sorted(first) == sorted(other)


def test_one_of_each_kind_comes_first() -> None:
    """A few alterations are of many sorts: none is left to luck."""
    kinds = [change.kind for change, _ in every(SEEN)]
    plain = {"a flag turned", "a number changed", "another zone", "an item lost", "status 500", "no JSON"}
    assert plain <= set(kinds[: len(kinds) // 2])


def test_what_was_judged_is_told_from_all_else() -> None:
    judged, beside = replace(SEEN, exchange=answer(1)), replace(SEEN, exchange=answer(2))
    seen: Mapping[str, Any] = {"one": judged, "other": beside}
    near, far = sites_of(seen, None, random.Random(1), {id(judged.exchange)})
    assert {site.path[0][1] for site in near} == {"one"}
    assert {site.path[0][1] for site in far if site.path} == {"other"}


@pytest.mark.parametrize("seed", range(10))
def test_of_parts_that_stand_together_each_is_altered(seed: int) -> None:
    """Where there are many pairs of a number and an answer, neither is left out for the other."""
    pairs = [(number, answer({"id": number})) for number in range(5)]
    found = {change.kind for change, _ in every(pairs, list[tuple[int, Exchange]], seed)}
    assert {"status 500", "a number changed"} <= found
