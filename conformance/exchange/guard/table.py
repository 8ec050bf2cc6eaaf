"""THE table: one row for every operation of Kimai 2.24.0, 2.62.0 and 2.66.0.

A mistake here is a hole in the guard; `tests/safety/test_table.py` holds it against the real definitions.
In 2.24.0 `GET …/stop` and `GET …/restart` are writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from conformance.exchange.guard.kinds import Kind
from conformance.exchange.guard.operations import Effect, GuardedOperation, OperationGroup, Param, ParamRole, best_match

_PLURAL = {
    "customers": (Kind.CUSTOMER, Kind.CUSTOMER_RATE),
    "projects": (Kind.PROJECT, Kind.PROJECT_RATE),
    "activities": (Kind.ACTIVITY, Kind.ACTIVITY_RATE),
}
_COMMENTED = {
    "customers": (Kind.CUSTOMER, Kind.CUSTOMER_COMMENT),
    "projects": (Kind.PROJECT, Kind.PROJECT_COMMENT),
}


def _target(kind: Kind) -> Param:
    return Param(ParamRole.TARGET, kind)


def _ref(kind: Kind, item: str = "") -> Param:
    return Param(ParamRole.REFERENCE, kind, item)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BUDGET = "color budget timeBudget budgetType visible billable teams"
_CUSTOMER_FIELDS = _words(
    "name number comment company vatId contact address addressLine1 addressLine2 addressLine3 postCode city country"
    " language currency phone fax mobile email homepage timezone invoiceText invoiceTemplate invoiceEmail"
    f" buyerReference {_BUDGET}"
)
_PROJECT_FIELDS = _words(
    f"name number comment invoiceText orderNumber orderDate start end customer globalActivities {_BUDGET}"
)
_ACTIVITY_FIELDS = _words(f"name number comment invoiceText project {_BUDGET}")
_TIMESHEET_FIELDS = _words(
    "begin end project activity description fixedRate hourlyRate user tags exported billable duration break metaFields"
)
_RATE_FIELDS = _words("user rate internalRate isFixed")
_COMMENT_FIELDS = _words("message pinned")
_PROFILE_FIELDS = (
    "alias title accountNumber color email language locale timezone supervisor roles enabled systemAccount"
    " requiresPasswordReset"
)
_META_FIELDS = _words("name value")

_CUSTOMER_BODY = {
    "teams": _ref(Kind.TEAM),
    "invoiceTemplate": _ref(Kind.INVOICE_TEMPLATE),
}
_PROJECT_BODY = {"customer": _ref(Kind.CUSTOMER), "teams": _ref(Kind.TEAM)}
_ACTIVITY_BODY = {"project": _ref(Kind.PROJECT), "teams": _ref(Kind.TEAM)}
_TIMESHEET_BODY = {
    "project": _ref(Kind.PROJECT),
    "activity": _ref(Kind.ACTIVITY),
    "user": _ref(Kind.USER),
    "tags": _ref(Kind.TAG),
}
_TEAM_BODY = {"members": _ref(Kind.USER, "user")}
_USER_BODY = {"supervisor": _ref(Kind.USER)}

_FILTERS: Mapping[str, Param | None] = {
    "user": _ref(Kind.USER),
    "users[]": _ref(Kind.USER),
    "customer": _ref(Kind.CUSTOMER),
    "customers[]": _ref(Kind.CUSTOMER),
    "project": _ref(Kind.PROJECT),
    "projects[]": _ref(Kind.PROJECT),
    "activity": _ref(Kind.ACTIVITY),
    "activities[]": _ref(Kind.ACTIVITY),
    "tags[]": _ref(Kind.TAG),
}


def _query(names: str) -> dict[str, Param | None]:
    return {name: _FILTERS.get(name) for name in names.split()}


def _read(path: str, query: str = "", **kinds: Kind) -> GuardedOperation:
    params = {name: _ref(kind) for name, kind in kinds.items()}
    return GuardedOperation("GET", path, Effect.READ, params=params, query=_query(query))


def _reads() -> list[GuardedOperation]:
    named = {
        "timesheet": Kind.TIMESHEET,
        "activity": Kind.ACTIVITY,
        "project": Kind.PROJECT,
        "customer": Kind.CUSTOMER,
    }
    rows = [_read(f"/api/actions/{name}/{{id}}/{{view}}/{{locale}}", id=kind) for name, kind in named.items()]
    rows += [_read(f"/api/{plural}/{{id}}", id=kinds[0]) for plural, kinds in _PLURAL.items()]
    rows += [_read(f"/api/{plural}/{{id}}/rates", id=kinds[0]) for plural, kinds in _PLURAL.items()]
    rows += [_read(f"/api/{plural}/{{id}}/comments", id=kinds[0]) for plural, kinds in _COMMENTED.items()]
    plain = "config/timesheet config/colors ping version plugins users/me timesheets/active favorites/timesheets doc"
    rows += [_read(f"/api/{name}") for name in plain.split()]
    rows += [
        _read("/api/activities", "project projects[] visible globals orderBy order term"),
        _read("/api/customers", "visible order orderBy term full"),
        _read(
            "/api/projects",
            "customer customers[] visible start end ignoreDates globalActivities order orderBy term",
        ),
        _read("/api/invoices", "begin end customers[] status[] page size"),
        _read("/api/invoices/{id}", id=Kind.INVOICE),
        _read("/api/invoices/{id}/download", id=Kind.INVOICE),
        _read("/api/tags", "name"),
        _read("/api/tags/find", "name"),
        _read("/api/teams"),
        _read("/api/teams/{id}", id=Kind.TEAM),
        _read(
            "/api/timesheets",
            "user users[] customer customers[] project projects[] activity activities[] page size tags[] orderBy"
            " order begin end exported active billable full term modified_after",
        ),
        _read("/api/timesheets/{id}", id=Kind.TIMESHEET),
        _read("/api/timesheets/recent", "begin size"),
        _read("/api/users", "visible orderBy order term full"),
        _read("/api/users/{id}", id=Kind.USER),
    ]
    return rows


def _change(
    method: str, path: str, params: Mapping[str, Param], effect: Effect = Effect.WRITE, **more: object
) -> GuardedOperation:
    return GuardedOperation(method, path, effect, params=params, **more)  # type: ignore[arg-type]


def _crud(
    plural: str, kind: Kind, fields: frozenset[str], body: Mapping[str, Param], required: str, delete: Effect
) -> list[GuardedOperation]:
    item = f"/api/{plural}/{{id}}"
    undo = f"DELETE {item}"
    one = {"id": _target(kind)}
    return [
        GuardedOperation(
            "POST",
            f"/api/{plural}",
            Effect.WRITE,
            body=body,
            fields=fields,
            required=_words(required),
            creates=kind,
            undo=undo,
        ),
        _change("PATCH", item, one, body=body, fields=fields, undo=undo),
        _change("DELETE", item, one, delete),
    ]


def _meta(plural: str, kind: Kind) -> GuardedOperation:
    return _change("PATCH", f"/api/{plural}/{{id}}/meta", {"id": _target(kind)}, fields=_META_FIELDS)


def _rates(plural: str, parent: Kind, rate: Kind) -> list[GuardedOperation]:
    path = f"/api/{plural}/{{id}}/rates"
    delete = f"{path}/{{rateId}}"
    return [
        _change(
            "POST",
            path,
            {"id": _target(parent)},
            body={"user": _ref(Kind.USER)},
            fields=_RATE_FIELDS,
            creates=rate,
            undo=f"DELETE {delete}",
        ),
        _change("DELETE", delete, {"id": _target(parent), "rateId": _target(rate)}, Effect.DELETE),
    ]


def _comments(plural: str, parent: Kind, comment: Kind) -> list[GuardedOperation]:
    path = f"/api/{plural}/{{id}}/comments"
    delete = f"{path}/{{comment}}"
    both = {"id": _target(parent), "comment": _target(comment)}
    return [
        _change(
            "POST",
            path,
            {"id": _target(parent)},
            fields=_COMMENT_FIELDS,
            required=_words("message"),
            creates=comment,
            undo=f"DELETE {delete}",
        ),
        _change("PATCH", f"{delete}/pin", both),
        _change("DELETE", delete, both, Effect.DELETE),
    ]


def _records() -> list[GuardedOperation]:
    rows = [
        *_crud("customers", Kind.CUSTOMER, _CUSTOMER_FIELDS, _CUSTOMER_BODY, "name", Effect.CASCADE),
        *_crud("projects", Kind.PROJECT, _PROJECT_FIELDS, _PROJECT_BODY, "name customer", Effect.CASCADE),
        *_crud("activities", Kind.ACTIVITY, _ACTIVITY_FIELDS, _ACTIVITY_BODY, "name", Effect.CASCADE),
        *_crud("teams", Kind.TEAM, _words("name color members"), _TEAM_BODY, "name members", Effect.DELETE),
        *_crud("tags", Kind.TAG, _words("name color visible"), {}, "name", Effect.DELETE),
    ]
    rows = [row for row in rows if row.label != "PATCH /api/tags/{id}"]
    for plural, (kind, rate) in _PLURAL.items():
        rows += [
            _meta(plural, kind),
            *_rates(plural, kind, rate),
            _change(
                "POST",
                f"/api/{plural}/{{id}}/team",
                {"id": _target(kind)},
                creates=Kind.TEAM,
                undo="DELETE /api/teams/{id}",
            ),
        ]
    for plural, (kind, comment) in _COMMENTED.items():
        rows += _comments(plural, kind, comment)
    rows.append(
        _change(
            "POST",
            "/api/projects/{id}/duplicate",
            {"id": _target(Kind.PROJECT)},
            creates=Kind.PROJECT,
            undo="DELETE /api/projects/{id}",
        )
    )
    return rows


def _memberships() -> list[GuardedOperation]:
    # What is attached to a team is changed by it: a project of a team is hidden from everybody else.
    attached = {
        "members/{userId}": _ref(Kind.USER),
        "customers/{customerId}": _target(Kind.CUSTOMER),
        "projects/{projectId}": _target(Kind.PROJECT),
        "activities/{activityId}": _target(Kind.ACTIVITY),
    }
    rows = []
    for tail, param in attached.items():
        path = f"/api/teams/{{id}}/{tail}"
        params = {"id": _target(Kind.TEAM), tail.split("{")[1][:-1]: param}
        rows += [_change("POST", path, params, undo=f"DELETE {path}"), _change("DELETE", path, params)]
    return rows


def _timesheets() -> list[GuardedOperation]:
    item = "/api/timesheets/{id}"
    one = {"id": _target(Kind.TIMESHEET)}
    undo = f"DELETE {item}"
    restart = {
        "fields": _words("copy begin"),
        "query": _query("copy"),
        "creates": Kind.TIMESHEET,
        "undo": undo,
    }
    post, patch, delete = _crud(
        "timesheets", Kind.TIMESHEET, _TIMESHEET_FIELDS, _TIMESHEET_BODY, "project activity", Effect.DELETE
    )
    post = GuardedOperation(**{**post.__dict__, "query": _query("full")})
    return [
        post,
        patch,
        delete,
        _meta("timesheets", Kind.TIMESHEET),
        _change("PATCH", f"{item}/stop", one, Effect.STOP),
        _change("GET", f"{item}/stop", one, Effect.STOP),
        _change("PATCH", f"{item}/restart", one, Effect.START, **restart),
        _change("GET", f"{item}/restart", one, Effect.START, **restart),
        _change("PATCH", f"{item}/duplicate", one, creates=Kind.TIMESHEET, undo=undo),
        _change("PATCH", f"{item}/export", one),
    ]


def _people() -> list[GuardedOperation]:
    user = {"id": _target(Kind.USER)}
    favourite = "/api/favorites/timesheets/{id}"
    one = {"id": _target(Kind.TIMESHEET)}
    profile = _words(_PROFILE_FIELDS)
    return [
        GuardedOperation(
            "POST",
            "/api/users",
            Effect.WRITE,
            OperationGroup.USERS,
            body=_USER_BODY,
            fields=profile | _words("username plainPassword plainApiToken"),
            required=_words("username email plainPassword"),
            creates=Kind.USER,
        ),
        _change("PATCH", "/api/users/{id}", user, group=OperationGroup.PROFILE, body=_USER_BODY, fields=profile),
        _change(
            "PATCH",
            "/api/users/{id}/preferences",
            user,
            group=OperationGroup.PROFILE,
            fields=_META_FIELDS,
            takes_list=True,
        ),
        _change(
            "DELETE",
            "/api/users/roles/{id}",
            {"id": _target(Kind.USER_ROLE)},
            Effect.DELETE,
            group=OperationGroup.USERS,
        ),
        _change(
            "DELETE",
            "/api/users/api-token/{id}",
            {"id": _target(Kind.API_TOKEN)},
            Effect.DELETE,
            group=OperationGroup.PROFILE,
        ),
        _change("POST", favourite, one, group=OperationGroup.FAVOURITES, undo=f"DELETE {favourite}"),
        _change("DELETE", favourite, one, Effect.DELETE, group=OperationGroup.FAVOURITES, undo=f"POST {favourite}"),
        _change("POST", "/api/dashboard/widgets/{widget}", {}, group=OperationGroup.DASHBOARD),
        _change("DELETE", "/api/dashboard/widgets", {}, Effect.DELETE, group=OperationGroup.DASHBOARD),
    ]


def _documents() -> list[GuardedOperation]:
    kinds = {
        "invoices/{id}": Kind.INVOICE,
        "invoices/documents/{id}": Kind.INVOICE_DOCUMENT,
        "invoices/templates/{id}": Kind.INVOICE_TEMPLATE,
        "export/{id}": Kind.EXPORT_TEMPLATE,
    }
    rows = [_change("DELETE", f"/api/{path}", {"id": _target(kind)}, Effect.DELETE) for path, kind in kinds.items()]
    rows.append(
        _change(
            "PATCH",
            "/api/invoices/{id}/custom-fields",
            {"id": _target(Kind.INVOICE)},
            fields=_META_FIELDS,
            takes_list=True,
        )
    )
    return rows


OPERATIONS: Mapping[str, GuardedOperation] = {
    row.label: row for row in [*_reads(), *_records(), *_memberships(), *_timesheets(), *_people(), *_documents()]
}
"""Every known operation by its label, "PATCH /api/timesheets/{id}"."""

_TEMPLATES: Mapping[str, Sequence[str]] = {
    method: [row.path for row in OPERATIONS.values() if row.method == method]
    for method in {row.method for row in OPERATIONS.values()}
}


def lookup(method: str, segments: Sequence[str]) -> tuple[GuardedOperation, dict[str, str]] | None:
    """Return the row for a method and decoded path segments, with the values of its path parameters."""
    result = best_match(_TEMPLATES.get(method, ()), segments)
    return None if result is None else (OPERATIONS[f"{method} {result[0]}"], result[1])
