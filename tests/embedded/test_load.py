"""Many clients at once, many records, and what a file still knows afterwards."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import httpx

from conformance.embedded.testing import FakeKimai, Records

CLIENTS, ROUNDS = 16, 3
THOUSAND, PAGE = 1000, 250


def _at_once(kimai: FakeKimai, work: Callable[[httpx.Client, int], Any], role: str = "user") -> list[Any]:
    """What `work` gave to 16 clients that all begin at the same time, each with a connection of its own."""
    start = Barrier(CLIENTS)

    def one(number: int) -> Any:
        with kimai.client(role) as client:
            start.wait(30)
            return work(client, number)

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(one, range(CLIENTS)))


def _ok(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, f"{answer.request.method} {answer.request.url} {answer.status_code} {answer.text}"
    return answer.json()


def _sheet(records: Records, minute: int, **more: Any) -> dict[str, Any]:
    times = {"begin": f"2026-04-01T{minute // 60 % 24:02}:{minute % 60:02}:00", "end": "2026-04-02T10:00:00"}
    return {"project": records.project, "activity": records.activity, **times, **more}


def test_writers_and_readers_do_not_disturb_each_other() -> None:
    with FakeKimai() as kimai:
        records = kimai.fill()

        def work(client: httpx.Client, number: int) -> list[int]:
            made = []
            for turn in range(ROUNDS):
                text = f"client {number} turn {turn}"
                sheet = _ok(client.post("timesheets", json=_sheet(records, turn, description=text)))
                _ok(client.patch(f"timesheets/{sheet['id']}", json={"tags": "urgent"}))
                assert _ok(client.get(f"timesheets/{sheet['id']}"))["description"] == text
                _ok(client.get("timesheets", params={"size": "5"}))
                made.append(sheet["id"])
            return made

        made = [number for numbers in _at_once(kimai, work) for number in numbers]
        assert len(set(made)) == CLIENTS * ROUNDS
        with kimai.client("user") as client:
            listed = _ok(client.get("timesheets", params={"size": "500", "tags[]": "urgent"}))
        assert {sheet["id"] for sheet in listed} == {*made, *records.timesheets}


def test_no_update_of_one_record_is_lost() -> None:
    """Each client changes another attribute of the same customer: all of them are there in the end."""
    fields = [
        "company",
        "vatId",
        "contact",
        "addressLine1",
        "addressLine2",
        "addressLine3",
        "postCode",
        "city",
        "phone",
        "fax",
        "mobile",
    ]
    fields += ["comment", "invoiceText", "buyerReference", "number", "name"]
    with FakeKimai() as kimai:
        customer = f"customers/{kimai.fill().customer}"

        def work(client: httpx.Client, number: int) -> None:
            for turn in range(ROUNDS):
                _ok(client.patch(customer, json={fields[number]: f"value {turn}"}))

        _at_once(kimai, work, "super_admin")
        with kimai.client() as client:
            stored = _ok(client.get(customer))
    assert {name: stored[name] for name in fields if name in stored} == {
        name: f"value {ROUNDS - 1}" for name in fields if name in stored
    }


def test_sixteen_starts_leave_one_record_running() -> None:
    with FakeKimai() as kimai:
        records = kimai.fill()
        body = {"project": records.project, "activity": records.activity}
        made = _at_once(kimai, lambda client, _: _ok(client.post("timesheets", json=body))["id"])
        with kimai.client("user") as client:
            running = _ok(client.get("timesheets/active"))
    assert len(set(made)) == CLIENTS
    assert len(running) == 1


def test_one_of_sixteen_equal_names_wins() -> None:
    with FakeKimai() as kimai:
        answers = _at_once(kimai, lambda client, _: client.post("tags", json={"name": "the only one"}).status_code)
    assert sorted(answers) == [200] + [400] * (CLIENTS - 1)


def test_what_was_answered_is_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "kimai.sqlite"
    with FakeKimai(database=file) as kimai:
        records = kimai.fill()

        def work(client: httpx.Client, number: int) -> list[int]:
            made = []
            for turn in range(ROUNDS):
                sheet = _ok(client.post("timesheets", json=_sheet(records, turn, description=f"{number}")))["id"]
                assert sheet in _in_file(file), "an answered record was not committed"
                made.append(sheet)
            return made

        made = {number for numbers in _at_once(kimai, work) for number in numbers}
    with FakeKimai(database=file) as kimai, kimai.client("user") as client:
        kept = {sheet["id"] for sheet in _ok(client.get("timesheets", params={"size": "500"}))}
    assert kept == made | set(records.timesheets)


def _in_file(file: Path) -> set[int]:
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=30)
    try:
        return {number for (number,) in connection.execute("SELECT id FROM timesheets")}
    finally:
        connection.close()


def test_a_thousand_timesheets_are_listed_page_by_page() -> None:
    with FakeKimai() as kimai:
        records = kimai.fill()
        with kimai.client("user") as client:
            made = [_ok(client.post("timesheets", json=_sheet(records, n)))["id"] for n in range(THOUSAND)]
            query = {"size": str(PAGE), "begin": "2026-04-01T00:00:00", "orderBy": "id", "order": "ASC"}
            pages = [client.get("timesheets", params={**query, "page": str(n)}) for n in range(1, THOUSAND // PAGE + 1)]
            beyond = client.get("timesheets", params={**query, "page": str(THOUSAND // PAGE + 1)})
    assert [sheet["id"] for page in pages for sheet in _ok(page)] == made
    assert {page.headers["X-Total-Count"] for page in pages} == {str(THOUSAND)}
    assert beyond.status_code == 404
