"""Which definition is used, and what is said about it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from conformance.definition import DefinitionError, PageError, bundled, find, fingerprint, load, repair
from conformance.definition.sources import BUNDLED, nearest
from conformance.model import Exit

Maker = Callable[..., dict[str, Any]]


@pytest.fixture
def folder(tmp_path: Path, document: Maker) -> Path:
    for version in ("2.24.0", "2.62.0", "2.66.0"):
        (tmp_path / f"{version}.json").write_text(json.dumps(document()), encoding="utf-8")
    return tmp_path


def test_a_file_comes_before_the_instance_and_the_bundle(folder: Path) -> None:
    result = find(file=folder / "2.62.0.json", fetch_page=lambda: pytest.fail("asked"), version="2.66.0", folder=folder)
    assert (result.source, result.exact, result.version) == ("file", True, "2.66.0")


def test_the_instance_comes_before_the_bundle(folder: Path, document: Maker) -> None:
    page = f'<script id="swagger-data">{json.dumps({"spec": document()})}</script>'
    result = find(fetch_page=lambda: page, version="2.70.0", folder=folder)
    assert (result.source, result.exact, result.version) == ("instance", True, "2.70.0")


def test_a_login_page_is_an_error_and_no_reason_to_go_on(folder: Path) -> None:
    page = '<form><input name="_username"><input name="_password"></form>'
    with pytest.raises(PageError, match="login form") as caught:
        find(fetch_page=lambda: page, version="2.66.0", folder=folder)
    assert caught.value.status == Exit.UNFIT
    assert "--definition FILE" in caught.value.hint


def test_a_flawed_definition_of_the_instance_keeps_its_pointer(folder: Path, document: Maker) -> None:
    page = json.dumps({"spec": document({"/a": 5})})
    with pytest.raises(PageError) as caught:
        find(fetch_page=lambda: page, version="2.66.0", folder=folder)
    assert caught.value.pointer == "/paths/~1a"
    assert str(caught.value).count("/paths/~1a") == 1


def test_the_own_version_is_exact(folder: Path) -> None:
    result = find(version="2.62.0", folder=folder)
    assert (result.source, result.exact, result.version) == ("bundled", True, "2.62.0")
    assert result.origin == "bundled for Kimai 2.62.0"


@pytest.mark.parametrize(
    ("version", "chosen"), [("2.65.1", "2.62.0"), ("2.99.0", "2.66.0"), ("1.30", "2.24.0"), (None, "2.66.0")]
)
def test_another_version_gets_the_nearest_and_says_so(version: str | None, chosen: str, folder: Path) -> None:
    result = find(version=version, folder=folder)
    assert (result.version, result.exact) == (chosen, False)
    assert "not of the instance's own version" in result.origin


def test_versions_are_ordered_as_numbers() -> None:
    assert nearest("2.66.0-dev", ("2.9.0", "2.66.0", "2.100.0")) == "2.66.0"
    assert nearest("2.10", ("2.9.0", "2.66.0")) == "2.9.0"
    assert nearest("2.10", ()) is None


def test_nothing_bundled_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="no definition is bundled"):
        bundled("2.66.0", folder=tmp_path)


def test_the_fingerprint_ignores_order_and_sees_content(document: Maker) -> None:
    one = document()
    other = dict(reversed(list(one.items())))
    assert fingerprint(one) == fingerprint(other)
    assert fingerprint(one) != fingerprint({**one, "openapi": "3.0.1"})


def test_yaml_is_read_like_json(tmp_path: Path) -> None:
    text = (
        "openapi: 3.0.0\ninfo: {title: Kimai, version: '1.1'}\npaths:\n  /api/ping:\n    get:\n"
        "      operationId: ping\n      responses:\n        200: {description: a day such as, x-day: 2026-07-01}\n"
    )
    (tmp_path / "kimai.yaml").write_text(text, encoding="utf-8")
    result = load(tmp_path / "kimai.yaml")
    assert result.index["GET /api/ping"].responses.keys() == {"200"}
    assert result.document["paths"]["/api/ping"]["get"]["responses"]["200"]["x-day"] == "2026-07-01"


@pytest.mark.parametrize("make", ["missing", "folder", "latin-1"])
def test_a_file_that_cannot_be_read_is_named(make: str, tmp_path: Path) -> None:
    path = tmp_path / "kimai.json"
    if make == "folder":
        path.mkdir()
    elif make == "latin-1":
        path.write_bytes(b'{"openapi": "\xe4"}')
    with pytest.raises(DefinitionError, match=r"kimai\.json"):
        load(path)


@pytest.mark.parametrize("path", sorted(BUNDLED.glob("*.json")), ids=lambda path: path.stem)
def test_every_bundled_definition_can_be_used(path: Path) -> None:
    result = bundled(path.stem)
    assert result.exact
    assert len(result.index) >= 72
    assert repair(dict(result.document)) == (result.document, ())
    assert list(OpenAPIV30SpecValidator(dict(result.document)).iter_errors()) == []


def test_definitions_are_bundled() -> None:
    assert {path.stem for path in BUNDLED.glob("*.json")} >= {"2.24.0", "2.62.0", "2.66.0"}
