"""The key of a state folder, the seals of a ledger's lines, and what of a line is on disk when."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from conformance.exchange import Ledger, LedgerError
from conformance.exchange.guard.kinds import Kind
from conformance.exchange.ownership.journal import Journal, sealed_lines
from conformance.exchange.ownership.ledger import read
from conformance.exchange.ownership.seal import SEAL, Chain, ledger_key, token_digest


def test_the_key_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        key = ledger_key(tmp_path)
    finally:
        os.umask(before)
    assert len(key) == 32
    assert ledger_key(tmp_path) == key == (tmp_path / "ledger.key").read_bytes()
    assert stat.S_IMODE((tmp_path / "ledger.key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.key"]
    (tmp_path / "other").mkdir()
    assert ledger_key(tmp_path / "other") != key


def test_processes_that_start_together_have_one_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = b"key of the process that was faster"

    def slowly(_: int) -> bytes:
        (tmp_path / "ledger.key").write_bytes(first)
        return b"key of the slower one"

    monkeypatch.setattr("secrets.token_bytes", slowly)
    assert ledger_key(tmp_path) == first
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.key"]


def test_a_key_that_cannot_be_made_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        ledger_key(tmp_path / "missing")


def test_ledgers_of_an_earlier_version_are_still_followed() -> None:
    """What earlier versions wrote is on people's disks."""
    assert token_digest(b"key", "token") == "509dd914015df52d074144ededcc636b"
    chain, again = Chain(b"key"), Chain(b"key")
    lines = [chain.sealed({"event": "made", "ident": ident, "name": "é"}) for ident in (1, 2)]
    assert [line[SEAL] for line in lines] == ["55636b8b7040c9fc43ff97a298389e27", "237bf478d942f6f5a2514f9b5da487b7"]
    assert [again.accept(json.loads(json.dumps(line))) for line in lines] == [True, True]


def test_a_digest_of_a_token_depends_on_key_and_token() -> None:
    digests = [token_digest(key, token) for key in (b"a", b"b") for token in ("c", "d")]
    assert len({*digests}) == 4
    assert {len(digest) for digest in digests} == {32}


@pytest.mark.parametrize("value", [None, "", 0, ["x"]])
def test_a_line_without_its_seal_is_not_accepted(value: Any) -> None:
    assert not Chain(b"key").accept({"event": "made", SEAL: value})
    assert not Chain(b"key").accept({"event": "made"})


def test_a_refused_line_does_not_move_the_chain_on() -> None:
    line = Chain(b"key").sealed({"event": "header"})
    reader = Chain(b"key")
    assert not reader.accept({**line, "event": "other"})
    assert reader.accept(line)


# The file


def sealed(*lines: dict[str, Any], key: bytes = b"") -> list[str]:
    chain = Chain(key)
    return [json.dumps(chain.sealed(line)) for line in lines]


HEADER = {"event": "header", "run": "x"}
TAG = {"event": "gone", "kind": "tag", "ident": 5}


def test_an_empty_line_does_not_end_a_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger-main.jsonl"
    path.write_text("\n \n".join(sealed(HEADER, TAG)) + "\n")
    assert read(path).gone == {(Kind.TAG, 5)}


