"""Paths of operations with a value for each of their parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from conformance.exchange.guard.kinds import fill_path

USUAL_WORDS: Mapping[str, str] = {"view": "index", "locale": "en"}
"""What parameters of a path that are no ids may well be."""


def path_with(path: str, id_at: Callable[[Sequence[str], int], int | None]) -> str | None:
    """Return a path with its usual words, and with what `id_at` gives for each other parameter; None where it has none.

    `id_at` is asked in the order of the path, with its parts and the place of the parameter among them.
    """
    parts = path.split("/")
    values: list[int | str] = []
    for place, part in enumerate(parts):
        if part.startswith("{"):
            value = USUAL_WORDS.get(part[1:-1]) or id_at(parts, place)
            if value is None:
                return None
            values.append(value)
    return fill_path(path, *values)
