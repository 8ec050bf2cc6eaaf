"""Whether time records are billable: for each state of their customer, project and activity, and as sent."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from conformance.probes.grounds import COLLECTION
from conformance.probes.lab import Lab
from conformance.probes.making import MISSING, attribute, ident
from conformance.words import Exchange


@dataclass(frozen=True)
class Inherited:
    """A time record's billable: the flags of its customer, project and activity, what was sent, and what came back."""

    flags: tuple[bool, bool, bool]
    sent: str
    got: str
    exchange: Exchange


def matrix(lab: Lab, values: tuple[Any, ...] = (MISSING,)) -> Iterator[Inherited]:
    """Book on each combination of flags, with each value sent. Raises Refused."""
    combinations = list(itertools.product((True, False), repeat=3))
    telling = [(True, True, True), (False, True, True), (True, False, True), (True, True, False)]
    customers = {flag: _customer(lab, flag) for flag in (True, False)}
    for customer, project, activity in combinations if lab.beyond("thorough") else telling:
        above, below = _stand(lab, customers[customer], project, activity)
        for value in values:
            body: dict[str, Any] = {"project": above, "activity": below, "description": lab.name("billable")}
            body |= {"begin": "2025-01-15T10:00:00", "end": "2025-01-15T11:00:00"}
            exchange = lab.session().post(COLLECTION, json=body if value is MISSING else {**body, "billable": value})
            got = attribute(exchange.json_or_none(), "billable")
            text = str(exchange.status) if not exchange.ok else "missing" if got is MISSING else json.dumps(got)
            sent = "absent" if value is MISSING else json.dumps(value)
            number = ident(exchange)
            if number is not None:
                lab.session().delete(f"{COLLECTION}/{number}")
            yield Inherited((customer, project, activity), sent, text, exchange)


def _stand(lab: Lab, customer: int, project: bool, activity: bool) -> tuple[int, int]:
    """Return a project and an activity with these flags, made once a process."""

    def make() -> tuple[int, int]:
        above = lab.records.project(customer, billable=project, visible=True)
        return above.id, lab.records.activity(above, billable=activity, visible=True).id

    return lab.once(f"billable {customer} {project} {activity}", make)


def _customer(lab: Lab, flag: bool) -> int:
    return lab.once(f"billable customer {flag}", lambda: lab.records.customer(billable=flag, visible=True).id)
