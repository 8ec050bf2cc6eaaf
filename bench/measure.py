"""Whole processes, by the operating system's own account: seconds, processor time and memory; and the machine."""

from __future__ import annotations

import math
import os
import platform
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """What a command took: `seconds` of the clock, `cpu` seconds of it and its children, peak `memory` in MB."""

    seconds: float
    cpu: float
    memory: float
    status: int
    output: str


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end. What it measures holds for all of its processes but for those of this one."""
    meter = [sys.executable, "-m", "bench.meter", *command]
    begun = time.perf_counter()
    done = subprocess.run(
        meter, cwd=folder, env={**os.environ, **(environment or {})}, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - begun
    *_, last = done.stderr.strip().splitlines()
    cpu, memory, status = last.split()
    return Cost(seconds, float(cpu), float(memory), int(status), done.stdout)


def machine(requirements: Sequence[str]) -> str:
    """Return a line about where and when this was measured, and whether anything else was running."""
    cores = os.cpu_count() or 1
    load = os.getloadavg()[0]
    busy = f"busy: load {load:.1f} at the beginning" if load > cores / 2 else f"quiet: load {load:.1f} at the beginning"
    versions = ", ".join(f"{name} {version(name)}" for name in requirements)
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return (
        f"{when}; {_processor()}, {cores} cores, {busy}; {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, {versions}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """Return the growth of values over sizes as a power: 0 is none, 1 in proportion. Least squares of logarithms."""
    points = [(math.log(size), math.log(max(value, 1e-9))) for size, value in zip(sizes, values, strict=True)]
    mean_x, mean_y = (sum(column) / len(points) for column in zip(*points, strict=True))
    products: float = sum((x - mean_x) * (y - mean_y) for x, y in points)
    squares: float = sum((x - mean_x) ** 2 for x, _ in points)
    return products / squares
