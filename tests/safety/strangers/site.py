"""An instance with people's data in it, a proxy before it, and a stranger at work there.

with Site(folder, "2.66.0") as site:
    site.when("books-once", Moment("DELETE /api/customers/{id}"))
    …                                           # a run against site.url, as site.actors
    assert site.losses(left_behind) == []
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import httpx

from conformance.embedded.server import EmbeddedKimai
from conformance.embedded.store.users import built_in
from conformance.model import Actor, Secret, Token
from tests.safety.strangers.account import Account
from tests.safety.strangers.deeds import DEEDS
from tests.safety.strangers.disturbances import DISTURBANCES
from tests.safety.strangers.proxy import DisturbingProxy, Moment, Passing
from tests.safety.strangers.rows import Key
from tests.safety.strangers.stranger import PEOPLE, Own, Stranger, user_data

_LISTS = {
    "customers": ("/api/customers", {"visible": "3"}),
    "projects": ("/api/projects", {"visible": "3", "ignoreDates": "1"}),
    "activities": ("/api/activities", {"visible": "3"}),
    "timesheets": ("/api/timesheets", {"user": "all", "orderBy": "id", "order": "ASC"}),
    "teams": ("/api/teams", {}),
}
_REMARKS = {
    (above, what): f"{above.replace('ies', 'y').rstrip('s')}_{what}"
    for above in ("customers", "projects", "activities")
    for what in ("rates", "comments")
}


@dataclass(frozen=True)
class Furnished:
    """A database with people's data in it, to be copied for each site of a version."""

    version: str
    database: Path
    users: Path
    own: Own

    @classmethod
    def of(cls, version: str, folder: Path) -> Furnished:
        """Fill an instance of a version, as people do, and keep its database in a folder."""
        folder.mkdir(parents=True)
        users, database = folder / "users.json", folder / "kimai.sqlite"
        users.write_text(json.dumps({"users": [*built_in(), *(user_data(*item) for item in PEOPLE)]}))
        with EmbeddedKimai(users, database, version) as kimai:
            own = _furnish(kimai)
        return cls(version, database, users, own)


class Site:
    """One instance, for one run. `extra` is given to the embedded Kimai.

    `cleans_up`: whether the run has begun its clean-up; whoever starts the run says so.
    """

    def __init__(self, furnished: Furnished, folder: Path, **extra: Any) -> None:
        self.version = furnished.version
        self.folder = folder
        self.own = furnished.own
        self._extra = extra
        self._users: list[dict[str, Any]] = json.loads(furnished.users.read_text())["users"]
        self.database = folder / "kimai.sqlite"
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(furnished.database, self.database)
        self._users_file = furnished.users
        self._stack = ExitStack()
        self.cleans_up: Callable[[], bool] = lambda: False

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            kimai = EmbeddedKimai(self._users_file, self.database, self.version, **self._extra)
            self.kimai = stack.enter_context(kimai)
            self.account = Account(self.database)
            self.proxy = stack.enter_context(DisturbingProxy(self.kimai.url))
            self.account.log = self.proxy.log
            tokens = {user["username"]: user["tokens"][0]["token"] for user in self._users}
            self.stranger = Stranger(self.kimai.url, self.database, self.account, self.own, tokens, self.proxy.log)
            stack.callback(self.stranger.close)
            self.proxy.foreign = self.foreign
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def url(self) -> str:
        """Where a run finds the instance: the proxy."""
        return self.proxy.url

    @cached_property
    def actors(self) -> tuple[Actor, ...]:
        """The configured actors: the built-in users, and none of the stranger's colleagues."""
        return tuple(_actor(number, user) for number, user in enumerate(self._users, 1) if not _is_other(user))

    @cached_property
    def actors_file(self) -> Path:
        """A file of the configured actors, for `--actors`."""
        path = self.folder / "actors.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps({"users": [user for user in self._users if not _is_other(user)]}))
        return path

    def when(self, name: str, moment: Moment, *, times: int = 1) -> None:
        """Have the stranger do a deed at a moment, and so many times at the requests after it."""
        for number in range(times):
            self.proxy.when(Moment(moment.pattern, moment.number + number, moment.after), self._opportune(name))

    def disturb(self, name: str, moment: Moment) -> None:
        """Have a request disturbed, by a disturbance's name."""
        self.proxy.disturb(moment, DISTURBANCES[name], name)

    def cut_off(self, number: int) -> None:
        """Have the network break at a request: nothing of the run arrives any more."""
        self.disturb("cut-off", Moment("*", number))

    def take_right(self, right: str, role: str) -> None:
        """Take a right from a role, as an administrator may."""
        rights = self.kimai.state.rights
        rights[role] -= {right}

    def _opportune(self, name: str) -> Any:
        deed = DEEDS[name]

        def does(passing: Passing) -> bool:
            fits = (deed.anytime or passing.writes) and not (deed.early and self.cleans_up())
            return fits and deed(self.stranger)

        return does

    def losses(self, left_behind: Sequence[str]) -> list[str]:
        """Return what a run must answer for, after the lines in which it names what stays."""
        return self.account.losses(left_behind)

    def foreign(self, path: str) -> list[dict[str, Any]]:
        """Return the records of other people in the list at a path, as the API shows them, the oldest first."""
        parts = path.strip("/").split("/")
        if len(parts) == 2 and parts[1] in _LISTS:
            listing, params = _LISTS[parts[1]]
            listed = self.stranger.asks("other-superadmin", listing, **params) or []
            theirs = [item for item in listed if self.account.is_theirs(Key(parts[1], (item["id"],)))]
            return sorted(theirs, key=lambda item: int(item["id"]))
        if path in ("/api/tags", "/api/tags/find"):
            # No list of the API shows tags without a part of their names.
            rows = [row for key, row in sorted(self.account.rows("tags").items()) if self.account.is_theirs(key)]
            return [{**row, "visible": bool(row["visible"])} for row in rows]
        table = _REMARKS.get((parts[1], parts[3])) if len(parts) == 4 else None
        keys = self.account.rows(table) if table else {}
        return [{"id": key.id} for key in sorted(keys) if self.account.is_theirs(key)]

    def told(self) -> str:
        """Return what was done, for the message of a failed test."""
        return "\n".join([*self.stranger.done, *self.proxy.done])


