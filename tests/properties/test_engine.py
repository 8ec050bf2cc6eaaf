"""What is sent is bounded and the same for one seed; what comes back is collected and folded."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from conformance.definition import Definition
from conformance.exchange import Client, ClientConfig, RecordFactory
from conformance.properties.execution.engine import Outcome
from conformance.properties.execution.requesting import Request
from conformance.properties.execution.runner import PropertyRunner
from conformance.properties.execution.server_errors import ServerErrors
from conformance.properties.execution.shrinking import TRIES, shrink
from conformance.properties.judging import event_of, skip_reason

from .conftest import ACTORS, Fake

NOW = re.compile(r"modified_after=[^&]+")
"""What clean-up asks by the clock, before it takes a tag away."""
SOME = ("POST /api/customers", "PATCH /api/timesheets/{id}", "GET /api/timesheets", "DELETE /api/tags/{id}")


def _log(
    folder: Path, definition: Definition, seed: int, labels: tuple[str, ...]
) -> dict[str, list[tuple[str, bytes]]]:
    """Return what each operation sent to a fresh fake, its records' making left out."""
    folder.mkdir()
    fake = Fake()
    config = ClientConfig(
        "http://127.0.0.1:1",
        ACTORS,
        run_id="unit",
        ledger_path=folder / "ledger.jsonl",
        transport=httpx.MockTransport(fake),
    )
    sent = {}
    with Client(config, definition.index) as client:
        workshop = PropertyRunner(client, RecordFactory(client), definition, ACTORS, seed, 1800)
        assert workshop.transport is not None
        for label in labels:
            fake.bodies.clear()
            fake.log.clear()
            workshop.run(label)
            log = [NOW.sub("modified_after=now", line) for line in fake.log]
            sent[label] = list(zip(log, fake.bodies, strict=True))
    return sent


def test_the_same_seed_sends_the_same_requests(tmp_path: Path, definition: Definition) -> None:
    one = _log(tmp_path / "1", definition, 5, SOME)
    assert one == _log(tmp_path / "2", definition, 5, SOME)
    assert all(one.values())


def test_another_seed_sends_others(tmp_path: Path, definition: Definition) -> None:
    assert _log(tmp_path / "1", definition, 5, SOME[:1]) != _log(tmp_path / "2", definition, 6, SOME[:1])


def test_reads_do_not_depend_on_what_ran_before(tmp_path: Path, definition: Definition) -> None:
    label = "GET /api/users"
    together = _log(tmp_path / "1", definition, 5, ("GET /api/tags", label))
    assert together[label] == _log(tmp_path / "2", definition, 5, (label,))[label]


def test_the_budget_is_shared_by_what_there_is_to_vary(make_workshop: Callable[..., PropertyRunner]) -> None:
    shares = make_workshop(budget=1500).shares
    assert 80 <= sum(shares.values()) <= 200
    assert shares["POST /api/customers"] > shares["GET /api/timesheets"] > shares["GET /api/ping"] == 1
    assert shares["DELETE /api/tags/{id}"] == 0


def test_a_short_run_sends_one_of_what_no_check_sends_and_a_long_one_many(
    make_workshop: Callable[..., PropertyRunner],
) -> None:
    label = "POST /api/projects"
    few, some, many = (make_workshop(budget=budget).run(label).requests for budget in (100, 1500, 6000))
    assert few == 0, "the checks of a smoke run send it"
    assert make_workshop(budget=100).run("GET /api/activities").requests == 1
    assert 30 < some < 100 < many


def test_only_records_of_the_run_are_written_to(fake: Fake, make_workshop: Callable[..., PropertyRunner]) -> None:
    fake.rows["customers", 7] = {"id": 7, "name": "ACME"}
    fake.last = 7
    workshop = make_workshop(budget=600)
    for label in ("PATCH /api/customers/{id}", "POST /api/customers", "GET /api/customers/{id}"):
        workshop.run(label)
    assert fake.rows["customers", 7] == {"id": 7, "name": "ACME"}
    assert not any("/customers/7" in line for line in fake.log if not line.startswith("GET"))


def test_names_carry_the_mark_of_the_run(fake: Fake, make_workshop: Callable[..., PropertyRunner]) -> None:
    make_workshop(budget=900).run("POST /api/tags")
    names = [row["name"] for (plural, _), row in fake.rows.items() if plural == "tags" and row.get("name")]
    assert len(names) > 5
    assert all("conformance-test-unit" in name for name in names if isinstance(name, str) and 1 < len(name) <= 255)


