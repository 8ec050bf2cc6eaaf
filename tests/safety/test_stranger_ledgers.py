"""A ledger is a file that others may have written: nothing of other people is changed or deleted on its word."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from conformance.model import CommandError, Exit
from tests.safety.conftest import Furnish, sampled
from tests.safety.strangers.commands import Commands
from tests.safety.strangers.shortrun import ShortRun
from tests.safety.strangers.site import Site

Line = dict[str, Any]
Edit = Callable[[list[Line], Site], None]
NAMES = {
    "customer": "ACME",
    "project": "Work",
    "activity": "Thinking",
    "timesheet": "day 4",
    "tag": "urgent",
    "team": "Night shift",
}
"""What records of other people are called. Source: `strangers/site.py`."""


def _claims(kind: str, *, named: bool, marked: bool) -> Edit:
    """Say that the oldest record of other people was made by the run, under its own name or that of a run's record.

    `marked`: its name is said to be the run's mark.
    """

    def edit(lines: list[Line], site: Site) -> None:
        made = next(line for line in lines if line.get("event") == "made" and line.get("kind") == kind)
        claimed = {**made, "number": "", "ident": getattr(site.own, kind)}
        lines.append({**claimed, "name": NAMES[kind]} if named else claimed)
        if marked:
            lines[0]["mark"] = NAMES[kind]

    return edit


def _claims_as_another_kind(lines: list[Line], site: Site) -> None:
    """Ids of the run's tags are said to be those of time records, and so on."""
    for line in [item for item in lines if item.get("event") == "made"]:
        lines.append({**line, "number": "", "kind": "timesheet", "ident": site.own.timesheet, "name": ""})


def _marks_everything(lines: list[Line], _site: Site) -> None:
    lines[0]["mark"] = "e"


def _marks_nothing(lines: list[Line], _site: Site) -> None:
    lines[0]["mark"] = ""


def _sent_the_names_of_others(lines: list[Line], _site: Site) -> None:
    intents = [line for line in lines if line.get("event") == "intent" and isinstance(line.get("sent"), dict)]
    for line in intents:
        for name in NAMES.values():
            lines.append({**line, "number": f"{line['number']}{name}", "sent": {**line["sent"], "name": name}})
    lines[0]["mark"] = ""


def _had_another_profile(lines: list[Line], _site: Site) -> None:
    before = {"event": "before", "number": "1-1", "when": 1.0, "actor": "worker", "path": "/api/users/4"}
    lines.append({**before, "how": "profile", "values": {"alias": "Mallory"}})


def _had_other_flags(lines: list[Line], site: Site) -> None:
    before = {"event": "before", "number": "1-2", "when": 1.0, "actor": "superadmin"}
    path = f"/api/customers/{site.own.customer}"
    lines.append({**before, "path": path, "how": "shown", "values": {"visible": True, "billable": False}})


HOURS_OF_AN_ACTOR = 1


def _lends_everything(lines: list[Line], site: Site) -> None:
    """Say that the company's project was lent, and that an actor's hours on it are the run's."""
    lines[0]["project"], lines[0]["activity"] = site.own.project, site.own.activity
    made = next(line for line in lines if line.get("event") == "made" and line.get("kind") == "timesheet")
    lines.append({**made, "number": "", "ident": HOURS_OF_AN_ACTOR, "name": ""})


EDITS: Mapping[str, Edit] = {
    **{f"claims a {kind}": _claims(kind, named=True, marked=False) for kind in NAMES},
    **{f"claims a {kind} as one of the run": _claims(kind, named=False, marked=False) for kind in NAMES},
    **{f"claims a {kind} by its name": _claims(kind, named=True, marked=True) for kind in NAMES},
    "claims as another kind": _claims_as_another_kind,
    "marks everything": _marks_everything,
    "marks nothing": _marks_nothing,
    "sent the names of others": _sent_the_names_of_others,
    "had another profile": _had_another_profile,
    "had other flags": _had_other_flags,
    "lends everything": _lends_everything,
}


SAMPLE = ("claims a tag as one of the run", "had another profile", "lends everything")


@pytest.mark.parametrize("name", sampled(*EDITS, sample=SAMPLE))
def test_an_edited_ledger(furnished: Furnish, tmp_path: Path, name: str) -> None:
    with Site(furnished("2.66.0"), tmp_path) as site:
        run = ShortRun(site, ("hours", "catalogue", "tags", "team", "changes"))
        run.work()
        path = run.folder / "ledger-main.jsonl"
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        EDITS[name](lines, site)
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        with suppress(CommandError):  # a ledger that is refused is right as well
            run.clean_again()
        losses = site.losses(())
    assert [line for line in losses if not line.startswith("not named")] == []


class _Listener(http.server.BaseHTTPRequestHandler):
    heard: list[str]

    def do_GET(self) -> None:
        self.heard.append(f"{self.path} {self.headers.get('authorization', '')}")
        self.send_error(404)

    do_POST = do_PATCH = do_DELETE = do_GET

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """Yield the URL of somebody else's server, and what it hears."""
    heard: list[str] = []
    handler = type("Listener", (_Listener,), {"heard": heard})
    server = http.server.HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", heard
    server.shutdown()
    server.server_close()
    thread.join()


def test_no_token_goes_where_a_ledger_says(
    furnished: Furnish, tmp_path: Path, elsewhere: tuple[str, list[str]]
) -> None:
    url, heard = elsewhere
    with Site(furnished("2.66.0"), tmp_path) as site, Commands(site) as commands:
        run = ShortRun(site, ("tags",))
        run.work()
        path = run.folder / "ledger-main.jsonl"
        path.write_text(path.read_text().replace(site.url, url))
        ended = commands.run("clean")
    assert [line for line in heard if "Bearer" in line] == []
    assert ended.status in (Exit.USAGE, Exit.UNFIT, Exit.LEFT_BEHIND), ended.output
    assert "Traceback" not in ended.output
