"""Which checks decide which clause, read from the checks' own source: nothing is imported or run for it.

It reads lines, for parsing every module takes longer than all the rest of `kimai-conformance clauses`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from conformance.verdict.toml_files import CONTRACTS, read_entries

_FOLDERS = (CONTRACTS, Path(__file__).resolve().parents[1] / "properties")
_FUNCTION = re.compile(r"^(?:@.*\n(?:[ )\]}].*\n|\n)*)*def (\w+).*\n(?:[ )#].*\n|\n)*", re.MULTILINE)
"""A function at the top of a module, with its decorators."""
_NAMING = re.compile(r"""\b(?:clause|judges|on)\(\s*["']([^"']+)["']""")
"""Calls whose first argument is a clause id: the decorator of a check, and judges of further clauses."""
_CALLED = re.compile(r"\b(\w+)\(")


def matrix() -> list[dict[str, Any]]:
    """Return one object a clause: id, level, title, source, needs, observable, checks (module::function)."""
    checks = checks_by_clause()
    return [
        {
            **{key: entry[key].strip() for key in ("id", "level", "title", "source")},
            "needs": entry.get("needs", []),
            "observable": entry.get("observable", True),
            "checks": sorted(checks.get(entry["id"], ())),
        }
        for entry in read_entries(CONTRACTS / "clauses.toml", "clause")
    ]


def untested() -> list[tuple[str, str, str]]:
    """Return what no check decides anything about: operation, field ("" is the operation as a whole), and why."""
    return [
        (operation, field, entry["reason"].strip())
        for entry in read_entries(CONTRACTS / "untested.toml", "untested")
        for operation in entry["operations"]
        for field in entry.get("fields", [""])
    ]


def checks_by_clause() -> dict[str, set[str]]:
    """Return for each clause id the checks that name it, themselves or by a function of their module that they call, as
    `folder/module.py::function`.
    """
    sets: dict[str, set[str]] = defaultdict(set)
    for folder in _FOLDERS:
        for path in sorted(folder.glob("*.py")):
            functions = {match[1]: match[0] for match in _FUNCTION.finditer(path.read_text(encoding="utf-8"))}
            for name in functions:
                if name.startswith("test_"):
                    for identifier in _NAMING.findall("".join(_reached(name, functions))):
                        sets[identifier].add(f"{folder.name}/{path.name}::{name}")
    return sets


def _reached(name: str, functions: Mapping[str, str]) -> Iterator[str]:
    """Yield the text of a function, and of those of its module that it calls, directly or by others."""
    waiting, seen = [name], {name}
    while waiting:
        text = functions[waiting.pop()]
        yield text
        called = set(_CALLED.findall(text)) & functions.keys() - seen
        seen |= called
        waiting += sorted(called)
