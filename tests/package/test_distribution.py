"""Sdist and wheel are whole and clean; what they bring is under licences that we know, and is listed."""

from __future__ import annotations

import json
import re
import shutil
import tarfile
import tomllib
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

from conformance.cli.init import CI
from tests.package.conftest import ROOT, checked, tool

LICENCES = (
    "MIT",
    "MIT License",
    "BSD License",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "Apache Software License",
    "Apache-2.0",
    "Apache-2.0 OR BSD-2-Clause",
    "MPL-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)",
    "PSF-2.0",
)
"""Licences of dependencies that were looked at: they let a program under MIT use them, and ask for nothing of it."""

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_wheel_takes_along_what_commands_read() -> None:
    """A sample of the slow tests for the default run."""
    included = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert [source for source in included if not (ROOT / source).exists()] == []
    assert {f"ci/{name}" for name, _ in CI.values()} <= set(included)
    sections = {f"docs/{path.parent.name}" for path in (ROOT / "docs").glob("*/*.md")}
    assert sections <= set(included)


def test_every_dependency_has_a_lower_bound() -> None:
    """What `tox run -e lowest` installs."""
    assert [text for text in PROJECT["project"]["dependencies"] if ">=" not in text] == []


@pytest.mark.slow
def test_files_are_as_an_index_wants_them(distribution: Path, wheel: Path) -> None:
    assert "PASSED" in checked(tool("twine"), "check", "--strict", *distribution.iterdir(), cwd=ROOT)
    assert "OK" in checked(tool("check-wheel-contents"), wheel, cwd=ROOT)


@pytest.mark.slow
def test_the_wheel_holds_the_packages_alone(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as file:
        names = file.namelist()
        metadata = message_from_bytes(file.read(next(name for name in names if name.endswith("/METADATA"))))
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {
        *("conformance", "contracts", "reports", "kimai_conformance")
    }
    assert [name for name in names if re.search(r"\.pyc$|/\.|/tests?/|\.log$", name)] == []
    assert metadata["Author"] == "kimai-conformance contributors"
    assert metadata.get_all("Project-URL")
    links = re.findall(r"\]\(([^)]*)\)", str(metadata.get_payload()))
    assert links
    assert [link for link in links if not link.startswith("https://")] == []


@pytest.mark.slow
def test_the_sdist_holds_the_repository_and_nothing_else(distribution: Path) -> None:
    (path,) = distribution.glob("*.tar.gz")
    with tarfile.open(path) as file:
        names = {name.partition("/")[2] for name in file.getnames()}
    assert {"README.md", "LICENSE", "SECURITY.md", "CHANGELOG.md", "tox.ini", "docs/conf.py"} <= names
    assert [name for name in names if re.search(r"\.pyc$|\.tox/|\.venv/|reports/out/|docs/_build/", name)] == []


@pytest.mark.slow
def test_dependencies_are_under_licences_that_we_know(installed: Path) -> None:
    told = checked(
        tool("pip-licenses"),
        f"--python={installed / 'python'}",
        "--from=mixed",
        "--format=json",
        f"--allow-only={';'.join(LICENCES)}",
        cwd=ROOT,
    )
    assert {row["Name"] for row in json.loads(told)} > {"click", "httpx", "schemathesis"}


@pytest.mark.slow
def test_a_bill_of_materials_lists_what_is_installed(installed: Path, distribution: Path, kept: Path) -> None:
    path = kept / "kimai-conformance.cdx.json"
    pyproject = ROOT / "pyproject.toml"
    checked(
        tool("cyclonedx-py"), "environment", "--pyproject", pyproject, "--output-reproducible", "--output-file", path,
        installed / "python", cwd=ROOT,
    )  # fmt: skip
    bill = json.loads(path.read_text(encoding="utf-8"))
    assert bill["metadata"]["component"]["name"] == "kimai-conformance"
    listed = {component["name"].lower() for component in bill["components"]}
    wanted = {re.split(r"[>=<\[]", text)[0] for text in PROJECT["project"]["dependencies"]}
    assert wanted - {name.replace("_", "-") for name in listed} == set()
    for file in distribution.iterdir():
        if kept.name == "dist":
            shutil.copy(file, kept)
