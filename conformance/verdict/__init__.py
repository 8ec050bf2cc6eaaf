"""Clauses, known deviations, the judge, events, the verdict made of them, and its exit status.

Everything here is about data that is already there: no clock, no network.
"""

from __future__ import annotations

from conformance.verdict.clauses import CORE_FAMILIES, FAMILIES, Clause, Clauses, clause, load_clauses
from conformance.verdict.deviations import Deviation, Deviations, load_deviations
from conformance.verdict.events import Event, EventTail, EventWriter, read_events
from conformance.verdict.judge import NOT_OBSERVABLE, Judge

__all__ = [
    "CORE_FAMILIES",
    "FAMILIES",
    "NOT_OBSERVABLE",
    "Clause",
    "Clauses",
    "Deviation",
    "Deviations",
    "Event",
    "EventTail",
    "EventWriter",
    "Judge",
    "clause",
    "load_clauses",
    "load_deviations",
    "read_events",
]
