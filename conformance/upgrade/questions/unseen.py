"""Facts of a question that may be refused, or whose answers may be lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from conformance.exchange import NoAnswer, Refused
from conformance.upgrade.facts import About, Fact, fact, unseen


def facts_or_unseen(
    ask: Callable[[], Iterable[Fact]], about: About, operation: str, *, role: str = "", asked: str = ""
) -> Iterator[Fact]:
    """Yield the facts of a question; where the guard refused, or an answer was lost, that the rest was not observed."""
    try:
        yield from ask()
    except Refused as error:
        yield unseen(about, operation, f"the guard's rule {error.rule}", role=role, asked=asked)
    except NoAnswer:
        yield unseen(about, operation, "no answer", role=role, asked=asked)


def fact_or_unseen(about: About, operation: str, got: str, reason: str, *, field: str = "", asked: str = "") -> Fact:
    """Return what a probe saw as a fact; with a reason, that it could not be observed."""
    if reason:
        return unseen(about, operation, reason, field=field, asked=asked)
    return fact(about, operation, got, field=field, asked=asked)
