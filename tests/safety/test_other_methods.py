"""Methods that the table does not know are tried on the run's own records and on none, and nowhere else."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from conformance.embedded.server import EmbeddedKimai
from conformance.exchange import BAND, Client, ClientConfig, Credentials, RecordFactory, Refused
from conformance.exchange.guard.kinds import Kind
from conformance.exchange.guard.table import OPERATIONS

from .fake import ADMIN, Fake, client, index
from .killed import actors_of
from .test_killed import furnish

NONE = BAND[5]
Own = dict[str, int]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, Own]]:
    """A client on an instance of somebody else's, with people's data in it, and the ids of the run's own records."""
    folder = tmp_path_factory.mktemp("methods")
    with EmbeddedKimai() as kimai:
        furnish(kimai)
        boss = kimai.users[0]["tokens"][0]["token"]
        team = {"name": "Anybody", "members": [{"user": 1, "teamlead": True}]}
        bearer = {"Authorization": f"Bearer {boss}"}
        httpx.post(f"{kimai.url}/api/teams", json=team, headers=bearer, trust_env=False).raise_for_status()
        actors = actors_of(kimai.write_users_file(folder / "users.json"), kimai.url)
        config = ClientConfig(kimai.url, actors, "methods", folder / "ledger.jsonl")
        with Client(config, index("2.66.0")) as client:
            records = RecordFactory(client)
            kinds = {
                "customer": Kind.CUSTOMER, "project": Kind.PROJECT, "activity": Kind.ACTIVITY,
                "timesheet": Kind.TIMESHEET, "team": Kind.TEAM, "tag": Kind.TAG,
            }  # fmt: skip
            yield client, {name: records.of_kind(kind).id for name, kind in kinds.items()}


@pytest.mark.parametrize(
    "call",
    ["PUT /api/teams/{team}", "TRACE /api/teams/{team}", "GET /api/projects/{project}/meta",
     "PUT /api/tags/{tag}", "PUT /api/teams/{team}/customers/{customer}", "PUT /api/timesheets/{timesheet}/stop",
     "PUT /api/customers/{none}", "TRACE /api/timesheets/{none}", "PUT /api/timesheets/{none}/restart",
     "GET /api/timesheets/{none}/duplicate", "PUT /api/users/{none}", "PUT /api/customers/{customer}/rates/{none}"],
)  # fmt: skip
def test_own_records_and_none_are_tried(opened: tuple[Client, Own], call: str) -> None:
    client, own = opened
    method, path = call.format(**own, none=NONE).split(" ")
    assert client.session(client.config.actors[0]).send(method, path).status == 405


@pytest.mark.parametrize(
    "call",
    ["PUT /api/customers/1", "TRACE /api/customers/1", "PUT /api/teams/1", "GET /api/projects/1/meta",
     "PUT /api/teams/{team}/customers/1", "PUT /api/teams/{team}/members/2", "PUT /api/users/2",
     "PUT /api/users/2/preferences", "PUT /api/customers/{customer}", "PUT /api/projects/{project}",
     "PUT /api/timesheets/{timesheet}", "PUT /api/timesheets/{timesheet}/duplicate",
     "GET /api/timesheets/{timesheet}/duplicate", "PUT /api/timesheets/{timesheet}/restart",
     "GET /api/timesheets/{timesheet}/export", "GET /api/projects/{project}/duplicate", "PUT /api/teams",
     "TRACE /api/timesheets", "PUT /api/dashboard/widgets/all", "PUT /api/favorites/timesheets/{timesheet}",
     "QUERY /api/teams/{team}", "MOVE /api/teams/{none}", "PUT /api/teams/0{team}", "PUT /api/teams/{team}/",
     "PUT /api/teams/{team}?user=1", "PUT /api/users/roles/{none}"],
)  # fmt: skip
def test_all_else_is_refused(opened: tuple[Client, Own], call: str) -> None:
    client, own = opened
    method, path = call.format(**own, none=NONE).split(" ")
    with pytest.raises(Refused):
        client.session(client.config.actors[0]).send(method, path)


def test_nothing_is_sent_along_and_by_nobody_unknown(opened: tuple[Client, Own]) -> None:
    client, own = opened
    path = f"/api/teams/{own['team']}"
    with pytest.raises(Refused):
        client.session(client.config.actors[0]).send("PUT", path, json={"name": "x"})
    with pytest.raises(Refused):
        client.session(client.config.actors[0]).with_credentials(Credentials.none()).send("PUT", path)


def test_a_read_only_run_tries_none(opened: tuple[Client, Own], tmp_path: Path) -> None:
    config = dataclasses.replace(opened[0].config, read_only=True, ledger_path=tmp_path / "ledger.jsonl")
    with Client(config, index("2.66.0")) as client:
        for method in ("PUT", "TRACE", "GET"):
            with pytest.raises(Refused):
                client.session(client.config.actors[0]).send(method, f"/api/timesheets/{NONE}/duplicate")


def test_every_known_write_says_what_is_done(opened: tuple[Client, Own]) -> None:
    """No path of the table is open to a method that it does not know with an id of somebody else's in it."""
    client, _ = opened
    known = set(OPERATIONS)
    for path in {row.path for row in OPERATIONS.values() if row.writes}:
        target = "/".join("1" if part.startswith("{") else part for part in path.split("/"))
        if f"PUT {path}" not in known:
            with pytest.raises(Refused):
                client.session(client.config.actors[0]).send("PUT", target)


def test_what_trace_sends_back_is_not_kept(tmp_path: Path) -> None:
    """It has the headers of the request, with what an access proxy adds."""

    def echo(request: httpx.Request) -> httpx.Response | None:
        return httpx.Response(200, text=str(request.headers)) if request.method == "TRACE" else None

    fake = Fake()
    with client(fake, tmp_path) as asking:
        team = RecordFactory(asking).team()
        fake.before = echo
        answer = asking.session(ADMIN).send("TRACE", team.path)
    assert (answer.status, answer.body) == (200, b"")
