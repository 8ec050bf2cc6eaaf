"""What an operation answers to credentials: none, of another scheme, unknown, expired, a password, in the query.

Each probe is harmless even where it would be let in: it aims at an id that no record has, or its body cannot be valid.
Source of the forms: RFC 6750; Kimai's documentation, REST API, Authentication.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.definition import Operation
from conformance.exchange import Credentials
from conformance.exchange.absent import BAND
from conformance.probes.lab import Lab
from conformance.words import Actor, Exchange, Secret, Token

ABSENT_ID = BAND[-4711]
"""An id that no record has: one for all questions, so that the guard proves it once a kind."""

UNKNOWN = Secret("conformance-test-token-that-was-never-issued")

NONE, UNKNOWN_TOKEN, EXPIRED, PASSWORD = "none", "unknown token", "expired token", "password"
QUERY = "token in the query"
SCHEMES = {"Basic": "Basic", "Token": "Token", "no scheme": ""}
LOWER_CASE, LEGACY = "lower case", "X-AUTH headers"


@dataclass(frozen=True)
class Answer:
    """What came: `body` is json, text or empty; `challenge` is WWW-Authenticate without its texts."""

    operation: str
    credentials: str
    role: str
    status: int
    body: str
    challenge: str
    exchange: Exchange


def bad_credentials(lab: Lab) -> Mapping[str, tuple[Actor, Credentials]]:
    """Return the bad credentials that can be made with these actors, by their word, each with an actor to send as."""
    actor = lab.strongest
    found = {
        NONE: (actor, Credentials.none()),
        UNKNOWN_TOKEN: (actor, Credentials.token(UNKNOWN)),
        QUERY: (actor, Credentials.query("access_token", actor.token.secret)),
    }
    found.update({word: (actor, Credentials.scheme(scheme)) for word, scheme in SCHEMES.items()})
    expired = expired_token(lab)
    if expired is not None:
        found[EXPIRED] = (expired[0], Credentials.token(expired[1].secret))
    for each in lab.actors:
        if each.password is not None and PASSWORD not in found:
            found[PASSWORD] = (each, Credentials.token(each.password))
    return found


def near_miss(actor: Actor) -> Credentials:
    """Return a token that differs from a valid one in its last characters alone."""
    valid = actor.token.secret.reveal()
    return Credentials.token(valid[:-4] + ("zzzz" if not valid.endswith("zzzz") else "yyyy"))


def expired_token(lab: Lab) -> tuple[Actor, Token] | None:
    """Return an actor with an expired token, None where there is none."""
    found = ((actor, token) for actor in lab.actors for token in actor.tokens if token.expired)
    return next(found, None)


def valid_tokens(actor: Actor) -> tuple[Token, ...]:
    """Return the tokens of an actor that have not expired."""
    return tuple(token for token in actor.tokens if not token.expired)


def ask(lab: Lab, operation: Operation, word: str, actor: Actor, credentials: Credentials | None) -> Answer:
    """Send an operation with these credentials, the actor's own where None. Raises Refused."""
    session = lab.session(actor)
    if credentials is not None:
        session = session.with_credentials(credentials)
    more: dict[str, Any] = {}
    if operation.body is not None:
        more["json"] = [] if operation.body.is_array else {}
    exchange = session.send(operation.method, harmless_path(operation), **more)
    return answered(operation.label, word, actor, exchange)


def answered(label: str, word: str, actor: Actor, exchange: Exchange) -> Answer:
    """Return an exchange as an answer to credentials."""
    kind = "empty" if not exchange.body.strip() else "text" if exchange.json_or_none() is None else "json"
    challenge = exchange.headers.get("www-authenticate", "").partition(" ")[0]
    if "invalid_token" in exchange.headers.get("www-authenticate", ""):
        challenge += " invalid_token"
    return Answer(label, word, actor.role, exchange.status, kind, challenge, exchange)


def harmless_path(operation: Operation) -> str:
    """Return the operation's path for a record that does not exist."""
    names = {"view": "index", "locale": "en", "widget": "conformance-test"}
    parts = operation.path.split("/")
    return "/".join(names.get(part[1:-1], str(ABSENT_ID)) if part.startswith("{") else part for part in parts)


def shape_of(answer: Answer) -> str:
    """Return what of an answer could tell one record from another: status, kind of body, challenge."""
    return " ".join(filter(None, (str(answer.status), answer.body, answer.challenge)))
