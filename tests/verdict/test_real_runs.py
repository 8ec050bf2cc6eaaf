"""What the suite once said of real releases, told again: few findings, and none of them new.

The findings are kept outside of the repository; `released.py` has the same causes in short.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.model import Exchange
from conformance.verdict import Event, Judge, KnownDefects, load_clauses, load_defects, load_deviations
from conformance.verdict.causes import Cause
from conformance.verdict.collect import collect
from conformance.verdict.fingerprints import departure
from conformance.verdict.folding import fold_findings
from tests.verdict import released
from tests.verdict.kept import Kept
from tests.verdict.released import ALL

RUNS = sorted((Path(__file__).parents[3] / "shared/kimai/real-runs").glob("*.json"))
SERVER_ERROR = "error.no-server-error"
CLAUSES, DEVIATIONS, DEFECTS = load_clauses(), load_deviations(), load_defects()
PLAIN = {"value": "", "name": "conformance"}
"""What the smallest request of a custom field had to have."""
MOST = 25

_RUN_OF_ONE = re.compile(r"\$\(printf '(\\u[0-9a-f]{4}|.)%\.0s' \{1\.\.(\d+)\}\)")

_SHORT = re.compile(r"@(?:\\u[0-9a-f]{4}|.)\*\d+@")
"""Such a run, in short: a line of 65,536 letters is slow to split into words."""


def exchange_of(finding: dict[str, Any], operation: str) -> Exchange:
    """Return request and answer of a finding, from its curl; where they were cut, as far as they are known."""
    line = _RUN_OF_ONE.sub(r"@\1*\2@", finding["curl"])
    line = re.sub(rf"'\"({_SHORT.pattern})\"'", r"\1", line)
    words = shlex.split(line + "'" if line.count("'") % 2 else line)
    words = [_SHORT.sub(_whole, word) for word in words]
    body = words[words.index("--data-raw") + 1].encode() if "--data-raw" in words else None
    smaller = made_smaller(operation, words[-1], body)
    if smaller is not None:
        return smaller
    headers = dict(word.split(": ", 1) for word in words if re.match(r"(accept|content-type): ", word))
    status, _, answer = finding["response"].partition("\n")
    target = "/" + words[-1].partition("://")[2].partition("/")[2]
    answer = known_times(finding, answer) if finding["expected"] == "date-time" else answer
    return Exchange(words[2], target, operation, "admin", headers, body, int(status.split()[1]), {}, answer.encode())


def _whole(short: re.Match[str]) -> str:
    sign, _, times = short[0].strip("@").partition("*")
    return sign * int(times)


def made_smaller(operation: str, target: str, body: bytes | None) -> Exchange | None:
    """Return what the suite makes of a request since: forms are tried as JSON, paths and reads made plainer."""
    if body == b"name=&color=":
        return released.answered(operation, body={"name": ""})
    if "begin=&end=&customers" in target:
        return released.answered(operation, (("status[]", ""),))
    if "/api/actions/" in target and "/index/" not in target:
        return released.answered(operation, path=f"/api/actions/x/7/index/{target.rpartition('/')[2]}")
    return None


def known_times(finding: dict[str, Any], answer: str) -> str:
    """Return the times of an answer as one; what was cut off it was of the year 0 (`real-runs.md`)."""
    names = {label.split(" as ")[0].rpartition(".")[2].rpartition(" ")[2] for label in finding["places"]}
    results = [{name: text} for name in names for text in re.findall(rf'"{name}":"([^"]*)"', answer)]
    cut = answer.endswith("…") or not results
    return json.dumps([*results, *({name: "0000-12-31"} for name in names if cut)])


def places_of(run: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str, str, str, str]]:
    """Yield each finding with operation, field, value and role of each of its places."""
    for finding in run["findings"]:
        for label in finding["places"]:
            label, _, role = re.sub(r" as (ROLE_\w+)$", r"\0\1", label).partition("\0")
            words = label.split(" ", 2)
            field, equals, value = (words[2] if len(words) > 2 else "").partition("=")
            if finding["clause"] == SERVER_ERROR or not equals:
                field, value = ("", field) if " " in field or finding["clause"] == SERVER_ERROR else (field, "")
            yield finding, " ".join(words[:2]), field, value, role


def refolded(run: dict[str, Any], defects: KnownDefects) -> list[dict[str, Any]]:
    """Return the findings that this suite makes of a run."""
    kept = Kept()
    for finding, operation, field, value, role in places_of(run):
        judge = Judge(finding["clause"], CLAUSES, DEVIATIONS, run["instance"]["version"], kept, "", defects)
        exchange = exchange_of(finding, operation)
        judge.check(
            False, operation=operation, field=field, value=value, role=role, expected=finding["expected"],
            got=finding["got"], exchange=exchange, cause=cause_of(finding, field, exchange),
        )  # fmt: skip
    return folded(kept, defects)


def folded(kept: Kept, defects: KnownDefects) -> list[dict[str, Any]]:
    events = [
        Event("place", {**vars(place), "fingerprint": mark, "title": title}) for place, mark, title in kept.written
    ]
    return fold_findings(collect(events).places, CLAUSES, defects)


def cause_of(finding: dict[str, Any], field: str, exchange: Exchange) -> str | Cause:
    """Return what checks say of a place's cause."""
    if exchange.status >= 500:
        return Cause.of(exchange, PLAIN)
    return departure(field, finding["expected"], finding["got"]) if finding["expected"] == "date-time" else ""


@pytest.mark.skipif(not RUNS, reason="the recorded runs of real releases are kept outside of the repository")
@pytest.mark.parametrize("path", RUNS, ids=lambda path: path.stem)
def test_a_real_run_has_few_findings_and_none_new(path: Path) -> None:
    run = json.loads(path.read_text(encoding="utf-8"))
    findings = refolded(run, DEFECTS)
    assert [(one["clause"], one["title"], one["places"][:3]) for one in findings if not one["known"]] == []
    assert 0 < len(findings) <= MOST
    assert len(refolded(run, KnownDefects())) <= MOST


@pytest.mark.parametrize("version", ALL)
def test_the_crashes_of_a_release_fold_to_few_findings(version: str) -> None:
    kept = Kept()
    for crash in released.crashes(version):
        judge = Judge(SERVER_ERROR, CLAUSES, DEVIATIONS, version, kept, "", DEFECTS)
        judge.check(False, operation=crash.operation, expected="no server error", got="500", exchange=crash.exchange)
    findings = folded(kept, DEFECTS)
    assert len(kept.written) > 30
    assert 10 < len(findings) <= MOST
    assert all(one["known"] and one["places"] for one in findings)
