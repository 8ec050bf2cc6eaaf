"""Where a run cannot see everything, or believes a wrong clock, nothing of other people is lost either."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from conformance.definition import Index, bundled
from conformance.embedded.behaviour import datetimes
from tests.safety.conftest import Furnish, sampled
from tests.safety.strangers.judging import losses_of
from tests.safety.strangers.proxy import Answer, Moment
from tests.safety.strangers.shortrun import ShortRun
from tests.safety.strangers.site import Site

STEPS = ("hours", "catalogue", "overall_activity", "changes", "deletes")
NO_ROUTE = Answer(404, b'{"code": 404, "message": "Not Found"}')
ALONE, WITH_OTHERS = ("manager",), ("manager", "worker", "colleague")


@pytest.mark.parametrize("names", sampled(ALONE, WITH_OTHERS, sample=("with others",), ids=("alone", "with others")))
@pytest.mark.parametrize("deed", sampled("books-once", "books-many", sample=("books-once",)))
def test_an_administrator_without_the_right_to_see_others(
    furnished: Furnish, tmp_path: Path, deed: str, names: tuple[str, ...]
) -> None:
    with Site(furnished("2.66.0"), tmp_path) as site:
        site.take_right("view_other_timesheet", "ROLE_ADMIN")
        site.when(deed, Moment("POST /api/timesheets", 3, after=True))
        actors = [actor for actor in site.actors if actor.name in names]
        run = ShortRun(site, STEPS, actors)
        assert losses_of(site, run) == [], site.told()
        assert any("could not be deleted safely" in reason for reason in run.skipped)


@pytest.mark.slow
def test_invoices_that_nobody_may_list(furnished: Furnish, tmp_path: Path) -> None:
    with Site(furnished("2.66.0"), tmp_path) as site:
        for role in ("ROLE_TEAMLEAD", "ROLE_ADMIN", "ROLE_SUPER_ADMIN"):
            site.take_right("view_invoice", role)
        site.when("invoices-customer", Moment("POST *", 8))
        assert losses_of(site, ShortRun(site, STEPS)) == [], site.told()
        assert site.stranger.done


def without(version: str, *words: str) -> Index:
    """Return the operations of a version without those whose path has one of these words."""
    result = bundled(version)
    assert result is not None
    document = copy.deepcopy(dict(result.document))
    document["paths"] = {path: item for path, item in document["paths"].items() if not any(w in path for w in words)}
    return Index.of(document)


@pytest.mark.parametrize("version", sampled("2.66.0", "2.62.0", sample=("2.66.0",)))
@pytest.mark.parametrize(
    "deed", sampled("comments-customer", "comments-project", "invoices-customer", sample=("comments-customer",))
)
def test_what_the_definition_leaves_out(furnished: Furnish, tmp_path: Path, deed: str, version: str) -> None:
    with Site(furnished(version), tmp_path) as site:
        site.when(deed, Moment("POST *", 8))
        run = ShortRun(site, STEPS, definition=without(version, "comments", "invoices"))
        assert losses_of(site, run) == [], site.told()
        assert site.stranger.done


@pytest.mark.slow
@pytest.mark.parametrize("deed", ["comments-customer", "comments-project"])
def test_comments_that_the_api_does_not_have(furnished: Furnish, tmp_path: Path, deed: str) -> None:
    with Site(furnished("2.62.0"), tmp_path) as site:
        site.proxy.answer("* /api/*/comments*", NO_ROUTE)
        site.when(deed, Moment("POST *", 8))
        run = ShortRun(site, STEPS, definition=without("2.62.0", "comments"))
        assert losses_of(site, run) == [], site.told()
        assert any("could not be deleted safely" in reason for reason in run.skipped)


@pytest.fixture
def jump(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta, timedelta], None]:
    """Return a function that sets the clocks of this machine and of the instance forward, or back."""
    offsets = [timedelta(), timedelta()]
    seconds, nanoseconds = time.time, time.time_ns

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + offsets[1]

    monkeypatch.setattr(time, "time", lambda: seconds() + offsets[0].total_seconds())
    monkeypatch.setattr(time, "time_ns", lambda: nanoseconds() + int(offsets[0].total_seconds() * 1e9))
    monkeypatch.setattr(datetimes, "datetime", Shifted)

    def set_clocks(here: timedelta, there: timedelta) -> None:
        offsets[:] = [here, there]

    return set_clocks


DAYS = timedelta(days=3)


DEEDS = ("uses-the-runs-tag", "joins-the-runs-team", "moves-timesheet", "moves-project", "makes-customer-and-project")


@pytest.mark.parametrize(
    "there", sampled(timedelta(), DAYS, -DAYS, sample=(-DAYS,), ids=("steady there", "forward there", "back there"))
)
@pytest.mark.parametrize("here", sampled(DAYS, -DAYS, sample=(DAYS,), ids=("forward here", "back here")))
@pytest.mark.parametrize("deed", sampled(*DEEDS, sample=DEEDS[:1]))
def test_clocks_that_jump(
    furnished: Furnish,
    tmp_path: Path,
    jump: Callable[[timedelta, timedelta], None],
    here: timedelta,
    there: timedelta,
    deed: str,
) -> None:
    with Site(furnished("2.66.0"), tmp_path) as site:
        site.proxy.when(Moment("POST *", 6), lambda _: jump(here, there))
        site.when(deed, Moment("POST *", 8, after=True))
        site.proxy.when(Moment("DELETE *", 2), lambda _: jump(-here, -there))
        run = ShortRun(site, ("tags", "team", "hours", "catalogue", "tags", "changes"))
        assert losses_of(site, run) == [], site.told()
        assert site.stranger.done
