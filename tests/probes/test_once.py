"""What a probe is asked for once a process: one time for each name, and again where it raised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from conformance.exchange import Refused
from conformance.probes import ProbeContext
from conformance.probes.context import once

LOG: list[str] = []
NOBODY: Any = None
"""Stands for what sends: nothing is sent."""


@dataclass(frozen=True)
class Named:
    """Something with a name, as kinds and actors are."""

    name: str


@once("asked {about.name}")
def asked(context: ProbeContext, about: Named, word: str = "") -> str:  # noqa: ARG001
    """Return a word, and note that it was asked."""
    LOG.append(about.name)
    if word == "refused":
        raise Refused(1, word)
    return word


@pytest.fixture
def context() -> ProbeContext:
    """A context that sends nothing."""
    LOG.clear()
    return ProbeContext(NOBODY, NOBODY, NOBODY, NOBODY, ())


def test_each_name_is_asked_once(context: ProbeContext) -> None:
    answers = [asked(context, Named("one"), "a"), asked(context, Named("one"), "b"), asked(context, about=Named("two"))]
    assert answers == ["a", "a", ""]
    assert LOG == ["one", "two"]
    assert context.cache == {"asked one": "a", "asked two": ""}


def test_what_was_refused_is_asked_again(context: ProbeContext) -> None:
    with pytest.raises(Refused):
        asked(context, Named("one"), "refused")
    assert asked(context, Named("one"), "a") == "a"
    assert LOG == ["one", "one"]


def test_another_context_is_asked_anew(context: ProbeContext) -> None:
    asked(context, Named("one"), "a")
    other = ProbeContext(NOBODY, NOBODY, NOBODY, NOBODY, ())
    assert asked(other, Named("one"), "b") == "b"
