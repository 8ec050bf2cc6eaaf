"""What the lines of a ledger amount to: the same in memory as read again from disk, event by event."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.exchange import Ledger
from conformance.exchange.cleanup.report import describe
from conformance.exchange.guard.kinds import Kind
from conformance.exchange.ownership.ledger import Contents, Fate, Intent, Made, read
from conformance.exchange.ownership.seal import SEAL
from conformance.model import mark_of
from tests.conftest import Clock

HEADER = {
    "run": "t35t",
    "url": "http://kimai.test",
    "actors": [{"name": "a", "user_id": 3}, {"name": "b", "user_id": None}, {"name": "c"}],
}
NOW = 1782907200.0
"""2026-07-01T12:00:00 UTC."""


def values(kind: Kind = Kind.TAG, **more: Any) -> dict[str, Any]:
    sent: dict[str, Any] = {"operation": "POST /api/tags", "kind": kind, "actor": "a", "path": "/api/tags"}
    return {**sent, "sent": {"name": "x"}, "parent": None, "floor": 4, **more}


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    """A ledger in a file, at a known time."""
    clock("2026-07-01T12:00:00+00:00")
    result = Ledger(tmp_path / "ledger-main.jsonl", HEADER, key=b"k")
    yield result
    result.close()


def again(ledger: Ledger) -> Contents:
    """Return what the file says, after it was seen to be what the ledger says."""
    assert ledger.path is not None
    result = read(ledger.path, b"k")
    result.header.pop(SEAL)
    assert result == ledger.contents
    return result


def test_the_header_says_whose_run_it_is(ledger: Ledger) -> None:
    contents = again(ledger)
    assert contents.header["ledger"] == 2
    assert contents.header["started"] == NOW
    assert contents.header["url"] == "http://kimai.test"
    assert contents.mark == mark_of("t35t")
    assert contents.user_ids() == {3}
    assert Contents().mark == ""
    assert Contents().user_ids() == set()
    assert contents.empty
    assert not contents.finished


def test_an_intent_has_all_that_finds_its_record_again(ledger: Ledger) -> None:
    more = {"owner": 7, "copied": {"description": "d"}, "credentials": "bad", "valid": False, "parent": 9}
    first, second = ledger.intend(**values(Kind.CUSTOMER_RATE, **more)), ledger.intend(**values())
    contents = again(ledger)
    assert contents.intents[first] == Intent(
        first, NOW, "POST /api/tags", Kind.CUSTOMER_RATE, "a", "/api/tags", {"name": "x"}, 9, 4, 7,
        {"description": "d"}, "bad", False, None, None, Fate.OPEN,
    )  # fmt: skip
    plain = contents.intents[second]
    assert (plain.owner, plain.copied, plain.credentials, plain.valid) == (None, {}, "good", True)
    assert first != second
    assert [intent.number for intent in contents.open_intents] == [first, second]
    assert not contents.empty


@pytest.mark.parametrize(
    ("status", "named", "unanswered"),
    [(None, None, True), (502, None, True), (504, None, True), (503, None, False), (408, None, False),
     (404, None, False), (200, None, False), (None, 5, False), (502, 5, False)],
)  # fmt: skip
def test_what_may_still_be_carried_out(ledger: Ledger, status: int | None, named: int | None, unanswered: bool) -> None:
    number = ledger.intend(**values())
    if (status, named) != (None, None):
        ledger.answered(number, status, named)  # type: ignore[arg-type]
    intent = again(ledger).intents[number]
    assert (intent.status, intent.named, intent.fate) == (status, named, Fate.OPEN)
    assert intent.unanswered is unanswered


@pytest.mark.parametrize("fate", ["refused", "settled", "made"])
def test_what_became_of_a_create_is_no_longer_open(ledger: Ledger, fate: str) -> None:
    number, other = ledger.intend(**values()), ledger.intend(**values())
    if fate == "refused":
        ledger.refused(number, 403)
    elif fate == "settled":
        ledger.settled(number, "why")
    else:
        ledger.made(number, Kind.TAG, 5)
    contents = again(ledger)
    assert contents.intents[number].fate == fate
    assert contents.intents[number].status == {"refused": 403, "settled": None, "made": 200}[fate]
    assert not contents.intents[number].unanswered
    assert [intent.number for intent in contents.open_intents] == [other]
    ledger.settled(other, "why")
    assert again(ledger).empty is (fate != "made")


def test_a_made_record_is_the_runs_until_it_is_disowned(ledger: Ledger) -> None:
    number = ledger.intend(**values())
    ledger.made(number, Kind.TAG, 5, parent=9, actor="a", name="x")
    made = Made(Kind.TAG, 5, NOW, 9, "a", "x", number, False)
    assert again(ledger).made == {(Kind.TAG, 5): made}
    assert ledger.get(Kind.TAG, 5) == made
    assert (ledger.get(Kind.TEAM, 5), ledger.claims(Kind.TAG, 5), ledger.claims(Kind.TAG, 6)) == (None, True, False)
    ledger.proved(Kind.TAG, 5)
    ledger.proved(Kind.TAG, 6)  # of another process
    assert again(ledger).made[Kind.TAG, 5].proved
    assert len(ledger.contents.made) == 1
    ledger.disowned(Kind.TAG, 5, "it is somebody's")
    ledger.disowned(Kind.TAG, 6, "that too")
    contents = again(ledger)
    assert contents.made == {}
    assert contents.disowned == {(Kind.TAG, 5): "it is somebody's", (Kind.TAG, 6): "that too"}
    intent = contents.intents[number]
    assert (intent.fate, intent.named) == (Fate.OPEN, 5)


def test_what_is_deleted_stays_claimed_and_is_not_alive(ledger: Ledger) -> None:
    for ident, kind in ((5, Kind.TAG), (6, Kind.TEAM), (7, Kind.TAG)):
        ledger.made("", kind, ident)
    ledger.gone(Kind.TAG, 5)
    assert ledger.path is not None
    before = ledger.path.read_bytes()
    ledger.gone(Kind.TAG, 5)
    assert ledger.path.read_bytes() == before  # once
    assert again(ledger).gone == {(Kind.TAG, 5)}
    assert [made.ident for made in ledger.alive()] == [6, 7]
    assert [made.ident for made in ledger.alive(Kind.TAG)] == [7]
    assert ledger.claims(Kind.TAG, 5)
    assert not ledger.contents.empty
    ledger.gone(Kind.TEAM, 6)
    ledger.gone(Kind.TAG, 7)
    assert again(ledger).empty


def test_what_stays_is_named_on_one_short_line() -> None:
    """A comment's name is its text."""
    record = Made(Kind.CUSTOMER_COMMENT, 5, NOW, name="first line\nsecond line, " + "long" * 30)
    assert describe(record) == "customer_comment 5 (first line second line, " + "long" * 9 + "…)"


