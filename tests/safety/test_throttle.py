"""Rate limit, Retry-After, back-off, budget, and the word that the run is over. No real waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from conformance.exchange import BudgetSpent, RecordFactory, Stopped, finish
from conformance.exchange.config import ClientConfig
from conformance.exchange.errors import InstanceGone
from conformance.exchange.guard.kinds import Kind
from conformance.exchange.network import throttle
from conformance.exchange.network.throttle import Throttle, retry_after
from conformance.exchange.session import UNSET

from .fake import ACTORS, ADMIN, MARK, URL, Fake, cleaner, client


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


@pytest.mark.parametrize("status", [408, 429, 502, 503, 504, 520, 521, 524])
def test_changes_are_tried_again_for_they_are_the_same_when_done_twice(
    tmp_path: Path, slept: list[float], status: int
) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        own = RecordFactory(opened).customer()
        assert opened.state.owns(Kind.CUSTOMER, own.id)
        fake.before = answering(httpx.Response(status))
        assert opened.session(ADMIN).patch(own.path, json={"comment": "x"}).status == 200
        assert opened.counts.disturbed == (status in (502, 504, 520, 524))
    assert sum(slept) > 0


@pytest.mark.parametrize(
    ("status", "answered"), [(408, 200), (429, 200), (503, 200), (521, 200), (502, 502), (520, 520)]
)
def test_creates_are_tried_again_where_they_were_not_carried_out(
    tmp_path: Path, slept: list[float], status: int, answered: int
) -> None:
    first = answering(httpx.Response(status))
    fake = Fake(before=lambda request: first(request) if request.method == "POST" else None)
    with client(fake, tmp_path) as opened:
        posted = opened.session(ADMIN).post("/api/tags", json={"name": f"{MARK} tag"})
        assert posted.status == answered
        assert opened.counts.disturbed == (answered != 200)
        assert opened.cleanup().left_behind == () or answered != 200
    assert (sum(slept) > 0) == (answered == 200)


@pytest.mark.usefixtures("slept")
def test_a_create_that_a_503_let_through_is_deleted_with_the_second(tmp_path: Path) -> None:
    """The gateway may have carried out what it turned away."""
    fake = Fake()

    def once(request: httpx.Request) -> httpx.Response | None:
        fake.before = lambda _: None
        fake.handle(request)
        return httpx.Response(503)

    with client(fake, tmp_path) as opened:
        fake.before = lambda request: once(request) if request.method == "POST" else None
        assert opened.session(ADMIN).post("/api/tags", json={"name": f"{MARK} tag"}).ok
        assert len(fake.rows["tags"]) == 2
        assert opened.cleanup().left_behind == ()
    assert not fake.rows["tags"]


def test_a_deletion_whose_answer_was_lost_is_not_told_as_absent(tmp_path: Path, slept: list[float]) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        own = RecordFactory(opened).customer()
        assert opened.state.owns(Kind.CUSTOMER, own.id)

        def lost(request: httpx.Request) -> httpx.Response | None:
            if request.method != "DELETE":
                return None
            fake.before = lambda _: None
            fake.handle(request)
            return httpx.Response(502)

        fake.before = lost
        assert opened.session(ADMIN).delete(own.path).status == 502
        assert opened.counts.disturbed == 1
        assert opened.cleanup().left_behind == ()
    assert sum(slept) > 0


@pytest.mark.usefixtures("slept")
def test_the_clean_up_tries_on_as_long_as_it_may(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        RecordFactory(opened).customer()
    down = iter(range(60))
    fake.before = lambda _: httpx.Response(503) if next(down, None) is not None else None
    with cleaner(fake, tmp_path, patience=600) as opened:
        assert finish(tmp_path, opened).left_behind == ()
    assert not fake.rows["customers"]


@pytest.mark.usefixtures("slept")
def test_the_clean_up_names_what_it_could_not_do_in_its_time(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        RecordFactory(opened).customer()
    fake.before = lambda _: httpx.Response(503)
    with cleaner(fake, tmp_path, patience=5) as opened:
        assert len(finish(tmp_path, opened).left_behind) == 1


def test_the_pace_falls_below_a_limit_and_stays_there() -> None:
    """Thirty requests a minute, as a proxy counts them: from its first 429 on, no other comes."""
    clock, seen, refused = [0.0], list[float](), 0
    polite = Throttle(
        ClientConfig(URL, ACTORS), lambda seconds: clock.__setitem__(0, clock[0] + seconds), lambda: clock[0]
    )
    for _ in range(200):
        polite.acquire()
        clock[0] += 0.05
        recent = [moment for moment in seen if moment > clock[0] - 60]
        if len(recent) >= 30:
            refused += 1
            polite.limited(recent[0] + 60 - clock[0])
        else:
            seen.append(clock[0])
    assert refused <= 2


def test_a_limit_that_is_none_of_pace_slows_nothing_down() -> None:
    clock = [0.0]
    polite = Throttle(
        ClientConfig(URL, ACTORS), lambda seconds: clock.__setitem__(0, clock[0] + seconds), lambda: clock[0]
    )
    for number in range(1, 2001):
        polite.acquire()
        clock[0] += 0.05
        if number % 20 == 0:
            polite.limited(1.0)
    assert clock[0] < 2000 * 0.05 + 100 * 1.0 + 2000 * 0.2


def test_a_pause_that_no_run_can_wait_for_ends_it() -> None:
    with pytest.raises(InstanceGone, match="takes no more requests for 3000 seconds"):
        Throttle(ClientConfig(URL, ACTORS)).limited(3000)


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
    with pytest.raises(InstanceGone, match="as a gateway does"):
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


def page(status: int) -> httpx.Response:
    content = b"<!DOCTYPE html><p>Please wait</p>"
    return httpx.Response(status, content=content, headers={"content-type": "text/html"})


@pytest.mark.usefixtures("slept")
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("status", [200, 302, 403])
def test_a_page_where_json_is_due_is_asked_once_more(tmp_path: Path, method: str, status: int) -> None:
    """A filter or a page that asks to wait is not the instance: what it answered makes nothing doubtful."""
    first = answering(page(status))
    fake = Fake(before=lambda request: first(request) if request.method == method else None)
    with client(fake, tmp_path) as opened:
        body = UNSET if method == "GET" else {"name": f"{MARK} tag"}
        assert opened.session(ADMIN).send(method, "/api/tags", json=body).ok
        assert len([seen for seen in fake.seen if seen.method == method and seen.url.path == "/api/tags"]) == 2
        assert opened.cleanup().left_behind == ()
    assert not fake.rows["tags"]


@pytest.mark.usefixtures("slept")
def test_a_page_that_comes_again_stands(tmp_path: Path) -> None:
    fake = Fake(before=lambda _: page(403))
    with client(fake, tmp_path) as opened:
        assert opened.session(ADMIN).get("/api/tags").is_page
    assert len(fake.seen) == 2


@pytest.mark.usefixtures("slept")
def test_a_valid_token_that_is_refused_is_tried_once_more_and_a_wrong_one_is_not(tmp_path: Path) -> None:
    fake = Fake(before=answering(httpx.Response(401)))
    with client(fake, tmp_path) as opened:
        assert opened.session(ADMIN).get("/api/tags").ok
        asked = len(fake.seen)
        assert opened.anonymous().get("/api/tags").status == 401
    assert (asked, len(fake.seen)) == (2, 3)


def test_no_cache_on_the_way_is_to_answer(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        opened.session(ADMIN).get("/api/tags")
        opened.session(ADMIN).post("/api/tags", json={"name": f"{MARK} tag"})
    assert {seen.headers.get("cache-control") for seen in fake.seen} == {"no-cache"}
