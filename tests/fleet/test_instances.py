"""The fleet file: what is wrong with it is said before anything is sent, and no secret stands in it or leaves it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.cli import main
from conformance.fleet.instances import read_fleet
from conformance.fleet.job import SETTING_VARIABLES, environment
from conformance.model import Exit, UsageError

ONE = '[[instance]]\nname = "one"\nurl = "https://one.example"\nread_only = true\ntoken_env = "ONE_TOKEN"\n'
OTHER = ONE.replace('"one"', '"two"').replace("one.example", "two.example")


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder to work in, and one variable with a token."""
    monkeypatch.chdir(tmp_path)
    for name in SETTING_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ONE_TOKEN", "hush-hush-hush")


def fleet_file(text: str) -> Path:
    path = Path("instances.toml")
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (ONE + ONE.replace("one.example", "two.example"), "two instances have the name one"),
        (ONE + ONE.replace('"one"', '"ONE"').replace("one.example", "two.example"), "two instances have the name one"),
        (ONE + ONE.replace('"one"', '"two"'), "two instances have the URL https://one.example"),
        (ONE + ONE.replace('"one"', '"two"').replace("one.example", "one.example/api/"), "two instances have the URL"),
        (ONE.replace("token_env", "token"), "a token does not stand in this file"),
        (ONE + 'password = "x-secret"\n', "a password does not stand in this file"),
        ('[fleet]\ntoken = "x-secret"\n' + ONE, "a token does not stand in this file"),
        (ONE + 'proifle = "smoke"\n', 'did you mean "profile"'),
        (ONE + 'profile = "quick"\n', "profile"),
        (ONE.replace('url = "https://one.example"\n', ""), "no URL"),
        (ONE.replace("https://one", "https://anna:x-secret@one"), "no user, password"),
        (ONE.replace("read_only = true\n", ""), "neither --write nor --read-only"),
        (ONE + "write = true\n", "exclude each other"),
        (ONE.replace("ONE_TOKEN", "NO_TOKEN"), "NO_TOKEN is not set"),
        (ONE.replace("token_env", "token_file"), "cannot be read"),
        (ONE.replace('token_env = "ONE_TOKEN"\n', ""), "no token"),
        (ONE.replace('"one"', '"../one"'), "a folder cannot have that name"),
        (ONE + 'snapshot = "instances.toml"\n', "no snapshot"),
        (ONE + 'definition = "none.json"\n', "there is no file"),
        ("", "instance"),
        ("[[instance]\n", "not TOML"),
    ],
)
def test_a_bad_file_is_wrong_usage(text: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    fleet_file(text)
    with pytest.raises(SystemExit) as caught:
        main(["fleet", "instances.toml"])
    shown = capsys.readouterr().err
    assert caught.value.code == Exit.USAGE
    assert words in shown
    assert "x-secret" not in shown
    assert not Path("reports").exists()


def test_a_job_names_its_secret_and_does_not_hold_it() -> None:
    (job,) = read_fleet(fleet_file(ONE), Path("out"))
    assert "hush-hush-hush" not in repr(job)
    assert ("--token-env", "ONE_TOKEN") in zip(job.instance, job.instance[1:], strict=False)
    assert job.run == ("--read-only",)


def test_what_is_said_of_all_holds_where_an_instance_does_not_say_it() -> None:
    text = '[fleet]\nprofile = "smoke"\nwrite = true\nseed = 3\nselect = "paging"\n' + ONE
    quick, deep = read_fleet(fleet_file(text + OTHER + 'profile = "thorough"\n'), Path("out"))
    assert quick.run == ("--read-only", "--profile", "smoke", "--seed", "3", "-k", "paging")
    assert ("--profile", "thorough") in zip(deep.run, deep.run[1:], strict=False)


def test_paths_are_as_seen_from_the_file(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    users = {"users": [{"username": "anna", "tokens": [{"token": "t-o-k-e-n"}]}]}
    (tmp_path / "sub" / "actors.json").write_text(json.dumps(users), encoding="utf-8")
    path = tmp_path / "sub" / "instances.toml"
    path.write_text(ONE.replace('token_env = "ONE_TOKEN"', 'actors = "actors.json"'), encoding="utf-8")
    (job,) = read_fleet(path, Path("out"))
    assert str(tmp_path / "sub" / "actors.json") in job.instance


def test_a_settings_file_may_say_it_all(tmp_path: Path) -> None:
    settings = (
        '[instance]\nurl = "https://one.example"\nwrite = true\n[[actors]]\nname = "a"\ntoken_env = "ONE_TOKEN"\n'
    )
    (tmp_path / "one.toml").write_text(settings, encoding="utf-8")
    (job,) = read_fleet(fleet_file('[[instance]]\nname = "one"\nconfig = "one.toml"\n'), Path("out"))
    assert (job.url, job.host) == ("https://one.example", "one.example")


def test_secrets_that_only_workers_know_are_not_asked_for_here() -> None:
    text = ONE.replace("ONE_TOKEN", "ELSEWHERE") + OTHER.replace("token_env", "token_file")
    assert len(read_fleet(fleet_file(text), Path("out"), secrets_here=False)) == 2
    with pytest.raises(UsageError, match="ELSEWHERE is not set"):
        read_fleet(fleet_file(text), Path("out"))


def test_a_token_in_the_environment_is_given_to_no_instance_that_does_not_name_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KIMAI_TOKEN", "t-o-k-e-n")
    monkeypatch.setenv("KIMAI_URL", "https://elsewhere.example")
    assert not {"KIMAI_TOKEN", "KIMAI_URL"} & environment().keys()
    assert environment("KIMAI_TOKEN")["KIMAI_TOKEN"] == "t-o-k-e-n"
    with pytest.raises(UsageError, match="no token"):
        read_fleet(fleet_file(ONE.replace('token_env = "ONE_TOKEN"\n', "")), Path("out"))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://k.example/a", "https://k.example/b", True),
        ("https://k.example", "https://k.example:8443", True),
        ("https://k.example", "https://l.example", False),
        ("http://127.0.0.1:1", "http://127.0.0.1:2", False),
    ],
)
def test_two_instances_on_one_host_are_known(one: str, other: str, same: bool) -> None:
    text = ONE.replace("https://one.example", one) + OTHER.replace("https://two.example", other)
    first, second = read_fleet(fleet_file(text), Path("out"))
    assert (first.host == second.host) is same
