"""A real client to a small fake: it keeps records, knows nothing of Kimai's forms, and can be made to break."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from conformance.definition import Definition, bundled
from conformance.exchange import Client, ClientConfig, RecordFactory
from conformance.model import Actor, Secret, Token
from conformance.properties.execution.runner import PropertyRunner

ACTORS = (
    Actor(
        "boss", (Token("suite", Secret("tok-boss-0123456789")),), user_id=1, roles=("ROLE_SUPER_ADMIN",), timezone="UTC"
    ),
    Actor(
        "lead", (Token("suite", Secret("tok-lead-0123456789")),), user_id=2, roles=("ROLE_TEAMLEAD",), timezone="UTC"
    ),
    Actor("ann", (Token("suite", Secret("tok-ann-0123456789")),), user_id=3, roles=("ROLE_USER",), timezone="UTC"),
)

Odd = Callable[[httpx.Request, Any], httpx.Response | None]


@dataclass
class Fake:
    """Creates, changes, lists and forgets whatever it is sent. `odd` may answer in its place."""

    rows: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    odd: Odd = lambda _request, _body: None
    last: int = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.log.append(f"{request.method} {request.url.raw_path.decode()}")
        self.bodies.append(request.content)
        body = _decoded(request.content)
        return self.odd(request, body) or self._answer(request, body)

    def _answer(self, request: httpx.Request, body: Any) -> httpx.Response:
        parts = request.url.path.strip("/").split("/")[1:]
        if request.method == "POST" and len(parts) == 1:
            self.last += 1
            self.rows[parts[0], self.last] = row = {"id": self.last, **(body if isinstance(body, dict) else {})}
            return httpx.Response(200, json=row)
        if request.method == "GET" and len(parts) == 1:
            return httpx.Response(200, json=[row for (plural, _), row in self.rows.items() if plural == parts[0]])
        if request.method == "GET" and parts[2:] in (["rates"], ["comments"]):
            return httpx.Response(200, json=[])
        key = (parts[0], int(parts[1])) if len(parts) > 1 and parts[1].isdigit() else ("", 0)
        answer = self.rows.get(key)
        if answer is None:
            return httpx.Response(404, json={"code": 404, "message": "Not Found"})
        if request.method == "DELETE":
            del self.rows[key]
            return httpx.Response(204)
        answer |= body if isinstance(body, dict) else {}
        return httpx.Response(200, json=answer)


def _decoded(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None


@pytest.fixture
def fake() -> Fake:
    """The instance behind the client."""
    return Fake()


@pytest.fixture
def client(fake: Fake, tmp_path: Path, definition: Definition) -> Iterator[Client]:
    """A real client whose network is the fake."""
    config = ClientConfig(
        "http://127.0.0.1:1",
        ACTORS,
        run_id="unit",
        ledger_path=tmp_path / "ledger.jsonl",
        transport=httpx.MockTransport(fake),
        witness=ACTORS[0].name,
    )
    with Client(config, definition.index) as client:
        yield client


@pytest.fixture(scope="session")
def definition() -> Definition:
    """The bundled definition of 2.66.0."""
    return bundled("2.66.0")


@pytest.fixture
def make_workshop(client: Client, definition: Definition) -> Callable[..., PropertyRunner]:
    """Makes workshops on the client."""

    def make(seed: int = 1, budget: int = 1500) -> PropertyRunner:
        return PropertyRunner(client, RecordFactory(client), definition, ACTORS, seed, budget)

    return make
