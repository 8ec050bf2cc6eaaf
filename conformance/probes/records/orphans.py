"""What becomes of what hung below a record that was deleted: read on its own, and in lists.

Source: OpenAPI definition, DELETE of customers, projects and activities: what is below goes with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.exchange import Record
from conformance.model import Exchange
from conformance.probes.context import ProbeContext
from conformance.probes.records.list_scopes import COLLECTION, ids_of


@dataclass(frozen=True)
class Orphan:
    """A child of a deleted record: the answer to reading it, or whether a list still has it."""

    operation: str
    what: str
    gone: bool
    exchange: Exchange


def orphans(context: ProbeContext) -> Iterator[Orphan]:
    """Delete a customer, and look for all that hung below it; nothing where it was not deleted. Raises Refused."""
    customer = context.records.customer()
    project = context.records.project(customer)
    activity = context.records.activity(project)
    sheet = context.records.timesheet(context.strongest, project=project, activity=activity)
    if context.records.delete(customer).status != 204:
        return
    for plural, record in (("projects", project), ("activities", activity), ("timesheets", sheet)):
        answer = context.session().get(f"/api/{plural}/{record.id}")
        yield Orphan(f"GET /api/{plural}/{{id}}", "read", answer.status == 404, answer)
    yield from _listed(context, project, activity, sheet)
    for plural, parent in (("customers", customer), ("projects", project), ("activities", activity)):
        for tail in ("rates", "comments"):
            label = f"GET /api/{plural}/{{id}}/{tail}"
            if label in context.index:
                answer = context.session().get(f"/api/{plural}/{parent.id}/{tail}")
                yield Orphan(label, f"its {tail}", answer.status == 404, answer)


def _listed(context: ProbeContext, project: Record, activity: Record, sheet: Record) -> Iterator[Orphan]:
    day = str(sheet.body["begin"])[:10]
    window = {"begin": f"{day}T00:00:00", "end": f"{day}T23:59:59", "size": 500}
    for path, params, record in (
        ("/api/projects", {"visible": 3, "ignoreDates": 1}, project),
        ("/api/activities", {"visible": 3}, activity),
        (COLLECTION, window, sheet),
        (f"{COLLECTION}/recent", {"begin": f"{day}T00:00:00"}, sheet),
    ):
        answer = context.session().get(path, params=params)
        yield Orphan(f"GET {path}", "in the list", answer.ok and record.id not in (ids_of(answer) or ()), answer)
