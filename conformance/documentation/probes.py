"""The probes that checks and snapshots ask, as a table. It is read from their own source: nothing is imported for it.

A probe is a public function of `conformance.probes` whose first parameter is the context; the seam is that of
`conformance.probes.tape`. What a check asks, it asks by its own function or by one of those that this one calls.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from pathlib import Path

from conformance.documentation.generated import code, table
from conformance.model import PROFILES
from conformance.run.clause_coverage import checks_by_clause
from conformance.verdict import load_clauses
from conformance.verdict.tables import CONTRACTS

_SUITE = Path(__file__).resolve().parents[1]
_ROOM = "conformance.probes"
_RAISES = re.compile(r"\bRaises\b[^.;]*[.;]?")
SNAPSHOT = "snapshot"
"""Who asks, beside the clauses: the questions of a snapshot of an instance before an upgrade."""


@dataclass
class _Module:
    """What a module defines at its top, and what it imports of the rooms of probes and of checks, by the names that it
    gives them.
    """

    defined: dict[str, ast.stmt] = field(default_factory=dict)
    imported: dict[str, str] = field(default_factory=dict)
    shared: dict[str, tuple[Path, str]] = field(default_factory=dict)

    @classmethod
    @cache
    def of(cls, path: Path) -> _Module:
        """Read a module of the suite."""
        result = cls()
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                result.defined[node.name] = node
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                result.defined |= {target.id: node for target in targets if isinstance(target, ast.Name)}
            elif isinstance(node, ast.ImportFrom) and str(node.module).startswith(_ROOM):
                room = str(node.module).split(".")[2:]
                result.imported |= {item.asname or item.name: ".".join((*room, item.name)) for item in node.names}
            elif isinstance(node, ast.ImportFrom) and str(node.module).startswith(f"{CONTRACTS.name}."):
                source = CONTRACTS / f"{str(node.module).partition('.')[2]}.py"
                result.shared |= {item.asname or item.name: (source, item.name) for item in node.names}
        return result

    def reached(self, *names: str) -> list[ast.stmt]:
        """Return some definitions of this module with all that they use of it, directly or by others."""
        result: dict[str, ast.stmt] = {}
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in self.defined and name not in result:
                result[name] = self.defined[name]
                waiting += [item.id for item in ast.walk(result[name]) if isinstance(item, ast.Name)]
        return list(result.values())

    def probes(self, *names: str) -> Iterator[str]:
        """Yield what some definitions use of the room of probes, as `lists.pages.page`."""
        for node in (node for statement in self.reached(*names) for node in ast.walk(statement)):
            owner = node.value if isinstance(node, ast.Attribute) else node
            if isinstance(owner, ast.Name) and owner.id in self.imported:
                yield self.imported[owner.id] + (f".{node.attr}" if isinstance(node, ast.Attribute) else "")
            elif isinstance(node, ast.Name) and node.id in self.shared:
                source, name = self.shared[node.id]
                yield from _Module.of(source).probes(name)


def _asked_by() -> Mapping[str, set[str]]:
    """Return for each probe the clauses whose checks ask it, and SNAPSHOT where a snapshot does."""
    clauses: dict[str, set[str]] = defaultdict(set)
    for clause, checks in checks_by_clause().items():
        for check in checks:
            clauses[check].add(clause)
    result: dict[str, set[str]] = defaultdict(set)
    for path in sorted(CONTRACTS.glob("*.py")):
        module = _Module.of(path)
        for name in module.defined:
            for probe in module.probes(name):
                result[probe] |= clauses[f"{CONTRACTS.name}/{path.name}::{name}"]
    for path in sorted((_SUITE / "upgrade" / "questions").glob("*.py")):
        module = _Module.of(path)
        for probe in module.probes(*module.defined):
            result[probe].add(SNAPSHOT)
    return result


@dataclass(frozen=True)
class Probe:
    """A probe: its question, the type of what it observes, the profiles in which it asks more, and who asks it."""

    question: str
    observes: str
    profiles: str
    asked_by: frozenset[str]


@cache
def registry() -> Mapping[str, Probe]:
    """Return the probes by name, as `lists.pages.page`, in the order of their modules."""
    asked_by = _asked_by()
    result = {}
    for path in sorted((_SUITE / "probes").rglob("*.py")):
        module, room = _Module.of(path), path.relative_to(_SUITE / "probes").with_suffix("").parts
        for name, function in module.defined.items():
            probe = ".".join((*room, name))
            if asked_by.get(probe) and isinstance(function, ast.FunctionDef) and _takes_context(function):
                observes = ast.unparse(function.returns) if function.returns else ""
                profiles = _profiles(module.reached(name))
                result[probe] = Probe(_question(function), observes, profiles, frozenset(asked_by[probe]))
    return result


def _takes_context(function: ast.FunctionDef) -> bool:
    return bool(function.args.args) and function.args.args[0].arg == "context"


def _question(function: ast.FunctionDef) -> str:
    """Return the first paragraph of a docstring, without what is raised."""
    paragraph = " ".join((ast.get_docstring(function) or "").partition("\n\n")[0].split())
    return _RAISES.sub("", paragraph).strip().removesuffix(".")


def _profiles(statements: Iterable[ast.stmt]) -> str:
    calls = (node for statement in statements for node in ast.walk(statement) if isinstance(node, ast.Call))
    names = {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "profile_at_least"
        and isinstance(call.args[0], ast.Constant)
    }
    return ", ".join(name for name in PROFILES if name in names)


def probes() -> str:
    """Return every probe by room: its question, what it observes, what it needs, where more is asked, and for whom."""
    known, parts = load_clauses(), []
    for room, entries in groupby(registry().items(), key=lambda entry: entry[0].partition(".")[0]):
        rows = []
        for name, probe in entries:
            needs = [set(known[clause].needs) for clause in probe.asked_by if clause in known]
            askers = (code(asker) if asker in known else asker for asker in sorted(probe.asked_by))
            rows.append((
                code(name), probe.question, code(probe.observes),
                ", ".join(sorted(set.intersection(*needs))) if needs else "", probe.profiles, ", ".join(askers),
            ))  # fmt: skip
        head = ("probe", "question", "observes", "needs", "more from", "asked for")
        parts.append(f"## {room.capitalize()}\n\n" + table(head, rows))
    return "\n".join(parts)
