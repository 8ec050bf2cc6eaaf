"""The HTML report: closed to hostile text, accessible in structure, small."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
import random
import re
from html.parser import HTMLParser

import pytest

from conformance.verdict import Verdict
from conformance.verdict.trend import point_of
from reports.common import marked, statement
from reports.html import render
from reports.matrices import matrices
from tests.reports import sample_verdicts

VERDICTS = sample_verdicts.verdicts()


class Page(HTMLParser):
    """Keeps the tags with their attributes, and the text of script and style."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open = tag

    def handle_data(self, data: str) -> None:
        if self._open in ("script", "style", "caption", "label", "h1"):
            self.texts.setdefault(self._open, []).append(data)

    def handle_endtag(self, _tag: str) -> None:
        self._open = ""

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def packed(page: Page) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads(gzip.decompress(base64.b64decode(page.texts["script"][0])))
    return rows


@pytest.mark.parametrize("verdict", [*VERDICTS.values(), sample_verdicts.hostile()])
def test_policy_allows_this_pages_script_and_style_only(verdict: Verdict) -> None:
    page = Page(render(verdict))
    policy = next(meta["content"] or "" for meta in page.all("meta") if meta.get("http-equiv"))
    assert policy.startswith("default-src 'none'; ")
    for text in (page.texts["script"][1], page.texts["style"][0]):
        assert base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("verdict", [*VERDICTS.values(), sample_verdicts.hostile()])
def test_nothing_is_fetched_and_nothing_runs_inline(verdict: Verdict) -> None:
    page = Page(render(verdict))
    assert len(page.all("script")) == 2
    for tag, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "src")], tag
        assert (attributes.get("href") or "#").startswith(("#", "https://", "http://"))
        assert (attributes.get("href") or "#")[0] == "#" or attributes.get("rel") == "noopener noreferrer"
        assert tag not in ("img", "iframe", "link", "object", "base")


def test_hostile_text_is_escaped() -> None:
    text = render(sample_verdicts.hostile())
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "\\u202e" in text
    assert not set(text) & set("\x00\x1b\u202e\r")


def test_page_has_the_structure_that_assistive_technology_needs() -> None:
    page = Page(render(VERDICTS["fail"]))
    assert page.all("html") == [{"lang": "en"}]
    assert {"class": "skip", "href": "#content"} in page.all("a")
    assert len(page.all("h1")) == len(page.all("main")) == 1
    assert len(page.all("caption")) == len(page.all("table"))
    assert all(head.get("scope") in ("col", "row") for head in page.all("th"))
    assert len(page.all("label")) == len(page.all("select")) + len(page.all("input")) == 9
    assert any(paragraph.get("aria-live") == "polite" for paragraph in page.all("p"))
    assert all("tabindex" in block for block in page.all("pre"))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_every_anchor_leads_somewhere() -> None:
    page = Page(render(VERDICTS["fail"]))
    ids = {attributes.get("id") for _, attributes in page.tags}
    links = {link["href"] or "" for link in page.all("a")}
    assert {link[1:] for link in links if link.startswith("#") and "=" not in link} <= ids
    clauses = {clause.id for clause in VERDICTS["fail"].clauses}
    assert {link.removeprefix("#clause=") for link in links if "=" in link} <= clauses


def test_promises_are_linked() -> None:
    page = Page(render(VERDICTS["fail"]))
    assert {"href": "https://www.rfc-editor.org/rfc/rfc5789", "rel": "noopener noreferrer"} in page.all("a")


def test_hostile_addresses_are_no_links() -> None:
    verdict = VERDICTS["fail"]
    clauses = [clause.model_copy(update={"url": "javascript:alert(1)"}) for clause in verdict.clauses]
    deviation = verdict.deviations.seen[0].model_copy(update={"reference": "javascript:alert(2)"})
    deviations = verdict.deviations.model_copy(update={"seen": [deviation]})
    text = render(verdict.model_copy(update={"clauses": clauses, "deviations": deviations}))
    assert not [link for link in Page(text).all("a") if "javascript" in (link["href"] or "")]


@pytest.mark.parametrize(
    ("field", "judged"),
    [
        ("visible", ['"visible": null']), ("CustomerEntity.name", ['"name": "a\\"b"']), ("[].id", ['"id": 1']),
        ("", []), ("none", []),
    ],
)  # fmt: skip
def test_judged_value_is_marked(field: str, judged: list[str]) -> None:
    text = 'HTTP 200\n{"id": 1, "visible": null, "name": "a\\"b"}'
    parts = marked(text, field)
    assert "".join(part for part, _ in parts) == text
    assert [part for part, is_judged in parts if is_judged] == judged


