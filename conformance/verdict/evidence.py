"""What a place shows of its exchanges: the seam by which a run adds what only it knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from conformance.model import Exchange, Place

RESPONSE_LIMIT = 2048
"""Bytes of an answer that a place keeps."""


class Evidence(Protocol):
    """Adds to a place what shows it."""

    def shown(self, place: Place, title: str, exchange: Exchange | None, beside: Sequence[Exchange]) -> Place:
        """Return the place with `curl`, `response`, `node` and, where it fails, `script`.

        `exchange` is what was judged, `beside` what it was compared with, asked before it.
        """


class NoEvidence:
    """Tells nothing but what was decided."""

    def shown(self, place: Place, title: str, exchange: Exchange | None, beside: Sequence[Exchange]) -> Place:  # noqa: ARG002
        """Return the place as it is."""
        return place


class WholeEvidence:
    """Tells the whole answer, and no script."""

    def shown(self, place: Place, title: str, exchange: Exchange | None, beside: Sequence[Exchange]) -> Place:  # noqa: ARG002
        """Return the place with request and answer."""
        if exchange is None:
            return place
        body = exchange.body[:RESPONSE_LIMIT].decode("utf-8", "replace")
        more = "…" if len(exchange.body) > RESPONSE_LIMIT or exchange.truncated else ""
        return replace(place, curl=exchange.curl(), response=f"HTTP {exchange.status}\n{body}{more}".rstrip())