def test_attributes_that_only_the_definition_knows_are_left_out(make_workshop: Callable[..., PropertyRunner]) -> None:
    workshop = make_workshop()
    schema = workshop.schema.raw_schema["paths"]["/api/customers"]["post"]["requestBody"]["content"]["application/json"]
    assert "invoiceTemplate" not in schema["schema"]["properties"]
    assert {"name", "country", "timezone"} <= set(schema["schema"]["properties"])


def told(outcome: Outcome) -> list[str]:
    """Return the causes of an operation's server errors in words."""
    causes = [broken.cause for broken in outcome.server_errors]
    return sorted(f"{cause.operation} {cause.status} {cause.words}" for cause in causes)


def _breaks_on(name: str) -> Callable[[httpx.Request, Any], httpx.Response | None]:
    def odd(request: httpx.Request, body: Any) -> httpx.Response | None:
        if request.method == "POST" and isinstance(body, dict) and name in body:
            return httpx.Response(500, json={"code": 500, "message": "Internal Server Error"})
        return None

    return odd


def test_a_server_error_is_shrunk_to_the_smallest_body(
    fake: Fake, make_workshop: Callable[..., PropertyRunner]
) -> None:
    fake.odd = _breaks_on("vatId")
    outcome = make_workshop().run("POST /api/customers")
    assert told(outcome) == ["POST /api/customers 500 vatId: whatever it holds"]
    (broken,) = outcome.server_errors
    assert list(json.loads(broken.exchange.request_body or b"")) == ["vatId"]
    assert "--data-raw" in broken.exchange.curl()


def test_two_causes_are_two_findings(fake: Fake, make_workshop: Callable[..., PropertyRunner]) -> None:
    def odd(request: httpx.Request, body: Any) -> httpx.Response | None:
        return _breaks_on("phone")(request, body) or _breaks_on("fax")(request, body)

    fake.odd = odd
    outcome = make_workshop().run("POST /api/customers")
    assert told(outcome) == [f"POST /api/customers 500 {name}: whatever it holds" for name in ("fax", "phone")]


def test_what_one_request_breaks_for_besides_is_found_too(
    fake: Fake, make_workshop: Callable[..., PropertyRunner]
) -> None:
    """Both stand in one query, which is sent once: without the first cause it breaks for the second."""

    def odd(request: httpx.Request, _body: Any) -> httpx.Response | None:
        query = parse_qsl(request.url.query.decode(), keep_blank_values=True)
        return httpx.Response(500) if ("status[]", "") in query or ("begin", "") in query else None

    fake.odd = odd
    outcome = make_workshop().run("GET /api/invoices")
    empty = "null or an empty text"
    assert told(outcome) == [f"GET /api/invoices 500 {name}: {empty}" for name in ("begin", "status[]")]


def test_a_type_that_one_attribute_stumbles_over_is_found_and_isolated(
    fake: Fake, make_workshop: Callable[..., PropertyRunner]
) -> None:
    def odd(request: httpx.Request, body: Any) -> httpx.Response | None:
        broken = request.method == "POST" and isinstance(body, dict) and body.get("orderNumber") == ["a"]
        return httpx.Response(500, json={"code": 500}) if broken else None

    fake.odd = odd
    outcome = make_workshop().run("POST /api/projects")
    assert told(outcome) == ["POST /api/projects 500 orderNumber: a list"]


def test_sorts_of_value_that_break_one_attribute_are_findings_of_their_own(
    fake: Fake, make_workshop: Callable[..., PropertyRunner]
) -> None:
    def odd(request: httpx.Request, body: Any) -> httpx.Response | None:
        sent = body.get("comment", "") if request.method == "POST" and isinstance(body, dict) else ""
        broken = sent is None or isinstance(sent, list) or (isinstance(sent, str) and len(sent) > 65_535)
        return httpx.Response(500, json={"code": 500}) if broken else None

    fake.odd = odd
    outcome = make_workshop().run("POST /api/projects")
    kinds = ("a list", "a text of more than 65,535 bytes", "an empty list or object", "null or an empty text")
    assert told(outcome) == [f"POST /api/projects 500 comment: {kind}" for kind in kinds]
    sorts = ("a list or an object", "a text of more than 65,535 bytes", "nothing")
    assert {broken.cause.text.rpartition(": ")[2] for broken in outcome.server_errors} == set(sorts)


