"""Snapshots of embedded Kimais, each taken once, in the smoke profile."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from rich.console import Console

from conformance.embedded.server import EmbeddedKimai
from conformance.upgrade import collect
from conformance.upgrade.snapshot import Snapshot, read, write

QUIET = Console(quiet=True)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A state folder of the tests' own. That definitions are valid is tested elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("state")
        patch.setenv("KIMAI_CONFORMANCE_STATE", str(folder))
        patch.setattr("conformance.definition.validating.validate", lambda _document: None)
        yield folder


@pytest.fixture(scope="module")
def builtin(state: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Snapshot]:
    """Takes the snapshot of an emulated version, each once, whatever the number of workers."""
    assert state.is_dir()
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def take(version: str) -> Snapshot:
        path = shared / f"snapshot-{version}.json"
        with FileLock(path.with_suffix(".lock")):
            if not path.exists():
                write(collect.take_builtin(version, "smoke", QUIET), path)
            return read(path)

    return take


@pytest.fixture(scope="module")
def v2_24(builtin: Callable[[str], Snapshot]) -> Snapshot:
    """The oldest version."""
    return builtin("2.24.0")


@pytest.fixture(scope="module")
def v2_62(builtin: Callable[[str], Snapshot]) -> Snapshot:
    """The version before booleans that a POST leaves out became true."""
    return builtin("2.62.0")


@pytest.fixture(scope="module")
def v2_66(builtin: Callable[[str], Snapshot]) -> Snapshot:
    """The newest version."""
    return builtin("2.66.0")


@pytest.fixture(scope="module")
def kimai() -> Iterator[EmbeddedKimai]:
    """An instance as others run one: somebody else started it."""
    with EmbeddedKimai() as server:
        yield server
