"""Where runs keep what must outlive them: a folder for each run in the user's state folder."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import platformdirs

from conformance.exchange.ownership import LEDGERS
from conformance.model import UsageError

LOCK = "run.lock"
"""The file in a run's folder that is locked by whoever works on the run."""


def state_folder() -> Path:
    """Return the folder of all runs: `KIMAI_CONFORMANCE_STATE`, else the user's state folder. Made where missing."""
    answer = os.environ.get("KIMAI_CONFORMANCE_STATE")
    folder = Path(answer) if answer else platformdirs.user_state_path("kimai-conformance")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise unwritable(folder, error) from None
    return folder


def ledger_key() -> bytes:
    """Return the key that seals the ledgers of this state folder. Raises UsageError where it cannot be had."""
    from conformance.exchange.ownership import seal

    try:
        return seal.ledger_key(state_folder())
    except OSError as error:
        raise unwritable(state_folder(), error) from None


def any_ledger() -> bool:
    """Return whether any run left a ledger, finished or not."""
    return any(state_folder().rglob(LEDGERS))


def unwritable(folder: Path, error: OSError) -> UsageError:
    """Return the error for a folder that the system does not let be written."""
    return UsageError(
        f"the state folder {folder} cannot be written: {error.strerror or error}",
        "Make room there, or set KIMAI_CONFORMANCE_STATE to a folder that can be written.",
    )


def require_writable(directory: Path, flag: str) -> None:
    """Make the folder that a flag names. Raises UsageError where it cannot be made, or nothing can be written there."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError as error:
        raise UsageError(
            f"the folder {directory} cannot be written: {error.strerror or error}",
            f"Give another {flag}. Nothing was sent to the instance.",
        ) from None


def new_run_id() -> str:
    """Return a short id that begins with the date (UTC), so that left-overs tell when they were made."""
    return f"{datetime.now(UTC):%y%m%d}{os.urandom(3).hex()}"


def new_run_folder(run_id: str) -> Path:
    """Make and return the folder of a run."""
    folder = state_folder() / "runs" / run_id
    try:
        folder.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise unwritable(folder.parent, error) from None
    return folder
