"""`python -m tests.mutation`: hold the mutants that no test noticed against the file that explains them.

Run `mutmut run` before, in the root of the project. Exit status 0 where the file names all of them, 1 where some are
new or were not run, 2 where there is nothing to read. `--write` brings the file up to date: new ones are named as not
looked at.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.mutation.explained import FILE, Comparison, compare, read, write
from tests.mutation.results import modules


def main() -> int:
    """Read, compare, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"bring {FILE.name} up to date")
    arguments = parser.parse_args()
    results = modules(Path("mutants"))
    if not results:
        print("there are no results: run `mutmut run` first, in the root of the project", file=sys.stderr)
        return 2
    if arguments.write:
        write(results)
    document = read()
    compared = [compare(module, document) for module in results]
    print("\n".join(_table(compared)))
    for item in compared:
        _print_list(f"{item.module.path}: new, kill or explain them in {FILE.name}", item.new)
        _print_list(f"{item.module.path}: named in {FILE.name}, and noticed by a test or no longer there", item.gone)
    unrun = sum(item.module.unrun for item in compared)
    if unrun:
        print(f"\n{unrun} mutants were not run.")
    return 1 if unrun or any(item.new for item in compared) else 0


def _table(compared: list[Comparison]) -> list[str]:
    names = ("mutants", "killed", "explained", "not looked at", "new", "not run")
    rows = [
        (item.module.path, item.module.mutants, item.module.killed, item.explained, item.not_looked_at, len(item.new),
         item.module.unrun)
        for item in compared
    ]  # fmt: skip
    rows.append(("all", *(sum(numbers) for numbers in list(zip(*rows, strict=True))[1:])))
    width = max(len(str(row[0])) for row in rows)
    head = " " * width + "".join(f"  {name}" for name in names)
    return [head, *(_row(row, width, names) for row in rows)]


def _row(row: tuple[str | int, ...], width: int, names: tuple[str, ...]) -> str:
    cells = (f"  {number:>{len(name)}}" for number, name in zip(row[1:], names, strict=True))
    return f"{row[0]:<{width}}" + "".join(cells)


def _print_list(title: str, texts: list[str]) -> None:
    if texts:
        print(f"\n{title}:", *texts, sep="\n  ")


if __name__ == "__main__":
    sys.exit(main())
