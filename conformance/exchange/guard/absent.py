"""Ids that no record has: drawn from a band just under 2³¹ and read first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from conformance.exchange.guard.ids import LARGEST
from conformance.exchange.guard.kinds import KINDS, Kind, fill_path

BAND = range(LARGEST - 2**20, LARGEST + 1)
"""Far above what any instance counts to, and still an id for its database."""

Ask = Callable[[str, dict[str, str]], tuple[int, Any]]


@dataclass
class AbsentIds:
    """Gives absent ids and proves that an id is absent. `ask` reads a path as the strongest actor."""

    ask: Ask
    offset: int = 0
    _proved: dict[tuple[Kind, int, int | None], bool] = field(default_factory=dict)

    def next(self) -> int:
        """Return an id from the band, another one each time."""
        self.offset = (self.offset + 1) % len(BAND)
        return BAND[self.offset]

    def readable(self, kind: Kind) -> bool:
        """Whether a GET, of the record or of its list, can prove that one of this kind is absent."""
        return bool(KINDS[kind].item or (KINDS[kind].listing and not KINDS[kind].by_name))

    def is_absent(self, kind: Kind, ident: int, parent: int | None = None) -> bool:
        """Whether an id lies in the band and is seen not to exist, by its own GET or by its list."""
        if ident not in BAND:
            return False
        key = (kind, ident, parent)
        if key not in self._proved:
            self._proved[key] = self._read(kind, ident, parent)
        return self._proved[key]

    def _read(self, kind: Kind, ident: int, parent: int | None) -> bool:
        facts = KINDS[kind]
        if facts.item:
            return self.ask(fill_path(facts.item, ident), {})[0] == 404
        if not self.readable(kind) or (facts.parent and parent is None):
            return False
        status, listed = self.ask(fill_path(facts.listing, parent), dict(facts.params))
        if facts.parent and status == 404:
            return True
        if status != 200 or not isinstance(listed, list):
            return False
        return all(isinstance(item, dict) and item.get("id") != ident for item in listed)
