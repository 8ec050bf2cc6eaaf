"""The judge: statuses of places, and what becomes of the test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from conformance.model import Danger, Exchange, Level, Place, Status, UsageError
from conformance.verdict import Clause, Clauses, Deviation, Deviations, Judge
from conformance.verdict.causes import Cause, Part
from conformance.verdict.defects import KnownCause, KnownDefect, KnownDefects
from conformance.verdict.evidence import NoEvidence
from conformance.verdict.judge import ALIKE, place_fingerprint
from conformance.verdict.values import Kind
from tests.verdict.kept import Kept

POST = "POST /api/customers"


CLAUSES = Clauses(
    [
        Clause(id="boolean.absent", level=Level.MUST, title="absent is false", source="page"),
        Clause(id="boolean.lists", level=Level.NOTE, title="lists", source="page"),
        Clause(id="error.no-server-error", level=Level.MUST, title="no 5xx", source="page"),
    ]
)
DEVIATIONS = Deviations(
    [
        Deviation(
            id="d1", clause="boolean.absent", versions=">=2.63", operations=(POST,), fields=("visible",),
            observed="true", reason="keeps its default", reference="2.63",
        )
    ]
)  # fmt: skip


def judge(clause: str = "boolean.absent", version: str | None = "2.66.0", only_observe: str = "") -> tuple[Judge, Kept]:
    kept = Kept()
    return Judge(clause, CLAUSES, DEVIATIONS, version, kept, only_observe), kept


def asked(one: Judge, ok: bool, got: str, **more: Any) -> Status:
    return one.check(ok, **{"operation": POST, "field": "visible", "expected": "false", "got": got} | more)


def exchange(body: bytes = b'{"id":1}') -> Exchange:
    headers = {"authorization": "Bearer ***"}
    return Exchange("POST", "/api/customers", POST, "a", headers, b"{}", 200, {}, body, base_url="http://k.test")


def test_pass_names_the_deviation_that_did_not_occur() -> None:
    one, kept = judge()
    assert asked(one, True, "false") is Status.PASS
    assert kept.written[0][0].deviation == "d1"


def test_exact_deviation_is_known() -> None:
    one, kept = judge()
    assert asked(one, False, "true") is Status.DEVIATION
    assert kept.written[0][0].reason == "keeps its default"
    with pytest.raises(pytest.xfail.Exception, match=r"KNOWN DEVIATION d1 \(1 place\)"):
        one.finish()


@pytest.mark.parametrize(
    ("got", "field", "version"), [("null", "visible", "2.66.0"), ("true", "x", "2.66.0"), ("true", "visible", "2.62")]
)
def test_any_other_behaviour_fails(got: str, field: str, version: str) -> None:
    one, kept = judge(version=version)
    assert asked(one, False, got, field=field) is Status.FAIL
    assert len(kept.written[0][1]) == 12
    with pytest.raises(pytest.fail.Exception, match=rf"^\[boolean.absent\] {POST} {field}: expected false, got {got}"):
        one.finish()


def test_note_never_fails() -> None:
    one, _ = judge("boolean.lists")
    assert asked(one, False, "true") is Status.OBSERVED
    assert asked(one, True, "false") is Status.OBSERVED
    one.finish()


def test_only_observed_never_fails() -> None:
    one, kept = judge(only_observe="the definition is of another version")
    assert asked(one, False, "null") is Status.OBSERVED
    assert kept.written[0][0].reason == "the definition is of another version"
    assert kept.written[0][0].deviation == ""


def test_failures_with_one_cause_share_a_fingerprint() -> None:
    one, kept = judge()
    for field in ("a", "b"):
        asked(one, False, "true", field=field, operation="POST /api/tags")
    asked(one, False, "null", field="c")
    marks: Sequence[str] = [mark for _, mark, _ in kept.written]
    assert marks[0] == marks[1] != marks[2]


def broken(operation: str, body: str = '{"x": null}', status: int = 500) -> Exchange:
    method, _, path = operation.partition(" ")
    return Exchange(method, path, operation, "a", {}, body.encode(), status, {}, b"")


def test_server_errors_fold_over_operations_and_clauses_by_cause() -> None:
    one, kept = judge("error.no-server-error")
    for operation in ("POST /api/a", "PATCH /api/b"):
        asked(one, False, "500", operation=operation, field="", exchange=broken(operation))
    asked(one.on("boolean.absent"), False, "500", operation="POST /api/c", exchange=broken("POST /api/c"))
    asked(one, False, "500", operation="POST /api/a", exchange=broken("POST /api/a", '{"x": ["y"]}'))
    marks = [mark for _, mark, _ in kept.written]
    assert marks[0] == marks[1] == marks[2] != marks[3]


def test_what_breaks_whatever_is_sent_folds_by_operation() -> None:
    one, kept = judge("error.no-server-error")
    for operation in ("GET /api/a", "GET /api/b"):
        asked(one, False, "500", operation=operation, field="", exchange=broken(operation, ""))
    assert kept.written[0][1] != kept.written[1][1]


def test_finding_fails_at_every_place() -> None:
    one, kept = judge()
    status = one.finding(
        title="t", expected="string", got="null", cause="null-not-string",
        places=["GET /api/a color", "GET /api/b", POST + " visible"],
    )  # fmt: skip
    assert status is Status.FAIL
    assert [(place.operation, place.field) for place, _, _ in kept.written] == [
        ("GET /api/a", "color"), ("GET /api/b", ""), (POST, "visible")
    ]  # fmt: skip
    assert len({mark for _, mark, _ in kept.written}) == 1
    assert {title for _, _, title in kept.written} == {"t"}


def test_message_lists_places_and_the_request() -> None:
    one, _ = judge()
    for number in range(12):
        asked(one, False, "null", field=f"f{number}", role="ROLE_USER", value="absent", exchange=exchange())
    with pytest.raises(pytest.fail.Exception) as caught:
        one.finish()
    lines = str(caught.value).splitlines()
    assert lines[0] == (
        f"[boolean.absent] {POST} f0=absent as ROLE_USER: expected false, got null (and 11 more of 12 places)"
    )
    assert "  … and 2 more" in lines
    assert any(line.startswith("curl -X POST") and "$KIMAI_TOKEN" in line for line in lines)


def test_skipped_only_skips_with_the_reasons() -> None:
    one, _ = judge()
    one.skip("refused by rule 2")
    with pytest.raises(pytest.skip.Exception, match="refused by rule 2"):
        one.finish()


def test_skip_beside_a_pass_passes() -> None:
    one, _ = judge()
    one.skip("x")
    asked(one, True, "false")
    one.finish()


def test_deciding_nothing_is_no_pass() -> None:
    one, _ = judge()
    with pytest.raises(pytest.skip.Exception, match=r"^nothing to judge here$"):
        one.finish()


def test_own_error_is_said_as_such() -> None:
    one, _ = judge()
    asked(one, True, "false")
    one.error("KeyError: 'id'")
    with pytest.raises(pytest.fail.Exception, match="the check itself failed: KeyError"):
        one.finish()


def test_places_of_another_clause_count_for_the_test() -> None:
    one, kept = judge()
    asked(one, True, "false")
    other = one.on("error.no-server-error")
    assert one.on("error.no-server-error") is other
    assert one.on("boolean.absent") is one
    asked(other, False, "500")
    assert [place.clause for place, _, _ in kept.written] == ["boolean.absent", "error.no-server-error"]
    with pytest.raises(pytest.fail.Exception, match=r"error\.no-server-error"):
        one.finish()


def test_long_answer_is_cut() -> None:
    one, kept = judge()
    asked(one, True, "false", exchange=exchange(b"x" * 5000))
    assert len(kept.written[0][0].response) < 2100


def test_unknown_clause_is_named() -> None:
    with pytest.raises(UsageError, match=r"boolean\.absnt"):
        judge("boolean.absnt")


def test_failure_never_refutes_itself() -> None:
    one, kept = judge()
    asked(one, False, "false", field="x")
    assert "see the answer" in kept.written[0][0].reason
    asked(one, False, "null", field="x")
    assert kept.written[1][0].reason == ""
    asked(one, False, "false", field="x", reason="why")
    assert kept.written[2][0].reason == f"why; {ALIKE}"


# What a place tells

WHERE: dict[str, Any] = {"operation": POST, "field": "visible", "role": "ROLE_USER", "value": "null"}


def told(place: Place) -> dict[str, str]:
    """Return what a place says but for clause, status and request."""
    names = ("operation", "field", "role", "value", "expected", "got", "reason")
    return {name: text for name in names if (text := getattr(place, name)) != ""}


def test_what_is_not_told_of_a_place_stays_empty() -> None:
    one, kept = judge()
    one.check(True, operation=POST, expected="a", got="b")
    one.skip("why")
    one.error("why")
    one.observe()
    one.finding(title="t", expected="a", got="b", cause="c")
    places = [told(place) for place, _, _ in kept.written]
    assert places == [
        {"operation": POST, "expected": "a", "got": "b"}, {"reason": "why"}, {"reason": "why"}, {},
        {"expected": "a", "got": "b"},
    ]  # fmt: skip
    assert [title for _, _, title in kept.written] == ["", "", "", "", "t"]
    assert {place.deviation for place, _, _ in kept.written} == {""}
    assert [bool(mark) for _, mark, _ in kept.written] == [False, False, False, False, True]
    assert one.is_cut_short is False


def test_skipped_observed_and_own_errors_say_where() -> None:
    one, kept = judge()
    assert one.skip("why", **WHERE) is Status.SKIPPED
    assert one.observe(**WHERE, got="inherited", reason="as seen", exchange=exchange()) is Status.OBSERVED
    assert one.error("KeyError", operation=POST, exchange=exchange()) is Status.ERROR
    skipped, observed, error = (place for place, _, _ in kept.written)
    assert told(skipped) == {**WHERE, "reason": "why"}
    assert told(observed) == {**WHERE, "got": "inherited", "reason": "as seen"}
    assert told(error) == {"operation": POST, "reason": "KeyError"}
    assert all(place.response.startswith("HTTP 200") for place in (observed, error))
    assert [place.status for place in one.places] == [Status.SKIPPED, Status.OBSERVED, Status.ERROR]


def test_a_refusal_for_something_else_is_skipped_at_its_place() -> None:
    one, kept = judge()
    busy = replace(exchange(), status=503)
    assert one.check(False, **WHERE, expected="false", got="true", exchange=busy) is Status.SKIPPED
    (place,) = (place for place, _, _ in kept.written)
    assert "503" in place.reason
    assert told(place) == {**WHERE, "reason": place.reason}


@pytest.mark.parametrize(("status", "doubted"), [(400, True), (404, False), (200, False)])
def test_only_a_400_is_asked_about_again(status: int, doubted: bool) -> None:
    asked_about: list[tuple[int, str]] = []

    def doubt(exchange: Exchange, field: str) -> str:
        asked_about.append((exchange.status, field))
        return "a control is refused too"

    one = Judge("boolean.absent", CLAUSES, DEVIATIONS, "2.66.0", Kept(), doubt=doubt)
    answer = replace(exchange(b"{}"), status=status)
    result = one.check(False, **WHERE, expected="false", got="x", exchange=answer)
    assert (result, asked_about) == ((Status.SKIPPED, [(400, "visible")]) if doubted else (Status.FAIL, []))
    decided = {"reason": "a control is refused too"} if doubted else {"expected": "false", "got": "x"}
    assert told(one.places[0]) == {**WHERE, **decided}


class Told(NoEvidence):
    """Keeps what it is told of each place."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Exchange | None, list[Exchange]]] = []

    def shown(self, place: Place, title: str, exchange: Exchange | None, beside: Sequence[Exchange]) -> Place:
        self.told.append((title, exchange, list(beside)))
        return place


