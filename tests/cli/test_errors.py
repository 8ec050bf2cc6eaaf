"""Wrong usage ends in a line or two and exit 2 or 3, never in a traceback; nothing is sent for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.cli import main
from conformance.embedded.server import EmbeddedKimai
from conformance.model import Exit

pytestmark = pytest.mark.usefixtures("hermetic")


def status(*arguments: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main(list(arguments))
    return int(caught.value.code or 0)


def test_an_empty_url_never_means_the_embedded_kimai(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KIMAI_URL", "")
    assert status("run") == Exit.USAGE
    assert "KIMAI_URL is set but empty" in capsys.readouterr().err


def test_consent_is_asked_before_anything_is_sent(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KIMAI_TOKEN", "tok")
    assert status("run", "--url", "http://127.0.0.1:9") == Exit.USAGE
    shown = capsys.readouterr().err
    assert "--write" in shown
    assert "--read-only" in shown


@pytest.mark.parametrize("command", ["run", "doctor"])
def test_an_instance_that_is_down_is_exit_3(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KIMAI_TOKEN", "tok-hush")
    assert status(command, "--url", "http://127.0.0.1:9", "--read-only") == Exit.UNFIT
    shown = capsys.readouterr().err
    assert "http://127.0.0.1:9/api/ping" in shown
    assert "tok-hush" not in shown
    assert "Traceback" not in shown


@pytest.mark.parametrize(
    ("token", "words"),
    [("tok-of-nobody", "refused as unknown or expired"), ('"tok hush"', "holds characters that no token may have")],
)
def test_a_token_that_is_refused_is_exit_3(
    token: str, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KIMAI_TOKEN", token)
    with EmbeddedKimai() as kimai:
        assert status("doctor", "--url", kimai.url, "--read-only") == Exit.UNFIT
    shown = capsys.readouterr().err
    assert words in shown
    assert token not in shown


def test_an_unknown_option_is_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert status("run", "--nonsense") == Exit.USAGE
    assert "--nonsense" in capsys.readouterr().err


@pytest.mark.parametrize("command", [[], ["run"], ["doctor"], ["serve"], ["clauses"], ["clean"]])
def test_help_has_examples(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert status(*command, "--help") == Exit.CONFORMANT
    assert "Examples:" in capsys.readouterr().out


def test_clean_says_when_there_is_nothing_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert status("clean") == Exit.CONFORMANT
    assert "Nothing to clean" in capsys.readouterr().out


def test_a_bad_accept_file_is_found_before_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "known.toml").write_text("[[accept]]\nfingerprint = 1\n", encoding="utf-8")
    assert status("run", "--accept", "known.toml") == Exit.USAGE
    assert "known.toml" in capsys.readouterr().err


def test_a_url_as_an_argument_is_the_instance(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KIMAI_TOKEN", "tok")
    assert status("run", "http://127.0.0.1:9", "--read-only") == Exit.UNFIT
    assert "http://127.0.0.1:9/api/ping" in capsys.readouterr().err
    assert status("doctor", "http://127.0.0.1:9", "--read-only") == Exit.UNFIT
    assert status("run", "http://127.0.0.1:9", "--url", "http://127.0.0.1:8", "--read-only") == Exit.USAGE
    assert status("run", "http://127.0.0.1:9", "http://127.0.0.1:8", "--read-only") == Exit.USAGE


@pytest.mark.parametrize("consent", ["--write", "--read-only"])
def test_consent_without_an_instance_is_wrong_usage(consent: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert status("run", consent) == Exit.USAGE
    assert "no instance" in capsys.readouterr().err


def test_a_report_folder_that_cannot_be_written_is_said_before_the_first_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("KIMAI_TOKEN", "tok")
    address = ("--url", "http://127.0.0.1:9", "--read-only")
    assert status("run", *address, "--report-dir", str(tmp_path / "file" / "out")) == Exit.USAGE
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "value", "hint"),
    [
        ("--clause", "auth.mising-refused", "auth.missing-refused"),
        ("--family", "auht", "auth"),
        ("--role", "x", "ROLE_"),
    ],
)
def test_selections_of_what_there_is_not_name_what_there_is(
    option: str, value: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status("run", option, value) == Exit.USAGE
    assert hint in capsys.readouterr().err


def test_help_names_the_variables_of_the_settings(capsys: pytest.CaptureFixture[str]) -> None:
    assert status("run", "--help") == 0
    shown = capsys.readouterr().out
    for name in ("KIMAI_URL", "KIMAI_WRITE", "KIMAI_PROFILE", "KIMAI_MIN_DECIDED", "KIMAI_TOKEN_FILE", "KIMAI_WORKERS"):
        assert f"[{name}]" in shown
    assert "needs --write or --read-only" in " ".join(shown.split())
