"""A token that dies ends the run before its answers are believed; one that is refused by one operation does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from conformance.exchange import InstanceGone, RecordFactory, finish

from .fake import ADMIN, LEAD, PLAIN, Fake, cleaner, client

PAGE = {"content-type": "text/html; charset=UTF-8"}
Dead = Callable[[], httpx.Response]


def of(token: str, answer: Dead, only: str = "/api/") -> Callable[[httpx.Request], httpx.Response | None]:
    """Answer instead of the instance what is sent with a token to these paths."""

    def before(request: httpx.Request) -> httpx.Response | None:
        told = request.headers.get("authorization", "").endswith(token)
        return answer() if told and request.url.path.startswith(only) else None

    return before


@pytest.mark.parametrize(
    "answer",
    [
        lambda: httpx.Response(401),
        lambda: httpx.Response(500, content=b"<html>", headers=PAGE),
        lambda: httpx.Response(302, headers={"location": "/login"}),
        lambda: httpx.Response(200, content=b"<html>sign in</html>", headers=PAGE),
    ],
    ids=["empty 401", "a page as a 500", "a redirect", "a page as a 200"],
)
def test_a_token_that_dies_ends_the_run_at_its_first_answer(tmp_path: Path, answer: Dead) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        session = opened.session(ADMIN)
        assert session.get("/api/tags").ok
        before, fake.before = len(fake.seen), of(ADMIN.token.secret.reveal(), answer)
        with pytest.raises(InstanceGone, match="the token of boss is no longer accepted"):
            session.get("/api/tags")
        assert len(fake.seen) - before == (2 if answer().status_code == 500 else 4)


@pytest.mark.parametrize("answer", [lambda: httpx.Response(401), lambda: httpx.Response(500, headers=PAGE)])
def test_an_operation_that_answers_so_by_itself_is_told(tmp_path: Path, answer: Dead) -> None:
    fake = Fake(before=of(ADMIN.token.secret.reveal(), answer, "/api/tags"))
    with client(fake, tmp_path) as opened:
        for _ in range(5):
            assert opened.session(ADMIN).get("/api/tags").status == answer().status_code
            assert opened.session(ADMIN).get("/api/users/me").ok
        repeated = 5 if answer().status_code == 401 else 0
        assert opened.requests == 5 + repeated + 5 + 2


def test_a_token_that_was_never_accepted_is_no_dead_one(tmp_path: Path) -> None:
    """The preflight has words of its own for it."""
    fake = Fake(before=of(ADMIN.token.secret.reveal(), lambda: httpx.Response(401)))
    with client(fake, tmp_path) as opened:
        assert [opened.session(ADMIN).get("/api/tags").status for _ in range(5)] == [401] * 5
    with client(fake, tmp_path / "known", tokens_accepted=True) as opened, pytest.raises(InstanceGone):
        opened.session(ADMIN).get("/api/tags")


def test_others_clean_up_in_the_place_of_whose_token_has_died(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        RecordFactory(opened).timesheet(PLAIN)
    fake.before = of(PLAIN.token.secret.reveal(), lambda: httpx.Response(401))
    with cleaner(fake, tmp_path, patience=5, tokens_accepted=True) as opened:
        opened.session(PLAIN).get("/api/users/me", overhead=True)
        assert finish(tmp_path, opened).left_behind == ()
    assert not fake.rows["timesheets"]


def test_whose_token_has_died_is_asked_last(tmp_path: Path) -> None:
    fake = Fake(before=of(ADMIN.token.secret.reveal(), lambda: httpx.Response(401)))
    with cleaner(fake, tmp_path, patience=5, tokens_accepted=True) as opened:
        assert opened.state.strongest == ADMIN
        opened.session(ADMIN).get("/api/users/me", overhead=True)
        assert opened.state.strongest == LEAD
