"""Validation errors in words: file, key, value and what is allowed, with the nearest spelling of an unknown key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from conformance.nearest import nearest

_SECRET_WORDS = ("token", "password", "secret", "header")


def format_validation_error(error: ValidationError, origin: str, known: Iterable[str] = ()) -> str:
    """Return one line for each problem, each with `origin` and key; secret values are not shown."""
    return "\n".join(_line(problem, origin, sorted(known)) for problem in error.errors(include_url=False))


def _line(problem: Mapping[str, Any], origin: str, known: list[str]) -> str:
    path = problem["loc"]
    key = ".".join(str(part) for part in path) or "(the whole file)"
    if problem["type"] == "extra_forbidden":
        near = nearest(str(path[-1]), known, 1)
        return f"{origin}: {key}: unknown key" + (
            f'; did you mean "{near[0]}"?' if near else f"; known are {', '.join(known)}"
        )
    value, secret = problem.get("input"), any(word in key.lower() for word in _SECRET_WORDS)
    shown = f" (got {value!r})" if isinstance(value, str | int | float | bool) and not secret else ""
    return f"{origin}: {key}: {message_of(problem)}{shown}"


def message_of(problem: Mapping[str, Any]) -> str:
    """Return what pydantic says of a problem; for a word that is none of those allowed, with the nearest of them."""
    if problem["type"] == "literal_error" and isinstance(problem["input"], str):
        allowed = re.findall(r"'([^']*)'", problem["ctx"]["expected"])
        near = nearest(problem["input"], allowed, 1)
        return f"must be one of {', '.join(allowed)}" + (f"; did you mean {near[0]}?" if near else "")
    return str(problem["msg"]).removeprefix("Value error, ")
