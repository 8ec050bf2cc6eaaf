"""Whose a record is, and when it is closed: booking in another's name, giving a record away, after an export."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.probes.access.rights import ITEM, TIMES, Reach, record_of
from conformance.probes.lab import Lab
from conformance.probes.records.grounds import COLLECTION
from conformance.probes.records.making import attribute, ident
from conformance.probes.times.times import Booked, book, look
from conformance.words import Actor


def books_for(lab: Lab, by: Actor, owner: Actor) -> Reach:
    """Try to book a record in another's name. Raises Refused."""
    answer = book(lab, by, *TIMES, user=owner.user_id).exchange
    made = ident(answer)
    whose = attribute(answer.json_or_none(), "user")
    afterwards = "a record of another" if made is not None and whose == owner.user_id else "unchanged"
    if made is not None:
        lab.session(by if afterwards == "unchanged" else owner).delete(f"{COLLECTION}/{made}")
    return Reach(f"POST {COLLECTION}", by, answer, afterwards, None, by_effect=True)


def gives_to(lab: Lab, by: Actor, other: Actor) -> Reach:
    """Try to make an own record another's. Raises Refused."""
    with record_of(lab, by) as own:
        answer = lab.session(by).patch(own.path, json={"user": other.user_id})
        shown = look(lab, own, lab.strongest).exchange.json_or_none()
        given = attribute(shown, "user") == other.user_id
        if given:
            lab.session().delete(own.path)
    return Reach(f"PATCH {ITEM}", by, answer, "a record of another" if given else "unchanged", None, by_effect=True)


def closed_ways(lab: Lab, by: Actor) -> Iterator[Reach]:
    """Try to change, delete and reopen an own record that was exported, where it may not be edited. Raises Refused.

    Nothing where the strongest actor is not an administrator, who else could not delete it, or `by` may edit it.
    """
    if lab.strongest.role not in ("ROLE_ADMIN", "ROLE_SUPER_ADMIN") or f"PATCH {ITEM}/export" not in lab.index:
        return
    with record_of(lab, by) as own:
        lab.session().patch(f"{own.path}/export")
        exported = look(lab, own, lab.strongest)
        if attribute(exported.exchange.json_or_none(), "exported") is True:
            yield from _closed(lab, by, own, exported)
        lab.session().delete(own.path)


def _closed(lab: Lab, by: Actor, own: Booked, before: Booked) -> Iterator[Reach]:
    session = lab.session(by)
    if session.patch(own.path, json={"description": lab.name("after the export")}).ok:
        return
    for method, tail in (("PATCH", "/export"), ("DELETE", "")):
        label, answer = f"{method} {ITEM}{tail}", session.send(method, own.path + tail)
        after = look(lab, own, lab.strongest).exchange.json_or_none()
        same = after == before.exchange.json_or_none()
        yield Reach(label, by, answer, "unchanged" if same else "changed", None)
