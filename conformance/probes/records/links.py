"""What attaching to a team, detaching from it, and the small actions on records do, and what they leave alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.exchange import Record, Refused
from conformance.probes.lab import Lab
from conformance.probes.records.bodies import own_tags
from conformance.probes.records.comparing import alike_unordered
from conformance.probes.records.grounds import COLLECTION
from conformance.probes.records.making import MISSING, attribute, ident
from conformance.probes.records.samples import TEXT
from conformance.probes.times.times import Booked, book, look, unbook
from conformance.words import Exchange

SUPPOSED = "as it should be"
EXPORT, DUPLICATE = (f"PATCH {COLLECTION}/{{id}}/{action}" for action in ("export", "duplicate"))
_TIMES = ("2025-01-15T10:00:00", "2025-01-15T11:00:00")

WORDS: Mapping[str, str] = {"customers": "customer", "projects": "project", "activities": "activity"}


@dataclass(frozen=True)
class Done:
    """An action and what was seen after it. `got` is "as it should be", or what was wrong."""

    operation: str
    what: str
    got: str
    exchange: Exchange


def team_links(lab: Lab) -> tuple[Done, ...]:
    """Attach and detach everything that a team can have, and look each time. Raises Refused."""
    team = _team(lab)
    found: list[Done] = []
    # Something of each kind stays attached, for what a link must leave alone.
    found += _made_attached(lab, team.id)
    for operation in lab.index.operations:
        tail = operation.path.removeprefix("/api/teams/{id}/")
        if operation.method == "POST" and tail != operation.path and tail.count("/") == 1:
            plural = tail.partition("/")[0]
            number = _linkable(lab, plural)
            if number is not None:
                found += _link(lab, team.id, plural, number, operation.path)
    lab.session().delete(team.path)
    return tuple(found)


def _made_attached(lab: Lab, team: int) -> Iterator[Done]:
    """Make something of each kind that is attached to a team from the first, and look whether it is.

    Where a form knows no teams, it is attached afterwards, which others look at.
    """
    made: dict[str, Record] = {}
    for plural, make in _makers(lab).items():
        create = lab.index.get(f"POST /api/{plural}")
        fields = create.body.fields if create is not None and create.body is not None else ()
        if "teams" in {field.name for field in fields}:
            made[plural] = make(teams=[team])
        elif f"POST /api/teams/{{id}}/{plural}/{{{WORDS[plural]}Id}}" in lab.index:
            lab.session().post(f"/api/teams/{team}/{plural}/{make().id}")
    seen = lab.session().get(f"/api/teams/{team}") if made else None
    for plural, each in made.items():
        label, answer = f"POST /api/{plural}", each.exchange
        yield Done(label, "made with a team", _linked(answer, "teams", team, True), answer)
        if seen is not None:
            yield Done(label, "in the team", _linked(seen, plural, each.id, True), answer)


def _team(lab: Lab) -> Record:
    """Make a team with a lead and, where there is one more actor than is attached later, a member who leads nobody."""
    try:
        return lab.records.team([lab.strongest, *lab.actors[2:3]])
    except Refused:
        return lab.records.team([lab.strongest])


def _linkable(lab: Lab, plural: str) -> int | None:
    if plural == "members":
        return lab.actors[1].user_id if len(lab.actors) > 1 else None
    return int(_makers(lab)[plural]().id) if plural in WORDS else None


def _makers(lab: Lab) -> Mapping[str, Callable[..., Record]]:
    return {
        "customers": lab.records.customer,
        "projects": lab.records.project,
        "activities": lab.records.activity,
    }


def _link(lab: Lab, team: int, plural: str, number: int, template: str) -> Iterator[Done]:
    session, path = lab.session(), f"/api/teams/{team}/{plural}/{number}"
    before = _bare(session.get(f"/api/teams/{team}"))
    attached = session.post(path)
    yield Done(f"POST {template}", "attached", _linked(attached, plural, number, True), attached)
    seen = session.get(f"/api/teams/{team}")
    yield Done("GET /api/teams/{id}", f"{plural} attached", _linked(seen, plural, number, True), seen)
    yield Done(f"POST {template}", "the rest stays", _rest(before, _bare(seen), plural), seen)
    if plural in WORDS:
        shown = session.get(f"/api/{plural}/{number}")
        yield Done(f"GET /api/{plural}/{{id}}", "teams of the attached", _linked(shown, "teams", team, True), shown)
    detached = session.delete(path)
    yield Done(f"DELETE {template}", "detached", _linked(detached, plural, number, False), detached)
    seen = session.get(f"/api/teams/{team}")
    got = SUPPOSED if alike_unordered(_bare(seen), before) else "not as before"
    yield Done(f"DELETE {template}", "as before", got, seen)


def _bare(exchange: Exchange) -> Any:
    """Return a team with its members as ids: what else it shows of people, they may change at any time."""
    body = exchange.json_or_none()
    members = attribute(body, "members")
    if not isinstance(members, list):
        return body
    return {**body, "members": [{**each, "user": {"id": attribute(each, "user.id")}} for each in members]}


def _rest(before: Any, after: Any, plural: str) -> str:
    """Return whether everything else of a team is as it was; what was attached before is still there."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return "no team"
    others = [name for name in before if name != plural and not alike_unordered(before[name], after.get(name))]
    paths = "user.id" if plural == "members" else "id"
    lost = {attribute(each, paths) for each in before[plural]} - {attribute(each, paths) for each in after[plural]}
    return "more has changed" if others or lost else SUPPOSED


