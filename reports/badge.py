"""The verdict as a badge: endpoint JSON for a badge service, and an SVG for an intranet."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape

from conformance.verdict.document import Verdict, Word
from reports.common import escaped

LABEL = "Kimai API"
COLORS = {
    Word.PASS: "brightgreen", Word.KNOWN: "green", Word.FAIL: "red", Word.UNDECIDED: "lightgrey",
    Word.PARTIAL: "lightgrey",
}  # fmt: skip
"""Undecided is grey: it says nothing."""

_HEX = {"brightgreen": "#2f7d1e", "green": "#3d6b1f", "red": "#b01a2e", "lightgrey": "#5c5c5c"}
_CHARACTER = 7
_PADDING = 12


def message(verdict: Verdict) -> str:
    """Return what the badge says."""
    summary = verdict.summary
    return f"{summary.verdict.lower()}, {summary.decided} of {summary.decidable} checked"


def as_json(verdict: Verdict) -> str:
    """Return the badge as endpoint JSON, schema version 1."""
    word = verdict.summary.verdict
    badge = {"schemaVersion": 1, "label": LABEL, "message": message(escaped(verdict)), "color": COLORS[word]}
    return json.dumps(badge) + "\n"


def as_svg(verdict: Verdict) -> str:
    """Return the badge as a picture that says the same to people who do not see it."""
    text, color = escape(message(escaped(verdict))), _HEX[COLORS[verdict.summary.verdict]]
    left = len(LABEL) * _CHARACTER + _PADDING
    right = len(text) * _CHARACTER + _PADDING
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" '
        f'aria-label="{LABEL}: {text}">'
        f"<title>{LABEL}: {text}</title>"
        f'<rect width="{left}" height="20" fill="#444"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{color}"/>'
        f'<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">'
        f'<text x="{left / 2}" y="14">{LABEL}</text><text x="{left + right / 2}" y="14">{text}</text></g></svg>\n'
    )


RENDERERS = {"json": as_json, "svg": as_svg}
"""Name of a format -> renderer."""
