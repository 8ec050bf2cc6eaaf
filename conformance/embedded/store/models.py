"""What the embedded Kimai keeps. Ids count from 1 and are never used again, as in MariaDB.

Times are naive UTC, as Kimai stores them; a timesheet's zone stands beside them. The columns that change without a
client's doing are `last_usage`, `last_login` and `modified_at`, and no others.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Table, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

LIMIT = "bytes"
"""The key of a column's `info` for how many bytes a released database holds in it."""
_TEXT = {LIMIT: 65_535}
_GONE = "all, delete-orphan"
# Goes with what it hangs below, and stays where it is moved elsewhere or nowhere: a project's activity made global.
_BELOW = "all"


class Base(DeclarativeBase):
    """Declarative base: autoincrementing ids, lists and maps as JSON."""

    type_annotation_map = {list[str]: JSON, dict[str, Any]: JSON}  # noqa: RUF012 - SQLAlchemy's own name
    __table_args__: Any = {"sqlite_autoincrement": True}  # noqa: RUF012 - the same

    id: Mapped[int] = mapped_column(primary_key=True)


def _link(name: str, left: str, right: str) -> Table:
    return Table(
        name,
        Base.metadata,
        Column("left_id", ForeignKey(f"{left}.id", ondelete="CASCADE"), primary_key=True),
        Column("right_id", ForeignKey(f"{right}.id", ondelete="CASCADE"), primary_key=True),
    )


customer_teams = _link("customer_teams", "customers", "teams")
project_teams = _link("project_teams", "projects", "teams")
activity_teams = _link("activity_teams", "activities", "teams")
timesheet_tags = _link("timesheet_tags", "timesheets", "tags")
favourites = _link("favourites", "users", "timesheets")


class User(Base):
    """A user. `api_password` is the old X-AUTH one. `roles` leaves out ROLE_USER, which everybody has."""

    __tablename__ = "users"

    username: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str]
    password: Mapped[str | None]
    api_password: Mapped[str | None]
    alias: Mapped[str | None]
    title: Mapped[str | None]
    avatar: Mapped[str | None]
    account_number: Mapped[str | None]
    color: Mapped[str | None]
    enabled: Mapped[bool] = mapped_column(default=False)
    system_account: Mapped[bool] = mapped_column(default=False)
    requires_password_reset: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str | None] = mapped_column(default="en")
    locale: Mapped[str | None] = mapped_column(default="en")
    timezone: Mapped[str | None] = mapped_column(default="UTC")
    roles: Mapped[list[str]] = mapped_column(default=list)
    supervisor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    last_login: Mapped[datetime | None]

    supervisor: Mapped[User | None] = relationship(remote_side="User.id")
    tokens: Mapped[list[Token]] = relationship(back_populates="user", cascade=_GONE)
    preferences: Mapped[list[Preference]] = relationship(cascade=_GONE, order_by="Preference.id")
    memberships: Mapped[list[Member]] = relationship(back_populates="user", cascade=_GONE, order_by="Member.id")
    favourites: Mapped[list[Timesheet]] = relationship(
        secondary=favourites, order_by="Timesheet.id", passive_deletes=True
    )


class Token(Base):
    """A bearer token. `expires_at` is naive and compared with the clock of the machine in UTC."""

    __tablename__ = "access_tokens"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str]
    token: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime | None]
    last_usage: Mapped[datetime | None]

    user: Mapped[User] = relationship(back_populates="tokens")


class Preference(Base):
    """One preference of a user; the value is a text, or null."""

    __tablename__ = "user_preferences"
    __table_args__ = (UniqueConstraint("user_id", "name"), {"sqlite_autoincrement": True})

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str]
    value: Mapped[str | None]


class Role(Base):
    """A role beside the four that Kimai brings."""

    __tablename__ = "roles"

    name: Mapped[str] = mapped_column(unique=True)


