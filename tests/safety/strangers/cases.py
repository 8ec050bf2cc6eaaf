"""Chosen cases: what people and networks do at the moments that matter most, one entry each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tests.safety.strangers.proxy import Moment

Planned = tuple[tuple[str, Moment], ...]
NEWEST, BEFORE_IT, OLD = "2.66.0", "2.62.0", "2.24.0"
BRIEF = ("hours", "catalogue", "overall_activity", "tags", "team", "changes")
NOTHING, PROFILE, FAVOURITES = frozenset[str](), frozenset({"profile"}), frozenset({"favourites"})


@dataclass(frozen=True)
class Case:
    """One short run, and what is done beside it: names of deeds and of disturbances, with their moments.

    `row`: of the table of what a reviewer saw lost (1 to 8), 0 where it is not in it. `preventable`: a run may keep
    the deeds from happening, by hiding what they need. `sample`: it belongs to the default run.
    """

    name: str
    deeds: Planned = ()
    disturbed: Planned = ()
    row: int = 0
    version: str = NEWEST
    steps: Sequence[str] = BRIEF
    allow: frozenset[str] = NOTHING
    preventable: bool = False
    sample: bool = False

    @property
    def id(self) -> str:
        """The name, with the version."""
        return f"{self.name}, {self.version}"

    def on(self, *versions: str) -> Iterator[Case]:
        """Yield the same for these versions. The first belongs to the default run, where this one does."""
        for number, version in enumerate(versions):
            yield replace(self, version=version, sample=self.sample and number == 0)


def before(pattern: str, number: int = 1) -> Moment:
    """Return the moment before the `number`-th request that matches."""
    return Moment(pattern, number)


def after(pattern: str, number: int = 1) -> Moment:
    """Return the moment after the `number`-th request that matches."""
    return Moment(pattern, number, after=True)


LATE = before("POST *", 16)
"""When something of each kind is there, and the clean-up has not begun."""


def _bookings() -> Iterator[Case]:
    steps = ("hours", "refused_hours", "catalogue")
    refused = after("POST /api/timesheets", 4)
    for name in ("books-once", "books-without-text", "books-straight", "books-for-an-actor", "books-many"):
        case = Case(f"{name} after a refused create", ((name, refused),), row=1, steps=steps)
        yield from replace(case, sample=name == "books-once").on(NEWEST, BEFORE_IT)
    for name in ("moves-project", "moves-activity", "moves-timesheet", "edits-own-record"):
        yield from Case(name, ((name, LATE),), sample=name == "moves-project").on(NEWEST, BEFORE_IT)


def _between_look_and_delete() -> Iterator[Case]:
    deletes = ("catalogue", "catalogue", "overall_activity", "overall_activity", "deletes")
    for name, path in (
        ("books-straight", "projects"),
        ("books-straight", "activities"),
        ("books-straight", "customers"),
        ("books-once", "projects"),
        ("books-with-the-runs-activity", "activities"),
        ("moves-timesheet", "projects"),
        ("moves-project", "customers"),
        ("rates-project", "projects"),
        ("comments-project", "projects"),
        ("comments-customer", "customers"),
    ):
        case = Case(f"{name} before the DELETE of {path}", row=7, steps=deletes, preventable=True)
        case = replace(case, deeds=((name, before(f"DELETE /api/{path}/{{id}}")),))
        yield from replace(case, sample=(name, path) == ("books-straight", "projects")).on(NEWEST, BEFORE_IT)

    deeds = (("books-straight", before("DELETE /api/customers/{id}")),)
    case = Case("books-straight before the only DELETE", deeds, row=7, steps=("catalogue",), preventable=True)
    yield from case.on(NEWEST, BEFORE_IT)


def _repeated() -> Iterator[Case]:
    names = ("repeats-entry-there", "repeats-entry-for-the-actor", "repeats-customer", "repeats-project")
    for name in ("repeats-entry", *names, "repeats-activity", "copies-customer", "repeats-team", "repeats-tag"):
        case = Case(name, ((name, LATE),), row=2, sample=name in ("repeats-entry", "repeats-customer"))
        yield from case.on(NEWEST, BEFORE_IT)
    deeds = (("repeats-customer", after("POST /api/tags")),)
    yield Case("repeats-customer that was refused", deeds, row=2, steps=("catalogue", "refused_names"), sample=True)
    for name in ("repeats-entry", "repeats-entry-for-the-actor", "repeats-team", "repeats-tag"):
        yield Case(name, ((name, before("POST *", 5)),), row=2, version=OLD)


_MEANWHILE = (("makes-customer-and-project", before("POST *", 2)), ("makes-tag-and-team", before("POST *", 3)))


def _answers() -> Iterator[Case]:
    # The newest of each kind: that is what the run itself changes and deletes afterwards.
    creates = {"customers": 2, "projects": 3, "activities": 4, "timesheets": 7, "tags": 1, "teams": 1}
    for name in ("foreign-id", "newer-foreign-id", "foreign-id-and-not-done", "foreign-record", "older-answer"):
        for path, newest in creates.items():
            if name == "older-answer" and newest == 1:
                continue
            disturbed = ((name, before(f"POST /api/{path}", newest)),)
            sample = name == "newer-foreign-id" and path in ("customers", "tags")
            steps = (*BRIEF, "deletes")
            yield Case(f"{name} for {path}", _MEANWHILE, disturbed, row=3, steps=steps, sample=sample)
    for name in ("foreign-id", "newer-foreign-id"):
        for path in ("timesheets", "tags"):
            disturbed = ((name, before(f"POST /api/{path}")),)
            yield Case(f"{name} for {path}", _MEANWHILE[1:], disturbed, row=3, version=OLD, steps=(*BRIEF, "deletes"))
    for name in ("foreign-records-in-a-list", "foreign-ids-in-a-list", "another-record"):
        for path in ("customers", "timesheets", "tags/find", "teams"):
            pattern = f"GET /api/{path}/{{id}}" if name == "another-record" else f"GET /api/{path}"
            often = tuple((name, before(pattern, number)) for number in range(1, 9))
            if pattern != "GET /api/tags/find/{id}":
                yield Case(f"{name}, {path}", _MEANWHILE, often, preventable=True)


def _lost_and_late() -> Iterator[Case]:
    for path in ("customers", "tags", "teams"):
        disturbed = (("after-the-end", before(f"POST /api/{path}")),)
        yield from Case(f"after-the-end for {path}", (), disturbed, row=4, sample=path == "tags").on(NEWEST, BEFORE_IT)
    for path in ("timesheets", "tags"):
        disturbed = (("after-the-end", before(f"POST /api/{path}")),)
        yield Case(f"after-the-end for {path}", (), disturbed, row=4, version=OLD)
    names = ("answer-lost", "answer-is-502", "request-lost", "late", "overtaken", "twice")
    for name in (*names, "twice-with-the-second-answer", "truncated", "half-a-body", "done-though-busy"):
        for path in ("customers", "timesheets", "tags"):
            yield Case(f"{name} at {path}", (), ((name, before(f"POST /api/{path}")),))
    for path in ("customers", "timesheets", "tags", "teams"):
        disturbed = (("delete-not-done", before(f"DELETE /api/{path}/{{id}}")),)
        yield Case(f"delete-not-done at {path}", (), disturbed, steps=(*BRIEF, "deletes"))
    for name in ("answer-lost", "busy", "answer-is-502", "truncated"):
        # Where nobody deletes before, it is the clean-up that meets it.
        disturbed = ((name, before("DELETE /api/activities/{id}")),)
        yield Case(f"books-once, and {name} in the clean-up", (("books-once", LATE),), disturbed)
    for number in (6, 12, 18, 30, 60):
        versions = (NEWEST, OLD) if number < 20 else (NEWEST,)
        yield from Case(f"cut-off at {number}", (), (("cut-off", before("*", number)),)).on(*versions)


def _remarks() -> Iterator[Case]:
    for name in ("comments-customer", "comments-project", "rates-customer", "rates-project", "rates-activity"):
        yield from Case(name, ((name, LATE),)).on(NEWEST, BEFORE_IT)
    yield from Case("invoices-customer", (("invoices-customer", LATE),)).on(NEWEST, BEFORE_IT)


def _renamed() -> Iterator[Case]:
    for name in ("renames-customer", "renames-project", "renames-activity", "renames-team", "renames-tag"):
        deeds = ((name, after("POST *", 14)),)
        yield Case(name, deeds, steps=(*BRIEF, "deletes"), sample=name == "renames-customer")
    deeds = (("edits-the-runs-record", after("POST /api/timesheets", 2)),)
    yield from Case("edits-the-runs-record", deeds, sample=True).on(OLD, NEWEST)


def _tags_and_teams() -> Iterator[Case]:
    names = ("uses-the-runs-tag", "joins-the-runs-team", "tags-the-runs-record", "gives-customer-to-team")
    for name in (*names, "gives-project-to-team", "gives-activity-to-team"):
        case = Case(name, ((name, after("POST *", 3)),), sample=name in names[:2])
        yield from case.on(OLD, NEWEST, BEFORE_IT)


def _accounts() -> Iterator[Case]:
    for number in (1, 2):
        deeds = (("changes-profile", after("PATCH /api/users/{id}", number)),)
        case = Case(f"changes-profile after change {number}", deeds, row=8, steps=("profile",), allow=PROFILE)
        yield from replace(case, sample=number == 2).on(NEWEST, OLD)
        deeds = (("changes-preferences", after("PATCH /api/users/{id}/preferences", number)),)
        yield Case(f"changes-preferences after change {number}", deeds, row=8, steps=("profile",), allow=PROFILE)
    disturbed = (("overtaken", before("PATCH /api/users/{id}", 2)),)
    yield from Case("a profile's change that is late", (), disturbed, steps=("profile",), allow=PROFILE).on(NEWEST, OLD)
    disturbed = (("answer-lost", before("PATCH /api/users/{id}", 2)),)
    yield Case("a profile's change without an answer", (), disturbed, steps=("profile",), allow=PROFILE, version=OLD)
    for number in range(1, 8):
        disturbed = (("half-a-body", before("GET /api/users/{id}", number)),)
        name = f"a profile that is read in half, {number}"
        yield Case(name, (), disturbed, steps=("profile",), allow=PROFILE, sample=number == 6)
    yield Case("a profile that nobody else changes", steps=("profile",), allow=PROFILE, version=OLD)
    yield Case("preferences that appear", row=8, steps=("profile",), allow=PROFILE, sample=True)
    deeds = (("changes-favourites", after("POST /api/favorites/timesheets/{id}")),)
    yield Case("changes-favourites", deeds, row=8, steps=("favourites",), allow=FAVOURITES)
    for name in ("starts-timer", "starts-and-stops-timer"):
        deeds = ((name, after("POST /api/timesheets")),)
        yield from Case(name, deeds, steps=("hours", "timers"), sample=name == "starts-timer").on(OLD, NEWEST)


CASES: tuple[Case, ...] = (
    *_bookings(),
    *_between_look_and_delete(),
    *_repeated(),
    *_answers(),
    *_lost_and_late(),
    *_remarks(),
    *_renamed(),
    *_tags_and_teams(),
    *_accounts(),
)
