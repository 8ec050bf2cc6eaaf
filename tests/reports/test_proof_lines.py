"""What stands behind a pass, as people read it."""

from __future__ import annotations

from conformance.verdict import Event, Verdict
from conformance.verdict.document import ClauseProof
from reports import html, markdown, terminal
from reports.common import proof_line
from reports.terminal import Detail
from tests.reports import sample_verdicts


def verdict(turned: int) -> Verdict:
    data = {"clause": "auth.missing", "check": "a", "alterations": 40, "turned": turned, "unaltered": 0}
    return sample_verdicts.made([*sample_verdicts.core(), Event("proof", data)])


def test_a_proof_is_said_in_a_few_words() -> None:
    assert proof_line(ClauseProof(alterations=40, turned=3)) == "3 of 40 altered observations failed it"
    assert proof_line(ClauseProof(alterations=1, turned=0)) == "none of 1 altered observation failed it"
    assert proof_line(ClauseProof(unaltered=2)) == "not altered: its checks ask while they judge"
    assert proof_line(ClauseProof()) == ""


def test_the_page_says_it_of_each_clause() -> None:
    assert "Proof: 3 of 40 altered observations failed it." in html.render(verdict(3))
    assert html.render(verdict(3)).count("Proof: ") == 1


def test_the_terminal_says_it_where_it_is_asked_or_a_pass_is_vacuous() -> None:
    short, whole = (terminal.render(verdict(3), detail=detail) for detail in (Detail.SCREEN, Detail.FULL))
    assert "altered observation" not in short
    assert "auth.missing: 3 of 40 altered observations failed it" in whole
    for detail in (Detail.SCREEN, Detail.FULL):
        told = terminal.render(verdict(0), detail=detail)
        assert "Vacuous, a defect of this suite" in told
        assert "auth.missing: none of 40 altered observations failed it" in told


def test_the_summary_names_a_vacuous_clause() -> None:
    assert "a defect of this suite" in markdown.render(verdict(0))
    assert "a defect of this suite" not in markdown.render(verdict(3))
