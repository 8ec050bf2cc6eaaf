"""What an operation answers to credentials: none, of another scheme, unknown, expired, a password, in the query.

Each probe is harmless even where it would be let in: it aims at an id that no record has, its body cannot be valid, or
it aims at the run's own records (see `auth_targets`), which are then looked at with good credentials.
Source of the forms: RFC 6750; Kimai's documentation, REST API, Authentication.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from conformance.definition import Operation
from conformance.exchange import Credentials, Refused
from conformance.exchange.guard.absent import BAND
from conformance.exchange.guard.kinds import fill_path
from conformance.model import Actor, Exchange, Secret, Token
from conformance.probes.access.auth_targets import before, invalidate, observed, target_for
from conformance.probes.context import ProbeContext, once
from conformance.probes.records.paths import USUAL_WORDS

ABSENT_ID = BAND[-4711]
"""An id that no record has: one for all questions, so that the guard proves it once a kind."""

UNKNOWN = Secret("conformance-test-token-that-was-never-issued")

NONE, UNKNOWN_TOKEN, EXPIRED, PASSWORD = "none", "unknown token", "expired token", "password"
QUERY = "token in the query"
SCHEMES = {"Basic": "Basic", "Token": "Token", "no scheme": ""}
LOWER_CASE, LEGACY = "lower case", "X-AUTH headers"


@dataclass(frozen=True)
class CredentialAnswer:
    """What came: `body` is json, text or empty; `challenge` is WWW-Authenticate without its texts."""

    operation: str
    credentials: str
    role: str
    status: int
    body: str
    challenge: str
    exchange: Exchange


def bad_credentials(context: ProbeContext) -> Mapping[str, tuple[Actor, Credentials]]:
    """Return the bad credentials that can be made with these actors, by their word, each with an actor to send as."""
    actor = context.strongest
    results = {
        NONE: (actor, Credentials.none()),
        UNKNOWN_TOKEN: (actor, Credentials.token(UNKNOWN)),
        QUERY: (actor, Credentials.query("access_token", actor.token.secret)),
    }
    results.update({word: (actor, Credentials.scheme(scheme)) for word, scheme in SCHEMES.items()})
    expired = expired_token(context)
    if expired is not None:
        results[EXPIRED] = (expired[0], Credentials.token(expired[1].secret))
    for item in context.actors:
        if item.password is not None and PASSWORD not in results:
            results[PASSWORD] = (item, Credentials.token(item.password))
    return results


def near_misses(actor: Actor) -> Mapping[str, Credentials]:
    """Return tokens that differ from a valid one in their last characters alone, and not only in case.

    Databases that compare texts without regard to case are common, and tokens are made without capitals.
    """
    valid = actor.token.secret.reveal()
    end = "zzzz" if not valid.casefold().endswith("zzzz") else "yyyy"
    words = {"another end": valid[:-4] + end, "cut short": valid[:-2], "one character more": valid + "z"}
    return {f"valid token, {word}": Credentials.token(Secret(text)) for word, text in words.items()}


def other_forms(actor: Actor) -> Iterator[tuple[str, Credentials]]:
    """Yield a valid token in forms that servers take, and Kimai does not promise to."""
    token = actor.token.secret.reveal()
    secrets = {"token": token, **({"password": actor.password.reveal()} if actor.password else {})}
    for word, secret in secrets.items():
        pair = base64.b64encode(f"{actor.name}:{secret}".encode()).decode()
        yield f"Basic with name and {word}", Credentials.header(Secret(f"Basic {pair}"))
    yield "no blank after Bearer", Credentials.header(Secret(f"Bearer{token}"))
    yield "another word for Bearer", Credentials.header(Secret(f"JWT {token}"))
    for name in ("X-AUTH-TOKEN", "X-API-Key"):
        yield f"in the header {name}", Credentials(headers={name: Secret(token)}, hidden=(actor.token.secret,))


def token_in_form(context: ProbeContext) -> CredentialAnswer:
    """Send a valid token in a form-encoded body, the third place that RFC 6750 knows. Raises Refused.

    With its other field the body is no valid booking, for an instance that lets it in.
    """
    actor, label = context.strongest, "POST /api/timesheets"
    content = urlencode({"end": "2025-01-15T11:00:00", "access_token": actor.token.secret.reveal()})
    session = context.session(actor).with_credentials(Credentials(hidden=(actor.token.secret,)))
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return answered(
        label, "in a form", actor, session.post(context.index[label].path, content=content, headers=headers)
    )


def expired_token(context: ProbeContext) -> tuple[Actor, Token] | None:
    """Return an actor with an expired token, None where there is none."""
    results = ((actor, token) for actor in context.actors for token in actor.tokens if token.expired)
    return next(results, None)


def valid_tokens(actor: Actor) -> tuple[Token, ...]:
    """Return the tokens of an actor that have not expired."""
    return tuple(token for token in actor.tokens if not token.expired)


def ask(
    context: ProbeContext, operation: Operation, word: str, actor: Actor, credentials: Credentials | None
) -> CredentialAnswer:
    """Send an operation with these credentials, the actor's own where None. Raises Refused."""
    session = context.session(actor)
    if credentials is not None:
        session = session.with_credentials(credentials)
    more: dict[str, Any] = {}
    if operation.body is not None:
        # An end starts no timer, and makes no body valid.
        ended = {"end": "2025-01-15T11:00:00"} if operation.label == "POST /api/timesheets" else {}
        more["json"] = [] if operation.body.is_array else ended
    exchange = session.send(operation.method, harmless_path(operation), **more)
    return answered(operation.label, word, actor, exchange)


