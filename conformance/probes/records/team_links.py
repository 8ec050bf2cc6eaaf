"""What attaching to a team, detaching from it, and the small actions on records do, and what they leave alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.exchange import Record, Refused
from conformance.model import Exchange
from conformance.probes.context import ProbeContext
from conformance.probes.records.bodies import own_tags
from conformance.probes.records.comparing import equal_unordered
from conformance.probes.records.creating import MISSING, attribute, ident
from conformance.probes.records.list_scopes import COLLECTION
from conformance.probes.records.samples import TEXT
from conformance.probes.times.times import book, look, unbook

AS_EXPECTED = "as it should be"
EXPORT, DUPLICATE = (f"PATCH {COLLECTION}/{{id}}/{action}" for action in ("export", "duplicate"))

WORDS: Mapping[str, str] = {"customers": "customer", "projects": "project", "activities": "activity"}


@dataclass(frozen=True)
class ActionResult:
    """An action and what was seen after it. `got` is "as it should be", or what was wrong."""

    operation: str
    what: str
    got: str
    exchange: Exchange


def team_links(context: ProbeContext) -> tuple[ActionResult, ...]:
    """Attach and detach everything that a team can have, and look each time. Raises Refused."""
    try:  # With a lead and, where there is one more actor than is attached later, a member who leads nobody.
        team = context.records.team([context.strongest, *context.actors[2:3]])
    except Refused:
        team = context.records.team([context.strongest])
    action_results: list[ActionResult] = []
    # Something of each kind stays attached, for what a link must leave alone.
    action_results += _made_attached(context, team.id)
    for operation in context.index.operations:
        tail = operation.path.removeprefix("/api/teams/{id}/")
        if operation.method == "POST" and tail != operation.path and tail.count("/") == 1:
            plural = tail.partition("/")[0]
            number = int(makers(context)[plural]().id) if plural in WORDS else None
            if plural == "members" and len(context.actors) > 1:
                number = context.actors[1].user_id
            if number is not None:
                action_results += _link(context, team.id, plural, number, operation.path)
    context.session().delete(team.path)
    return tuple(action_results)


def _made_attached(context: ProbeContext, team: int) -> Iterator[ActionResult]:
    """Make something of each kind that is attached to a team from the first, and look whether it is.

    Where a form knows no teams, it is attached afterwards, which others look at.
    """
    made: dict[str, Record] = {}
    for plural, make in makers(context).items():
        create = context.index.get(f"POST /api/{plural}")
        fields = create.body.fields if create is not None and create.body is not None else ()
        if "teams" in {field.name for field in fields}:
            made[plural] = make(teams=[team])
        elif f"POST /api/teams/{{id}}/{plural}/{{{WORDS[plural]}Id}}" in context.index:
            context.session().post(f"/api/teams/{team}/{plural}/{make().id}")
    seen = context.session().get(f"/api/teams/{team}") if made else None
    for plural, item in made.items():
        label, answer = f"POST /api/{plural}", item.exchange
        yield ActionResult(label, "made with a team", _linked(answer, "teams", team, True), answer)
        if seen is not None:
            yield ActionResult(label, "in the team", _linked(seen, plural, item.id, True), answer)


def makers(context: ProbeContext) -> Mapping[str, Callable[..., Record]]:
    """Return what makes a record of each kind that can be attached to a team."""
    return {
        "customers": context.records.customer,
        "projects": context.records.project,
        "activities": context.records.activity,
    }


def _link(context: ProbeContext, team: int, plural: str, number: int, template: str) -> Iterator[ActionResult]:
    session, path = context.session(), f"/api/teams/{team}/{plural}/{number}"
    before = _bare(session.get(f"/api/teams/{team}"))
    attached = session.post(path)
    yield ActionResult(f"POST {template}", "attached", _linked(attached, plural, number, True), attached)
    seen = session.get(f"/api/teams/{team}")
    yield ActionResult("GET /api/teams/{id}", f"{plural} attached", _linked(seen, plural, number, True), seen)
    yield ActionResult(f"POST {template}", "the rest stays", _rest(before, _bare(seen), plural), seen)
    if plural in WORDS:
        shown = session.get(f"/api/{plural}/{number}")
        yield ActionResult(
            f"GET /api/{plural}/{{id}}", "teams of the attached", _linked(shown, "teams", team, True), shown
        )
    detached = session.delete(path)
    yield ActionResult(f"DELETE {template}", "detached", _linked(detached, plural, number, False), detached)
    seen = session.get(f"/api/teams/{team}")
    got = AS_EXPECTED if equal_unordered(_bare(seen), before) else "not as before"
    yield ActionResult(f"DELETE {template}", "as before", got, seen)


def _bare(exchange: Exchange) -> Any:
    """Return a team with its members as ids: what else it shows of people, they may change at any time."""
    body = exchange.json_or_none()
    members = attribute(body, "members")
    if not isinstance(members, list):
        return body
    return {**body, "members": [{**member, "user": {"id": attribute(member, "user.id")}} for member in members]}


def _rest(before: Any, after: Any, plural: str) -> str:
    """Return whether everything else of a team is as it was; what was attached before is still there."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return "no team"
    others = [name for name in before if name != plural and not equal_unordered(before[name], after.get(name))]
    paths = "user.id" if plural == "members" else "id"
    lost = {attribute(entry, paths) for entry in before[plural]} - {attribute(item, paths) for item in after[plural]}
    return "more has changed" if others or lost else AS_EXPECTED


