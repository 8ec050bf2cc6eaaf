"""The tables against recorded answers of real instances, where those are beside this checkout."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from conformance.embedded.interface import VERSIONS, Operation, Shape, form, operations, schema

RECORDINGS = Path(__file__).parents[3] / "shared" / "kimai"
LEFT_OUT_BY_RIGHT = {"rate", "internalRate", "fixedRate", "hourlyRate", "budget", "timeBudget", "budgetType"}
"""What 2.66.0 leaves out where the caller may not see it."""
FULL = {"GET /api/timesheets": "TimesheetCollectionExpanded", "GET /api/users": "UserEntity"}
"""The schemas of lists that were asked for in full, which the definition does not name."""

Step = tuple[Operation, dict[str, Any]]


@cache
def _steps(version: str) -> tuple[Step, ...]:
    """The recorded steps of operations that the version has."""
    file = RECORDINGS / f"scenario-{version}.jsonl"
    if not file.exists():
        pytest.skip("the recordings are not beside this checkout")
    literal_first = sorted(operations(version), key=lambda operation: operation.path.count("{"))
    routes = [(o, re.compile(re.sub(r"\{\w+\}", "[^/]+", o.path))) for o in literal_first]
    return tuple(_matched(routes, file.read_text(encoding="utf-8").splitlines()))


def _matched(routes: list[tuple[Operation, re.Pattern[str]]], lines: list[str]) -> Iterator[Step]:
    for step in map(json.loads, lines):
        request = step["request"]
        for operation, route in routes:
            if operation.method == request["method"] and route.fullmatch(request["path"].partition("?")[0]):
                yield operation, step
                break


def _strange(version: str, value: Any, shape: Shape, top: bool = True) -> Iterator[str]:
    """What an answer has beyond its schema, or lacks; nulls are no matter of the schema here."""
    if isinstance(value, list) and shape.items is not None:
        for item in value:
            yield from _strange(version, item, shape.items, top)
    elif isinstance(value, dict) and shape.target is not None:
        # A team inside another answer is told in short.
        name = "TeamCollection" if shape.target == "Team" and not top else shape.target
        known = schema(version, name)
        seen = set(value) | (LEFT_OUT_BY_RIGHT & set(known.names) if version == "2.66.0" else set())
        yield from (f"{name}: {attribute}" for attribute in seen ^ set(known.names))
        for attribute in known.attributes:
            yield from _strange(version, value.get(attribute.name), attribute.shape, top=False)


@pytest.mark.parametrize("version", VERSIONS)
def test_recorded_answers_have_the_attributes_of_their_schema(version: str) -> None:
    strange: set[str] = set()
    seen = 0
    for operation, step in _steps(version):
        shape = operation.answer.shape
        if shape is None or step["expect"]["status"] != int(operation.answer.status):
            continue
        if "full" in (step["request"].get("query") or {}) and operation.key in FULL:
            shape = Shape("array", items=Shape("reference", target=FULL[operation.key]))
        strange.update(f"{operation.key} {line}" for line in _strange(version, step["expect"].get("body"), shape))
        seen += 1
    assert strange == set()
    assert seen > 500


@pytest.mark.parametrize("version", VERSIONS)
def test_recorded_errors_name_the_fields_of_the_form_in_order(version: str) -> None:
    seen = 0
    for operation, step in _steps(version):
        body = step["expect"].get("body")
        errors = body.get("errors") if isinstance(body, dict) else None
        if operation.body is None or operation.body.target is None or not isinstance(errors, dict):
            continue
        children = [name for name in errors.get("children", ()) if name != "billableMode"]
        names = form(version, operation.body.target).names
        assert children == [name for name in names if name in children], operation.key
        seen += 1
    assert seen > 300
