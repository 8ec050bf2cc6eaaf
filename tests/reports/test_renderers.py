"""All renderers at once: golden files, hostile texts, secrets, the same counts."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

import reports
import reports.terminal
from conformance.verdict import Verdict, read_verdict
from conformance.verdict.difference import difference as find_difference
from conformance.verdict.trend import point_of
from reports import badge, difference
from reports.allure import environment
from tests.reports import sample_verdicts
from tests.verdict.schema import problems

GOLDEN = Path(__file__).parent / "golden"
WRITE = bool(os.environ.get("WRITE_GOLDEN"))
"""Set it to write the golden files anew; then read the difference before committing it."""

RENDERERS = {
    "terminal.txt": lambda verdict: reports.terminal.render(verdict, width=100, report="reports/out/report.html"),
    "verbose.txt": lambda verdict: reports.terminal.render(verdict, detail=reports.terminal.Detail.FULL),
    "environment.properties": environment,
    **{name: render for name, render in reports.RENDERERS.items() if name not in ("report.html", "verdict.json")},
}
VERDICTS = sample_verdicts.verdicts()


@pytest.mark.parametrize("renderer", RENDERERS)
@pytest.mark.parametrize("name", VERDICTS)
def test_golden(name: str, renderer: str) -> None:
    result = RENDERERS[renderer](VERDICTS[name])
    content = result if isinstance(result, bytes) else result.encode()
    path = GOLDEN / f"{name}.{renderer}"
    if WRITE:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    assert content.decode() == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", VERDICTS)
def test_every_report_says_the_verdict(name: str, tmp_path: Path) -> None:
    verdict = VERDICTS[name]
    word = verdict.summary.verdict
    for path in reports.render_all(verdict, tmp_path / "out"):
        if path.name != "junit.xml":
            assert word in path.read_text(encoding="utf-8"), path.name
    assert reports.terminal.render(verdict).splitlines()[-1].startswith(f"{word}: ")


@pytest.mark.parametrize("name", VERDICTS)
def test_every_report_says_how_much_was_asked(name: str) -> None:
    summary = VERDICTS[name].summary
    part = f"{summary.decided} of {summary.decidable} promises were checked"
    spread = f"{summary.operations_asked} of 2 operations asked"
    for render in (reports.terminal.render, reports.markdown.render, reports.html.render, reports.junit.render):
        result = render(VERDICTS[name])
        text = result.decode() if isinstance(result, bytes) else result
        assert part in text
        assert spread in text


def test_every_report_tells_what_was_kept_and_remarked() -> None:
    verdict = sample_verdicts.made(
        sample_verdicts.core(), safety={"kept": ["user 7 (kc)"], "remarks": ["tag 3 is gone"]}
    )
    for render in (reports.terminal.render, reports.markdown.render, reports.html.render):
        assert "user 7 (kc)" in render(verdict)
        assert "tag 3 is gone" in render(verdict)


def test_all_files_are_there_and_whole(tmp_path: Path) -> None:
    paths = reports.render_all(VERDICTS["fail"], tmp_path / "a" / "b")
    assert [path.name for path in paths] == [
        "verdict.json", "junit.xml", "report.html", "results.sarif", "summary.md"
    ]  # fmt: skip
    assert sorted(path.name for path in (tmp_path / "a" / "b").iterdir()) == [
        "allure-results", "junit.xml", "report.html", "results.sarif", "summary.md", "verdict.json"
    ]  # fmt: skip
    assert json.loads((tmp_path / "a" / "b" / "verdict.json").read_text()) == VERDICTS["fail"].document()
    assert json.loads((tmp_path / "a" / "b" / "allure-results" / "categories.json").read_text())


def echoing(secret: str) -> Verdict:
    verdict = sample_verdicts.made(
        [
            *sample_verdicts.core(),
            sample_verdicts.place(
                "data.patch", "fail", got=secret, reason=secret, curl=secret, response=secret, field=secret,
                title=secret,
            ),
        ],
        instance={"url": f"https://k.test/{secret}"},
        safety={"left_behind": [secret]},
        definition={"origin": secret},
    )  # fmt: skip
    return verdict.model_copy(update={"observations": {secret: {secret: secret}}})


@pytest.mark.parametrize("secret", ["kc_canary_7f3a9", 'q"<&>\\kc canary', "kc-canäry\n|x"])
def test_secrets_are_blotted_in_every_file(secret: str, tmp_path: Path) -> None:
    reports.render_all(echoing(secret), tmp_path, redact=lambda text: text.replace(secret, "***"))
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert not re.search("can.{0,8}ry", path.read_text(encoding="utf-8")), path.name


def test_same_failures_everywhere() -> None:
    verdict = VERDICTS["fail"]
    findings = sum(not finding.known for finding in verdict.findings)
    assert 0 < findings < len(verdict.findings)
    assert len(json.loads(reports.sarif.render(verdict))["runs"][0]["results"]) == findings
    assert f"## Findings: {findings}\n" in reports.markdown.render(verdict)
    assert f"Findings: {findings}, " in reports.terminal.render(verdict)
    assert f"Findings: {findings}<" in reports.html.render(verdict)


def test_known_defects_are_shown_as_known_and_not_failed() -> None:
    verdict = VERDICTS["known"]
    result = "1 known defect of Kimai 2.66.0, none new"
    full = reports.terminal.render(verdict, detail=reports.terminal.Detail.FULL)
    texts = [full, reports.markdown.render(verdict), reports.html.render(verdict)]
    assert all("emptied-name" in text for text in texts)
    assert all(result in " ".join(text.split()) for text in texts)
    junit = reports.junit.render(verdict).decode()
    assert "KNOWN DEFECT emptied-name" in junit
    assert 'failures="0"' in junit
    assert json.loads(reports.sarif.render(verdict))["runs"][0]["results"] == []


@pytest.mark.parametrize("renderer", RENDERERS)
def test_hostile_text_cannot_hide_or_steer(renderer: str) -> None:
    result = RENDERERS[renderer](sample_verdicts.hostile())
    content = result.decode() if isinstance(result, bytes) else result
    assert not set(content) & set("\x00\x1b\u202e\ud800\x9b\r")


def test_hostile_text_in_every_field_makes_a_safe_report(tmp_path: Path) -> None:
    verdict = sample_verdicts.wholly_hostile()
    assert verdict.document() == read_again(verdict, tmp_path).document()
    trend = [point_of(verdict)] * 3
    reports.render_all(verdict, tmp_path / "out", trend=trend)
    for path in (tmp_path / "out").rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert not set(text) & set("\x00\x1b\u202e\x9b\r"), path.name
            assert "<script>alert" not in text or path.suffix not in (".html", ".xml"), path.name
    others: list[Callable[[Verdict], str]] = [*badge.RENDERERS.values()]
    others += [partial(render_difference, kind) for kind in difference.RENDERERS]
    for render in others:
        assert not set(render(verdict)) & set("\x00\x1b\u202e\ud800\r")
    for detail in reports.terminal.Detail:
        assert not set(reports.terminal.render(verdict, detail=detail)) & set("\x00\x1b\u202e\ud800\r")


def read_again(verdict: Verdict, folder: Path) -> Verdict:
    path = folder / "verdict.json"
    path.write_text(json.dumps(verdict.document()), encoding="utf-8")
    return read_verdict(path)


def render_difference(kind: str, verdict: Verdict) -> str:
    return difference.RENDERERS[kind](find_difference(VERDICTS["pass"], verdict))


def test_render_leaves_the_verdict_as_it_is(tmp_path: Path) -> None:
    before = VERDICTS["fail"].document()
    reports.render_all(VERDICTS["fail"], tmp_path, redact=lambda text: text.replace("a", "b"))
    assert VERDICTS["fail"].document() == before


@pytest.mark.parametrize("secret", ["status", "clauses", "fail", "pass", "MUST", "a", "boolean"])
def test_password_that_is_one_of_our_words_breaks_nothing(secret: str, tmp_path: Path) -> None:
    reports.render_all(VERDICTS["fail"], tmp_path, redact=lambda text: text.replace(secret, "***"))
    assert problems(json.loads((tmp_path / "verdict.json").read_text(encoding="utf-8"))) == []
