"""An embedded Kimai to measure at: it counts and keeps what it is asked, and can be filled with time records."""

from __future__ import annotations

import itertools
import json
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from conformance.embedded.interface import NEWEST
from conformance.embedded.store.users import UserData
from conformance.embedded.testing import FakeKimai
from conformance.embedded.web.app import build
from conformance.embedded.web.server_thread import Listener


@dataclass(frozen=True)
class Sent:
    """One request as it arrived."""

    method: str
    target: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


class Instance(Listener):
    """An embedded Kimai on a port of its own, asked as if it were somebody's."""

    def __init__(self, version: str = NEWEST, faults: Sequence[str] = (), *, keep: bool = False) -> None:
        built = build(emulate=version, faults=faults)
        self.users: list[UserData] = built.users
        self.state = built.state
        self.requests = 0
        self.sent: list[Sent] = []
        self._keep = keep
        super().__init__(self._counting(built.app), 0, "the embedded Kimai", lifespan="off")

    @property
    def token(self) -> str:
        """A valid token of the strongest user."""
        return str(next(token["token"] for token in self.users[0]["tokens"] if not token.get("expires_at")))

    def write_actors(self, path: Path) -> Path:
        """Write the users as an actors file."""
        path.write_text(json.dumps({"users": self.users}), encoding="utf-8")
        return path

    def fill(self, number: int) -> None:
        """Have so many time records of the plain user, on one project."""
        if not number:
            return
        fake = FakeKimai.__new__(FakeKimai)
        fake.emulate, fake._server = "", self  # type: ignore[assignment]
        fake.fill()
        with self.state.storage.session() as session:
            columns = [row[1] for row in session.execute(text("PRAGMA table_info(timesheets)")) if row[1] != "id"]
            names = ", ".join(f'"{name}"' for name in columns)
            made = 2
            while made < number:
                more = min(made, number - made)
                query = f"INSERT INTO timesheets ({names}) SELECT {names} FROM timesheets ORDER BY id LIMIT {more}"
                session.execute(text(query))
                made += more

    def stop(self) -> None:
        """Stop serving, and give up the database."""
        super().stop()
        self.state.storage.close()

    def _counting(self, app: ASGIApp) -> ASGIApp:
        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            self.requests += 1
            if not self._keep:
                await app(scope, receive, send)
                return
            body = b""
            while True:
                message = await receive()
                body += message.get("body", b"")
                if not message.get("more_body"):
                    break
            self.sent.append(_sent(scope, body))
            given = itertools.chain(
                [{"type": "http.request", "body": body}], itertools.repeat({"type": "http.disconnect"})
            )

            async def again() -> Message:
                return next(given)

            await app(scope, again, send)

        return counted


def _sent(scope: MutableMapping[str, Any], body: bytes) -> Sent:
    query = scope["query_string"]
    target = scope["raw_path"].partition(b"?")[0] + (b"?" + query if query else b"")
    return Sent(scope["method"], target.decode("latin-1"), tuple(scope["headers"]), body)
