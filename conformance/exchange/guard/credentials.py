"""The credentials of a request: those of its actor, or others on purpose; and whose they really are."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from conformance.model import Actor, Secret

LEGACY_USER = "x-auth-user"
LEGACY_TOKEN = "x-auth-token"
QUERY_NAMES = frozenset({"access_token", "token", "api_key", "apikey"})


class CredentialStatus(enum.StrEnum):
    """Whether the instance should accept the credentials of a request."""

    GOOD = "good"
    NONE = "none"
    BAD = "bad"


@dataclass(frozen=True)
class Credentials:
    """Headers and query parameters that stand in for those of the actor. `hidden` is blotted out from then on."""

    headers: Mapping[str, Secret] = field(default_factory=dict)
    parameters: tuple[tuple[str, Secret], ...] = ()
    scheme_name: str = ""
    hidden: tuple[Secret, ...] = ()

    @classmethod
    def none(cls) -> Credentials:
        """No credentials at all."""
        return cls()

    @classmethod
    def scheme(cls, name: str) -> Credentials:
        """The actor's own token under another scheme ("Basic", "bearer", "")."""
        return cls(scheme_name=name or " ")

    @classmethod
    def token(cls, secret: Secret | str) -> Credentials:
        """A bearer token: unknown, expired, a password."""
        return cls(headers={"Authorization": Secret(f"Bearer {_plain(secret)}")}, hidden=_hidden(secret))

    @classmethod
    def header(cls, value: Secret | str) -> Credentials:
        """A whole `Authorization` header."""
        return cls(headers={"Authorization": Secret(_plain(value))}, hidden=_hidden(value))

    @classmethod
    def query(cls, name: str, secret: Secret | str) -> Credentials:
        """A token in the query and no header."""
        return cls(parameters=((name, Secret(_plain(secret))),), hidden=_hidden(secret))

    @classmethod
    def legacy(cls, user: str, secret: Secret | str) -> Credentials:
        """The old pair of headers, X-AUTH-USER and X-AUTH-TOKEN."""
        headers = {"X-AUTH-USER": Secret(user), "X-AUTH-TOKEN": Secret(_plain(secret))}
        return cls(headers=headers, hidden=_hidden(secret))

    def headers_for(self, actor: Actor) -> dict[str, str]:
        """Return the headers to send, secrets revealed."""
        if self.scheme_name:
            return {"Authorization": f"{self.scheme_name.strip()} {actor.token.secret.reveal()}".strip()}
        return {name: value.reveal() for name, value in self.headers.items()}


def _hidden(secret: Secret | str) -> tuple[Secret, ...]:
    """Return what must be blotted out: a value given as a Secret. An invented one may be any word."""
    return (Secret(secret.reveal().rpartition(" ")[2]),) if isinstance(secret, Secret) else ()


def _plain(secret: Secret | str) -> str:
    return secret.reveal() if isinstance(secret, Secret) else secret


def classify_credentials(
    headers: Mapping[str, str], query: Iterable[tuple[str, str]], actors: Iterable[Actor]
) -> tuple[CredentialStatus, Actor | None]:
    """Return how a request stands and, for a good one, whose it is: read off its headers, not off who sent it.

    Good is a single `Bearer` header with a configured token that has not expired, and no second kind of credentials.
    """
    names = {name.lower(): value for name, value in headers.items()}
    other = any(name in names for name in (LEGACY_USER, LEGACY_TOKEN, "cookie"))
    other = other or any(name.lower() in QUERY_NAMES for name, _ in query)
    value = names.get("authorization")
    if value is None:
        return (CredentialStatus.BAD if other else CredentialStatus.NONE), None
    if other:
        return CredentialStatus.BAD, None
    for actor in actors:
        for token in actor.tokens:
            if not token.expired and value == f"Bearer {token.secret.reveal()}":
                return CredentialStatus.GOOD, actor
    return CredentialStatus.BAD, None