def test_texts_of_a_record_are_kept_in_order(ledger: Ledger) -> None:
    for text in ("a", "b"):
        ledger.worded(Kind.TIMESHEET, 5, text)
    ledger.worded(Kind.TIMESHEET, 6, "c")
    assert again(ledger).texts == {(Kind.TIMESHEET, 5): ("a", "b"), (Kind.TIMESHEET, 6): ("c",)}


def test_what_belongs_to_an_actor_is_kept_until_it_is_put_back(ledger: Ledger) -> None:
    number = ledger.before("a", "/api/users/3", "profile", {"alias": "b"}, ("timezone",))
    saved = again(ledger).before[number]
    assert (saved.number, saved.when, saved.actor, saved.path, saved.how, saved.values) == (
        number, NOW, "a", "/api/users/3", "profile", {"alias": "b"}
    )  # fmt: skip
    assert (list(saved.preferences), saved.written, saved.unanswered) == (["timezone"], (), None)
    assert not ledger.contents.empty
    ledger.wrote(number, {"alias": "c"})
    assert again(ledger).before[number].unanswered == NOW
    ledger.written(number, {"alias": "C"})
    saved = again(ledger).before[number]
    assert (saved.written, saved.unanswered) == (({"alias": "c"}, {"alias": "C"}), None)
    ledger.wrote("unknown", {})
    other = ledger.before("a", "/api/users/3", "profile", {})
    assert other != number
    ledger.restored(number)
    ledger.restored("unknown")
    assert list(again(ledger).before) == [other]
    ledger.restored(other)
    assert again(ledger).empty


def test_a_finished_clean_up_is_undone_by_a_new_create(ledger: Ledger) -> None:
    ledger.finished()
    assert again(ledger).finished
    ledger.intend(**values())
    assert not again(ledger).finished


def test_a_line_about_an_unknown_create_changes_nothing(ledger: Ledger) -> None:
    before = ledger.intend(**values())
    ledger.refused("unknown", 403)
    ledger.settled("unknown", "why")
    ledger.answered("unknown", 500)
    assert list(again(ledger).intents) == [before]
    assert ledger.contents.intents[before].fate is Fate.OPEN


def test_whoever_waits_for_a_ledger_gets_it(tmp_path: Path) -> None:
    path = tmp_path / "ledger-main.jsonl"
    first = Ledger(path, HEADER)
    first.close()
    second = Ledger(path, wait=-1)
    second.contents.header.pop(SEAL)
    assert second.contents == first.contents
    second.close()
