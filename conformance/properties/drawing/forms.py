"""Bodies that are not what a form expects, whatever its attributes: none, null, a list, no JSON, another type.

And a HEAD in the place of a GET, with an unusual Accept header.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from conformance.properties.drawing.odd import AGAIN, Odd, Script
from conformance.properties.running.targets import ABSENT

JSON = (("content-type", "application/json"),)
DEPTH = 150
"""Nesting that every JSON parser takes."""

BROKEN = b'{"name": '
NO_UTF8 = b'{"name": "\xff\xfe"}'


def bodies(*, absent: bool = False, few: bool = False) -> Script:
    """Send odd bodies to an operation that takes one; for an absent record where an accepted one starts something."""
    for each in FEW if few else (*FEW, *MORE):
        yield replace(each, absent=absent)


FEW = (
    Odd("no body", content=b"", headers=(*JSON, ("accept", "application/xml"))),
    Odd("an empty list", body=[]),
    Odd("broken JSON", content=BROKEN, headers=JSON),
)
MORE = (
    Odd("null", body=None),
    Odd("bytes that are no UTF-8", content=NO_UTF8, headers=JSON),
    Odd("lists in lists", content=b"[" * DEPTH + b"]" * DEPTH, headers=JSON),
    Odd("a form", content=b"name=&color=", headers=(("content-type", "application/x-www-form-urlencoded"),)),
    Odd("plain text", content=b'{"name": ""}', headers=(("content-type", "text/plain"),)),
)


def absent_part(names: Sequence[str]) -> Script:
    """Send a write to a record of the run, with an absent id for what hangs below it or is attached to it."""
    if len(names) > 1:
        yield Odd("an absent part", path={names[-1]: str(ABSENT)})


def heads() -> Script:
    """Send a HEAD where a GET is documented."""
    yield Odd("a HEAD", method="HEAD", headers=(("accept", "text/html;q=0.1, application/xml"),))


def again(times: int = 2) -> Script:
    """Send a valid write that takes no body, and the same once more."""
    yield Odd("", ready=True, keep=times > 1)
    for _ in range(times - 1):
        yield Odd(AGAIN)


LONGEST_NAME = 150
"""Characters of a name that the forms of customers, projects and activities take."""


def copies_of_long_names() -> Script:
    """Copy a record whose name leaves no room for what the name of a copy gets."""
    for length in (LONGEST_NAME, LONGEST_NAME - 2):
        yield Odd(f"with a name of {length} characters", prior={"name": "x" * length})
