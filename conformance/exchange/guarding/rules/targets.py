"""Rule 2: a write touches the run's own records only, and points at nothing that is somebody else's."""

from __future__ import annotations

import itertools
import re
import unicodedata
from typing import Any

from conformance.exchange.cleaning.below import strangers_below
from conformance.exchange.cleaning.identity import another_now
from conformance.exchange.guarding.ids import Unclear, has_digit
from conformance.exchange.guarding.kinds import KINDS, Kind
from conformance.exchange.guarding.operations import Class, Effect, Role
from conformance.exchange.guarding.request import Call, Touched
from conformance.exchange.guarding.state import State

_CANONICAL = re.compile(r"[1-9][0-9]{0,9}\Z", re.ASCII)
_COLLECTIONS = {facts.item.split("/")[2]: kind for kind, facts in KINDS.items() if facts.item and kind is not Kind.USER}
"""Kinds by the segment of a path that stands before their ids."""

_LEAVING = frozenset({Effect.DELETE, Effect.CASCADE})
_BELOW = frozenset({Kind.CUSTOMER, Kind.PROJECT, Kind.ACTIVITY, Kind.TAG, Kind.TEAM})


def check(call: Call, state: State) -> str | None:
    """Refuse a write that is unclear, or whose targets and references are not the run's to touch."""
    if not call.writes:
        return None
    if call.unclear:
        return call.unclear
    try:
        touched = call.touched
        if call.operation is None:
            return of_somebody(call, state)
    except Unclear as error:
        return str(error)
    if reason := _named(call):
        return reason
    for each in touched:
        reason = _target(call, each, state) if each.role is Role.TARGET else _reference(call, each, state)
        if reason:
            return reason
    return _tags(call, state) or _cascade(call, state)


def _target(call: Call, touched: Touched, state: State) -> str | None:
    made = state.made(touched.kind, touched.ident)
    if made is not None:
        parent = KINDS[touched.kind].parent
        above = str(call.values.get("id"))
        # By the path of another own record it is asked whether that is told apart: either way it is the run's.
        if parent and str(made.parent) != above and not (above.isdecimal() and state.owns(parent, int(above))):
            return f"{touched.kind} {touched.ident} hangs below another {parent}"
        return _reused(touched, state)
    if touched.kind is Kind.USER and state.actor_with(touched.ident):
        return None  # rule 3 decides what may be done to an actor
    if _put_back(call, touched, state) or _absent(call, touched, state):
        return None
    if not state.absent.readable(touched.kind):
        return f"nothing can show that {touched.kind} {touched.ident} does not exist"
    return f"{touched.kind} {touched.ident} ({touched.where}) was not made by this run"


def _put_back(call: Call, touched: Touched, state: State) -> bool:
    """Whether it is one of an actor's own favourites, that was kept before a change and goes back into the list."""
    if not state.restoring or call.operation is None or call.operation.group is not Class.FAVOURITES:
        return False
    kept = [each for ledger in state.ledgers for each in ledger.contents.before.values() if each.how == "favourites"]
    return any(touched.ident in each.values for each in kept)


def _named(call: Call) -> str | None:
    """Kinds that go by name: any text may be the name of somebody's, and no read shows that it is not."""
    operation = call.operation
    for name, param in operation.params.items() if operation else ():
        if param.role is Role.TARGET and KINDS[param.kind].by_text:
            return f"{name} in the path may be the name of somebody's {param.kind}"
    return None


def _reused(touched: Touched, state: State) -> str | None:
    """What the run deleted stays its own, unless the instance gave the id a second time."""
    if not state.is_gone(touched.kind, touched.ident) or state.config.own_instance:
        return None
    reason = another_now(state, touched.kind, touched.ident)
    return reason and f"{touched.kind} {touched.ident} was deleted by this run, and exists again: {reason}"