@pytest.mark.parametrize("form", ["name=", "name=&color="])
def test_a_form_that_breaks_is_tried_as_json_and_made_smaller(fake: Fake, client: Client, form: str) -> None:
    fake.odd = lambda request, _: (
        httpx.Response(500) if request.method == "PATCH" and b"name" in request.content else None
    )
    sender = client.session(ACTORS[0])
    number = sender.post("/api/customers", json={"name": "conformance-test-unit c"}).json()["id"]
    headers = {"content-type": "application/x-www-form-urlencoded"}
    exchange = sender.send("PATCH", f"/api/customers/{number}", content=form.encode(), headers=headers)
    breaks = ServerErrors()
    breaks.minimise(exchange, {}, sender)
    (cause,) = breaks.found
    assert cause.words == "name: null or an empty text"


@pytest.mark.parametrize(
    ("times", "found"), [pytest.param(1, 0, id="once"), pytest.param(1_000, 1, id="always", marks=pytest.mark.slow)]
)
def test_a_gateway_is_believed_when_it_says_it_again(
    fake: Fake, make_workshop: Callable[..., PropertyRunner], times: int, found: int
) -> None:
    """A 503 that passes says nothing of the operation; one that stays is a server error like any other."""
    left = iter(range(times))

    def odd(request: httpx.Request, body: Any) -> httpx.Response | None:
        busy = request.method == "POST" and isinstance(body, dict) and "fax" in body and next(left, None) is not None
        return httpx.Response(503, text="busy") if busy else None

    fake.odd = odd
    outcome = make_workshop().run("POST /api/customers")
    assert len(outcome.server_errors) == found
    assert outcome.unanswered == 0


def test_a_shrink_is_bounded(fake: Fake, client: Client) -> None:
    fake.odd = lambda request, _: httpx.Response(500) if "term" in str(request.url) else None
    query = "&".join(f"{name}=1" for name in ("orderBy", "order", "visible", "full"))
    first = client.session(ACTORS[0]).get(f"/api/customers?{query}&term=x")
    fake.log.clear()
    assert shrink(first, Request.of(first), client.session(ACTORS[0])).target == "/api/customers?term=x"
    assert len(fake.log) <= TRIES


def test_shrinking_never_starts_a_timer(fake: Fake, make_workshop: Callable[..., PropertyRunner]) -> None:
    """Without `end` a record would run: for the guard to refuse, since the fake does not say who has one running."""
    fake.odd = _breaks_on("billable")
    outcome = make_workshop().run("POST /api/timesheets")
    (broken,) = outcome.server_errors
    assert {"billable", "end"} <= set(json.loads(broken.exchange.request_body or b""))


def test_departures_are_folded_by_attribute(fake: Fake, make_workshop: Callable[..., PropertyRunner]) -> None:
    rows = [{"id": str(number), "name": "x"} for number in range(40)]
    fake.odd = lambda request, _: httpx.Response(200, json=rows) if request.url.path == "/api/tags/find" else None
    outcome = make_workshop().run("GET /api/tags/find")
    wrong = {
        (check_failure.field, check_failure.got)
        for check_failure in outcome.check_failures
        if check_failure.clause == "definition.types"
    }
    assert outcome.requests > 3
    assert wrong == {("TagEntity.id", "string")}
    smallest = min(len(exchange.target) for exchange in outcome.check_failures.values())
    assert all(len(exchange.target) == smallest for exchange in outcome.check_failures.values())


def test_an_operation_that_the_guard_refuses_says_why(make_workshop: Callable[..., PropertyRunner]) -> None:
    outcome = make_workshop().run("DELETE /api/dashboard/widgets")
    assert "--allow dashboard" in skip_reason(outcome)
    event = event_of(outcome, skip_reason(outcome))
    assert (event["requests"], event["outcome"]) == (0, "skipped")


def test_a_spent_budget_ends_it(fake: Fake, definition: Definition) -> None:
    config = ClientConfig(
        "http://127.0.0.1:1", ACTORS, run_id="unit", transport=httpx.MockTransport(fake), max_requests=3
    )
    with Client(config, definition.index) as client:
        outcome = PropertyRunner(client, RecordFactory(client), definition, ACTORS, 1, 1500).run("GET /api/customers")
    assert outcome.spent
    assert outcome.requests <= 3