@pytest.mark.parametrize("damage", [b"\xff\xfe\n", b"[1]\n", b"7\n", b'{"event": "header"\n'])
def test_a_damaged_line_is_named_and_the_file_is_left_to_others(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "ledger-main.jsonl"
    whole = "\n".join(sealed(HEADER)) + "\n"
    path.write_bytes(whole.encode() + damage + b"{}\n")
    for attempt in (lambda: read(path), lambda: Ledger(path)):
        with pytest.raises(LedgerError, match=f"line 2 of the ledger {path} "):
            attempt()
    path.write_text(whole)
    Ledger(path).close()


@pytest.mark.parametrize("cut", ['{"event": "int', '{"event": "intent", "sent": "Müll", "se', "{"])
def test_a_line_that_a_crash_cut_is_taken_out_and_nothing_else(tmp_path: Path, cut: str) -> None:
    path = tmp_path / "ledger-main.jsonl"
    whole = "\n".join(sealed(HEADER, TAG)) + "\n"
    path.write_text(whole + cut, encoding="utf-8")
    assert read(path).gone == {(Kind.TAG, 5)}
    ledger = Ledger(path)
    assert path.read_text(encoding="utf-8") == whole
    ledger.gone(Kind.TAG, 6)
    ledger.close()
    assert read(path).gone == {(Kind.TAG, 5), (Kind.TAG, 6)}


def test_a_whole_ledger_is_opened_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "ledger-main.jsonl"
    Ledger(path, {"run": "x"}, key=b"k").close()
    before = path.read_bytes()
    Ledger(path, {"run": "another"}, key=b"k").close()
    assert path.read_bytes() == before
    assert [line["run"] for line in sealed_lines(path, Chain(b"k"))] == ["x"]


def test_a_file_that_cannot_be_written_is_named_and_not_kept_from_others(tmp_path: Path) -> None:
    path = tmp_path / "ledger-main.jsonl"
    path.mkdir()
    with pytest.raises(LedgerError, match=f"{path} cannot be written: Is a directory"):
        Ledger(path)
    path.rmdir()
    Ledger(path).close()
    (tmp_path / "file").touch()
    with pytest.raises(LedgerError, match="cannot be written"):
        Ledger(tmp_path / "file" / "ledger-main.jsonl")


def test_what_must_be_known_after_a_crash_is_on_disk_before_it_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger-main.jsonl"
    ledger = Ledger(path, {"run": "x"})
    on_disk: list[str] = []
    monkeypatch.setattr("os.fsync", lambda _: on_disk.append(json.loads(path.read_text().splitlines()[-1])["event"]))
    intent = ledger.intend(
        operation="POST /api/tags", kind=Kind.TAG, actor="a", path="/api/tags", sent={}, parent=None, floor=4
    )
    ledger.worded(Kind.TIMESHEET, 5, "text")
    kept = ledger.before("a", "/api/users/1", "patch", {"alias": "b"})
    ledger.wrote(kept, {"alias": "c"})
    ledger.written(kept, {"alias": "c"})
    ledger.made(intent, Kind.TAG, 5)
    ledger.close()
    assert on_disk == ["intent", "worded", "before", "wrote"]
    assert [line["event"] for line in sealed_lines(path, Chain(b""))][-2:] == ["written", "made"]


def test_each_line_is_handed_to_the_system_at_once(tmp_path: Path) -> None:
    path = tmp_path / "ledger-main.jsonl"
    file = Journal(path, b"", 0)
    file.append({"event": "gone"}, sync=False)
    assert [line["event"] for line in sealed_lines(path, Chain(b""))] == ["gone"]
    file.close()


# What the lines say


def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Journal, "append", fail)


def test_on_a_full_disk_no_create_leaves_and_a_clean_up_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values: dict[str, Any] = {
        "operation": "POST /api/tags",
        "kind": Kind.TAG,
        "actor": "a",
        "path": "/api/tags",
        "sent": {},
    }
    values |= {"parent": None, "floor": 4}
    ledger = Ledger(tmp_path / "ledger-main.jsonl", {"run": "x"})
    full_disk(monkeypatch)
    ledger.gone(Kind.TAG, 5)
    assert "No space left on device" in ledger.unwritten
    with pytest.raises(LedgerError, match="No space left on device"):
        ledger.intend(**values)
    assert ledger.contents.intents == {}
    ledger.tolerate()
    number = ledger.intend(**values)
    assert list(ledger.contents.intents) == [number]
    ledger.close()


def test_a_ledger_in_memory_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ledger = Ledger(None, {"run": "x"})
    ledger.made("", Kind.TAG, 5)
    assert ledger.claims(Kind.TAG, 5)
    assert ledger.path is None
    ledger.close()
    assert list(tmp_path.iterdir()) == []
