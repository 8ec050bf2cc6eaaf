"""Holds a verdict against its JSON Schema, which is part of the package and versioned with `schema_version`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SCHEMA = Path(__file__).parent / "schema" / "verdict.schema.json"


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def problems(verdict: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a verdict, as "pointer: message"; nothing for a valid one."""
    errors = sorted(_validator().iter_errors(dict(verdict)), key=lambda error: list(map(str, error.absolute_path)))
    return [f"/{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in errors]