@once("me {actor.name}")
def who_am_i(context: ProbeContext, actor: Actor) -> CredentialAnswer:
    """Return what an actor is told of themselves, asked once a process. Raises Refused."""
    return ask(context, context.index["GET /api/users/me"], "valid token", actor, None)


def around_the_end(
    context: ProbeContext, operation: Operation, actor: Actor, token: Token, ends: datetime
) -> tuple[CredentialAnswer, CredentialAnswer]:
    """Send an operation with a token before and after its end, and wait for it. `ends` is by this machine's clock."""
    credentials = Credentials.token(token.secret)
    before = ask(context, operation, "about to expire", actor, credentials)
    time.sleep(max(0.0, (ends - datetime.now(UTC)).total_seconds()) + 2)
    return before, ask(context, operation, "just expired", actor, credentials)


@once("asked {operation.label} {word}")
def asked(context: ProbeContext, operation: Operation, word: str) -> CredentialAnswer | None:
    """Ask an operation for what does not exist, with one kind of bad credentials; once a process.

    None where no such credentials can be made. Raises Refused.
    """
    pair = bad_credentials(context).get(word)
    return ask(context, operation, word, *pair) if pair is not None else None


def attempted(context: ProbeContext, operation: Operation, word: str) -> CredentialAnswer | None:
    """Aim an operation at the run's own records with one kind of bad credentials, once a process.

    None where there is nothing to aim at, no such credentials, or the guard does not let it be tried.
    """
    if word not in bad_credentials(context):
        return None
    return context.cached(f"attempted {operation.label} {word}", lambda: _attempt(context, operation, word))


def _attempt(context: ProbeContext, operation: Operation, word: str) -> CredentialAnswer | None:
    actor, credentials = bad_credentials(context)[word]
    try:
        target = target_for(context, operation)
        if target is None:
            return None
        before(context, target)
        more = {} if target.body is None else {"json": target.body}
        exchange = context.session(actor).with_credentials(credentials).send(operation.method, target.path, **more)
    except Refused:
        return None
    return answered(operation.label, word, actor, exchange)


def damage(
    context: ProbeContext, operation: Operation, words: Iterable[str]
) -> Mapping[str, tuple[str, CredentialAnswer]]:
    """Return what writes with bad credentials did: "unchanged" or "changed", by the kind of credentials.

    One look serves all of them; where it shows something else than before, each is tried again by itself, on records
    that are new. Raises Refused.
    """
    target = target_for(context, operation)
    if target is None or target.look is None:
        return {}
    tried = {word: answer for word in words if (answer := attempted(context, operation, word)) is not None}
    if not tried:
        return {}
    if observed(context, target) == before(context, target):
        return {word: ("unchanged", answer) for word, answer in tried.items()}
    results: dict[str, tuple[str, CredentialAnswer]] = {}
    for word, first in tried.items():
        invalidate(context)
        alone, target = _attempt(context, operation, word), target_for(context, operation)
        if alone is None or target is None:
            results[word] = "changed", first
            continue
        same = observed(context, target) == before(context, target)
        invalidate(context)
        results[word] = ("unchanged" if same else "changed"), alone
    return results


def answered(label: str, word: str, actor: Actor, exchange: Exchange) -> CredentialAnswer:
    """Return an exchange as an answer to credentials."""
    kind = "empty" if not exchange.body.strip() else "text" if exchange.json_or_none() is None else "json"
    challenge = exchange.headers.get("www-authenticate", "").partition(" ")[0]
    if "invalid_token" in exchange.headers.get("www-authenticate", ""):
        challenge += " invalid_token"
    return CredentialAnswer(label, word, actor.role, exchange.status, kind, challenge, exchange)


def harmless_path(operation: Operation) -> str:
    """Return the operation's path for a record that does not exist."""
    names = {**USUAL_WORDS, "widget": "conformance-test"}
    parameters = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    return fill_path(operation.path, *(names.get(name, ABSENT_ID) for name in parameters))


def shape_of(answer: CredentialAnswer) -> str:
    """Return what of an answer could tell one record from another: status, kind of body, challenge, message."""
    result = answer.exchange.json_or_none()
    message = result.get("message") if isinstance(result, dict) else None
    words = (str(answer.status), answer.body, answer.challenge, f'"{message}"' if message else "")
    return " ".join(filter(None, words))
