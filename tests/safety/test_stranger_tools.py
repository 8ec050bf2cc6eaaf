"""The stranger and the proxy do what they say: each deed changes something, each disturbance disturbs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.safety.conftest import Furnish, sampled
from tests.safety.strangers.deeds import DEEDS
from tests.safety.strangers.disturbances import DISTURBANCES, late_by
from tests.safety.strangers.proxy import Moment
from tests.safety.strangers.rows import Rows, read_rows
from tests.safety.strangers.shortrun import ShortRun
from tests.safety.strangers.site import Site

BOSS = {"Authorization": "Bearer embedded-superadmin-token"}
CUSTOMER = {"name": "conformance-test-x", "country": "DE", "currency": "EUR", "timezone": "UTC", "visible": True}
TAG = {"name": "conformance-test-x", "visible": True}


@pytest.fixture
def site(furnished: Furnish, tmp_path: Path) -> Iterator[Site]:
    with Site(furnished("2.66.0"), tmp_path) as site:
        yield site


@pytest.fixture
def client(site: Site) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.url, headers=BOSS, trust_env=False) as client:
        yield client


@pytest.mark.slow
@pytest.mark.parametrize("version", ["2.66.0", "2.62.0"])
def test_each_deed_changes_what_is_put_down_to_the_stranger(furnished: Furnish, tmp_path: Path, version: str) -> None:
    with Site(furnished(version), tmp_path) as site:
        steps = ("hours", "catalogue", "overall_activity", "tags", "team", "profile", "favourites")
        ShortRun(site, steps, settings={"allow": frozenset({"profile", "favourites"})}).work()
        # What takes an own project, or the run's name, from the others comes last.
        for name, deed in sorted(DEEDS.items(), key=lambda each: ("", "gives", "renames").index(_last(each[0]))):
            if deed.needs == "favourites" and version != "2.66.0":
                continue
            before = read_rows(site.database)
            assert deed(site.stranger), name
            after = read_rows(site.database)
            assert after != before, name
            new = [key for key in after if key not in before]
            assert all(site.account.is_theirs(key) for key in new), name
        assert [line for line in site.losses(()) if line.startswith(("lost", "hidden"))] == []


def _last(name: str) -> str:
    word = name.partition("-")[0]
    return word if word in ("gives", "renames") else ""


def test_a_deed_without_an_occasion_waits_for_one(site: Site, client: httpx.Client) -> None:
    site.when("uses-the-runs-tag", Moment("GET *", after=True))
    client.get("/api/ping")
    assert site.stranger.done == []
    client.post("/api/tags", json=TAG)
    assert site.stranger.done == ["#2: uses-the-runs-tag"]


def _tags(site: Site) -> list[str]:
    return [row["name"] for key, row in read_rows(site.database).items() if key.table == "tags"]


LOST = {"answer-lost", "request-lost", "overtaken", "late", "after-the-end", "truncated", "cut-off"}
UNDONE = {"request-lost", "overtaken", "late", "after-the-end", "foreign-id-and-not-done", "cut-off"}
BUSY = {"busy", "busy-for-a-while"}


OTHERS = {"another-record", "delete-not-done"}
"""Disturbances of other requests than creates."""


CREATES = [name for name in DISTURBANCES if "list" not in name and name not in OTHERS]


@pytest.mark.parametrize("name", sampled(*CREATES, sample=("answer-lost", "twice", "after-the-end", "truncated")))
def test_what_becomes_of_a_create(site: Site, client: httpx.Client, name: str) -> None:
    site.disturb(name, Moment("POST /api/customers", 2))
    client.post("/api/customers", json={**CUSTOMER, "name": "first"}).raise_for_status()
    before = read_rows(site.database)
    answer = _answer(client, "POST", "/api/customers", json=CUSTOMER)
    made = [key for key in read_rows(site.database) if key not in before and key.table == "customers"]
    assert (answer is None) is (name in LOST)
    assert len(made) == (2 if name.startswith("twice") else 0 if name in UNDONE | BUSY else 1)
    assert site.proxy.done == [f"#2 POST /api/customers: {name}"]
    site.proxy.settle()
    site.proxy.release()
    late = [key for key in read_rows(site.database) if key not in before and key.table == "customers"]
    assert len(late) - len(made) == (name in {"overtaken", "late", "after-the-end"})


def _answer(client: httpx.Client, method: str, path: str, **more: Any) -> httpx.Response | None:
    try:
        return client.request(method, path, **more)
    except httpx.TransportError:
        return None


@pytest.mark.parametrize("name", ["foreign-id", "newer-foreign-id", "foreign-id-and-not-done", "foreign-record"])
def test_an_answer_names_somebody_elses_record(site: Site, client: httpx.Client, name: str) -> None:
    assert DEEDS["makes-tag-and-team"](site.stranger)
    site.disturb(name, Moment("POST *"))
    result = client.post("/api/tags", json=TAG).json()
    theirs = site.foreign("/api/tags")
    assert result["id"] == theirs[0 if name == "foreign-id" else -1]["id"]
    assert (result["name"] == TAG["name"]) is (name != "foreign-record")


def test_an_older_answer_is_one_that_was_given_before(site: Site, client: httpx.Client) -> None:
    site.disturb("older-answer", Moment("POST *", 2))
    site.disturb("another-record", Moment("GET /api/customers/{id}", 2))
    first = client.post("/api/customers", json={**CUSTOMER, "name": "first"}).json()
    assert client.post("/api/customers", json=CUSTOMER).json() == first
    assert client.get(f"/api/customers/{first['id']}").json() == client.get("/api/customers/1").json()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("foreign-records-in-a-list", lambda ids: [*ids, 1]),
        ("foreign-ids-in-a-list", lambda ids: [1, *ids[1:]]),
        ("older-list", lambda _ids: []),
    ],
)
def test_lists(site: Site, client: httpx.Client, name: str, told: Callable[[list[int]], list[int]]) -> None:
    path, params = "/api/customers", {"term": "conformance-test"}
    assert client.get(path, params=params).json() == []
    made = [client.post(path, json={**CUSTOMER, "name": f"conformance-test {n}"}).json()["id"] for n in (1, 2)]
    site.disturb(name, Moment("GET /api/customers"))
    assert [item["id"] for item in client.get(path, params=params).json()] == told(made)


def test_a_delete_that_is_not_done(site: Site, client: httpx.Client) -> None:
    made = client.post("/api/tags", json=TAG).json()["id"]
    site.disturb("delete-not-done", Moment("DELETE *"))
    assert client.delete(f"/api/tags/{made}").status_code == 204
    assert TAG["name"] in _tags(site)
    assert client.delete(f"/api/tags/{made}").status_code == 204
    assert TAG["name"] not in _tags(site)


def test_a_write_by_the_clock(site: Site, client: httpx.Client) -> None:
    site.proxy.disturb(Moment("POST *"), late_by(0.05), "late")
    assert client.post("/api/tags", json=TAG).status_code == 504
    site.proxy.await_late()
    assert TAG["name"] in _tags(site)


def test_the_same_seed_disturbs_the_same_requests(furnished: Furnish, tmp_path: Path) -> None:
    results = []
    for number in (1, 2):
        with Site(furnished("2.66.0"), tmp_path / str(number)) as site:
            site.proxy.draw("a seed", 0.5, {name: DISTURBANCES[name] for name in ("busy", "answer-lost", "twice")})
            with httpx.Client(base_url=site.url, headers=BOSS, trust_env=False) as client:
                for name in range(16):
                    _answer(client, "POST", "/api/tags", json={**TAG, "name": f"tag {name}"})
            results.append((site.proxy.done, _tags(site)))
    assert results[0] == results[1]
    assert 3 < len(results[0][0]) < 13


def test_what_passes_undisturbed_is_the_same(site: Site, client: httpx.Client) -> None:
    path = "/api/timesheets?user=all&orderBy=id&x=%C3%A4%2Fb"
    through, straight = client.get(path), httpx.get(f"{site.kimai.url}{path}", headers=BOSS, trust_env=False)
    assert (through.status_code, through.content) == (straight.status_code, straight.content)
    assert through.headers["x-total-count"] == straight.headers["x-total-count"]
    assert client.request("HEAD", "/api/ping").status_code == 405 or client.get("/api/ping").is_success
    rows: Rows = read_rows(site.database)
    assert site.account.losses(()) == [], rows.keys()
