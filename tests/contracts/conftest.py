"""What tests of checks share."""

from __future__ import annotations

import pytest

from conformance.definition import Definition
from tests.contracts.checking import definition_in


@pytest.fixture(scope="module")
def definition(tmp_path_factory: pytest.TempPathFactory) -> Definition:
    """The definition of the embedded Kimai."""
    return definition_in(tmp_path_factory.mktemp("definition"))
