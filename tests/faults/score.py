"""`python -m tests.faults.score ROWS`: what the suite finds of the catalogue, and what it cries wolf at, as a page.

The rows are what `pytest -m slow tests/faults --score ROWS` keeps.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from conformance.embedded.faults import FAULTS, VARIATIONS
from conformance.model import Exit

Row = Mapping[str, Any]


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.score", description=__doc__)
    parser.add_argument("rows", type=Path)
    parser.add_argument("--out", type=Path, help="write the page here instead of printing it")
    arguments = parser.parse_args()
    rows: list[Row] = json.loads(arguments.rows.read_text(encoding="utf-8"))
    page = "\n".join(_page(rows)) + "\n"
    if arguments.out:
        arguments.out.write_text(page, encoding="utf-8")
    else:
        print(page, end="")


def _page(rows: Sequence[Row]) -> Iterator[str]:
    faults = [row for row in rows if row["name"] in FAULTS]
    legal = [row for row in rows if row["name"] in VARIATIONS]
    yield "# The score"
    yield ""
    yield (
        f"{len(faults)} of {len(FAULTS)} faults of the catalogue and {len(legal)} of {len(VARIATIONS)} legal"
        " variations, planted one by one in the embedded Kimai 2.66.0; each time the checks of the fault's clauses in"
        f" the standard profile, whole smoke runs for the variations. kimai-conformance {version('kimai-conformance')},"
        f" {datetime.now(UTC):%Y-%m-%d}. Made again by `tox run -e faults`."
    )
    yield ""
    yield "| clauses | planted | detected | under a right clause | other clauses failed too | requests, median |"
    yield "| --- | --: | --: | --: | --: | --: |"
    for family in sorted({_family(row) for row in faults}):
        yield _line(f"`{family}.`", [row for row in faults if _family(row) == family])
    yield _line("**all**", faults)
    yield ""
    wolf = [row["name"] for row in legal if _said(row)]
    yield f"Legal variations of which something was said: {len(wolf)} of {len(legal)}{_names(wolf)}."
    yield ""
    yield f"Not detected: {_listed(row['name'] for row in faults if not _said(row))}."
    yield ""
    elsewhere = [row["name"] for row in faults if _said(row) and not _right(row)]
    yield f"Detected under other clauses alone: {_listed(elsewhere)}."
    yield ""
    yield (
        "A fault that does what it says it refused, or hides what was made, leaves records that nobody can prove to be"
        f" the run's; they are named, with exit 4: {_listed(row['name'] for row in faults if row['left'])}."
    )


def _line(title: str, rows: Sequence[Row]) -> str:
    detected, right = sum(map(_said, rows)), sum(map(_right, rows))
    more = sum(bool(set(row["failed"]) - set(FAULTS[row["name"]].clauses)) for row in rows)
    requests = statistics.median(row["requests"] for row in rows) if rows else 0
    return f"| {title} | {len(rows)} | {detected} | {right} | {more} | {requests:.0f} |"


def _family(row: Row) -> str:
    return FAULTS[row["name"]].clauses[0].partition(".")[0]


def _said(row: Row) -> bool:
    return bool(row["failed"]) and row["status"] in (Exit.NOT_CONFORMANT, Exit.LEFT_BEHIND)


def _right(row: Row) -> bool:
    return _said(row) and bool(set(row["failed"]) & set(FAULTS[row["name"]].clauses))


def _names(names: Sequence[str]) -> str:
    return f" ({_listed(names)})" if names else ""


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


if __name__ == "__main__":
    main()
