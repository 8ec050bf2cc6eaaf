"""The instance of a run: the embedded Kimai that it starts, or the one that the settings name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from conformance.exchange import ClientConfig
from conformance.run.context import RunContext
from conformance.run.state import ledger_key
from conformance.settings import ALLOW_CLASSES, Settings
from conformance.settings.actors import actors_of


@contextmanager
def instance_of(settings: Settings) -> Iterator[Settings]:
    """Yield settings that name an instance: unchanged, or those of an embedded Kimai that lives within."""
    if not settings.embedded:
        yield settings
        return
    # Imported here alone: a run against a real instance needs no server and no database.
    from conformance.embedded.server import EmbeddedKimai

    with EmbeddedKimai() as server:
        actors = actors_of({"users": server.users}, "the embedded Kimai")
        yield replace(
            settings,
            url=server.url,
            actors=actors,
            write=True,
            allow=frozenset(ALLOW_CLASSES),
            workers=settings.processes,
        )


def client_config(
    context: RunContext, ledger: Path | None, alive: Callable[[], bool] = lambda: True, *, read_only: bool = False
) -> ClientConfig:
    """Return what the client needs of a run. `read_only` closes it for writes whatever the run may do."""
    return ClientConfig(
        url=context.url,
        actors=context.actors,
        run_id=context.run_id,
        process=ledger.stem.removeprefix("ledger-").replace("main", "") if ledger else "",
        ledger_path=ledger,
        ledger_key=ledger_key() if ledger else b"",
        tokens_accepted=ledger is not None,
        witness=context.witness,
        unseen=context.unseen,
        undeletable=frozenset(context.undeletable),
        read_only=context.read_only or read_only,
        allow=frozenset(context.allow),
        is_embedded=context.own_instance,
        borrowed_project=context.project,
        borrowed_activity=context.activity,
        verify=context.verify,
        cert=context.client_cert,
        headers={name: value.reveal() for name, value in context.headers.items()},
        proxy=context.proxy.reveal() if context.proxy else None,
        timeout=context.timeout,
        max_rate=context.max_rate,
        max_requests=context.max_requests,
        alive=alive,
    )
