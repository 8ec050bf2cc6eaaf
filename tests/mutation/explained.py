"""The committed file of mutants that no test notices: why none has to, or that nobody has looked at them yet."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomlkit

from tests.mutation.results import Module

FILE = Path(__file__).parent / "survivors.toml"


@dataclass
class Comparison:
    """A module's survivors beside the file. Numbers count mutants; `new` and `gone` are texts of the file's kind."""

    module: Module
    explained: int = 0
    not_looked_at: int = 0
    new: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


def compare(module: Module, document: dict[str, Any]) -> Comparison:
    """Return which survivors of a module the file explains or names as not looked at, which it does not, and which it
    names though a test notices them by now. What survives in a module that was never run as a whole is not looked at.
    """
    result, entry = Comparison(module), document.get("modules", {}).get(module.path, {})
    reasons = {text for group in entry.get("explained", ()) for text in group["mutants"]}
    waiting, uncalled = set(entry.get("not_looked_at", ())), set(entry.get("uncalled", ()))
    everywhere = [re.compile(rule["pattern"]) for rule in document.get("everywhere", ())]
    for text, count in sorted(module.survivors.items()):
        if text in reasons or any(pattern.search(text) for pattern in everywhere):
            result.explained += count
        elif text in waiting or entry.get("not_run"):
            result.not_looked_at += count
        else:
            result.new.append(text)
    unknown = set() if entry.get("not_run") else set(module.uncalled) - uncalled
    result.not_looked_at += sum(count for name, count in module.uncalled.items() if name not in unknown)
    result.new += [f"{name}: no test calls it" for name in sorted(unknown)]
    if not module.unrun:
        result.gone = sorted((reasons | waiting) - set(module.survivors)) + sorted(uncalled - set(module.uncalled))
    return result


def read() -> dict[str, Any]:
    """Return the file as data."""
    return tomlkit.parse(FILE.read_text(encoding="utf-8")).unwrap()


def write(results: Iterable[Module]) -> None:
    """Write new survivors as not looked at, take out those that are gone, and bring the numbers up to date.

    A module of which a part was run is written where it was never run as a whole; `not_run` says how much is missing.
    """
    document = tomlkit.parse(FILE.read_text(encoding="utf-8"))
    known = document.setdefault("modules", {})
    for module in results:
        if not module.unrun or "not_run" in known.get(module.path, {"not_run": module.unrun}):
            _update(known.setdefault(module.path, tomlkit.table()), module, document)
    FILE.write_text(tomlkit.dumps(document), encoding="utf-8")


def _update(entry: Any, module: Module, document: Any) -> None:
    for group in entry.get("explained", ()):
        group["mutants"] = _array(text for text in group["mutants"] if module.unrun or text in module.survivors)
    bare = {"modules": {module.path: {"explained": entry.get("explained", ())}}, "everywhere": document["everywhere"]}
    unexplained = [text for text in compare(module, bare).new if text in module.survivors]
    lists = {"not_looked_at": unexplained, "uncalled": sorted(module.uncalled)}
    entry["mutants"], entry["killed"] = module.mutants, module.killed
    entry.pop("not_run", None)
    if module.unrun:
        entry["not_run"] = module.unrun
    for name, texts in lists.items():
        entry.pop(name, None)
        if texts:
            entry[name] = _array(texts)


def _array(texts: Iterable[str]) -> Any:
    array = tomlkit.array()
    for text in texts:
        quoted = tomlkit.string(text, literal="'" not in text)
        array.append(quoted)
    return array.multiline(True)