def _is_other(user: Mapping[str, Any]) -> bool:
    return user["username"] in dict(PEOPLE)


def _actor(number: int, user: Mapping[str, Any]) -> Actor:
    tokens = (Token("suite", Secret(user["tokens"][0]["token"])),)
    roles = (*user["roles"], "ROLE_USER")
    return Actor(user["username"], tokens, Secret(user["password"]), number, roles, user["timezone"])


@contextmanager
def _client(kimai: EmbeddedKimai) -> Iterator[Any]:
    """Yield a function that sends as a user and returns the answer's id."""
    tokens = {user["username"]: user["tokens"][0]["token"] for user in kimai.users}
    with httpx.Client(base_url=kimai.url, trust_env=False) as client:

        def send(who: str, path: str, method: str = "POST", **body: Any) -> int:
            headers = {"Authorization": f"Bearer {tokens[who]}"}
            answer = client.request(method, path, json=body, headers=headers).raise_for_status()
            return int(answer.json()["id"]) if answer.content else 0

        yield send


def _furnish(kimai: EmbeddedKimai) -> Own:
    """Put ordinary data of actors and colleagues into an instance."""
    shown = {"visible": True, "billable": True}
    country = {"country": "DE", "currency": "EUR", "timezone": "UTC", **shown}
    with _client(kimai) as send:
        boss = "other-superadmin"
        customer = send(boss, "/api/customers", name="ACME", **country)
        project = send(boss, "/api/projects", name="Work", customer=customer, globalActivities=True, **shown)
        activity = send(boss, "/api/activities", name="Thinking", **shown)
        send(boss, "/api/activities", name="Meeting", project=project, **shown)
        tag = send(boss, "/api/tags", name="urgent", visible=True)
        ids = {user["username"]: number for number, user in enumerate(kimai.users, 1)}
        members = [{"user": ids[name], "teamlead": name == "other-teamlead"} for name, _ in PEOPLE[1:]]
        team = send(boss, "/api/teams", name="Night shift", members=members)
        for above in (f"customers/{customer}", f"projects/{project}", f"activities/{activity}"):
            send(boss, f"/api/{above}/rates", rate=80)
        place = {"project": project, "activity": activity}
        hours = [
            send(
                who,
                "/api/timesheets",
                **place,
                begin=f"2026-06-0{day}T08:00:00",
                end=f"2026-06-0{day}T09:00:00",
                description=f"day {day}",
                tags="urgent",
            )
            for day, who in enumerate(("worker", "colleague", "other-teamlead", "other-worker"), 1)
        ]
        send("superadmin", "/api/timesheets", **place, begin="2026-06-09T08:00:00")
        if kimai.state.knows("POST /api/favorites/timesheets/{id}"):
            send("worker", f"/api/favorites/timesheets/{hours[0]}")
    return Own(customer, project, activity, tag, team, hours[-1])
