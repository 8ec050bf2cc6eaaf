"""An embedded Kimai of its own for each test, and a short way to ask it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from itertools import count
from typing import Any

import httpx
import pytest

from conformance.embedded.server import EmbeddedKimai

BOSS, MANAGER, LEAD, WORKER, COLLEAGUE = "superadmin", "manager", "teamlead", "worker", "colleague"
IDS = {BOSS: 1, MANAGER: 2, LEAD: 3, WORKER: 4, COLLEAGUE: 5}


class Instance:
    """A running embedded Kimai with its built-in users."""

    def __init__(self, kimai: EmbeddedKimai, client: httpx.Client) -> None:
        self.kimai = kimai
        self.client = client
        self._numbers = count(1)
        self._tokens = {user["username"]: user["tokens"][0]["token"] for user in kimai.users}

    def ask(self, who: str | None, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._tokens[who]}"} if who else {}
        headers |= more.pop("headers", {})
        if body is not None:
            more["json"] = body
        return self.client.request(method, f"/api/{path}", headers=headers, **more)

    def name(self) -> str:
        """A name that no other record of the instance has."""
        return f"name {next(self._numbers)}"

    def make(self, path: str, who: str = BOSS, **body: Any) -> Any:
        answer = self.ask(who, "POST", path, body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def project(self, **more: Any) -> int:
        customer = self.make("customers", name="Customer")["id"]
        number: int = self.make("projects", name="Project", customer=customer, **more)["id"]
        return number

    def bookable(self) -> dict[str, Any]:
        return {"project": self.project(), "activity": self.make("activities", name="Activity")["id"]}


Start = Callable[..., Instance]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start instances with the arguments of `EmbeddedKimai`; they end with the test."""
    with ExitStack() as stack:
        yield starter(stack)


@pytest.fixture(scope="module")
def kimai() -> Iterator[Instance]:
    """A 2.66.0 with default settings, shared by the tests of a module: they leave users and settings alone."""
    with ExitStack() as stack:
        yield starter(stack)()


Released = Callable[[str], Instance]


@pytest.fixture(scope="module")
def released() -> Iterator[Released]:
    """An instance of each version, shared by the tests of a module as `kimai` is, and started when it is asked for."""
    with ExitStack() as stack:
        start = starter(stack)
        yield cache(lambda emulate: start(emulate=emulate))


def starter(stack: ExitStack) -> Start:
    """A function that starts instances which end with the stack."""

    def begin(**options: Any) -> Instance:
        kimai = stack.enter_context(EmbeddedKimai(**options))
        client = stack.enter_context(httpx.Client(base_url=kimai.url, trust_env=False))
        return Instance(kimai, client)

    return begin