class Team(Base):
    """A team with its members."""

    __tablename__ = "teams"

    name: Mapped[str]
    color: Mapped[str | None]

    members: Mapped[list[Member]] = relationship(back_populates="team", cascade=_GONE, order_by="Member.id")
    customers: Mapped[list[Customer]] = relationship(
        secondary=customer_teams, back_populates="teams", order_by="Customer.id", passive_deletes=True
    )
    projects: Mapped[list[Project]] = relationship(
        secondary=project_teams, back_populates="teams", order_by="Project.id", passive_deletes=True
    )
    activities: Mapped[list[Activity]] = relationship(
        secondary=activity_teams, back_populates="teams", order_by="Activity.id", passive_deletes=True
    )


class Member(Base):
    """A user's membership of a team."""

    __tablename__ = "team_members"

    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    teamlead: Mapped[bool] = mapped_column(default=False)

    team: Mapped[Team] = relationship(back_populates="members")
    user: Mapped[User] = relationship(back_populates="memberships")


class Budgeted:
    """What customers, projects and activities have in common. `time_budget` is in seconds."""

    name: Mapped[str | None]
    number: Mapped[str | None]
    comment: Mapped[str | None] = mapped_column(info=_TEXT)
    invoice_text: Mapped[str | None]
    color: Mapped[str | None]
    visible: Mapped[bool] = mapped_column(default=True)
    billable: Mapped[bool] = mapped_column(default=True)
    budget: Mapped[float] = mapped_column(default=0.0)
    time_budget: Mapped[int] = mapped_column(default=0)
    budget_type: Mapped[str | None]


class Customer(Budgeted, Base):
    """A customer."""

    __tablename__ = "customers"

    company: Mapped[str | None]
    vat_id: Mapped[str | None]
    contact: Mapped[str | None]
    address: Mapped[str | None]
    address_line1: Mapped[str | None]
    address_line2: Mapped[str | None]
    address_line3: Mapped[str | None]
    post_code: Mapped[str | None]
    city: Mapped[str | None]
    country: Mapped[str | None]
    language: Mapped[str | None]
    currency: Mapped[str | None]
    phone: Mapped[str | None]
    fax: Mapped[str | None]
    mobile: Mapped[str | None]
    email: Mapped[str | None]
    homepage: Mapped[str | None]
    timezone: Mapped[str | None]
    invoice_template: Mapped[int | None] = mapped_column(ForeignKey("invoice_templates.id"))
    invoice_email: Mapped[str | None]
    buyer_reference: Mapped[str | None]

    teams: Mapped[list[Team]] = relationship(
        secondary=customer_teams, back_populates="customers", order_by=Team.id, passive_deletes=True
    )
    projects: Mapped[list[Project]] = relationship(back_populates="customer", cascade=_BELOW)
    rates: Mapped[list[CustomerRate]] = relationship(cascade=_GONE, order_by="CustomerRate.id")
    comments: Mapped[list[CustomerComment]] = relationship(cascade=_GONE)
    invoices: Mapped[list[Invoice]] = relationship(back_populates="customer", cascade=_GONE)


class Project(Budgeted, Base):
    """A project. `start`, `end` and `order_date` are dates; the zone of their day is the owner's."""

    __tablename__ = "projects"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    order_number: Mapped[str | None]
    order_date: Mapped[date | None]
    start: Mapped[date | None]
    end: Mapped[date | None]
    global_activities: Mapped[bool] = mapped_column(default=True)

    customer: Mapped[Customer] = relationship(back_populates="projects")
    teams: Mapped[list[Team]] = relationship(
        secondary=project_teams, back_populates="projects", order_by=Team.id, passive_deletes=True
    )
    activities: Mapped[list[Activity]] = relationship(back_populates="project", cascade=_BELOW)
    rates: Mapped[list[ProjectRate]] = relationship(cascade=_GONE, order_by="ProjectRate.id")
    comments: Mapped[list[ProjectComment]] = relationship(cascade=_GONE)
    timesheets: Mapped[list[Timesheet]] = relationship(back_populates="project", cascade=_BELOW)


class Activity(Budgeted, Base):
    """An activity of one project, or a global one."""

    __tablename__ = "activities"

    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"), index=True)

    project: Mapped[Project | None] = relationship(back_populates="activities")
    teams: Mapped[list[Team]] = relationship(
        secondary=activity_teams, back_populates="activities", order_by=Team.id, passive_deletes=True
    )
    rates: Mapped[list[ActivityRate]] = relationship(cascade=_GONE, order_by="ActivityRate.id")
    timesheets: Mapped[list[Timesheet]] = relationship(back_populates="activity", cascade=_BELOW)


