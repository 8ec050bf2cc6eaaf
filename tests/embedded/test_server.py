"""Starting, stopping, and what a database file keeps."""

from __future__ import annotations

import shlex
import sqlite3
from pathlib import Path

import pytest

from conformance.embedded.errors import EmbeddedError
from conformance.embedded.server import EmbeddedKimai
from conformance.embedded.web import serve_command
from tests.embedded.conftest import BOSS, WORKER, Start


def test_a_port_in_use_is_told() -> None:
    with EmbeddedKimai() as kimai:
        port = int(kimai.url.rpartition(":")[2])
        with pytest.raises(EmbeddedError, match=f"port {port} cannot be used"):
            EmbeddedKimai(port=port).start()


def test_stopping_twice_is_fine_and_the_url_goes() -> None:
    kimai = EmbeddedKimai().start()
    kimai.stop()
    kimai.stop()
    with pytest.raises(EmbeddedError, match="not been started"):
        _ = kimai.url


def test_an_unknown_version_is_told() -> None:
    with pytest.raises(EmbeddedError, match=r"There are 2\.24\.0"):
        EmbeddedKimai(emulate="1.0")


def test_a_database_that_is_none_is_told(tmp_path: Path) -> None:
    path = tmp_path / "kimai.sqlite"
    path.write_text("this is no database, and long enough to be read as the header of one " * 20)
    with pytest.raises(EmbeddedError, match="cannot be used"):
        EmbeddedKimai(database=path)


def test_a_change_is_in_the_file_before_it_is_answered(tmp_path: Path, start: Start) -> None:
    path = tmp_path / "kimai.sqlite"
    kimai = start(database=path)
    kimai.make("tags", name="kept")
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT name FROM tags").fetchall() == [("kept",)]
    other.close()


def test_a_database_is_continued_and_ids_are_not_used_again(tmp_path: Path, start: Start) -> None:
    path = tmp_path / "kimai.sqlite"
    first = start(database=path)
    number = first.make("tags", name="gone")["id"]
    assert first.ask(BOSS, "DELETE", f"tags/{number}").status_code == 204
    first.kimai.stop()
    second = start(database=path)
    assert second.make("tags", name="new")["id"] == number + 1
    assert second.ask(WORKER, "GET", "users/me").json()["id"] == 4


def test_only_the_announced_columns_change_by_themselves(tmp_path: Path, start: Start) -> None:
    path = tmp_path / "kimai.sqlite"
    kimai = start(database=path)
    kimai.bookable()

    def dump() -> list[str]:
        with sqlite3.connect(path) as other:
            other.execute("UPDATE access_tokens SET last_usage = NULL")
            lines = list(other.iterdump())
        other.close()
        return lines

    before = dump()
    for path_ in ("users/me", "customers", "timesheets", "timesheets/active", "users/4"):
        kimai.ask(BOSS, "GET", path_)
    assert dump() == before


@pytest.mark.parametrize("proxy", [False, True])
def test_output_of_serve_can_be_sourced(
    proxy: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    users = tmp_path / "a folder" / "actors.json"
    with EmbeddedKimai() as kimai:
        users.parent.mkdir()
        kimai.write_users_file(users)
        monkeypatch.setattr(serve_command, "wait_for_signal", lambda: None)
        serve_command.serve(0, users, None, "2.66.0", (), (), kimai.url if proxy else None, False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("# ")
    names = {line.partition("=")[0]: shlex.split(line.partition("=")[2]) for line in lines[1:]}
    assert set(names) == {"export KIMAI_URL", "export KIMAI_ACTORS"}
    assert names["export KIMAI_ACTORS"] == [str(users)]
