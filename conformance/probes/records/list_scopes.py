"""Where lists are checked: a project of the run's own, or a span of dates in which the actor has no records.

Nobody else's records are in sight there, so that people at work do not disturb what is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.exchange import Refused
from conformance.model import Actor, Exchange
from conformance.probes.context import ProbeContext, once
from conformance.probes.records.creating import attribute, ident

COLLECTION = "/api/timesheets"
YEARS: Mapping[str, range] = {
    "time filters": range(2009, 2012),
    "paging": range(2012, 2015),
    "filters": range(2015, 2018),
}
OTHER_YEARS = range(2006, 2009)
"""Years of which one without records is looked for on a borrowed project: others for each purpose, and none in which
other probes book."""


@dataclass
class ListScope:
    """Where lists are checked. `params` confine a list to it; `year` is the year in which records there begin."""

    actor: Actor
    project: int
    activity: int
    year: int
    params: Mapping[str, Any]
    ids: list[int] = field(default_factory=list)


@once("list scope {purpose} {booker.name}")
def list_scope(context: ProbeContext, purpose: str, booker: Actor) -> ListScope:
    """Return the scope for a purpose, made once a process. Raises Refused where there can be none."""
    years = YEARS.get(purpose, OTHER_YEARS)
    try:
        project = context.records.project(
            context.parent("customers"), globalActivities=True, visible=True, billable=True
        )
        activity = context.records.activity(project, visible=True, billable=True)
        return ListScope(booker, project.id, activity.id, years[0], {"project": project.id})
    except Refused:
        project_id, activity_id = context.bookable
    for year in years:
        params = {"project": project_id, "begin": f"{year}-01-01T00:00:00", "end": f"{year}-12-31T23:59:59"}
        if listed(context, booker, params)[1] == []:
            return ListScope(booker, project_id, activity_id, year, params)
    raise Refused(2, f"{booker.name} has records on the borrowed project in every year from {years[0]} to {years[-1]}")


def create_in(context: ProbeContext, scope: ListScope, begin: str, end: str, **more: Any) -> Exchange:
    """Create a record in the scope; times without their year, as "04-01T22:00:00"."""
    body = {
        "project": scope.project,
        "activity": scope.activity,
        "description": context.name("listed"),
        "begin": f"{scope.year}-{begin}",
        "end": f"{scope.year}-{end}",
        **more,
    }
    exchange = context.session(scope.actor).post(COLLECTION, json=body)
    number = ident(exchange)
    if number is not None:
        scope.ids.append(number)
    return exchange


def listed(context: ProbeContext, actor: Actor, params: Mapping[str, Any]) -> tuple[Exchange, list[int] | None]:
    """Return a list of time records, and their ids in order; None where the answer is no list of records."""
    exchange = context.session(actor).get(COLLECTION, params=dict(params))
    return exchange, ids_of(exchange)


def ids_of(exchange: Exchange) -> list[int] | None:
    """Return the ids in a list, None where the answer is no list of records."""
    body = exchange.json_or_none() if exchange.ok else None
    if not isinstance(body, list) or not all(isinstance(item, dict) and "id" in item for item in body):
        return None
    return [item["id"] for item in body]


def row_of(exchange: Exchange, number: int | None) -> Mapping[str, Any] | None:
    """Return the record of this id in a list, None where it is not there."""
    items = exchange.json_or_none()
    result = (item for item in items if attribute(item, "id") == number) if isinstance(items, list) else iter(())
    return next(result, None)
