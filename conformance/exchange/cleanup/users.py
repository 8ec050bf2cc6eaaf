"""What becomes of users that a run made: nobody can delete a user through the API, so they are disabled, and named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from conformance.exchange.cleanup.report import Notes, describe
from conformance.exchange.connection import Connection
from conformance.exchange.errors import NoAnswer, Refused
from conformance.exchange.guard.kinds import Kind
from conformance.exchange.ownership.ledger import Ledger


def disable_users(client: Connection, ledgers: Sequence[Ledger], notes: Notes) -> None:
    """Disable the users that these ledgers made, so that nobody can log in as one of them."""
    if client.config.is_embedded:
        return
    session = client.session(client.state.strongest)
    for made in [made for ledger in ledgers for made in ledger.alive(Kind.USER)]:
        path = f"/api/users/{made.ident}"
        answer: Any = None
        # A check that was cut off may have left them rights.
        for body in ({"enabled": False, "roles": []}, {"enabled": False}):
            try:
                answer = session.patch(path, json=body, overhead=True).json_or_none()
            except (Refused, NoAnswer):
                continue
            if isinstance(answer, dict) and answer.get("enabled") is False:
                break
        if not isinstance(answer, dict) or answer.get("enabled") is not False:
            notes.left(f"{describe(made)}: it could not be disabled, so somebody may log in with it")