def test_evidence_knows_what_was_judged_and_what_it_was_compared_with() -> None:
    evidence, answer, others = Told(), exchange(), [exchange(b"before")]
    one = Judge("boolean.absent", CLAUSES, DEVIATIONS, "2.66.0", Kept(), evidence=evidence)
    asked(one, False, "null", exchange=answer, beside=others)
    one.observe(exchange=answer)
    assert evidence.told == [("absent is false", answer, others), ("absent is false", answer, [])]
    known, _ = with_defect(evidence=evidence)
    crash(known, beside=others)
    assert evidence.told[2] == ("no 5xx", broken(POST), others)


# Findings


@pytest.mark.parametrize("places", [[f"{POST} visible", f"{POST} other"], [f"{POST} other", f"{POST} visible"]])
def test_a_finding_is_as_bad_as_its_worst_place(places: list[str]) -> None:
    one, kept = judge()
    assert one.finding(title="t", expected="false", got="true", cause="c", places=places) is Status.FAIL
    assert {place.status for place, _, _ in kept.written} == {Status.FAIL, Status.DEVIATION}


def test_a_finding_tells_of_each_place_what_a_check_would() -> None:
    one, kept = judge()
    one.finding(title="t", expected="a", got="b", cause="c", role="ROLE_USER", value="null", exchange=exchange(),
                reason="why", places=["GET /api/a members.user teamlead"])  # fmt: skip
    one.check(False, operation="GET /api/a", field="members.user teamlead", role="ROLE_USER", value="null",
              expected="a", got="b", exchange=exchange(), reason="why", cause="c", title="t")  # fmt: skip
    assert kept.written[0] == kept.written[1]
    assert kept.written[0][0].response.startswith("HTTP 200")


