"""What the bench reckons: growth as a power, and what a process took."""

from __future__ import annotations

import sys
from pathlib import Path

import httpx
import pytest

from bench.instance import Instance
from bench.measure import exponent, machine, run


@pytest.mark.parametrize(("values", "power"), [([5, 5, 5], 0), ([1, 10, 100], 1), ([1, 100, 10_000], 2)])
def test_growth_is_the_exponent_of_a_power(values: list[float], power: float) -> None:
    assert exponent([10, 100, 1000], values) == pytest.approx(power)


def test_a_command_is_accounted_for_with_its_status(tmp_path: Path) -> None:
    root = str(Path(__file__).parents[2])
    cost = run([sys.executable, "-c", "print(1); raise SystemExit(3)"], tmp_path, {"PYTHONPATH": root})
    assert (cost.status, cost.output) == (3, "1\n")
    assert cost.seconds >= 0
    assert cost.memory > 1


def test_the_machine_is_named_with_its_load() -> None:
    assert "load" in machine(("httpx",))
    assert f"httpx {httpx.__version__}" in machine(("httpx",))


def test_an_instance_counts_and_keeps_what_it_is_asked() -> None:
    with Instance(keep=True) as instance:
        instance.fill(10)
        before = len(instance.sent)
        headers = {"Authorization": f"Bearer {instance.token}"}
        listed = httpx.get(f"{instance.url}/api/timesheets?user=all&size=50", headers=headers, trust_env=False).json()
    assert len(listed) == 10
    assert (instance.requests, len(instance.sent)) == (before + 1, before + 1)
    assert instance.sent[-1].target == "/api/timesheets?user=all&size=50"
