"""SARIF 2.1.0 for GitHub's code scanning: a result for each finding, within the limits that GitHub has.

GitHub refuses a file of which one location has no file in the repository, so every result is anchored to one (by
default the suite's settings file); the operation is in the message's first sentence. It ignores suppressions, so
accepted findings and known deviations are left out. A run that is undecided must not be uploaded, for it would close
alerts: `executionSuccessful` is false and `properties.upload` too.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from conformance.model import counted
from conformance.verdict.document import ClauseResult, FindingResult, Verdict
from reports.common import ask_again, clip, escaped, failing, one_line, statement

ANCHOR = "kimai-conformance.toml"
RESULT_LIMIT = 5000
"""GitHub keeps no more of a run."""

DESCRIPTION_LIMIT = 1024
MESSAGE_LIMIT = 8 * 1024
LEVELS = {"MUST": "error", "SHOULD": "warning", "NOTE": "note"}
SECURITY = {"authentication": "8.0", "permission": "7.0"}
"""Families whose rules have a security severity."""


def render(verdict: Verdict, anchor: str = ANCHOR) -> str:
    """Return the SARIF log. `anchor` is the path of a committed file, relative to the repository, with `/`."""
    verdict = escaped(verdict)
    rules = [clause for clause in verdict.clauses if clause.level != "NOTE"]
    places = {clause.id: index for index, clause in enumerate(rules)}
    results = [_result(verdict, finding, places[finding.clause], anchor) for finding in failing(verdict)]
    word = verdict.summary.verdict
    version = verdict.run.suite_version
    versions = {"version": version, "semanticVersion": version} if version else {}
    run = {
        "tool": {"driver": {"name": "kimai-conformance", **versions, "rules": [_rule(clause) for clause in rules]}},
        "automationDetails": {"id": f"kimai-conformance/{_instance(verdict)}/"},
        "invocations": [{"executionSuccessful": verdict.summary.exit_status in (0, 1)}],
        "results": results[:RESULT_LIMIT],
        "columnKind": "utf16CodeUnits",
        "properties": {"verdict": word, "upload": word in ("PASS", "PASS WITH KNOWN", "FAIL")},
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=1) + "\n"


def _instance(verdict: Verdict) -> str:
    """Return a name of the instance that is stable across runs: the embedded one has another port each time."""
    instance = verdict.instance
    if instance.kind == "embedded":
        return "embedded"
    name: str = instance.url.partition("://")[2]
    return "".join(char if char.isalnum() or char in ".-" else "_" for char in name.strip("/"))


def _rule(clause: ClauseResult) -> dict[str, Any]:
    properties: dict[str, Any] = {"tags": [clause.family, clause.level]}
    if clause.family in SECURITY:
        properties["security-severity"] = SECURITY[clause.family]
        properties["tags"].append("security")
    return {
        "id": clause.id,
        "shortDescription": {"text": clip(clause.title, DESCRIPTION_LIMIT)},
        "fullDescription": {"text": clip(f"{clause.level}: {clause.title}", DESCRIPTION_LIMIT)},
        "help": {"text": f"Promised in: {clause.source}"},
        **({"helpUri": clause.url} if clause.url.startswith(("http://", "https://")) else {}),
        "defaultConfiguration": {"level": LEVELS[clause.level]},
        "properties": properties,
    }


def _result(verdict: Verdict, finding: FindingResult, index: int, anchor: str) -> dict[str, Any]:
    line = {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 2}
    operations = sorted({" ".join(place.split(" ")[:2]) for place in finding.places})
    text = f"{finding.clause}|{finding.fingerprint}"
    return {
        "ruleId": finding.clause,
        "ruleIndex": index,
        "level": LEVELS[finding.level],
        "message": {"text": clip(_message(verdict, finding), MESSAGE_LIMIT)},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": anchor}, "region": line},
                "logicalLocations": [{"fullyQualifiedName": name, "kind": "resource"} for name in operations[:50]],
            }
        ],
        "partialFingerprints": {"primaryLocationLineHash": hashlib.sha256(text.encode()).hexdigest()[:16] + ":1"},
    }


def _message(verdict: Verdict, finding: FindingResult) -> str:
    places = finding.places
    more = f" and {counted(len(places) - 1, 'more place')}" if len(places) > 1 else ""
    first = f"{places[0]}{more}: {finding.title}: {statement(finding)}."
    again = f"Is it still there? {ask_again(verdict, finding.fingerprint)}"
    lines = [one_line(first), finding.reason, again, "", *places[:50], "", finding.curl, finding.response]
    return "\n".join(lines).strip()
