"""What a comparison means for one client, by its own requests; and what these lean on that nobody promised."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from conformance.cli.main import main
from conformance.model import UsageError
from conformance.upgrade.client import leanings
from conformance.upgrade.comparison import Comparison, compare
from conformance.upgrade.releases import release
from conformance.upgrade.traffic import Traffic, read_traffic

HOST = "https://kimai.example.com/time"
TOKEN = "a-secret-token"
SHEET = {"id": 1, "begin": "2025-01-15T10:00:00+0100", "rate": 85.0, "tags": []}


def entry(method: str, path: str, body: Any = None, answer: Any = None, status: int = 200) -> dict[str, Any]:
    """Return an entry of a HAR file."""
    headers = [{"name": "Authorization", "value": f"Bearer {TOKEN}"}]
    request: dict[str, Any] = {"method": method, "url": HOST + path, "headers": headers}
    if body is not None:
        request["postData"] = {"mimeType": "application/json", "text": json.dumps(body)}
    response: dict[str, Any] = {"status": status}
    if answer is not None:
        text = base64.b64encode(json.dumps(answer).encode()).decode()
        response["content"] = {"text": text, "encoding": "base64"}
    return {"request": request, "response": response}


ENTRIES = [
    entry("POST", "/api/customers", {"name": "ACME", "country": "DE", "currency": "EUR", "timezone": "UTC"}),
    entry("POST", "/api/projects", {"name": "P", "customer": 1, "visible": True, "billable": True, "number": "7",
                                    "globalActivities": True}),
    entry("GET", "/api/timesheets?size=600&begin=2025-01-01", answer=[SHEET]),
    entry("GET", "/api/timesheets?orderBy=begin&size=50&page=1", answer=[{"id": 1}]),
    entry("POST", "/api/timesheets", {"project": 1, "activity": 1, "begin": "2025-01-15T10:00:00Z", "billable": True,
                                      "exported": False}),
    entry("GET", "/static/app.js"),
    entry("PATCH", "/api/users/3", {"roles": ["ROLE_SUPER_ADMIN"]}),
    entry("GET", "/api/nowhere/7"),
]  # fmt: skip


@pytest.fixture
def traffic(tmp_path: Path) -> Traffic:
    path = tmp_path / "traffic.har"
    path.write_text(json.dumps({"log": {"entries": ENTRIES}}))
    return read_traffic(path)


@pytest.fixture
def touched(traffic: Traffic) -> Comparison:
    return compare(release("2.62.0"), release("2.66.0"), traffic=traffic)


def entries_of(comparison: Comparison) -> dict[tuple[str, str], tuple[int, ...]]:
    return {(change.rule_id, change.field): change.entries for change in comparison.changes}


def test_only_what_touches_the_client_is_told_with_the_entries(touched: Comparison) -> None:
    found = entries_of(touched)
    assert found["form-default", "visible"] == (1,)
    assert found["form-default", "billable"] == (1,)
    assert ("form-default", "globalActivities") not in found
    assert found["list-order", ""] == (3,)
    assert found["form-enum", "roles"] == (7,)
    assert not [change for change in touched.changes if change.change_class == "new"]
    assert not [change for change in touched.changes if "/team" in change.operation]


def test_an_attribute_touches_who_gets_it(touched: Comparison) -> None:
    rates = {
        change.entries for change in touched.changes if change.rule_id == "role-attribute" and change.field == "rate"
    }
    assert rates == {(3,)}


def test_a_list_of_operations_touches_all_that_is_of_them(tmp_path: Path) -> None:
    path = tmp_path / "operations.txt"
    path.write_text("# what my client calls\nPOST /api/customers\nPOST /api/projects/{id}/team\n\nGET /api/version\n")
    traffic = read_traffic(path)
    found = entries_of(compare(release("2.62.0"), release("2.66.0"), traffic=traffic))
    assert found["form-default", "visible"] == (2,)
    assert found["op-removed", ""] == (3,)


@pytest.mark.parametrize("kind", ["text", "json", "markdown", "html"])
def test_no_value_of_a_request_is_shown(
    tmp_path: Path, kind: str, traffic: Traffic, capsys: pytest.CaptureFixture[str]
) -> None:
    har = str(tmp_path / traffic.name)
    for arguments in (["released:2.62.0", "released:2.66.0"], ["released:2.66.0"]):
        with pytest.raises(SystemExit) as caught:
            main(["compare", *arguments, "--client", har, "--format", kind])
        assert caught.value.code == (1 if len(arguments) == 2 else 0)
        shown = capsys.readouterr().out
        assert not [word for word in (TOKEN, "ACME", "kimai.example.com") if word in shown]
        assert "traffic.har" in shown


def test_what_nobody_promised(traffic: Traffic) -> None:
    found = {(item.kind, item.what): item for item in leanings(traffic, release("2.66.0"))}
    assert found["default", "visible left out"].entries == (1,)
    assert found["default", "visible left out"].observed == "true"
    assert found["time", "begin with Z"].observed == "the instant as sent"
    assert found["time", "begin a day alone"].entries == (3,)
    assert found["order", "no orderBy"].entries == (3,)
    assert found["page", "size over 500"].entries == (3,)
    assert found["undocumented", "the operation"].operation == "GET /api/nowhere/{id}"
    assert ("default", "globalActivities left out") not in found
    assert ("order", "no orderBy") in found
    assert not [item for item in found.values() if 4 in item.entries]


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "{}",
        '{"log": {}}',
        '{"log": {"entries": [{}]}}',
        '{"log": {"entries": [{"request": {"url": "https://elsewhere.example.com/"}}]}}',
        "",
        "GET",
        "FETCH /api/customers",
        "[1]",
    ],
)
def test_what_is_no_traffic_is_refused_with_what_to_do(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.har"
    path.write_text(content)
    with pytest.raises(UsageError) as caught:
        read_traffic(path)
    assert "HAR" in (caught.value.hint or "")


def test_a_client_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("GET /api/cats\n")
    with pytest.raises(UsageError, match="no request in"):
        compare(release("2.62.0"), release("2.66.0"), traffic=read_traffic(path))


def test_a_comparison_needs_two_sides_or_a_client(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["compare", "released:2.66.0"])
    assert caught.value.code == 2
    assert "--client" in capsys.readouterr().err