def _linked(exchange: Exchange, plural: str, number: int, wanted: bool) -> str:
    if not exchange.ok:
        return str(exchange.status)
    entries = attribute(exchange.json_or_none(), plural)
    path = "user.id" if plural == "members" else "id"
    there = number in [attribute(each, path) for each in entries] if isinstance(entries, list) else None
    if there is wanted:
        return SUPPOSED
    return "no list" if there is None else "still there" if there else "not there"


def export_toggle(lab: Lab) -> tuple[Done, ...]:
    """Toggle the export state of a record twice. Raises Refused; empty where there is no such action or record."""
    booked = book(lab, lab.strongest, *_TIMES)
    if EXPORT not in lab.index or booked.ident is None:
        return ()
    found, before = [], look(lab, booked).exchange.json_or_none()
    for wanted in (True, False):
        answer = lab.session().patch(f"{booked.path}/export")
        after = look(lab, booked).exchange.json_or_none()
        got = _toggled(before, after, "exported", wanted, answer)
        found.append(Done(EXPORT, f"exported {wanted}".lower(), got, answer))
        before = after
    unbook(lab, booked)
    return tuple(found)


def duplicated_sheet(lab: Lab) -> tuple[Done, ...]:
    """Duplicate a time record that has everything a copy should have. Raises Refused.

    Empty without the action, and where two records may not be at the same time.
    """
    label = DUPLICATE
    if label not in lab.index or lab.timesheet.get("isAllowOverlapping") is False:
        return ()
    booked = _to_copy(lab)
    if booked.ident is None:
        return ()
    before = look(lab, booked).exchange.json_or_none()
    answer = lab.session().patch(f"{booked.path}/duplicate")
    copy = ident(answer)
    shown = lab.session().get(f"{COLLECTION}/{copy}") if copy is not None else answer
    after = look(lab, booked).exchange.json_or_none()
    found = [
        Done(label, "as the original", _as_original(before, answer, shown), answer),
        Done(label, "original unchanged", SUPPOSED if alike_unordered(after, before) else "original changed", answer),
    ]
    if booked.sent.get("exported"):
        got = SUPPOSED if attribute(shown.json_or_none(), "exported") is False else "exported"
        found.append(Done(label, "not exported", got, answer))
    for number in {copy, booked.ident} - {None}:
        lab.session().delete(f"{COLLECTION}/{number}")
    return tuple(found)


def _to_copy(lab: Lab) -> Booked:
    """Book a record with everything that a copy should have, and the mark that it should not: not billable, exported.

    Who may send less, sends less: whoever may lift the mark again, by the usual rights, may delete the record.
    """
    more: dict[str, Any] = {"description": lab.name(TEXT)}
    more |= {"tags": ",".join(own_tags(lab))} if own_tags(lab) else {}
    administers = lab.strongest.role in ("ROLE_ADMIN", "ROLE_SUPER_ADMIN")
    flags = {"billable": False, "exported": True} if administers else {}
    booked = book(lab, lab.strongest, *_TIMES, **{**more, **flags})
    return booked if booked.ident is not None else book(lab, lab.strongest, *_TIMES, **more)


