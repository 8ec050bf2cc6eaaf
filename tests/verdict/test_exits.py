"""One test for each row of the table of exit statuses, and their precedence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.model import Exit
from conformance.verdict import Event

Built = Callable[..., dict[str, Any]]
Decided = Callable[..., Event]


def outcome(verdict: dict[str, Any]) -> tuple[str, Exit]:
    return verdict["summary"]["verdict"], Exit(verdict["summary"]["exit_status"])


def test_all_kept_is_conformant(built: Built, core: list[Event]) -> None:
    assert outcome(built(core)) == ("PASS", Exit.CONFORMANT)


def test_known_deviation_is_conformant(built: Built, core: list[Event], place: Decided) -> None:
    events = [*core, place("boolean.absent", "deviation", deviation="d1", got="true")]
    assert outcome(built(events)) == ("PASS WITH KNOWN", Exit.CONFORMANT)


@pytest.mark.parametrize("clause", ["boolean.absent", "data.patch"])
def test_failed_must_or_should_is_not_conformant(built: Built, core: list[Event], place: Decided, clause: str) -> None:
    assert outcome(built([*core, place(clause, "fail")])) == ("FAIL", Exit.NOT_CONFORMANT)


def test_observed_and_skipped_beside_passes_do_not_count(built: Built, core: list[Event], place: Decided) -> None:
    events = [*core, place("boolean.lists", "observed"), place("data.patch", "skipped")]
    assert outcome(built(events)) == ("PASS", Exit.CONFORMANT)


def test_unfit_instance(built: Built) -> None:
    assert outcome(built([], run={"unfit": "it answers HTML"})) == ("UNDECIDED", Exit.UNFIT)


def test_instance_that_went_away(built: Built, core: list[Event]) -> None:
    stop = Event("note", {"text": "stop", "status": 3, "message": "gone", "hint": "look at it"})
    verdict = built([*core[:-1], stop])
    assert outcome(verdict) == ("UNDECIDED", Exit.UNFIT)
    assert verdict["run"]["unfit"] == "gone look at it"


def test_what_a_dying_instance_leaves_undecided_is_told_in_one_message(built: Built, core: list[Event]) -> None:
    stop = Event("note", {"text": "stop", "status": 3, "message": "the token has died", "hint": ""})
    verdict = built([*core[:-1], stop], run={"crashed": True})
    assert outcome(verdict) == ("UNDECIDED", Exit.UNFIT)
    assert len(verdict["summary"]["reasons"]) == 1


@pytest.mark.parametrize(("strict", "status"), [(False, Exit.CONFORMANT), (True, Exit.NOT_CONFORMANT)])
def test_unsteady_counts_where_it_is_strict(
    built: Built, core: list[Event], place: Decided, strict: bool, status: Exit
) -> None:
    verdict = built(
        [*core, place("boolean.absent", "unsteady", reason="first true, then false")], run={"strict": strict}
    )
    assert outcome(verdict)[1] == status
    clause = next(row for row in verdict["clauses"] if row["id"] == "boolean.absent")
    assert (clause["status"], clause["reason"]) == ("unsteady", "first true, then false")
    assert "1 promise kept only once of two times" in verdict["summary"]["sentence"]
    assert not [word for word in ("and kept;", "accepted", "acceptance") if word in verdict["summary"]["sentence"]]


def test_record_left_behind(built: Built, core: list[Event]) -> None:
    verdict = built(core, safety={"left_behind": ["customer 7"]})
    assert outcome(verdict) == ("UNDECIDED", Exit.LEFT_BEHIND)
    assert "customer 7" in verdict["summary"]["reasons"][0]


def test_broken_guard(built: Built, core: list[Event]) -> None:
    stop = Event("note", {"text": "stop", "status": 4, "message": "the canary did not arrive", "hint": ""})
    assert outcome(built([*core, stop])) == ("UNDECIDED", Exit.LEFT_BEHIND)


def test_promised_must_that_was_not_decided(built: Built, core: list[Event]) -> None:
    promised = {"promised": ["auth.missing", "error.no-server-error"]}
    verdict = built(core, plan=promised)
    assert outcome(verdict) == ("UNDECIDED", Exit.UNDECIDED)
    assert verdict["summary"]["undecided"] == ["error.no-server-error"]


def test_promised_must_that_was_skipped(built: Built, core: list[Event], place: Decided) -> None:
    events = [*core, place("error.no-server-error", "skipped", reason="refused by rule 2")]
    assert outcome(built(events, plan={"promised": ["error.no-server-error"]})) == ("UNDECIDED", Exit.UNDECIDED)


def test_promised_must_that_is_not_observable_here(built: Built, core: list[Event], place: Decided) -> None:
    events = [*core, place("error.no-server-error", "skipped", reason="not observable: no such operation")]
    assert outcome(built(events, plan={"promised": ["error.no-server-error"]})) == ("PASS", Exit.CONFORMANT)


@pytest.mark.parametrize("missing", [0, 1, 2, 3])
def test_family_without_a_decided_must(built: Built, core: list[Event], missing: int) -> None:
    events = core[: missing + 1] + core[missing + 2 :]
    assert outcome(built(events, plan={"promised": []})) == ("UNDECIDED", Exit.UNDECIDED)
    assert outcome(built(events, plan={"promised": []}, run={"write": False})) == ("PASS", Exit.CONFORMANT)


def test_strict_wants_every_observable_must(built: Built, core: list[Event], place: Decided) -> None:
    strict = {"strict": True}
    verdict = built(core, run=strict)
    assert outcome(verdict) == ("UNDECIDED", Exit.UNDECIDED)
    assert sorted(why.split(" was")[0] for why in verdict["summary"]["reasons"]) == [
        "strict: definition.types",
        "strict: error.no-server-error",
    ]
    assert outcome(built([*core, place("definition.types"), place("error.no-server-error")], run=strict))[1] == 0
    skipped = built([*core, place("definition.types", "skipped", reason="refused by rule 2")], run=strict)
    assert "strict: definition.types was not decided: refused by rule 2" in skipped["summary"]["reasons"]


def test_strict_leaves_out_what_is_not_observable_here(built: Built, core: list[Event]) -> None:
    plan = {"left_out": [{"what": "error.no-server-error", "why": "not observable on loopback"}]}
    verdict = built(core, run={"strict": True}, plan=plan, definition={"exact": False})
    assert outcome(verdict) == ("PASS", Exit.CONFORMANT)


def test_empty_selection(built: Built) -> None:
    verdict = built([Event("start"), Event("end")], run={"selection_empty": True, "partial": True})
    assert outcome(verdict) == ("UNDECIDED", Exit.UNDECIDED)


def test_run_in_which_nothing_was_decided(built: Built, place: Decided) -> None:
    events = [Event("start"), place("auth.missing", "skipped", reason="x"), Event("end")]
    assert outcome(built(events, run={"partial": True})) == ("UNDECIDED", Exit.UNDECIDED)


def test_selection_in_which_nothing_failed_is_partial(built: Built, place: Decided) -> None:
    events = [Event("start"), place("auth.missing"), Event("end")]
    verdict = built(events, run={"partial": True, "strict": True})
    assert outcome(verdict) == ("PARTIAL", Exit.CONFORMANT)
    assert verdict["summary"]["undecided"] == []


def test_selection_in_which_something_failed(built: Built, place: Decided) -> None:
    events = [Event("start"), place("auth.missing", "fail"), Event("end")]
    assert outcome(built(events, run={"partial": True})) == ("FAIL", Exit.NOT_CONFORMANT)


def test_cut_off_by_the_clock(built: Built, core: list[Event]) -> None:
    assert outcome(built(core[:-1], run={"cut_off": True})) == ("UNDECIDED", Exit.UNDECIDED)


def test_interrupted(built: Built, core: list[Event]) -> None:
    events = [*core[:-1], Event("torn", {"file": "gw0.jsonl", "reason": "the process did not come to its end"})]
    assert outcome(built(events, run={"interrupted": True})) == ("UNDECIDED", Exit.INTERRUPTED)


def test_no_events_is_a_crash(built: Built) -> None:
    verdict = built([])
    assert outcome(verdict) == ("UNDECIDED", Exit.CRASH)
    assert "left no events" in verdict["summary"]["reasons"][0]


def test_torn_events_are_a_crash(built: Built, core: list[Event]) -> None:
    torn = Event("torn", {"file": "gw0.jsonl", "reason": "line 3 is not readable"})
    assert outcome(built([*core, torn])) == ("UNDECIDED", Exit.CRASH)


@pytest.mark.parametrize("crashed", [True, "exit status 3"])
def test_child_that_crashed(built: Built, core: list[Event], crashed: object) -> None:
    assert outcome(built(core, run={"crashed": crashed})) == ("UNDECIDED", Exit.CRASH)


def test_crash_note_is_a_crash(built: Built, core: list[Event]) -> None:
    note = Event("note", {"text": "crash", "where": "test_x", "error": "KeyError: 'id'"})
    verdict = built([*core, note])
    assert outcome(verdict) == ("UNDECIDED", Exit.CRASH)
    assert "test_x: KeyError: 'id'" in verdict["summary"]["reasons"][0]


def test_check_with_an_error_of_its_own_is_a_crash(built: Built, core: list[Event], place: Decided) -> None:
    assert outcome(built([*core, place("data.patch", "error")])) == ("UNDECIDED", Exit.CRASH)


def test_place_of_an_unknown_clause_is_a_crash(built: Built, core: list[Event], place: Decided) -> None:
    verdict = built([*core, place("data.unheard-of", "pass")])
    assert outcome(verdict) == ("UNDECIDED", Exit.CRASH)
    assert "data.unheard-of" in verdict["run"]["crashed"]


PRECEDENCE = [Exit.LEFT_BEHIND, Exit.INTERRUPTED, Exit.CRASH, Exit.UNFIT, Exit.NOT_CONFORMANT, Exit.UNDECIDED]


@pytest.mark.parametrize("first", range(len(PRECEDENCE)))
def test_the_first_that_holds_counts(built: Built, core: list[Event], place: Decided, first: int) -> None:
    """All causes from `first` on hold at once."""
    run: dict[str, Any] = {"cut_off": True}
    safety: dict[str, Any] = {}
    events = list(core)
    if first <= PRECEDENCE.index(Exit.NOT_CONFORMANT):
        events.append(place("boolean.absent", "fail"))
    if first <= PRECEDENCE.index(Exit.UNFIT):
        run["unfit"] = "gone"
    if first <= PRECEDENCE.index(Exit.CRASH):
        run["crashed"] = True
    if first <= PRECEDENCE.index(Exit.INTERRUPTED):
        run["interrupted"] = True
    if first <= PRECEDENCE.index(Exit.LEFT_BEHIND):
        safety["left_behind"] = ["tag 1"]
    assert outcome(built(events, run=run, safety=safety))[1] == PRECEDENCE[first]


# --- what may be demanded beyond


@pytest.mark.parametrize(("least", "status"), [(4, Exit.CONFORMANT), (5, Exit.UNDECIDED)])
def test_least_number_of_decided_promises(built: Built, core: list[Event], least: int, status: Exit) -> None:
    verdict = built(core, run={"min_decided": least})
    assert outcome(verdict)[1] == status
    assert ("--min-decided asks for 5" in "".join(verdict["summary"]["reasons"])) is (least == 5)


@pytest.mark.parametrize("expires", ["2026-11-24", "2027-01-01"])
def test_strict_run_fails_for_an_acceptance_that_is_unused_or_expired(
    built: Built, core: list[Event], tmp_path: Path, expires: str
) -> None:
    path = tmp_path / "accept.toml"
    path.write_text(f'[[accept]]\nfingerprint = "ffffffffffff"\nreason = "old"\nexpires = {expires}\n', "utf-8")
    assert outcome(built(core, accept=str(path)))[1] == Exit.CONFORMANT
    verdict = built(core, accept=str(path), run={"strict": True}, plan={"promised": []})
    assert any("ffffffffffff" in reason for reason in verdict["summary"]["reasons"])
    assert verdict["summary"]["exit_status"] == Exit.NOT_CONFORMANT
    for short in ("partial", "interrupted", "cut_off"):
        part = built(core, accept=str(path), run={"strict": True, short: True})
        assert not any("ffffffffffff" in reason for reason in part["summary"]["reasons"])


@pytest.mark.parametrize("run", [{"profile": "smoke"}, {"write": False}])
def test_strict_run_that_asks_for_less_does_not_call_an_acceptance_unused(
    built: Built, core: list[Event], tmp_path: Path, run: dict[str, Any]
) -> None:
    path = tmp_path / "accept.toml"
    path.write_text('[[accept]]\nfingerprint = "ffffffffffff"\nreason = "old"\nexpires = 2027-01-01\n', "utf-8")
    verdict = built(core, accept=str(path), run={"strict": True, **run})
    assert not any("ffffffffffff" in reason for reason in verdict["summary"]["reasons"])


def test_sentence_tells_how_much_stands_behind_it(built: Built, core: list[Event], place: Decided) -> None:
    listed = [{"method": method, "path": "/api/a"} for method in ("GET", "POST", "PATCH")]
    assert built(core, operations=listed)["summary"]["sentence"] == (
        "4 of 7 promises were checked, and kept; 1 of 3 operations asked"
    )
    failing = built([*core, place("data.patch", "fail")], operations=listed)["summary"]["sentence"]
    assert failing.startswith("1 promise is not kept; 5 of 7 promises were checked; ")


def test_sentence_counts_what_is_kept_and_what_is_not(built: Built, core: list[Event], place: Decided) -> None:
    known = place("boolean.absent", "deviation", deviation="d1", got="true")
    unsteady = place("auth.missing", "unsteady")
    others = [place("data.patch", "fail"), place("definition.types", "fail")]
    assert built([*core, known])["summary"]["sentence"] == (
        "4 of 7 promises were checked: 3 are kept, 1 is not, as is known of the release or accepted"
    )
    assert "2 are kept, 1 is not" in built([*core, known, unsteady])["summary"]["sentence"]
    failing = built([*core, *others, unsteady])["summary"]["sentence"]
    assert failing.startswith("2 promises are not kept; 6 of 7 promises were checked; 1 promise kept only once")
    strict = built([*core, unsteady], run={"strict": True}, plan={"promised": []})["summary"]["sentence"]
    assert strict.startswith("something is unsteady; ")


def test_reason_of_a_clause_tells_how_much_stands_behind_it(built: Built, core: list[Event]) -> None:
    listed = [{"method": method, "path": "/api/a"} for method in ("GET", "POST", "PATCH")]
    rows = {row["id"]: row["reason"] for row in built(core, operations=listed)["clauses"]}
    assert rows["auth.missing"] == "kept at 1 place, on 1 of 3 operations"
