"""The calls of kimai-mcp's tools, and the statuses that a released 2.66.0 gave to what they send.

Ids are those of a fresh instance with its built-in users (1 to 5), filled by the calls themselves in this order.
A call without `expected` is answered with success throughout.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

BOSS, WORKER, EXPIRED = "superadmin", "worker", "expired"


@dataclass(frozen=True)
class Call:
    """One call of a tool: who asks, what, and the refusals to expect.

    `expected` maps a request (its method, and the beginning of its path below `/api`) to its status.
    """

    who: str
    tool: str
    arguments: dict[str, Any]
    expected: dict[str, int] = field(default_factory=dict)


def _entity(who: str, kind: str, action: str, expected: dict[str, int] | None = None, **more: Any) -> Call:
    return Call(who, "entity", {"type": kind, "action": action, **more}, expected or {})


def _sheet(who: str, action: str, expected: dict[str, int] | None = None, **more: Any) -> Call:
    return Call(who, "timesheet", {"action": action, **more}, expected or {})


def _timer(who: str, action: str, **more: Any) -> Call:
    return Call(who, "timer", {"action": action, **more})


def _rate(kind: str, number: int, action: str, **more: Any) -> Call:
    return Call(BOSS, "rate", {"entity": kind, "entity_id": number, "action": action, **more})


def _team(action: str, **more: Any) -> Call:
    return Call(BOSS, "team_access", {"team_id": 1, "action": action, **more})


def _comment(kind: str, action: str, **more: Any) -> Call:
    return Call(BOSS, "comment", {"entity": kind, "entity_id": 1, "action": action, **more})


_WORK = {"project": 1, "activity": 1}
_DAY = {"begin": "2026-11-02T09:00:00", "end": "2026-11-02T10:30:00"}
_SPAN = {"begin": "2026-11-01", "end": "2026-11-30"}
_PLACE = {"country": "DE", "currency": "EUR", "timezone": "Europe/Berlin"}
_META = [{"name": "unknown", "value": "x"}]
_PERSON = {"username": "newcomer", "email": "newcomer@example.com", "plainPassword": "long-enough-1"}

CONFIGURATION = [
    *(Call(BOSS, "config", {"type": kind}) for kind in ("version", "timesheet", "colors", "plugins", "all")),
    Call(BOSS, "user_current", {}),
]
CONTENT = [
    _entity(BOSS, "customer", "create", data={"name": "Customer", **_PLACE}),
    _entity(BOSS, "project", "create", data={"name": "Project", "customer": 1}),
    _entity(BOSS, "activity", "create", data={"name": "Activity"}),
    _entity(BOSS, "activity", "create", data={"name": "Own activity", "project": 1}),
    _entity(BOSS, "tag", "create", data={"name": "alpha", "visible": True}),
    _entity(BOSS, "user", "create", data={**_PERSON, "language": "en", "locale": "en", "timezone": "Europe/Berlin"}),
    _entity(BOSS, "team", "create", data={"name": "Crew", "members": [{"user": 1, "teamlead": True}]}),
    *(_entity(BOSS, kind, "list") for kind in ("customer", "project", "activity", "user", "team", "tag")),
    *(_entity(BOSS, kind, "list", filters={"visible": 3}) for kind in ("customer", "project", "activity", "user")),
    _entity(BOSS, "project", "list", filters={"customer": 1, "ignore_dates": True, "visible": 1}),
    _entity(BOSS, "project", "list", filters={"global_activities": "1", "order_by": "name", "order": "DESC"}),
    _entity(BOSS, "activity", "list", filters={"project": 1, "globals": "1"}),
    _entity(BOSS, "customer", "list", filters={"term": "custom", "order_by": "name", "order": "ASC"}),
    _entity(BOSS, "tag", "list", filters={"name": "al"}),
    *(_entity(BOSS, kind, "get", id=1) for kind in ("customer", "project", "activity", "user", "team")),
    _entity(BOSS, "customer", "get", {"GET /customers/99": 404}, id=99),
    *(_entity(BOSS, kind, "update", id=1, data={"comment": "c"}) for kind in ("customer", "project", "activity")),
    _entity(BOSS, "user", "update", id=4, data={"alias": "Working"}),
    _entity(BOSS, "team", "update", id=1, data={"name": "The crew"}),
    _entity(BOSS, "user", "set_preferences", id=4, preferences=[{"name": "hourly_rate", "value": "50"}]),
]
TEAMS = [
    _team("add_member", user_id=4),
    *(_team("grant", target=kind, target_id=1) for kind in ("customer", "project", "activity")),
    *(_team("revoke", target=kind, target_id=1) for kind in ("customer", "project", "activity")),
    _team("remove_member", user_id=4),
]
RATES = [
    *(_rate(kind, 1, "add", data={"rate": 80.5}) for kind in ("customer", "project", "activity")),
    *(_rate(kind, 1, "list") for kind in ("customer", "project", "activity")),
    *(_rate(kind, 1, "delete", rate_id=1) for kind in ("customer", "project", "activity")),
]
COMMENTS = [
    call
    for kind in ("customer", "project")
    for call in (
        _comment(kind, "create", data={"message": "Remember"}),
        _comment(kind, "list"),
        _comment(kind, "pin", comment_id=1),
        _comment(kind, "delete", comment_id=1),
    )
]
TIMESHEETS = [
    _sheet(BOSS, "create", data={**_WORK, **_DAY, "description": "x", "tags": "alpha"}),
    _sheet(BOSS, "create", data={**_WORK, "begin": "2026-11-03T09:00:00+01:00", "end": "2026-11-03T10:00:00+01:00"}),
    _sheet(BOSS, "list"),
    _sheet(BOSS, "list", filters={"user_scope": "all", **_SPAN}),
    _sheet(BOSS, "list", filters={"user_scope": "specific", "user": "1", "page": 1, "size": 50}),
    _sheet(BOSS, "list", filters={"project": 1, "activity": 1, "exported": 0, "active": 0, "billable": 1}),
    _sheet(BOSS, "list", filters={"order_by": "id", "order": "ASC", "modified_after": "2026-01-01T00:00:00"}),
    _sheet(BOSS, "list", {"GET /timesheets": 404}, filters={"page": 99}),
    _sheet(BOSS, "get", id=1),
    _sheet(BOSS, "get", {"GET /timesheets/99": 404}, id=99),
    _sheet(BOSS, "update", id=1, data={"description": "changed"}),
    _sheet(BOSS, "duplicate", id=1),
    _sheet(BOSS, "export_toggle", id=3),
    _sheet(BOSS, "meta_update", {"PATCH /timesheets/1/meta": 404}, id=1, meta=_META),
    _sheet(BOSS, "batch_export", ids=[1, 2]),
    _timer(BOSS, "start", data={**_WORK, "description": "running"}),
    _timer(BOSS, "active"),
    _timer(BOSS, "stop", id=4),
    _timer(BOSS, "restart", id=1),
    _timer(BOSS, "stop", id=5),
    _timer(BOSS, "recent", size=5),
    _timer(BOSS, "favorite", id=1),
    _timer(BOSS, "favorites"),
    _timer(BOSS, "unfavorite", id=1),
    Call(BOSS, "analyze_project_team", {"project_id": 1, "begin": "2026-11-01", "end": "2026-11-30"}),
]
ABSENT = [
    *(
        Call(
            BOSS,
            "meta",
            {"entity": kind, "entity_id": 1, "action": "update", "data": _META},
            {f"PATCH /{path}/1/meta": 404},
        )
        for kind, path in (("customer", "customers"), ("project", "projects"), ("activity", "activities"))
    ),
    _entity(BOSS, "invoice", "list", filters={**_SPAN, "customers": [1], "status": ["paid"], "page": 1, "size": 10}),
    _entity(BOSS, "holiday", "list", {"GET /public-holidays": 404}),
    Call(BOSS, "calendar", {"type": "holidays"}, {"GET /public-holidays/calendar": 404}),
    Call(BOSS, "absence", {"action": "list"}, {"GET /absences": 404}),
    Call(BOSS, "absence", {"action": "types"}, {"GET /absences/types": 404}),
    _entity(BOSS, "user", "lock_month", {"DELETE /work-contract/lock/4/": 404}, id=4, month="2026-10-01"),
    _entity(BOSS, "user", "unlock_month", {"DELETE /work-contract/unlock/4/": 404}, id=4, month="2026-10-01"),
]
PLAIN = [
    Call(WORKER, "user_current", {}),
    Call(WORKER, "config", {"type": "all"}),
    *(_entity(WORKER, kind, "list") for kind in ("customer", "project", "activity", "tag")),
    _entity(WORKER, "user", "list", {"GET /users": 403}),
    _entity(WORKER, "team", "list", {"GET /teams": 403}),
    _entity(WORKER, "invoice", "list", {"GET /invoices": 403}),
    _entity(WORKER, "project", "get", {"GET /projects/1": 403}, id=1),
    _entity(WORKER, "customer", "create", {"POST /customers": 403}, data={"name": "Mine", **_PLACE}),
    Call(WORKER, "rate", {"entity": "project", "entity_id": 1, "action": "list"}, {"GET /projects/1/rates": 403}),
    Call(WORKER, "comment", {"entity": "project", "entity_id": 1, "action": "list"}, {"GET /projects/1/comments": 403}),
    _sheet(WORKER, "create", data={**_WORK, **_DAY}),
    _sheet(WORKER, "create", {"POST /timesheets": 400}, data={**_WORK, **_DAY, "billable": True}),
    _sheet(WORKER, "list"),
    _sheet(WORKER, "list", filters={"user_scope": "all"}),
    _sheet(WORKER, "get", {"GET /timesheets/1": 403}, id=1),
    _sheet(WORKER, "get", id=6),
    _sheet(WORKER, "update", id=6, data={"description": "mine"}),
    _sheet(WORKER, "export_toggle", {"PATCH /timesheets/6/export": 403}, id=6),
    _timer(WORKER, "start", data=_WORK),
    _timer(WORKER, "active"),
    _timer(WORKER, "stop", id=7),
    _timer(WORKER, "recent"),
    _sheet(WORKER, "delete", id=6),
    Call(EXPIRED, "user_current", {}, {"GET /users/me": 401}),
]
CLEANING = [
    _sheet(BOSS, "batch_delete", ids=[1, 2]),
    _sheet(BOSS, "delete", id=3),
    _entity(BOSS, "tag", "delete", id=1),
    _entity(BOSS, "team", "delete", id=1),
    *(_entity(BOSS, kind, "delete", id=1) for kind in ("activity", "project", "customer")),
]
CALLS = [*CONFIGURATION, *CONTENT, *TEAMS, *RATES, *COMMENTS, *TIMESHEETS, *ABSENT, *PLAIN, *CLEANING]
