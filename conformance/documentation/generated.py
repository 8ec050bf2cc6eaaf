"""Tables of the reference that are made from the code and its data. Each function returns Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from conformance.embedded.faults import CONDITIONS, FAULTS, VARIATIONS
from conformance.embedded.store.settings import described
from conformance.kimai import VERSIONS
from conformance.model import EXIT_MEANINGS
from conformance.run.clause_coverage import checks_by_clause
from conformance.upgrade.rules import RULES
from conformance.verdict import load_clauses, load_defects, load_deviations
from conformance.verdict.addresses import address_of
from conformance.verdict.clauses import Clause
from conformance.verdict.defects import KnownDefect
from conformance.verdict.deviations import Deviation
from conformance.verdict.document import json_schema
from conformance.verdict.untested import load_untested


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; what would end a cell or begin HTML is escaped."""
    cells = ([_prose(str(value).replace("|", "\\|").replace("\n", " ")) for value in row] for row in rows)
    lines = [head, ["---"] * len(head), *cells]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _prose(text: str) -> str:
    """Return a text in which nothing is taken for markup but the code that it marks itself."""
    return text if "`" in text else text.replace("<", "&lt;").replace("*", "\\*").replace("[]", "\\[\\]")


def code(value: object) -> str:
    """Return a value as code, "" for none."""
    return f"`{value}`" if str(value) else ""


def _codes(values: Iterable[object]) -> str:
    return ", ".join(code(value) for value in values)


def exits() -> str:
    """Return the exit statuses with their meanings."""
    return table(("status", "meaning"), [(int(status), meaning) for status, meaning in EXIT_MEANINGS.items()])


def clauses() -> str:
    """Return every clause by family: id, level, what is promised, where, and how many checks decide it."""
    known, checks = load_clauses(), checks_by_clause()
    parts = []
    for family, members in groupby(known.values(), key=lambda clause: clause.family):
        rows = [
            (code(one.id), one.level, one.title, _source(one), one.harm, _number_of_checks(one, checks))
            for one in members
        ]
        parts.append(
            f"## {family.capitalize()}\n\n" + table(("clause", "level", "promise", "source", "danger", "checks"), rows)
        )
    return "\n".join(parts)


def _source(clause: Clause) -> str:
    address = address_of(clause.source)
    return f"[{clause.source}]({address})" if address else clause.source


def _number_of_checks(clause: Clause, checks: Mapping[str, set[str]]) -> str:
    if not clause.observable:
        return "not observable"
    return str(len(checks.get(clause.id, ()))) if clause.id in checks else "every answer"


def untested() -> str:
    """Return what no check decides anything about, with the reason."""
    rows = [(_codes(entry.operations), _codes(filter(None, entry.fields)), entry.reason) for entry in load_untested()]
    return table(("operations", "attributes", "why"), rows)


def known() -> str:
    """Return what each release is known to do otherwise, a section a release, an item an entry."""
    parts = []
    for version in reversed(VERSIONS):
        deviations = [_deviation(entry) for entry in load_deviations() if entry.in_range(version)]
        defects = [_defect(entry) for entry in load_defects() if entry.in_range(version)]
        parts.append(
            f"## {version}\n\n### {len(deviations)} deviations of {version}\n\n{''.join(deviations)}"
            f"\n### {len(defects)} known defects of {version}\n\n{''.join(defects)}"
        )
    return "\n".join(parts)


def _deviation(entry: Deviation) -> str:
    seen = code(", ".join(entry.behaviours) or entry.status)
    where = f"at {_codes(entry.operations)}, of {_codes(entry.fields)}"
    return f"- `{entry.id}` (`{entry.clause}`): {_prose(entry.reason)}. Seen instead: {seen}, {where}\n"


def _defect(entry: KnownDefect) -> str:
    cause = f"{entry.cause.place} {_codes(entry.cause.names)}: {'; '.join(entry.cause.values)}"
    statuses = ", ".join(map(str, entry.observed))
    where = f"{statuses} at {_codes(entry.operations)}, for {cause}; {_prose(entry.reference)}"
    return f"- `{entry.id}` ({entry.danger}): {_prose(entry.reason)}. {where}\n"


def releases() -> str:
    """Return a table of clauses and releases: how many deviations and defects are known; "" where none is."""
    entries = [*load_deviations(), *load_defects()]
    rows = []
    for one in load_clauses().values():
        numbers = [sum(e.clause == one.id and e.in_range(version) for e in entries) for version in VERSIONS]
        rows.append((code(one.id), one.level, *(str(number or "") for number in numbers)))
    total = [sum(e.in_range(version) for e in entries) for version in VERSIONS]
    return table(("clause", "level", *VERSIONS), [*rows, ("all", "", *total)])


def rules() -> str:
    """Return the rules of a comparison: what changed, its class, what a client notices, what to do, the opposite."""
    rows = [
        (
            code(rule.id),
            rule.title,
            rule.change_class,
            rule.notice,
            rule.advice,
            f"{rule.reverse.title} ({rule.reverse.change_class})" if rule.reverse else code(rule.mirror) or rule.waiver,
        )
        for rule in RULES.values()
    ]
    return table(("rule", "change", "class", "a client notices", "what to do", "the other way"), rows)


def schema() -> str:
    """Return the members of verdict.json, a section an object."""
    whole = json_schema()
    sections = {"The whole file": whole, **whole["$defs"]}
    parts = []
    for name, definition in sections.items():
        intro = f"## {name}\n\n{definition.get('description', '')}\n\n"
        if "enum" in definition:
            parts.append(intro + _codes(definition["enum"]) + "\n")
        elif "properties" in definition:
            rows = [
                (code(key), _type(value), value.get("description", ""))
                for key, value in definition["properties"].items()
            ]
            parts.append(intro + table(("member", "type", "meaning"), rows))
    return "\n".join(parts)


def _type(definition: Mapping[str, Any]) -> str:
    if "$ref" in definition:
        return str(definition["$ref"]).rpartition("/")[2]
    if "anyOf" in definition:
        return " or ".join(_type(one) for one in definition["anyOf"])
    if definition.get("type") == "array":
        return f"list of {_type(definition.get('items', {}))}"
    return str(definition.get("type", "any"))


def faults() -> str:
    """Return every planted fault by the family of its first clause, then variations and conditions."""
    titles = {"Faults": FAULTS, "Legal variations": VARIATIONS, "Conditions of a sound instance": CONDITIONS}
    parts = []
    for title, catalogue in titles.items():
        rows = [(code(item.id), item.description, _codes(item.clauses)) for item in catalogue.values()]
        parts.append(f"## {title}\n\n" + table(("name", "what is wrong", "clauses"), rows))
    return "\n".join(parts)


def embedded_settings() -> str:
    """Return the settings of the embedded Kimai with their defaults and values."""
    rows = [(code(name), code(default), values) for name, default, values in described()]
    return table(("key", "default", "values"), rows)


TABLES: Mapping[str, Callable[[], str]] = {
    "exits": exits,
    "clauses": clauses,
    "untested": untested,
    "known": known,
    "releases": releases,
    "rules": rules,
    "schema": schema,
    "faults": faults,
    "embedded-settings": embedded_settings,
}
"""Name of each table, as pages write it, and what makes it."""
