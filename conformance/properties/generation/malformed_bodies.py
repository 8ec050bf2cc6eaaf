"""Bodies that are not what a form expects, whatever its attributes: none, null, a list, no JSON, another type.

And a HEAD in the place of a GET, with an unusual Accept header.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from conformance.properties.execution.record_pool import ABSENT
from conformance.properties.generation.fuzz import AGAIN, FuzzRequest, FuzzScript

JSON = (("content-type", "application/json"),)
DEPTH = 150
"""Nesting that every JSON parser takes."""

BROKEN = b'{"name": '
NO_UTF8 = b'{"name": "\xff\xfe"}'


def bodies(*, absent: bool = False, few: bool = False) -> FuzzScript:
    """Send odd bodies to an operation that takes one; for an absent record where an accepted one starts something."""
    for item in FEW if few else (*FEW, *MORE):
        yield replace(item, absent=absent)


FEW = (
    FuzzRequest("no body", content=b"", headers=(*JSON, ("accept", "application/xml"))),
    FuzzRequest("an empty list", body=[]),
    FuzzRequest("broken JSON", content=BROKEN, headers=JSON),
)
MORE = (
    FuzzRequest("null", body=None),
    FuzzRequest("bytes that are no UTF-8", content=NO_UTF8, headers=JSON),
    FuzzRequest("lists in lists", content=b"[" * DEPTH + b"]" * DEPTH, headers=JSON),
    FuzzRequest("a form", content=b"name=&color=", headers=(("content-type", "application/x-www-form-urlencoded"),)),
    FuzzRequest("plain text", content=b'{"name": ""}', headers=(("content-type", "text/plain"),)),
)


def absent_part(names: Sequence[str]) -> FuzzScript:
    """Send a write to a record of the run, with an absent id for what hangs below it or is attached to it."""
    if len(names) > 1:
        yield FuzzRequest("an absent part", path={names[-1]: str(ABSENT)})


def heads() -> FuzzScript:
    """Send a HEAD where a GET is documented."""
    yield FuzzRequest("a HEAD", method="HEAD", headers=(("accept", "text/html;q=0.1, application/xml"),))


def again(times: int = 2) -> FuzzScript:
    """Send a valid write that takes no body, and the same once more."""
    yield FuzzRequest("", ready=True, keep=times > 1)
    for _ in range(times - 1):
        yield FuzzRequest(AGAIN)


LONGEST_NAME = 150
"""Characters of a name that the forms of customers, projects and activities take."""


def copies_of_long_names() -> FuzzScript:
    """Copy a record whose name leaves no room for what the name of a copy gets."""
    for length in (LONGEST_NAME, LONGEST_NAME - 2):
        yield FuzzRequest(f"with a name of {length} characters", prior={"name": "x" * length})
