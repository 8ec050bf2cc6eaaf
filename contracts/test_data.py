"""A record's life: what is sent is stored, read, listed, changed alone, and gone when it is deleted.

Source: OpenAPI definition; RFC 5789, section 2; RFC 9110, sections 9.2 and 15.5.
"""

from __future__ import annotations

from collections.abc import Collection as Names
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from conformance.probes import Collection, Lab
from conformance.probes.bodies import Subject
from conformance.probes.comparing import COMPUTED, changed_besides, differences, kept, short
from conformance.probes.kinds import kind_named, kinds
from conformance.probes.life import (
    Changed,
    body_of,
    born,
    changes,
    gone,
    refused_changes,
    refused_create,
    switched_off,
)
from conformance.probes.making import attribute
from conformance.verdict import Judge, clause
from conformance.words import Exchange
from contracts.grid import at_least, spread

OWN = " as its owner"
"""Ends the label of the items that ask a kind as a plain user instead of as the strongest actor."""

SMOKE = ("customers", "timesheets")

UNKNOWN = "an unknown attribute"

BAD: Mapping[str, Mapping[str, Any]] = {
    UNKNOWN: {"conformanceUnknown": "x"},
    "a bad value": {"color": "no colour at all"},
    "a bad reference": {"activity": "none"},
}
"""What makes a change invalid; the second for kinds with a colour, the third for time records."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item a kind, and one more for time records as their plain owner."""
    spread(metafunc, "subject", subjects, "data")


def subjects(known: Collection) -> Iterator[str]:
    """Return the kinds of the run's own records; users are another's to make."""
    for kind in kinds(known.index):
        if kind.name != "users" and (at_least(known, "standard") or kind.name in SMOKE):
            yield kind.name
            if kind.name == "timesheets" and len(known.actors) > 1 and at_least(known, "standard"):
                yield kind.name + OWN


def subject_of(lab: Lab, label: str) -> Subject:
    """Return the subject of an item."""
    kind = kind_named(lab.index, label.removesuffix(OWN))
    assert kind is not None
    return Subject(label, kind, lab.plainest if label.endswith(OWN) else lab.strongest)


@clause("definition.bodies-accepted")
def test_full_body_is_accepted(lab: Lab, judge: Judge, subject: str) -> None:
    """A create with every field of the form is accepted."""
    about = subject_of(lab, subject)
    life = born(lab, about)
    fields = ", ".join(refused_fields(life.made)) if not life.made.ok else ""
    judge.check(
        life.made.ok, operation=about.kind.create.label, role=about.actor.role, field=fields, value="every field",
        expected="accepted", got="accepted" if life.made.ok else str(life.made.status), exchange=life.made,
    )  # fmt: skip


def refused_fields(exchange: Exchange) -> list[str]:
    """Return the fields that a refusal names."""
    children = attribute(exchange.json_or_none(), "errors.children")
    return [name for name, told in children.items() if told] if isinstance(children, dict) else []


def unborn(lab: Lab, judge: Judge, about: Subject) -> bool:
    """Say where a record with every field was not accepted: its own check fails, the others cannot be asked."""
    life = born(lab, about)
    if life.number is None:
        label, status = about.kind.create.label, life.made.status
        judge.skip(f"the create with every field was answered {status}", operation=label)
    return life.number is None


@clause("data.sent-is-stored")
def test_sent_is_stored(lab: Lab, judge: Judge, subject: str) -> None:
    """Every value that was sent is in the answer, and in the record when it is read."""
    about = subject_of(lab, subject)
    if unborn(lab, judge, about):
        return
    life, create = born(lab, about), about.kind.create
    shown = {**lab.index.reads_back(create), **({"members": "members"} if "members" in life.sent else {})}
    for name, sent in life.sent.items():
        if name not in shown:
            continue
        for exchange in filter(None, (life.made, life.read)):
            body = exchange.json_or_none()
            stored = kept(name, sent, body, shown[name])
            judge.check(
                stored, operation=exchange.operation, field=name, role=about.actor.role, expected="as sent",
                got="as sent" if stored else seen(body, shown[name]), exchange=exchange, value=str(sent)[:40],
            )  # fmt: skip


def seen(body: Any, path: str) -> str:
    """Return what a body shows at a path as a canonical word."""
    return short(attribute(body, path))


@clause("datetime.date-kept")
def test_days_are_kept(lab: Lab, judge: Judge, subject: str) -> None:
    """A day that was sent is the same day in the answer, and when it is read."""
    about = subject_of(lab, subject)
    days = [field.name for field in lab.index.date_fields(about.kind.create)]
    if not days:
        judge.skip("not observable: this kind has no days", operation=about.kind.create.label)
        return
    if unborn(lab, judge, about):
        return
    life = born(lab, about)
    for name in (name for name in days if name in life.sent):
        for exchange in filter(None, (life.made, life.read)):
            got = str(attribute(exchange.json_or_none(), name))[:10]
            judge.check(
                got == life.sent[name], operation=exchange.operation, field=name, role=about.actor.role,
                value=str(life.sent[name]), expected="the same day",
                got="the same day" if got == life.sent[name] else "another day", exchange=exchange,
            )  # fmt: skip


