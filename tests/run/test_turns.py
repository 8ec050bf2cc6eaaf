"""Two runs with the same actors on one instance take turns, and the second is told of the first."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.model import Actor, Secret, Token
from conformance.run.context import RunContext
from conformance.run.turns import turn

URL = "https://kimai.test"


def actor(user: int) -> Actor:
    return Actor(f"user{user}", (Token("t", Secret(f"secret-{user}")),), user_id=user)


def context(run: str, *users: int, url: str = URL, read_only: bool = False) -> RunContext:
    return RunContext(run, url, "configured", "2.66.0", Path(), tuple(map(actor, users)), read_only=read_only)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIMAI_CONFORMANCE_STATE", str(tmp_path))


def test_a_run_waits_for_another_with_one_of_its_actors() -> None:
    told, waited = list[str](), list[bool]()
    heard, over = threading.Event(), threading.Event()

    def tell(text: str) -> None:
        told.append(text)
        heard.set()

    def second() -> None:
        with turn(context("second", 2, 3, 4), tell) as had_to_wait:
            waited.append(had_to_wait)
            assert over.is_set()

    with turn(context("first", 1, 3), told.append) as had_to_wait:
        assert not had_to_wait
        thread = threading.Thread(target=second)
        thread.start()
        assert heard.wait(30)
        over.set()
    thread.join(30)
    assert waited == [True]
    assert len(told) == 1
    assert "run first" in told[0]
    assert "user3" in told[0]


@pytest.mark.parametrize(
    "other",
    [
        context("other", 2),
        context("other", 1, url="https://other.test"),
        context("other", 1, read_only=True),
        replace(context("other", 1), kind="embedded"),
    ],
    ids=["another actor", "another instance", "reads alone", "its own instance"],
)
def test_who_disturbs_nobody_waits_for_nobody(other: RunContext) -> None:
    told = list[str]()
    with turn(context("first", 1), told.append), turn(other, told.append) as waited:
        assert not waited
    assert told == []


def test_the_turn_is_given_back_whatever_ends_the_run() -> None:
    with pytest.raises(ZeroDivisionError), turn(context("first", 1), print):
        raise ZeroDivisionError
    with turn(context("second", 1), print) as waited:
        assert not waited