def _linked(exchange: Exchange, plural: str, number: int, wanted: bool) -> str:
    if not exchange.ok:
        return str(exchange.status)
    entries = attribute(exchange.json_or_none(), plural)
    path = "user.id" if plural == "members" else "id"
    there = number in [attribute(item, path) for item in entries] if isinstance(entries, list) else None
    if there is wanted:
        return AS_EXPECTED
    return "no list" if there is None else "still there" if there else "not there"


def export_toggle(context: ProbeContext) -> tuple[ActionResult, ...]:
    """Toggle the export state of a record twice. Raises Refused; empty where there is no such action or record."""
    booked = book(context, context.strongest, *context.hour())
    if EXPORT not in context.index or booked.ident is None:
        return ()
    result, before = [], look(context, booked).exchange.json_or_none()
    for wanted in (True, False):
        answer = context.session().patch(f"{booked.path}/export")
        after = look(context, booked).exchange.json_or_none()
        got = _toggled(before, after, "exported", wanted, answer)
        result.append(ActionResult(EXPORT, f"exported {wanted}".lower(), got, answer))
        before = after
    unbook(context, booked)
    return tuple(result)


def duplicated_sheet(context: ProbeContext) -> tuple[ActionResult, ...]:
    """Duplicate time records that have everything a copy should have. Raises Refused.

    Empty without the action, and where two records may not be at the same time.
    """
    if DUPLICATE not in context.index or context.timesheet.get("isAllowOverlapping") is False:
        return ()
    administers = context.strongest.role in ("ROLE_ADMIN", "ROLE_SUPER_ADMIN")
    return tuple(
        item for word, flags in _COPIES.items() if administers or not flags for item in _copied(context, word, flags)
    )


_COPIES: Mapping[str, Mapping[str, Any]] = {
    "": {"billable": False, "exported": True, "hourlyRate": 12.5},
    ", billable and of a fixed rate": {"billable": True, "fixedRate": 55},
    ", with a text alone": {},
}
"""What records have that are copied, besides text and tags, by the words for it. That a record is exported is not to be
copied: who may lift the mark again, by the usual rights, may delete the record."""


def _copied(context: ProbeContext, word: str, flags: Mapping[str, Any]) -> Iterator[ActionResult]:
    more: dict[str, Any] = {"description": context.name(TEXT)}
    more |= {"tags": ",".join(own_tags(context))} if own_tags(context) else {}
    booked = book(context, context.strongest, *context.hour(), **{**more, **flags})
    if booked.ident is None:
        return
    before = look(context, booked).exchange.json_or_none()
    answer = context.session().patch(f"{booked.path}/duplicate")
    copy = ident(answer)
    shown = context.session().get(f"{COLLECTION}/{copy}") if copy is not None else answer
    after = look(context, booked).exchange.json_or_none()
    yield ActionResult(DUPLICATE, f"as the original{word}", _as_original(before, answer, shown), answer)
    same = AS_EXPECTED if equal_unordered(after, before) else "original changed"
    yield ActionResult(DUPLICATE, f"original unchanged{word}", same, answer)
    if flags.get("exported"):
        got = AS_EXPECTED if attribute(shown.json_or_none(), "exported") is False else "exported"
        yield ActionResult(DUPLICATE, f"not exported{word}", got, answer)
    for number in {copy, booked.ident} - {None}:
        context.session().delete(f"{COLLECTION}/{number}")


