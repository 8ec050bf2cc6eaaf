"""The seam to Allure: results are written by allure-pytest, and reshaped here before they are.

What is known of a release is an xfail in pytest, which Allure would show as "not run": it becomes passed and known, for
it fails no run. History goes by clause and name of the item, not by the path of a module. A check has a step for each
place, up to a limit, and not one for each generated example; its parameters are blanked, for allure-pytest writes
masked ones in clear.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import Any

import allure_commons
import pytest
from allure_commons.model2 import Label, Status, StatusDetails, TestResult, TestStepResult
from allure_commons.types import AttachmentType

from conformance.model import SEVERITY, Place
from conformance.model import Status as Decision
from conformance.verdict import Clause, Judge
from conformance.verdict.document import Verdict
from conformance.verdict.judge import where
from reports.common import Blot, definition_line, escape_invisible, instance_line, one_line
from reports.files import write_atomic

STEP_LIMIT = 20
KNOWN = "KNOWN DE"
"""Begins the reasons of such an xfail: a deviation or a defect."""
SEVERITIES = {"MUST": "critical", "SHOULD": "normal", "NOTE": "minor"}
DROPPED = frozenset({"host", "thread", "package", "parentSuite", "suite", "subSuite"})
"""Labels that tell of the machine or of where the suite is installed."""

STEP_STATUS = {
    Decision.FAIL: Status.FAILED, Decision.ERROR: Status.BROKEN, Decision.DEVIATION: Status.PASSED,
    Decision.SKIPPED: Status.SKIPPED,
}  # fmt: skip

CATEGORIES = (
    {"name": "Known of the release", "matchedStatuses": ["passed"], "messageRegex": f"{KNOWN}[\\s\\S]*"},
    {"name": "Contract violations", "matchedStatuses": ["failed"]},
    {"name": "Could not test", "matchedStatuses": ["broken"]},
)
"""Mutually exclusive, since one version of Allure takes the first that matches and another takes all."""


def install(config: pytest.Config, clauses: Mapping[str, Clause], blot: Blot) -> None:
    """Register the seam where allure-pytest writes results; do nothing elsewhere. To be called in pytest_configure."""
    if config.getoption("allure_report_dir", None):
        seam = AllureHooks(clauses, blot)
        config.pluginmanager.register(seam, "kimai-allure-seam")
        allure_commons.plugin_manager.register(seam, "kimai-allure-seam")


class AllureHooks:
    """A plugin of pytest and of allure: labels the checks, collects their places, reshapes their results."""

    def __init__(self, clauses: Mapping[str, Clause], blot: Blot) -> None:
        self._clauses = clauses
        self._blot = blot
        self._places: list[Place] = []

    def pytest_unconfigure(self) -> None:
        """Leave allure as it was."""
        allure_commons.plugin_manager.unregister(self)

    def pytest_collection_modifyitems(self, items: Sequence[pytest.Item]) -> None:
        """Label every check with its clause."""
        for item in items:
            for mark in list(item.iter_markers("clause")):
                for clause_id in mark.args:
                    self._label(item, clause_id)

    def _label(self, item: pytest.Item, clause_id: str) -> None:
        labels = {"epic": "Kimai API", "clause": clause_id}
        clause = self._clauses.get(clause_id)
        if clause:
            labels |= {"feature": clause.family, "story": clause.id, "severity": SEVERITIES[clause.level]}
        operation = getattr(item, "callspec", None) and item.callspec.params.get("operation")  # type: ignore[attr-defined]
        if operation:
            labels["operation"] = str(operation)
        for name, value in labels.items():
            item.add_marker(pytest.mark.allure_label(value, label_type=name))

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, object, object]:
        """Take the places of a check when its body has run, before its judge ends it; attach the telling exchange."""
        self._places = []
        try:
            return (yield)
        finally:
            judge = pyfuncitem.funcargs.get("judge")
            if isinstance(judge, Judge):
                self._places = sorted(judge.all_places, key=lambda place: SEVERITY.index(place.status))
                self._attach(next((place for place in self._places if place.curl), None))

    def _attach(self, place: Place | None) -> None:
        if place:
            text = escape_invisible(self._blot(f"{place.curl}\n\n{place.response}\n"))
            allure_commons.plugin_manager.hook.attach_data(
                body=text, name=one_line(self._blot(where(place))), attachment_type=AttachmentType.TEXT, extension=None
            )

    @allure_commons.hookimpl(tryfirst=True)
    def report_result(self, result: TestResult) -> None:
        """Reshape a result before it is written."""
        labels = {label.name: label.value for label in result.labels}
        result.labels = [label for label in result.labels if label.name not in DROPPED]
        result.labels += [Label("role", role) for role in sorted({place.role for place in self._places if place.role})]
        clause = labels.get("clause", "")
        item = str(result.name)
        result.testCaseId = _digest(clause, item.partition("[")[0])
        result.historyId = _digest(clause, item)
        result.fullName = f"{clause or 'kimai-conformance'}#{item}"
        result.titlePath = [name for name in (labels.get("feature"), clause) if name]
        if clause:
            result.name = f"[{clause}] {_shown(item)}"
        result.parameters = []
        result.steps = [self._step(place, result) for place in self._places[:STEP_LIMIT]]
        self._places = []
        _known(result)
        self._clean(result.statusDetails)

    def _step(self, place: Place, result: TestResult) -> TestStepResult:
        statement = f": expected {place.expected}, got {place.got}" if place.expected or place.got else ""
        name = escape_invisible(one_line(self._blot(f"{place.status}: {where(place)}{statement}")))
        status = STEP_STATUS.get(place.status, Status.PASSED)
        return TestStepResult(name=name, status=status, start=result.start, stop=result.stop)

    def _clean(self, details: StatusDetails | None) -> None:
        if details:
            details.message = escape_invisible(self._blot(details.message or ""))
            details.trace = escape_invisible(self._blot(details.trace or ""))


def _known(result: TestResult) -> None:
    """Turn an xfail for what is known into a passed result that is known."""
    details = result.statusDetails
    if result.status == Status.SKIPPED and details and KNOWN in (details.message or ""):
        result.status = Status.PASSED
        details.known = True
        details.message = details.message[details.message.index(KNOWN) :]


def _shown(item: str) -> str:
    """Return a title: what is between the brackets of a parametrised name, else the name in words."""
    name, _, parameters = item.partition("[")
    return parameters.removesuffix("]") or name.removeprefix("test_").replace("_", " ")


def _digest(*words: str) -> str:
    return hashlib.md5("|".join(words).encode(), usedforsecurity=False).hexdigest()


def write_metadata(verdict: Verdict, results: Path) -> None:
    """Write environment.properties and categories.json into a folder of results, which is made where it is missing."""
    results.mkdir(parents=True, exist_ok=True)
    write_atomic(results / "environment.properties", environment(verdict).encode())
    write_atomic(results / "categories.json", (json.dumps(CATEGORIES, indent=1) + "\n").encode())


def environment(verdict: Verdict) -> str:
    """Return what the run was about as Java properties."""
    values: dict[str, Any] = {
        "Instance": instance_line(verdict), "Definition": definition_line(verdict),
        "Verdict": verdict.summary.verdict, "Profile": verdict.run.profile, "Seed": verdict.run.seed,
    }  # fmt: skip
    return "".join(f"{name}={_property(str(value))}\n" for name, value in values.items())


def _property(value: str) -> str:
    """Return a value in a line, in ASCII, as a Java properties file wants it."""
    text = one_line(escape_invisible(value)).replace("\\", "\\\\")
    units = [text.encode("utf-16-be")[start : start + 2] for start in range(0, len(text.encode("utf-16-be")), 2)]
    codes = [int.from_bytes(unit) for unit in units]
    return "".join(chr(code) if code < 128 else f"\\u{code:04x}" for code in codes)
