"""The part of the walk that goes among teams: what is closed to whom, and who tries it all the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

TIMES = {"begin": "2026-03-02T10:00:00", "end": "2026-03-02T11:00:00"}
BOSS, LEAD, COLLEAGUE = 1, 3, 5

Tried = tuple[str | None, str, str, Any, dict[str, str]]


class Maker(Protocol):
    """What makes the records of the walk."""

    ids: dict[str, int]

    async def make(self, name: str, role: str, path: str, body: dict[str, Any]) -> int:
        """Make a record and remember its id."""
        ...


async def teamed(world: Maker) -> None:
    """Make teams, what is closed by them, and what was booked before."""
    boss, make, ids = "superadmin", world.make, world.ids
    mixed = [{"user": 2, "teamlead": True}, {"user": LEAD, "teamlead": False}]
    await make("mixed", boss, "/api/teams", {"name": "mixed", "members": mixed})
    led = [{"user": LEAD, "teamlead": True}, {"user": COLLEAGUE, "teamlead": False}]
    await make("led", boss, "/api/teams", {"name": "led", "members": led})
    alone = {"name": "alone", "members": [{"user": BOSS, "teamlead": True}]}
    teams = [await make("alone", boss, "/api/teams", alone)]
    closed = await make("closed", boss, "/api/customers", {"name": "closed", "visible": True, "teams": teams})
    below = {"name": "below", "customer": closed, "visible": True, "globalActivities": True}
    await make("below", boss, "/api/projects", below)
    await make("deep", boss, "/api/activities", {"name": "deep", "project": ids["below"], "visible": True})
    taken = {"name": "taken", "customer": ids["customer"], "visible": True, "globalActivities": True}
    await make("taken", boss, "/api/projects", taken)
    booked = {"project": ids["taken"], "activity": ids["global"]}
    await make("early", "colleague", "/api/timesheets", {**TIMES, **booked})
    await make("taking", boss, f"/api/teams/{ids['alone']}/projects/{ids['taken']}", {})
    on = {"project": ids["project"], "activity": ids["global"], "user": LEAD, "exported": True}
    await make("exported", boss, "/api/timesheets", {**TIMES, **on})
    await make("rate", boss, f"/api/projects/{ids['taken']}/rates", {"rate": 1})


def among_teams(ids: Mapping[str, int], tokens: Mapping[str, str]) -> Iterator[Tried]:
    """Yield what is tried: role, method, path, body, headers."""

    def step(role: str | None, method: str, path: str, body: Any = None, **headers: str) -> Tried:
        return role, method, f"/api/{path}", body, {name.replace("_", "-"): text for name, text in headers.items()}

    early, exported = f"timesheets/{ids['early']}", f"timesheets/{ids['exported']}"
    yield step("teamlead", "GET", f"timesheets/{ids['autumn']}")
    yield step("worker", "GET", "activities?visible=3")
    yield step("worker", "GET", f"activities?projects[]={ids['below']}")
    yield step("worker", "POST", "timesheets", {**TIMES, "project": ids["below"], "activity": ids["deep"]})
    for action in ("duplicate", "restart"):
        yield step("colleague", "PATCH", f"{early}/{action}")
    yield step("colleague", "GET", "timesheets/recent?begin=2026-01-01T00:00:00")
    yield step("teamlead", "GET", "timesheets?user=all")
    yield step("teamlead", "PATCH", f"{exported}/export")
    yield step("teamlead", "DELETE", exported)
    yield step("worker", "GET", f"teams/{ids['mixed']}")
    booking = {**TIMES, "project": ids["project"], "activity": ids["global"], "user": BOSS}
    yield step("teamlead", "POST", "timesheets", booking)
    yield step("superadmin", "DELETE", f"projects/{ids['project']}/rates/{ids['rate']}")
    members = [{"user": BOSS, "teamlead": True, "unknown": "x"}]
    yield step("superadmin", "POST", "teams", {"name": "unknown", "members": members})
    yield step(None, "GET", "users/me", x_auth_user="worker", x_auth_token=tokens["worker"])
    form = f"access_token={tokens['worker']}".encode()
    yield step(None, "POST", "timesheets", form, content_type="application/x-www-form-urlencoded")
