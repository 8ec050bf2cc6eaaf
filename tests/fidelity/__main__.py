"""`python -m tests.fidelity`: replay every recording of a released Kimai, and print how alike the answers are.

Exit status 0 where all figures reach what is asked of them, or where there are no recordings; 1 otherwise.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from tests.fidelity.recordings import MISSING, Figures, Recording, available, runs, scenarios, settings_groups
from tests.fidelity.replaying import replay

_MANY = 60
"""As many groups as a whole run has at least."""


def main() -> int:
    """Replay, print, judge."""
    parser = argparse.ArgumentParser(prog="python -m tests.fidelity", description=__doc__)
    parser.add_argument("--only", default="", metavar="TEXT", help="only recordings whose name holds this text")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="show up to N differences a recording")
    arguments = parser.parse_args()
    if not available():
        print(f"skipped: {MISSING}")
        return 0
    chosen = [r for r in (*scenarios(), *settings_groups(), *runs()) if arguments.only in r.name]
    if not chosen:
        print(f"no recording is named like {arguments.only!r}", file=sys.stderr)
        return 2
    print("status, shape and value: percent of the steps whose answer is the released version's in that respect.")
    print("The clock of the embedded Kimai stands still at the time of each recording.")
    print("Left out are steps at which the release crashes, and of whole runs the groups that are all alike.")
    short = [complaint for recording in chosen for complaint in _judged(recording, arguments.show)]
    print("\n".join(short) or f"\nAll {len(chosen)} recordings reach what is asked of them.")
    return 1 if short else 0


def _judged(recording: Recording, show: int) -> Iterator[str]:
    """Print the figures of one recording; what they fall short of."""
    figures, differences = replay(recording, show=show)
    print(f"\n{recording.name} on {recording.emulate}", flush=True)
    for name, figure in figures.items():
        if name == "all" or len(figures) < _MANY or figure.value < 100:
            print(f"  {name:<28.28} {_line(figure)}")
    if differences:
        print(differences)
    for name, figure in figures.items():
        least = recording.least if name == "all" else recording.least_group
        if not figure.reaches(least):
            yield f"{recording.name}, {name}: {_line(figure)}; asked for {_line(least)}"


def _line(figure: Figures) -> str:
    steps = f"{figure.steps:5} steps  " if figure.steps else ""
    return f"{steps}status {figure.status:5.1f}  shape {figure.shape:5.1f}  value {figure.value:5.1f}"


if __name__ == "__main__":
    sys.exit(main())
