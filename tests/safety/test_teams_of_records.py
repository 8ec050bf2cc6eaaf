"""Teams that Kimai makes for a record, under its name, are the run's own: none stays, nor the record below it."""

from __future__ import annotations

from pathlib import Path

from tests.safety.conftest import Furnish
from tests.safety.strangers.judging import losses_of
from tests.safety.strangers.shortrun import ShortRun
from tests.safety.strangers.site import Site


def test_a_team_made_for_a_record_is_deleted(furnished: Furnish, tmp_path: Path) -> None:
    with Site(furnished("2.62.0"), tmp_path) as site:
        run = ShortRun(site, ("team_of_a_record",))
        assert losses_of(site, run) == []
        assert site.account.stays() == {}
        assert run.reports[0].created == run.reports[0].deleted >= 2
