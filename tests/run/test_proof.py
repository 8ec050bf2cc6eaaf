"""A pass that nothing turns is found out, whole runs have none, and nothing is asked for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from conformance.exchange import Client, ClientConfig, Offline
from conformance.model import Actor, Exit, Place, Secret, Status, Token
from conformance.probes.tape import Form, Question, Tape, answered_by, taped
from conformance.run.proof import AT_MOST, Prover, Rejudging, least_of
from conformance.run.session import WorkerSession
from conformance.verdict import Judge, load_clauses, load_deviations
from conformance.verdict.evidence import Evidence
from conformance.verdict.proofs import VACUOUS, Proof
from conformance.verdict.repeating import Attempt
from tests.plugin.test_plain_pytest import ask
from tests.run.conftest import Desk

CLAUSE, OTHER = "data.listed", "error.body"


class Unplugged:
    """A client that notes that nothing may be sent."""

    is_offline = False

    def offline(self) -> AbstractContextManager[None]:
        """Note it."""
        self.is_offline = True
        return nullcontext()


def count(context: object, _of: str) -> int:
    """Observe a number: three."""
    if context is None:
        raise Offline("GET /api/x")
    return 3


def names(context: object) -> Iterator[str]:  # noqa: ARG001
    """Observe names."""
    yield from ("a", "b")


count, names = taped(count), taped(names)


def proved(check: Callable[..., None], *, least: int = 12, seed: str = "1") -> dict[str, Proof]:
    """Return the proof of a check that has run once, with its tape on, and then again without any instance."""
    tape, attempt, client = Tape(), Attempt(), Unplugged()
    with answered_by(tape):
        check(context=object(), judge=judge(attempt))
    rejudging = Rejudging(check, {"context": None, "judge": None}, tape.questions, judge, cast(Client, client))
    result = rejudging.prove(Prover(), least, seed, [decision.place for decision in attempt.decisions])
    assert client.is_offline
    return result


def judge(attempt: Attempt, evidence: Evidence | None = None) -> Judge:
    return Judge(CLAUSE, load_clauses(), load_deviations(), "2.66.0", attempt, evidence=evidence)


def sound(context: object, judge: Judge) -> None:
    """Judge what was observed."""
    for name in names(context):
        judge.check(name in ("a", "b"), operation="GET /api/x", field=name, expected="known", got=name)
    judge.check(count(context, "x") == 3, operation="GET /api/x", expected="3", got="3")


def hollow(context: object, judge: Judge) -> None:
    """Observe, and pass whatever it was."""
    count(context, "x")
    judge.check(True, operation="GET /api/x", expected="3", got="3")


def half_hollow(context: object, judge: Judge) -> None:
    """Judge one promise by what was observed, and pass another whatever it was."""
    judge.check(count(context, "x") == 3, operation="GET /api/x", expected="3", got="3")
    judge.on(OTHER).check(True, operation="GET /api/x", expected="formed", got="formed")


def asking(context: object, judge: Judge) -> None:
    """Ask an instance without a probe."""
    if context is None:
        raise Offline("GET /api/x")
    judge.check(count(context, "x") == 3, operation="GET /api/x", expected="3", got="3")


def brittle(context: object, judge: Judge) -> None:
    """Break on anything else than what was observed, before it is judged."""
    seen = {3: "three"}[count(context, "x")]
    judge.check(seen == "three", operation="GET /api/x", expected="three", got=seen)


def test_a_check_that_judges_is_proved() -> None:
    proof = proved(sound)[CLAUSE]
    assert proof.alterations >= 10
    assert 0 < proof.turned <= proof.alterations
    assert not proof.unaltered


def test_a_check_that_passes_whatever_it_sees_is_found_out() -> None:
    proof = proved(hollow)[CLAUSE]
    assert proof.is_vacuous
    assert proof.alterations <= AT_MOST


def test_each_promise_of_a_check_is_proved_by_itself() -> None:
    proofs = proved(half_hollow)
    assert proofs[CLAUSE].turned
    assert proofs[OTHER].is_vacuous


def test_a_check_that_asks_while_it_judges_is_told_and_stands() -> None:
    assert proved(asking) == {CLAUSE: Proof(0, 0, 1)}


def test_what_breaks_a_check_does_not_turn_it() -> None:
    """What ends in an error of ours is no judgement of the instance, and shows nothing of the check either."""
    assert proved(brittle)[CLAUSE] == Proof(0, 0, 1)


def test_the_same_seed_proves_the_same() -> None:
    assert proved(sound, least=1, seed="7") == proved(sound, least=1, seed="7")


def test_what_was_turned_before_is_not_pursued() -> None:
    prover, passed = Prover({CLAUSE}), [Place(CLAUSE, Status.PASS)]
    assert prover.prove(lambda _other: passed, range(500), passed, 2)[CLAUSE] == Proof(2, 0)
    assert Prover().prove(lambda _other: passed, range(500), passed, 2)[CLAUSE] == Proof(AT_MOST, 0)


def test_what_failed_already_turns_nothing() -> None:
    passed = [Place(CLAUSE, Status.PASS), Place(CLAUSE, Status.FAIL, field="x", got="1")]
    assert Prover().prove(lambda _other: passed, range(5), passed, 2)[CLAUSE] == Proof(5, 0)


def test_a_proof_that_breaks_ends_no_run() -> None:
    notes: list[str] = []
    session = cast(WorkerSession, SimpleNamespace(events=SimpleNamespace(note=notes.append)))
    with WorkerSession._noting(session, "a check"):
        raise OverflowError("date value out of range")
    (note,) = notes
    assert (
        note == "what stands behind the passes of a check could not be told: OverflowError('date value out of range')"
    )


@pytest.mark.parametrize(("checks", "least"), [(0, 12), (1, 12), (5, 3), (12, 1), (300, 1)])
def test_the_checks_of_a_clause_share_the_work(checks: int, least: int) -> None:
    assert least_of(checks) == least


def test_a_client_that_is_offline_lets_nothing_out(tmp_path: Path) -> None:
    actor = Actor("a", (Token("t", Secret("0123456789abcdef")),))
    with Client(ClientConfig("http://127.0.0.1:9", (actor,), "r1", tmp_path / "ledger.jsonl")) as client:
        with client.offline(), pytest.raises(Offline, match="GET /api/version"):
            client.session(actor).get("/api/version")
        with client.offline(), pytest.raises(Offline):
            client.anonymous().get("/api/version")
        assert client.requests == 0


def test_a_question_knows_its_form() -> None:
    tape = Tape()
    with answered_by(tape):
        list(names(object()))
    assert tape.questions == [Question("names", (), Iterator[str], Form.SERIES, ["a", "b"])]


PLANTED = """
from conformance.probes import ProbeContext
from conformance.probes.responses.reads import answer_of
from conformance.verdict import Judge, clause