def _as_original(before: Any, answer: Exchange, shown: Exchange) -> str:
    """Return whether a copy has what the original has, and is another record."""
    if not answer.ok:
        return str(answer.status)
    body = shown.json_or_none()
    if attribute(before, "id") == attribute(body, "id"):
        return "the original"
    names = (
        "project", "activity", "user", "description", "tags", "begin", "end", "duration", "billable", "fixedRate",
        "hourlyRate", "rate", "internalRate", "metaFields",
    )  # fmt: skip
    other = [name for name in names if not equal_unordered(attribute(before, name), attribute(body, name))]
    return f"another {other[0]}" if other else AS_EXPECTED


def pin_toggle(context: ProbeContext) -> tuple[ActionResult, ...]:
    """Toggle a comment's pin twice, beside one that is pinned. Raises Refused; empty where there is no such action."""
    results = []
    for plural, maker in (("customers", context.records.customer), ("projects", context.records.project)):
        label = f"PATCH /api/{plural}/{{id}}/comments/{{comment}}/pin"
        if label in context.index:
            parent = maker()
            listing = f"/api/{plural}/{parent.id}/comments"
            context.records.comment(parent, pinned=True)
            comment = context.records.comment(parent)
            before = _comments(context, listing)
            for wanted in (True, False):
                answer = context.session().patch(f"{listing}/{comment.id}/pin")
                after = _comments(context, listing)
                done = _toggled(before.pop(comment.id, None), after.get(comment.id), "pinned", wanted, answer)
                if done == AS_EXPECTED and before != {number: after.get(number) for number in before}:
                    done = "another comment has changed"
                results.append(ActionResult(label, f"pinned {wanted}".lower(), done, answer))
                before = after
    return tuple(results)


def _comments(context: ProbeContext, listing: str) -> dict[Any, Any]:
    """Return the comments of a record by their ids."""
    body = context.session().get(listing).json_or_none()
    return {attribute(item, "id"): item for item in body} if isinstance(body, list) else {}


def _toggled(before: Any, after: Any, name: str, wanted: bool, answer: Exchange) -> str:
    if not answer.ok:
        return str(answer.status)
    if attribute(after, name) is not wanted:
        return "not toggled"
    rest = [{key: item for key, item in body.items() if key != name} for body in (before, after) if body]
    return AS_EXPECTED if len(rest) == 2 and equal_unordered(*rest) else "more has changed"


def duplicated_project(context: ProbeContext) -> tuple[ActionResult, ...]:
    """Duplicate a project with an activity. Raises Refused; empty where there is no such action."""
    label = "POST /api/projects/{id}/duplicate"
    if label not in context.index:
        return ()
    project = context.records.project(context.parent("customers"), comment="to be copied", billable=False, visible=True)
    context.records.activity(project)
    answer = context.session().post(f"/api/projects/{project.id}/duplicate")
    body, copied = answer.json_or_none(), ident(answer)
    names = ("customer", "comment", "billable", "visible", "globalActivities")
    same = all(project.body.get(name, MISSING) == attribute(body, name) for name in names) and copied != project.id
    got = str(answer.status) if not answer.ok else AS_EXPECTED if same else "another project"
    results = [ActionResult(label, "as the original", got, answer)]
    after = context.session().get(f"/api/projects/{project.id}").json_or_none()
    got = AS_EXPECTED if equal_unordered(after, project.body) else "original changed"
    return (*results, ActionResult(label, "original unchanged", got, answer))


def action_bodies(context: ProbeContext) -> tuple[ActionResult, ...]:
    """Send a body with actions that document none, and see whether it is applied. Raises Refused."""
    bare = [label for label in (DUPLICATE, EXPORT) if label in context.index and context.index[label].body is None]
    booked = book(context, context.strongest, *context.hour()) if bare else None
    if booked is None or booked.ident is None:
        return ()
    result, made, text = [], {booked.ident}, "conformance test, sent with an action"
    for label in bare:
        answer = context.session().patch(f"{booked.path}/{label.rpartition('/')[2]}", json={"description": text})
        shown = attribute(answer.json_or_none(), "description")
        got = str(answer.status) if not answer.ok else "applied" if shown == text else "dropped"
        result.append(ActionResult(label, "a description", got, answer))
        made |= {ident(answer) or booked.ident}
    for number in made:
        context.session().delete(f"{COLLECTION}/{number}")
    return tuple(result)
