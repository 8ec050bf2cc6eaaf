"""A user of the run's own, made once a process where `--allow users` is given: its lists, and values that break it.

Nobody can delete a user, so that all questions of this kind share one; the clean-up disables it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.exchange import Credentials, Refused, Session
from conformance.model import Exchange, Secret
from conformance.probes.context import ProbeContext, once
from conformance.probes.records.creating import MISSING, attribute, ident
from conformance.probes.records.list_bodies import ListStored

PROFILE, PREFERENCES = "PATCH /api/users/{id}", "PATCH /api/users/{id}/preferences"
NO_USER = "it makes a user, whom nobody can delete: allow it with --allow users"
_ROLES = {"A": "ROLE_TEAMLEAD", "B": "ROLE_ADMIN", "C": "ROLE_SUPER_ADMIN"}
_REPLACED = (
    ("one", "A"), ("longer", "A B"), ("reordered", "B A"), ("one more in front", "C A B"), ("shorter", "A C"),
    ("all others", "B"), ("an entry twice", "A A"), ("none", ""), ("two after none", "B C"),
)  # fmt: skip
"""Lists of roles, one after the other, by what each does to the one before."""
BREAKING: Sequence[tuple[str, Any, str]] = tuple(
    (name, value, word)
    for name, unknown in (("timezone", "Nowhere/Conformance"), ("language", "zz"), ("locale", "zz"))
    for value, word in ((unknown, "unknown"), ("", "empty"), (None, "null"))
)
_AT_HOME = {"language": "en", "locale": "en", "timezone": "Europe/Berlin"}
_CALLS = ("/api/users/me", "/api/timesheets", "/api/config/timesheet")


@dataclass(frozen=True)
class OwnUser:
    """A user of the run, and a session of theirs by the old pair of headers: `plainApiToken` is no bearer token."""

    number: int
    session: Session

    @property
    def path(self) -> str:
        """Where it is read and changed."""
        return f"/api/users/{self.number}"


def own_user(context: ProbeContext) -> OwnUser:
    """Return the user of this process. Raises Refused where none may be made, or the instance makes none."""
    if not context.client.config.allows("users"):
        raise Refused(3, NO_USER)
    token = context.cached("own user's token", lambda: Secret(secrets.token_urlsafe(18)))
    answer = _made(context, token)
    number, name = ident(answer), attribute(answer.json_or_none(), "username")
    if number is None:
        raise Refused(3, f"POST /api/users answered {answer.status}, so there is no user of the run")
    return OwnUser(number, context.session().with_credentials(Credentials.legacy(str(name), token)))


@once("own user")
def _made(context: ProbeContext, token: Secret) -> Exchange:
    name = context.name("user")
    body = {
        "username": name, "email": f"{name.replace(' ', '.')}@example.com", "enabled": True, "plainApiToken": token,
        "plainPassword": Secret(secrets.token_urlsafe(18)), **_AT_HOME,
    }  # fmt: skip
    return context.session().post("/api/users", json=body)


def role_lists(context: ProbeContext) -> Iterator[ListStored]:
    """Replace the roles of the run's own user by other lists, and look at each. Raises Refused."""
    user = own_user(context)
    stored = _roles(context.session().get(user.path))
    for case, sent in _REPLACED:
        answer = context.session().patch(user.path, json={"roles": [_ROLES[word] for word in sent.split()]})
        seen = _roles(context.session().get(user.path))
        wanted = ", ".join(sorted(set(sent.split()))) or "none"
        # Whether a role that is sent twice is refused, or kept once, is nowhere promised.
        yield ListStored(PROFILE, "roles", case, stored, wanted, seen, answer, settled=case != "an entry twice")
        stored = seen
    for case, body in (
        ("an unknown one", {"roles": [_ROLES["A"], "ROLE_CONFORMANCE"]}),
        ("a valid list beside a wrong attribute", {"roles": [_ROLES["A"]], "email": "no address"}),
    ):
        answer = context.session().patch(user.path, json=body)
        seen = _roles(context.session().get(user.path))
        yield ListStored(PROFILE, "roles", case, stored, "A", seen, answer, settled=False)
        stored = seen


def _roles(exchange: Exchange) -> str:
    listed = attribute(exchange.json_or_none(), "roles") if exchange.ok else MISSING
    if not isinstance(listed, list):
        return "no list"
    letters = {role: letter for letter, role in _ROLES.items()}
    return ", ".join(sorted(letters.get(role, "?") for role in listed if role != "ROLE_USER")) or "none"


