"""Which checks decide which clause, read from the checks' own source: nothing is imported or run for it."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import contracts
from conformance import properties
from conformance.verdict import load_clauses

_NAMING = {"clause", "judges", "on"}
"""Calls whose first argument is a clause id: the decorator of a check, and judges of further clauses."""


def matrix() -> list[dict[str, Any]]:
    """Return one object a clause: id, level, title, source, needs, checks (module::function)."""
    checks = checks_by_clause()
    return [
        {
            "id": clause.id,
            "level": str(clause.level),
            "title": clause.title,
            "source": clause.source,
            "needs": list(clause.needs),
            "observable": clause.observable,
            "checks": sorted(checks.get(clause.id, ())),
        }
        for clause in load_clauses().values()
    ]


def checks_by_clause() -> dict[str, set[str]]:
    """Return for each clause id that a check names the checks, as `folder/module.py::function`."""
    sets: dict[str, set[str]] = defaultdict(set)
    for module in (contracts, properties):
        folder = Path(str(module.__file__)).parent
        for path in sorted(folder.glob("*.py")):
            for identifier, function in _named(ast.parse(path.read_text(encoding="utf-8"))):
                sets[identifier].add(f"{folder.name}/{path.name}::{function}")
    return sets


def _named(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and _name(node.func) in _NAMING and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value, function.name


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
