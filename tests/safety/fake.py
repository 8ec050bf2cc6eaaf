"""A Kimai in thirty lines a kind: enough of one to see what the client sends and what stays behind."""

from __future__ import annotations

import functools
import json
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from conformance.definition import Index, bundled
from conformance.exchange import Client, ClientConfig, Refused
from conformance.model import Actor, Secret, Token

URL = "http://kimai.test"
ADMIN = Actor(
    "boss", (Token("suite", Secret("tok-boss-0123456789")),), Secret("Passw0rd-boss"), 1, ("ROLE_SUPER_ADMIN",), "UTC"
)
LEAD = Actor("lead", (Token("suite", Secret("tok-lead-0123456789")),), None, 2, ("ROLE_TEAMLEAD",), "UTC")
PLAIN = Actor("plain", (Token("suite", Secret("tok-plain-0123456789")),), None, 3, ("ROLE_USER",), "UTC")
ACTORS = (ADMIN, LEAD, PLAIN)
RUN = "t35t"
MARK = f"conformance-test-{RUN}"

_ITEM = re.compile(r"/api/(\w+)/(\d+)\Z")
_SUB = re.compile(r"/api/(\w+)/(\d+)/(rates|comments)(?:/(\d+))?\Z")
_ACTION = re.compile(r"/api/timesheets/(\d+)/(stop|restart|duplicate|export)\Z")


