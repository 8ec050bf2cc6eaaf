"""A writer that keeps the places of a judge."""

from __future__ import annotations

from conformance.model import Place


class Kept:
    """Keeps what a judge writes."""

    def __init__(self) -> None:
        self.written: list[tuple[Place, str, str]] = []

    def place(self, place: Place, *, fingerprint: str = "", title: str = "") -> None:
        """Take a place."""
        self.written.append((place, fingerprint, title))
