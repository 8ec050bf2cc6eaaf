"""Taking a snapshot: look, ask every question, delete what was made, and return what was seen.

The thorough profile asks twice, each time with records of its own, so that what hangs on an id, a name or the clock
differs and is told as `varies`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from rich.console import Console
from rich.markup import escape

from conformance.exchange import BudgetSpent, CleanupReport, Redactor
from conformance.model import CommandError, Exit, counted
from conformance.probes.context import ProbeContext
from conformance.probes.records.specimens import settle
from conformance.run.finish import clean_up
from conformance.run.preflight import page_reader
from conformance.run.prepare import PreparedRun, with_witness
from conformance.run.session import WorkerSession, open_session
from conformance.run.signals import defer_signals, sigterm_as_interrupt
from conformance.run.target import instance_of
from conformance.run.turns import prepared_in_turn
from conformance.settings import ALLOW_CLASSES, Settings
from conformance.settings.actors import actors_of
from conformance.settings.consent import require_consent
from conformance.upgrade.documents import without_words
from conformance.upgrade.facts import Fact, settled
from conformance.upgrade.questions import QUESTIONS
from conformance.upgrade.rows import rows_of
from conformance.upgrade.snapshot import Circumstances, Instance, KeptDefinition, Snapshot

ROUNDS: Mapping[str, int] = {"smoke": 1, "standard": 1, "thorough": 2}
"""How often everything is asked, by profile: with new records each time, to tell what varies."""


class LeftBehindError(CommandError):
    """Records of the snapshot stay on the instance: exit 4. `snapshot` is what was seen, None where it is not whole."""

    status = Exit.LEFT_BEHIND

    def __init__(self, message: str, hint: str, snapshot: Snapshot | None) -> None:
        super().__init__(message, hint)
        self.snapshot = snapshot


class UndecidedError(CommandError):
    """The snapshot is not complete: exit 5."""

    status = Exit.UNDECIDED


@dataclass
class AskedFacts:
    """How asking went: with `facts`, or with what ended it, which is raised after clean-up."""

    facts: tuple[Fact, ...] = ()
    error: BaseException | None = None


def take(settings: Settings, console: Console) -> Snapshot:
    """Return a snapshot of the instance that the settings name, of the embedded Kimai where they name none.

    Raises CommandError with the exit status of `run`: 2 without consent, 3 unfit, 4 where something stays, 5 where the
    requests did not suffice; and KeyboardInterrupt after clean-up.
    """
    require_consent(settings)
    with sigterm_as_interrupt(), instance_of(settings) as target:
        return _take(target, settings.embedded, console)


def take_builtin(version: str, profile: str, console: Console) -> Snapshot:
    """Return a snapshot of the embedded Kimai emulating a version. Raises UsageError for one that it cannot be."""
    with sigterm_as_interrupt(), _emulated(version, profile) as settings:
        return _take(settings, True, console, keep_nothing=False)


@contextmanager
def _emulated(version: str, profile: str) -> Iterator[Settings]:
    # Imported here alone: a snapshot of a real instance needs no server and no database.
    from conformance.embedded.server import EmbeddedKimai

    with EmbeddedKimai(emulate=version) as server:
        actors = actors_of({"users": server.users}, "the embedded Kimai")
        allowed = frozenset(ALLOW_CLASSES)
        yield Settings(url=server.url, actors=actors, write=True, allow=allowed, profile=profile)


def _take(settings: Settings, own: bool, console: Console, *, keep_nothing: bool = True) -> Snapshot:
    def tell(line: str) -> None:
        console.print(escape(line), highlight=False)

    with prepared_in_turn(settings, own, console, tell) as ready:
        for line in _announced(ready):
            tell(line)
        asked = _ask(settings, ready, console, tell)
        with defer_signals(console):
            # An emulated version lives and ends with the command, and so do its records.
            cleaned = clean_up(ready, console) if keep_nothing else CleanupReport.nothing()
            return _ended(ready, asked, cleaned, console)


def _announced(ready: PreparedRun) -> Iterator[str]:
    """Yield what is said before anything is written. Source: DESIGN, "A run": announce."""
    context, known = ready.context, ready.known
    what = "the embedded Kimai" if context.own_instance else "the instance"
    yield f"Taking a snapshot of {what} {context.url}, Kimai {context.version or 'of unknown version'}."
    yield f"Definition: {known.definition.origin}."
    yield from (f"Actor {actor.name}: {actor.role}, {actor.timezone}" for actor in context.actors)
    yield from (f"Warning: {warning}" for warning in known.warnings)
    if context.read_only:
        yield "Read-only: nothing is written, and what only shows by writing is not observed."
    elif not context.own_instance:
        yield f"Writes: own records named with {context.run_id}, deleted at the end. Mails or webhooks may follow."


def _ask(settings: Settings, ready: PreparedRun, console: Console, tell: Callable[[str], None]) -> AskedFacts:
    asked = AskedFacts()
    session: WorkerSession | None = None
    try:
        ready = with_witness(settings, ready, tell)
        session = open_session(ready.context, "snapshot", lambda: True)
        session.probe_context.records.numbered = False
        with console.status("asking") as status:
            last = ROUNDS[ready.context.profile]
            rounds = [_round(session, number, last, status.update) for number in range(1, last + 1)]
        asked.facts = settled(*rounds)
    except BudgetSpent:
        asked.error = UndecidedError(
            "the requests allowed do not suffice for a snapshot", "Give a higher --max-requests, or --profile smoke."
        )
    except (KeyboardInterrupt, Exception) as error:
        # Whatever it is, a defect of our own included: what was made must be deleted first.
        asked.error = error
        console.print("Ended early: deleting what this snapshot made …")
    finally:
        if session is not None:
            session.close()
    return asked


def _round(session: WorkerSession, number: int, last: int, say: Callable[[str], None]) -> tuple[Fact, ...]:
    """Ask everything once, with new records; they are gone before the next round, which finds what this one found."""
    context = replace(session.probe_context, cache={})
    settle(context)
    facts = tuple(_asked(context, lambda title: say(f"round {number} of {last}: {title}" if last > 1 else title)))
    if number < last:
        say("deleting the first round's records")
        session.client.cleanup()
    return facts


def _asked(context: ProbeContext, say: Callable[[str], None]) -> Iterator[Fact]:
    for title, question in QUESTIONS.items():
        say(title)
        yield from question(context)


def _ended(ready: PreparedRun, asked: AskedFacts, cleaned: CleanupReport, console: Console) -> Snapshot:
    """Return the snapshot, or raise what is to be told instead; the worst first, as DESIGN orders exit statuses."""
    folder = ready.context.folder
    for line in cleaned.kept:
        console.print(f"Kept, as --allow says: {escape(line)}", highlight=False)
    if cleaned.left_behind:
        raise LeftBehindError(
            f"{counted(len(cleaned.left_behind), 'record')} of this snapshot left behind on the instance",
            "\n".join([*cleaned.left_behind, "kimai-conformance clean tries again."]),
            _snapshot(ready, asked.facts) if asked.error is None else None,
        )
    shutil.rmtree(folder, ignore_errors=True)
    if asked.error is not None:
        raise asked.error
    return _snapshot(ready, asked.facts)


def _snapshot(ready: PreparedRun, facts: tuple[Fact, ...]) -> Snapshot:
    context, definition = ready.context, ready.known.definition
    redact = Redactor(context.secrets()).text
    reader = page_reader(context.actors) if definition.source == "instance" else None
    by_role = {actor.role: actor.timezone for actor in reversed(context.actors)}
    return Snapshot(
        instance=Instance(kind="embedded" if context.own_instance else "configured", version=context.version),
        circumstances=Circumstances(
            profile=context.profile,
            read_only=context.read_only,
            allow=sorted(context.allow),
            zones=by_role,
            timesheet=dict(context.timesheet_config),
        ),
        definition=KeptDefinition(
            source=definition.source,
            own=definition.source != "bundled" or definition.exact,
            version=definition.version,
            fingerprint=definition.fingerprint,
            document=without_words(definition.document),
            reader=reader.role if reader is not None else "",
        ),
        observations=rows_of(replace(fact, answer=redact(fact.answer)) for fact in facts),
    )