def test_statement_shows_the_value_that_was_wrong() -> None:
    """`expected date-time, got string` alone does not say which string."""
    events = [
        sample_verdicts.place(
            "data.patch", "fail", field="TimesheetEntity.begin", expected="date-time", got="string",
            response='HTTP 200\n{"begin": "2019-07-17T23:00:00"}',
        )
    ]  # fmt: skip
    verdict = sample_verdicts.made([*sample_verdicts.core(), *events])
    (finding,) = verdict.findings
    words = 'expected date-time, got string; the answer has "begin": "2019-07-17T23:00:00"'
    assert statement(finding) == words
    assert words.replace('"', "&#34;") in render(verdict)
    shown = finding.model_copy(update={"got": "2019-07-17T23:00:00"})
    assert statement(shown) == "expected date-time, got 2019-07-17T23:00:00"


def test_booleans_are_shown_as_a_matrix() -> None:
    (matrix,) = [matrix for matrix in matrices(VERDICTS["fail"]) if matrix.id == "booleans"]
    rows = {label: dict(zip(matrix.columns, cells, strict=True)) for label, cells in matrix.rows}
    assert rows["POST /api/customers visible"]["absent"].status == "fail"
    assert rows["POST /api/customers visible"]["absent"].sign == "✗"
    assert matrix.rows[0][1][0].status == "fail"
    assert matrices(VERDICTS["empty"]) == []


def test_trend_is_drawn_and_told() -> None:
    points = [point_of(VERDICTS[name]) for name in ("pass", "fail")]
    page = Page(render(VERDICTS["fail"], points))
    assert len(page.all("rect")) == 2
    assert "Runs of this instance, the latest first" in page.texts["caption"]
    assert not Page(render(VERDICTS["fail"])).all("svg")


def test_places_are_packed_whole() -> None:
    verdict = VERDICTS["fail"]
    rows = packed(Page(render(verdict)))
    assert len(rows) == sum(len(clause.places) for clause in verdict.clauses)
    assert {row["status"] for row in rows} >= {"pass", "fail", "deviation", "observed"}


def test_twenty_thousand_exchanges_stay_under_five_megabytes() -> None:
    draw = random.Random(1)
    events = [
        sample_verdicts.place(
            "boolean.absent", field=f"f{number}", curl=f"curl {draw.getrandbits(400):x}",
            response=f"HTTP 200 {draw.getrandbits(2000):x}",
        )
        for number in range(20_000)
    ]  # fmt: skip
    bad = sample_verdicts.place("data.patch", "fail")
    text = render(sample_verdicts.made([*sample_verdicts.core(), *events, bad]))
    assert len(text.encode()) < 5 * 1024 * 1024
    assert "fail" in {row["status"] for row in packed(Page(text))}
    assert re.search(r"Browse \d+ places", text)


def test_script_shows_data_as_text_only() -> None:
    script = Page(render(VERDICTS["pass"])).texts["script"][1]
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|fetch|XMLHttp", script)
    assert "http" not in script


SCRIPT = "#!/bin/sh\n# shows it\ncurl '$KIMAI_URL/<b>'\n"


def with_script(script: str) -> Verdict:
    return sample_verdicts.made([*sample_verdicts.core(), sample_verdicts.place("data.patch", "fail", script=script)])


def test_a_finding_has_its_script_whole_and_the_command_that_asks_again() -> None:
    long = SCRIPT + "# line\n" * 4000 + "# end\n"
    text = html.unescape(render(with_script(long)))
    assert long in text
    assert (
        "kimai-conformance replay 0123456789ab --report verdict.json --url https://kimai.example/time --write" in text
    )
    assert "--script" not in text
    details = [tag for name, tag in Page(render(with_script(SCRIPT))).tags if name == "details"]
    (folded,) = (tag for tag in details if tag.get("class") == "script")
    assert "open" not in folded


@pytest.mark.parametrize("script", [SCRIPT + "# line\n" * 20_000, SCRIPT + "\u202e"])
def test_a_script_that_would_be_cut_or_altered_is_left_to_replay(script: str) -> None:
    text = render(with_script(script))
    assert "# shows it" not in text
    assert "<code>--script</code>" in text
