"""Whole commands beside people at work, on a full disk, and beside each other."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from conformance.exchange.ownership import seal
from conformance.model import Exit
from tests.safety.conftest import Furnish
from tests.safety.strangers.commands import Commands, Finished, Rival, fill_the_disk
from tests.safety.strangers.disturbances import late_by
from tests.safety.strangers.drawn import draw_deeds, draw_disturbances
from tests.safety.strangers.proxy import Moment
from tests.safety.strangers.shortrun import ShortRun
from tests.safety.strangers.site import Site

SHORT = ("run", "--write", "--profile", "smoke", "-k", "test_booleans and absent")
"""A selection of a run: records of all kinds, in a few seconds."""

CLASSES = ("users", "profile", "favourites", "dashboard", "undeletable", "unlisted", "all")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc and prlimit")


@pytest.fixture
def commands(furnished: Furnish, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Commands]:
    version = getattr(request, "param", "2.66.0")
    with Site(furnished(version), tmp_path) as site, Commands(site) as commands:
        yield commands


def wrong(commands: Commands, ended: Finished, allowed: str = "") -> list[str]:
    """Return what is wrong after a command, its exit status included. `allowed`: a class of what may stay."""
    site = commands.site
    losses = site.losses(ended.lines)
    if not allowed and site.account.stays() and ended.status != Exit.LEFT_BEHIND:
        losses.append(f"something stays, and the exit status is {ended.status}")
    if ended.status == Exit.CRASH or "Traceback" in ended.output:
        losses.append(f"crashed: {ended.output[-500:]}")
    return losses


def cleaned_afterwards(commands: Commands, allowed: str = "", named: Sequence[str] = ()) -> list[str]:
    """Return what is wrong after late writes have arrived and `clean` was called, without anybody at work.

    `named` is what the command before said: what nobody can delete is named once.
    """
    commands.site.proxy.settle()
    commands.site.proxy.release()
    ended = commands.run("clean")
    return wrong(commands, Finished(ended.status, ended.output, (*named, *ended.lines)), allowed)


@pytest.mark.slow
def test_a_short_run_beside_a_stranger(commands: Commands) -> None:
    site = commands.site
    site.when("books-once", Moment("POST /api/timesheets", 2))
    site.when("repeats-customer", Moment("POST *", 8))
    site.when("moves-project", Moment("POST *", 10))
    ended = commands.run(*SHORT)
    assert len(site.stranger.done) == 3
    assert wrong(commands, ended) == [], ended.output
    assert ended.status == Exit.LEFT_BEHIND
    assert cleaned_afterwards(commands) == []


@pytest.mark.slow
@LINUX
def test_a_full_disk_keeps_nobody_from_cleaning_up(commands: Commands) -> None:
    process = commands.start(*SHORT)
    commands.site.proxy.when(Moment("POST *", 12), lambda _: fill_the_disk(process))
    ended = commands.finish(process)
    assert wrong(commands, ended) == [], ended.output


def test_two_clean_commands_at_once(commands: Commands) -> None:
    commands.state.mkdir()
    key = seal.ledger_key(commands.state)
    ShortRun(commands.site, ("hours", "tags", "team"), settings={"ledger_key": key}).work()
    rival = Rival(commands, ("clean",))
    commands.site.proxy.when(Moment("GET *"), rival.comes)
    both = [commands.run("clean"), rival.finish()]
    assert [wrong(commands, entry) for entry in both] == [[], []]
    assert [item.status for item in both] == [Exit.CONFORMANT] * 2, [element.output for element in both]


@pytest.mark.slow
def test_clean_beside_a_run_that_ends(commands: Commands) -> None:
    rival = Rival(commands, ("clean",))
    commands.site.proxy.when(Moment("DELETE *"), lambda _: commands.site.cleans_up() and rival.comes())
    both = [commands.run(*SHORT), rival.finish()]
    assert [wrong(commands, entry) for entry in both] == [[], []]
    assert [item.status for item in both] == [Exit.CONFORMANT] * 2, [element.output for element in both]


@pytest.mark.slow
@pytest.mark.parametrize("pattern", ["POST /api/customers", "POST /api/timesheets", "POST /api/tags"])
def test_a_create_that_is_carried_out_when_the_run_has_ended(commands: Commands, pattern: str) -> None:
    commands.site.proxy.disturb(Moment(pattern), late_by(45), "late by 45 s")
    assert wrong(commands, commands.run(*SHORT)) == []
    commands.site.proxy.await_late()
    assert cleaned_afterwards(commands) == []
    # A hidden tag is in no list of Kimai, so that a late one is named, and stays.
    assert commands.site.account.stays() == {} or pattern == "POST /api/tags"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("commands", ["2.66.0", "2.62.0", "2.24.0"], indirect=True)
def test_a_smoke_run_beside_strangers(commands: Commands, seed: int) -> None:
    chance = random.Random(f"smoke {seed}")
    draw_deeds(commands.site, chance, requests=600, number=6)
    workers = ("-n", "2") if seed == 1 else ()
    if seed == 2:
        draw_disturbances(commands.site, f"smoke {seed}", share=0.02)
    ended = commands.run("run", "--write", "--profile", "smoke", *workers)
    assert wrong(commands, ended) == [], commands.site.told()
    assert cleaned_afterwards(commands) == [], commands.site.told()


@pytest.mark.slow
@pytest.mark.parametrize("allowed", CLASSES)
@pytest.mark.parametrize("commands", ["2.66.0", "2.24.0"], indirect=True)
def test_a_snapshot_beside_strangers(commands: Commands, allowed: str) -> None:
    chance = random.Random(f"snapshot {allowed}")
    classes = CLASSES if allowed == "all" else (allowed,)
    draw_deeds(commands.site, chance, requests=900, number=6, allow=frozenset(classes))
    ended = commands.run("snapshot", "--write", "--profile", "smoke", "--allow", allowed, "--out", "taken.json")
    lasting = allowed if allowed in ("users", "undeletable", "all") else ""
    assert wrong(commands, ended, lasting) == [], commands.site.told()
    assert cleaned_afterwards(commands, lasting, ended.lines) == [], commands.site.told()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["answer-lost", "request-lost", "half-a-body", "cut-off"])
def test_a_snapshot_whose_network_errs(commands: Commands, name: str) -> None:
    commands.site.disturb(name, Moment("POST /api/timesheets", 3))
    ended = commands.run("snapshot", "--write", "--profile", "smoke", "--out", "taken.json")
    if not commands.site.proxy.is_cut:
        assert wrong(commands, ended) == [], ended.output
    assert ended.status != Exit.CRASH, ended.output
    assert cleaned_afterwards(commands) == []


@pytest.mark.slow
@pytest.mark.parametrize("commands", ["2.66.0", "2.62.0"], indirect=True)
def test_compare_beside_strangers(commands: Commands) -> None:
    draw_deeds(commands.site, random.Random("compare"), requests=900, number=6)
    sides = (f"builtin:{commands.site.version}", commands.site.url)
    ended = commands.run("compare", *sides, "--write", "--profile", "smoke", "--fail-on", "security")
    assert wrong(commands, ended) == [], commands.site.told()
    assert cleaned_afterwards(commands) == [], commands.site.told()
