"""Who may do what: the rights of Kimai's four roles, and what membership of a team adds to or takes from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import ColumnElement, and_, or_, select, true

from conformance.embedded.behaviour.versions import Version
from conformance.embedded.errors import forbidden
from conformance.embedded.store.models import Activity, Customer, Invoice, Project, Team, Timesheet, User

_OWN = "view_own create_own start_own stop_own edit_own delete_own export_own"
_OTHER = _OWN.replace("own", "other")
_CONTENT = ("customer", "project", "activity")


def _timesheet(actions: str) -> set[str]:
    return {f"{action}_timesheet" for action in actions.split()}


def _content(actions: str, scope: str = "") -> set[str]:
    return {f"{action}_{scope}{kind}" for action in actions.split() for kind in _CONTENT}


_USER = {
    "api_access",
    "view_own_profile",
    "edit_own_profile",
    "preferences_own_profile",
    "password_own_profile",
    "api-token_own_profile",
    "create_tag",
    "time_team_project",
    *_timesheet(_OWN),
}
_TEAMLEAD = {
    *_USER,
    *_timesheet(_OTHER),
    *_timesheet("view_rate_own view_rate_other edit_export_own edit_export_other"),
    *_timesheet("edit_billable_own edit_billable_other"),
    *_content("view budget time comments details", "teamlead_"),
    "edit_teamlead_activity",
    "hourly-rate_own_profile",
    "view_invoice",
    "create_invoice",
    "manage_tag",
    "delete_tag",
    "create_activity",
}
_ADMIN = {
    *_TEAMLEAD,
    *_content("view create edit delete budget time permissions comments details"),
    *_timesheet("edit_rate_own edit_rate_other edit_exported"),
    "view_all_data",
    "view_team",
    "create_team",
    "edit_team",
    "delete_team",
    "manage_invoice_template",
    "create_export_template",
    "contract_other_profile",
}
_SUPER_ADMIN = {
    *_ADMIN,
    "view_user",
    "create_user",
    "delete_user",
    "role_permissions",
    *(f"{action}_other_profile" for action in ("view", "edit", "preferences", "password", "roles", "api-token")),
    *(f"{action}_{whose}_profile" for action in ("hourly-rate", "supervisor") for whose in ("own", "other")),
    "roles_own_profile",
}
RIGHTS: dict[str, frozenset[str]] = {
    "ROLE_USER": frozenset(_USER),
    "ROLE_TEAMLEAD": frozenset(_TEAMLEAD),
    "ROLE_ADMIN": frozenset(_ADMIN),
    "ROLE_SUPER_ADMIN": frozenset(_SUPER_ADMIN),
}
"""The default rights of the roles. Nobody has `delete_invoice`."""

BUDGET_RIGHTS = {"budget": ("budget",), "budgetType": ("budget", "time"), "timeBudget": ("time",)}
"""The actions of which a role needs one on a record to see each attribute of its budget."""

Content = Customer | Project | Activity


class Access:
    """What one caller may do. The methods called `require…` raise 403, the others answer."""

    def __init__(self, user: User, rights: Mapping[str, frozenset[str]], version: Version) -> None:
        self.user = user
        self._user_scope = version.user_scope
        self._activity_teams = version.activity_teams
        self._rights = frozenset().union(*(rights.get(role, frozenset()) for role in ("ROLE_USER", *user.roles)))

    def has(self, right: str) -> bool:
        """Whether a role of the caller has the right."""
        return right in self._rights

    def require(self, *rights: str) -> None:
        """Raise 403 unless the caller has all of the rights."""
        if not all(self.has(right) for right in rights):
            raise forbidden()

    @property
    def sees_all(self) -> bool:
        """Whether teams do not limit what the caller sees: those of a super administrator never do."""
        return "view_all_data" in self._rights or "ROLE_SUPER_ADMIN" in self.user.roles

    def content(self, action: str, record: Content) -> bool:
        """Whether the caller may `view`, `edit`, `delete`, … a customer, project or activity.

        By role for all of them, or for those of the teams that the caller leads or is a member of.
        """
        kind = type(record).__name__.lower()
        if f"{action}_{kind}" in self._rights:
            return True
        led, joined = self._teams(lead=True), self._teams(lead=False)
        teams = {team.id for part in _chain(record) for team in part.teams}
        return (f"{action}_teamlead_{kind}" in self._rights and bool(teams & led)) or (
            f"{action}_team_{kind}" in self._rights and bool(teams & joined)
        )

    def require_content(self, actions: Iterable[str], record: Content) -> None:
        """Raise 403 unless the caller may do all of this to the record."""
        if not all(self.content(action, record) for action in actions):
            raise forbidden()

    def lists(self, record: Content) -> bool:
        """Whether the record stands in the caller's lists: without teams, or with one that the caller belongs to."""
        if self.sees_all:
            return True
        mine = self._teams(lead=False)
        return all(not part.teams or mine & {team.id for team in part.teams} for part in _chain(record))

    def timesheet(self, action: str, sheet: Timesheet) -> bool:
        """Whether the caller may `view`, `edit`, `stop`, … the record, its owner and teams considered."""
        # A record that is being made has an owner before the database has told its id.
        own = sheet.user is self.user or sheet.user_id == self.user.id
        right = f"{action}_{'own' if own else 'other'}_timesheet"
        if own or not self._user_scope or right not in self._rights:
            return right in self._rights
        # Another's record is within the caller's teams by what it is booked on, and by its owner. An owner who is in no
        # team is in everybody's scope.
        booked_on = [part for part in (sheet.project, sheet.activity) if part is not None]
        return all(map(self.lists, booked_on)) and (not sheet.user.memberships or self.leads(sheet.user))

    def sheets_shown(self) -> ColumnElement[bool]:
        """The condition on time records that lists set: what each is booked on is of no team, or of the caller's."""
        if self.sees_all:
            return true()
        projects = select(Project.id).join(Customer).where(self._open(Project), self._open(Customer))
        activities = select(Activity.id).where(self._open(Activity))
        of_activity = or_(Timesheet.activity_id.is_(None), Timesheet.activity_id.in_(activities))
        return and_(Timesheet.project_id.in_(projects), of_activity if self._activity_teams else true())

    def _open(self, model: type[Content]) -> ColumnElement[bool]:
        return or_(~model.teams.any(), model.teams.any(Team.id.in_(self._teams(lead=False))))

    def require_timesheet(self, action: str, sheet: Timesheet) -> None:
        """Raise 403 unless the caller may do this to the record."""
        if not self.timesheet(action, sheet):
            raise forbidden()

    def books_on(self, sheet: Timesheet) -> bool:
        """Whether project and activity of the record can be booked on by the caller: all visible, all listed."""
        parts: list[Content] = [sheet.project, sheet.project.customer]
        if sheet.activity is not None:
            parts.append(sheet.activity)
        return all(part.visible and self.lists(part) for part in parts)

    def leads(self, other: User) -> bool:
        """Whether the caller can choose that user in a form: oneself, those of the teams that one leads, or all."""
        teams = {member.team_id for member in other.memberships}
        return self.sees_all or other.id == self.user.id or bool(teams & self._teams(lead=True))

    def reaches(self, other: User) -> bool:
        """Whether the caller has to do with that user: also a plain one in no team, for who leads by role."""
        stray = not other.memberships and not set(other.roles) - {"ROLE_USER"}
        return self.leads(other) or (stray and "ROLE_TEAMLEAD" in self.user.roles)

    def profile(self, action: str, other: User) -> bool:
        """Whether the caller may `view`, `edit`, … that user's profile."""
        right = f"{action}_{'own' if other.id == self.user.id else 'other'}_profile"
        return right in self._rights

    def require_profile(self, action: str, other: User) -> None:
        """Raise 403 unless the caller may do this to that user's profile."""
        if not self.profile(action, other):
            raise forbidden()

    def team(self, action: str, team: Team) -> bool:
        """Whether the caller may `edit` or `delete` the team."""
        return f"{action}_team" in self._rights and (self.sees_all or team.id in self._teams(lead=True))

    def invoice(self, invoice: Invoice) -> bool:
        """Whether the caller may see the invoice, by its customer's teams."""
        return self.has("view_invoice") and self.lists(invoice.customer)

    def _teams(self, lead: bool) -> set[int]:
        return {member.team_id for member in self.user.memberships if member.teamlead or not lead}


def _chain(record: Content) -> Iterator[Content]:
    """The record and what it belongs to, up to the customer."""
    yield record
    if isinstance(record, Activity) and record.project is not None:
        yield from _chain(record.project)
    if isinstance(record, Project):
        yield record.customer
