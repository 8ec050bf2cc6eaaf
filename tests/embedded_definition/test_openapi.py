"""The generated definition: alike the real one in structure, valid when it is mended, written by a command."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openapi_spec_validator import validate

from conformance.embedded.interface import VERSIONS
from conformance.embedded.openapi import definition
from conformance.embedded.openapi.__main__ import main
from conformance.embedded.openapi.digest import differences, digest, real_digests, structure
from conformance.kimai.__main__ import stripped

REAL = Path(__file__).parents[3] / "shared" / "kimai"


@pytest.mark.parametrize("version", VERSIONS)
def test_the_generated_structure_has_the_digest_of_the_real_one(version: str) -> None:
    assert digest(definition(version)) == real_digests()[version]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_generated_definition_is_the_real_one_but_for_prose(version: str) -> None:
    file = REAL / f"openapi-{version}.json"
    if not file.exists():
        pytest.skip("the real definitions are not beside this checkout")
    real = json.loads(file.read_text(encoding="utf-8"))
    result = differences(definition(version), real)
    assert not result, "\n".join(result)
    assert digest(real) == real_digests()[version], f"the digest to keep is {digest(real)}"
    ours, theirs = (d["components"]["schemas"] for d in (definition(version), real))
    assert {n: list(s["properties"]) for n, s in ours.items()} == {n: list(s["properties"]) for n, s in theirs.items()}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_flaws_are_there_and_can_be_left_out(version: str) -> None:
    flawed, mended = json.dumps(definition(version)), json.dumps(definition(version, flawed=False))
    assert flawed.count('"items": []') == 9
    assert flawed.count('"schema": []') == 1
    assert flawed.count(r'"format": "App\\Entity\\InvoiceTemplate id"') == 1
    assert r'"pattern": "\\d+"' in flawed
    for flaw in ('"items": []', '"schema": []', "InvoiceTemplate id", r'"pattern": "\\d+"'):
        assert flaw not in mended
    validate(definition(version, flawed=False))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_definition_is_the_real_one_without_its_prose(version: str) -> None:
    file = REAL / f"openapi-{version}.json"
    if not file.exists():
        pytest.skip("the real definitions are not beside this checkout")
    assert stripped(json.loads(file.read_text(encoding="utf-8"))) == definition(version)


def test_prose_is_stripped_and_values_stay() -> None:
    properties = {
        "a": {"type": "string", "description": "Prose", "example": "An example"},
        "b": {"type": "string", "pattern": r"\d+", "example": "01:30"},
    }
    described = {"name": "full", "in": "query", "description": "Whether. Allowed values: true (no)", "schema": {}}
    responses = {"200": {"description": "Prose"}}
    operation = {"tags": ["T"], "operationId": "x", "parameters": [described], "responses": responses}
    document = {
        "openapi": "3.0.0",
        "info": {"title": "Prose", "version": "1"},
        "paths": {"/api/tags/{id}": {"get": operation}},
        "components": {
            "schemas": {"Tag": {"type": "object", "properties": properties}},
            "securitySchemes": {"bearer": {"description": "Prose"}},
        },
        "security": [],
    }
    text = json.dumps(stripped(document))
    assert "Prose" not in text
    assert "An example" not in text
    assert all(word in text for word in ("01:30", "Allowed values: true", "Read tags", "The outcome"))


def test_mending_leaves_paths_and_attributes_alone() -> None:
    flawed, mended = definition("2.66.0"), definition("2.66.0", flawed=False)
    assert flawed["paths"].keys() == mended["paths"].keys()
    for name, schema in flawed["components"]["schemas"].items():
        assert mended["components"]["schemas"][name]["properties"].keys() == schema["properties"].keys()
        assert mended["components"]["schemas"][name].get("required") == schema.get("required")


def test_values_that_only_a_description_tells_are_told() -> None:
    parameters = definition("2.24.0")["paths"]["/api/activities"]["get"]["parameters"]
    results = {p["name"]: p["description"] for p in parameters if "description" in p}
    assert results == {"globals": "Allowed values: true"}


def test_every_call_gives_a_definition_of_its_own() -> None:
    definition("2.66.0")["paths"].clear()
    assert len(definition("2.66.0")["paths"]) == 69


def _drop_operation(d: dict[str, Any]) -> None:
    del d["paths"]["/api/tags/{id}"]["delete"]


def _drop_parameter(d: dict[str, Any]) -> None:
    parameters = d["paths"]["/api/activities"]["get"]["parameters"]
    parameters[:] = [p for p in parameters if p["name"] != "term"]


def _rename_operation(d: dict[str, Any]) -> None:
    d["paths"]["/api/tags"]["get"]["operationId"] = "list_tags"


def _demand_colour(d: dict[str, Any]) -> None:
    d["components"]["schemas"]["Team"]["required"].append("color")


def _forget_null(d: dict[str, Any]) -> None:
    del d["components"]["schemas"]["UserPreference"]["properties"]["value"]["nullable"]


def _forget_null_default(d: dict[str, Any]) -> None:
    del d["components"]["schemas"]["UserPreference"]["properties"]["value"]["default"]


def _drop_title_attribute(d: dict[str, Any]) -> None:
    del d["components"]["schemas"]["User"]["properties"]["title"]


def _mend_ping(d: dict[str, Any]) -> None:
    d["paths"]["/api/ping"]["get"]["responses"]["200"]["content"]["application/json"]["schema"] = {}


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (_drop_operation, "operation DELETE /api/tags/{id}: generated nothing, real {"),
        (_drop_parameter, "operation GET /api/activities > parameters > query:term: generated nothing"),
        (_rename_operation, 'operation GET /api/tags > operationId: generated "list_tags", real "get_tags"'),
        (_demand_colour, 'schema Team > required: generated ["color", "name"], real ["name"]'),
        (_forget_null, "schema UserPreference > properties > value > nullable: generated nothing, real true"),
        (_forget_null_default, "schema UserPreference > properties > value > default: generated nothing, real null"),
        (_drop_title_attribute, "schema User > properties > title: generated nothing"),
        (_mend_ping, "operation GET /api/ping > responses > 200 > content > application/json > schema: generated {}"),
    ],
)
def test_a_difference_is_found_and_said(change: Callable[[dict[str, Any]], None], line: str) -> None:
    changed = definition("2.66.0")
    change(changed)
    result = differences(changed, definition("2.66.0"))
    assert len(result) == 1
    assert result[0].startswith(line)
    assert digest(changed) != real_digests()["2.66.0"]


def test_prose_and_order_are_no_structure() -> None:
    changed = definition("2.66.0")
    listing = changed["paths"]["/api/activities"]["get"]
    listing["summary"] = "Something else"
    listing["parameters"].reverse()
    changed["components"]["schemas"]["User"]["required"].reverse()
    assert differences(changed, definition("2.66.0")) == []
    assert digest(changed) == real_digests()["2.66.0"]
    assert "title" in structure(changed)["components"]["schemas"]["User"]["properties"]


def test_the_command_writes_what_the_function_gives(tmp_path: Path) -> None:
    file = tmp_path / "kimai.json"
    shown = CliRunner().invoke(main, ["--version", "2.24.0", "--unflawed"])
    written = CliRunner().invoke(main, ["--version", "2.66.0", "--out", str(file)])
    assert (shown.exit_code, written.exit_code) == (0, 0)
    assert json.loads(shown.output) == definition("2.24.0", flawed=False)
    assert json.loads(file.read_text(encoding="utf-8")) == definition("2.66.0")
    assert file.stat().st_size < 200_000


def test_the_command_says_what_to_do_where_it_cannot_write(tmp_path: Path) -> None:
    outcome = CliRunner().invoke(main, ["--out", str(tmp_path / "none" / "kimai.json")])
    assert outcome.exit_code == 1
    assert "Name another file with --out" in outcome.output
    assert CliRunner().invoke(main, ["--version", "1.0"]).exit_code == 2