VERSION = "GET /api/version"


@clause("definition.served")
def test_hollow(context: ProbeContext, judge: Judge) -> None:
    answer_of(context, context.index[VERSION])
    judge.check(True, operation=VERSION, expected="served", got="served")


@clause("auth.valid-token-accepted")
def test_sound(context: ProbeContext, judge: Judge) -> None:
    exchange = answer_of(context, context.index[VERSION])
    judge.check(exchange.ok, operation=VERSION, expected="let in", got="let in", exchange=exchange)
"""


def test_a_vacuous_check_is_reported(desk: Desk) -> None:
    """Planted in a suite of somebody else's, which runs the same way."""
    (desk.folder / "test_planted.py").write_text(PLANTED, encoding="utf-8")
    status, output = ask(desk, "test_planted.py", "--kimai-read-only")
    verdict = json.loads((desk.folder / "reports/out/verdict.json").read_text(encoding="utf-8"))
    rows = {row["id"]: row for row in verdict["clauses"]}
    hollow, sound = rows["definition.served"], rows["auth.valid-token-accepted"]
    assert (hollow["status"], hollow["reason"], hollow["decided"]) == ("skipped", VACUOUS, False), output
    assert hollow["proof"]["alterations"] > 0 == hollow["proof"]["turned"]
    assert (sound["status"], sound["proof"]["unaltered"]) == ("pass", 0)
    assert sound["proof"]["turned"] > 0
    assert "Vacuous, a defect of this suite: 1" in output
    assert "definition.served: none of" in output
    assert status == Exit.CONFORMANT, "a part promises nothing"


ILL_SENT = """
from conformance.probes import ProbeContext
from conformance.verdict import Judge, clause


@clause("definition.served")
def test_ill_sent(context: ProbeContext, judge: Judge) -> None:
    answer = context.session().as_valid().get("/api/timesheets", params={"size": "many"})
    judge.observe(operation=answer.operation, got=str(answer.status))
"""


def test_what_we_send_wrongly_is_told_and_not_blamed_on_the_instance(desk: Desk) -> None:
    (desk.folder / "test_planted.py").write_text(ILL_SENT, encoding="utf-8")
    status, output = ask(desk, "test_planted.py", "--kimai-read-only")
    verdict = json.loads((desk.folder / "reports/out/verdict.json").read_text(encoding="utf-8"))
    row = next(row for row in verdict["clauses"] if row["id"] == "definition.parameters-accepted")
    assert (row["status"], status) == ("observed", Exit.CONFORMANT), output
    (place,) = row["places"]
    assert place["reason"].endswith(
        "sent as valid what the definition does not allow: query: size does not take 'many'"
    )


SHORT = ("run", "--profile", "smoke", "-n", "0", "--seed", "3", "-k", "test_booleans or test_paging")


def test_the_figures_are_the_same_for_the_same_seed(desk: Desk) -> None:
    figures = []
    for _ in range(2):
        status, output = desk.run(*SHORT, own=True)
        assert status == Exit.CONFORMANT, output
        verdict = json.loads((desk.folder / "reports/out/verdict.json").read_text(encoding="utf-8"))
        figures.append({row["id"]: row["proof"] for row in verdict["clauses"] if row["proof"]["alterations"]})
    assert len(figures[0]) > 5
    assert figures[0] == figures[1]
