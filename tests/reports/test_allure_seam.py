"""The seam to Allure, under a real pytest with allure-pytest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests import processes

pytest_plugins = ["pytester"]

CONFTEST = """
import pytest
from conformance.verdict import Clause, Clauses, Deviation, Deviations, EventWriter, Judge
from reports import allure

CLAUSES = Clauses([Clause(id="boolean.absent", level="MUST", title="t", source="s")])
DEVIATIONS = Deviations([Deviation(id="d1", clause="boolean.absent", versions=">=2", operations=("*",),
                                   observed="true", reason="r", reference="x")])

def pytest_configure(config):
    config.addinivalue_line("markers", "clause(id): x")
    allure.install(config, CLAUSES, lambda text: text.replace("hunter2", "***"))

@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem):
    result = yield
    pyfuncitem.funcargs["judge"].finish()
    return result

@pytest.fixture
def judge(tmp_path):
    with EventWriter(tmp_path / "e.jsonl") as writer:
        yield Judge("boolean.absent", CLAUSES, DEVIATIONS, "2.66.0", writer)
"""

CHECKS = """
import pytest
from conformance.verdict import clause
from conformance.model import Exchange

EXCHANGE = Exchange("POST", "/api/a?x=hunter2", "POST /api/a", "a", {}, b"{}", 200, {}, b"hunter2")

@clause("boolean.absent")
@pytest.mark.parametrize("operation", ["POST /api/a", "POST /api/b"])
def test_absent(judge, operation):
    judge.check(True, operation=operation, expected="false", got="false", exchange=EXCHANGE)

@clause("boolean.absent")
def test_known(judge):
    judge.check(False, operation="POST /api/a", field="x", role="ROLE_USER", expected="false", got="true")

@clause("boolean.absent")
def test_fails(judge):
    for number in range(50):
        judge.check(number < 45, operation="POST /api/a", field=f"f{number}", expected="false", got="hunter2",
                    exchange=EXCHANGE)
"""


@pytest.fixture(params=["here", "elsewhere/deeper"])
def results(request: pytest.FixtureRequest, pytester: pytest.Pytester) -> dict[str, dict[str, Any]]:
    """Return the results by the last part of their full name, from two places of installation."""
    folder = pytester.path / request.param
    folder.mkdir(parents=True)
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (folder / "test_checks.py").write_text(CHECKS, encoding="utf-8")
    out = pytester.path / "allure"
    options = ("--alluredir", str(out), "-p", "no:schemathesis", "-p", "no:xdist")
    with processes.signals_set_back():
        pytester.runpytest_subprocess(str(folder), *options)
    assert "hunter2" not in "".join(path.read_text(encoding="utf-8") for path in out.iterdir())
    return {result["fullName"]: result | {"out": str(out)} for result in map(_read, out.glob("*-result.json"))}


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def labels(result: dict[str, Any]) -> dict[str, str]:
    return {label["name"]: label["value"] for label in result["labels"]}


def test_results_are_reshaped(results: dict[str, dict[str, Any]]) -> None:
    assert sorted(results) == [
        "boolean.absent#test_absent[POST /api/a]",
        "boolean.absent#test_absent[POST /api/b]",
        "boolean.absent#test_fails",
        "boolean.absent#test_known",
    ]
    kept, other, fails, known = (results[name] for name in sorted(results))
    assert_history_goes_by_clause_and_item(kept, other)
    assert_known_is_passed_and_known(known)
    assert_failure_has_few_steps(fails)
    assert (kept["status"], kept["name"]) == ("passed", "[boolean.absent] POST /api/a")
    attached = Path(kept["out"], kept["attachments"][0]["source"]).read_text(encoding="utf-8")
    assert attached.startswith("curl -X POST")
    assert not any(result.get("parameters") for result in results.values())


def assert_history_goes_by_clause_and_item(kept: dict[str, Any], other: dict[str, Any]) -> None:
    """The ids are pinned: they are the same wherever the suite is installed."""
    assert kept["testCaseId"] == other["testCaseId"] == "5e22e95c6f4ecdca81b939dfb80c3c4c"
    assert kept["historyId"] == "9288291b49a845c02ffff04f1a060914"
    assert other["historyId"] != kept["historyId"]
    result = labels(kept)
    assert {name: result[name] for name in ("epic", "feature", "story", "clause", "severity", "operation")} == {
        "epic": "Kimai API", "feature": "boolean", "story": "boolean.absent", "clause": "boolean.absent",
        "severity": "critical", "operation": "POST /api/a",
    }  # fmt: skip
    assert not {"host", "thread", "package", "suite"} & result.keys()


def assert_known_is_passed_and_known(known: dict[str, Any]) -> None:
    assert known["status"] == "passed"
    assert known["statusDetails"]["known"] is True
    assert known["statusDetails"]["message"].startswith("KNOWN DEVIATION d1")
    assert labels(known)["role"] == "ROLE_USER"


def assert_failure_has_few_steps(fails: dict[str, Any]) -> None:
    assert fails["status"] == "failed"
    assert len(fails["steps"]) == 20
    assert [step["status"] for step in fails["steps"][:6]] == ["failed"] * 5 + ["passed"]
    assert "expected false, got ***" in fails["statusDetails"]["message"]
