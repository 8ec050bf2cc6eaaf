"""Findings of this instance that its people know and accept for a while: the file given with `--accept`.

[[accept]]
fingerprint = "0123456789ab"
reason = "fixed with the next release"
expires = 2027-03-31
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import StringConstraints

from conformance.verdict.fingerprints import LENGTH
from conformance.verdict.tables import Row, read_rows, reject_repeats


class Acceptance(Row):
    """One accepted finding. It holds up to and including the day on which it expires."""

    fingerprint: Annotated[str, StringConstraints(pattern=rf"^[0-9a-f]{{{LENGTH}}}$")]
    reason: Annotated[str, StringConstraints(min_length=1)]
    expires: date

    def holds_on(self, day: date) -> bool:
        """Whether it is still valid on a day."""
        return day <= self.expires

    def to_json(self) -> dict[str, str]:
        """Return it for the verdict."""
        return {"fingerprint": self.fingerprint, "reason": self.reason, "expires": self.expires.isoformat()}


def load_acceptance(path: Path) -> list[Acceptance]:
    """Return the entries of an accept file. Raises UsageError, naming file and key, for a bad one."""
    rows = read_rows(path, "accept", Acceptance)
    reject_repeats(path, [row.fingerprint for row in rows])
    return rows


class Accepted:
    """The entries that hold on the day of the run, and which of them were used."""

    def __init__(self, entries: Iterable[Acceptance], day: date) -> None:
        self._entries = list(entries)
        self._day = day
        self._valid = {entry.fingerprint: entry for entry in self._entries if entry.holds_on(day)}
        self._used: set[str] = set()

    def use(self, *fingerprints: str) -> Acceptance | None:
        """Return the first entry for one of the fingerprints, and note that it was used."""
        for fingerprint in fingerprints:
            if fingerprint in self._valid:
                self._used.add(fingerprint)
                return self._valid[fingerprint]
        return None

    def to_json(self) -> dict[str, Any]:
        """Return the used, unused and expired entries for the verdict."""
        valid = [entry for entry in self._entries if entry.holds_on(self._day)]
        return {
            "used": [entry.to_json() for entry in valid if entry.fingerprint in self._used],
            "unused": [entry.to_json() for entry in valid if entry.fingerprint not in self._used],
            "expired": [entry.to_json() for entry in self._entries if not entry.holds_on(self._day)],
        }
