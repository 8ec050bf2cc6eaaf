"""`python -m bench.requests`: where the requests of a run go: by purpose, check, probe, and what is asked twice.

Runs the suite on the embedded Kimai, or with `--somebodys` on one as if it were somebody's: then with all that is
proved before anything there is changed. What a change of a probe costs shows here.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack, redirect_stdout
from pathlib import Path
from typing import Any

from bench.request_log import VARIABLE

Line = dict[str, Any]


def main() -> int:
    """Run, count and print. Returns the exit status of the run."""
    parser = argparse.ArgumentParser(prog="python -m bench.requests", description=__doc__)
    parser.add_argument("--profile", default="smoke", choices=("smoke", "standard", "thorough"))
    parser.add_argument("--emulate", default="2.66.0", help="version of Kimai")
    parser.add_argument("--somebodys", action="store_true", help="on an instance that the run did not start itself")
    parser.add_argument("--top", type=int, default=40, help="rows of each table")
    parser.add_argument("-k", dest="keyword", default="", help="only checks whose name matches")
    parser.add_argument("--log", type=Path, help="keep the log of all requests here")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        log = arguments.log or Path(name) / "requests.jsonl"
        log.unlink(missing_ok=True)
        flags = ["--profile", arguments.profile, "-n", "0", "--report-dir", name]
        flags += ["-k", arguments.keyword] if arguments.keyword else []
        status = _run(flags, arguments.emulate if arguments.somebodys else "", log, Path(name))
        lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    _show(lines, arguments.top)
    return status


def _run(flags: list[str], version: str, log: Path, folder: Path) -> int:
    """Run the suite in this process, and its checks in a child that loads the same log; on a Kimai of a version that
    somebody seems to run, without one on the run's own. Returns the exit status."""
    os.environ[VARIABLE] = str(log.absolute())
    from bench.request_log import install
    from conformance.cli.main import group
    from conformance.embedded.server import EmbeddedKimai

    install()
    print(f"running {' '.join(flags)} …", file=sys.stderr)
    with ExitStack() as held:
        if version:
            kimai = held.enter_context(EmbeddedKimai(emulate=version))
            actors = kimai.write_users_file(folder / "actors.json")
            flags = ["--url", kimai.url, "--write", "--actors", str(actors), *flags]
        held.enter_context(redirect_stdout(held.enter_context((folder / "words").open("w", encoding="utf-8"))))
        return int(group.main(["run", *flags, "--", "-p", "bench.request_log"], standalone_mode=False) or 0)


def _show(lines: list[Line], top: int) -> None:
    print(f"{len(lines)} requests, {sum(line['own'] for line in lines)} of them the client's own")
    _table("by purpose", Counter(_purpose(line) for line in lines), top)
    _table("by phase and method", Counter(f"{_phase(line)} {line['method']}" for line in lines), top)
    _table("by check", Counter(_function(line) for line in lines), top)
    _table("by probe", Counter(line["asker"] for line in lines), top)
    _table("what the client needs itself", Counter(line["reason"] for line in lines if line["reason"]), top)
    repeated = Counter(_question(line) for line in lines if line["method"] == "GET")
    _table("the same question more than once", Counter({k: n for k, n in repeated.items() if n > 1}), top)


def _purpose(line: Line) -> str:
    """Return what a request is sent for: set-up, checks of a module, what proves or deletes their records, clean-up."""
    if not line["check"]:
        asker = str(line["asker"])
        return "clean-up" if "cleanup" in asker else "who sees everybody" if "witness" in asker else "preflight"
    if line["again"]:
        return "second asking"
    own = f": {line['reason'].rpartition('.')[2] or 'guard'}" if line["own"] else ""
    return f"{line['module']}{own}"


def _phase(line: Line) -> str:
    return "checks" if line["check"] else "before and after"


def _function(line: Line) -> str:
    return str(line["check"]).partition("[")[0] or f"(before and after) {line['asker']}"


def _question(line: Line) -> str:
    return f"GET {line['path']}"


def _table(title: str, counts: Counter[str], top: int) -> None:
    print(f"\n{title}")
    for name, number in _first(counts, top):
        print(f"  {number:6} {name or '-'}")


def _first(counts: Counter[str], top: int) -> Iterable[tuple[str, int]]:
    return counts.most_common(top)


if __name__ == "__main__":
    sys.exit(main())
