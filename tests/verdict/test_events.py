"""Event files: a round trip, and what a killed process leaves."""

from __future__ import annotations

import functools
import re
from pathlib import Path

from conformance.model import Finding, Place, Status
from conformance.verdict import Event, EventTail, EventWriter, read_events
from conformance.verdict.redaction import without_secrets

PLACE = Place("data.x", Status.PASS, operation="GET /api/ping", expected="200", got="200")


def kinds(events: list[Event]) -> list[str]:
    return [event.kind for event in events]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    with EventWriter(tmp_path / "events" / "main.jsonl") as writer:
        writer.place(PLACE, fingerprint="abc", title="t")
        writer.finding(Finding("data.x", "t", "abc", "e", "g", "curl", "r", ("GET /api/ping",)))
        writer.operation({"method": "GET", "path": "/api/ping", "requests": 1})
        writer.observation("rounding", {"begin": 60})
        writer.progress(1, 2, "x")
        writer.note("hello", why="test")
    events = read_events(tmp_path / "events")
    assert kinds(events) == ["start", "place", "finding", "operation", "observation", "progress", "note", "end"]
    assert events[1].data["status"] == "pass"
    assert events[2].data["places"] == ["GET /api/ping"]


def test_torn_last_line_is_dropped_and_said(tmp_path: Path) -> None:
    writer = EventWriter(tmp_path / "gw0.jsonl")
    writer.place(PLACE)
    writer.close(ended=False)
    with writer.path.open("ab") as file:
        file.write(b'{"kind":"place","clau')
    events = read_events(tmp_path)
    assert kinds(events) == ["start", "place", "torn"]
    assert events[-1].data == {"file": "gw0.jsonl", "reason": "the process did not come to its end"}


def test_unreadable_line_in_the_middle_is_said(tmp_path: Path) -> None:
    path = tmp_path / "gw0.jsonl"
    path.write_bytes(b'{"kind":"start"}\n[1]\n{"kind":"end"}\n')
    assert kinds(read_events(tmp_path)) == ["start", "torn", "end"]


def test_empty_file_is_torn(tmp_path: Path) -> None:
    (tmp_path / "gw0.jsonl").touch()
    assert kinds(read_events(tmp_path)) == ["torn"]


def test_no_file_at_all_is_torn(tmp_path: Path) -> None:
    assert kinds(read_events(tmp_path / "events")) == ["torn"]


def test_secret_is_blotted_in_every_text(tmp_path: Path) -> None:
    with EventWriter(tmp_path / "a.jsonl", lambda text: text.replace('se"cret', "***")) as writer:
        writer.observation('x se"cret', {'se"cret': ['a se"cret b']})
    assert "se" not in (tmp_path / "a.jsonl").read_text().replace("observation", "")
    assert read_events(tmp_path)[1].data == {"name": "x ***", "data": {"***": ["a *** b"]}}


def test_data_of_the_instance_is_blotted_wherever_it_stands() -> None:
    """Under observations no key and no word is the suite's own, whatever it is called."""
    mask = functools.partial(re.sub, "secret", "***")
    seen = {"status": "secret", "id": ["secret"], "secret": {"kind": ("a secret", 5, None)}}
    assert without_secrets({"observations": seen, "status": "secret", "kind": {"x": "secret"}}, mask) == {
        "observations": {"status": "***", "id": ["***"], "***": {"kind": ["a ***", 5, None]}},
        "status": "secret",
        "kind": {"x": "***"},
    }


def test_tail_gives_only_what_is_new_and_whole(tmp_path: Path) -> None:
    tail = EventTail(tmp_path)
    writer = EventWriter(tmp_path / "a.jsonl")
    assert kinds(tail.poll()) == ["start"]
    with writer.path.open("ab") as file:
        file.write(b'{"kind":"no')
        file.flush()
        assert tail.poll() == []
        file.write(b'te","text":"x"}\n')
    assert tail.poll() == [Event("note", {"text": "x"})]
    writer.close()
    assert kinds(tail.poll()) == ["end"]


def test_exception_leaves_no_end(tmp_path: Path) -> None:
    try:
        with EventWriter(tmp_path / "a.jsonl"):
            raise RuntimeError
    except RuntimeError:
        pass
    assert kinds(read_events(tmp_path)) == ["start", "torn"]


def test_password_that_is_one_of_our_words_breaks_nothing(tmp_path: Path) -> None:
    for secret in ("place", "status", "clause", "pass", "data.x"):
        mask = functools.partial(re.sub, re.escape(secret), "***")
        with EventWriter(tmp_path / f"{secret}.jsonl", mask) as writer:
            writer.place(PLACE)
        event = read_events(tmp_path / f"{secret}.jsonl")[1]
        assert (event.kind, event.data["clause"], event.data["status"]) == ("place", "data.x", "pass")
