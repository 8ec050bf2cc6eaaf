"""The fake Kimai for client developers, and the examples of its page."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import httpx
import pytest

from conformance.cli.main import group
from conformance.documentation import page_text
from conformance.embedded.errors import EmbeddedError
from conformance.embedded.store.settings import NAMES
from conformance.embedded.testing import FakeKimai
from tests import processes

ROOT = Path(__file__).resolve().parents[2]
PAGE = page_text("fake-kimai", group)


def _examples(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def _example(language: str, holding: str) -> str:
    return next(example for example in _examples(language) if holding in example)


def _python(folder: Path, *arguments: str) -> processes.Done:
    environment = {**os.environ, "PYTEST_ADDOPTS": "", "PYTHONDONTWRITEBYTECODE": "1"}
    return processes.run([sys.executable, *arguments], cwd=folder, timeout=120, env=environment)


def test_a_token_for_each_role_and_an_expired_one() -> None:
    with FakeKimai() as kimai:
        roles = {}
        for role in kimai.tokens:
            with kimai.client(role) as client:
                roles[role] = client.get("users/me").json()["roles"]
        assert kimai.expired_token is not None
        headers = {"Authorization": f"Bearer {kimai.expired_token}"}
        assert httpx.get(f"{kimai.url}/api/ping", headers=headers, trust_env=False).status_code == 401
    assert roles == {
        "user": [],
        "teamlead": ["ROLE_TEAMLEAD"],
        "admin": ["ROLE_ADMIN"],
        "super_admin": ["ROLE_SUPER_ADMIN"],
    }


@pytest.mark.parametrize("emulate", ["2.24.0", "2.62.0", "2.66.0"])
def test_it_can_be_filled(emulate: str) -> None:
    with FakeKimai(emulate=emulate) as kimai:
        made = kimai.fill()
        with kimai.client("user") as client:
            sheets = client.get("timesheets", params={"project": made.project}).json()
    assert [sheet["id"] for sheet in sheets] == sorted(made.timesheets, reverse=True)
    assert sheets[0]["tags"] == ["urgent"]


def test_what_cannot_be_served_is_said() -> None:
    with pytest.raises(EmbeddedError, match="there is no Kimai '9"):
        FakeKimai(emulate="9")
    with pytest.raises(EmbeddedError, match=r"there is no setting 'timesheet\.mood'"):
        FakeKimai(settings={"timesheet.mood": "good"})


def test_the_pytest_examples_run(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(_example("python", "pytest_plugins"), encoding="utf-8")
    (tmp_path / "test_client.py").write_text(_example("python", "def test_my_client"), encoding="utf-8")
    (tmp_path / "test_punch.py").write_text(_example("python", "def fake_kimai_options"), encoding="utf-8")
    done = _python(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", ".")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^3 passed", done.stdout, re.MULTILINE), done.stdout


def test_the_other_python_examples_run(tmp_path: Path) -> None:
    done = _python(tmp_path, "-W", "error", "-c", _example("python", "with FakeKimai"))
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert done.stdout == "pong\n"


def test_every_setting_and_every_option_stands_on_the_page() -> None:
    for name in NAMES:
        assert f"`{name}`" in PAGE
    done = _python(ROOT, "-m", "conformance", "serve", "--help")
    options = set(re.findall(r"--[a-z-]+", done.stdout)) - {"--help"}
    assert {"--port", "--proxy"} <= options
    assert {option for option in options if f"`{option}" not in PAGE} == set()
