"""The users an instance starts with: from a file in the format of `actors.json`, or built in.

The file is a JSON object whose `users` is a list. A user has `username`, `email`, `password`, `roles`, `timezone` and
`tokens`; a token has `name`, `token` and `expires_at` (ISO 8601 without an offset, read as UTC, or null). They get the
ids 1, 2, … in the order of the file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from conformance.embedded.behaviour.datetimes import is_zone
from conformance.embedded.errors import EmbeddedError
from conformance.embedded.store.models import Preference, Token, User
from conformance.model import ROLES

UserData = dict[str, Any]

CONTRACT_PREFERENCES: dict[str, str | None] = {
    "work_contract_type": "none",
    **{f"work_{day}": "0" for day in ("monday", "tuesday", "wednesday", "thursday", "friday")},
    "work_saturday": "0",
    "work_sunday": "0",
    "public_holiday_group": None,
    "holidays": "0",
    "work_start_day": None,
    "work_last_day": None,
}
"""The preferences that a new user is stored with."""

_TEXTS = ("username", "email", "password", "timezone")
_BUILT_IN = (
    ("superadmin", "ROLE_SUPER_ADMIN", "UTC"),
    ("manager", "ROLE_ADMIN", "Europe/Berlin"),
    ("teamlead", "ROLE_TEAMLEAD", "Asia/Kathmandu"),
    ("worker", None, "America/St_Johns"),
    ("colleague", None, "Europe/Berlin"),
)


def built_in() -> list[UserData]:
    """One user a role in four zones, and a second plain one; `worker` has an expired and a future token as well."""
    users: list[UserData] = [
        {
            "username": name,
            "email": f"{name}@example.com",
            "password": f"embedded-{name}-password",
            "roles": [role] if role else [],
            "timezone": timezone,
            "tokens": [{"name": "suite", "token": f"embedded-{name}-token", "expires_at": None}],
        }
        for name, role, timezone in _BUILT_IN
    ]
    worker = next(user for user in users if user["username"] == "worker")
    worker["tokens"] += [
        {"name": "expired", "token": "embedded-worker-expired", "expires_at": "2020-01-01T00:00:00"},
        {"name": "future", "token": "embedded-worker-future", "expires_at": "2099-01-01T00:00:00"},
    ]
    return users


def _wrong(message: str) -> EmbeddedError:
    return EmbeddedError(message, "For the format of a users file: kimai-conformance docs settings")


def load(path: Path) -> list[UserData]:
    """The users of a file. Raises `EmbeddedError` that names the line or key that is wrong."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _wrong(f"users file {path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise _wrong(f"users file {path}: it is not UTF-8, at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise _wrong(f"users file {path}, line {error.lineno}: {error.msg}") from None
    return check(content, str(path))


def check(content: Any, source: str) -> list[UserData]:
    """The users of a decoded file; `source` is named in errors."""
    if not isinstance(content, dict) or not isinstance(content.get("users"), list) or not content["users"]:
        raise _wrong(f'users file {source}: the key "users" must hold a list with at least one user')
    for index, user in enumerate(content["users"]):
        _check_user(user, f"users file {source}: users[{index}]")
    users = content["users"]
    for key, values in (
        ("username", [user["username"] for user in users]),
        ("token", [token["token"] for user in users for token in user.get("tokens", [])]),
    ):
        if doubled := {value for value in values if values.count(value) > 1}:
            shown = "" if key == "token" else f": {', '.join(sorted(doubled))}"
            raise _wrong(f"users file {source}: a {key} is given twice{shown}")
    return list(content["users"])


def _check_user(user: Any, where: str) -> None:
    if not isinstance(user, dict):
        raise _wrong(f"{where} must be an object")
    for key in _TEXTS:
        needed = key in ("username", "email")
        if not isinstance(user.get(key, None if needed else ""), str):
            raise _wrong(f"{where}.{key} must be a text")
    if not is_zone(user.get("timezone") or "UTC"):
        raise _wrong(f"{where}.timezone: there is no zone {user['timezone']!r}")
    roles = user.get("roles", [])
    if not isinstance(roles, list) or any(role not in ROLES for role in roles):
        raise _wrong(f"{where}.roles must be a list of {', '.join(ROLES)}")
    tokens = user.get("tokens", [])
    if not isinstance(tokens, list):
        raise _wrong(f"{where}.tokens must be a list")
    for index, token in enumerate(tokens):
        _check_token(token, f"{where}.tokens[{index}]")


def _check_token(token: Any, where: str) -> None:
    if not isinstance(token, dict) or not isinstance(token.get("token"), str) or not token["token"]:
        raise _wrong(f"{where}.token must be a text")
    try:
        _expiry(token)
    except (TypeError, ValueError):
        raise _wrong(f"{where}.expires_at must be null or like 2036-01-01T00:00:00") from None


def _expiry(token: Mapping[str, Any]) -> datetime | None:
    text = token.get("expires_at")
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def seed(session: Session, users: Sequence[UserData], contract: bool) -> None:
    """Store the users of an instance that has none yet; `contract`: with the preferences of new users."""
    if session.scalar(select(func.count()).select_from(User)):
        return
    for data in users:
        user = User(
            username=data["username"],
            email=data["email"],
            password=data.get("password"),
            enabled=True,
            timezone=data.get("timezone") or "UTC",
            roles=[role for role in data.get("roles", []) if role != "ROLE_USER"],
            tokens=[
                Token(name=token.get("name") or "", token=token["token"], expires_at=_expiry(token))
                for token in data.get("tokens", [])
            ],
            preferences=contract_preferences() if contract else [],
        )
        session.add(user)
        session.flush()


def contract_preferences() -> list[Preference]:
    """The preferences of a new user."""
    return [Preference(name=name, value=value) for name, value in CONTRACT_PREFERENCES.items()]
