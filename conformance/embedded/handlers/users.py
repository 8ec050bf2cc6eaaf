"""Users, their preferences, roles and tokens."""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import select

from conformance.embedded.errors import ReleaseCrash, bad_request, forbidden, not_found
from conformance.embedded.forms.rules import check_unique_user
from conformance.embedded.handlers.common import (
    fill,
    folded,
    form_of,
    matches,
    ordered,
    remove,
    remove_target,
    save,
    target,
)
from conformance.embedded.store.models import Preference, Role, Token, User
from conformance.embedded.store.state import Reply, RequestContext
from conformance.embedded.store.users import CONTRACT_PREFERENCES, contract_preferences
from conformance.embedded.web.serialise import RATE_PREFERENCES, RESET, answer, as_list, preferences

_ON_THE_USER = ("timezone", "language", "locale")
_NOT_SHOWN = (
    "skin",
    "update_browser_title",
    "calendar_initial_view",
    "login_initial_view",
    "daily_stats",
    "export_decimal",
)
"""Preferences that can be set, and are not among those of an answer."""
_LONGEST_VALUE = 255
_KEYS = {
    "id": lambda user: user.id,
    "username": lambda user: folded(user.username),
    "alias": lambda user: folded(user.alias),
    "email": lambda user: folded(user.email),
}


def _list(call: RequestContext) -> Reply:
    call.access.require("view_user")
    visibility = call.filters("visible") or "1"
    term = call.filters("term")
    shown = [
        user
        for user in call.session.scalars(select(User))
        if {"1": user.enabled, "2": not user.enabled, "3": True}[visibility]
        and (term is None or matches(term, [user.username, user.alias, user.title, user.email]))
    ]
    schema = "UserEntity" if call.query.get("full") in ("1", "true") else "UserCollection"
    return Reply(as_list(call, ordered(call, shown, _KEYS, "username"), schema))


def _create(call: RequestContext) -> Reply:
    call.access.require("create_user")
    user = User(
        enabled=False,
        language=call.state.settings.text("defaults.user.language"),
        locale=call.state.settings.text("defaults.user.language"),
        timezone=call.state.settings.text("defaults.user.timezone"),
        roles=[],
        preferences=contract_preferences() if call.version.user_preferences else [],
    )
    fill(call, user, form_of(call, "UserCreateForm"), check_unique_user)
    _note_reset(call, user)
    return answer(call, save(call, user))


def _read(call: RequestContext) -> Reply:
    user = target(call, User)
    call.access.require_profile("view", user)
    return answer(call, user)


def _change(call: RequestContext) -> Reply:
    user = target(call, User)
    call.access.require_profile("edit", user)
    hidden = [] if call.access.profile("roles", user) else ["roles"]
    if not call.access.profile("supervisor", user):
        hidden.append("supervisor")
    if user.id == call.user.id:
        hidden.append("enabled")
    fill(call, user, form_of(call, "UserEditForm", hidden), check_unique_user)
    _note_reset(call, user)
    call.session.flush()
    return answer(call, user)


def _note_reset(call: RequestContext, user: User) -> None:
    """Keep the required reset as a preference, in versions that show it as one."""
    noted = any(preference.name == RESET for preference in user.preferences)
    if call.version.reset_preference and (user.requires_password_reset or noted):
        _set_preference(user, RESET, "1" if user.requires_password_reset else "0")


def _set_preferences(call: RequestContext) -> Reply:
    """Set preferences by name. An unknown name is 404, one that the caller may not set 403; then none is set."""
    user = target(call, User)
    call.access.require_profile("preferences", user)
    known = {p.name for p in preferences(call, user, prepared=True)} | {*_ON_THE_USER, *_NOT_SHOWN}
    contract_closed = call.version.contract_guarded and not call.access.has("contract_other_profile")
    for name, _ in _items(call.body):
        if (name in RATE_PREFERENCES and name not in known) or (name in CONTRACT_PREFERENCES and contract_closed):
            raise forbidden()
        if name not in known:
            raise not_found()
    for name, value in _items(call.body):
        _set_preference(user, name, value)
    call.session.flush()
    return answer(call, user)


def _items(body: Any) -> list[tuple[str, str | None]]:
    """The sent preferences; no body at all has none. Raises 400 for an item that lacks its name or value."""
    items = list(body.values()) if isinstance(body, dict) else body
    for item in items:
        if not isinstance(item, dict) or "name" not in item or "value" not in item:
            raise bad_request()
        if len(str(item["value"])) > _LONGEST_VALUE:
            raise ReleaseCrash
    return [(str(item["name"]), None if item["value"] is None else str(item["value"])) for item in items]


def _set_preference(user: User, name: str, value: str | None) -> None:
    if name in _ON_THE_USER:
        setattr(user, name, value)
        return
    for preference in user.preferences:
        if preference.name == name:
            preference.value = value
            return
    user.preferences.append(Preference(name=name, value=value))


def _delete_token(call: RequestContext) -> Reply:
    token = target(call, Token)
    call.access.require_profile("api-token", token.user)
    remove(call, token)
    return Reply(b"")


HANDLERS = {
    "GET /api/users": _list,
    "POST /api/users": _create,
    "GET /api/users/me": lambda call: answer(call, call.user),
    "GET /api/users/{id}": _read,
    "PATCH /api/users/{id}": _change,
    "PATCH /api/users/{id}/preferences": _set_preferences,
    "DELETE /api/users/roles/{id}": partial(remove_target, Role, "role_permissions"),
    "DELETE /api/users/api-token/{id}": _delete_token,
}
