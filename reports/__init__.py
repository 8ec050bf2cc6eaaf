"""A verdict rendered for people and for machines. A renderer is a pure function of the verdict."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from reports import document, html, junit, markdown, sarif
from reports.files import write_whole
from reports.text import Blot, Json, deep

RENDERERS: dict[str, Callable[[Json], str | bytes]] = {
    "verdict.json": document.render,
    "junit.xml": junit.render,
    "report.html": html.render,
    "results.sarif": sarif.render,
    "summary.md": markdown.render,
}
"""File name -> renderer."""


def render_all(verdict: dict[str, Any], directory: Path, blot: Blot = str) -> list[Path]:
    """Write every report into `directory`, made where it is missing, and return their paths.

    `blot` takes the secrets out: of every text of the verdict, before any escaping could hide one, and of what was
    rendered. Raises OSError where the directory cannot be written.
    """
    clean = deep(verdict, blot)
    rendered = {name: _blotted(render(clean), blot) for name, render in RENDERERS.items()}
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in rendered.items():
        write_whole(directory / name, content)
    return [directory / name for name in rendered]


def _blotted(content: str | bytes, blot: Blot) -> bytes:
    text = content.decode() if isinstance(content, bytes) else content
    return blot(text).encode()