@clause("data.read-is-answered")
def test_read_is_as_answered(lab: Lab, judge: Judge, subject: str) -> None:
    """Reading shows what the answers of create and change showed."""
    about = subject_of(lab, subject)
    if unborn(lab, judge, about):
        return
    life = born(lab, about)
    if life.read is None:
        judge.skip("not observable: this kind cannot be read on its own", operation=about.kind.create.label)
        return
    agree(judge, about, life.made, unlike(body_of(life.made), body_of(life.read)), life.read)
    for change in changes(lab, about):
        if change.answer.ok:
            agree(judge, about, change.answer, list(change.silent), change.answer)


def agree(judge: Judge, about: Subject, written: Exchange, different: Names[str], shown: Exchange) -> None:
    """Judge that what was written reads the same: one place where it does, one an attribute where not."""
    for name in different:
        judge.check(
            False, operation=written.operation, field=name, role=about.actor.role, expected="the same when read",
            got="different when read", exchange=shown,
        )  # fmt: skip
    if not different:
        judge.check(True, operation=written.operation, role=about.actor.role, expected="the same", got="the same")


def unlike(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Return the attributes that two views of a record show differently; "the record" where one shows nothing."""
    return [*differences(one, other), *([] if one and other else ["the record"])]


@clause("data.listed")
def test_new_record_is_listed(lab: Lab, judge: Judge, subject: str) -> None:
    """A new record is in its list, with the values that its create answered."""
    about = subject_of(lab, subject)
    if unborn(lab, judge, about):
        return
    life = born(lab, about)
    if about.kind.listing is None or life.listing is None:
        judge.skip("not observable: this kind has no list", operation=about.kind.create.label)
        return
    other = list(differences(life.listed or {}, body_of(life.made)))
    got = "not listed" if life.listed is None else "listed with other values" if other else "listed"
    got = "listed several times" if got == "listed" and life.twins > 0 else got
    judge.check(
        got == "listed", operation=about.kind.listing.label, field=", ".join(other), role=about.actor.role,
        expected="listed", got=got, exchange=life.listing,
    )  # fmt: skip


@clause("attribute.forms-agree")
def test_list_and_record_agree(lab: Lab, judge: Judge, subject: str) -> None:
    """What a list shows of a record is what the record shows; so do the recent time records."""
    about = subject_of(lab, subject)
    if unborn(lab, judge, about):
        return
    life = born(lab, about)
    whole = body_of(life.read) if life.read is not None else body_of(life.made)
    if life.listed is None or life.listing is None:
        judge.skip("this kind was not found in a list", operation=about.kind.create.label)
        return
    for listing, row in ((life.listing, life.listed), *([life.recent] if life.recent else [])):
        as_in_record(judge, about, listing, differences(row, whole))


def as_in_record(judge: Judge, about: Subject, listing: Exchange, different: Names[str]) -> None:
    """Judge that a list shows a record as it is: one place where it does, one an attribute where not."""
    for name in different:
        judge.check(
            False, operation=listing.operation, field=name, role=about.actor.role, expected="as in the record",
            got="different", exchange=listing,
        )  # fmt: skip
    if not different:
        judge.check(
            True, operation=listing.operation, role=about.actor.role, expected="as in the record",
            got="as in the record",
        )  # fmt: skip


@clause("attribute.forms-agree")
def test_list_and_record_agree_on_flags(lab: Lab, judge: Judge, subject: str) -> None:
    """A record whose flags are all off is listed with its flags off, and what is not set as not set."""
    about = subject_of(lab, subject)
    if about.kind.listing is None or subject.endswith(OWN) or not flags_of(about):
        judge.skip("not observable: this kind has no list, or no flags", operation=about.kind.create.label)
        return
    off = switched_off(lab, about, flags_of(about))
    if off.listed is None or off.listing is None:
        judge.skip("the record was not made or not found in a list", operation=about.kind.listing.label)
        return
    as_in_record(judge, about, off.listing, differences(off.listed, body_of(off.made)))


def flags_of(about: Subject) -> list[str]:
    """Return the flags that an actor sends when a record is made."""
    fields = about.kind.fields(about.kind.create) if about.strong else ()
    return [field.name for field in fields if field.types == ("boolean",)]


@clause("data.patch-stored")
def test_change_is_stored(lab: Lab, judge: Judge, subject: str) -> None:
    """A value that was accepted in a change is in the record when it is read."""
    about = subject_of(lab, subject)
    if about.kind.change is None or unborn(lab, judge, about):
        skip_unchangeable(judge, about)
        return
    shown = {**lab.index.reads_back(about.kind.change), "members": "members"}
    for change in changes(lab, about):
        if change.answer.ok and change.field in shown:
            stored = kept(change.field, change.sent, change.after, shown[change.field])
            judge.check(
                stored, operation=about.kind.change.label, field=change.field, role=about.actor.role,
                expected="as sent", got="as sent" if stored else seen(change.after, shown[change.field]),
                exchange=change.answer,
            )  # fmt: skip
        elif not change.answer.ok:
            judge.on("definition.bodies-accepted").check(
                False, operation=about.kind.change.label, field=change.field, role=about.actor.role,
                expected="accepted", got=str(change.answer.status), exchange=change.answer,
            )  # fmt: skip
    skip_unchangeable(judge, about)


@clause("data.patch-only-sent")
def test_change_leaves_the_rest(lab: Lab, judge: Judge, subject: str) -> None:
    """A change of one attribute leaves all others as they were; what becomes of booleans is ruled elsewhere."""
    about = subject_of(lab, subject)
    if about.kind.change is None or unborn(lab, judge, about):
        skip_unchangeable(judge, about)
        return
    for change in changes(lab, about):
        besides = unasked(about, change)
        for name in besides:
            judge.check(
                False, operation=about.kind.change.label, field=name, role=about.actor.role,
                value=f"{change.field} sent", expected="unchanged", got=short(change.shown.get(name, "missing")),
                exchange=change.answer,
            )  # fmt: skip
        if not besides:
            judge.check(
                True, operation=about.kind.change.label, role=about.actor.role, value=f"{change.field} sent",
                expected="unchanged", got="unchanged",
            )  # fmt: skip
    skip_unchangeable(judge, about)


def unasked(about: Subject, change: Changed) -> list[str]:
    """Return what a change changed besides what was sent, in its answer or without showing it; flags apart."""
    flags = {field.name for field in about.kind.fields(about.kind.change) if field.types == ("boolean",)}
    silent = change.silent.keys() - COMPUTED - {change.field}
    return sorted({*changed_besides(change.before, change.shown, change.field), *silent} - flags)


def skip_unchangeable(judge: Judge, about: Subject) -> None:
    """Say where a kind cannot be changed, or where nothing could be asked."""
    if not judge.places:
        judge.skip("not observable: this kind cannot be changed and read", operation=about.kind.create.label)


@clause("data.deleted")
def test_deleted_is_gone(lab: Lab, judge: Judge, subject: str) -> None:
    """A deleted record cannot be read, and no list has it."""
    about = subject_of(lab, subject)
    end = gone(lab, about)
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
    if end.read is not None:
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
def test_deleting_again(lab: Lab, judge: Judge, subject: str) -> None:
    """Deleting what is deleted is 404."""
    about = subject_of(lab, subject)
    end = gone(lab, about)
    if end is None or about.kind.delete is None or not end.deleted.ok:
        judge.skip("no record of this kind can be made and deleted", operation=about.kind.create.label)
        return
    judge.check(
        end.again.status == 404, operation=about.kind.delete.label, role=about.actor.role, value="a second time",
        expected="404", got=str(end.again.status), exchange=end.again,
    )  # fmt: skip


@clause("data.reads-are-safe")
def test_reads_are_safe(lab: Lab, judge: Judge, subject: str) -> None:
    """Reading a record twice gives twice what its create answered: of one that is hidden and all off, too."""
    about = subject_of(lab, subject)
    off = switched_off(lab, about, flags_of(about))
    if not off.readings or about.kind.read is None:
        judge.skip("not observable: this kind cannot be read on its own", operation=about.kind.create.label)
        return
    bodies = [body_of(exchange) for exchange in (off.made, *off.readings)]
    same = all(body == bodies[0] for body in bodies) and bool(bodies[0])
    judge.check(
        same, operation=about.kind.read.label, role=about.actor.role, expected="the same",
        got="the same" if same else "different", exchange=off.readings[-1],
    )  # fmt: skip


@clause("data.refused-changes-nothing")
def test_refused_create_makes_nothing(lab: Lab, judge: Judge, subject: str) -> None:
    """A create that was refused has made nothing."""
    about = subject_of(lab, subject)
    seen = refused_create(lab, about) if lab.beyond("standard") and not subject.endswith(OWN) else None
    if seen is None or seen[0].status != 400:
        judge.skip("not observable: it has no list, or was not refused", operation=about.kind.create.label)
        return
    answer, listing, there = seen
    judge.check(
        not there, operation=about.kind.create.label, role=about.actor.role, value=UNKNOWN,
        expected="nothing made", got="listed" if there else "nothing made", exchange=answer if there else listing,
    )  # fmt: skip


@clause("data.refused-changes-nothing")
def test_refused_change_changes_nothing(lab: Lab, judge: Judge, subject: str) -> None:
    """A change that was refused for one attribute has not stored the others."""
    about = subject_of(lab, subject)
    if about.kind.change is None or unborn(lab, judge, about):
        skip_unchangeable(judge, about)
        return
    known = {field.name for field in about.kind.fields(about.kind.change)}
    bad = {word: fields for word, fields in BAD.items() if word == UNKNOWN or known >= fields.keys()}
    for word, change in refused_changes(lab, about, bad):
        besides = changed_besides(change.before, change.after, "")
        if not change.answer.ok:
            judge.check(
                not besides and bool(change.after), operation=about.kind.change.label, field=", ".join(besides),
                role=about.actor.role, value=word, expected="unchanged", got="changed" if besides else "unchanged",
                exchange=change.answer,
            )  # fmt: skip
    skip_unchangeable(judge, about)
