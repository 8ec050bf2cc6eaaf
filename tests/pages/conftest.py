"""Chromium, and packages from npm: what is missing skips these tests, with the reason."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import reports
from conformance.verdict import Verdict
from conformance.verdict.trend import point_of
from tests import processes
from tests.reports import sample_verdicts

PACKAGES = ("axe-core@^4.14", "allure@^3.18", "allure-commandline@^2.46")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def busy() -> Verdict:
    """Return a verdict with much of everything, long words and hostile ones among it."""
    events = [
        *sample_verdicts.core(),
        *sample_verdicts.KNOWN,
        *sample_verdicts.FAILURES,
        *(
            sample_verdicts.place(
                "boolean.absent", "pass", field="visible", value=value, got="true",
                operation="PATCH /api/actions/activity/{id}/{view}/{locale}/" + "x" * 80,
            )
            for value in ("null", "0", '"off"')
        ),
        sample_verdicts.place("data.patch", "fail", got="x" * 400, fingerprint="d" * 12, response="y" * 3000),
    ]  # fmt: skip
    safety = {"left_behind": ["tag " + "z" * 200], "kept": ["user 7"], "remarks": ["tag 3 is gone"]}
    return sample_verdicts.made(events, safety=safety)


@pytest.fixture(scope="session")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what these tests need from npm."""
    if shutil.which("npm") is None:
        pytest.skip("there is no npm")
    folder = tmp_path_factory.mktemp("npm")
    command = ["npm", "install", "--no-fund", "--no-audit", "--prefix", str(folder), *PACKAGES]
    done = processes.run(command, timeout=500)
    if done.returncode:
        pytest.skip(f"npm installs nothing here: {done.stderr[-300:]}")
    return folder / "node_modules"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Return the browser that this machine has."""
    driver = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("there is no Chromium")
    with driver.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def report_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of reports of the busy verdict."""
    folder = tmp_path_factory.mktemp("reports")
    points = [point_of(verdict) for verdict in sample_verdicts.verdicts().values()]
    reports.render_all(busy(), folder, trend=points)
    return folder
