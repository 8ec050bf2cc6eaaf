"""What somebody meets who does not know the command yet: no command, misspelt words, init, the pages."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import yaml

from conformance.cli.init import CI
from conformance.documentation import PAGES
from conformance.model import Exit
from conformance.settings.file import read_settings_file
from tests.cli.conftest import Asked

URL = "https://k.example.com/time"


pytestmark = pytest.mark.usefixtures("hermetic")


def test_without_a_command_the_next_steps_are_said(asked: Asked, capsys: pytest.CaptureFixture[str]) -> None:
    """A job that lost its arguments has checked nothing: it must not be green."""
    assert asked() == Exit.USAGE
    shown = capsys.readouterr()
    assert shown.out == ""
    for command in ("run", "init", "docs", "--help"):
        assert f"kimai-conformance {command}" in shown.err
    assert len(shown.err.splitlines()) <= 5


# --- misspelt words: (command line, or a settings file, or a variable), the nearest valid word

ARGUMENTS = [
    ("rnu", "run"),
    ("Run", "run"),
    ("check_settings", "check-settings"),
    ("run --profil smoke", "--profile"),
    ("run --profile smok", "smoke"),
    ("run --clause auth.mising-refused", "auth.missing-refused"),
    ("run --clause missing-refused", "auth.missing-refused"),
    ("run --family datetim", "datetime"),
    ("run --level MUSTT", "MUST"),
    ("run --role teamled", "ROLE_TEAMLEAD"),
    ("run --allow favorites", "favourites"),
    ("run --allow profiles", "profile"),
    ("run --fail-on knwon", "known"),
    ("run --evidence ful", "full"),
    ("explain datetime.ofset", "datetime.offset"),
    ("serve --emulate 2.66", "2.66.0"),
    ("serve --fault ofset-missing", "offset-missing"),
    ("serve --set timesheet.mod=punch", "timesheet.mode"),
    ("serve --set timesheet.mode=punsh", "punch"),
    ("compare builtin:2.62 released:2.66.0", "2.62.0"),
    ("compare released:2.62 released:2.66.0", "2.62.0"),
    ("compare released:2.62.0 released:2.66.0 --fail-on braking", "breaking"),
    ("compare released:2.62.0 released:2.66.0 --format markdwon", "markdown"),
    ("clauses --format jsn", "json"),
    ("init --ci gitab", "gitlab"),
    ("init --mode readonly", "read-only"),
    ("docs setings", "settings"),
]


@pytest.mark.parametrize(("line", "nearest"), ARGUMENTS)
def test_a_misspelt_word_gets_the_nearest(
    line: str, nearest: str, asked: Asked, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(*line.split()) == Exit.USAGE
    shown = capsys.readouterr().err
    # Older versions of click say of options: (Possible options: …).
    plain = shown.replace("'", "").replace("one of: ", "").replace("Possible options: ", "Did you mean ")
    assert f"Did you mean {nearest}" in plain
    assert "Traceback" not in shown


FILES = [
    ("[instanc]\n", "instance"),
    ('[instance]\nuri = "https://k.example.com"\n', "url"),
    ('[run]\nprofile = "smok"\n', "smoke"),
    ('[run]\nallow = ["favorites"]\n', "favourites"),
    ("[run]\nmax_request = 5\n", "max_requests"),
    ('[[actors]]\nname = "a"\ntoken_evn = "T"\n', "token_env"),
]


@pytest.mark.parametrize(("text", "nearest"), FILES)
def test_a_misspelt_key_or_value_of_the_file_gets_the_nearest(
    text: str, nearest: str, asked: Asked, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("kimai-conformance.toml").write_text(text, encoding="utf-8")
    assert asked("check-settings") == Exit.USAGE
    assert f"did you mean {nearest}?" in capsys.readouterr().err.replace('"', "")


@pytest.mark.parametrize(
    ("name", "value", "nearest"),
    [("KIMAI_PROFILE", "smok", "smoke"), ("KIMAI_ALLOW", "favorites", "favourites"), ("KIMAI_EVIDENCE", "ful", "full")],
)
def test_a_misspelt_value_of_a_variable_gets_the_nearest(
    name: str,
    value: str,
    nearest: str,
    asked: Asked,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(name, value)
    assert asked("run") == Exit.USAGE
    assert f"id you mean {nearest}?" in capsys.readouterr().err


# --- init


@pytest.mark.parametrize("mode", ["read-only", "write"])
@pytest.mark.parametrize("ci", CI)
def test_init_writes_files_for_the_instance(ci: str, mode: str, asked: Asked) -> None:
    assert asked("init", "--url", URL, "--mode", mode, "--profile", "standard", "--ci", ci) == Exit.CONFORMANT
    settings = read_settings_file(Path("kimai-conformance.toml"))
    assert (settings.instance.url, settings.instance.write) == (URL, mode == "write")
    assert settings.instance.read_only == (mode != "write")
    text = Path(CI[ci][1]).read_text(encoding="utf-8")
    assert URL in text
    assert "staging.example.com" not in text
    assert "standard" in text
    assert ("--write" in text or "KIMAI_WRITE" in text) == (mode == "write")
    assert ci == "jenkins" or isinstance(yaml.safe_load(text), dict)
    assert asked("check-settings") == Exit.CONFORMANT


def test_init_names_where_the_token_is_and_holds_none(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KIMAI_TOKEN", "hush-hush")
    assert asked("init", "--url", URL, "--ci", "gitlab") == Exit.CONFORMANT
    written = Path("kimai-conformance.toml").read_text(encoding="utf-8")
    assert tomllib.loads(written)["actors"] == [{"name": "me", "token_env": "KIMAI_TOKEN"}]
    assert "hush-hush" not in written + Path(".gitlab-ci.yml").read_text(encoding="utf-8") + capsys.readouterr().out


@pytest.mark.parametrize("there", ["kimai-conformance.toml", ".gitlab-ci.yml"])
def test_init_writes_over_nothing_unless_forced(there: str, asked: Asked, capsys: pytest.CaptureFixture[str]) -> None:
    Path(there).write_text("mine", encoding="utf-8")
    assert asked("init", "--url", URL, "--ci", "gitlab") == Exit.USAGE
    assert "--force" in capsys.readouterr().err
    assert {path.name for path in Path().iterdir()} == {there}
    assert Path(there).read_text(encoding="utf-8") == "mine"
    assert asked("init", "--url", URL, "--ci", "gitlab", "--force") == Exit.CONFORMANT
    assert URL in Path(there).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "url", ["k.example.com", "https://anna:secret@k.example.com", 'https://k.example.com/"', "https://k.example.com/#x"]
)
def test_init_takes_no_url_that_could_not_stand_in_the_files(url: str, asked: Asked) -> None:
    assert asked("init", "--url", url, "--ci", "github") == Exit.USAGE
    assert list(Path().iterdir()) == []


def test_init_asks_for_what_no_flag_says(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter([URL, "writ", "write", "smoke", "forgejo"])
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _prompt: next(answers))
    assert asked("init", "--ask") == Exit.CONFORMANT
    assert "Did you mean write?" in capsys.readouterr().out
    assert read_settings_file(Path("kimai-conformance.toml")).instance.write
    assert URL in Path(CI["forgejo"][1]).read_text(encoding="utf-8")


# --- the pages


@pytest.mark.parametrize("page", PAGES)
def test_each_page_is_printed_with_what_is_generated(
    page: str, asked: Asked, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked("docs", page) == Exit.CONFORMANT
    shown = capsys.readouterr().out
    assert shown.startswith("# ")
    assert "<!-- generated" not in shown


def test_the_pages_are_listed_by_name(asked: Asked, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked("docs") == Exit.CONFORMANT
    shown = capsys.readouterr().out
    assert [page for page in PAGES if f"  {page} " not in shown] == []