def preference_lists(context: ProbeContext) -> Iterator[ListStored]:
    """Set preferences of the run's own user by lists, of which each changes what it names. Raises Refused."""
    if PREFERENCES not in context.index:
        return
    user = own_user(context)
    names = {"A": "timezone", "B": "locale"}
    values = (("A", "Europe/Paris"), ("A", "Asia/Tokyo"), ("B", "de"), ("B", "fr"))
    texts = dict(zip(("A1", "A2", "B1", "B2"), (value for _, value in values), strict=True))
    stored = _preferences(context.session().get(user.path), names, texts)
    for case, sent, after in (
        ("two", "A1 B1", "A1, B1"), ("one of two", "A2", "A2, B1"), ("the other", "B2", "A2, B2"),
        ("reordered", "B1 A1", "A1, B1"), ("none", "", "A1, B1"),
    ):  # fmt: skip
        body = [{"name": names[word[0]], "value": texts[word]} for word in sent.split()]
        answer = context.session().patch(f"{user.path}/preferences", json=body)
        seen = _preferences(context.session().get(user.path), names, texts)
        yield ListStored(PREFERENCES, "preferences", case, stored, after, seen, answer)
        stored = seen
    body = [{"name": names["A"], "value": texts["A2"]}, {"name": "conformance", "value": "1"}]
    answer = context.session().patch(f"{user.path}/preferences", json=body)
    seen = _preferences(context.session().get(user.path), names, texts)
    yield ListStored(PREFERENCES, "preferences", "an unknown one behind", stored, "A2", seen, answer, settled=False)


def _preferences(exchange: Exchange, names: dict[str, str], texts: dict[str, str]) -> str:
    body = exchange.json_or_none()
    words = {value: word for word, value in texts.items()}
    return ", ".join(words.get(str(attribute(body, name)), "?") for name in names.values())


@dataclass(frozen=True)
class ValueTaken:
    """A value that a profile was sent: the answer, and what the user's next calls were answered where it was taken."""

    operation: str
    field: str
    value: str
    answer: Exchange
    calls: tuple[Exchange, ...] = ()

    @property
    def broken(self) -> Exchange | None:
        """The first call that failed since."""
        return next((call for call in self.calls if call.status >= 500), None)


def values_taken(context: ProbeContext) -> Iterator[ValueTaken]:
    """Give the run's own user values that are none, call as that user, and put back each before the next.

    Only a user of the run: one whose calls break cannot put anything back. Raises Refused, also where the old pair of
    headers lets nobody in, and where what was there before could not be put back.
    """
    user = own_user(context)
    before = context.session().get(user.path).json_or_none()
    if not user.session.get("/api/users/me").ok:
        raise Refused(3, "not observable: this instance lets nobody in by X-AUTH headers")
    for name, value, word in BREAKING if context.profile_at_least("standard") else BREAKING[:1]:
        usual = attribute(before, name)
        for label, body in (
            (PREFERENCES, [{"name": name, "value": value}]),
            (PROFILE, {name: value}),
        ):
            if label not in context.index or not isinstance(usual, str):
                continue
            path = f"{user.path}/preferences" if label == PREFERENCES else user.path
            refused, calls = False, tuple[Exchange, ...]()
            try:
                answer = context.session().patch(path, json=body)
                refused = 400 <= answer.status < 500
                with context.judging_errors():
                    calls = tuple(user.session.get(call) for call in _CALLS) if answer.ok else ()
                yield ValueTaken(label, name, word, answer, calls)
            finally:
                if not refused:  # An answer that was lost, or a 502, may have been carried out.
                    _put_back(context, user, name, usual, works=bool(calls) and all(call.ok for call in calls))


def _put_back(context: ProbeContext, user: OwnUser, name: str, usual: str, *, works: bool) -> None:
    """Give the user back what they had. Raises Refused where that did not help; asked unless their calls work."""
    if PREFERENCES in context.index:
        context.session().patch(f"{user.path}/preferences", json=[{"name": name, "value": usual}])
    else:
        context.session().patch(user.path, json={name: usual})
    if not works and not user.session.get("/api/users/me").ok:
        raise Refused(3, f"{name} of the run's own user could not be put back")
