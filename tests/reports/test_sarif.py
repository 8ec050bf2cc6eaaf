"""SARIF: the rules by which GitHub refuses or drops a file."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from conformance.verdict import Verdict
from reports.sarif import render
from tests.reports import sample_verdicts

VERDICTS = sample_verdicts.verdicts()


def run(verdict: Verdict, **more: str) -> dict[str, Any]:
    log = json.loads(render(verdict, **more))
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    values: dict[str, Any] = log["runs"][0]
    return values


@pytest.mark.parametrize("verdict", [*VERDICTS.values(), sample_verdicts.hostile()])
def test_every_result_has_what_github_demands(verdict: Verdict) -> None:
    results = run(verdict)
    rules = results["tool"]["driver"]["rules"]
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert len(rule["fullDescription"]["text"]) <= 1024
        assert rule["help"]["text"]
        assert len(rule["properties"]["tags"]) <= 10
    for result in results["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning"}
        assert result["message"]["text"]
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        assert re.fullmatch(r"[\w./-]+", physical["artifactLocation"]["uri"])
        assert set(physical["region"]) == {"startLine", "startColumn", "endLine", "endColumn"}
        assert re.fullmatch(r"[0-9a-f]{16}:1", result["partialFingerprints"]["primaryLocationLineHash"])


def test_levels_follow_the_clauses() -> None:
    assert {one["ruleId"]: one["level"] for one in run(VERDICTS["fail"])["results"]} == {
        "boolean.absent": "error", "data.patch": "warning"
    }  # fmt: skip


def test_first_sentence_names_operation_and_places() -> None:
    message = run(VERDICTS["fail"])["results"][0]["message"]["text"]
    assert message.startswith("POST /api/customers visible=absent as ROLE_ADMIN and 1 more place: title of")


@pytest.mark.parametrize(
    ("name", "upload"),
    [("pass", True), ("known", True), ("fail", True), ("undecided", False), ("partial", False), ("empty", False)],
)
def test_undecided_run_is_not_for_upload(name: str, upload: bool) -> None:
    """An upload without results closes alerts: right after a pass, wrong after a run that decided little."""
    assert run(VERDICTS[name])["properties"]["upload"] is upload


def test_only_security_clauses_have_a_severity() -> None:
    rules = run(VERDICTS["pass"])["tool"]["driver"]["rules"]
    marked = {rule["id"] for rule in rules if "security-severity" in rule["properties"]}
    assert marked == {"auth.missing", "auth.last-usage", "permission.kept"}


def test_instance_is_named_without_what_changes() -> None:
    assert run(VERDICTS["pass"])["automationDetails"]["id"] == "kimai-conformance/kimai.example_time/"
    embedded = sample_verdicts.made(
        sample_verdicts.core(), instance={"kind": "embedded", "url": "http://127.0.0.1:40123"}
    )
    assert run(embedded)["automationDetails"]["id"] == "kimai-conformance/embedded/"


def test_anchor_can_be_chosen() -> None:
    result = run(VERDICTS["fail"], anchor="api/openapi.json")["results"][0]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "api/openapi.json"


def test_results_are_limited() -> None:
    verdict = VERDICTS["fail"]
    assert len(run(verdict.model_copy(update={"findings": [verdict.findings[0]] * 6000}))["results"]) == 5000


def test_rules_lead_to_the_promise_and_the_driver_has_a_version() -> None:
    driver = run(sample_verdicts.made(sample_verdicts.core(), run={"suite_version": "1.2.3"}))["tool"]["driver"]
    assert (driver["version"], driver["semanticVersion"]) == ("1.2.3", "1.2.3")
    addresses = {rule["id"]: rule.get("helpUri") for rule in driver["rules"]}
    assert addresses["data.patch"] == "https://www.rfc-editor.org/rfc/rfc5789"


def test_findings_hang_on_the_file_of_the_users_choice() -> None:
    results = run(VERDICTS["fail"], anchor="docs/api.md")["results"]
    uris = {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in results}
    assert uris == {"docs/api.md"}
