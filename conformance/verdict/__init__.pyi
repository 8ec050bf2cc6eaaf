from .acceptance import Acceptance, load_acceptance
from .build import build_verdict
from .clauses import CORE_FAMILIES, FAMILIES, Clause, Clauses, clause, load_clauses
from .defects import KnownDefect, KnownDefects, load_defects
from .deviations import Deviation, Deviations, load_deviations
from .document import SCHEMA_VERSION, Verdict, Word, json_schema, read_verdict
from .events import Event, EventTail, EventWriter, read_events
from .exits import exit_status
from .judge import NOT_OBSERVABLE, Judge
from .redaction import without_secrets
from .untested import Untested, load_untested

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