# What is known of a release

CRASH = KnownDefect(
    id="k1", clause="error.no-server-error", versions=">=2.60", operations=(POST,), observed=(500,),
    danger=Danger.CRASH, reason="null is not caught", reference="seen",
    cause=KnownCause(place="body", names=("x",), values=(Kind.NOTHING,)),
)  # fmt: skip


def with_defect(**more: Any) -> tuple[Judge, Kept]:
    kept = Kept()
    return Judge("error.no-server-error", CLAUSES, DEVIATIONS, "2.66.0", kept, "", KnownDefects([CRASH]), **more), kept


def crash(one: Judge, ok: bool = False, **more: Any) -> Status:
    return asked(one, ok, "500", **{"field": "", "exchange": broken(POST)} | more)


def test_a_known_defect_is_said_to_be_one() -> None:
    one, kept = with_defect()
    assert crash(one) is Status.DEVIATION
    ((place, mark, title),) = kept.written
    assert (place.defect, place.deviation, place.reason, title) == ("k1", "", CRASH.reason, CRASH.reason)
    assert mark == one.fingerprint_of(broken(POST))
    with pytest.raises(pytest.xfail.Exception, match=r"^KNOWN DEFECT k1 \(1 place\)"):
        one.finish()
    crash(one, title="its own title")
    assert kept.written[1][2] == "its own title"


