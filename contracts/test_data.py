"""A record's life: what is sent is stored, read, listed, and changed alone. Its end is asked in test_endings.

Source: OpenAPI definition; RFC 5789, section 2; RFC 9110, sections 9.2 and 15.5.
"""

from __future__ import annotations

from collections.abc import Collection as Names
from collections.abc import Mapping
from typing import Any

import pytest

from conformance.exchange import Refused
from conformance.model import Exchange
from conformance.probes import ProbeContext
from conformance.probes.records.bodies import Subject
from conformance.probes.records.colours import COLOUR, coloured_kinds, colours_seen
from conformance.probes.records.comparing import COMPUTED, differences, is_stored, short, unexpected_changes
from conformance.probes.records.creating import attribute, minimal_body_refused
from conformance.probes.records.lifecycle import Changed, body_of, changes, created, switched_off
from conformance.verdict import Judge, clause
from contracts.lifecycle_cases import OWN, flags_of, skip_unchangeable, subject_of, subjects, unborn
from contracts.parametrize import parametrize_by
from contracts.time_assertions import rounded


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item a kind, and one more for time records as their plain owner."""
    parametrize_by(metafunc, "subject", subjects, "data")


@clause("definition.bodies-accepted")
def test_full_body_is_accepted(context: ProbeContext, judge: Judge, subject: str) -> None:
    """A create with every field of the form is accepted."""
    about = subject_of(context, subject)
    life = created(context, about)
    timed = "begin" in life.sent and not life.made.ok
    if timed and minimal_body_refused(context, about.kind, about.actor, life.sent):
        judge.skip("this actor may not book these times here at all", operation=about.kind.create.label)
        return
    children = attribute(life.made.json_or_none(), "errors.children") if not life.made.ok else None
    refused = [name for name, reported in children.items() if reported] if isinstance(children, dict) else []
    judge.check(
        life.made.ok, operation=about.kind.create.label, role=about.actor.role, field=", ".join(refused),
        value="every field", expected="accepted", got="accepted" if life.made.ok else str(life.made.status),
        exchange=life.made,
    )  # fmt: skip
    for name in sorted(life.withheld):
        judge.skip(
            "the rights of this instance keep it from this actor", operation=about.kind.create.label, field=name,
            role=about.actor.role,
        )  # fmt: skip


@clause("data.sent-is-stored")
def test_sent_is_stored(context: ProbeContext, judge: Judge, subject: str) -> None:
    """Every value that was sent is in the answer, and in the record when it is read."""
    about = subject_of(context, subject)
    if unborn(context, judge, about):
        return
    life, create = created(context, about), about.kind.create
    shown = {**context.index.reads_back(create), **({"members": "members"} if "members" in life.sent else {})}
    for name, sent in life.sent.items():
        if name not in shown:
            continue
        for exchange in filter(None, (life.made, life.read)):
            body = exchange.json_or_none()
            stored = is_stored_or_rounded(context, about, name, sent, body, shown[name])
            judge.check(
                stored, operation=exchange.operation, field=name, role=about.actor.role, expected="as sent",
                got="as sent" if stored else short(attribute(body, shown[name])), exchange=exchange,
                value=str(sent)[:40],
            )  # fmt: skip


def is_stored_or_rounded(context: ProbeContext, about: Subject, name: str, sent: Any, body: Any, path: str) -> bool:
    """Whether a body shows the value that was sent; the times of a record may have been rounded by the instance."""
    timed = about.kind.name == "timesheets"
    return is_stored(name, sent, body, path) or (
        timed and rounded(context, about.actor, name, sent, attribute(body, path))
    )


@clause("datetime.date-kept")
def test_days_are_kept(context: ProbeContext, judge: Judge, subject: str) -> None:
    """A day that was sent in a create or a change is the same day in the answer, and when it is read."""
    about = subject_of(context, subject)
    days = [field.name for field in context.index.date_fields(about.kind.create)]
    if not days:
        judge.skip("not observable: this kind has no days", operation=about.kind.create.label)
        return
    if unborn(context, judge, about):
        return
    life = created(context, about)
    for name in (name for name in days if name in life.sent):
        for exchange in filter(None, (life.made, life.read)):
            same_day(judge, about, exchange, name, life.sent[name], body_of(exchange))
    for change in changes(context, about):
        for name in change.sent.keys() & set(days) if change.answer.ok else ():
            for shown in (change.shown, change.after):
                same_day(judge, about, change.answer, name, change.sent[name], shown)


def same_day(judge: Judge, about: Subject, exchange: Exchange, name: str, sent: Any, shown: Mapping[str, Any]) -> None:
    """Judge that a day that was sent is the one that is shown."""
    alike = str(attribute(shown, name))[:10] == str(sent)[:10]
    judge.check(
        alike, operation=exchange.operation, field=name, role=about.actor.role, value=str(sent),
        expected="the same day", got="the same day" if alike else "another day", exchange=exchange,
    )  # fmt: skip


@clause("data.read-is-answered")
def test_read_is_as_answered(context: ProbeContext, judge: Judge, subject: str) -> None:
    """Reading shows what the answers of create and change showed."""
    about = subject_of(context, subject)
    if unborn(context, judge, about):
        return
    life = created(context, about)
    if life.read is None:
        judge.skip("not observable: this kind cannot be read on its own", operation=about.kind.create.label)
        return
    made, read = body_of(life.made), body_of(life.read)
    different = [*differences(made, read), *([] if made and read else ["the record"])]
    agree(judge, about, life.made, different, life.read)
    for change in changes(context, about):
        if change.answer.ok:
            agree(judge, about, change.answer, list(change.silent), change.answer)


def agree(judge: Judge, about: Subject, written: Exchange, different: Names[str], shown: Exchange) -> None:
    """Judge that what was written reads the same: one place where it does, one an attribute where not."""
    for name in different:
        judge.check(
            False, operation=written.operation, field=name, role=about.actor.role, expected="the same when read",
            got="different when read", exchange=shown, beside=[written] if written is not shown else [],
        )  # fmt: skip
    if not different:
        judge.check(True, operation=written.operation, role=about.actor.role, expected="the same", got="the same")


@clause("data.listed")
def test_new_record_is_listed(context: ProbeContext, judge: Judge, subject: str) -> None:
    """A new record is in its list, with the values that its create answered."""
    about = subject_of(context, subject)
    if unborn(context, judge, about):
        return
    life = created(context, about)
    if about.kind.listing is None or life.listing is None:
        judge.skip("not observable: this kind has no list", operation=about.kind.create.label)
        return
    other = list(differences(life.listed or {}, body_of(life.made)))
    got = "not listed" if life.listed is None else "listed with other values" if other else "listed"
    got = "listed several times" if got == "listed" and life.duplicates > 0 else got
    got = "listed below another parent" if got == "listed" and life.listed_under_other_parent else got
    judge.check(
        got == "listed", operation=about.kind.listing.label, field=", ".join(other), role=about.actor.role,
        expected="listed", got=got, exchange=life.listing,
    )  # fmt: skip


@clause("attribute.forms-agree")
def test_list_and_record_agree(context: ProbeContext, judge: Judge, subject: str) -> None:
    """What a list shows of a record is what the record shows; so do the recent time records."""
    about = subject_of(context, subject)
    if unborn(context, judge, about):
        return
    life = created(context, about)
    whole = body_of(life.read) if life.read is not None else body_of(life.made)
    if life.listed is None or life.listing is None:
        judge.skip("this kind was not found in a list", operation=about.kind.create.label)
        return
    for listing, row in ((life.listing, life.listed), *([life.recent] if life.recent else [])):
        as_in_record(judge, about, listing, differences(row, whole), life.read or life.made)


def as_in_record(judge: Judge, about: Subject, listing: Exchange, different: Names[str], record: Exchange) -> None:
    """Judge that a list shows a record as it is: one place where it does, one an attribute where not."""
    for name in different:
        judge.check(
            False, operation=listing.operation, field=name, role=about.actor.role, expected="as in the record",
            got="different", exchange=listing, beside=[record],
        )  # fmt: skip
    if not different:
        judge.check(
            True, operation=listing.operation, role=about.actor.role, expected="as in the record",
            got="as in the record",
        )  # fmt: skip


@clause("attribute.forms-agree")
def test_list_and_record_agree_on_flags(context: ProbeContext, judge: Judge, subject: str) -> None:
    """A record whose flags are all off is listed with its flags off, and what is not set as not set."""
    about = subject_of(context, subject)
    if about.kind.listing is None or subject.endswith(OWN) or not flags_of(about):
        judge.skip("not observable: this kind has no list, or no flags", operation=about.kind.create.label)
        return
    off = switched_off(context, about, flags_of(about))
    # A hidden record need not be in a list that cannot be asked for it.
    hidden = "visible" in flags_of(about) and about.kind.listing.query("visible") is None
    if off.listing is None or not off.listing.ok or (off.listed is None and hidden):
        judge.skip("the record was not made, or such a list has no hidden ones", operation=about.kind.listing.label)
        return
    if off.listed is None:
        judge.on("data.listed").check(
            False, operation=off.listing.operation, role=about.actor.role, value="all flags off", expected="listed",
            got="not listed", exchange=off.listing,
        )  # fmt: skip
        return
    as_in_record(judge, about, off.listing, differences(off.listed, body_of(off.made)), off.made)
    judge.on("data.listed").check(
        not off.twins, operation=off.listing.operation, role=about.actor.role, value="all flags off", expected="listed",
        got="listed several times" if off.twins else "listed", exchange=off.listing,
    )  # fmt: skip


@clause("data.patch-stored")
def test_change_is_stored(context: ProbeContext, judge: Judge, subject: str) -> None:
    """A value that was accepted in a change is in the record when it is read."""
    about = subject_of(context, subject)
    if about.kind.change is None or unborn(context, judge, about):
        skip_unchangeable(judge, about)
        return
    shown = {**context.index.reads_back(about.kind.change), "members": "members"}
    for change in changes(context, about):
        if change.answer.ok:
            stored_as_sent(context, judge, about, change, shown)
        elif change.answer.status == 403 and created(context, about).sent.get("exported"):
            judge.skip("this actor may not change what is exported", operation=about.kind.change.label)
        elif not change.answer.ok:
            judge.on("definition.bodies-accepted").check(
                False, operation=about.kind.change.label, field=change.fields, role=about.actor.role,
                expected="accepted", got=str(change.answer.status), exchange=change.answer,
            )  # fmt: skip
    skip_unchangeable(judge, about)


def stored_as_sent(
    context: ProbeContext, judge: Judge, about: Subject, change: Changed, shown: Mapping[str, str]
) -> None:
    """Judge that what a change sent is in the record, as far as it shows it: `shown` has the paths."""
    for name in change.sent.keys() & shown.keys():
        stored = is_stored_or_rounded(context, about, name, change.sent[name], change.after, shown[name])
        judge.check(
            stored, operation=change.answer.operation, field=name, role=about.actor.role, expected="as sent",
            got="as sent" if stored else short(attribute(change.after, shown[name])), exchange=change.answer,
        )  # fmt: skip


@clause("data.patch-only-sent")
def test_change_leaves_the_rest(context: ProbeContext, judge: Judge, subject: str) -> None:
    """A change of one attribute leaves all others as they were; what becomes of booleans is ruled elsewhere."""
    about = subject_of(context, subject)
    if about.kind.change is None or unborn(context, judge, about):
        skip_unchangeable(judge, about)
        return
    for change in changes(context, about):
        besides = unasked(about, change)
        for name in besides:
            judge.check(
                False, operation=about.kind.change.label, field=name, role=about.actor.role,
                value=f"{change.fields} sent", expected="unchanged", got=short(change.shown.get(name, "missing")),
                exchange=change.answer,
            )  # fmt: skip
        if not besides:
            judge.check(
                True, operation=about.kind.change.label, role=about.actor.role, value=f"{change.fields} sent",
                expected="unchanged", got="unchanged",
            )  # fmt: skip
    skip_unchangeable(judge, about)


def unasked(about: Subject, change: Changed) -> list[str]:
    """Return what a change changed besides what was sent, in its answer or without showing it; flags apart."""
    flags = {field.name for field in about.kind.fields(about.kind.change) if field.types == ("boolean",)}
    silent = change.silent.keys() - COMPUTED - change.sent.keys()
    return sorted({*unexpected_changes(change.before, change.shown, *change.sent), *silent} - flags)


@clause("data.colour")
def test_colours(context: ProbeContext, judge: Judge) -> None:
    """A colour that was given is shown by every answer, until it is changed; what becomes of none is reported."""
    for kind in coloured_kinds(context):
        try:
            for item in colours_seen(context, kind):
                if not item.promised:
                    judge.observe(operation=item.operation, field=COLOUR, value=item.sent, got=item.got)
                else:
                    judge.check(
                        item.got == item.promised, operation=item.operation, field=COLOUR, value=item.sent,
                        expected=item.promised, got=item.got, exchange=item.exchange,
                    )  # fmt: skip
        except Refused as error:
            judge.skip(error.reason, operation=kind.create.label)
    if not judge.all_places:
        judge.skip("not observable: this instance tells no palette")
