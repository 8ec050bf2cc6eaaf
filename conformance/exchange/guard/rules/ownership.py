"""Rule 2: a write touches the run's own records only, and points at nothing that is somebody else's."""

from __future__ import annotations

import itertools
import unicodedata
from typing import Any

from conformance.exchange.guard.classification import ClassifiedRequest, RecordRef
from conformance.exchange.guard.context import GuardContext
from conformance.exchange.guard.ids import CANONICAL, AmbiguousRequest, has_digit, id_of
from conformance.exchange.guard.kinds import KINDS, Kind
from conformance.exchange.guard.operations import OperationGroup, ParamRole
from conformance.exchange.guard.rules.actor_state import restored_by
from conformance.exchange.ownership.identity import reused_id
from conformance.exchange.ownership.links import foreign_in_team

_COLLECTIONS = {facts.item.split("/")[2]: kind for kind, facts in KINDS.items() if facts.item and kind is not Kind.USER}
"""Kinds by the segment of a path that stands before their ids."""


def check(call: ClassifiedRequest, state: GuardContext) -> str | None:
    """Refuse a write that is unclear, or whose targets and references are not the run's to touch."""
    if not call.writes:
        return None
    if call.unclear:
        return call.unclear
    try:
        touched = call.touched
        if call.operation is None:
            return may_touch_foreign_record(call, state)
    except AmbiguousRequest as error:
        return str(error)
    if reason := _named(call):
        return reason
    for item in touched:
        reason = _target(call, item, state) if item.role is ParamRole.TARGET else _reference(call, item, state)
        if reason:
            return reason
    return _tags(call, state) or _members(call, state)


def _target(call: ClassifiedRequest, touched: RecordRef, state: GuardContext) -> str | None:
    made = state.made(touched.kind, touched.ident)
    if made is not None:
        parent = KINDS[touched.kind].parent
        above = str(call.values.get("id"))
        # By the path of another own record it is asked whether that is told apart: either way it is the run's.
        if parent and str(made.parent) != above and not state.owns(parent, id_of(above) or 0):
            return f"{touched.kind} {touched.ident} hangs below another {parent}"
        return _not_own(touched, state)
    if touched.kind is Kind.USER and state.actor_with(touched.ident):
        return None  # rule 3 decides what may be done to an actor
    if restored_by(call, state) or _absent(call, touched, state):
        return None
    if not state.absent.readable(touched.kind):
        return f"nothing can show that {touched.kind} {touched.ident} does not exist"
    return f"{touched.kind} {touched.ident} ({touched.where}): {state.why_not_own(touched.kind, touched.ident)}"


def _named(call: ClassifiedRequest) -> str | None:
    """Kinds that go by name: any text may be the name of somebody's, and no read shows that it is not."""
    operation = call.operation
    for name, param in operation.params.items() if operation else ():
        if param.role is ParamRole.TARGET and KINDS[param.kind].by_text:
            return f"{name} in the path may be the name of somebody's {param.kind}"
    return None


def _not_own(touched: RecordRef, state: GuardContext) -> str | None:
    """What the run made is its own once it is proved, and also when deleted, unless the id was given a second time."""
    what = f"{touched.kind} {touched.ident}"
    if not state.is_gone(touched.kind, touched.ident):
        reason = state.why_not_own(touched.kind, touched.ident)
        return f"{what}: {reason}" if reason else None
    if state.config.is_embedded:
        return None
    reason = reused_id(state, touched.kind, touched.ident)
    return f"{what} was deleted by this run, and exists again: {reason}" if reason else None


def _reference(call: ClassifiedRequest, touched: RecordRef, state: GuardContext) -> str | None:
    if state.made(touched.kind, touched.ident) is not None:
        return _not_own(touched, state)
    if touched.kind is Kind.USER and state.actor_with(touched.ident):
        return None
    if _borrowed(call, touched, state) or _absent(call, touched, state):
        return None
    return f"{touched.where} names {touched.kind} {touched.ident}, which is neither of this run nor lent to it"