class RateColumns:
    """What the three kinds of rate have in common; without a user it holds for everybody."""

    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    rate: Mapped[float] = mapped_column(default=0.0)
    internal_rate: Mapped[float | None]
    is_fixed: Mapped[bool] = mapped_column(default=False)


class CustomerRate(RateColumns, Base):
    """A rate of a customer."""

    __tablename__ = "customer_rates"
    parent_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    user: Mapped[User | None] = relationship()


class ProjectRate(RateColumns, Base):
    """A rate of a project."""

    __tablename__ = "project_rates"
    parent_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    user: Mapped[User | None] = relationship()


class ActivityRate(RateColumns, Base):
    """A rate of an activity."""

    __tablename__ = "activity_rates"
    parent_id: Mapped[int] = mapped_column(ForeignKey("activities.id"), index=True)
    user: Mapped[User | None] = relationship()


class CommentColumns:
    """What the two kinds of comment have in common."""

    created_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    message: Mapped[str | None]
    created_at: Mapped[datetime]
    pinned: Mapped[bool] = mapped_column(default=False)


class CustomerComment(CommentColumns, Base):
    """A comment on a customer."""

    __tablename__ = "customer_comments"
    parent_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    created_by: Mapped[User] = relationship()


class ProjectComment(CommentColumns, Base):
    """A comment on a project."""

    __tablename__ = "project_comments"
    parent_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    created_by: Mapped[User] = relationship()


class Tag(Base):
    """A tag of timesheets."""

    __tablename__ = "tags"

    name: Mapped[str | None]
    color: Mapped[str | None]
    visible: Mapped[bool] = mapped_column(default=True)


class Timesheet(Base):
    """A record of work. `begin` and `end` are naive UTC, `timezone` is the record's own."""

    __tablename__ = "timesheets"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activities.id"), index=True)
    begin: Mapped[datetime] = mapped_column(index=True)
    end: Mapped[datetime | None]
    timezone: Mapped[str]
    duration: Mapped[int] = mapped_column(default=0)
    pause: Mapped[int] = mapped_column(default=0)
    description: Mapped[str | None] = mapped_column(info=_TEXT)
    rate: Mapped[float] = mapped_column(default=0.0)
    internal_rate: Mapped[float] = mapped_column(default=0.0)
    fixed_rate: Mapped[float | None]
    hourly_rate: Mapped[float | None]
    exported: Mapped[bool] = mapped_column(default=False)
    billable: Mapped[bool] = mapped_column(default=True)
    modified_at: Mapped[datetime]

    user: Mapped[User] = relationship()
    project: Mapped[Project] = relationship(back_populates="timesheets")
    activity: Mapped[Activity | None] = relationship(back_populates="timesheets")
    tags: Mapped[list[Tag]] = relationship(secondary=timesheet_tags, order_by=Tag.id, passive_deletes=True)


class InvoiceTemplate(Base):
    """An invoice template; the API can only delete it."""

    __tablename__ = "invoice_templates"
    name: Mapped[str]


class ExportTemplate(Base):
    """An export template; the API can only delete it."""

    __tablename__ = "export_templates"
    title: Mapped[str]


class Invoice(Base):
    """An invoice. The API cannot make one: rows come from tests that need them. `fields` are its custom fields."""

    __tablename__ = "invoices"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    invoice_number: Mapped[str]
    comment: Mapped[str | None]
    created_at: Mapped[datetime]
    timezone: Mapped[str] = mapped_column(default="UTC")
    total: Mapped[float] = mapped_column(default=0.0)
    tax: Mapped[float] = mapped_column(default=0.0)
    currency: Mapped[str] = mapped_column(default="EUR")
    due_days: Mapped[int] = mapped_column(default=30)
    vat: Mapped[float] = mapped_column(default=0.0)
    status: Mapped[str] = mapped_column(default="new")
    invoice_filename: Mapped[str]
    payment_date: Mapped[date | None]
    content: Mapped[bytes | None]
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)

    customer: Mapped[Customer] = relationship(back_populates="invoices")
    user: Mapped[User] = relationship()
