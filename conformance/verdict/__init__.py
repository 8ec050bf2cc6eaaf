"""Clauses, known deviations and defects, the judge, events, the verdict made of them, and its exit status.

Everything here is about data that is already there: no clock, no network.
"""

from __future__ import annotations

from conformance.verdict.acceptance import Acceptance, load_acceptance
from conformance.verdict.build import build_verdict
from conformance.verdict.clauses import CORE_FAMILIES, FAMILIES, Clause, Clauses, clause, load_clauses
from conformance.verdict.defects import KnownDefect, KnownDefects, load_defects
from conformance.verdict.deviations import Deviation, Deviations, load_deviations
from conformance.verdict.document import SCHEMA_VERSION, Verdict, Word, json_schema, read_verdict
from conformance.verdict.events import Event, EventTail, EventWriter, read_events
from conformance.verdict.exits import exit_status
from conformance.verdict.judge import NOT_OBSERVABLE, Judge
from conformance.verdict.redaction import without_secrets
from conformance.verdict.untested import Untested, load_untested

__all__ = [
    "CORE_FAMILIES",
    "FAMILIES",
    "NOT_OBSERVABLE",
    "SCHEMA_VERSION",
    "Acceptance",
    "Clause",
    "Clauses",
    "Deviation",
    "Deviations",
    "Event",
    "EventTail",
    "EventWriter",
    "Judge",
    "KnownDefect",
    "KnownDefects",
    "Untested",
    "Verdict",
    "Word",
    "build_verdict",
    "clause",
    "exit_status",
    "json_schema",
    "load_acceptance",
    "load_clauses",
    "load_defects",
    "load_deviations",
    "load_untested",
    "read_events",
    "read_verdict",
    "without_secrets",
]
