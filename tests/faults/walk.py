"""A walk through the embedded Kimai that gives every fault its chance, and tells whether it took it."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from conformance.embedded.faults import Fault, wrap
from conformance.embedded.faults.messages import Request
from conformance.embedded.web.app import Built

from .oddities import odd_bodies, odd_queries, odd_states
from .teamwork import among_teams, teamed

SUMMER = {"begin": "2024-07-01T10:14:00", "end": "2024-07-01T12:00:00"}
WINTER = {"begin": "2024-12-30T00:21:00", "end": "2024-12-30T01:00:00"}
LEAP = {"end": "2024-02-29T12:00:00", "begin": "2024-02-29T11:00:00"}
AUTUMN = {"begin": "2024-10-27T01:30:00", "end": "2024-10-27T05:00:00"}
ODD = "Zoë & Co 😀\nsecond line, and more than forty characters"


@dataclass(frozen=True)
class Step:
    """One request of the walk, as the user of that role."""

    role: str | None
    method: str
    path: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def request(self) -> Request:
        """The step as a fault sees it."""
        return Request(self.method, self.path.partition("?")[0])


class World:
    """The records that the walk walks among, made once."""

    def __init__(self, built: Built) -> None:
        self.app = built.app
        self.users = built.users
        self.tokens = {user["username"]: user["tokens"][0]["token"] for user in built.users}
        self.ids: dict[str, int] = {}

    async def make(self, name: str, role: str, path: str, body: dict[str, Any]) -> int:
        """Make a record and remember its id."""
        async with client(self.app) as http:
            answer = await http.request("POST", path, headers=self.headers(Step(role, "POST", path)), json=body)
        assert answer.status_code == 200, answer.text
        self.ids[name] = answer.json()["id"]
        return self.ids[name]

    def headers(self, step: Step) -> dict[str, str]:
        """The headers of a step."""
        token = {} if step.role is None else {"authorization": f"Bearer {self.tokens[step.role]}"}
        return {**token, **step.headers}


async def populate(world: World) -> None:
    """Make a customer, projects, activities, teams and time records."""
    super_, make = "superadmin", world.make
    customer = await make("customer", super_, "/api/customers", {"name": "Customer & sons", "visible": True})
    project = {"customer": customer, "visible": True, "start": "2024-01-02"}
    await make("project", super_, "/api/projects", {"name": "project one", "comment": "note", **project})
    hidden = await make("secret", super_, "/api/projects", {"name": "project two", **project})
    await make(
        "activity", super_, "/api/activities", {"name": "activity", "visible": True, "project": world.ids["project"]}
    )
    await make("other", super_, "/api/activities", {"name": "other", "comment": "note", "visible": False})
    await make("tag", super_, "/api/tags", {"name": "tag", "visible": True})
    await make("comment", super_, f"/api/projects/{world.ids['project']}/comments", {"message": "x", "pinned": True})
    members = [{"user": 1, "teamlead": True}, {"user": 2, "teamlead": False}]
    team = await make("team", super_, "/api/teams", {"name": "team", "members": members})
    async with client(world.app) as http:
        for path in (f"projects/{hidden}", f"activities/{world.ids['activity']}"):
            where = f"/api/teams/{team}/{path}"
            await http.post(where, headers=world.headers(Step(super_, "POST", where)))
        where = f"/api/teams/{team}/activities/{world.ids['activity']}"
        await http.delete(where, headers=world.headers(Step(super_, "DELETE", where)))
    await make("global", super_, "/api/activities", {"name": "global", "visible": True})
    on = {"project": world.ids["project"], "activity": world.ids["global"]}
    for name, role, when in (("sheet", "worker", SUMMER), ("winter", super_, WINTER), ("autumn", "manager", AUTUMN)):
        await make(name, role, "/api/timesheets", {**when, **on, "description": "done"})
    await make("lead", "teamlead", "/api/timesheets", {**SUMMER, **on, "description": "led"})
    await make("equal", "worker", "/api/timesheets", {**SUMMER, **on})
    await teamed(world)


def steps(world: World) -> Iterator[Step]:
    """Yield the walk: as few requests as give every fault its chance."""
    yield from _strangers(world)
    yield from _reads(world)
    yield from _writes(world)
    yield from _oddities(world)
    yield from _rights(world)
    for role, method, path, body, headers in among_teams(world.ids, world.tokens):
        yield Step(role, method, path, body, headers)
    yield from _ends(world)


def _strangers(world: World) -> Iterator[Step]:
    """Every kind of bad credentials, after one good call of each user."""
    for role in world.tokens:
        yield Step(role, "GET", "/api/users/me")
    worker = next(user for user in world.users if user["username"] == "worker")
    sheet = f"/api/timesheets/{world.ids['sheet']}"
    words = [
        "Bearer unknown",
        f"Basic {world.tokens['worker']}",
        world.tokens["worker"],
        f"bearer {world.tokens['worker']}",
    ]
    words += [f"Bearer {worker['tokens'][0]['token'][:-4]}abcd", f"Bearer {worker['password']}"]
    words += [f"Bearer {token['token']}" for token in worker["tokens"][1:]]
    for word in [None, *words]:
        for path in ("/api/users/me", "/api/timesheets", "/api/tags/find", "/api/teams"):
            yield Step(None, "GET", path, headers={"authorization": word} if word else {})
    yield Step(None, "GET", f"/api/users/me?access_token={world.tokens['worker']}")
    for word in (None, "Bearer unknown", f"Bearer {worker['tokens'][1]['token']}"):
        result = {"authorization": word} if word else {}
        yield Step(None, "PATCH", sheet, {"description": "taken"}, result)
        yield Step(None, "DELETE", f"/api/timesheets/{world.ids['equal']}", None, result)
    yield Step(None, "GET", "/api/customers/2000000000")


def _reads(world: World) -> Iterator[Step]:
    """Every read, with each query parameter that a fault looks at."""
    ids = world.ids
    kinds = {"customers": "customer", "projects": "project", "activities": "activity", "timesheets": "sheet"}
    for kind, name in kinds.items():
        yield Step("superadmin", "GET", f"/api/{kind}/{ids[name]}")
        for query in (
            "",
            "?visible=2",
            "?visible=3",
            "?term=one",
            "?term=",
            "?term=o'",
            "?orderBy=id",
            "?orderBy=no",
            "?size=1",
        ):
            yield Step("superadmin", "GET", f"/api/{kind}{query}")
        yield Step("superadmin", "GET", f"/api/{kind}/2000000000")
    yield Step("superadmin", "GET", f"/api/activities/{ids['other']}")
    for query in (f"customer={ids['customer']}", "globals=1"):
        yield Step("superadmin", "GET", f"/api/projects?{query}")
        yield Step("superadmin", "GET", f"/api/activities?{query}&project={ids['project']}")
    paging = "user=all&size=2"
    words = [
        "user=all",
        "user=4",
        "full=true&user=all",
        "order=DESC",
        "orderBy=rate",
        "billable=1",
        "exported=0",
        "active=1",
    ]
    words += [
        f"project={ids['project']}",
        f"projects[]={ids['project']}&projects[]=9",
        f"activity={ids['activity']}",
        "tags[]=tag",
    ]
    words += ["begin=2024-07-01T10:14:00&user=all", "end=2024-07-02T00:00:00", "modified_after=2024-01-01T00:00:00"]
    words += [paging, f"{paging}&page=2", f"{paging}&page=3", f"{paging}&page=9", "size=99"]
    for role in ("superadmin", "teamlead", "worker", "manager"):
        for word in words:
            yield Step(role, "GET", f"/api/timesheets?{word}")
    for path in (
        "timesheets/recent?size=3",
        "timesheets/recent?user=1",
        "config/colors",
        "version",
        "users",
        "users/1",
        "nothing",
    ):
        yield Step("worker", "GET", f"/api/{path}")
    for path in (f"projects/{ids['project']}/comments", f"teams/{ids['team']}", "tags/find?name=t", "doc"):
        yield Step("superadmin", "GET", f"/api/{path}")


def _writes(world: World) -> Iterator[Step]:
    """Creates and changes of every kind, with values of every kind."""
    ids = world.ids
    yield from _forms("customers", ids["customer"], {}, {"vatId": "1", "phone": "1"})
    yield from _forms("projects", ids["project"], {"customer": ids["customer"]}, {"globalActivities": None})
    yield from _forms("activities", ids["activity"], {}, {})
    yield Step("superadmin", "PATCH", f"/api/projects/{ids['project']}", {"orderNumber": "7"})
    yield from _sheets(world, {"project": ids["project"], "activity": ids["global"]})
    yield from _small_kinds(ids["project"])


def _forms(kind: str, there: int, needed: dict[str, Any], more: dict[str, Any]) -> Iterator[Step]:
    """Creates and changes of a customer, project or activity, good and bad."""
    make, where = f"/api/{kind}", f"/api/{kind}/{there}"
    for flag in (None, False, "false", 0, "", "0", 1):
        yield Step("superadmin", "POST", make, {"name": "new", "visible": flag, "billable": flag, **needed})
        yield Step("superadmin", "PATCH", where, {"billable": flag})
    full = {"name": "full", "comment": ODD + "x" * 300, **more}
    for body in ({"comment": "c", "name": "n1"}, {"name": ["x"]}, {"name": 5}, {"nosuch": 1, "name": "n2"}, full):
        yield Step("superadmin", "POST", make, {**needed, **body})
    yield Step("superadmin", "POST", make, b"{")
    wrong = {"name": "x", "color": 7}
    for change in ({"comment": "short"}, {"name": None}, {}, {"nosuch": 1}, wrong, {"name": "name"}, b"{"):
        yield Step("superadmin", "PATCH", where, change)
        yield Step("superadmin", "GET", where)


def _small_kinds(project: int) -> Iterator[Step]:
    """Creates of tags, rates, comments and teams."""
    for body in ({"visible": None}, {"visible": False}, {"visible": ""}, {"name": ["x"]}, {}):
        yield Step("superadmin", "POST", "/api/tags", {"name": f"tag {body}", **body})
    for rate in ({"isFixed": ""}, {"user": 1}):
        yield Step("superadmin", "POST", f"/api/projects/{project}/rates", {"rate": 1.25, **rate})
    yield Step("superadmin", "POST", f"/api/projects/{project}/comments", {"message": "m", "pinned": None})
    for flag in ({"teamlead": False}, {"teamlead": "true"}, {}):
        members = [{"user": 1, "teamlead": True}, {"user": 2, **flag}]
        yield Step("superadmin", "POST", "/api/teams", {"name": f"team {flag}", "members": members})


def _sheets(world: World, on: dict[str, int]) -> Iterator[Step]:
    for body in (SUMMER, WINTER, LEAP, AUTUMN, {"nosuch": 1}, {**SUMMER, "description": ODD}):
        yield Step("superadmin", "POST", "/api/timesheets", {"description": "d", **on, **body})
    yield Step("superadmin", "POST", "/api/timesheets", {**SUMMER, **on, "billable": False})
    yield Step("worker", "POST", "/api/timesheets", {**SUMMER, **on, "hourlyRate": 1})
    own = f"/api/timesheets/{world.ids['winter']}"
    changes: tuple[dict[str, Any], ...] = (
        {"begin": "2024-12-29T22:00:00"},
        {"end": "2024-12-30T03:00:00"},
        {"description": "new"},
        {"nosuch": 1, "description": "x"},
        {},
    )
    for body in changes:
        yield Step("superadmin", "PATCH", own, body)
        yield Step("superadmin", "GET", own)
    for action in ("duplicate", "export", "restart"):
        yield Step("superadmin", "PATCH", f"{own}/{action}", {})
    yield Step("superadmin", "GET", "/api/timesheets?active=1")
    yield Step("worker", "PATCH", f"/api/timesheets/{world.ids['sheet']}/restart", {})
    yield Step("superadmin", "POST", "/api/timesheets", {**on})
    yield Step("superadmin", "PATCH", "/api/timesheets/{newest}/stop")


def _oddities(world: World) -> Iterator[Step]:
    """What makes a careless server fail: values, parameters and states that nobody thought of."""
    on = {**SUMMER, "project": world.ids["project"], "activity": world.ids["global"]}
    for query in (*odd_queries(world.ids), *odd_bodies(world.ids, on), *odd_states(world.ids)):
        yield Step("superadmin", *query)
    yield Step("worker", "POST", "/api/timesheets", {**on, "description": "x" * 300})


def _rights(world: World) -> Iterator[Step]:
    """What a plain user and a lead try on what is not theirs."""
    ids = world.ids
    for role, name in (("worker", "winter"), ("teamlead", "autumn")):
        where = f"/api/timesheets/{ids[name]}"
        yield Step(role, "GET", where)
        yield Step(role, "PATCH", where, {"description": "theirs"})
        yield Step(role, "PATCH", f"{where}/duplicate")
    yield Step("worker", "POST", "/api/customers", {"name": "theirs"})
    yield Step("worker", "PATCH", f"/api/projects/{ids['project']}", {"comment": "theirs"})
    yield Step("worker", "GET", f"/api/projects/{ids['project']}")
    yield Step("worker", "GET", f"/api/projects/{ids['secret']}")
    yield Step("worker", "GET", "/api/projects")
    yield Step("worker", "PATCH", f"/api/teams/{ids['team']}", {"name": "theirs"})
    yield Step("worker", "POST", "/api/timesheets", {**SUMMER, "project": ids["secret"], "activity": ids["global"]})
    yield Step("teamlead", "GET", "/api/timesheets?user=all")
    yield Step("superadmin", "POST", f"/api/teams/{ids['team']}/activities/2000000000")
    yield Step("superadmin", "POST", f"/api/teams/{ids['team']}/customers/{ids['customer']}")


def _ends(world: World) -> Iterator[Step]:
    """Deletes, by who may not and by who may, once and again."""
    ids = world.ids
    yield Step("worker", "DELETE", f"/api/activities/{ids['other']}")
    yield Step("worker", "DELETE", f"/api/timesheets/{ids['winter']}")
    yield Step("teamlead", "DELETE", f"/api/timesheets/{ids['autumn']}")
    yield Step("superadmin", "DELETE", f"/api/teams/{ids['team']}/activities/{ids['activity']}")
    for path in (f"timesheets/{ids['winter']}", f"tags/{ids['tag']}", f"activities/{ids['activity']}"):
        for method in ("DELETE", "DELETE", "GET"):
            yield Step("superadmin", method, f"/api/{path}")


class Spy:
    """An ASGI app that passes on, and notes what was asked and answered."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.log: list[tuple[Any, Any]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        asked = (await receive())["body"]
        parts: list[Any] = []

        async def again() -> Any:
            return {"type": "http.request", "body": asked, "more_body": False}

        async def note(message: Any) -> None:
            parts.append(message)
            await send(message)

        await self.app(scope, again, note)
        body = b"".join(part.get("body", b"") for part in parts)
        self.log.append((_asked(scope, asked), _answered(parts[0]["status"], parts[0]["headers"], body)))


