"""allure-results in Allure's own generators, read in Chromium: every result is shown."""

from __future__ import annotations

import functools
import http.server
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests import processes

pytestmark = pytest.mark.slow


def written(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*-result.json")]


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port of this machine."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def generate(node_modules: Path, tool: str, results: Path, out: Path) -> Path:
    """Make a report with Allure 2 or 3, without telemetry."""
    environment = {**os.environ, "ALLURE_NO_ANALYTICS": "true"}
    if tool == "allure-2":
        command = [node_modules / "allure-commandline" / "dist" / "bin" / "allure", "generate", results, "-o", out]
    else:
        command = ["node", node_modules / "allure" / "cli.js", "allure2", results, "-o", out]
    done = processes.run([str(word) for word in command], env=environment, cwd=out.parent, timeout=400)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(path.parent for path in sorted(out.rglob("index.html")))


@pytest.mark.parametrize("tool", ["allure-2", "allure-3"])
def test_every_result_is_shown(
    node_modules: Path, chromium: Any, report_folder: Path, tmp_path: Path, tool: str
) -> None:
    results = report_folder / "allure-results"
    expected = written(results)
    page_folder = generate(node_modules, tool, results, tmp_path / "out")
    summary = json.loads((page_folder / "widgets" / "summary.json").read_text(encoding="utf-8"))["statistic"]
    statuses = [result["status"] for result in expected]
    assert summary["total"] == len(expected)
    for status in ("failed", "passed", "skipped", "broken"):
        assert summary.get(status, 0) == statuses.count(status)
    with served(page_folder) as address:
        page = chromium.new_page()
        page.route("**/*", lambda route: route.continue_() if route.request.url.startswith(address) else route.abort())
        page.goto(f"{address}#suites")
        page.wait_for_selector("text=Kimai API")
        page.goto(f"{address}#behaviors")
        page.wait_for_selector("text=Kimai API")
        page.close()
    suites = json.loads((page_folder / "data" / "suites.json").read_text(encoding="utf-8"))
    assert [child["name"] for child in suites["children"]] == ["Kimai API"]
    families = {child["name"] for child in suites["children"][0]["children"]}
    assert families == {label["value"] for one in expected for label in one["labels"] if label["name"] == "suite"}
