"""Actors from a file in the format of the embedded Kimai's users file, from the settings file, or from one token."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from conformance.model import Actor, Secret, Token, UsageError
from conformance.settings.explain import format_validation_error


def _instant(value: object) -> object:
    """Read a date-time without a zone as UTC; leave all else to pydantic."""
    if isinstance(value, str):
        parsed = datetime.fromisoformat(value)
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return value


class TokenEntry(BaseModel):
    """One token of a user in the actors file."""

    model_config = ConfigDict(extra="ignore", strict=True)
    name: str = "token"
    token: str = Field(min_length=1)
    expires_at: Annotated[datetime | None, BeforeValidator(_instant)] = None


class UserEntry(BaseModel):
    """One user in the actors file. Roles and time zone are discovered from the instance, not believed."""

    model_config = ConfigDict(extra="ignore", strict=True)
    username: str = Field(min_length=1)
    password: str | None = None
    tokens: list[TokenEntry] = Field(min_length=1)


class UsersFile(BaseModel):
    """The whole actors file."""

    model_config = ConfigDict(extra="ignore", strict=True)
    users: list[UserEntry] = Field(min_length=1)


def read_actors_file(path: Path) -> tuple[Actor, ...]:
    """Return the actors of a JSON file; docs/how-to/settings.md shows its form.

    Every token is kept, those past `expires_at` as expired ones. Raises UsageError naming file, line or key.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"the actors file {path} cannot be read: {error.strerror}", "Check --actors or KIMAI_ACTORS."
        ) from None
    except ValueError as error:
        raise UsageError(
            f"the actors file {path} is not JSON: {error}", "For its format: kimai-conformance docs settings"
        ) from None
    return actors_of(document, str(path))


def actors_of(document: Any, origin: str) -> tuple[Actor, ...]:
    """Return the actors of a decoded actors document. Raises UsageError naming `origin` and the key."""
    try:
        users = UsersFile.model_validate(document).users
    except ValidationError as error:
        raise UsageError(
            format_validation_error(error, origin), "For the format of an actors file: kimai-conformance docs settings"
        ) from None
    names = [user.username for user in users]
    if len(set(names)) < len(names):
        raise UsageError(f"{origin}: a username occurs twice", "Give each user once, with all its tokens.")
    return tuple(
        Actor(
            user.username,
            tuple(Token(token.name, Secret(token.token), token.expires_at) for token in user.tokens),
            Secret(user.password) if user.password else None,
        )
        for user in users
    )
