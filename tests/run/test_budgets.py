"""What a run costs, counted where it arrives: in requests, set-up, clean-up and sign-in included, never in time.

Source: DESIGN, "Budgets". A check that asks more must have another ask less, or say here why the budget grows.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.cli import main
from conformance.embedded.web.app import Built, build
from conformance.model import Exit
from conformance.properties.policy import ASKED_BY_CHECKS

SMOKE, STANDARD = 350, 5_600


@pytest.fixture
def arrived(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The requests that reached the embedded Kimai of a run, as "METHOD path status"."""
    requests: list[str] = []

    def counted(*arguments: Any) -> Built:
        built = build(*arguments)

        async def app(scope: Any, receive: Any, send: Any) -> None:
            async def noted(message: Any) -> None:
                if message["type"] == "http.response.start":
                    requests.append(f"{scope['method']} {scope['path']} {message['status']}")
                await send(message)

            await built.app(scope, receive, noted)

        return replace(built, app=app)

    monkeypatch.setattr("conformance.embedded.server.build", counted)
    monkeypatch.setenv("KIMAI_CONFORMANCE_STATE", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    return requests


def run(profile: str, *flags: str) -> None:
    """Run the suite on its own embedded Kimai, which is conformant."""
    with pytest.raises(SystemExit) as ended:
        main(["run", "--profile", profile, "--quiet", *flags])
    assert ended.value.code == Exit.CONFORMANT


def test_a_smoke_run_keeps_its_budget(arrived: list[str]) -> None:
    run("smoke")
    assert 200 < len(arrived) <= SMOKE
    answered = {label for label in ASKED_BY_CHECKS if any(map(succeeded(label).fullmatch, arrived))}
    assert answered == ASKED_BY_CHECKS, "what no check asks has to be sampled"


def succeeded(label: str) -> re.Pattern[str]:
    """Return what a request to an operation looks like that was answered well."""
    return re.compile(re.sub(r"\\{\w+\\}", r"\\d+", re.escape(label)) + r" 20\d")


@pytest.mark.slow
def test_a_standard_run_keeps_its_budget(arrived: list[str]) -> None:
    run("standard", "-n", "0")
    assert 2_000 < len(arrived) <= STANDARD
