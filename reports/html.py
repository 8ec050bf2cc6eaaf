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
from dataclasses import replace
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from conformance.model import SEVERITY
from conformance.verdict.document import Verdict, Word
from conformance.verdict.trend import TrendPoint
from reports.common import (
    acceptances,
    ask_again,
    escape_invisible,
    escaped,
    facts,
    failing,
    few,
    gaps,
    known_defects,
    label,
    marked,
    proof_line,
    ranked,
    safety_line,
    script_of,
    stale_deviations,
    statement,
    unseen_defects,
    what_to_do_about_the_rest,
)
from reports.matrices import matrices

TEMPLATES = Path(__file__).parent / "templates"

TEXT_LIMIT = 16 * 1024
"""Bytes of a request or an answer."""

DATA_LIMIT = 3 * 1024 * 1024
"""Characters of packed places; past it only what does not pass, and the first pass of each clause, is kept."""

SCRIPT_LIMIT = 64 * 1024
SCRIPTS_LIMIT = 1024 * 1024
"""Bytes of a finding's script, and of all of them; what is past it is printed by `replay --script`."""

SHOWN_PLACES = 20
SHOWN_LINES = 200
WORDS = {
    Word.PASS: "pass",
    Word.KNOWN: "known",
    Word.FAIL: "fail",
    Word.UNDECIDED: "undecided",
    Word.PARTIAL: "partial",
}
TREND_RUNS = 40
KEPT = ("field", "operation", "role", "status", "expected", "got", "reason", "curl", "response")


def render(verdict: Verdict, trend: Sequence[TrendPoint] = ()) -> str:
    """Return the report as one HTML document. `trend` are the runs of the instance so far, the oldest first."""
    scripts = _scripts(verdict)
    verdict = escaped(verdict, TEXT_LIMIT)
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    style, script = ((TEMPLATES / name).read_text(encoding="utf-8") for name in ("report.css", "report.js"))
    return environment.get_template("report.html.j2").render(
        csp=_policy(style, script),
        style=Markup(style),
        script=Markup(script),
        bars=_bars(trend),
        scripts=scripts,
        **_shown(verdict),
        **_packed(verdict),
    )


def _policy(style: str, script: str) -> str:
    """Return the content security policy: nothing but this page's own style and script."""
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)]
    return (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _shown(verdict: Verdict) -> dict[str, Any]:
    """Return what the page shows without scripts."""
    return {
        "summary": verdict.summary,
        "word_class": WORDS[verdict.summary.verdict],
        "facts": facts(verdict),
        "findings": failing(verdict),
        "gaps": [gap.line for gap in gaps(verdict)],
        "statuses": [str(status) for status in SEVERITY],
        "defects": known_defects(verdict),
        "unseen": unseen_defects(verdict),
        "seen": [f"{one.id}: {one.reason} — {few(one.places)}" for one in verdict.deviations.seen],
        "stale": stale_deviations(verdict),
        "accepted": [f"{name}: {line}" for name, lines in acceptances(verdict).items() for line in lines][:SHOWN_LINES],
        "clauses": ranked(verdict),
        "proof_line": proof_line,
        "families": sorted({clause.family for clause in verdict.clauses}),
        "matrices": matrices(verdict),
        "marked": marked,
        "statement": statement,
        "ask_again": lambda finding: ask_again(verdict, finding.fingerprint),
        "sources": {clause.id: clause.url for clause in verdict.clauses if _is_address(clause.url)},
        "deviations": [*verdict.deviations.seen, *verdict.known_defects.seen],
        "is_address": _is_address,
        "operations": verdict.operations,
        "safety": verdict.safety,
        "safety_line": safety_line(verdict),
        "what_to_do_about_the_rest": what_to_do_about_the_rest(verdict),
        "run": verdict.run,
        "shown_places": SHOWN_PLACES,
    }


def _scripts(verdict: Verdict) -> dict[str, str]:
    """Return the scripts of failing findings by fingerprint, the most dangerous first, as far as they have room."""
    room, results = SCRIPTS_LIMIT, dict[str, str]()
    for finding in failing(verdict):
        script = script_of(finding, min(SCRIPT_LIMIT, room))
        if script:
            results[finding.fingerprint] = script
            room -= len(script.encode())
    return results


def _is_address(text: str) -> bool:
    """Whether a text may be a link: hostile schemes are none."""
    return text.startswith(("https://", "http://")) and not any(sign.isspace() for sign in text)


def _bars(trend: Sequence[TrendPoint]) -> list[dict[str, Any]]:
    """Return the last runs as bars of a chart: how many promises were decided, and how many findings were new."""
    last = [
        replace(
            point,
            started=escape_invisible(point.started),
            instance=escape_invisible(point.instance),
            version=escape_invisible(point.version),
        )
        for point in list(trend)[-TREND_RUNS:]
    ]
    most = max((point.decidable for point in last), default=0) or 1
    return [
        {"point": point, "x": index * 16, "height": round(100 * point.decided / most), "word_class": WORDS[point.word]}
        for index, point in enumerate(last)
    ]


def _packed(verdict: Verdict) -> dict[str, Any]:
    """Return the places, packed for the script to unpack on demand."""
    every = [
        {"clause": clause.id, "where": label(place), **{name: str(getattr(place, name)) for name in KEPT}}
        for clause in verdict.clauses
        for place in clause.places
    ]
    rows, data = every, _pack(every)
    if len(data) > DATA_LIMIT:
        rows = _telling(every)
        data = _pack(rows)
    while len(data) > DATA_LIMIT:
        rows = rows[: len(rows) // 2]
        data = _pack(rows)
    return {"data": data, "place_count": len(rows), "place_total": len(every), "cut": len(rows) < len(every)}


def _telling(rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Return what does not pass, worst first, and the first pass of each clause."""
    first = {row["clause"]: index for index, row in reversed(list(enumerate(rows))) if row["status"] == "pass"}
    kept = [row for index, row in enumerate(rows) if row["status"] != "pass" or first[row["clause"]] == index]
    order = [str(status) for status in SEVERITY]
    return sorted(kept, key=lambda row: order.index(row["status"]))


def _pack(rows: Sequence[dict[str, str]]) -> str:
    return base64.b64encode(gzip.compress(json.dumps(rows).encode(), mtime=0)).decode()
