"""Facts as rows of a file, and back: roles that are answered alike share a row, and what is usual is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from conformance.upgrade.facts import About, Fact, State

Row = dict[str, Any]


def rows_of(facts: Iterable[Fact]) -> list[Row]:
    """Return facts as rows, sorted: `roles` lists who was answered so, and is missing where nobody was asked as."""
    roles: dict[tuple[str, ...], list[str]] = {}
    for fact in facts:
        key = (str(fact.about), fact.operation, fact.field, fact.asked, fact.answer, str(fact.state))
        roles.setdefault(key, []).append(fact.role)
    rows: list[Row] = []
    for about, operation, field, asked, answer, state in sorted(roles):
        row: Row = {"about": about, "operation": operation, "answer": answer}
        row |= {name: value for name, value in (("field", field), ("asked", asked)) if value}
        row |= {"state": state} if state != State.OBSERVED else {}
        asked_as = sorted(roles[about, operation, field, asked, answer, state])
        rows.append(row | ({"roles": asked_as} if asked_as != [""] else {}))
    return rows


def facts_in(rows: Iterable[Mapping[str, Any]]) -> Iterator[Fact]:
    """Yield the facts in rows. Raises KeyError, ValueError or TypeError where one is no such row."""
    for row in rows:
        words = {name: _text(row.get(name, "")) for name in ("field", "asked")}
        for role in row.get("roles", [""]):
            yield Fact(
                About(row["about"]), _text(row["operation"]), _text(role), answer=_text(row["answer"]),
                state=State(row.get("state", State.OBSERVED)), **words,
            )  # fmt: skip


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value
