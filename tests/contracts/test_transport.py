"""HTTPS: what is judged of an answer over plain HTTP, and of a certificate."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from conformance.model import Exchange, Status
from contracts import test_transport
from tests.contracts.checking import run

JSON, PAGE = "application/json", "text/html; charset=utf-8"


def context(**client: Any) -> Any:
    """Return what a check of transport sees of an instance."""
    return SimpleNamespace(client=SimpleNamespace(config=SimpleNamespace(url="https://kimai.test"), **client))


@pytest.mark.parametrize(
    ("status", "kind", "expected"),
    [
        (200, JSON, Status.FAIL),
        (401, JSON, Status.FAIL),
        (200, PAGE, Status.PASS),
        (401, PAGE, Status.PASS),
        (301, PAGE, Status.PASS),
        (404, JSON, Status.PASS),
        (None, "", Status.PASS),
    ],
)
def test_only_the_api_itself_counts_as_served(status: int | None, kind: str, expected: Status) -> None:
    answer = None
    if status is not None:
        answer = Exchange("GET", "/api/ping", "GET /api/ping", None, {}, None, status, {"content-type": kind}, b"{}")
    (place,) = run(context(ping_plain_http=lambda: answer), test_transport.test_plain_http_is_not_served)
    assert place.status is expected


@pytest.mark.parametrize(
    ("whole", "left", "expected"),
    [
        (timedelta(days=90), timedelta(days=20), Status.PASS),
        (timedelta(days=90), timedelta(days=5), Status.FAIL),
        (timedelta(days=398), timedelta(days=15), Status.PASS),
        (timedelta(days=398), timedelta(days=13), Status.FAIL),
        (timedelta(days=6), timedelta(days=3), Status.PASS),
        (timedelta(hours=12), timedelta(hours=4), Status.PASS),
        (timedelta(hours=12), timedelta(hours=1), Status.FAIL),
    ],
)
def test_a_short_lived_certificate_is_near_its_end_later(whole: timedelta, left: timedelta, expected: Status) -> None:
    ends = datetime.now(UTC) + left
    certificate = {"notBefore": ends - whole, "notAfter": ends}
    (place,) = run(context(certificate=lambda: certificate), test_transport.test_certificate_is_not_about_to_expire)
    assert place.status is expected