def test_a_known_defect_fails_where_that_was_asked_for() -> None:
    one, _ = with_defect(known_fails=True)
    assert crash(one) is Status.FAIL


def test_a_server_error_that_a_check_lets_pass_is_no_defect() -> None:
    one, _ = with_defect()
    assert crash(one, ok=True) is Status.PASS


def test_a_new_server_error_is_told_by_its_cause_and_not_by_its_clause() -> None:
    one, kept = with_defect()
    other = broken(POST, '{"y": ["z"]}')
    assert crash(one, exchange=other) is Status.FAIL
    assert crash(one.on("boolean.absent"), exchange=other) is Status.FAIL
    cause = Cause(POST, 500, (Part("query", "page", Kind.NOTHING),))
    assert crash(one, exchange=other, cause=cause) is Status.FAIL
    marks = [mark for _, mark, _ in kept.written]
    assert marks[0] == marks[1] == one.fingerprint_of(other) != marks[2]
    assert kept.written[0][2].startswith("a server error (500) for ")


def test_the_judge_of_another_clause_knows_what_the_first_knows() -> None:
    one, kept = with_defect(known_fails=True, evidence=NoEvidence(), doubt=lambda _exchange, _field: "a control")
    other = one.on("boolean.absent")
    assert asked(other, False, "true") is Status.DEVIATION
    assert crash(other) is Status.FAIL
    assert kept.written[1][0].defect == "k1"
    assert asked(other, False, "null", exchange=replace(exchange(b"{}"), status=400)) is Status.SKIPPED
    assert {place.curl for place, _, _ in kept.written} == {""}
    assert asked(with_defect()[0].on("boolean.absent", "another version"), False, "null") is Status.OBSERVED
    assert len(one.all_places) == 3
    one.take([])
    assert one.all_places == []


