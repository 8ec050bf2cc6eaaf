"""Rate limit, Retry-After, back-off, budget, and the word that the run is over. No real waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from conformance.exchange import BudgetSpent, RecordFactory, Stopped
from conformance.exchange.config import ClientConfig
from conformance.exchange.errors import InstanceGone
from conformance.exchange.guard.kinds import Kind
from conformance.exchange.network import throttle
from conformance.exchange.network.throttle import Throttle, retry_after

from .fake import ACTORS, ADMIN, URL, Fake, client


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waits: list[float] = []
    monkeypatch.setattr(throttle.Throttle.__init__, "__defaults__", (waits.append, lambda: sum(waits)))
    return waits


def answering(*answers: httpx.Response) -> Callable[[httpx.Request], httpx.Response | None]:
    queue: Iterator[httpx.Response] = iter(answers)
    return lambda _: next(queue, None)


def test_reads_are_tried_again_while_the_instance_is_busy(tmp_path: Path, slept: list[float]) -> None:
    fake = Fake(before=answering(httpx.Response(502), httpx.Response(503), httpx.Response(504)))
    with client(fake, tmp_path) as opened:
        assert opened.session(ADMIN).get("/api/tags").status == 200
        assert opened.requests == 4
    assert sum(slept) == pytest.approx(1.75)


def test_writes_are_not(tmp_path: Path, slept: list[float]) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        own = RecordFactory(opened).customer()
        assert opened.state.owns(Kind.CUSTOMER, own.id)
        fake.before = answering(httpx.Response(503))
        assert opened.session(ADMIN).patch(own.path, json={"comment": "x"}).status == 503
    assert slept == []


def test_a_server_error_of_its_own_is_no_reason_to_ask_again(tmp_path: Path, slept: list[float]) -> None:
    with client(Fake(before=answering(httpx.Response(500))), tmp_path) as opened:
        assert opened.session(ADMIN).get("/api/tags").status == 500
    assert slept == []


def test_too_many_requests_are_waited_for_as_asked(tmp_path: Path, slept: list[float]) -> None:
    fake = Fake(before=answering(httpx.Response(429, headers={"retry-after": "7"})))
    with client(fake, tmp_path) as opened:
        assert opened.session(ADMIN).get("/api/tags").status == 200
    assert sum(slept) == pytest.approx(7)


def test_an_instance_behind_a_gateway_that_answers_alone_is_gone() -> None:
    """Whatever is asked: one path that always gets a 502 may be a defect of the instance."""
    polite = Throttle(ClientConfig(URL, ACTORS))
    for _ in range(40):
        polite.answered("/api/tags")
    polite.answered()
    for number in range(9):
        polite.answered(f"/api/tags/{number}")
    with pytest.raises(InstanceGone, match="502 to 504"):
        polite.answered("/api/ping")


def test_a_rate_is_kept(slept: list[float]) -> None:
    polite = Throttle(ClientConfig(URL, ACTORS, max_rate=4), slept.append, lambda: sum(slept))
    for _ in range(9):
        polite.acquire()
    assert sum(slept) == pytest.approx(2)


def test_retry_after_is_read_in_both_forms() -> None:
    now = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
    assert retry_after("120") == 120
    assert retry_after("Wed, 01 Jul 2026 08:00:30 GMT", now) == 30
    assert retry_after("Wed, 01 Jul 2026 07:00:30 GMT", now) == 0
    assert [retry_after(value) for value in (None, "", "soon", "-3", "1.5", "٣")] == [None] * 6


def test_the_budget_ends_the_checks_and_not_the_clean_up(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path, max_requests=3) as opened:
        RecordFactory(opened).customer()
        session = opened.session(ADMIN)
        session.get("/api/tags")
        with pytest.raises(BudgetSpent):
            session.get("/api/tags")
        assert opened.cleanup().left_behind == ()
    assert not fake.rows["customers"]


def test_once_the_run_is_over_nothing_more_is_sent(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path, alive=lambda: False) as opened, pytest.raises(Stopped):
        opened.session(ADMIN).get("/api/tags")
    assert fake.seen == []
