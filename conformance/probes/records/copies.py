"""What restarting and duplicating copy: attribute by attribute, with what hangs below, as the definition says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.exchange import Record, Refused
from conformance.model import Exchange
from conformance.probes.context import USUAL_HOUR, ProbeContext
from conformance.probes.records.bodies import own_tags
from conformance.probes.records.comparing import equal_unordered
from conformance.probes.records.creating import MISSING, attribute, ident
from conformance.probes.records.list_scopes import COLLECTION
from conformance.probes.records.samples import TEXT
from conformance.probes.records.team_links import AS_EXPECTED, ActionResult, makers
from conformance.probes.times.times import book, unbook

RESTART, PROJECT = f"PATCH {COLLECTION}/{{id}}/restart", "POST /api/projects/{id}/duplicate"
SENT = "sent with the action"
_KEPT = ("project", "activity")
_COPIED = ("description", "tags")
_UNSAID = ("billable", "hourlyRate")
"""What a restart may copy or not: nobody says."""
_ASKED: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
    ("copy=all", {"copy": "all"}, {}),
    ("nothing to copy", {}, {}),
    ("copy=everything", {"copy": "everything"}, {}),
    ("copy=all in the query", {}, {"copy": "all"}),
)
_PROJECT_FIELDS = (
    "customer", "comment", "billable", "visible", "globalActivities", "color", "budget", "timeBudget", "budgetType",
    "orderNumber", "metaFields", "teams",
)  # fmt: skip


def restarts(context: ProbeContext) -> Iterator[ActionResult]:
    """Restart a record with a text and tags, asking for a copy, for none, and in ways that are not documented.

    Raises Refused.
    """
    tags = ",".join(own_tags(context))
    administers = context.strongest.role in ("ROLE_ADMIN", "ROLE_SUPER_ADMIN")
    more: dict[str, Any] = {"billable": False, "hourlyRate": 12.5} if administers else {}
    more |= {"tags": tags} if tags else {}
    booked = book(context, context.strongest, *USUAL_HOUR, description=context.name(TEXT), **more)
    before = booked.exchange.json_or_none()
    for asked, body, params in _ASKED if booked.ident is not None else ():
        try:
            answer = context.session().patch(f"{booked.path}/restart", json=body, params=params)
        except Refused:  # Somebody's timer runs, which a new one would stop.
            break
        yield ActionResult(RESTART, asked, _restarted(before, answer, asked), answer)
        for name in _UNSAID if answer.ok and not params else ():
            kept = attribute(before, name) == attribute(answer.json_or_none(), name)
            yield ActionResult(RESTART, f"{name}, {asked}", "as the original" if kept else "another", answer)
        if ident(answer) not in (None, booked.ident):
            context.session().delete(f"{COLLECTION}/{ident(answer)}")
    unbook(context, booked)


def _restarted(before: Any, answer: Exchange, asked: str) -> str:
    """Return which attributes a restarted record has as the original, and which are empty."""
    if not answer.ok:
        return str(answer.status)
    body = answer.json_or_none()
    for name in _KEPT:
        if attribute(before, name) != attribute(body, name):
            return f"another {name}"
    if asked == "copy=all":
        other = [name for name in _COPIED if not equal_unordered(attribute(before, name), attribute(body, name))]
        return f"without its {other[0]}" if other else AS_EXPECTED
    copied = [name for name in _COPIED if attribute(body, name)]
    return f"{', '.join(copied)} copied" if copied else AS_EXPECTED


def duplicated_project_parts(context: ProbeContext) -> Iterator[ActionResult]:
    """Duplicate a project with a budget, an order, a team, a rate, and an activity that has a rate; look at the copy.

    Nothing where there is no such action. Raises Refused.
    """
    if PROJECT not in context.index:
        return
    project = _whole(context)
    team = context.records.team()
    context.session().post(f"/api/teams/{team.id}/projects/{project.id}")
    activity = context.records.activity(project, comment="to be copied", budget=7)
    for parent in (project, activity):
        context.records.rate(parent, rate=12.5, internalRate=3.25)
    before = context.session().get(project.path).json_or_none()
    answer = context.session().post(f"/api/projects/{project.id}/duplicate", json={"comment": SENT})
    number, body = ident(answer), answer.json_or_none()
    if number is None:
        yield ActionResult(PROJECT, "as the original", str(answer.status), answer)
        return
    for name in _PROJECT_FIELDS:
        if attribute(before, name) is not MISSING and not (name == "comment" and attribute(body, name) == SENT):
            same = equal_unordered(_bare(attribute(before, name)), _bare(attribute(body, name)))
            yield ActionResult(PROJECT, name, AS_EXPECTED if same else "another", answer)
    yield from _below(context, project, activity, number)


def _whole(context: ProbeContext) -> Record:
    more: Mapping[str, Any] = {"comment": "to be copied", "orderNumber": "K7", "billable": False}
    try:
        return context.records.project(
            context.parent("customers"), **more, budget=70, timeBudget="7:30", budgetType="month"
        )
    except Refused:  # Budgets may be withheld.
        return context.records.project(context.parent("customers"), **more)


def _bare(value: Any) -> Any:
    """Return a list of teams as their ids; other values as they are."""
    teams = isinstance(value, list) and all(isinstance(item, Mapping) and "id" in item for item in value)
    return [item["id"] for item in value] if teams else value


def _below(context: ProbeContext, project: Record, activity: Record, copy: int) -> Iterator[ActionResult]:
    yield from _rates(context, "its rates", f"/api/projects/{project.id}", f"/api/projects/{copy}")
    listed = context.session().get("/api/activities", params={"project": copy, "globals": "false", "visible": 3})
    rows = listed.json_or_none() if listed.ok else None
    mine = [row for row in rows if attribute(row, "project") == copy] if isinstance(rows, list) else []
    same = [row for row in mine if attribute(row, "name") == activity.body["name"]]
    yield ActionResult(PROJECT, "its activities", AS_EXPECTED if len(mine) == len(same) == 1 else "others", listed)
    for row in same[:1]:
        yield from _rates(
            context, "rates of its activities", f"/api/activities/{activity.id}", f"/api/activities/{row['id']}"
        )


def _rates(context: ProbeContext, what: str, original: str, copy: str) -> Iterator[ActionResult]:
    shown, other = (context.session().get(f"{path}/rates") for path in (original, copy))
    one, two = (_terms(item) for item in (shown, other))
    yield ActionResult(PROJECT, what, AS_EXPECTED if one == two else "others", other)


def _terms(exchange: Exchange) -> Any:
    rows = exchange.json_or_none() if exchange.ok else None
    names = ("rate", "internalRate", "isFixed")
    return (
        sorted([[attribute(row, name) for name in names] for row in rows], key=str) if isinstance(rows, list) else rows
    )


def team_of_the_same_name(context: ProbeContext) -> Iterator[ActionResult]:
    """Ask for a team for a customer, a project and an activity, each named as a team of others. Raises Refused."""
    others = [actor.user_id for actor in context.actors if actor != context.strongest and actor.user_id is not None]
    for plural, make in makers(context).items():
        label = f"POST /api/{plural}/{{id}}/team"
        if label in context.index and others:
            name = context.name("team")
            team = context.records.team([others[-1]], name=name)
            before = context.session().get(team.path).json_or_none()
            answer = context.session().post(f"/api/{plural}/{make(name=name).id}/team")
            after = context.session().get(team.path).json_or_none()
            same = _members(before) == _members(after)
            yield ActionResult(label, "a team of that name, of others", AS_EXPECTED if same else "taken", answer)


def _members(team: Any) -> set[tuple[Any, Any]]:
    rows = attribute(team, "members")
    listed = rows if isinstance(rows, list) else []
    return {(attribute(row, "user.id"), attribute(row, "teamlead")) for row in listed}
