"""Kills a writing process at chosen requests, finishes its clean-up, and says how the database differs from before.

Run as a program, so that forking is safe: `python -m tests.safety.killed URL DATABASE USERS FOLDER POINT...`. A point
is the number of a write and where in it the process dies: `7b` before the request leaves, `7a` after the instance has
answered. Prints one JSON object a point.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx

from conformance.definition import Index, bundled
from conformance.exchange import Client, ClientConfig, Credentials, RecordFactory, finish
from conformance.exchange.cleanup import cleanup
from conformance.model import Actor, Secret, Token
from tests.safety.strangers.rows import Rows, read_rows


class Deadly(httpx.BaseTransport):
    """The network, and the end of this process at the chosen write."""

    def __init__(self, point: str) -> None:
        self._inner = httpx.HTTPTransport(verify=False, trust_env=False)
        self._writes = 0
        self._number, self._where = int(point[:-1]), point[-1]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._writes += request.method != "GET"
        mine = request.method != "GET" and self._writes == self._number
        if mine and self._where == "b":
            os.kill(os.getpid(), signal.SIGKILL)
        response = self._inner.handle_request(request)
        if mine:
            response.read()
            os.kill(os.getpid(), signal.SIGKILL)
        return response


def actors_of(users: Path, url: str) -> tuple[Actor, ...]:
    """Return the actors of a file, asked who they are."""
    results = []
    for user in json.loads(users.read_text())["users"]:
        token = user["tokens"][0]["token"]
        me = httpx.get(f"{url}/api/users/me", headers={"Authorization": f"Bearer {token}"}, trust_env=False).json()
        secrets = (Token("suite", Secret(token)),)
        results.append(Actor(user["username"], secrets, None, me["id"], tuple(me["roles"]), me["timezone"]))
    return tuple(results)


def write_everything(client: Client) -> None:
    """Make one of each, change, copy, restart, delete some, and clean up."""
    strongest, plainest = client.config.actors[0], client.config.actors[-2]
    records = RecordFactory(client)
    sheet = records.timesheet(plainest)
    records.tag()
    team = records.team([plainest, strongest])
    customer = records.customer()
    records.rate(customer)
    records.comment(customer)
    session = client.session(plainest)
    session.patch(f"{sheet.path}/duplicate")
    session.patch(f"{sheet.path}/restart", json={"copy": "all"})
    client.session(strongest).post(f"/api/teams/{team.id}/projects/{records.shared_project().id}")
    client.session(strongest).post(f"/api/projects/{records.shared_project().id}/duplicate")
    client.session(strongest).with_credentials(Credentials.token("no such token")).post(
        "/api/customers", json={"name": records.name("unwanted"), "country": "DE", "currency": "EUR", "timezone": "UTC"}
    )
    session.delete(sheet.path)
    client.cleanup()


def somebody_works(url: str, actor: Actor) -> None:
    """Make records with the same token, as a person would meanwhile."""
    with httpx.Client(base_url=url, trust_env=False) as client:
        client.headers["Authorization"] = f"Bearer {actor.token.secret.reveal()}"
        body = {"name": "Meanwhile Ltd", "country": "DE", "currency": "EUR", "timezone": "UTC", "visible": True}
        customer = client.post("/api/customers", json=body).raise_for_status().json()["id"]
        client.post("/api/projects", json={"name": "Meanwhile", "customer": customer}).raise_for_status()


def one_point(
    url: str, index: Index, database: Path, actors: tuple[Actor, ...], folder: Path, point: str
) -> dict[str, Any]:
    """Kill a run at one point, clean up after it, and return the difference."""
    before = read_rows(database)
    ledger = folder / point / "ledger-main.jsonl"
    config = ClientConfig(url, actors, run_id=f"k{point}", ledger_path=ledger, transport=Deadly(point))
    child = os.fork()
    if child == 0:
        with Client(config, index) as client:
            write_everything(client)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    somebody_works(url, actors[0])
    cleaning = replace(config, ledger_path=ledger.with_name("ledger-cleanup.jsonl"), transport=None, late_seconds=0)
    with Client(replace(cleaning, process="cleanup"), index) as client:
        report = finish(ledger.parent, client)
        late = [line for line in report.left_behind if "may still be carried out" in line]
        if late and len(late) == len(report.left_behind):
            # Killed between writing it down and sending it: an hour later nobody can be at work on it.
            with patch.object(cleanup, "LONG_AGO", -1.0):
                report = finish(ledger.parent, client)
    after = read_rows(database)
    return {
        "point": point,
        "killed": os.WIFSIGNALED(status),
        "left_behind": report.left_behind,
        "lost": _not_in(after, before),
        "new": _not_in(before, after),
    }


def _not_in(those: Rows, these: Rows) -> list[str]:
    """Return the rows of `these` that are not, or otherwise, in `those`."""
    return sorted(f"{key}: {row}" for key, row in these.items() if those.get(key) != row)


def main(url: str, database: str, users: str, folder: str, *points: str) -> None:
    """Print one JSON object a point."""
    actors = actors_of(Path(users), url)
    result = bundled("2.66.0")
    assert result is not None
    for point in points:
        print(json.dumps(one_point(url, result.index, Path(database), actors, Path(folder), point)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
