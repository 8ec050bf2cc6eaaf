"""Known defects in the verdict: folded, counted and told, without failing a run unless they are asked to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance.model import Danger, Exchange, Exit, Level, Status
from conformance.verdict import (
    Clause,
    Clauses,
    Deviations,
    Event,
    Judge,
    KnownDefects,
    build_verdict,
    load_defects,
)
from tests.verdict.kept import Kept
from tests.verdict.released import answered
from tests.verdict.schema import problems

Built = Callable[..., dict[str, Any]]

LEVELS = {
    "permission.foreign-read": Level.MUST, "data.patch-stored": Level.MUST, "datetime.duration": Level.MUST,
    "error.no-server-error": Level.MUST, "error.names-field": Level.SHOULD, "paging.headers": Level.MUST,
    "definition.valid": Level.SHOULD, "boolean.structures": Level.NOTE,
}  # fmt: skip
DANGERS = {"error.no-server-error": Danger.CRASH, "definition.valid": Danger.COSMETIC}
CLAUSES = Clauses(
    Clause(id=name, level=level, title=name, source="page", danger=DANGERS.get(name)) for name, level in LEVELS.items()
)
DEFECTS = load_defects()
EMPTIED = answered("PATCH /api/projects/{id}", body={"name": None})
NEW = answered("PATCH /api/projects/{id}", body={"color": None})


def judged(
    *places: tuple[str, Exchange | None], version: str | None = "2.66.0", known_fails: bool = False
) -> list[Event]:
    """Return the events of a run in which these clauses are broken by these exchanges."""
    kept = Kept()
    for clause, exchange in places:
        judge = Judge(clause, CLAUSES, Deviations(), version, kept, "", DEFECTS, known_fails=known_fails)
        judge.check(
            False, operation="PATCH /api/projects/{id}", expected="kept", got=str(exchange.status if exchange else "x"),
            exchange=exchange,
        )  # fmt: skip
    places_ = [{**vars(place), "fingerprint": mark, "title": title} for place, mark, title in kept.written]
    return [Event("start"), *(Event("place", place) for place in places_), Event("end")]


def verdict(events: list[Event], defects: KnownDefects | None = None, **run: Any) -> dict[str, Any]:
    context: dict[str, Any] = {
        "instance": {"url": "http://k.test", "kind": "configured", "version": "2.66.0"},
        "definition": {"source": "page", "exact": True, "fingerprint": "ab", "repairs": [], "origin": "x"},
        "run": {
            "id": "r1", "profile": "standard", "seed": 1, "partial": False, "started": "2026-11-25T10:00:00+00:00",
            "seconds": 1.5, "strict": False, "write": False, **run,
        },
        "plan": {"promised": [], "left_out": []},
        "safety": {"created": 0, "deleted": 0, "left_behind": []},
    }  # fmt: skip
    result = build_verdict(context, events, CLAUSES, Deviations(), defects).document()
    assert problems(result) == []
    return result


def test_a_known_defect_is_told_and_fails_nothing() -> None:
    result = verdict(judged(("error.no-server-error", EMPTIED)))
    (finding,) = result["findings"]
    assert (finding["known"], finding["status"], finding["defect"]) == (True, "deviation", "name-emptied")
    assert finding["curl"].startswith("curl -X PATCH")
    assert result["summary"]["exit_status"] == Exit.CONFORMANT
    assert result["summary"]["verdict"] == "PASS WITH KNOWN"
    assert result["summary"]["known"] == "1 known defect of Kimai 2.66.0, none new"
    assert [entry["id"] for entry in result["known_defects"]["seen"]] == ["name-emptied"]


def test_it_fails_where_that_is_asked_for() -> None:
    result = verdict(judged(("error.no-server-error", EMPTIED), known_fails=True), fail_on="known")
    (finding,) = result["findings"]
    assert (finding["known"], finding["status"]) == (True, "fail")
    assert result["summary"]["exit_status"] == Exit.NOT_CONFORMANT
    assert result["summary"]["findings"] == {"fail": 1, "unsteady": 0, "accepted": 0, "known": 1, "new": 0}


def test_a_known_defect_is_one_finding_whichever_clause_and_operation_showed_it() -> None:
    other = answered("PATCH /api/activities/{id}", body={"name": ""})
    result = verdict(judged(("error.no-server-error", EMPTIED), ("error.names-field", other)))
    (finding,) = result["findings"]
    assert finding["clause_ids"] == ["error.names-field", "error.no-server-error"]
    assert finding["clause"] == "error.no-server-error"


def test_what_is_new_beside_it_comes_first_and_fails() -> None:
    result = verdict(judged(("error.no-server-error", EMPTIED), ("error.no-server-error", NEW)))
    assert [finding["known"] for finding in result["findings"]] == [False, True]
    assert result["summary"]["exit_status"] == Exit.NOT_CONFORMANT
    assert "got 500" in result["summary"]["reasons"][0]
    assert result["summary"]["known"] == "1 known defect of Kimai 2.66.0, and besides 1 new finding"


def test_of_an_unknown_version_nothing_is_known() -> None:
    result = verdict(judged(("error.no-server-error", EMPTIED), version=None))
    assert not result["findings"][0]["known"]
    assert result["summary"]["known"] == ""


def test_findings_stand_by_danger() -> None:
    clauses = [name for name, level in LEVELS.items() if level is not Level.NOTE]
    events = judged(*((clause, None) for clause in reversed(clauses)), ("error.no-server-error", EMPTIED))
    result = verdict(events)
    assert [(finding["danger"], finding["known"]) for finding in result["findings"]] == [
        ("access", False), ("data", False), ("money", False), ("crash", False), ("contract", False),
        ("contract", False), ("cosmetic", False), ("crash", True),
    ]  # fmt: skip
    results = [reason.partition(" ")[0] for reason in result["summary"]["reasons"]]
    assert results == [finding["clause"] for finding in result["findings"][:-1]]


def asked(profile: str, sent: bool = True, **run: Any) -> dict[str, Any]:
    """Return what a run says of known defects that it did not see; `sent`: it asked every operation."""
    labels = {operation for entry in DEFECTS for operation in entry.operations}
    rows = [
        {"method": method, "path": path, "requests": 3, "accepted": 1}
        for method, path in (label.split(" ") for label in labels)
    ]
    events = [Event("start"), *(Event("operation", row) for row in rows if sent), Event("end")]
    defects: dict[str, Any] = verdict(events, profile=profile, **run)["known_defects"]
    return defects


def test_what_did_not_occur_is_a_remark_and_stale_after_a_thorough_run() -> None:
    assert len(asked("standard")["unseen"]) > 10
    assert asked("standard")["stale"] == []
    assert len(asked("thorough")["stale"]) > 10
    assert asked("thorough")["unseen"] == []


@pytest.mark.parametrize(
    "run",
    [{"profile": "smoke"}, {"profile": "thorough", "partial": True}, {"profile": "thorough", "sent": False},
     {"profile": "thorough", "interrupted": True}],
)  # fmt: skip
def test_what_was_not_asked_is_no_remark(run: dict[str, Any]) -> None:
    result = asked(**run)
    assert result["unseen"] == result["stale"] == []


def test_an_entry_of_other_versions_is_not_stale() -> None:
    assert "begin-as-a-structure" not in {entry["id"] for entry in asked("thorough")["stale"]}


def test_a_note_is_observed_whatever_is_known() -> None:
    kept = Kept()
    judge = Judge("boolean.structures", CLAUSES, Deviations(), "2.66.0", kept, "", DEFECTS)
    assert judge.check(False, operation="x", expected="400", got="500", exchange=EMPTIED) is Status.OBSERVED
