"""Chosen cases: what people and networks do at the moments that matter most, one entry each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.safety.strangers.proxy import Moment

Planned = tuple[tuple[str, Moment], ...]
ALL_STEPS: Sequence[str] = ()
PROFILE, FAVOURITES, NOTHING = frozenset({"profile"}), frozenset({"favourites"}), frozenset[str]()


@dataclass(frozen=True)
class Case:
    """One short run, and what is done beside it: names of deeds and of disturbances, with their moments.

    `row`: of the table of what a reviewer saw lost, 0 where it is not in it. `preventable`: a run may keep the deeds
    from happening, by hiding what they need.
    """

    name: str
    deeds: Planned = ()
    disturbed: Planned = ()
    row: int = 0
    version: str = "2.66.0"
    steps: Sequence[str] = ALL_STEPS
    allow: frozenset[str] = NOTHING
    preventable: bool = False

    @property
    def id(self) -> str:
        """The name, with the version."""
        return f"{self.name}, {self.version}"


def _before(pattern: str, number: int = 1) -> Moment:
    return Moment(pattern, number)


def _after(pattern: str, number: int = 1) -> Moment:
    return Moment(pattern, number, after=True)


def _bookings() -> Iterator[Case]:
    steps = ("hours", "refused_hours", "catalogue")
    refused = _after("POST /api/timesheets", 4)
    for name in ("books-once", "books-without-text", "books-straight", "books-for-an-actor", "books-many"):
        for version in ("2.66.0", "2.62.0"):
            yield Case(f"{name} after a refused create", ((name, refused),), row=1, steps=steps, version=version)
    for path in ("projects", "activities", "customers"):
        moment = _before(f"DELETE /api/{path}/{{id}}")
        yield Case(
            f"books-straight before the DELETE of {path}",
            (("books-straight", moment),),
            row=7,
            steps=("catalogue", "catalogue", "overall_activity", "deletes"),
            preventable=True,
        )
    yield Case(
        "books-with-the-runs-activity before it is deleted",
        (("books-with-the-runs-activity", _before("DELETE /api/activities/{id}")),),
        row=7,
        steps=("overall_activity", "overall_activity", "deletes"),
        preventable=True,
    )
    for name in ("moves-project", "moves-activity", "moves-timesheet"):
        for version in ("2.66.0", "2.62.0"):
            yield Case(f"{name} late in the run", ((name, _before("*", 60)),), version=version)
    yield Case("moves-timesheet before the DELETE of projects", (("moves-timesheet", _before("DELETE /api/projects/{id}")),), row=7, steps=("catalogue", "catalogue", "deletes"), preventable=True)


def _repeated() -> Iterator[Case]:
    names = ("repeats-entry", "repeats-entry-there", "repeats-entry-for-the-actor", "repeats-customer")
    for name in (*names, "repeats-project", "repeats-activity", "repeats-team", "repeats-tag", "copies-customer"):
        for version in ("2.66.0", "2.62.0"):
            yield Case(f"{name} late in the run", ((name, _before("*", 80)),), row=2, version=version)
    for name in ("repeats-entry", "repeats-entry-for-the-actor", "repeats-team", "repeats-tag"):
        yield Case(f"{name} late in the run", ((name, _before("*", 35)),), row=2, version="2.24.0")


def _answers() -> Iterator[Case]:
    creates = {"customers": 2, "projects": 3, "activities": 4, "timesheets": 7, "tags": 1, "teams": 1}
    steps = ("hours", "catalogue", "overall_activity", "tags", "team", "changes", "deletes")
    meanwhile = (("makes-customer-and-project", _before("POST *", 2)), ("makes-tag-and-team", _before("POST *", 3)))
    for name in ("foreign-id", "newer-foreign-id", "foreign-id-and-not-done", "foreign-record", "older-answer"):
        for path, newest in creates.items():
            if name != "older-answer" or newest > 1:
                disturbed = ((name, _before(f"POST /api/{path}", newest)),)
                yield Case(f"{name} of {path}", meanwhile, disturbed, row=3, steps=steps)
    for path in ("customers", "projects", "timesheets", "tags", "teams"):
        yield Case(f"after-the-end for {path}", (), (("after-the-end", _before(f"POST /api/{path}")),), row=4)
    yield Case("after-the-end for timesheets", (), (("after-the-end", _before("POST /api/timesheets")),), row=4, version="2.24.0")
    for name in ("answer-lost", "twice", "late", "truncated"):
        for path in ("customers", "timesheets", "tags"):
            yield Case(f"{name} at {path}", (), ((name, _before(f"POST /api/{path}")),))
    for name in ("foreign-records-in-a-list", "foreign-ids-in-a-list"):
        for path in ("customers", "timesheets", "tags/find", "teams"):
            disturbed = tuple((name, _before(f"GET /api/{path}", number)) for number in range(2, 9))
            yield Case(f"{name} of {path}", meanwhile, disturbed)


def _remarks() -> Iterator[Case]:
    for name in ("comments-customer", "comments-project", "rates-customer", "rates-project", "rates-activity"):
        for version in ("2.66.0", "2.62.0"):
            yield Case(f"{name} late in the run", ((name, _before("*", 60)),), version=version)
    yield Case("rates-project before the DELETE of projects", (("rates-project", _before("DELETE /api/projects/{id}")),), row=7, steps=("catalogue", "catalogue", "deletes"), preventable=True)
    yield Case("comments-project before the DELETE of projects", (("comments-project", _before("DELETE /api/projects/{id}")),), row=7, steps=("catalogue", "catalogue", "deletes"), preventable=True)
    yield Case("invoices-customer late in the run", (("invoices-customer", _before("*", 60)),))


def _renamed() -> Iterator[Case]:
    for name in ("renames-customer", "renames-project", "renames-activity", "renames-team", "renames-tag"):
        yield Case(f"{name} within the run", ((name, _after("POST *", 26)),))
    yield Case("edits-the-runs-record within the run", (("edits-the-runs-record", _after("POST /api/timesheets", 4)),))
    yield Case("edits-the-runs-record within the run", (("edits-the-runs-record", _after("POST /api/timesheets", 2)),), version="2.24.0")


def _tags_and_teams() -> Iterator[Case]:
    names = ("uses-the-runs-tag", "tags-the-runs-record", "joins-the-runs-team", "gives-customer-to-team")
    for name in (*names, "gives-project-to-team", "gives-activity-to-team"):
        for version in ("2.66.0", "2.62.0", "2.24.0"):
            yield Case(f"{name} within the run", ((name, _after("POST *", 3)),), version=version)


def _accounts() -> Iterator[Case]:
    once = _after("PATCH /api/users/{id}", 1)
    last = _after("PATCH /api/users/{id}", 2)
    for moment, word in ((once, "between two changes"), (last, "after the last change")):
        for version in ("2.66.0", "2.24.0"):
            yield Case(f"changes-profile {word}", (("changes-profile", moment),), row=8, allow=PROFILE, version=version, steps=("profile",))
    for number in (1, 2):
        moment = _after("PATCH /api/users/{id}/preferences", number)
        yield Case(f"changes-preferences after change {number}", (("changes-preferences", moment),), row=8, allow=PROFILE, steps=("profile",))
    yield Case("preferences that appear", row=8, allow=PROFILE, steps=("profile",))
    yield Case("changes-favourites within the run", (("changes-favourites", _after("POST /api/favorites/timesheets/{id}")),), row=8, allow=FAVOURITES, steps=("favourites",))
    for name in ("starts-timer", "starts-and-stops-timer"):
        for version in ("2.66.0", "2.24.0"):
            yield Case(f"{name} before the run does", ((name, _after("POST /api/timesheets")),), version=version, steps=("hours", "timers"))


CASES: tuple[Case, ...] = (
    *_bookings(),
    *_repeated(),
    *_answers(),
    *_remarks(),
    *_renamed(),
    *_tags_and_teams(),
    *_accounts(),
)
