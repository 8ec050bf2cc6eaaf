"""The end of a record's life, and what must not change it: deleted records, reads, and refused requests.

Source: OpenAPI definition; RFC 5789, section 2; RFC 9110, sections 9.2 and 15.5.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from conformance.probes import ProbeContext
from conformance.probes.records.comparing import equal_unordered, unexpected_changes
from conformance.probes.records.creating import attribute
from conformance.probes.records.deletion import EMPTY, deleted, refused_changes, refused_create
from conformance.probes.records.lifecycle import body_of, switched_off
from conformance.probes.records.orphans import orphans
from conformance.verdict import Judge, clause
from contracts.lifecycle_cases import OWN, flags_of, skip_unchangeable, subject_of, subjects, unborn
from contracts.parametrize import parametrize_by

UNKNOWN = "an unknown attribute"

BAD: Mapping[str, Mapping[str, Any]] = {
    UNKNOWN: {"conformanceUnknown": "x"},
    "a bad value": {"color": "no colour at all"},
    "a bad reference": {"activity": "none"},
}
"""What makes a change invalid; the second for kinds with a colour, the third for time records."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item a kind, and one more for time records as their plain owner."""
    parametrize_by(metafunc, "subject", subjects, "data")


@clause("data.deleted")
def test_deleted_is_gone(context: ProbeContext, judge: Judge, subject: str) -> None:
    """A deleted record cannot be read, and no list has it."""
    about = subject_of(context, subject)
    end = deleted(context, about)
    if end is None or about.kind.delete is None:
        judge.skip("no record of this kind can be made and deleted", operation=about.kind.create.label)
        return
    label, role = about.kind.delete.label, about.actor.role
    if end.deleted.status in (403, 404, 405):
        judge.skip(f"this role may not delete it here: {end.deleted.status}", operation=label, role=role)
        return
    judge.check(
        end.deleted.ok, operation=label, role=role, expected="accepted",
        got="accepted" if end.deleted.ok else str(end.deleted.status), exchange=end.deleted,
    )  # fmt: skip
    if end.read is not None and end.before == 403:
        judge.skip("this actor may not read what they made (403)", operation=label, role=role)
    elif end.read is not None:
        judge.check(
            end.before == 200 and end.read.status == 404, operation=label, role=role, value="read", expected="404",
            got=str(end.read.status), exchange=end.read, reason=f"before: {end.before}",
        )  # fmt: skip
    if end.still_listed is not None:
        judge.check(
            not end.still_listed, operation=label, role=role, value="list", expected="not listed",
            got="listed" if end.still_listed else "not listed", exchange=end.deleted,
        )  # fmt: skip
    if end.spared is not None:
        judge.check(
            end.spared, operation=label, role=role, value="another record of its kind", expected="still listed",
            got="still listed" if end.spared else "gone", exchange=end.deleted,
        )  # fmt: skip


@clause("data.delete-again")
def test_deleting_again(context: ProbeContext, judge: Judge, subject: str) -> None:
    """Deleting what is deleted is 404."""
    about = subject_of(context, subject)
    end = deleted(context, about)
    if end is None or about.kind.delete is None or not end.deleted.ok:
        judge.skip("no record of this kind can be made and deleted", operation=about.kind.create.label)
        return
    judge.check(
        end.again.status == 404, operation=about.kind.delete.label, role=about.actor.role, value="a second time",
        expected="404", got=str(end.again.status), exchange=end.again,
    )  # fmt: skip


@clause("data.patch-stored")
def test_emptied_is_empty(context: ProbeContext, judge: Judge, subject: str) -> None:
    """What a change emptied, by null or by an empty text, is empty in its answer and when the record is read.

    A time record that was given to another user is that user's.
    """
    about = subject_of(context, subject)
    end = deleted(context, about)
    if end is None or end.emptied is None or about.kind.change is None:
        judge.skip("not observable: nothing can be taken from a record of this kind", operation=about.kind.create.label)
        return
    answer, values = end.emptied
    if not answer.ok:
        judge.skip(f"emptying is answered {answer.status}", operation=about.kind.change.label, role=about.actor.role)
        return
    for name, sent in values.items():
        allowed = (sent,) if sent else EMPTY
        left = [item for item in (answer, end.first) if item and attribute(body_of(item), name) not in allowed]
        judge.check(
            not left, operation=about.kind.change.label, field=name, role=about.actor.role,
            value="null" if sent is None else "another" if sent else "an empty text", expected="as sent",
            got="not stored" if left else "as sent", exchange=left[0] if left else answer,
        )  # fmt: skip


@clause("data.reads-are-safe")
def test_reads_are_safe(context: ProbeContext, judge: Judge, subject: str) -> None:
    """Reading a record twice gives twice what its create answered: of one that is hidden and all off, too."""
    about = subject_of(context, subject)
    off = switched_off(context, about, flags_of(about))
    if not off.readings or about.kind.read is None:
        judge.skip("not observable: this kind cannot be read on its own", operation=about.kind.create.label)
        return
    bodies = [body_of(exchange) for exchange in (off.made, *off.readings)]
    same = all(equal_unordered(body, bodies[0]) for body in bodies) and bool(bodies[0])
    judge.check(
        same, operation=about.kind.read.label, role=about.actor.role, expected="the same",
        got="the same" if same else "different", exchange=off.readings[-1],
    )  # fmt: skip


@clause("data.refused-changes-nothing")
def test_refused_create_makes_nothing(context: ProbeContext, judge: Judge, subject: str) -> None:
    """A create that was refused has made nothing."""
    about = subject_of(context, subject)
    seen = (
        refused_create(context, about) if context.profile_at_least("standard") and not subject.endswith(OWN) else None
    )
    if seen is None or seen[0].status != 400:
        judge.skip("not observable: it has no list, or was not refused", operation=about.kind.create.label)
        return
    answer, listing, there = seen
    judge.check(
        not there, operation=about.kind.create.label, role=about.actor.role, value=UNKNOWN,
        expected="nothing made", got="listed" if there else "nothing made", exchange=answer if there else listing,
    )  # fmt: skip


@clause("data.refused-changes-nothing")
def test_refused_change_changes_nothing(context: ProbeContext, judge: Judge, subject: str) -> None:
    """A change that was refused for one attribute has not stored the others."""
    about = subject_of(context, subject)
    if about.kind.change is None or unborn(context, judge, about):
        skip_unchangeable(judge, about)
        return
    known = {field.name for field in about.kind.fields(about.kind.change)}
    bad = {word: fields for word, fields in BAD.items() if word == UNKNOWN or known >= fields.keys()}
    for word, change in refused_changes(context, about, bad):
        besides = unexpected_changes(change.before, change.after)
        if not change.answer.ok:
            judge.check(
                not besides and bool(change.after), operation=about.kind.change.label, field=", ".join(besides),
                role=about.actor.role, value=word, expected="unchanged", got="changed" if besides else "unchanged",
                exchange=change.answer,
            )  # fmt: skip
    skip_unchangeable(judge, about)


@clause("data.deleted-below")
def test_what_hung_below_is_gone(context: ProbeContext, judge: Judge) -> None:
    """Project, activity and time record of a deleted customer are neither read nor listed, nor their rates."""
    for item in orphans(context):
        judge.check(
            item.gone, operation=item.operation, value=item.what, expected="gone",
            got="gone" if item.gone else str(item.exchange.status), exchange=item.exchange,
        )  # fmt: skip
    if not judge.places:
        judge.skip("the customer could not be deleted", operation="DELETE /api/customers/{id}")
