"""A proxy between a run and its instance: it counts requests, lets others act between them, and disturbs answers.

    with DisturbingProxy(kimai.url) as proxy:
        proxy.when(Moment("DELETE /api/customers/{id}"), lambda passing: stranger.does("books-once"))
        proxy.disturb(Moment("POST /api/tags", 2), DISTURBANCES["answer-lost"])
        …                                            # a run against proxy.url
        proxy.release()                              # what was kept back reaches the instance now

Requests pass one at a time, so that whoever acts between two of them is alone with the instance.
"""

from __future__ import annotations

import random
import re
import socket
import struct
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Generic, Self, TypeVar

import httpx

_OF_A_CONNECTION = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "content-length"}
_ASKED = _OF_A_CONNECTION | {"host", "accept-encoding"}
_ANSWERED = _OF_A_CONNECTION | {"content-encoding", "server", "date"}

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Answer:
    """An answer on its way back. `cut`: the connection breaks after half of the body."""

    status: int
    body: bytes = b""
    headers: Headers = (("content-type", "application/json"),)
    cut: bool = False

    @property
    def ok(self) -> bool:
        """Whether the status is one of success."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """Return the body decoded, None where it is no JSON."""
        try:
            return httpx.Response(200, content=self.body).json()
        except ValueError:
            return None


@dataclass
class Passing:
    """One request on its way, and the answer that was given; None where there was none (yet).

    `arrived`: the instance has had it.
    """

    number: int
    method: str
    target: str
    headers: Headers
    body: bytes
    answer: Answer | None = None
    arrived: bool = False

    @property
    def path(self) -> str:
        """The path without the query."""
        return self.target.partition("?")[0]

    @property
    def writes(self) -> bool:
        """Whether the method may change anything."""
        return self.method not in ("GET", "HEAD", "OPTIONS")

    @property
    def creates(self) -> bool:
        """Whether it makes a record, if it is accepted."""
        return self.method == "POST" or self.path.rpartition("/")[2] in ("restart", "duplicate")

    @property
    def sent(self) -> Mapping[str, Any]:
        """The body as an object, {} where it is none."""
        decoded = Answer(200, self.body).json()
        return decoded if isinstance(decoded, dict) else {}

    def __str__(self) -> str:
        return f"#{self.number} {self.method} {self.target}"


@dataclass(frozen=True)
class Moment:
    """Before (or `after`) the `number`-th request that matches a pattern such as "DELETE /api/customers/{id}".

    `{id}` stands for an id, `*` for anything; the query does not count.
    """

    pattern: str = "*"
    number: int = 1
    after: bool = False

    def matches(self, passing: Passing) -> bool:
        """Whether a request is of those that count."""
        text = re.escape(self.pattern).replace(r"\{id\}", r"\d+").replace(r"\*", ".*")
        return re.fullmatch(text, f"{passing.method} {passing.path}") is not None


What = TypeVar("What")

Deed = Callable[[Passing], bool | None]
"""What is done at a moment. False: it was not possible, and is tried again at each later request."""

Disturbance = Callable[["DisturbingProxy", Passing], Answer | None]
"""What becomes of a request instead of being passed on. None: the connection is reset without an answer."""


@dataclass
class _Planned(Generic[What]):
    moment: Moment
    what: What
    seen: int = 0

    def comes(self, passing: Passing) -> bool:
        """Count a request, and return whether this is the moment: the one, or a later one that matches."""
        matches = self.moment.matches(passing)
        self.seen += matches
        return matches and self.is_past

    @property
    def is_past(self) -> bool:
        """Whether the moment has come."""
        return self.seen >= self.moment.number


@dataclass
class _Late:
    due: float
    passing: Passing


@dataclass
class DisturbingProxy:
    """Stands before the instance at `upstream`, on a free port of 127.0.0.1. A context manager.

    `log` has every request that came, `done` what was done to some of them, for people.
    """

    upstream: str
    log: list[Passing] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    foreign: Callable[[str], list[dict[str, Any]]] = lambda _path: []
    """Gives the records of other people in the list at a path ("/api/tags"), the oldest first."""

    def __post_init__(self) -> None:
        self.turn = threading.Condition()
        self._client = httpx.Client(trust_env=False, timeout=60)
        self._deeds: list[_Planned[Deed]] = []
        self._disturbances: list[_Planned[tuple[str, Disturbance]]] = []
        self._always: list[tuple[Moment, Answer]] = []
        self._late: list[_Late] = []
        self._timers: list[threading.Timer] = []
        self._draw: Callable[[Passing], tuple[str, Disturbance] | None] = lambda _passing: None
        self.is_cut = False
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.proxy = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        """The base URL, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def when(self, moment: Moment, deed: Deed) -> None:
        """Have something done at a moment, once."""
        self._deeds.append(_Planned(moment, deed))

    def disturb(self, moment: Moment, disturbance: Disturbance, name: str = "") -> None:
        """Have a request disturbed, once: the first at the moment that matches its pattern."""
        chosen = name or getattr(disturbance, "__name__", "disturbed"), disturbance
        self._disturbances.append(_Planned(moment, chosen))

    def answer(self, pattern: str, answer: Answer) -> None:
        """Answer every request that matches a pattern so, and pass none of them on."""
        self._always.append((Moment(pattern), answer))

    def draw(self, seed: str, share: float, disturbances: Mapping[str, Any]) -> None:
        """Disturb a share of all requests, each by one of those that fit it. The same seed draws the same again."""

        def drawn(passing: Passing) -> tuple[str, Disturbance] | None:
            chance = random.Random(f"{seed} {passing.number}")
            fitting = sorted(name for name, item in disturbances.items() if item.fits(passing))
            if not fitting or chance.random() >= share:
                return None
            name = chance.choice(fitting)
            return name, disturbances[name]

        self._draw = drawn

    def settle(self) -> None:
        """Disturb nothing more, and let nothing more be done between requests."""
        with self.turn:
            self._deeds.clear()
            self._disturbances.clear()
            self._draw = lambda _passing: None
            self.is_cut = False

    def release(self) -> None:
        """Let the instance have what was kept back."""
        with self.turn:
            self._carry_out(float("inf"))

    def keep_back(self, passing: Passing, requests: float) -> None:
        """Let the instance have a request so many requests later; not before `release` for infinity."""
        self._late.append(_Late(passing.number + requests, passing))

    def keep_back_for(self, passing: Passing, seconds: float) -> None:
        """Let the instance have a request after so many seconds."""

        def carry_out() -> None:
            with self.turn:
                self.forward(passing)
                self.turn.notify_all()

        timer = threading.Timer(seconds, carry_out)
        timer.daemon = True
        self._timers.append(timer)
        timer.start()

    def await_late(self) -> None:
        """Return once all that was kept back for seconds has reached the instance."""
        for timer in self._timers:
            timer.join()

    def forward(self, passing: Passing) -> Answer:
        """Pass a request on and return the instance's answer."""
        passing.arrived = True
        kept = [(name, value) for name, value in passing.headers if name.lower() not in _ASKED]
        url = httpx.URL(self.upstream).copy_with(raw_path=passing.target.encode("latin-1"))
        added = [("host", url.netloc.decode()), ("accept-encoding", "identity")]
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in (*kept, *added)]
        try:
            answer = self._client.send(httpx.Request(passing.method, url, headers=headers, content=passing.body))
        except httpx.HTTPError as error:
            return Answer(502, f"{type(error).__name__}: {error}".encode())
        result = tuple((name, value) for name, value in answer.headers.multi_items() if name not in _ANSWERED)
        return Answer(answer.status_code, answer.content, result)

    def pass_on(self, method: str, target: str, headers: Headers, body: bytes) -> Answer | None:
        """Take a request of the run, and return what it gets for it."""
        with self.turn:
            passing = Passing(len(self.log) + 1, method, target, headers, body)
            self.log.append(passing)
            self._carry_out(passing.number)
            self._do(passing, after=False)
            passing.answer = self._answered(passing)
            self._do(passing, after=True)
            self.turn.notify_all()
            return passing.answer

    def _answered(self, passing: Passing) -> Answer | None:
        if self.is_cut:
            return None
        for moment, answer in self._always:
            if moment.matches(passing):
                return answer
        chosen = self._chosen(passing)
        if chosen is None:
            return self.forward(passing)
        self.done.append(f"{passing}: {chosen[0]}")
        return chosen[1](self, passing)

    def _chosen(self, passing: Passing) -> tuple[str, Disturbance] | None:
        for planned in self._disturbances:
            if planned.comes(passing):
                self._disturbances.remove(planned)
                return planned.what
        return self._draw(passing)

    def _do(self, passing: Passing, *, after: bool) -> None:
        for planned in [deed for deed in self._deeds if deed.moment.after is after]:
            if (planned.comes(passing) or planned.is_past) and planned.what(passing) is not False:
                self._deeds.remove(planned)

    def _carry_out(self, number: float) -> None:
        for late in [item for item in self._late if item.due <= number]:
            self._late.remove(late)
            answer = self.forward(late.passing)
            self.done.append(f"{late.passing}: carried out late, answered {answer.status}")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for timer in self._timers:
            timer.cancel()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._client.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    proxy: DisturbingProxy

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that is gone: it was killed."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):
            return self._pass
        raise AttributeError(name)

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        answer = self.server.proxy.pass_on(self.command, self.path, tuple(self.headers.items()), body)
        if answer is None:
            self._reset()
        else:
            self._give(answer)

    def _give(self, answer: Answer) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status not in (204, 304):
            self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body[: len(answer.body) // 2] if answer.cut else answer.body)
        if answer.cut:
            self.wfile.flush()
            self._reset()

    def _reset(self) -> None:
        """Close at once, so that the other side reads of a reset."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, *_: object) -> None:
        """Say nothing."""
