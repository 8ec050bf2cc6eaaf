"""What can be decided follows from actors, rights, tokens and consent; causes are named before effects."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from conformance.definition import bundled
from conformance.model import Actor, Level, Secret, Token
from conformance.run.capabilities import MISSING, capabilities
from conformance.run.plan import plan
from conformance.run.preflight import Preflight
from conformance.settings import Settings
from conformance.verdict import load_clauses

VALID = Token("a", Secret("1"))
PAST = Token("b", Secret("2"), datetime(2020, 1, 1, tzinfo=UTC))
COMING = Token("c", Secret("3"), datetime(2099, 1, 1, tzinfo=UTC))
ADMIN = Actor("root", (VALID,), None, 1, ("ROLE_SUPER_ADMIN",), "UTC")
WORKER = Actor("worker", (VALID, PAST, COMING), Secret("p"), 4, (), "Asia/Tokyo")


def known(*actors: Actor, version: str = "2.66.0") -> Preflight:
    definition = bundled(version)
    return Preflight(version, actors, definition, definition.index, {}, (), ())


def of(*actors: Actor, version: str = "2.66.0", **settings: object) -> frozenset[str]:
    return capabilities(Settings(url="https://x", actors=actors, **settings), known(*actors, version=version))  # type: ignore[arg-type]


def test_an_administrator_can_manage_where_the_definition_can_undo() -> None:
    assert {"manage", "bookable", "team", "admin-actor"} <= of(ADMIN, write=True)
    assert "manage" not in of(ADMIN, write=True, version="2.24.0")
    assert "manage" not in of(WORKER, write=True)
    assert "manage" not in of(ADMIN, write=False)


def test_a_borrowed_project_is_something_to_book_on() -> None:
    assert "bookable" in of(WORKER, write=True, project=1, activity=1)
    assert "bookable" not in of(WORKER, write=True)


def test_tokens_and_zones_are_told() -> None:
    both = of(ADMIN, WORKER)
    assert {"expired-token", "future-token", "second-token", "password", "second-actor", "two-zones"} <= both
    assert not {"expired-token", "second-actor", "two-zones"} & of(ADMIN)


def test_zones_with_equal_clocks_are_no_two_zones() -> None:
    berlin = Actor("a", (VALID,), None, 1, (), "Europe/Berlin")
    vienna = Actor("b", (VALID,), None, 2, (), "Europe/Vienna")
    assert "two-zones" not in of(berlin, vienna)


@pytest.mark.parametrize("need", sorted({need for clause in load_clauses().values() for need in clause.needs}))
def test_every_need_of_a_clause_is_a_known_capability(need: str) -> None:
    assert need in MISSING


def test_the_plan_promises_musts_and_names_what_is_missing() -> None:
    clauses = load_clauses().values()
    planned = plan(clauses, of(ADMIN, WORKER, write=True))
    assert all(load_clauses()[item].level is Level.MUST for item in planned.promised)
    assert set(planned.promised).isdisjoint(planned.left_out)
    read_only = plan(clauses, of(ADMIN, WORKER))
    assert "write" in read_only.missing
    assert "manage" not in read_only.missing
