"""When a refusal decides nothing: the one rule that every place passes through. Pure.

Source: DESIGN, "Rulings on what is promised": a refusal decides only what it is about, and nothing else.
"""

from __future__ import annotations

import re

from conformance.model import DISTURBED, Exchange

SERVER_ERROR = "error.no-server-error"
OF_ANY_REFUSAL = frozenset({SERVER_ERROR, "error.body", "error.no-internals"})
"""Clauses that hold for every refusal, whatever it is about."""
ABOUT_REFUSALS = ("auth.", "error.", "data.refused-changes-nothing")
"""Beginnings of the clauses whose question a 401 or a 403 may be."""
ABOUT_RIGHTS = (*ABOUT_REFUSALS, "permission.")
ABOUT_PAGES = (*ABOUT_RIGHTS, "definition.")
"""Beginnings of the clauses that a page where JSON is due may break."""
NAMES_FIELD = "error.names-field"
WHATEVER_IT_NAMES = (
    *OF_ANY_REFUSAL, "auth.", "permission.", "attribute.role-", "data.refused-changes-nothing", "data.action",
    "data.text-edit",
)  # fmt: skip
"""Beginnings of the clauses that a 400 decides whatever attribute it names: that it came at all, or what it did."""


def undecided(clause: str, exchange: Exchange | None, field: str, expected: str) -> str:
    """Return why the answer of an exchange decides nothing about a field, "" where it may."""
    if exchange is None:
        return ""
    status = exchange.status
    if status in DISTURBED and clause != SERVER_ERROR:
        return f"the instance, or a gateway before it, answered {status}, which says nothing of this"
    if exchange.is_filtered:
        return f"a page refused it ({status}), as filters before an instance do for signs of an attack in a text"
    if clause in OF_ANY_REFUSAL:
        return ""
    if exchange.is_page and not clause.startswith(ABOUT_PAGES):
        return f"a page of HTML, or another address, was answered ({status}), which says nothing of this"
    if status == 401 and not clause.startswith(ABOUT_REFUSALS) and "401" not in expected:
        return "the token was not accepted (401), which says nothing of this"
    words = expected.replace(",", " ").split()
    if status == 403 and not clause.startswith(ABOUT_RIGHTS) and not {"403", "refused"}.intersection(words):
        return "this actor may not do it here (403), which says nothing of this"
    if status == 400 and not clause.startswith((NAMES_FIELD, *WHATEVER_IT_NAMES)):
        named, asked = exchange.refused_places(), re.sub(r"\[.*?\]", "", field)
        if not asked or not named or any(_is_within(asked, place) or _is_within(place, asked) for place in named):
            return ""
        return f"it was refused for {', '.join(sorted(named))}, which says nothing of {asked}"
    return ""


def may_be_doubted(clause: str, exchange: Exchange) -> bool:
    """Whether a control must show that a refusal is about what was asked."""
    return exchange.status in (400, 403) and not clause.startswith(WHATEVER_IT_NAMES)


def _is_within(place: str, whole: str) -> bool:
    return place == whole or place.startswith(f"{whole}.")
