"""No module imports itself by way of others, not even for its types: each can be read after what it rests on."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("conformance", "contracts", "reports")


def modules() -> Mapping[str, Path]:
    """Return the files of the suite by the names of their modules; those of a package are its `__init__`."""
    paths = (path.relative_to(ROOT) for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    return {".".join(path.with_suffix("").parts).removesuffix(".__init__"): ROOT / path for path in paths}


def imported(node: ast.AST) -> Iterator[str]:
    """Yield the names that are imported when a module is, or when its types are looked at."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ImportFrom):
            yield from (f"{child.module}.{alias.name}" for alias in child.names)
        elif isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif not isinstance(child, ast.FunctionDef):
            yield from imported(child)


def circle(graph: Mapping[str, set[str]]) -> list[str]:
    """Return the names along a circle, none where there is no circle."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_module_imports_itself_by_way_of_others() -> None:
    known = modules()
    graph: dict[str, set[str]] = {}
    for name, path in known.items():
        names = imported(ast.parse(path.read_text(encoding="utf-8")))
        graph[name] = {item if item in known else item.rpartition(".")[0] for item in names} & known.keys() - {name}
    assert sum(map(len, graph.values())) > 1000
    assert circle(graph) == []


def test_a_circle_is_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}})
    assert circle({"a": {"b", "c"}, "b": {"c"}}) == []