def _reference(call: Call, touched: Touched, state: State) -> str | None:
    if state.owns(touched.kind, touched.ident):
        return _reused(touched, state)
    if touched.kind is Kind.USER and state.actor_with(touched.ident):
        return None
    if _borrowed(call, touched, state) or _absent(call, touched, state):
        return None
    return f"{touched.where} names {touched.kind} {touched.ident}, which is neither of this run nor lent to it"


def _borrowed(call: Call, touched: Touched, state: State) -> bool:
    """A borrowed project and activity are lent to book on, and for nothing else."""
    if call.operation is None or not call.operation.path.startswith("/api/timesheets"):
        return False
    lent = {
        Kind.PROJECT: state.config.borrowed_project,
        Kind.ACTIVITY: state.config.borrowed_activity,
    }
    return touched.ident == lent.get(touched.kind)


def _absent(call: Call, touched: Touched, state: State) -> bool:
    parent = call.values.get("id", "") if KINDS[touched.kind].parent else ""
    number = int(parent) if parent.isascii() and parent.isdigit() else None
    return state.absent.is_absent(touched.kind, touched.ident, number)


def _tags(call: Call, state: State) -> str | None:
    """Tags go by name: those of the run, and those that do not exist."""
    if call.operation is None or "tags" not in call.operation.body or not call.sends("tags"):
        return None
    for name in tag_names(call.sent("tags")):
        if name is None:
            return "tags is not a list of names"
        if not _is_own_tag(name, state) and not _is_no_tag(name, state):
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


def _is_own_tag(name: str, state: State) -> bool:
    names = {m.name.casefold() for each in state.ledgers for m in each.contents.made.values() if m.kind is Kind.TAG}
    return name.casefold() in names


def _is_no_tag(name: str, state: State) -> bool:
    if state.config.mark in name:
        return True
    if not name.strip("0123456789") or not name.isprintable():
        return False
    for path in ("/api/tags/find", "/api/tags"):
        status, listed = state.read(state.strongest, path, {"name": name})
        if status != 200 or not isinstance(listed, list):
            return False
        for item in listed:
            found = item.get("name") if isinstance(item, dict) else item
            if _folded(str(found)) == _folded(name):
                return False
    return True


def _folded(name: str) -> str:
    """Return a name as a database may compare it: whatever its case and accents."""
    plain = unicodedata.normalize("NFKD", name.strip().casefold())
    return "".join(character for character in plain if not unicodedata.combining(character))


def _cascade(call: Call, state: State) -> str | None:
    """Before a DELETE that takes or changes other records: only where these are the run's own too."""
    if call.operation is None or call.effect not in _LEAVING or state.config.own_instance:
        return None
    targets = call.targets()
    # A rate or a comment is deleted by its own id: what it hangs below is in the path too, and stays.
    stays = {KINDS[each.kind].parent for each in targets}
    for each in targets:
        made = state.made(each.kind, each.ident)
        if (each.kind, each.ident) in state.cleared:
            continue
        if each.kind in _BELOW - stays and made is not None and not state.is_gone(each.kind, each.ident):
            reason = strangers_below(state, each.kind, each.ident, made.name, made.when)
            if reason:
                return f"{each.kind} {each.ident}: {reason}"
    return None


def of_somebody(call: Call, state: State) -> str | None:
    """Return why a request that the table does not know may touch what is not the run's own, None where it cannot.

    Every number in it must be the id of an own record of the kind that the segment before it names, and without one it
    may only be a POST, for the rest changes or deletes what is there.
    """
    if state.config.own_instance or not state.config.allows(Class.UNLISTED):
        return None  # rule 6 refuses it where it is not allowed
    if call.body.value not in (None, "", {}, []):
        return "an unknown operation is sent without a body only"
    segments = call.path.strip("/").split("/")
    named = [pair for pair in itertools.pairwise(segments) if has_digit(pair[1])]
    for plural, segment in named:
        kind = _COLLECTIONS.get(plural)
        if kind is None or not _CANONICAL.match(segment) or not state.owns(kind, int(segment)):
            return f"{segment[:40]!r} in the path of an unknown operation is not of this run"
    return None if named or call.method == "POST" else "an unknown operation may change what is not of this run"
