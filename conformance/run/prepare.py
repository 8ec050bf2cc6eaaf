"""From settings to a run that is ready to start: preflight, capabilities, plan, and the files a child reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from conformance.exchange import Client
from conformance.exchange.guard.operation_plan import PlannedOperation
from conformance.run import sign
from conformance.run.capabilities import capabilities
from conformance.run.context import RunContext
from conformance.run.plan import Plan, plan
from conformance.run.preflight import Preflight, ask_instance
from conformance.run.session import write_definition
from conformance.run.target import client_config
from conformance.run.witness import obstacle_by_reads, shown_witness
from conformance.settings import Settings
from conformance.verdict import load_clauses, load_defects, load_deviations


@dataclass(frozen=True)
class PreparedRun:
    """A planned run. `secrets_env` carries the secrets for the child's environment."""

    context: RunContext
    known: Preflight
    plan: Plan
    survey: tuple[PlannedOperation, ...]
    context_file: Path
    secrets_env: dict[str, str]


def run_preflight(settings: Settings, say: Callable[[str], None] = lambda _: None, *, own: bool = False) -> Preflight:
    """Return what the preflight learns, through a client that lets no write pass. `own` as for `prepare`."""
    with Client(client_config(preflight_context(settings), None, read_only=True), None) as client:
        return ask_instance(settings, client, say, own=own)


def prepare(
    settings: Settings, run_id: str, folder: Path, own: bool, say: Callable[[str], None] = lambda _: None
) -> PreparedRun:
    """Return the planned run. `own` says that the run started the instance. Raises CommandError if it cannot go on."""
    clauses = load_clauses()
    # What is known of releases is checked before anything is sent.
    load_deviations()
    load_defects(clauses=clauses)
    known = run_preflight(settings, say, own=own)
    write_definition(known.definition, folder)
    say("asking who sees everybody's records")
    first = _context(settings, run_id, folder, own, known)
    return planned(settings, first, replace(known, unseen=obstacle_by_reads(first, known.index)))


def planned(settings: Settings, context: RunContext, known: Preflight, witness: str = "") -> PreparedRun:
    """Return a run that is planned for what is known of its instance, its context written to its folder."""
    at_hand = capabilities(settings, known)
    made = plan(load_clauses().values(), at_hand)
    context = replace(
        context,
        capabilities=tuple(sorted(at_hand)),
        promised=made.promised,
        left_out=made.left_out,
        witness=witness,
        unseen=known.unseen,
        undeletable=known.undeletable,
    )
    with Client(client_config(context, None), known.index) as client:
        survey = tuple(client.survey())
    context_file = context.folder / "context.json"
    return PreparedRun(context, known, made, survey, context_file, context.write(context_file))


def with_witness(settings: Settings, ready: PreparedRun, tell: Callable[[str], None] = lambda _: None) -> PreparedRun:
    """Return a run that knows who sees everybody's records; planned anew where it turned out that nobody does.

    These are its first writes, so its sign is put up; `tell` is told of another run that is waited for.
    """
    shown = shown_witness(ready.context, ready.known.index)
    known = replace(ready.known, unseen=shown.unseen, undeletable=shown.undeletable)
    result = planned(settings, ready.context, known, shown.name)
    sign.put_up(result.context, result.known.index, tell)
    return result


def preflight_context(settings: Settings) -> RunContext:
    """Return a context before anything is known of the instance, for reads alone."""
    return _context(settings, run_id="preflight", folder=Path())


def _context(
    settings: Settings,
    run_id: str,
    folder: Path,
    own: bool = False,
    known: Preflight | None = None,
) -> RunContext:
    return RunContext(
        run_id=run_id,
        url=settings.url or "",
        kind="embedded" if own else "configured",
        version=known.version if known else "",
        folder=folder,
        actors=known.actors if known else settings.actors,
        timesheet_config=known.timesheet_config if known else {},
        busy=known.busy if known else (),
        project=settings.project,
        activity=settings.activity,
        read_only=settings.read_only or not settings.write,
        allow=tuple(sorted(settings.allow)),
        profile=settings.profile,
        fail_on=settings.fail_on,
        evidence=settings.evidence,
        seed=settings.seed,
        max_requests=settings.max_requests,
        max_rate=settings.max_rate,
        cleanup_seconds=settings.cleanup_seconds,
        timeout=settings.timeout,
        verify=settings.verify,
        client_cert=settings.client_cert,
        headers=settings.headers,
        proxy=settings.proxy,
    )