def test_a_deviation_is_known_by_value_and_by_what_was_sent() -> None:
    exact = DEVIATIONS[0].model_copy(update={"id": "d2", "values": ("null",), "body": {"color": "#fff"}})
    other = DEVIATIONS[0].model_copy(update={"id": "d3", "values": ("null",)})
    sent = replace(exchange(), request_body=b'{"color": "#fff"}')
    for ok, got in ((False, "true"), (True, "false")):
        kept = Kept()
        one = Judge("boolean.absent", CLAUSES, Deviations([exact, other]), "2.66.0", kept)
        for value, answer in (("null", sent), ("null", exchange()), ("absent", sent)):
            asked(one, ok, got, value=value, exchange=answer)
        assert [place.deviation for place, _, _ in kept.written] == (["d2,d3", "d3", ""] if ok else ["d2", "d3", ""])
    assert one.is_known(operation=POST, field="visible", value="null", got="true")
    for change in ({"operation": "GET /api/x"}, {"field": "x"}, {"value": "absent"}, {"got": "null"}):
        assert not one.is_known(**{"operation": POST, "field": "visible", "value": "null", "got": "true"} | change)
    old = Judge("boolean.absent", CLAUSES, Deviations([other]), "2.62.0", Kept())
    assert not old.is_known(operation=POST, field="visible", value="null", got="true")


# What becomes of the test


def test_what_is_unsteady_is_named() -> None:
    one, _ = judge()
    one.take([
        Place(clause="boolean.absent", status=Status.PASS, operation="GET /api/a"),
        Place(clause="boolean.absent", status=Status.UNSTEADY, operation=POST, field="visible"),
    ])  # fmt: skip
    with pytest.raises(pytest.xfail.Exception, match=rf"^UNSTEADY {POST} visible$"):
        one.finish()


def test_reasons_of_a_skip_are_told_once_each() -> None:
    one, _ = judge()
    for reason in ("no right", "a limit", "no right"):
        one.skip(reason)
    with pytest.raises(pytest.skip.Exception, match=r"^a limit; no right$"):
        one.finish()


@pytest.mark.parametrize(
    ("count", "more"), [(1, ""), (2, " (and 1 more of 2 places)"), (10, " (and 9 more of 10 places)")]
)
def test_a_message_tells_all_of_a_few_places(count: int, more: str) -> None:
    one, _ = judge()
    for number in range(count):
        asked(one, False, "null", field=f"f{number}", reason="as sent", exchange=exchange() if number else None)
    with pytest.raises(pytest.fail.Exception) as caught:
        one.finish()
    assert caught.value.pytrace is False
    complaint = "POST /api/customers f{}: expected false, got null (as sent)"
    assert str(caught.value).splitlines() == [
        f"[boolean.absent] {complaint.format(0)}{more}",
        *(f"  boolean.absent: {complaint.format(number)}" for number in range(1, count)),
    ]


def test_the_message_shows_the_first_request() -> None:
    one, _ = judge()
    asked(one, False, "null", field="first", exchange=exchange())
    asked(one, False, "null", field="second", exchange=replace(exchange(b"other"), method="PATCH"))
    with pytest.raises(pytest.fail.Exception) as caught:
        one.finish()
    _, request = str(caught.value).split("\n\n")
    assert request.startswith("curl -X POST")
    assert request.endswith('HTTP 200\n{"id":1}')


def test_known_deviations_are_counted() -> None:
    one, _ = judge()
    asked(one, False, "true")
    one.take([*one.places, *one.places, replace(one.places[0], deviation="d0")])
    with pytest.raises(pytest.xfail.Exception, match=r"^KNOWN DEVIATION d0 \(1 place\), d1 \(2 places\)$"):
        one.finish()


def test_without_a_cause_a_place_is_told_by_what_was_expected_and_came() -> None:
    one, kept = judge()
    asked(one, False, "null")
    ((place, mark, _),) = kept.written
    assert place_fingerprint(one.clause, place) == mark == place_fingerprint(one.clause, place, "false|null")


def test_kinds_of_value_tell_findings_apart() -> None:
    one, kept = judge()
    for value, field in (("null", "a"), ("0", "a"), ("0", "b")):
        asked(one, False, "other", field=field, value=value)
    asked(one, False, "#ff0000", field="a")
    asked(one, False, "#ff0000", field="b")
    null, number, elsewhere, own, others = (mark for _, mark, _ in kept.written)
    assert null != number == elsewhere
    assert own != others
