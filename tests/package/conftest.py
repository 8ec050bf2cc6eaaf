"""One build, and one environment with nothing but the package, for all tests of this folder."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests import processes

ROOT = Path(__file__).parents[2]


def checked(*command: str | Path, cwd: Path, **variables: str) -> str:
    """Run a command that must succeed, without any setting of the suite, and return what it printed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KIMAI_", "PYTEST_", "PYTHON"))}
    done = processes.run(command, cwd=cwd, env={**kept, **variables}, timeout=580)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def distribution(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with sdist and wheel; the wheel is built from the sdist."""
    folder = tmp_path_factory.mktemp("distribution")
    checked(sys.executable, "-m", "build", "--outdir", folder, ROOT, cwd=folder)
    return folder


@pytest.fixture(scope="session")
def wheel(distribution: Path) -> Path:
    """The wheel."""
    (path,) = distribution.glob("*.whl")
    return path


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of an environment with the package, its dependencies and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    checked(sys.executable, "-m", "venv", "--without-pip", folder / "venv", cwd=folder)
    checked(
        sys.executable, "-m", "pip", "--python", folder / "venv" / "bin" / "python", "install", "-q", wheel, cwd=folder
    )
    return folder / "venv" / "bin"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The folder for what is published beside the package: `dist` in the tox environment, else the test's own."""
    folder = Path(os.environ.get("KIMAI_CONFORMANCE_DIST") or tmp_path)
    folder.mkdir(exist_ok=True)
    return folder


def tool(name: str) -> str:
    """Return the path of a tool of this environment; skips where the dependency group `package` is not installed."""
    path = shutil.which(name, path=str(Path(sys.executable).parent))
    if path is None:
        pytest.skip(f"{name} is not installed here: tox run -e package")
    return path
