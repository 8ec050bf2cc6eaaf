"""A snapshot of format 1 as one of format 2: what it holds is kept, in the words that format 2 has for it.

Format 1 kept lists in their order, times in the zone of who asked, what people had left empty in their profiles, and
rates that hung on what was asked before. The last are left out: nothing in the file says which are right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from conformance.probes.times.spellings import SPELLINGS
from conformance.upgrade.canonical import came_back, found, ordered, page_size_word
from conformance.upgrade.facts import About, Fact, State
from conformance.upgrade.rows import rows_of
from conformance.upgrade.typewords import seen_of

_ORDERS = ("orderBy", "order")
_RATES = frozenset({"rate", "internalRate", "hourlyRate", "fixedRate"})
_NUMBERS = re.compile(r"(objects )?([1-9](?: [1-9])*)")


def migrated(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the object of a file of format 1 as format 2. Raises LookupError, ValueError or TypeError for no such."""
    facts = tuple(map(Fact.from_json, data["observations"]))
    zones = data["circumstances"]["zones"]
    own_projects = not any(
        fact.operation == "POST /api/projects" and fact.about is About.DEFAULT and fact.state is State.UNSEEN
        for fact in facts
    )
    kept = _kept(facts, zones, own_projects)
    return {**data, "format_version": 2, "observations": rows_of(kept)}


def _kept(facts: tuple[Fact, ...], zones: Mapping[str, str | None], own_projects: bool) -> Iterator[Fact]:
    for fact in facts:
        if fact.about is About.VALUE and fact.field in _RATES:
            continue
        if fact.about is About.ATTRIBUTE and fact.state is State.OBSERVED:
            word = seen_of(fact.operation, fact.field, fact.answer, own_projects)
            if word is not None:
                yield replace(fact, answer=word)
        elif fact.state is State.VARIES and fact.about in (About.FILTER, About.PAGE, About.SCOPE):
            words = {_word(fact, answer, zones) for answer in fact.answer.split(" or ")}
            yield replace(fact, answer=words.pop(), state=State.OBSERVED) if len(words) == 1 else fact
        elif fact.state is State.OBSERVED:
            yield replace(fact, answer=_word(fact, fact.answer, zones))
        else:
            yield fact


def _word(fact: Fact, answer: str, zones: Mapping[str, str | None]) -> str:
    if fact.about is About.TIME and "rounding" not in fact.asked:
        sent = SPELLINGS.get(fact.asked, fact.asked.rpartition(", ")[2])
        return came_back(sent, answer, None if fact.asked in SPELLINGS else zones.get(fact.role))
    listed = _NUMBERS.fullmatch(answer)
    if listed is None or fact.field == "x-per-page":
        return answer
    objects, numbers = listed[1] or "", listed[2].split()
    if fact.about is About.PAGE:
        return page_size_word(numbers)
    if fact.about is About.SCOPE or (fact.about is About.FILTER and fact.field not in _ORDERS):
        return objects + found(numbers)
    ties = fact.about is About.FILTER and fact.asked != "id"
    return objects + ordered(numbers) if ties else answer
