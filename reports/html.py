"""report.html: one file without anything from elsewhere, for a browser that need not be online.

What an instance answers is hostile text here: everything is escaped by the template, the exchanges are unpacked on
demand and shown as text only, and a content security policy allows this page's own style and script by their hashes.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from conformance.model import SEVERITY
from conformance.verdict.document import PlaceResult, SeenDeviation, Verdict, Word
from reports.common import (
    acceptances,
    escaped,
    facts,
    failing,
    gaps,
    known_defects,
    one_line,
    safety_line,
    unseen_defects,
)

TEMPLATES = Path(__file__).parent / "templates"

TEXT_LIMIT = 16 * 1024
"""Bytes of a request or an answer."""

DATA_LIMIT = 3 * 1024 * 1024
"""Characters of packed places; past it only what does not pass, and the first pass of each clause, is kept."""

SHOWN_PLACES = 20
SHOWN_LINES = 200
WORDS = {
    Word.PASS: "pass",
    Word.KNOWN: "known",
    Word.FAIL: "fail",
    Word.UNDECIDED: "undecided",
    Word.PARTIAL: "partial",
}
KEPT = ("operation", "role", "status", "expected", "got", "reason", "curl", "response")


def render(verdict: Verdict) -> str:
    """Return the report as one HTML document."""
    verdict = escaped(verdict, TEXT_LIMIT)
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    style, script = (_own(name) for name in ("report.css", "report.js"))
    return environment.get_template("report.html.j2").render(
        csp=_policy(style, script), style=Markup(style), script=Markup(script), **_shown(verdict), **_packed(verdict)
    )


def _own(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Return the content security policy: nothing but this page's own style and script."""
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)]
    return (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _shown(verdict: Verdict) -> dict[str, Any]:
    """Return what the page shows without scripts."""
    deviations = verdict.deviations
    return {
        "summary": verdict.summary,
        "word_class": WORDS[verdict.summary.verdict],
        "facts": facts(verdict),
        "findings": failing(verdict),
        "gaps": [gap.line for gap in gaps(verdict)],
        "statuses": [str(status) for status in SEVERITY],
        "defects": known_defects(verdict),
        "unseen": unseen_defects(verdict),
        "seen": [f"{one.id}: {one.reason} — {_places(one)}" for one in deviations.seen],
        "stale": [f"{one.id}: did not occur at {_places(one)}" for one in deviations.stale],
        "accepted": [f"{name}: {line}" for name, lines in acceptances(verdict).items() for line in lines][:SHOWN_LINES],
        "clauses": verdict.clauses,
        "operations": verdict.operations,
        "safety": verdict.safety,
        "safety_line": safety_line(verdict),
        "run": verdict.run,
        "shown_places": SHOWN_PLACES,
    }


def _places(deviation: SeenDeviation) -> str:
    places = deviation.places
    more = f" and {len(places) - 5} more" if len(places) > 5 else ""
    return "; ".join(places[:5]) + more


def _packed(verdict: Verdict) -> dict[str, Any]:
    """Return the places, packed for the script to unpack on demand."""
    every = [_row(clause.id, place) for clause in verdict.clauses for place in clause.places]
    rows, data = every, _pack(every)
    if len(data) > DATA_LIMIT:
        rows = _telling(every)
        data = _pack(rows)
    while len(data) > DATA_LIMIT:
        rows = rows[: len(rows) // 2]
        data = _pack(rows)
    return {"data": data, "place_count": len(rows), "place_total": len(every), "cut": len(rows) < len(every)}


def _row(clause: str, place: PlaceResult) -> dict[str, str]:
    what = f"{place.field}={place.value}".strip("=")
    where = one_line(" ".join(filter(None, (place.operation, what, place.role and f"as {place.role}"))))
    return {"clause": clause, "where": where or "the instance", **{name: str(getattr(place, name)) for name in KEPT}}


def _telling(rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Return what does not pass, worst first, and the first pass of each clause."""
    first = {row["clause"]: index for index, row in reversed(list(enumerate(rows))) if row["status"] == "pass"}
    kept = [row for index, row in enumerate(rows) if row["status"] != "pass" or first[row["clause"]] == index]
    order = [str(status) for status in SEVERITY]
    return sorted(kept, key=lambda row: order.index(row["status"]))


def _pack(rows: Sequence[dict[str, str]]) -> str:
    return base64.b64encode(gzip.compress(json.dumps(rows).encode(), mtime=0)).decode()
