"""Cleans up after all processes of a run, with a ledger of its own, or from memory where none can be written."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from conformance.definition import Index
from conformance.exchange import CleanupReport, Client, ClientConfig, Ledger, LedgerError, NoAnswer, finish
from conformance.exchange.client import header
from conformance.exchange.network.token_watch import WHO_AM_I
from conformance.model import CommandError
from conformance.run.context import RunContext
from conformance.run.target import client_config


def finish_run(context: RunContext, index: Index, tell: Callable[[str], None] = lambda _: None) -> CleanupReport:
    """Delete what the ledgers of a run hold. Returns what was done; what stays is named, whatever breaks.

    Where something stays for want of a witness it is tried once more: the run's own teams, which are gone by then, may
    have kept an actor from being the one of another team who shows who sees everybody's records.
    """
    report, unseen = _finished(context, index, "ledger-cleanup.jsonl", tell)
    if report.left_behind and unseen:
        report, _ = _finished(context, index, "ledger-cleanup-again.jsonl", tell)
    return report


def _finished(
    context: RunContext, index: Index, ledger: str, tell: Callable[[str], None]
) -> tuple[CleanupReport, bool]:
    """Clean up; return what was done, and whether nobody was shown to see everybody's records."""
    config = client_config(replace(context, max_requests=None), context.folder / ledger)
    config = replace(config, patience=context.cleanup_seconds, late_seconds=context.cleanup_seconds)
    # Who sees everybody's records is shown again: rights may have changed since the run began.
    client = _opened(replace(config, witness="", unseen=""), index)
    try:
        # Whose tokens are still accepted? Others clean up in the place of those whose token has died. Nobody takes one
        # away on the instance that the run started itself.
        for actor in () if client.config.is_embedded else client.config.actors:
            with suppress(NoAnswer):
                client.session(actor).get(WHO_AM_I, overhead=True)
        return finish(context.folder, client, tell=tell), bool(client.state.unseen)
    except CommandError as error:
        return CleanupReport.failed(context.folder, str(error), config.ledger_key), False
    finally:
        client.close()


def _opened(config: ClientConfig, index: Index) -> Client:
    try:
        return Client(config, index)
    except LedgerError as error:
        memory = Ledger(None, header(config))
        memory.unwritten = str(error)
        return Client(replace(config, ledger_path=None), index, memory)
