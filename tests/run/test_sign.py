"""Two runs that share no state folder see each other by their signs: the second waits, and is told of the first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from conformance.definition import bundled
from conformance.embedded.server import EmbeddedKimai
from conformance.exchange import Client, Kind
from conformance.exchange.ownership.lists import records_of
from conformance.run import sign
from conformance.run.context import RunContext
from conformance.run.prepare import run_preflight
from conformance.run.target import client_config
from conformance.settings import Settings
from conformance.settings.actors import actors_of

INDEX = bundled("2.66.0").index
FIRST, SECOND = "2611300000a1", "2611300000b2"


@pytest.fixture
def kimai() -> Iterator[EmbeddedKimai]:
    with EmbeddedKimai() as server:
        yield server


def context(kimai: EmbeddedKimai, run: str, folder: Path, kind: str = "configured") -> RunContext:
    (folder / run).mkdir()
    settings = Settings(url=kimai.url, actors=actors_of({"users": kimai.users}, "the embedded Kimai"), write=True)
    actors = run_preflight(settings).actors
    return RunContext(run, kimai.url, kind, "2.66.0", folder / run, actors, witness=actors[0].name)


def end(run: RunContext) -> None:
    """Delete the sign of a run, as its clean-up does."""
    client = Client(client_config(run, run.folder / sign.LEDGER), INDEX)
    try:
        client.cleanup()
    finally:
        client.close()


def tags(run: RunContext) -> list[str]:
    client = Client(client_config(run, None, read_only=True), INDEX)
    try:
        return [str(tag["name"]) for tag in records_of(client.state, Kind.TAG)]
    finally:
        client.close()


def never(seconds: float) -> None:
    pytest.fail(f"it waited {seconds} seconds for nobody")


def test_a_run_waits_until_the_sign_of_another_is_gone(kimai: EmbeddedKimai, tmp_path: Path) -> None:
    first, second = context(kimai, FIRST, tmp_path), context(kimai, SECOND, tmp_path)
    told = list[str]()
    sign.put_up(first, INDEX, told.append, never)
    assert told == []
    assert sign.wait_for_others(second, INDEX, told.append, lambda _: end(first))
    assert len(told) == 1
    assert f"run {FIRST}" in told[0]
    assert not sign.wait_for_others(second, INDEX, told.append, never)


def test_of_two_that_begin_together_the_later_sign_waits(kimai: EmbeddedKimai, tmp_path: Path) -> None:
    first, second = context(kimai, FIRST, tmp_path), context(kimai, SECOND, tmp_path)
    told, waits = list[str](), list[float]()
    sign.put_up(first, INDEX, told.append, never)

    def pass_on(seconds: float) -> None:
        waits.append(seconds)
        end(first)

    sign.put_up(second, INDEX, told.append, pass_on)
    assert waits == [sign.LOOK_EVERY]
    assert f"run {FIRST}" in told[0]
    end(second)
    assert tags(second) == []


def test_a_run_that_does_nothing_is_told_of_and_not_waited_for(kimai: EmbeddedKimai, tmp_path: Path) -> None:
    first, second = context(kimai, FIRST, tmp_path), context(kimai, SECOND, tmp_path)
    told, waits = list[str](), list[float]()
    sign.put_up(first, INDEX, told.append, never)
    sign.wait_for_others(second, INDEX, told.append, waits.append)
    assert sum(waits) == sign.QUIET
    assert "done nothing for 60 seconds" in told[-1]
    assert len(tags(first)) == 1


def test_signs_of_other_users_and_names_of_people_are_nothing_to_wait_for(kimai: EmbeddedKimai, tmp_path: Path) -> None:
    second = context(kimai, SECOND, tmp_path)
    headers = {"Authorization": f"Bearer {second.actors[0].tokens[0].secret.reveal()}"}
    for name in (f"conformance-test-{FIRST} since 20261130T000000Z users 4711", f"conformance-test-{FIRST} tag 1"):
        assert httpx.post(f"{kimai.url}/api/tags", json={"name": name}, headers=headers).is_success
    assert not sign.wait_for_others(second, INDEX, print, never)


def test_where_its_ledger_cannot_be_written_there_is_no_sign(kimai: EmbeddedKimai, tmp_path: Path) -> None:
    first = context(kimai, FIRST, tmp_path)
    (tmp_path / "a file").write_text("", encoding="utf-8")
    sign.put_up(replace(first, folder=tmp_path / "a file"), INDEX, print, never)
    assert tags(first) == []


@pytest.mark.parametrize("kind", ["embedded", "read-only"])
def test_who_disturbs_nobody_puts_up_no_sign(kimai: EmbeddedKimai, tmp_path: Path, kind: str) -> None:
    first = context(kimai, FIRST, tmp_path)
    alone = replace(first, kind="embedded") if kind == "embedded" else replace(first, read_only=True)
    sign.put_up(alone, INDEX, print, never)
    assert tags(first) == []
