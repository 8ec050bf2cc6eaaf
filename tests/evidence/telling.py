"""Exchanges as a client records them, in short, and a history of them."""

from __future__ import annotations

import itertools
import json
from typing import Any

from conformance.exchange.evidence import History
from conformance.model import Actor, Exchange, Secret, Token

MARK = "conformance-test-77"
BASE = "http://k.test/sub"

BOSS = Actor("boss", (Token("t", Secret("boss-token-123456")),), Secret("boss-password"), 1, ("ROLE_SUPER_ADMIN",))
LEAD = Actor("lead", (Token("t", Secret("lead-token-123456")),), None, 2, ("ROLE_TEAMLEAD",))
WORKER = Actor("worker", (Token("t", Secret("work-token-123456")),), None, 3, ("ROLE_USER",))
ACTORS = (BOSS, LEAD, WORKER)
VARIABLES = {"boss": "KIMAI_TOKEN_SUPER_ADMIN", "lead": "KIMAI_TOKEN_TEAMLEAD", "worker": "KIMAI_TOKEN_USER"}


class Story:
    """Makes exchanges in order, and lets a history listen to them."""

    def __init__(self) -> None:
        self.history = History(users={actor.name: actor.user_id or 0 for actor in ACTORS})
        self._numbers = itertools.count(1)

    def asked(
        self,
        label: str,
        answer: Any = None,
        sent: Any = None,
        *,
        path: str = "",
        actor: str = "boss",
        status: int = 200,
        credential: str = "",
        headers: dict[str, str] | None = None,
    ) -> Exchange:
        """Return the next exchange. `path` fills the template of the label; without credentials for "none"."""
        method, _, template = label.partition(" ")
        authorization = {} if credential == "none" else {"authorization": "Bearer ***"}
        content = {} if sent is None else {"content-type": "application/json"}
        exchange = Exchange(
            method, f"/sub{path or template}", label, actor,
            {"accept": "application/json", **authorization, **content, **(headers or {})},
            None if sent is None else json.dumps(sent).encode(), status, {},
            b"" if answer is None else json.dumps(answer).encode(), base_url="http://k.test",
            number=next(self._numbers), credential=credential if credential not in ("", "none") else VARIABLES[actor],
        )  # fmt: skip
        self.history.notice(exchange)
        return exchange

    def customer(self, ident: int, **fields: Any) -> Exchange:
        """Make a customer."""
        body = {"name": f"{MARK} customer {ident}", **fields}
        return self.asked("POST /api/customers", {"id": ident, **body}, body)

    def project(self, ident: int, customer: int) -> Exchange:
        """Make a project."""
        body = {"name": f"{MARK} project {ident}", "customer": customer}
        return self.asked("POST /api/projects", {"id": ident, **body}, body)

    def timesheet(self, ident: int, project: int, actor: str = "worker") -> Exchange:
        """Make a time record on an activity of nobody's."""
        body = {"begin": "2026-07-01T08:00:00", "end": "2026-07-01T09:00:00", "project": project, "activity": 900}
        return self.asked("POST /api/timesheets", {"id": ident, **body, "user": 3}, body, actor=actor)
