"""report.html in Chromium: no overflow, no violation that axe finds, and search, filters and copying that work."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.verdict import Verdict
from reports.html import render
from tests.pages.conftest import busy
from tests.reports import sample_verdicts

pytestmark = pytest.mark.slow
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
Opened = Callable[..., Any]


@pytest.fixture
def opened(chromium: Any, tmp_path: Path) -> Iterator[Opened]:
    """Return what opens a report in a page of its own; the page must log no error."""
    contexts: list[Any] = []
    errors: list[str] = []

    def open_page(verdict: Verdict, *, width: int = 1280, scheme: str = "light", csp: bool = True) -> Any:
        path = tmp_path / "report.html"
        text = render(verdict)
        # axe is injected, which the page's own policy forbids.
        path.write_text(text if csp else re.sub(r"<meta http-equiv[^>]*>", "", text), encoding="utf-8")
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith("file:") else errors.append(request.url))
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(opened: Opened, node_modules: Path, width: int, scheme: str) -> None:
    page = opened(busy(), width=width, scheme=scheme, csp=False)
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    page.wait_for_selector("#place-list details")
    page.add_script_tag(path=str(node_modules / "axe-core" / "axe.min.js"))
    result = page.evaluate("tags => axe.run({runOnly: tags})", RULES)
    found = {item["id"]: [node["html"][:200] for node in item["nodes"][:3]] for item in result["violations"]}
    assert found == {}
    assert len(result["passes"]) > 20


@pytest.mark.parametrize("verdict", [busy(), *sample_verdicts.verdicts().values(), sample_verdicts.hostile()])
def test_nothing_is_wider_than_a_telephone(opened: Opened, verdict: Verdict) -> None:
    page = opened(verdict, width=390)
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    page.wait_for_selector("#place-count")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_clauses_are_found_by_text_and_filters(opened: Opened) -> None:
    page = opened(busy())
    every = page.locator("details.clause").count()
    page.fill("#clause-filter [name=text]", "round-trip")
    assert page.locator("details.clause:visible").all_text_contents()[0].count("datetime.round-trip")
    assert page.locator("details.clause:visible").count() == 1
    page.fill("#clause-filter [name=text]", "")
    page.select_option("#clause-filter [name=status]", "fail")
    assert page.locator("details.clause:visible").count() == 2
    assert page.inner_text("#clause-count") == f"2 of {every} clauses"


def test_places_are_browsed_from_a_clause_and_found_by_text(opened: Opened) -> None:
    page = opened(busy())
    page.evaluate("location.hash = 'clause=boolean.absent'")
    page.wait_for_selector("#place-list details")
    assert all("boolean.absent" in text for text in page.locator("#place-list summary").all_text_contents())
    before = page.locator("#place-list details").count()
    page.fill("#filter [name=text]", "locale")
    page.press("#filter [name=text]", "Tab")
    page.wait_for_function("count => document.querySelectorAll('#place-list details').length < count", arg=before)
    assert page.locator("#place-list details").count() == 3


def test_a_reproducer_is_copied(opened: Opened) -> None:
    page = opened(busy())
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".failing button.copy").first.click()
    page.wait_for_function("document.querySelector('.failing button.copy').textContent === 'Copied'")
    assert page.evaluate("navigator.clipboard.readText()") == page.locator(".failing pre").first.text_content()


def test_judged_value_is_marked_in_findings_and_places(opened: Opened) -> None:
    verdict = sample_verdicts.made(
        [*sample_verdicts.core(), sample_verdicts.place("data.patch", "fail", field="name", response='{"name": "x"}')]
    )
    page = opened(verdict)
    page.evaluate("location.hash = 'status=fail'")
    page.wait_for_selector("#place-list details")
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    assert page.locator("mark").all_text_contents() == ['"name": "x"', '"name": "x"']


def test_keyboard_reaches_the_content_first(opened: Opened) -> None:
    page = opened(busy())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#content"


def test_hostile_text_runs_nothing(opened: Opened) -> None:
    page = opened(sample_verdicts.hostile())
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    page.evaluate("location.hash = 'status=fail'")
    page.wait_for_selector("#place-list details")
    assert page.locator("script").count() == 2
