"""`python -m bench.embedded`: what the embedded Kimai costs. Figures only; nothing is asserted.

Prints the seconds it takes to start, and the milliseconds that one record costs to make and to list while there are
more and more of them: in memory, and with a file.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import httpx

from conformance.embedded.testing import FakeKimai, Records

STARTS = 5
STEP = 250


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.embedded", description=__doc__)
    parser.add_argument("--records", type=int, default=1000, help="how many timesheets to make")
    arguments = parser.parse_args()
    print(f"start: {statistics.median(_start() for _ in range(STARTS)):.3f} s, median of {STARTS}")
    _grow("in memory", None, arguments.records)
    with tempfile.TemporaryDirectory() as folder:
        _grow("in a file", Path(folder) / "kimai.sqlite", arguments.records)


def _start() -> float:
    begun = time.perf_counter()
    with FakeKimai() as kimai, kimai.client() as client:
        client.get("ping").raise_for_status()
        return time.perf_counter() - begun


def _grow(where: str, database: Path | None, wanted: int) -> None:
    with FakeKimai(database=database) as kimai, kimai.client("user") as client:
        records = kimai.fill()
        for made in range(0, wanted, STEP):
            create = _mean_ms([_create(client, records, made + n) for n in range(STEP)])
            listing = _mean_ms([_list(client) for _ in range(5)])
            print(f"{where}, {made + STEP:5} records: {create:6.2f} ms to make one, {listing:6.2f} ms for a page of 50")


def _create(client: httpx.Client, records: Records, number: int) -> float:
    day, minute = divmod(number, 600)
    body = {
        "project": records.project,
        "activity": records.activity,
        "begin": f"2026-05-{day + 1:02}T{minute // 60:02}:{minute % 60:02}:00",
        "end": f"2026-05-{day + 1:02}T12:00:00",
    }
    begun = time.perf_counter()
    client.post("timesheets", json=body).raise_for_status()
    return time.perf_counter() - begun


def _list(client: httpx.Client) -> float:
    begun = time.perf_counter()
    client.get("timesheets").raise_for_status()
    return time.perf_counter() - begun


def _mean_ms(seconds: list[float]) -> float:
    return statistics.fmean(seconds) * 1000


if __name__ == "__main__":
    main()
