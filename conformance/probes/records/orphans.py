"""What becomes of what hung below a record that was deleted: read on its own, and in lists.

Source: OpenAPI definition, DELETE of customers, projects and activities: what is below goes with them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conformance.exchange import Record
from conformance.model import Exchange
from conformance.probes.context import ProbeContext
from conformance.probes.records.list_scopes import COLLECTION, ids_of
from conformance.probes.records.team_links import WORDS


@dataclass(frozen=True)
class Orphan:
    """A child of a deleted record: the answer to reading it, or whether a list still has it."""

    operation: str
    what: str
    gone: bool
    exchange: Exchange


def orphans(context: ProbeContext) -> Iterator[Orphan]:
    """Delete a customer, a project and an activity, each from above what hangs below, and look for all of that.

    Nothing where it was not deleted. Raises Refused.
    """
    kinds = ("customers", "projects", "activities")
    for deleted in kinds if context.profile_at_least("standard") else kinds[:1]:
        customer = context.records.customer()
        project = context.records.project(customer)
        activity = context.records.activity(project)
        sheet = context.records.timesheet(context.strongest, project=project, activity=activity)
        tree = {"customers": customer, "projects": project, "activities": activity, "timesheets": sheet}
        if context.records.delete(tree[deleted]).status != 204:
            return
        names = list(tree)
        yield from _gone(context, deleted, {name: tree[name] for name in names[names.index(deleted) :]})


def _gone(context: ProbeContext, deleted: str, tree: Mapping[str, Record]) -> Iterator[Orphan]:
    """Look for a deleted record and all that hung below it, by kind."""
    below = "" if deleted == "customers" else f", of a deleted {WORDS[deleted]}"
    for plural, record in list(tree.items())[1:]:
        answer = context.session().get(f"/api/{plural}/{record.id}")
        yield Orphan(f"GET /api/{plural}/{{id}}", f"read{below}", answer.status == 404, answer)
    yield from _listed(context, tree, below)
    for plural, parent in list(tree.items())[:-1]:
        for tail in ("rates", "comments"):
            label = f"GET /api/{plural}/{{id}}/{tail}"
            if label in context.index:
                answer = context.session().get(f"/api/{plural}/{parent.id}/{tail}")
                yield Orphan(label, f"its {tail}{below}", answer.status == 404, answer)


def _listed(context: ProbeContext, tree: Mapping[str, Record], below: str) -> Iterator[Orphan]:
    sheet = tree["timesheets"]
    day = str(sheet.body["begin"])[:10]
    window = {"begin": f"{day}T00:00:00", "end": f"{day}T23:59:59", "size": 500}
    for path, params, kind in (
        ("/api/projects", {"visible": 3, "ignoreDates": 1}, "projects"),
        ("/api/activities", {"visible": 3}, "activities"),
        (COLLECTION, window, "timesheets"),
        (f"{COLLECTION}/recent", {"begin": f"{day}T00:00:00"}, "timesheets"),
    ):
        if kind in tree:
            answer = context.session().get(path, params=params)
            gone = answer.ok and tree[kind].id not in (ids_of(answer) or ())
            yield Orphan(f"GET {path}", f"in the list{below}", gone, answer)