@dataclass
class Fake:
    """Answers as a Kimai does. `rows` are its tables, `seen` what arrived; `before` may answer instead."""

    rows: dict[str, dict[int, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    seen: list[httpx.Request] = field(default_factory=list)
    before: Callable[[httpx.Request], httpx.Response | None] = lambda _: None
    next_id: int = 100

    def __post_init__(self) -> None:
        self.rows["users"] = {a.user_id or 0: {"id": a.user_id, "username": a.name} for a in ACTORS}

    @property
    def writes(self) -> list[str]:
        """What arrived and was no GET, as "METHOD /path"."""
        return [f"{r.method} {r.url.path}" for r in self.seen if r.method != "GET"]

    def add(self, table: str, **row: Any) -> int:
        """Put a row into a table, as a person would, and return its id."""
        self.next_id += 1
        self.rows[table][self.next_id] = {"id": self.next_id, **row}
        return self.next_id

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        self.seen.append(request)
        early = self.before(request)
        if early is not None:
            return early
        actor = next(
            (a for a in ACTORS if request.headers.get("authorization") == f"Bearer {a.token.secret.reveal()}"), None
        )
        if actor is None:
            return httpx.Response(401, json={"code": 401, "message": "Unauthorized"})
        body = json.loads(request.content) if request.content else {}
        return self._route(request, request.url.path, body, actor)

    def _route(self, request: httpx.Request, path: str, body: Any, actor: Actor) -> httpx.Response:
        if path == "/api/timesheets/active":
            mine = [r for r in self.rows["timesheets"].values() if r["user"] == actor.user_id and not r.get("end")]
            return httpx.Response(200, json=mine)
        if path == "/api/users/me":
            return httpx.Response(200, json={"id": actor.user_id, "username": actor.name})
        if action := _ACTION.match(path):
            return self._action(int(action[1]), action[2])
        if sub := _SUB.match(path):
            return self._sub(request, sub, body)
        if item := _ITEM.match(path):
            return self._item(request.method, item[1], int(item[2]), body)
        table = path.removeprefix("/api/").removesuffix("/find")
        if request.method == "POST":
            owner = {"user": actor.user_id} if table == "timesheets" else {}
            return httpx.Response(200, json=self.rows[table][self.add(table, **{**owner, **body})])
        return httpx.Response(200, json=self._filtered(table, request.url.params))

    def _filtered(self, table: str, params: httpx.QueryParams) -> list[dict[str, Any]]:
        rows = list(self.rows[table].values())
        for name in ("customer", "project", "activity"):
            if name in params:
                rows = [r for r in rows if str(r.get(name)) == params[name]]
        for name in ("customers", "projects", "activities"):
            if many := params.get_list(f"{name}[]"):
                rows = [r for r in rows if self._above(r, name) in many]
        if "term" in params:
            rows = [r for r in rows if params["term"] in str(r.get("description", r.get("name", "")))]
        if "tags[]" in params:
            rows = [r for r in rows if params["tags[]"] in str(r.get("tags", ""))]
        return sorted(rows, key=lambda r: -r["id"]) if params.get("order") == "DESC" else rows

    def _above(self, row: dict[str, Any], table: str) -> str:
        """Return the id of what a row hangs below: of the customer, by its project where it has one."""
        pointer = {"customers": "customer", "projects": "project", "activities": "activity"}[table]
        if table == "customers" and "customer" not in row:
            row = self.rows["projects"].get(row.get("project") or 0, {})
        above = row.get(pointer)
        return str(above["id"] if isinstance(above, dict) else above)

    def _item(self, method: str, table: str, ident: int, body: Any) -> httpx.Response:
        row = self.rows[table].get(ident)
        if row is None:
            return httpx.Response(404, json={"code": 404, "message": "Not Found"})
        if method == "DELETE":
            self._cascade(table, ident)
            return httpx.Response(204)
        if method == "PATCH":
            row.update(body)
        return httpx.Response(200, json=row)

    def _cascade(self, table: str, ident: int) -> None:
        """Delete a row and what hangs below it."""
        del self.rows[table][ident]
        pointer = {"customers": "customer", "projects": "project", "activities": "activity"}.get(table, "")
        for below in ("projects", "activities", "timesheets") if pointer else ():
            for row in [row for row in self.rows[below].values() if row.get(pointer) == ident]:
                if row["id"] in self.rows[below]:
                    self._cascade(below, row["id"])
        for below in (f"{table}_rates", f"{table}_comments"):
            for row in [row for row in self.rows[below].values() if row["parent"] == ident]:
                del self.rows[below][row["id"]]

    def _sub(self, request: httpx.Request, sub: re.Match[str], body: Any) -> httpx.Response:
        table = f"{sub[1]}_{sub[3]}"
        if int(sub[2]) not in self.rows[sub[1]]:
            return httpx.Response(404, json={})
        if sub[4]:
            return self._item(request.method, table, int(sub[4]), body)
        if request.method == "POST":
            return httpx.Response(200, json=self.rows[table][self.add(table, parent=int(sub[2]), **body)])
        return httpx.Response(200, json=[r for r in self.rows[table].values() if r["parent"] == int(sub[2])])

    def _action(self, ident: int, action: str) -> httpx.Response:
        row = self.rows["timesheets"].get(ident)
        if row is None:
            return httpx.Response(404, json={})
        if action == "stop":
            row["end"] = "2026-07-01T12:00:00+0000"
            return httpx.Response(200, json=row)
        ident = self.add(
            "timesheets", **{k: v for k, v in row.items() if k not in ("id", "end" if action == "restart" else "id")}
        )
        return httpx.Response(200, json=self.rows["timesheets"][ident])


@functools.cache
def index(version: str = "2.66.0") -> Index:
    """Return the operations of a version."""
    result = bundled(version)
    assert result is not None
    return result.index


def client(fake: Fake, folder: Path | None, *, version: str = "2.66.0", **settings: Any) -> Client:
    """Return a client to a fake, with a ledger in `folder`."""
    ledger = folder / "ledger-main.jsonl" if folder else None
    network = httpx.MockTransport(fake.handle)
    config = ClientConfig(
        URL, ACTORS, run_id=RUN, ledger_path=ledger, transport=network, late_seconds=0, witness=ADMIN.name
    )
    return Client(replace(config, **settings), index(version))


def cleaner(fake: Fake, folder: Path, *, version: str = "2.66.0", **settings: Any) -> Client:
    """Return a client that cleans up after a run in `folder`, with a ledger of its own there."""
    return client(fake, None, version=version, ledger_path=folder / "ledger-cleanup.jsonl", **settings)


def rule_of(client: Client, method: str, path: str, actor: Actor = ADMIN, **more: Any) -> int:
    """Return the rule that refuses a request."""
    with pytest.raises(Refused) as caught:
        client.session(actor).send(method, path, **more)
    return caught.value.rule
