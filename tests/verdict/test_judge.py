"""The judge: statuses of places, and what becomes of the test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from conformance.model import Exchange, Level, Place, Status, UsageError
from conformance.verdict import Clause, Clauses, Deviation, Deviations, Judge

POST = "POST /api/customers"


class Kept:
    """Keeps what a judge writes."""

    def __init__(self) -> None:
        self.written: list[tuple[Place, str, str]] = []

    def place(self, place: Place, *, fingerprint: str = "", title: str = "") -> None:
        self.written.append((place, fingerprint, title))


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
    with pytest.raises(pytest.skip.Exception, match="nothing to judge here"):
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
