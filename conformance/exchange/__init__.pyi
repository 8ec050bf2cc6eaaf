from .cleanup.report import CleanupReport
from .cleanup.unfinished_runs import Unfinished, finish, unfinished
from .client import Client
from .config import ClientConfig
from .errors import (
    BudgetSpent,
    InstanceGone,
    LedgerError,
    LoginError,
    NoAnswer,
    Offline,
    Refused,
    Stopped,
)
from .guard.absent import BAND
from .guard.credentials import Credentials
from .guard.kinds import Kind
from .guard.operation_plan import PlannedOperation
from .guard.operations import Effect, OperationGroup
from .network.block_requests_library import block_requests_library
from .network.login import fetch_doc_page
from .network.redaction import RedactingFilter, Redactor
from .network.signals import await_write
from .ownership.ledger import Ledger
from .records import NotCreated, Record, RecordFactory
from .session import Session

__all__ = [
    "BAND",
    "BudgetSpent",
    "CleanupReport",
    "Client",
    "ClientConfig",
    "Credentials",
    "Effect",
    "InstanceGone",
    "Kind",
    "Ledger",
    "LedgerError",
    "LoginError",
    "NoAnswer",
    "NotCreated",
    "Offline",
    "OperationGroup",
    "PlannedOperation",
    "Record",
    "RecordFactory",
    "RedactingFilter",
    "Redactor",
    "Refused",
    "Session",
    "Stopped",
    "Unfinished",
    "await_write",
    "block_requests_library",
    "fetch_doc_page",
    "finish",
    "unfinished",
]
