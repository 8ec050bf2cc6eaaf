"""Holds a verdict's JSON data against the committed JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

import conformance.verdict

SCHEMA = Path(str(conformance.verdict.__file__)).parent / "schema" / "verdict.schema.json"


def problems(verdict: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a verdict, as "pointer: message"; nothing for a valid one."""
    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    errors = sorted(validator.iter_errors(dict(verdict)), key=lambda error: list(map(str, error.absolute_path)))
    return [f"/{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in errors]