def _borrowed(call: ClassifiedRequest, touched: RecordRef, state: GuardContext) -> bool:
    """A borrowed project and activity are lent to book on, and for nothing else."""
    if call.operation is None or not call.operation.path.startswith("/api/timesheets"):
        return False
    lent = {
        Kind.PROJECT: state.config.borrowed_project,
        Kind.ACTIVITY: state.config.borrowed_activity,
    }
    return touched.ident == lent.get(touched.kind)


def _absent(call: ClassifiedRequest, touched: RecordRef, state: GuardContext) -> bool:
    parent = call.values.get("id", "") if KINDS[touched.kind].parent else ""
    number = id_of(parent)
    return state.absent.is_absent(touched.kind, touched.ident, number)


def _tags(call: ClassifiedRequest, state: GuardContext) -> str | None:
    """Tags go by name: those of the run, and those that do not exist."""
    if call.operation is None or "tags" not in call.operation.body or not call.sends("tags"):
        return None
    records = (record for ledger in state.ledgers for record in ledger.contents.made.values())
    own = {record.name.casefold() for record in records if record.kind is Kind.TAG}
    for name in tag_names(call.sent("tags")):
        if name is None:
            return "tags is not a list of names"
        if name.casefold() not in own and not _is_no_tag(name, state):
            return f"the tag {name[:40]!r} exists, and is not of this run"
    return None


def tag_names(value: Any) -> list[str | None]:
    """Return the names in a value of `tags`; None stands for what is no name."""
    if value is None or value is False:
        return []
    if isinstance(value, str):
        return [name.strip() for name in value.split(",") if name.strip()]
    if isinstance(value, list):
        return [name for item in value for name in (tag_names(item) if isinstance(item, str) else [None])]
    return [None]


def _is_no_tag(name: str, state: GuardContext) -> bool:
    if state.config.mark in name:
        return True
    if not name.strip("0123456789") or not name.isprintable():
        return False
    for path in ("/api/tags/find", "/api/tags"):
        _, listed = state.read_list(state.strongest, path, {"name": name})
        if listed is None:
            return False
        for item in listed:
            result = item.get("name") if isinstance(item, dict) else item
            if _folded(str(result)) == _folded(name):
                return False
    return True


def _folded(name: str) -> str:
    """Return a name as a database may compare it: whatever its case and accents."""
    plain = unicodedata.normalize("NFKD", name.strip().casefold())
    return "".join(character for character in plain if not unicodedata.combining(character))


def _members(call: ClassifiedRequest, state: GuardContext) -> str | None:
    """A list of members replaces the old one: nobody who joined a team of the run meanwhile is thrown out by it."""
    if call.label != "PATCH /api/teams/{id}" or not call.sends("members") or state.config.is_embedded:
        return None
    for target in call.targets():
        made = state.made(target.kind, target.ident)
        if target.kind is Kind.TEAM and made is not None and (reason := foreign_in_team(state, made)):
            return f"team {target.ident}: {reason}"
    return None


def may_touch_foreign_record(call: ClassifiedRequest, state: GuardContext) -> str | None:
    """Return why a request that the table does not know may touch what is not the run's own, None where it cannot.

    Every number in it must be the id of an own record of the kind that the segment before it names, and without one it
    may only be a POST, for the rest changes or deletes what is there.
    """
    if state.config.is_embedded or not state.config.allows(OperationGroup.UNLISTED):
        return None  # rule 6 refuses it where it is not allowed
    if call.body.value not in (None, "", {}, []):
        return "an unknown operation is sent without a body only"
    segments = call.path.strip("/").split("/")
    named = [pair for pair in itertools.pairwise(segments) if has_digit(pair[1])]
    for plural, segment in named:
        kind = _COLLECTIONS.get(plural)
        if kind is None or not CANONICAL.match(segment) or not state.owns(kind, int(segment)):
            return f"{segment[:40]!r} in the path of an unknown operation is not of this run"
    return None if named or call.method == "POST" else "an unknown operation may change what is not of this run"
