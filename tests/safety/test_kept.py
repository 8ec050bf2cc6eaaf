"""What `--allow` lets be made although nobody can delete it: few, and hidden at the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.exchange import RecordFactory, Refused
from conformance.exchange.guard.rules.undo import MOST_KEPT
from tests.safety.conftest import Furnish
from tests.safety.strangers.cases import before
from tests.safety.strangers.shortrun import ShortRun
from tests.safety.strangers.site import Site

_ALLOWED = {"allow": frozenset({"undeletable"})}


def test_few_are_made(furnished: Furnish, tmp_path: Path) -> None:
    with Site(furnished("2.24.0"), tmp_path) as site:
        run = ShortRun(site, settings=_ALLOWED)
        with run.opened() as client:
            records = RecordFactory(client)
            with pytest.raises(Refused, match=f"{MOST_KEPT} records of the kind customer were made already"):
                _make_customers(records, MOST_KEPT + 1)
            # What can be deleted is not counted.
            assert [records.tag() for _ in range(MOST_KEPT + 1)]
        run.clean_up()
        made = site.account.of_run("customers").values()
        assert len(made) == MOST_KEPT
        assert not any(row["visible"] for row in made)
        assert not run.left_behind
        assert not site.losses(run.kept)


def _make_customers(records: RecordFactory, count: int) -> None:
    for _ in range(count):
        records.customer()


def test_what_people_booked_on_stays_visible(furnished: Furnish, tmp_path: Path) -> None:
    with Site(furnished("2.24.0"), tmp_path) as site:
        run = ShortRun(site, ("catalogue",), settings=_ALLOWED)
        run.work()
        site.when("books-straight", before("PATCH /api/customers/{id}"))
        run.clean_up()
        assert site.stranger.done
        assert not site.losses([*run.left_behind, *run.kept])
        assert any(row["visible"] for row in site.account.of_run("projects").values())
