"""The kinds of record that the suite meets, where they are listed and read, and who may delete them by default."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field


class Kind(enum.StrEnum):
    """A kind of record. Rates and comments are told apart by what they hang below: their ids count separately."""

    CUSTOMER = "customer"
    PROJECT = "project"
    ACTIVITY = "activity"
    TIMESHEET = "timesheet"
    TAG = "tag"
    TEAM = "team"
    USER = "user"
    INVOICE = "invoice"
    CUSTOMER_RATE = "customer_rate"
    PROJECT_RATE = "project_rate"
    ACTIVITY_RATE = "activity_rate"
    CUSTOMER_COMMENT = "customer_comment"
    PROJECT_COMMENT = "project_comment"
    INVOICE_TEMPLATE = "invoice_template"
    INVOICE_DOCUMENT = "invoice_document"
    EXPORT_TEMPLATE = "export_template"
    API_TOKEN = "api_token"
    USER_ROLE = "user_role"


@dataclass(frozen=True)
class KindSpec:
    """Where a kind is found. Paths are templates; `{id}` is the parent's id where `parent` is set.

    `role` is the weakest default role that may delete any record of the kind (`own` for those one made oneself);
    empty where no default role may. `name` is the attribute that carries the run's mark. `by_name`: the list is
    given for a part of the name only, so it cannot show that an id does not exist. `by_text`: the path has a
    name, so that text without digits means a record too.
    """

    delete: str = ""
    item: str = ""
    listing: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    parent: Kind | None = None
    role: str = "ROLE_ADMIN"
    own: str = ""
    name: str = ""
    by_name: bool = False
    by_text: bool = False


_EVERYTHING = {"visible": "3"}

KINDS: Mapping[Kind, KindSpec] = {
    Kind.CUSTOMER: KindSpec("/api/customers/{id}", "/api/customers/{id}", "/api/customers", _EVERYTHING, name="name"),
    Kind.PROJECT: KindSpec(
        "/api/projects/{id}",
        "/api/projects/{id}",
        "/api/projects",
        {**_EVERYTHING, "ignoreDates": "1"},
        name="name",
    ),
    Kind.ACTIVITY: KindSpec(
        "/api/activities/{id}", "/api/activities/{id}", "/api/activities", _EVERYTHING, name="name"
    ),
    Kind.TIMESHEET: KindSpec(
        "/api/timesheets/{id}",
        "/api/timesheets/{id}",
        "/api/timesheets",
        {"user": "all", "orderBy": "id", "order": "DESC"},
        own="ROLE_USER",
        name="description",
    ),
    Kind.TAG: KindSpec(
        "/api/tags/{id}", "", "/api/tags/find", {"name": ""}, role="ROLE_TEAMLEAD", name="name", by_name=True
    ),
    Kind.TEAM: KindSpec("/api/teams/{id}", "/api/teams/{id}", "/api/teams", name="name"),
    Kind.USER: KindSpec("", "/api/users/{id}", "/api/users", _EVERYTHING, role="", name="username"),
    Kind.INVOICE: KindSpec("/api/invoices/{id}", "/api/invoices/{id}", "/api/invoices", role=""),
    Kind.CUSTOMER_RATE: KindSpec(
        "/api/customers/{id}/rates/{rateId}", "", "/api/customers/{id}/rates", parent=Kind.CUSTOMER
    ),
    Kind.PROJECT_RATE: KindSpec(
        "/api/projects/{id}/rates/{rateId}", "", "/api/projects/{id}/rates", parent=Kind.PROJECT
    ),
    Kind.ACTIVITY_RATE: KindSpec(
        "/api/activities/{id}/rates/{rateId}", "", "/api/activities/{id}/rates", parent=Kind.ACTIVITY
    ),
    Kind.CUSTOMER_COMMENT: KindSpec(
        "/api/customers/{id}/comments/{comment}",
        "",
        "/api/customers/{id}/comments",
        parent=Kind.CUSTOMER,
        name="message",
    ),
    Kind.PROJECT_COMMENT: KindSpec(
        "/api/projects/{id}/comments/{comment}", "", "/api/projects/{id}/comments", parent=Kind.PROJECT, name="message"
    ),
    Kind.INVOICE_TEMPLATE: KindSpec("/api/invoices/templates/{id}", role=""),
    Kind.INVOICE_DOCUMENT: KindSpec("/api/invoices/documents/{id}", role="", by_text=True),
    Kind.EXPORT_TEMPLATE: KindSpec("/api/export/{id}", role=""),
    Kind.API_TOKEN: KindSpec("/api/users/api-token/{id}", role=""),
    Kind.USER_ROLE: KindSpec("/api/users/roles/{id}", role=""),
}

PLURALS: Mapping[str, str] = {
    kind: facts.listing.split("/")[2] for kind, facts in KINDS.items() if facts.listing and facts.parent is None
}
"""How paths name the records of a kind that hangs below no other: "activities"."""

NAMED = frozenset({Kind.CUSTOMER, Kind.PROJECT, Kind.ACTIVITY, Kind.TAG, Kind.TEAM, Kind.USER})
"""Kinds whose name carries the mark. A timesheet has it in its description; the rest live under own parents."""

RATES = frozenset({Kind.CUSTOMER_RATE, Kind.PROJECT_RATE, Kind.ACTIVITY_RATE})
COMMENTS = frozenset({Kind.CUSTOMER_COMMENT, Kind.PROJECT_COMMENT})

CASCADING = frozenset({Kind.CUSTOMER, Kind.PROJECT, Kind.ACTIVITY})
"""Kinds whose DELETE takes timesheets with it."""


def fill_path(template: str, *ids: int | str | None) -> str:
    """Return a path template with its parameters replaced in their order; those left over stay as they are."""
    values = iter(ids)
    parts = (
        str(next(values, part)) if part.startswith("{") and part.endswith("}") else part for part in template.split("/")
    )
    return "/".join(parts)


def delete_path(kind: Kind, ident: int, parent: int | None = None) -> str:
    """Return the path that deletes a record, with its parent's id where it has one."""
    return fill_path(KINDS[kind].delete, *([] if KINDS[kind].parent is None else [parent]), ident)
