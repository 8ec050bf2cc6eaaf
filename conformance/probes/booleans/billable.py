"""Whether time records are billable: for each state of their customer, project and activity, and as sent."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from typing import Any

from conformance.model import Exchange
from conformance.probes.context import ProbeContext, once
from conformance.probes.records.creating import MISSING, attribute, ident
from conformance.probes.records.list_scopes import COLLECTION


@dataclass(frozen=True)
class Inherited:
    """A time record's billable: the flags of its customer, project and activity, what was sent, and what came back."""

    flags: tuple[bool, bool, bool]
    sent: str
    got: str
    exchange: Exchange


@once("billable matrix")
def matrix(context: ProbeContext) -> tuple[Inherited, ...]:
    """Book on each combination of flags, with billable absent, true and false; once a process. Raises Refused.

    Of true and false, only the one that would not be inherited tells, and is sent, but for the thorough profile; in
    smoke it alone, once each.
    """
    results = []
    combinations = list(itertools.product((True, False), repeat=3))
    telling = [(True, True, True), (False, True, True), (True, False, True), (True, True, False)]
    telling = telling if context.profile_at_least("standard") else [(True, False, True), (True, True, True)]
    for customer, project, activity in combinations if context.profile_at_least("thorough") else telling:
        owner = context.parent("customers") if customer else _unbillable_customer(context)
        above = context.records.project(owner, billable=project, visible=True)
        below = context.records.activity(above, billable=activity, visible=True)
        body: dict[str, Any] = {"project": above.id, "activity": below.id, "description": context.name("billable")}
        body["begin"], body["end"] = context.hour()
        inherited = customer and project and activity
        values = (MISSING, True, False) if context.profile_at_least("thorough") else (MISSING, not inherited)
        for value in values if context.profile_at_least("standard") else values[1:]:
            exchange = context.session().post(
                COLLECTION, json=body if value is MISSING else {**body, "billable": value}
            )
            number = ident(exchange)
            if number is not None and not context.may_leave_record():
                context.session().delete(f"{COLLECTION}/{number}")
            sent = "absent" if value is MISSING else json.dumps(value)
            got = attribute(exchange.json_or_none(), "billable")
            word = str(exchange.status) if not exchange.ok else "missing" if got is MISSING else json.dumps(got)
            results.append(Inherited((customer, project, activity), sent, word, exchange))
    return tuple(results)


@once("customer that is not billable")
def _unbillable_customer(context: ProbeContext) -> int:
    return context.records.customer(billable=False, visible=True).id
