"""JUnit: the mapping, and what its readers choke on."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from conformance.verdict import Event, Verdict
from reports.junit import TEXT_LIMIT, render
from tests.reports import sample_verdicts

VERDICTS = sample_verdicts.verdicts()


def parsed(verdict: Verdict) -> ET.Element:
    return ET.fromstring(render(verdict))


def cases(verdict: Verdict, clause: str) -> list[ET.Element]:
    return [case for case in parsed(verdict).iter("testcase") if case.get("classname") == f"kimai.{clause}"]


def children(case: ET.Element) -> list[ET.Element]:
    return [child for child in case if child.tag != "properties"]


def test_kept_place_has_no_child() -> None:
    (case,) = cases(VERDICTS["pass"], "auth.missing")
    assert case.get("name") == "POST /api/customers as ROLE_ADMIN"
    assert children(case) == []


def test_failure_says_it_in_message_and_text() -> None:
    admin, projects = cases(VERDICTS["fail"], "boolean.absent")
    (failure,) = children(admin)
    assert failure.tag == "failure"
    assert failure.get("message") == "title of boolean.absent: expected false, got null"
    assert "title of boolean.absent: expected false, got null" in (failure.text or "")
    assert "curl -X POST" in (failure.text or "")
    assert projects.get("name") == "POST /api/projects as ROLE_ADMIN"


def test_known_deviation_is_skipped_with_its_name() -> None:
    (case,) = cases(VERDICTS["known"], "boolean.absent")
    (skipped,) = children(case)
    assert skipped.tag == "skipped"
    assert (skipped.get("message") or "").startswith("KNOWN DEVIATION post-absent: ")
    assert "KNOWN DEVIATION post-absent" in (skipped.text or "")
    properties = {item.get("name"): item.get("value") for item in case.iter("property")}
    assert properties == {
        "kimai.clause": "boolean.absent", "kimai.operation": "POST /api/customers", "kimai.role": "ROLE_ADMIN",
        "kimai.outcome": "deviation", "kimai.deviation": "post-absent",
    }  # fmt: skip


def test_left_out_is_skipped_and_undecided_is_an_error() -> None:
    (left_out,) = cases(VERDICTS["pass"], "permission.kept")
    (undecided,) = cases(VERDICTS["undecided"], "boolean.absent")
    assert [child.tag for child in children(left_out)] == ["skipped"]
    assert [child.tag for child in children(undecided)] == ["error"]
    assert "promised by the plan" in (children(undecided)[0].text or "")


def test_observed_is_no_failure_and_is_told() -> None:
    (case,) = cases(VERDICTS["pass"], "boolean.lists")
    assert [child.tag for child in children(case)] == ["system-out"]


def test_run_that_cannot_be_trusted_has_an_error() -> None:
    told = ["system-out"]
    for name, tags in {"pass": told, "fail": told, "empty": ["error"], "undecided": ["error"]}.items():
        (case,) = cases(VERDICTS[name], "run")
        assert [child.tag for child in children(case)] == tags


def test_counts_are_those_of_the_elements() -> None:
    for verdict in VERDICTS.values():
        root = parsed(verdict)
        for element in [root, *root.iter("testsuite")]:
            results = {tag: len(list(element.iter(tag))) for tag in ("testcase", "failure", "error", "skipped")}
            statement = [int(element.get(name, "")) for name in ("tests", "failures", "errors", "skipped")]
            assert statement == list(results.values())


def test_no_case_is_there_twice_and_none_has_two_children() -> None:
    """GitLab drops duplicates, Jenkins reads one child."""
    for verdict in (*VERDICTS.values(), sample_verdicts.hostile()):
        names = [(case.get("classname"), case.get("name")) for case in parsed(verdict).iter("testcase")]
        assert len(names) == len(set(names))
        assert all(len(children(case)) <= 1 for case in parsed(verdict).iter("testcase"))


def test_text_is_limited() -> None:
    events = [
        sample_verdicts.place("data.patch", "fail", field=f"f{number}", response="é" * 1000) for number in range(50)
    ]
    (case,) = cases(sample_verdicts.made(events), "data.patch")
    assert len((children(case)[0].text or "").encode()) <= TEXT_LIMIT


def test_cases_have_times_and_suites_a_beginning() -> None:
    def took(seconds: float) -> Event:
        return Event("check", {"clause_ids": ["boolean.absent", "data.patch"], "seconds": seconds, "node": ""})

    first, *rest = sample_verdicts.FAILURES
    verdict = sample_verdicts.made([*sample_verdicts.core(), Event("start"), first, took(2.0), *rest, took(1.0)])
    times = {case.get("name"): case.get("time") for case in cases(verdict, "boolean.absent")}
    assert times == {"POST /api/customers as ROLE_ADMIN": "2.000", "POST /api/projects as ROLE_ADMIN": "0.500"}
    assert [case.get("time") for case in cases(verdict, "data.patch")] == ["0.500"]
    root = parsed(verdict)
    assert {suite.get("timestamp") for suite in root.iter("testsuite")} == {"2026-11-25T10:00:00+00:00"}
    assert sum(float(suite.get("time", "")) for suite in root.iter("testsuite")) == pytest.approx(3.0)


def test_skip_says_why_in_words_for_a_stranger() -> None:
    verdict = sample_verdicts.made(sample_verdicts.core(), run={"profile": "smoke"}, plan={"left_out": []})
    (case,) = cases(verdict, "permission.kept")
    assert children(case)[0].get("message") == "the profile smoke does not ask this here: a larger --profile may"
