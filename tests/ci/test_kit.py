"""The kit, run as far as it can be without its services."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from ci import run_action
from conformance.cli.main import COMMANDS, group
from conformance.settings.load import VARIABLES, load
from tests import processes
from tests.reports import sample_verdicts
from tests.reports.sample_verdicts import core, made, place

ROOT = Path(__file__).parents[2]
KIT = ROOT / "ci"
FILES = sorted(path for path in KIT.iterdir() if path.is_file() and path.suffix != ".py")


def action() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return content


def inputs(**changes: str) -> dict[str, str]:
    defaults = {name.upper().replace("-", "_"): value.get("default", "") for name, value in action()["inputs"].items()}
    return defaults | changes


def command_named(name: str) -> click.Command:
    command = group.get_command(click.Context(group), name)
    assert command is not None, name
    return command


# --- the action


def test_action_takes_no_input_into_a_shell() -> None:
    for step in action()["runs"]["steps"]:
        assert "${{" not in step["run"], step["name"]


def test_action_hands_over_every_input_and_gives_every_output() -> None:
    content = action()
    step = next(step for step in content["runs"]["steps"] if step.get("id") == "run")
    given = {name for name in step["env"] if name.startswith("INPUT_")}
    assert given == {f"INPUT_{name}" for name in inputs()} - {"INPUT_PACKAGE"}
    written = set(run_action.outputs(None, 2))
    read = set(re.findall(r"steps\.run\.outputs\.([\w-]+)", json.dumps(content)))
    assert read == written
    assert set(run_action.outputs(made(core()).document(), 0)) == written


def test_gate_comes_last_and_whatever_happened_before() -> None:
    gate = action()["runs"]["steps"][-1]
    assert gate["run"] == 'exit "${EXIT_STATUS:-70}"'
    assert gate["if"] == "${{ !cancelled() }}"


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({}, []),
        ({"URL": "https://k.test"}, ["--url", "https://k.test", "--read-only"]),
        ({"URL": "https://k.test", "MODE": "write"}, ["--url", "https://k.test", "--write"]),
        ({"ARGUMENTS": "--strict\n --family \ndatetime\n"}, ["--strict", "--family", "datetime"]),
        ({"ACCEPT": "accepted.toml"}, ["--accept", "accepted.toml"]),
    ],
)
def test_command_line_of_the_action_is_one_that_run_takes(changes: dict[str, str], part: Sequence[str]) -> None:
    arguments = run_action.arguments(inputs(**changes), "")
    assert " ".join(part) in " ".join(arguments)
    command_named("run").make_context("run", arguments[1:])


def test_worst_findings_are_annotations_that_steer_nothing() -> None:
    hostile = sample_verdicts.hostile().document()
    (line,) = run_action.workflow_commands(hostile)
    assert "\n" not in line
    assert line.startswith("::warning title=data%3A data.patch::")
    events = [place("data.patch", "fail", fingerprint=f"{number:012x}", got=f"g{number}") for number in range(30)]
    lines = list(run_action.workflow_commands(made([*core(), *events]).document()))
    assert len(lines) == 10
    assert lines[-1] == "::notice::21 more findings are in the report"


@pytest.mark.parametrize(("name", "upload"), [("pass", "true"), ("fail", "true"), ("undecided", "false")])
def test_only_what_was_decided_is_uploaded(name: str, upload: str) -> None:
    assert run_action.outputs(sample_verdicts.verdicts()[name].document(), 0)["upload-sarif"] == upload


def test_the_actions_run_gives_outputs_and_ends_well(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KIMAI_", "PYTEST_"))}
    environment |= {f"INPUT_{name}": value for name, value in inputs(ARGUMENTS="--clause\nauth.none-such").items()}
    environment |= {"GITHUB_OUTPUT": str(tmp_path / "output"), "KIMAI_CONFORMANCE_STATE": str(tmp_path / "state")}
    done = processes.run([sys.executable, KIT / "run_action.py"], cwd=tmp_path, env=environment, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "there is no clause" in done.stderr
    assert "exit-status=2\n" in (tmp_path / "output").read_text(encoding="utf-8")


# --- the examples


def test_every_command_and_option_in_the_kit_exists() -> None:
    for path in (*FILES, ROOT / "docs" / "how-to" / "ci.md"):
        text = path.read_text(encoding="utf-8")
        for command, rest in re.findall(r"kimai-conformance (run|accept|diff|history|badge|doctor)\b([^\n'|]*)", text):
            known = {name for parameter in command_named(command).params for name in parameter.opts}
            assert set(re.findall(r"(?<!\S)--?[a-z][a-z-]*", rest)) <= known, (path.name, rest)


def test_every_variable_in_the_kit_is_a_setting() -> None:
    others = {"KIMAI_VERSION"}
    for path in FILES:
        names = set(re.findall(r"KIMAI_[A-Z_]+", path.read_text(encoding="utf-8")))
        assert names - others <= VARIABLES, path.name


def test_settings_of_the_gitlab_example_are_taken(tmp_path: Path) -> None:
    job = yaml.safe_load((KIT / "gitlab-ci.yml").read_text(encoding="utf-8"))["kimai-conformance"]
    settings = load({}, {**job["variables"], "KIMAI_TOKEN": "t"}, tmp_path)
    assert (settings.read_only, settings.profile, settings.report_dir) == (True, "smoke", Path("kimai-conformance"))
    assert settings.warnings == ()


def test_container_does_not_run_as_root() -> None:
    lines = (KIT / "Containerfile").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001"]
    assert 'ENTRYPOINT ["kimai-conformance"]' in lines


def test_hook_takes_the_files_that_it_checks() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert hook["entry"].split()[1] in COMMANDS
    for name in ("kimai-conformance.toml", "sub/kimai-conformance.staging.toml", "accepted.toml"):
        assert re.search(hook["files"], name)
    assert not re.search(hook["files"], "pyproject.toml")


@pytest.mark.skipif(shutil.which("sh") is None, reason="there is no shell")
def test_recipe_for_a_fresh_kimai_writes_actors_that_are_read(tmp_path: Path) -> None:
    """Docker is replaced by a command that writes down what it was asked."""
    fake = tmp_path / "compose"
    fake.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n', encoding="utf-8")
    fake.chmod(0o755)
    actors = tmp_path / "actors.json"
    done = processes.run(["sh", KIT / "fresh-kimai.sh", actors], env={**os.environ, "COMPOSE": str(fake)})
    assert done.returncode == 0, done.stderr
    environment = dict(re.findall(r"^export (\w+)=(.*)$", done.stdout, re.M))
    settings = load({"read_only": True}, environment, tmp_path)
    assert [actor.name.rpartition("conformance-")[2] for actor in settings.actors] == [
        "super-admin", "admin", "teamlead", "user"
    ]  # fmt: skip
    assert actors.stat().st_mode & 0o077 == 0
    asked = (tmp_path / "asked").read_text(encoding="utf-8")
    assert asked.count("kimai:user:create") == asked.count("INSERT INTO kimai2_access_token") == 4
    assert all(actor.token.secret.reveal() in asked for actor in settings.actors)


# --- linted by the tools that there are

LINTERS = {
    "github-workflow.yml": ("check-jsonschema", "--builtin-schema", "vendor.github-workflows"),
    "forgejo-workflow.yml": ("check-jsonschema", "--builtin-schema", "vendor.github-workflows"),
    "gitlab-ci.yml": ("check-jsonschema", "--data-transform", "gitlab-ci", "--builtin-schema", "vendor.gitlab-ci"),
    "compose.yaml": ("check-jsonschema", "--builtin-schema", "vendor.compose-spec"),
    "Containerfile": ("hadolint",),
    "fresh-kimai.sh": ("shellcheck",),
    "../action.yml": ("check-jsonschema", "--builtin-schema", "vendor.github-actions"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", LINTERS)
def test_linter_finds_nothing(name: str) -> None:
    tool, *options = LINTERS[name]
    path = Path(sys.executable).parent / tool
    if not path.exists():
        pytest.skip(f"{tool} is not installed")
    done = processes.run([path, *options, KIT / name])
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", ["github-workflow.yml", "../action.yml"])
def test_no_injection_and_no_unpinned_action(name: str) -> None:
    path = Path(sys.executable).parent / "zizmor"
    if not path.exists():
        pytest.skip("zizmor is not installed")
    done = processes.run([path, "--offline", KIT / name])
    assert done.returncode == 0, done.stdout + done.stderr
