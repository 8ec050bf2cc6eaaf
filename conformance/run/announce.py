"""What a run says before it starts: which instance, which definition, what it will write and what it cannot decide."""

from __future__ import annotations

from collections import Counter, defaultdict

from rich.console import Console

from conformance.exchange.guard.operations import Effect
from conformance.model import counted
from conformance.run.console import print_line
from conformance.run.prepare import PreparedRun
from conformance.settings import Settings

_PRODUCTION = "staging", "test", "dev", "demo", "local", "127.0.0.1", "sandbox", "qa"
_ACTOR = "Actor "
_FEW = 3
"""Operations that are named one by one in a line."""


def announce(ready: PreparedRun, settings: Settings, console: Console) -> list[str]:
    """Print the announcement, in short unless more is asked for, and return the lines that the verdict repeats."""
    whole = lines_of(ready, settings)
    for line in whole if settings.verbose else [] if settings.quiet else _short(ready, settings):
        print_line(console, line)
    return whole


def lines_of(ready: PreparedRun, settings: Settings) -> list[str]:
    """Return all that is said before a run."""
    document = ready.plan.document()
    missing = document["missing"]
    assert isinstance(missing, list)
    results = [f"Not decided: {entry['why']}. Add: {entry['flags']}" for entry in missing]
    if left := _left_out(ready):
        results.append(f"{left} left out for that; {len(ready.plan.promised)} MUST clauses can be decided here.")
    return [*_beginning(ready, settings), *_operations(ready), *results]


def _beginning(ready: PreparedRun, settings: Settings) -> list[str]:
    context, known = ready.context, ready.known
    what = "the embedded Kimai" if context.own_instance else "the instance"
    flaws = counted(len(known.definition.repairs), "flaw")
    return [
        f"Testing {what} {context.url}, Kimai {context.version or 'of unknown version'}.",
        f"Definition: {known.definition.origin}; {flaws} of its form put right.",
        *(f"{_ACTOR}{actor.name}: {actor.role}, {actor.timezone}" for actor in context.actors),
        *(f"Warning: {warning}" for warning in known.warnings),
        *(f"Warning: {warning}" for warning in settings.warnings),
        *_writes(ready),
        *unseen_lines(ready),
    ]


def _short(ready: PreparedRun, settings: Settings) -> list[str]:
    """Return what a person must know; the rest in a number."""
    actors = ", ".join(f"{actor.name} ({actor.role}, {actor.timezone})" for actor in ready.context.actors)
    lines = [line for line in _beginning(ready, settings) if not line.startswith(_ACTOR)]
    lines.insert(1, f"Actors: {actors}")
    if left := _left_out(ready):
        lines.append(f"{len(ready.plan.promised)} MUST clauses can be decided here, {left} left out: --plan says why.")
    return lines


def _left_out(ready: PreparedRun) -> str:
    """Return how many clauses are left out that other actors or rights would decide; "" where there is none."""
    left = len(ready.plan.left_out) - len(ready.plan.unobservable)
    return counted(left, "clause") if left else ""


def _writes(ready: PreparedRun) -> list[str]:
    context = ready.context
    if context.own_instance:
        return []
    results = [f"Warning: {name} has a running timesheet: no timer is started for that user." for name in context.busy]
    if context.read_only:
        return [*results, "Read-only: nothing is written."]
    allowed = ", ".join(context.allow) or "none"
    results += [
        f"Writes: own records named with {context.run_id}, deleted at the end; further classes allowed: {allowed}.",
        "Writes may set off what this Kimai is set to do: mails, webhooks, plugins. Refused logins are kept few.",
    ]
    if not any(word in context.url.lower() for word in _PRODUCTION):
        results.append(
            f"Note: {context.url} has neither staging nor test in its name. It is treated as full of real hours."
        )
    return results


def unseen_lines(ready: PreparedRun) -> list[str]:
    """Return what to say where nobody was shown to see what others have below the run's records, or may delete them."""
    is_lent = ready.context.project is not None
    if ready.known.undeletable:
        kinds = ", ".join(ready.known.undeletable)
        return [
            f"Warning: none of the actors may delete what they may make: {kinds}. So no more of these are made.",
            "Add an actor who may delete them." if is_lent else f"{_LEND}, or add an actor who may delete them.",
        ]
    if not ready.known.unseen:
        return []
    return [
        f"Warning: {ready.known.unseen}.",
        "So no customers, projects, activities or tags are made: deleting them could take along what others have below"
        f" them.{'' if is_lent else f' {_LEND}.'}",
    ]


_LEND = "Lend a project and an activity with --project ID --activity ID"


def _operations(ready: PreparedRun) -> list[str]:
    """Which classes of operations are used, and which are left out and why."""
    writes = [planned for planned in ready.survey if planned.effect is not Effect.READ]
    used = Counter(str(planned.group) for planned in writes if planned.used)
    left: dict[str, list[str]] = defaultdict(list)
    for planned in ready.survey:
        if not planned.used:
            left[planned.reason].append(planned.label)
    if ready.context.read_only or not writes:
        return []
    results = [f"Write operations used: {', '.join(f'{n} of {group}' for group, n in sorted(used.items())) or 'none'}."]
    return results + [f"Left out: {named(labels)}: {reason}" for reason, labels in sorted(left.items())]


def named(labels: list[str]) -> str:
    """Name operations: all of a few, else the first and how many more."""
    return ", ".join(labels) if len(labels) <= _FEW else f"{labels[0]} and {len(labels) - 1} more operations"
