"""The definitions of released versions load, and the index reads them. Needs the optional sibling folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from conformance.definition import Definition, load, repair

FOLDER = Path(__file__).parents[3] / "shared" / "kimai"
VERSIONS = {"2.24.0": (72, 48), "2.62.0": (88, 61), "2.66.0": (98, 69)}

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the real definitions (../shared/kimai) are not here")


@pytest.fixture(scope="module", params=list(VERSIONS))
def real(request: pytest.FixtureRequest) -> Definition:
    return load(FOLDER / f"openapi-{request.param}.json", version=request.param)


def test_all_operations_are_indexed(real: Definition) -> None:
    operations, paths = VERSIONS[str(real.version)]
    assert len(real.index) == operations
    assert len({item.path for item in real.index}) == paths


def test_ten_empty_lists_and_one_format_are_mended(real: Definition) -> None:
    what = [repair.what for repair in real.repairs]
    assert what.count("an empty list where an object is meant") == 10
    assert what.count("a format that is not a word is left out") == 1


def test_a_strict_validator_accepts_it(real: Definition) -> None:
    assert list(OpenAPIV30SpecValidator(dict(real.document)).iter_errors()) == []


def test_a_second_mend_finds_nothing(real: Definition) -> None:
    assert repair(dict(real.document))[1] == ()
