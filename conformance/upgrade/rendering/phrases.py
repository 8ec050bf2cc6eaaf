"""Sentences that several formats share."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.model import counted
from conformance.upgrade.causes import Cause
from conformance.upgrade.comparison import Comparison


def headline(comparison: Comparison) -> str:
    """Return what was compared, and what kind of side each was."""
    client = f", for the requests of {comparison.traffic.name}" if comparison.traffic is not None else ""
    return f"From {comparison.old} to {comparison.new}{client}"


def first_lines(comparison: Comparison) -> Iterator[str]:
    """Yield what must be known before any change is read."""
    for setting in comparison.settings:
        yield f"The setting {setting.name} differs: {setting.before} before, {setting.after} after."
    yield from comparison.differing
    counted = ", ".join(f"{number} {why}" for why, number in comparison.uncertain.items())
    if comparison.compared:
        yield f"{comparison.compared} questions were compared" + (f"; not compared: {counted}." if counted else ".")
    for word in ("unused", "expired"):
        for entry in comparison.acceptances.get(word, ()):
            yield f"Acknowledged and {word}: {entry['fingerprint']} ({entry['reason']}, until {entry['expires']})."
    if comparison.acknowledged:
        yield f"{len(comparison.acknowledged)} changes are acknowledged, and count for nothing."


INSTANCE_TITLE = "Settings, rights or plugins of the two instances differ here; the version does not change these"


def summary(comparison: Comparison) -> str:
    """Return the counts of causes by class."""
    counts = ", ".join(f"{number} {change_class}" for change_class, number in comparison.counts.items() if number)
    if not counts:
        return "no change"
    return f"{counts} ({counted(len(comparison.changes), 'place')})"


def entries(cause: Cause, most: int) -> str:
    """Return which requests of a client's file a cause touches, "" where no client was asked for."""
    touched = sorted({entry for change in cause.changes for entry in change.entries})
    left = len(touched) - most
    shown = ", ".join(map(str, touched[:most])) + (f" and {left} more" if left > 0 else "")
    return f"entries {shown}" if touched else ""


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


def code(text: str) -> str:
    """Return a text as Markdown's code: nothing of an instance's is read as Markdown."""
    return "`" + plain(text).replace("`", "'").replace("|", "\\|") + "`"
