"""What mutmut left in the folder `mutants`, as data: which mutants no test noticed, told by what they change."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

UNNOTICED = frozenset({"survived", "suspicious"})
UNCALLED = "no tests"
UNRUN = frozenset({"not checked", "check was interrupted by user", "skipped"})


@dataclass
class Module:
    """The mutants of one module. `survivors` counts them by their text, `uncalled` by the function that no test calls.

    A text is "function: line => changed line". It stays the same where mutmut's numbers shift.
    """

    path: str
    mutants: int = 0
    unrun: int = 0
    survivors: Counter[str] = field(default_factory=Counter)
    uncalled: Counter[str] = field(default_factory=Counter)

    @property
    def killed(self) -> int:
        """How many mutants a test noticed."""
        return self.mutants - self.unrun - self.survivors.total() - self.uncalled.total()


def modules(folder: Path) -> list[Module]:
    """Return what mutmut found about each module that it changed; `folder` is `mutants` in the working directory."""
    paths = sorted(folder.rglob("*.py.meta"))
    return [module for path in paths if (module := _module(path, folder)).mutants]


def _module(meta: Path, folder: Path) -> Module:
    from mutmut.mutation.diff_apply import get_diff_for_mutant
    from mutmut.stats import status_by_exit_code

    module = Module(meta.relative_to(folder).as_posix().removesuffix(".meta"))
    for name, code in json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"].items():
        status = status_by_exit_code[code]
        module.mutants += 1
        if status in UNRUN:
            module.unrun += 1
        elif status == UNCALLED:
            module.uncalled[function_of(name)] += 1
        elif status in UNNOTICED:
            module.survivors[f"{function_of(name)}: {change(get_diff_for_mutant(name, path=module.path))}"] += 1
    return module


def function_of(name: str) -> str:
    """Return the function, or class and method, that one of mutmut's names means.

    >>> function_of("package.module.xǁChainǁsealed__mutmut_3"), function_of("package.module.x__digest__mutmut_12")
    ('Chain.sealed', '_digest')
    """
    last = name.rpartition(".")[2].rpartition("__mutmut_")[0]
    return ".".join(last.split("ǁ")[1:]) if "ǁ" in last else last.removeprefix("x_")


def change(diff: str) -> str:
    """Return the lines that a unified diff takes out and those that it puts in, as "before => after"."""
    lines = diff.splitlines()[2:]
    return f"{' '.join(_marked(lines, '-'))} => {' '.join(_marked(lines, '+'))}"


def _marked(lines: list[str], mark: str) -> Iterator[str]:
    return (line[1:].strip() for line in lines if line.startswith(mark))
