"""The one door to an instance: client, guard, ledger, redaction, recording and clean-up.

    with Door(DoorConfig(url, actors, run_id="7f3a", ledger_path=path), index) as door:
        exchange = door.session(actor).get("/api/customers", params={"visible": 3})
        record = Records(door).customer(billable=False)
        report = door.cleanup()

| module | what it does |
| --- | --- |
| `table`, `operations`, `kinds` | THE table: what each operation does, to what, and how it is undone |
| `request`, `paths`, `bodies`, `ids`, `credentials` | what a request may mean, in every reading |
| `guard`, `rules/`, `state`, `rights`, `below`, `absent` | what is refused, before it is sent |
| `transport`, `wire`, `reading`, `manners`, `wall` | the way out: bounded, patient, and the only one |
| `ledger`, `bookkeeping` | what the run made, on disk before it exists |
| `cleanup`, `search`, `restoring`, `finishing`, `report` | deleting and putting back, also after a kill |
| `door`, `session`, `recording`, `redaction`, `login`, `records` | what the other rooms use |
"""

from __future__ import annotations

from conformance.exchange.cleanup.report import CleanupReport
from conformance.exchange.cleanup.unfinished import Unfinished, finish, unfinished, unfinished_ledgers
from conformance.exchange.config import DoorConfig
from conformance.exchange.door import Door
from conformance.exchange.errors import (
    BudgetSpent,
    InstanceGone,
    LedgerError,
    LoginError,
    NoAnswer,
    Refused,
    Stopped,
)
from conformance.exchange.guarding.absent import BAND
from conformance.exchange.guarding.credentials import Credentials
from conformance.exchange.guarding.kinds import Kind
from conformance.exchange.guarding.operations import Class, Effect
from conformance.exchange.guarding.survey import Planned
from conformance.exchange.network.login import fetch_doc_page
from conformance.exchange.network.redaction import RedactingFilter, Redactor
from conformance.exchange.network.signals import await_write
from conformance.exchange.network.wall import refuse_requests_library
from conformance.exchange.ownership.ledger import Ledger
from conformance.exchange.records import NotCreated, Record, Records
from conformance.exchange.session import Session

__all__ = [
    "BAND",
    "BudgetSpent",
    "Class",
    "CleanupReport",
    "Credentials",
    "Door",
    "DoorConfig",
    "Effect",
    "InstanceGone",
    "Kind",
    "Ledger",
    "LedgerError",
    "LoginError",
    "NoAnswer",
    "NotCreated",
    "Planned",
    "Record",
    "Records",
    "RedactingFilter",
    "Redactor",
    "Refused",
    "Session",
    "Stopped",
    "Unfinished",
    "await_write",
    "fetch_doc_page",
    "finish",
    "refuse_requests_library",
    "unfinished",
    "unfinished_ledgers",
]
