"""Rule 3, the other side: what belongs to an actor is changed only where `--allow` names the class, and is put back."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from conformance.exchange.guard.bodies import field_key
from conformance.exchange.guard.classification import ClassifiedRequest
from conformance.exchange.guard.context import GuardContext
from conformance.exchange.guard.credentials import CredentialStatus
from conformance.exchange.guard.kinds import Kind
from conformance.exchange.guard.operations import OperationGroup
from conformance.exchange.guard.rules.no_effect import cannot_be_valid, targets_absent_record
from conformance.exchange.ownership.ledger import SavedState

RESTORABLE = frozenset({"alias", "title", "accountNumber", "color", "language", "locale", "timezone"})
"""What of a profile can be read and put back. The rest locks a person out, or cannot be read."""

AS_SHOWN = frozenset({"systemAccount", "enabled", "roles"})
"""What of a profile is sent only as it is shown: whether it is taken tells of rights, and it changes nothing."""

_HINTS = {
    OperationGroup.USERS: "users are made and their roles changed",
    OperationGroup.PROFILE: "it changes an actor's profile",
    OperationGroup.FAVOURITES: "it changes an actor's favourites",
    OperationGroup.DASHBOARD: "it changes an actor's dashboard",
}
FAVOURITES = "/api/favorites/timesheets"
MOST_FAVOURITES = 5
"""So many Kimai keeps: one more pushes out the oldest."""

RESTORES = "conformance.restores"
"""Extension of a request that puts back what was kept: the number under which the ledger has it."""

_PREFERENCES = "PATCH /api/users/{id}/preferences"


def check(call: ClassifiedRequest, state: GuardContext) -> str | None:
    """Refuse a write to profile, preferences, favourites, dashboard, roles or tokens that is not allowed."""
    operation = call.operation
    if operation is None or not operation.writes or operation.group is OperationGroup.RECORDS:
        return None
    group = operation.group
    if restored_by(call, state) or _changes_nothing(call, state):
        return None
    if group is OperationGroup.PROFILE and _is_own_user(call, state):
        group = OperationGroup.USERS  # whoever may be made may be changed, and disabled in the end
    if not state.config.allows(group):
        return f"{_HINTS.get(group, 'it is off')}: allow it with --allow {group}"
    if group is OperationGroup.DASHBOARD and not state.config.allows(OperationGroup.UNDELETABLE):
        return "a dashboard cannot be read through the API, so not put back: it also takes --allow undeletable"
    if group is OperationGroup.FAVOURITES and operation.method == "POST":
        if state.config.is_embedded or call.actor is None:
            return None
        status, listed = state.read_list(call.actor, FAVOURITES, {})
        if listed is None:
            return f"the favourites of {call.actor.name} could not be read (answer {status})"
        if len(listed) < MOST_FAVOURITES or any(item.get("id") == t.ident for item in listed for t in call.targets()):
            return None
        return f"{call.actor.name} has {len(listed)} favourites, and one more would push one of them out"
    if group is OperationGroup.PROFILE and operation.method == "PATCH":
        for target in call.targets():
            if target.kind is Kind.USER and not state.owns(Kind.USER, target.ident) and state.actor_with(target.ident):
                return (
                    _preferences(call.body.value) if call.label == _PREFERENCES else _fields(call, state, target.ident)
                )
        return None
    return None


def _is_own_user(call: ClassifiedRequest, state: GuardContext) -> bool:
    targets = call.targets()
    return bool(targets) and all(t.kind is Kind.USER and state.owns(Kind.USER, t.ident) for t in targets)


def restored_by(call: ClassifiedRequest, state: GuardContext) -> SavedState | None:
    """Return what was kept and is put back by exactly this request, None for every other request."""
    number = call.request.extensions.get(RESTORES)
    kept = next((k for ledger in state.ledgers if (k := ledger.contents.before.get(str(number)))), None)
    if kept is None or call.operation is None or not call.path.startswith(kept.path):
        return None
    if call.operation.group is OperationGroup.FAVOURITES:
        own = all(state.made(Kind.TIMESHEET, target.ident) for target in call.targets())
        return kept if own or all(target.ident in kept.values for target in call.targets()) else None
    sent = call.body.value
    values = {item["name"]: item["value"] for item in sent} if isinstance(sent, list) else sent
    same = isinstance(values, dict) and all(
        name in kept.values and kept.values[name] == value for name, value in values.items()
    )
    return kept if same and call.path == kept.path else None


def _changes_nothing(call: ClassifiedRequest, state: GuardContext) -> bool:
    """Whether it concerns nobody: an absent id, an unknown widget, or with bad credentials an impossible body."""
    if call.operation is not None and call.operation.group is OperationGroup.DASHBOARD:
        return state.config.mark in call.values.get("widget", "")
    if call.operation is not None and call.operation.params:
        return targets_absent_record(call, state)
    return call.standing is not CredentialStatus.GOOD and cannot_be_valid(call)


def _fields(call: ClassifiedRequest, state: GuardContext, user: int) -> str | None:
    allowed = {field_key(name) for name in RESTORABLE}
    for name, value in call.body.fields.items():
        if name not in allowed and not _as_shown(call, state, user, name, value):
            return f"{name} of an actor cannot be read and put back"
        if reason := _harmful(name, value):
            return reason
    return None


def _as_shown(call: ClassifiedRequest, state: GuardContext, user: int, name: str, value: Any) -> bool:
    """Whether an attribute is sent just as the instance shows it to the sender, so that it stays what it is."""
    known = {field_key(word): word for word in AS_SHOWN}
    if name not in known:
        return False
    status, shown = state.read(call.actor or state.strongest, f"/api/users/{user}", {})
    same = status == 200 and isinstance(shown, dict) and known[name] in shown
    return same and type(shown[known[name]]) is type(value) and bool(shown[known[name]] == value)


def items_of(body: Any) -> list[Any]:
    """Return the items of a body that should be a list: to a PHP server the values of an object are items as well."""
    return body if isinstance(body, list) else list(body.values()) if isinstance(body, dict) else []


def _preferences(body: Any) -> str | None:
    for item in items_of(body):
        if not isinstance(item, dict) or not isinstance(item.get("name"), str):
            return "preferences of an actor are changed by name only"
        if reason := _harmful(field_key(item["name"]), item.get("value")):
            return reason
    return None


def _harmful(name: str, value: Any) -> str | None:
    if name == "timezone" and value not in available_timezones():
        return "with an unknown time zone every further call of that user fails"
    if name in ("language", "locale") and not (isinstance(value, str) and 2 <= len(value) <= 11 and value.isascii()):
        return f"{name} is not a language"
    return None
