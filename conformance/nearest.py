"""Words that people misspell: the nearest ones that are known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from conformance.model import UsageError

SHOWN = 40
"""How many known words a message lists at most."""


def nearest(word: str, known: Iterable[str], number: int = 3) -> list[str]:
    """Return up to `number` of the known words that `word` is most likely meant to be, the likeliest first."""
    names = list(dict.fromkeys(known))
    near = difflib.get_close_matches(word.lower(), [name.lower() for name in names], n=number, cutoff=0.5)
    by_lower = {name.lower(): name for name in names}
    likely = [name for name in names if word and name.lower().startswith(word.lower())]
    inside = [name for name in names if word and word.lower() in name.lower()]
    return list(dict.fromkeys([*likely, *(by_lower[name] for name in near)] or inside))[:number]


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return a sentence that names the nearest known words, or all of them where none is near."""
    names = list(dict.fromkeys(known))
    near = nearest(word, names)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    more = f", and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"There are {', '.join(names[:SHOWN])}{more}."


def known_one(what: str, name: str, known: Iterable[str]) -> str:
    """Return a name that is known. Raises UsageError with the nearest ones where it is not."""
    names = list(known)
    if name in names:
        return name
    raise UsageError(f"there is no {what} {name!r}", suggestion(name, names))