async def intervenes(world: World, fault: Fault) -> AsyncGenerator[bool, None]:
    """Walk with the fault planted, and yield for each step that concerns it whether it changed anything."""
    inner = Spy(world.app)
    outer = Spy(wrap(inner, [fault.id], world.users))
    newest = 0
    async with client(outer) as http:
        for step in steps(world):
            if fault.operations and not step.request.matches(*fault.operations, "GET /api/users/me"):
                continue
            inner.log.clear()
            outer.log.clear()
            content = (
                step.body if isinstance(step.body, bytes) else None if step.body is None else json.dumps(step.body)
            )
            typed = {"content-type": "application/json"} if content is not None else {}
            path = step.path.replace("{newest}", str(newest))
            headers = {**typed, **world.headers(step)}
            answer = await http.request(step.method, path, content=content, headers=headers)
            newest = _id(answer) or newest
            yield _touched(inner, outer)


def _touched(inner: Spy, outer: Spy) -> bool:
    """Whether what went in or came out differs from what was passed on, or something else was written."""
    ((asked, answered),) = outer.log
    others = [(a, b) for a, b in inner.log if a != asked]
    same = [(a, b) for a, b in inner.log if a == asked]
    wrote = any(asked_there[0] != "GET" for asked_there, _ in others)
    return wrote or len(same) != 1 or same[0][1] != answered


def _id(answer: httpx.Response) -> int:
    try:
        value = answer.json()
    except ValueError:
        return 0
    return value.get("id", 0) if isinstance(value, dict) and "begin" in value and value.get("end", 1) is None else 0


def _asked(scope: Scope, body: bytes) -> tuple[Any, ...]:
    headers = MutableHeaders(raw=list(scope["headers"]))
    return scope["method"], scope["path"], scope["query_string"], headers.get("authorization"), _canonical(body)


def _answered(status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> tuple[Any, ...]:
    kept = sorted((name, value) for name, value in headers if name != b"content-length")
    return status, kept, _canonical(body)


def _canonical(body: bytes) -> str:
    try:
        return json.dumps(json.loads(body))
    except ValueError:
        return body.decode("latin-1")


@asynccontextmanager
async def client(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an ASGI app."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://embedded") as http:
        yield http
