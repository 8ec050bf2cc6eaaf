"""All instances at one glance, the worst first: for a terminal, as a page, as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.fleet.job import Result
from conformance.model import Exit

if TYPE_CHECKING:
    from rich.table import Table

PRECEDENCE = (
    Exit.LEFT_BEHIND, Exit.INTERRUPTED, Exit.CRASH, Exit.UNFIT, Exit.USAGE, Exit.NOT_CONFORMANT, Exit.UNDECIDED,
    Exit.CONFORMANT,
)  # fmt: skip
"""The worst first. Source: DESIGN, "The verdict": if several hold."""


def worst_first(results: Sequence[Result]) -> list[Result]:
    """Return the results in the order in which somebody must look at them."""
    return sorted(results, key=lambda result: (_rank(result.status), -_failing(result), result.name))


def fleet_status(results: Sequence[Result]) -> int:
    """Return the exit status of the worst instance."""
    return worst_first(results)[0].status if results else int(Exit.CONFORMANT)


def families(results: Sequence[Result]) -> list[str]:
    """Return the names of all families, in the order of the verdicts."""
    return list(dict.fromkeys(name for result in results for name in result.families))


def cell(result: Result, family: str) -> str:
    """Return what is to be known of a family on an instance: what fails, else whether it is kept, or – undecided."""
    counts = result.families.get(family)
    if counts is None:
        return ""
    if family == "changes":
        return ", ".join(f"{number} {name}" for name, number in counts.items() if number) or "none"
    if wrong := [f"{counts[name]} {name}" for name in ("error", "fail") if counts.get(name)]:
        return ", ".join(wrong)
    known = any(counts.get(name) for name in ("accepted", "deviation"))
    return "known" if known else "ok" if counts.get("pass") else "–"


def table(results: Sequence[Result]) -> Table:
    """Return the table for a terminal."""
    from rich.table import Table

    names = families(results)
    made = Table("instance", "Kimai", "verdict", "exit", *names, show_lines=False)
    for result in worst_first(results):
        made.add_row(result.name, result.version, result.word, str(result.status), *(cell(result, f) for f in names))
    return made


def write_overview(results: Sequence[Result], directory: Path) -> None:
    """Write `fleet.html` and `fleet.json`. Raises OSError."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    from reports.files import write_atomic

    ordered = worst_first(results)
    document = {"status": fleet_status(results), "instances": [asdict(result) for result in ordered]}
    environment = Environment(
        loader=PackageLoader("conformance.fleet", "."), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    page = environment.get_template("fleet.html.j2").render(
        results=ordered,
        families=families(results),
        cell=cell,
        reports={
            result.name: f"{result.name}/{'comparison.json' if 'changes' in result.families else 'report.html'}"
            for result in ordered
        },
    )
    directory.mkdir(parents=True, exist_ok=True)
    write_atomic(directory / "fleet.json", (json.dumps(document, indent=1) + "\n").encode())
    write_atomic(directory / "fleet.html", page.encode())


def _rank(status: int) -> int:
    return [int(code) for code in PRECEDENCE].index(status) if status in PRECEDENCE else -1


def _failing(result: Result) -> int:
    return sum(counts.get("fail", 0) + counts.get("error", 0) for counts in result.families.values())