def _as_original(before: Any, answer: Exchange, shown: Exchange) -> str:
    """Return whether a copy has what the original has, and is another record."""
    if not answer.ok:
        return str(answer.status)
    body = shown.json_or_none()
    if attribute(before, "id") == attribute(body, "id"):
        return "the original"
    names = ("project", "activity", "user", "description", "tags", "begin", "end", "duration", "billable")
    other = [name for name in names if not alike_unordered(attribute(before, name), attribute(body, name))]
    return f"another {other[0]}" if other else SUPPOSED


def pin_toggle(lab: Lab) -> tuple[Done, ...]:
    """Toggle a comment's pin twice, beside one that is pinned. Raises Refused; empty where there is no such action."""
    found = []
    for plural, maker in (("customers", lab.records.customer), ("projects", lab.records.project)):
        label = f"PATCH /api/{plural}/{{id}}/comments/{{comment}}/pin"
        if label in lab.index:
            parent = maker()
            listing = f"/api/{plural}/{parent.id}/comments"
            lab.records.comment(parent, pinned=True)
            comment = lab.records.comment(parent)
            before = _comments(lab, listing)
            for wanted in (True, False):
                answer = lab.session().patch(f"{listing}/{comment.id}/pin")
                after = _comments(lab, listing)
                done = _toggled(before.pop(comment.id, None), after.get(comment.id), "pinned", wanted, answer)
                if done == SUPPOSED and before != {number: after.get(number) for number in before}:
                    done = "another comment has changed"
                found.append(Done(label, f"pinned {wanted}".lower(), done, answer))
                before = after
    return tuple(found)


def _comments(lab: Lab, listing: str) -> dict[Any, Any]:
    """Return the comments of a record by their ids."""
    body = lab.session().get(listing).json_or_none()
    return {attribute(each, "id"): each for each in body} if isinstance(body, list) else {}


def _toggled(before: Any, after: Any, name: str, wanted: bool, answer: Exchange) -> str:
    if not answer.ok:
        return str(answer.status)
    if attribute(after, name) is not wanted:
        return "not toggled"
    rest = [{key: each for key, each in body.items() if key != name} for body in (before, after) if body]
    return SUPPOSED if len(rest) == 2 and alike_unordered(*rest) else "more has changed"


def duplicated_project(lab: Lab) -> tuple[Done, ...]:
    """Duplicate a project with an activity. Raises Refused; empty where there is no such action."""
    label = "POST /api/projects/{id}/duplicate"
    if label not in lab.index:
        return ()
    project = lab.records.project(lab.parent("customers"), comment="to be copied", billable=False, visible=True)
    lab.records.activity(project)
    answer = lab.session().post(f"/api/projects/{project.id}/duplicate")
    body, copied = answer.json_or_none(), ident(answer)
    names = ("customer", "comment", "billable", "visible", "globalActivities")
    same = all(project.body.get(name, MISSING) == attribute(body, name) for name in names) and copied != project.id
    got = str(answer.status) if not answer.ok else SUPPOSED if same else "another project"
    found = [Done(label, "as the original", got, answer)]
    after = lab.session().get(f"/api/projects/{project.id}").json_or_none()
    got = SUPPOSED if alike_unordered(after, project.body) else "original changed"
    return (*found, Done(label, "original unchanged", got, answer))


def action_bodies(lab: Lab) -> tuple[Done, ...]:
    """Send a body with actions that document none, and see whether it is applied. Raises Refused."""
    bare = [label for label in (DUPLICATE, EXPORT) if label in lab.index and lab.index[label].body is None]
    booked = book(lab, lab.strongest, *_TIMES) if bare else None
    if booked is None or booked.ident is None:
        return ()
    found, made, text = [], {booked.ident}, "conformance test, sent with an action"
    for label in bare:
        answer = lab.session().patch(f"{booked.path}/{label.rpartition('/')[2]}", json={"description": text})
        shown = attribute(answer.json_or_none(), "description")
        got = str(answer.status) if not answer.ok else "applied" if shown == text else "dropped"
        found.append(Done(label, "a description", got, answer))
        made |= {ident(answer) or booked.ident}
    for number in made:
        lab.session().delete(f"{COLLECTION}/{number}")
    return tuple(found)
