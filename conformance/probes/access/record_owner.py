"""Whose a record is, and when it is closed: booking in another's name, giving a record away, after an export."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.model import Actor
from conformance.probes.access.rights import ITEM, AccessAttempt, record_of, times
from conformance.probes.context import ProbeContext
from conformance.probes.records.creating import attribute, ident
from conformance.probes.records.list_scopes import COLLECTION
from conformance.probes.times.times import Booked, book, look


def books_for(context: ProbeContext, by: Actor, owner: Actor) -> AccessAttempt:
    """Try to book a record in another's name. Raises Refused."""
    answer = book(context, by, *times(context), user=owner.user_id).exchange
    made = ident(answer)
    whose = attribute(answer.json_or_none(), "user")
    afterwards = "a record of another" if made is not None and whose == owner.user_id else "unchanged"
    if made is not None:
        context.session(by if afterwards == "unchanged" else owner).delete(f"{COLLECTION}/{made}")
    return AccessAttempt(f"POST {COLLECTION}", by, answer, afterwards, None, by_effect=True)


def gives_to(context: ProbeContext, by: Actor, other: Actor) -> AccessAttempt:
    """Try to make an own record another's. Raises Refused."""
    with record_of(context, by) as own:
        answer = context.session(by).patch(own.path, json={"user": other.user_id})
        shown = look(context, own, context.strongest).exchange.json_or_none()
        result = attribute(shown, "user") == other.user_id
        if result:
            context.session().delete(own.path)
    return AccessAttempt(
        f"PATCH {ITEM}", by, answer, "a record of another" if result else "unchanged", None, by_effect=True
    )


def closed_ways(context: ProbeContext, by: Actor) -> Iterator[AccessAttempt]:
    """Try to change, delete and reopen an own record that was exported, where it may not be edited. Raises Refused.

    Nothing where the strongest actor is not an administrator, who else could not delete it, or `by` may edit it.
    """
    if context.strongest.role not in ("ROLE_ADMIN", "ROLE_SUPER_ADMIN") or f"PATCH {ITEM}/export" not in context.index:
        return
    with record_of(context, by) as own:
        context.session().patch(f"{own.path}/export")
        exported = look(context, own, context.strongest)
        if attribute(exported.exchange.json_or_none(), "exported") is True:
            yield from _closed(context, by, own, exported)
        context.session().delete(own.path)


def _closed(context: ProbeContext, by: Actor, own: Booked, before: Booked) -> Iterator[AccessAttempt]:
    session = context.session(by)
    if session.patch(own.path, json={"description": context.name("after the export")}).ok:
        return
    for method, tail, body in (("PATCH", "", {"exported": False}), ("PATCH", "/export", None), ("DELETE", "", None)):
        more: dict[str, Any] = {} if body is None else {"json": body}
        label, answer = f"{method} {ITEM}{tail}", session.send(method, own.path + tail, **more)
        after = look(context, own, context.strongest).exchange.json_or_none()
        same = after == before.exchange.json_or_none()
        yield AccessAttempt(label, by, answer, "unchanged" if same else "changed", None)
