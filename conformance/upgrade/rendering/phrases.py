"""Sentences that several formats share."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.upgrade.comparison import Cause, Comparison


def headline(comparison: Comparison) -> str:
    """Return what was compared."""
    return f"From {comparison.old} to {comparison.new}"


def first_lines(comparison: Comparison) -> Iterator[str]:
    """Yield what must be known before any change is read."""
    yield from comparison.differing
    counted = ", ".join(f"{number} {why}" for why, number in comparison.uncertain.items())
    yield f"{comparison.compared} questions were compared" + (f"; not compared: {counted}." if counted else ".")


def summary(comparison: Comparison) -> str:
    """Return the counts of causes by class."""
    counts = ", ".join(f"{number} {klass}" for klass, number in comparison.counts.items() if number)
    return f"{counts or 'no change'} ({len(comparison.changes)} places)"


def failing(comparison: Comparison) -> str:
    """Return what the exit status says."""
    word = "Something" if comparison.failed else "Nothing"
    return f"{word} is {comparison.fail_on} or worse."


def places(cause: Cause, most: int) -> str:
    """Return the operations of a cause, no more than so many, and the roles."""
    shown, left = cause.operations[:most], len(cause.operations) - most
    operations = ", ".join(shown) + (f" and {left} more" if left > 0 else "")
    return operations + (f", for {', '.join(cause.roles)}" if cause.roles else "")


def plain(text: str) -> str:
    """Return a text without characters that a terminal would obey: values come from the instance."""
    return "".join(char if char.isprintable() else "?" for char in text)
