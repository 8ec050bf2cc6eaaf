"""The end of a record's life: emptied, deleted twice, looked for; and requests that are refused and change nothing.

Asked once a kind and process; the checks of the data family share it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.model import Exchange
from conformance.probes.context import ProbeContext, once
from conformance.probes.records.bodies import Subject, allowed
from conformance.probes.records.creating import MISSING, attribute, create, ident, parent_of
from conformance.probes.records.kinds import Resource
from conformance.probes.records.lifecycle import (
    Changed,
    Created,
    body_of,
    created,
    find,
    in_scope,
    read,
    shown,
    text_of,
)
from conformance.probes.records.list_scopes import row_of


@dataclasses.dataclass(frozen=True)
class Deleted:
    """A record deleted: the answers of DELETE, of the reads around it and of a second DELETE; whether it is listed.

    `spared` says whether another record of its kind is still in the list; None where it cannot be told. `emptied` is
    one change before, that took values from it or gave it another owner: its answer, and what was sent.
    """

    before: int
    deleted: Exchange
    read: Exchange | None
    again: Exchange
    still_listed: bool | None
    spared: bool | None
    emptied: tuple[Exchange, Mapping[str, Any]] | None = None
    first: Exchange | None = None


@once("gone {subject.label}")
def deleted(context: ProbeContext, subject: Subject) -> Deleted | None:
    """Create a record, delete it twice, and look for it and for another one. None where it could not be made.

    Asked once a process. Raises Refused.
    """
    kind = subject.kind
    if kind.delete is None:
        return None
    other = created(context, subject)
    fields = {**shown(kind), **_another_user(context, kind), **in_scope(context, subject, "02-14")}
    full = _emptiable(context, subject, other)
    made = create(context, kind, {**full, **fields}, actor=subject.actor)
    made = made if made.ok or not full else create(context, kind, fields, actor=subject.actor)
    number, parent = ident(made), parent_of(context, kind)
    if number is None:
        return None
    find(context, subject, number)  # A list that has it now must not have it from memory afterwards.
    emptied = _empty(context, subject, made, full)
    emptied = emptied if emptied is None or emptied[0].ok else _empty(context, subject, made, full, owned=False)
    session, path = context.session(subject.actor), kind.path(kind.delete, number, parent)
    first = read(context, subject, number)
    answer = session.delete(path)
    after = read(context, subject, number)
    listing, result = find(context, subject, number)
    reported = listing is not None and listing.ok
    sibling_kept = (
        row_of(listing, other.number) is not None if listing and reported and other.listed is not None else None
    )
    still = result is not None if reported else None
    before = first.status if first else 200
    return Deleted(before, answer, after, session.delete(path), still, sibling_kept, emptied, first)


EMPTIABLE = frozenset(
    {"addressLine1", "addressLine2", "addressLine3", "buyerReference", "city", "color", "comment", "company", "contact"}
    | {"description", "email", "end", "fax", "homepage", "invoiceEmail", "mobile", "orderDate", "orderNumber", "phone"}
    | {"postCode", "start", "tags", "vatId"}
)
"""Fields that a record may be without once it is made; a time record's end is none of them: it would run."""


SEES_ALL = "ROLE_SUPER_ADMIN"
"""The role that may choose among all users by default."""

EMPTY: tuple[Any, ...] = (MISSING, None, "", [])
"""What an attribute without a value shows."""


def _emptiable(context: ProbeContext, subject: Subject, life: Created) -> Mapping[str, Any]:
    """Return values for what may be taken from a record again; none where it cannot be changed and read."""
    kind = subject.kind
    if kind.change is None or kind.read is None or not context.profile_at_least("standard"):
        return {}
    known = EMPTIABLE - life.withheld - ({"end"} if kind.name == "timesheets" else set())
    known &= {field.name for field in kind.fields(kind.change)} & life.sent.keys()
    return {name: pair[0] for name, pair in allowed(context, subject).items() if name in known}


def _empty(
    context: ProbeContext, subject: Subject, made: Exchange, full: Mapping[str, Any], *, owned: bool = True
) -> tuple[Exchange, Mapping[str, Any]] | None:
    """Empty by one change what a record was made with: one field by null, the next by an empty text.

    `owned`: it also gets another owner, where it is a time record of somebody who may choose among all.
    """
    kind, number, body = subject.kind, ident(made), made.json_or_none()
    held = [name for name in sorted(full) if attribute(body, name) not in EMPTY]
    if not held or kind.change is None or number is None:
        return None
    values: dict[str, Any] = {name: None if place % 2 == 0 else "" for place, name in enumerate(held)}
    if owned and kind.name == "timesheets" and subject.actor.role == SEES_ALL and context.weakest != subject.actor:
        values["user"] = context.weakest.user_id
    return context.session(subject.actor).patch(kind.path(kind.change, number), json=values), values


def _another_user(context: ProbeContext, kind: Resource) -> Mapping[str, Any]:
    """Return the user that a rate is for where there may be one a user: others than those of other probes."""
    apart = kind.parent is not None and "user" in {field.name for field in kind.fields(kind.create)}
    return {"user": context.actors[1].user_id} if apart and len(context.actors) > 1 else {}


def refused_changes(
    context: ProbeContext, subject: Subject, bad: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, Changed]]:
    """Send a valid attribute with bad ones, by a word for them, and look. Raises Refused.

    One look serves all of them; where it shows something else than before, each is sent again with a look of its own.
    """
    kind, number = subject.kind, created(context, subject).number
    if kind.change is None or kind.read is None or number is None:
        return
    before = body_of(read(context, subject, number))
    sent = {word: _refused_change(context, subject, number, fields) for word, fields in bad.items()}
    after = body_of(read(context, subject, number))
    alone = after != before
    for word, fields in bad.items():
        if alone:
            sent[word] = _refused_change(context, subject, number, fields)
            before, after = after, body_of(read(context, subject, number))
        yield word, Changed(sent[word][0], before, sent[word][1], after)


def _refused_change(
    context: ProbeContext, subject: Subject, number: int, fields: Mapping[str, Any]
) -> tuple[Mapping[str, Any], Exchange]:
    """Send a valid text with bad attributes; return the text by its attribute, and the answer."""
    kind = subject.kind
    assert kind.change is not None
    valid = {text_of(kind): context.name("not to be stored")}
    return valid, context.session(subject.actor).patch(kind.path(kind.change, number), json={**valid, **fields})


def refused_create(context: ProbeContext, subject: Subject) -> tuple[Exchange, Exchange, bool] | None:
    """Send a create with an attribute that does not exist, and look: the answer, the list, whether the record is there.

    None where the kind has no list, or no text to know a record by. Raises Refused.
    """
    kind = subject.kind
    text = text_of(kind)
    if text not in {field.name for field in kind.fields(kind.create)}:
        return None
    word = context.name("not to be made")
    fields = {text: word, "conformanceUnknown": "x", **shown(kind), **in_scope(context, subject, "02-13")}
    answer = create(context, kind, fields, actor=subject.actor)
    listing, _ = find(context, subject, 0)
    rows = listing.json_or_none() if listing is not None else None
    if listing is None or not isinstance(rows, list):
        return None
    return answer, listing, any(attribute(row, text) == word for row in rows)
