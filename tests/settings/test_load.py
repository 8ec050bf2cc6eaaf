"""Flags before environment before file; what is wrong is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.model import Secret, UsageError
from conformance.settings import load
from conformance.settings.consent import require_consent

ENV = {"KIMAI_URL": "https://kimai.example.com", "KIMAI_TOKEN": "tok-env"}


def write(folder: Path, text: str) -> Path:
    path = folder / "kimai-conformance.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_nothing_set_means_the_embedded_kimai(tmp_path: Path) -> None:
    settings = load({}, {}, tmp_path)
    assert settings.embedded
    assert settings.actors == ()


def test_a_flag_wins_over_environment_and_file(tmp_path: Path) -> None:
    write(tmp_path, '[instance]\nurl = "https://file.example.com"\n')
    assert load({"url": "https://flag.example.com"}, ENV, tmp_path).url == "https://flag.example.com"
    assert load({}, ENV, tmp_path).url == "https://kimai.example.com"
    assert load({}, {"KIMAI_TOKEN": "t"}, tmp_path).url == "https://file.example.com"


@pytest.mark.parametrize("variable", ["KIMAI_URL", "KIMAI_TOKEN"])
def test_an_empty_variable_is_refused(tmp_path: Path, variable: str) -> None:
    with pytest.raises(UsageError, match=variable):
        load({}, {**ENV, variable: ""}, tmp_path)


def test_a_token_without_a_url_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="without a URL"):
        load({}, {"KIMAI_TOKEN": "tok"}, tmp_path)


def test_a_url_without_a_token_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no token"):
        load({}, {"KIMAI_URL": "https://kimai.example.com"}, tmp_path)


@pytest.mark.parametrize(
    "url", ["kimai.example.com", "ftp://x", "https://", "https://u:p@x", "https://x?a=1", "https://x:0x"]
)
def test_what_is_no_url_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError, match="KIMAI_URL"):
        load({}, {**ENV, "KIMAI_URL": url}, tmp_path)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://x.example/sub/", "https://x.example/sub"),
        ("https://x.example/sub/api", "https://x.example/sub"),
        ("https://x.example/api/", "https://x.example"),
        ("http://127.0.0.1:8066", "http://127.0.0.1:8066"),
        ("http://localhost:1", "http://localhost:1"),
        ("http://[::1]:80", "http://[::1]:80"),
    ],
)
def test_the_path_prefix_is_kept_and_api_is_not(tmp_path: Path, url: str, kept: str) -> None:
    assert load({}, {**ENV, "KIMAI_URL": url}, tmp_path).url == kept


@pytest.mark.parametrize("url", ["http://kimai.example.com", "http://10.0.0.1", "http://127.0.0.1.example.com"])
def test_plain_http_is_refused_unless_allowed(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError, match="plain HTTP"):
        load({}, {**ENV, "KIMAI_URL": url}, tmp_path)
    assert load({"allow_http": True}, {**ENV, "KIMAI_URL": url}, tmp_path).url == url


def test_an_unknown_key_is_named_with_its_nearest_spelling(tmp_path: Path) -> None:
    path = write(tmp_path, "[instance]\nwrit = true\n")
    with pytest.raises(UsageError) as caught:
        load({}, {}, tmp_path)
    assert str(path) in str(caught.value)
    assert 'instance.writ: unknown key; did you mean "write"?' in str(caught.value)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[instance]\nproject = 'x'\n", "instance.project"),
        ("[instance]\nproject = 0\n", "instance.project"),
        ("[run]\nprofile = 'huge'\n", "run.profile"),
        ("[run]\nallow = ['everything']\n", "run.allow.0"),
        ("[[actors]]\nname = 'a'\n", "token_env"),
        ("[[actors]]\nname = 'a'\ntoken = 'secret-value'\n", "does not stand in this file"),
        ("not toml", "not TOML"),
    ],
)
def test_a_wrong_value_is_named_with_its_file(tmp_path: Path, text: str, key: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(UsageError) as caught:
        load({}, {}, tmp_path)
    assert key in str(caught.value)
    assert str(path) in str(caught.value)
    assert "secret-value" not in str(caught.value)


def test_write_in_the_file_holds_only_for_the_url_beside_it(tmp_path: Path) -> None:
    write(tmp_path, '[instance]\nurl = "https://file.example.com"\nwrite = true\n')
    assert load({}, {"KIMAI_TOKEN": "t"}, tmp_path).write
    assert not load({}, ENV, tmp_path).write


def test_consent_is_asked_for_loopback_too(tmp_path: Path) -> None:
    settings = load({}, {**ENV, "KIMAI_URL": "http://127.0.0.1:1"}, tmp_path)
    with pytest.raises(UsageError) as caught:
        require_consent(settings)
    assert "--write" in caught.value.hint
    assert "--read-only" in caught.value.hint
    require_consent(load({"read_only": True}, {**ENV}, tmp_path))


def test_write_and_read_only_exclude_each_other(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="exclude"):
        load({"write": True, "read_only": True}, ENV, tmp_path)


def test_every_token_of_an_actors_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "actors.json"
    tokens = [
        {"name": "a", "token": "1", "expires_at": "2020-01-01T00:00:00"},
        {"name": "b", "token": "2", "expires_at": None},
    ]
    path.write_text(json.dumps({"users": [{"username": "u", "password": "p", "tokens": tokens}]}), encoding="utf-8")
    (actor,) = load({"actors": str(path)}, {"KIMAI_URL": "https://x"}, tmp_path).actors
    assert [token.expired for token in actor.tokens] == [True, False]
    assert actor.token.name == "b"
    assert actor.password == Secret("p")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "not JSON"),
        ("[]", "(the whole file)"),
        ('{"users": []}', "users"),
        ('{"users": [{"username": "u", "tokens": []}]}', "users.0.tokens"),
        ('{"users": [{"username": "u", "tokens": [{"token": "hush-hush", "expires_at": "soon"}]}]}', "expires_at"),
    ],
)
def test_a_broken_actors_file_is_named_with_its_key(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "actors.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load({"actors": str(path)}, {"KIMAI_URL": "https://x"}, tmp_path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)
    assert "hush-hush" not in str(caught.value)


def test_tokens_are_taken_from_files_and_variables(tmp_path: Path) -> None:
    (tmp_path / "tok").write_text("from-file\n", encoding="utf-8")
    write(
        tmp_path,
        '[instance]\nurl = "https://x"\n'
        "[[actors]]\nname = 'a'\ntoken_file = 'tok'\n[[actors]]\nname = 'b'\ntoken_env = 'B'\n",
    )
    actors = load({}, {"B": "from-env"}, tmp_path).actors
    assert [actor.token.secret.reveal() for actor in actors] == ["from-file", "from-env"]


def test_a_missing_variable_is_named(tmp_path: Path) -> None:
    write(tmp_path, "[instance]\nurl = 'https://x'\n[[actors]]\nname = 'b'\ntoken_env = 'MY_TOKEN'\n")
    with pytest.raises(UsageError, match="MY_TOKEN"):
        load({}, {}, tmp_path)


def test_extra_headers_come_from_flags_and_file(tmp_path: Path) -> None:
    write(tmp_path, '[instance.headers]\n"X-A" = "env:HEADER_A"\n')
    settings = load({"header": ("X-B: two",)}, {**ENV, "HEADER_A": "one"}, tmp_path)
    assert {name: value.reveal() for name, value in settings.headers.items()} == {"X-A": "one", "X-B": "two"}
    with pytest.raises(UsageError, match="Authorization"):
        load({"header": ("Authorization: Bearer x",)}, {**ENV, "HEADER_A": "one"}, tmp_path)


def test_a_project_goes_with_its_activity(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="go together"):
        load({"project": 1}, ENV, tmp_path)


def test_allow_all_is_every_class(tmp_path: Path) -> None:
    assert "favourites" in load({"allow": ("all",)}, ENV, tmp_path).allow
    with pytest.raises(UsageError, match="allow"):
        load({}, {**ENV, "KIMAI_ALLOW": "nonsense"}, tmp_path)


def test_secrets_are_masked_wherever_they_are_shown(tmp_path: Path) -> None:
    settings = load(
        {"header": ("X-B: hush-1",)}, {**ENV, "KIMAI_TOKEN": "hush-2", "KIMAI_PASSWORD": "hush-3"}, tmp_path
    )
    assert "hush" not in repr(settings)
    assert {secret.reveal() for secret in settings.secrets()} == {"hush-1", "hush-2", "hush-3"}


# --- the environment does what docs/how-to/settings.md says


@pytest.mark.parametrize(("variable", "key"), [("KIMAI_WRITE", "write"), ("KIMAI_READ_ONLY", "read_only")])
@pytest.mark.parametrize(("text", "value"), [("1", True), ("true", True), ("0", False)])
def test_consent_in_the_environment(tmp_path: Path, variable: str, key: str, text: str, value: bool) -> None:
    assert getattr(load({}, {**ENV, variable: text}, tmp_path), key) is value


def test_consent_in_the_environment_holds_for_the_url_beside_it_alone(tmp_path: Path) -> None:
    settings = load({"url": "https://another.example.com"}, {**ENV, "KIMAI_WRITE": "1"}, tmp_path)
    assert not settings.write
    with pytest.raises(UsageError, match="neither --write nor --read-only"):
        require_consent(settings)


def test_a_flag_wins_over_consent_in_the_environment(tmp_path: Path) -> None:
    settings = load({"read_only": True}, {**ENV, "KIMAI_WRITE": "1"}, tmp_path)
    assert (settings.write, settings.read_only) == (False, True)


@pytest.mark.parametrize("flag", ["write", "read_only"])
def test_consent_without_an_instance_is_refused(tmp_path: Path, flag: str) -> None:
    with pytest.raises(UsageError, match="no instance"):
        require_consent(load({flag: True}, {}, tmp_path))


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("KIMAI_MAX_REQUESTS", "0"), ("KIMAI_WORKERS", "-1"), ("KIMAI_SEED", "-5"), ("KIMAI_TIMEOUT", "0"),
        ("KIMAI_PROFILE", "smok"), ("KIMAI_WRITE", "perhaps"), ("KIMAI_SARIF_ANCHOR", "/etc/passwd"),
    ],
)  # fmt: skip
def test_bounds_hold_in_the_environment_too(tmp_path: Path, variable: str, text: str) -> None:
    with pytest.raises(UsageError, match=variable):
        load({}, {**ENV, variable: text}, tmp_path)


def test_unknown_variables_are_reported_with_the_nearest_name(tmp_path: Path) -> None:
    environ = {**ENV, "KIMAI_PROFIEL": "smoke", "KIMAI_TOKEN_LEAD": "t", "KIMAI_CONFORMANCE_STATE": "x", "HOME": "/"}
    assert load({}, environ, tmp_path).warnings == (
        "KIMAI_PROFIEL is set, and is no setting. Did you mean KIMAI_PROFILE?",
    )


def test_variables_that_the_file_names_are_known(tmp_path: Path) -> None:
    write(tmp_path, '[[actors]]\nname = "a"\ntoken_env = "KIMAI_ADMIN"\n')
    assert load({}, {**ENV, "KIMAI_ADMIN": "t"}, tmp_path).warnings == ()


def test_token_may_come_from_a_file_that_a_variable_names(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("tok-file\n", encoding="utf-8")
    environ = {"KIMAI_URL": ENV["KIMAI_URL"], "KIMAI_TOKEN_FILE": str(tmp_path / "token")}
    assert load({}, environ, tmp_path).actors[0].token.secret == Secret("tok-file")


def test_an_anchor_that_is_not_there_is_reported(tmp_path: Path) -> None:
    (warning,) = load({"sarif_anchor": "README.md"}, ENV, tmp_path).warnings
    assert "there is no README.md here" in warning
    (tmp_path / "README.md").write_text("", encoding="utf-8")
    assert load({"sarif_anchor": "README.md"}, ENV, tmp_path).warnings == ()
