"""What one running instance consists of, and what one request works with."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from conformance.embedded.behaviour.access import RIGHTS, Access
from conformance.embedded.behaviour.versions import Version
from conformance.embedded.interface import Operation, operations
from conformance.embedded.store.models import User
from conformance.embedded.store.settings import Settings
from conformance.embedded.store.storage import Storage
from conformance.embedded.web import queries


@dataclass
class BrowserSession:
    """A browser's session: its CSRF token, where it was sent away from, and who logged in."""

    csrf: str
    target: str = "/en/dashboard/"
    user_id: int | None = None


@dataclass
class State:
    """One instance: its version, settings, rights of roles and records. `lock` lets one request at a time through."""

    version: Version
    settings: Settings
    storage: Storage
    flawed_definition: bool = True
    lock: threading.Lock = field(default_factory=threading.Lock)
    visits: dict[str, BrowserSession] = field(default_factory=dict)
    """Browsers' sessions by their cookie."""
    legacy_failures: list[float] = field(default_factory=list)
    """When the last wrong X-AUTH logins came, in seconds of the monotonic clock."""

    def __post_init__(self) -> None:
        self.rights = {role: self.settings.changed_rights(role, rights) for role, rights in RIGHTS.items()}

    def knows(self, key: str) -> bool:
        """Whether the emulated version has that operation."""
        return any(operation.key == key for operation in operations(self.version.name))


@dataclass
class RequestContext:
    """One authenticated request to an operation, as its handler sees it.

    `parameters` are the values of the path, `raw_query` is the query string as PHP reads it, `body` what the body was
    decoded to.
    """

    state: State
    session: Session
    operation: Operation
    access: Access
    parameters: Mapping[str, str]
    raw_query: Mapping[str, Any]
    body: Any = None

    @cached_property
    def query(self) -> dict[str, Any]:
        """The sent query parameters that have a value, lists for names that end in `[]`. Raises 400 for wrong ones."""
        return queries.checked(self.operation, self.raw_query)

    @property
    def user(self) -> User:
        """The caller."""
        return self.access.user

    @property
    def version(self) -> Version:
        """The behaviour of the emulated version."""
        return self.state.version

    @property
    def zone(self) -> str:
        """The caller's zone."""
        return self.user.timezone or ""

    @property
    def creating(self) -> bool:
        """Whether the body makes a record, so that what it leaves out gets a default."""
        return self.operation.method == "POST"

    def filters(self, name: str) -> Any:
        """The value of a query parameter that filters, None where it is not given."""
        value = self.query.get(name)
        if value is None or value == []:
            return None
        return value


@dataclass
class Reply:
    """What a handler answers: `body` is JSON as Python objects, bytes, or None for an empty body."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
