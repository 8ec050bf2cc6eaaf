"""What an emulated version does otherwise than 2.66.0: one table.

Which operations, form fields and attributes a version has stands in the definition; here is only what those
do not say. Measured on released instances of the three versions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from packaging.version import Version as Number

from conformance.embedded.errors import EmbeddedError
from conformance.embedded.interface import NEWEST, VERSIONS
from conformance.nearest import suggestion


@dataclass(frozen=True)
class Version:
    """The behaviour of one version. The defaults are those of 2.66.0."""

    name: str = NEWEST
    numbers: bool = True
    """New customers, projects and activities get a number."""
    record_defaults: bool = True
    """Absent `visible`, `billable` and `globalActivities` keep the record's default, true; false otherwise."""
    customer_defaults: bool = True
    """Country, currency and timezone of a new customer may be left out."""
    rates_hidden: bool = True
    """Rates and budgets are left out where the caller may not see them; otherwise everybody sees the rates."""
    user_scope: bool = True
    """Whoever edits another user's records must also have access to that user."""
    activity_teams: bool = True
    """Lists of time records leave out those on an activity of another team, as they do with projects and customers."""
    actions_guarded: bool = True
    """The actions of a record need the right to see it; otherwise they are only fewer."""
    action_titles: bool = True
    """Actions without a translation of their own have a title; otherwise it is their id."""
    unknown_tags_refused: bool = True
    """A filter by a tag that does not exist is a 400; otherwise it is left out."""
    negative_duration: tuple[str, ...] = (
        "The end date must not be earlier than the start date.",
        "Duration cannot be negative.",
    )
    """The messages for an end before the begin."""
    email_twice: bool = True
    """A used e-mail address is told twice."""
    user_preferences: bool = True
    """The work contract's preferences are stored with a new user."""
    globals_by_presence: bool = False
    """`globals` of the activities filters whatever its value."""
    filters_guarded: bool = True
    """A filter by a record that the caller has no access to is a 403, an absent id is left out; otherwise it is 404."""
    modified_in_utc: bool = True
    """`modified_after` is UTC, and an empty one is now; otherwise it is local to the caller, and left out."""
    times_by_right: bool = True
    """In the punching modes who may see others' records may send times; otherwise nobody may."""
    restart_copies_rates: bool = False
    """A restart that copies the record copies its rates, too."""
    bare_dates: bool = False
    """A begin without a time is refused, and still counts as that day where it is compared with the end."""
    blank_customer: bool = True
    """The name of a customer that a POST leaves out is empty, and so also too short; otherwise it is null."""
    reset_preference: bool = False
    """`requiresPasswordReset` shows among the preferences once it was set."""
    contract_guarded: bool = True
    """Preferences of the work contract are set by administrators alone; otherwise by everybody in their profile."""
    internal_by_duration: bool = True
    """A user's internal rate holds for an hour of a record of fixed rate; otherwise for the whole of it."""
    paging_exposed: bool = True
    """Browsers may read the headers of paging."""
    any_project_booked: bool = False
    """A time record may be put on any project, whatever its dates and teams, unless it is new and that is hidden."""
    members_by_position: bool = True
    """The rows of a team's PATCH are put on the members at their positions; otherwise the team is emptied first."""
    free_is_no_overbooking: bool = True
    """What costs nothing is no overbooking of money, and what takes no time none of time, however full a budget is."""
    budget_months: bool = True
    """A record that moves to another month counts there as a whole, by the month in its own zone."""
    links_by_right: bool = True
    """Attaching to a team and detaching from it needs the right to the teams of what is attached, too."""
    hours_rounded: bool = True
    """Decimal hours come to whole seconds by rounding; otherwise they are cut off, and `8.20` loses a second."""
    roles_by_right: bool = True
    """The definition lists in the forms of users the roles that its reader may give; otherwise all."""
    ties_by_query: bool = False
    """Of records that begin together the query decides which is listed first; otherwise the newest is."""
    page_limit: int = 500
    """The largest page."""

    @property
    def version_id(self) -> int:
        """The number that `GET /api/version` gives: 26600 for 2.66.0."""
        major, minor, patch = (int(part) for part in self.name.split("."))
        return major * 10000 + minor * 100 + patch


_2_62 = Version(
    "2.62.0",
    numbers=False,
    record_defaults=False,
    customer_defaults=False,
    rates_hidden=False,
    activity_teams=False,
    blank_customer=False,
    members_by_position=False,
    free_is_no_overbooking=False,
    budget_months=False,
    links_by_right=False,
    hours_rounded=False,
    contract_guarded=False,
    internal_by_duration=False,
    paging_exposed=False,
    roles_by_right=False,
    ties_by_query=True,
)

TABLE = {
    "2.24.0": replace(
        _2_62,
        name="2.24.0",
        user_scope=False,
        actions_guarded=False,
        action_titles=False,
        unknown_tags_refused=False,
        negative_duration=("End date must not be earlier then start date.",),
        email_twice=False,
        user_preferences=False,
        globals_by_presence=True,
        filters_guarded=False,
        modified_in_utc=False,
        times_by_right=False,
        restart_copies_rates=True,
        bare_dates=True,
        reset_preference=True,
        any_project_booked=True,
        page_limit=2**63 - 1,
    ),
    "2.62.0": _2_62,
    "2.66.0": Version(),
}
"""From which release on it is so."""


def version(name: str) -> Version:
    """The behaviour of that version: what the last row up to it says. Raises `EmbeddedError` for an unknown one."""
    if name not in VERSIONS:
        raise EmbeddedError(f"there is no Kimai {name!r} to emulate. {suggestion(name, VERSIONS)}")
    since = max((row for row in TABLE if Number(row) <= Number(name)), key=Number)
    return replace(TABLE[since], name=name)
