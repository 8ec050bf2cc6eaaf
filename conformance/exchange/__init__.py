"""The only client to an instance: client, guard, ledger, redaction, recording and clean-up.

    with Client(ClientConfig(url, actors, run_id="7f3a", ledger_path=path), index) as client:
        exchange = client.session(actor).get("/api/customers", params={"visible": 3})
        record = RecordFactory(client).customer(billable=False)
        report = client.cleanup()

| module | what it does |
| --- | --- |
| `table`, `operations`, `kinds` | THE table: what each operation does, to what, and how it is undone |
| `request`, `paths`, `bodies`, `ids`, `credentials` | what a request may mean, in every reading |
| `guard`, `rules/`, `state`, `rights`, `below`, `absent` | what is refused, before it is sent |
| `transport`, `wire`, `reading`, `manners`, `wall` | the way out: bounded, patient, and the only one |
| `ledger`, `bookkeeping` | what the run made, on disk before it exists |
| `cleanup`, `search`, `restoring`, `finishing`, `report` | deleting and putting back, also after a kill |
| `client`, `session`, `recording`, `redaction`, `login`, `records` | what the other rooms use |
"""

from __future__ import annotations

from conformance.exchange.cleanup.report import CleanupReport
from conformance.exchange.cleanup.unfinished_runs import Unfinished, finish, unfinished, unfinished_ledgers
from conformance.exchange.client import Client
from conformance.exchange.config import ClientConfig
from conformance.exchange.errors import (
    BudgetSpent,
    InstanceGone,
    LedgerError,
    LoginError,
    NoAnswer,
    Refused,
    Stopped,
)
from conformance.exchange.guard.absent import BAND
from conformance.exchange.guard.credentials import Credentials
from conformance.exchange.guard.kinds import Kind
from conformance.exchange.guard.operation_plan import PlannedOperation
from conformance.exchange.guard.operations import Effect, OperationGroup
from conformance.exchange.network.block_requests_library import block_requests_library
from conformance.exchange.network.login import fetch_doc_page
from conformance.exchange.network.redaction import RedactingFilter, Redactor
from conformance.exchange.network.signals import await_write
from conformance.exchange.ownership.ledger import Ledger
from conformance.exchange.records import NotCreated, Record, RecordFactory
from conformance.exchange.session import Session

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
    "unfinished_ledgers",
]
