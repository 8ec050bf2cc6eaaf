"""A verdict rendered for people and for machines. A renderer is a pure function of the verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from conformance.verdict import Verdict, without_secrets
from conformance.verdict.trend import TrendPoint
from reports import allure, html, json_report, junit, markdown, sarif
from reports.common import Redact
from reports.files import write_atomic

RENDERERS: dict[str, Callable[[Verdict], str | bytes]] = {
    "verdict.json": json_report.render,
    "junit.xml": junit.render,
    "report.html": html.render,
    "results.sarif": sarif.render,
    "summary.md": markdown.render,
}
"""File name -> renderer. The verdict itself comes first: whatever becomes of the others, it is there."""


def render_all(
    verdict: Verdict,
    directory: Path,
    redact: Redact = str,
    anchor: str = sarif.ANCHOR,
    trend: Sequence[TrendPoint] = (),
) -> list[Path]:
    """Write every report into `directory`, made where it is missing, and return their paths.

    `redact` takes the secrets out of the texts of the verdict, before any escaping could hide one; nothing else of a
    run reaches a renderer. `anchor` is the committed file to which code scanning attaches findings, `trend` the
    runs of the instance so far. Raises OSError where the directory cannot be written.
    """
    clean = verdict.changed(lambda document: without_secrets(document, redact))
    renderers = RENDERERS | {
        "report.html": partial(html.render, trend=trend),
        "results.sarif": partial(sarif.render, anchor=anchor),
    }
    directory.mkdir(parents=True, exist_ok=True)
    for name, render in renderers.items():
        content = render(clean)
        write_atomic(directory / name, content if isinstance(content, bytes) else content.encode())
    allure.write(clean, directory / "allure-results")
    return [directory / name for name in renderers]
