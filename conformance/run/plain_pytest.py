"""Plain `pytest contracts conformance --kimai-url …`: what the supervisor does, as far as pytest's hooks allow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from conformance.model import UsageError
from conformance.run.announce import announce
from conformance.run.console import print_line
from conformance.run.context import SECRETS_VARIABLE
from conformance.run.finish import clean_up
from conformance.run.prepare import PreparedRun, prepare, with_witness
from conformance.run.state import new_run_folder, new_run_id
from conformance.settings import load
from conformance.settings.consent import require_consent


@dataclass(frozen=True)
class DirectRun:
    """A run without a parent."""

    ready: PreparedRun

    @property
    def context_file(self) -> str:
        """Path of the context."""
        return str(self.ready.context_file)

    @property
    def vault(self) -> str:
        """The secrets of the context."""
        return self.ready.secrets_env[SECRETS_VARIABLE]


def prepare_direct(flags: Mapping[str, Any]) -> DirectRun:
    """Return a prepared run for pytest's options. Raises Stop, as `kimai-conformance run` does."""
    settings = load({key: value for key, value in flags.items() if value is not None})
    if settings.embedded:
        raise UsageError("no instance was named", "Give --kimai-url; for the embedded Kimai: kimai-conformance run.")
    require_consent(settings)
    run_id = new_run_id()
    ready = prepare(settings, run_id, new_run_folder(run_id), own=False)
    announce(ready, settings, Console(stderr=True))
    return DirectRun(with_witness(settings, ready))


def conclude_direct(run: DirectRun) -> None:
    """Delete what the run made and name what stays."""
    console = Console(stderr=True)
    cleaned = clean_up(run.ready, console)
    for line in cleaned.left_behind:
        print_line(console, f"left behind: {line}")
