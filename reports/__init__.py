"""A verdict rendered for people and for machines. A renderer is a pure function of the verdict."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from conformance.verdict import Verdict, without_secrets
from reports import allure, html, json_report, junit, markdown, sarif
from reports.common import Blot
from reports.files import write_atomic

RENDERERS: dict[str, Callable[[Verdict], str | bytes]] = {
    "verdict.json": json_report.render,
    "junit.xml": junit.render,
    "report.html": html.render,
    "results.sarif": sarif.render,
    "summary.md": markdown.render,
}
"""File name -> renderer."""


def render_all(verdict: Verdict, directory: Path, blot: Blot = str) -> list[Path]:
    """Write every report into `directory`, made where it is missing, and return their paths.

    The results in `allure-results` are allure-pytest's; what they need beside them is written too.

    `blot` takes the secrets out of the texts of the verdict, before any escaping could hide one; nothing else of a
    run reaches a renderer. Raises OSError where the directory cannot be written.
    """
    clean = verdict.changed(lambda document: without_secrets(document, blot))
    rendered = {name: render(clean) for name, render in RENDERERS.items()}
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in rendered.items():
        write_atomic(directory / name, content if isinstance(content, bytes) else content.encode())
    allure.write_metadata(clean, directory / "allure-results")
    return [directory / name for name in rendered]
