"""The bundled definitions are what the embedded Kimai generates today."""

from __future__ import annotations

import json

import pytest

from conformance.definition.sources import BUNDLED
from conformance.embedded.interface import VERSIONS
from conformance.embedded.openapi.document import definition


@pytest.mark.parametrize("version", VERSIONS)
def test_bundled_is_generated(version: str) -> None:
    path = BUNDLED / f"{version}.json"
    command = f"python -m conformance.embedded.openapi --version {version} --out {path}"
    assert json.loads(path.read_text(encoding="utf-8")) == definition(version, flawed=True), f"run: {command}"
