"""What the parts of the exchange take from the client, so that they need not know the client, which is made of them."""

from __future__ import annotations

import itertools
from typing import Protocol

import httpx

from conformance.definition import Index
from conformance.exchange.guard.context import GuardContext
from conformance.exchange.network.exemptions import Exemptions
from conformance.exchange.ownership.ledger import Ledger
from conformance.exchange.session import Sender, Session
from conformance.model import Actor


class Connection(Sender, Protocol):
    """An open client: its instance and actors, what the guard knows, and sessions that send through the guard."""

    ledger: Ledger | None
    state: GuardContext
    exemptions: Exemptions
    numbers: itertools.count[int]

    @property
    def index(self) -> Index | None:
        """The instance's operations, None before its definition is known."""

    @property
    def mark(self) -> str:
        """What the names of the run's records must contain."""

    @property
    def transport(self) -> httpx.BaseTransport:
        """The transport, for the form login alone."""

    def session(self, actor: Actor) -> Session:
        """Return a session of one actor."""

    def anonymous(self) -> Session:
        """Return a session without credentials."""

    def find_witness(self) -> Actor | None:
        """Return the actor who was shown to see everybody's records, None where nobody was."""
