"""Validation errors in words: file, key, value and what is allowed, with the nearest spelling of an unknown key."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from pydantic import ValidationError

_SECRET_WORDS = ("token", "password", "secret", "header")


def format_validation_error(error: ValidationError, origin: str, known: Iterable[str] = ()) -> str:
    """Return one line for each problem, each with `origin` and key; secret values are not shown."""
    return "\n".join(_line(problem, origin, sorted(known)) for problem in error.errors(include_url=False))  # type: ignore[arg-type]


def _line(problem: dict[str, object], origin: str, known: list[str]) -> str:
    path = problem["loc"]
    assert isinstance(path, tuple)
    key = ".".join(str(part) for part in path) or "(the whole file)"
    if problem["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(path[-1]), known, n=1)
        return f"{origin}: {key}: unknown key" + (
            f'; did you mean "{near[0]}"?' if near else f"; known are {', '.join(known)}"
        )
    shown = "" if any(word in key.lower() for word in _SECRET_WORDS) else _shown(problem.get("input"))
    return f"{origin}: {key}: {str(problem['msg']).removeprefix('Value error, ')}{shown}"


def _shown(value: object) -> str:
    return f" (got {value!r})" if isinstance(value, str | int | float | bool) else ""
