"""Look before anything is planned: is it a Kimai, which one, who are the actors, what does it describe itself as.

Only reads are sent. Whatever makes the instance unfit ends in an InstanceUnfitError that says what was tried and
what to do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from conformance.definition import Definition, Index, find
from conformance.exchange import Client, Refused, fetch_doc_page
from conformance.exchange.guard.ids import id_of
from conformance.exchange.guard.rights import rank
from conformance.model import Actor, Exchange, InstanceUnfitError, NotJsonError, Secret, UsageError
from conformance.settings import UNNAMED_ACTOR, Settings

_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""What may stand after `Bearer`. Source: RFC 6750, 2.1."""


@dataclass(frozen=True)
class Preflight:
    """What was learnt. `actors` are the strongest first; `busy` names those with a running timesheet.

    `unseen` says why nothing that takes other people's records with it can be deleted safely, "" where nothing does;
    `undeletable` are the kinds of which a record could be made and not be deleted.
    `lists_times` says that some actor has a time record.
    """

    version: str
    actors: tuple[Actor, ...]
    definition: Definition
    index: Index
    timesheet_config: dict[str, Any]
    busy: tuple[str, ...]
    warnings: tuple[str, ...]
    unseen: str = ""
    undeletable: tuple[str, ...] = ()
    lists_times: bool = False


def ask_instance(
    settings: Settings, client: Client, say: Callable[[str], None] = lambda _: None, *, own: bool = False
) -> Preflight:
    """Return what the instance is; on one that the run started itself (`own`) no time record is looked for.

    Raises InstanceUnfitError, or UsageError for a setting that does not fit it.
    """
    usable = [a for a in settings.actors if any(not t.expired for t in a.tokens)]
    if not usable:
        raise UsageError("no actor has a token that is still valid", "Give a token that has not expired.")
    _distinct(usable)
    say("asking for the version")
    _ping(client, usable[0])
    answer = client.session(usable[0]).get("/api/version")
    version = str(_object(answer, "version").get("version") or "") if answer.ok else ""
    actors = []
    for actor in usable:
        say(f"asking who {actor.name} is")
        actors.append(_identified(client, actor))
    actors.sort(key=lambda a: (-rank(a), a.user_id or 0))
    _borrowed(settings, client, actors)
    say("looking for the definition")
    warnings = _same(actors)
    definition = _definition(settings, client, tuple(actors), version, warnings)
    config = client.session(actors[0]).get("/api/config/timesheet").json_or_none()
    asked = () if own else tuple(actors)
    busy = tuple(a.name for a in asked if _running(client, a))
    return Preflight(
        version, tuple(actors), definition, Index.of(definition.document), config if isinstance(config, dict) else {},
        busy, tuple(warnings),
        lists_times=any(_lists_times(client, actor) for actor in asked),
    )  # fmt: skip


def _object(exchange: Exchange, what: str) -> dict[str, Any]:
    """Return the JSON object of an answer, or raise InstanceUnfitError saying what stood there instead."""
    tried = f"{exchange.method} {exchange.base_url}{exchange.target}"
    if exchange.status in {301, 302, 303, 307, 308}:
        raise InstanceUnfitError(
            f"{tried} redirects to {exchange.headers.get('location', 'nowhere')}",
            "Give the final URL of Kimai, with its path prefix; an access proxy in front may want --header.",
        )
    try:
        body = exchange.json()
    except NotJsonError:
        kind = exchange.headers.get("content-type", "nothing known").split(";")[0]
        raise InstanceUnfitError(
            f"{tried} answered {exchange.status} with {kind} where Kimai's {what} is JSON",
            "Is this the URL of a Kimai? Where it lives in a sub-directory, give the URL with that path.",
        ) from None
    if not isinstance(body, dict):
        raise InstanceUnfitError(f"{tried} answered JSON that is not Kimai's {what}", "Is this the URL of a Kimai?")
    return body


def _refused(exchange: Exchange, actor: Actor) -> InstanceUnfitError:
    """Tell a wrong token from a header that the web server drops: their answers differ (see Kimai's issue 4774)."""
    token = f"the token {actor.token.name!r}" + (f" of {actor.name}" if actor.name != actor.token.name else "")
    if exchange.status == 403:
        return InstanceUnfitError(
            f"{token} was recognised, but its user may not use the API (403)",
            'Give its role the permission "api_access", or use a token of another user.',
        )
    if "www-authenticate" in exchange.headers:
        return InstanceUnfitError(
            f"{token} was refused as unknown or expired (401)", "Create a new API token in the user's profile."
        )
    if not _TOKEN.fullmatch(actor.token.secret.reveal()):
        return InstanceUnfitError(
            f"{token} holds characters that no token may have: it was not taken for one (401)",
            "Copy it once more from the user's profile, without quotes and blanks.",
        )
    return InstanceUnfitError(
        f"{token} did not arrive: the answer is that to a request without credentials (401)",
        "A web server or proxy in front seems to drop the Authorization header; let it pass.",
    )


def _ping(client: Client, actor: Actor) -> None:
    exchange = client.session(actor).get("/api/ping")
    if exchange.status == 404:
        raise InstanceUnfitError(
            f"{exchange.base_url}{exchange.target} answered 404: there is no Kimai API under this URL",
            "Where Kimai lives in a sub-directory, give the URL with that path.",
        )
    if exchange.status in {401, 403}:
        if exchange.body.strip():
            _object(exchange, "refusal")
        raise _refused(exchange, actor)
    if exchange.status >= 500:
        raise InstanceUnfitError(
            f"GET {exchange.base_url}{exchange.target} answered {exchange.status}",
            "Look into the instance's log first.",
        )
    if _object(exchange, "ping").get("message") != "pong":
        raise InstanceUnfitError(
            f"{exchange.base_url}{exchange.target} does not answer as Kimai does", "Is this the URL of a Kimai?"
        )


def _identified(client: Client, actor: Actor) -> Actor:
    """Return the actor with id, roles, zone and language as the instance gives them."""
    exchange = client.session(actor).get("/api/users/me")
    if exchange.status in {401, 403}:
        raise _refused(exchange, actor)
    if exchange.status >= 500:
        raise InstanceUnfitError(
            f"every call of {actor.name} seems to fail: GET /api/users/me answered {exchange.status}",
            "Look into the instance's log; a user with an unknown time zone is a known cause.",
        )
    me = _object(exchange, "own user")
    # Also where it is given as text: that is a defect to be judged, and no reason to stop.
    user_id = id_of(me.get("id"))
    if user_id is None or not isinstance(me.get("timezone"), str):
        raise InstanceUnfitError("GET /api/users/me shows no id and time zone", "Is this the URL of a Kimai?")
    roles = tuple(str(role) for role in me.get("roles") or ())
    # A name that the settings give stays: that a token is its owner's is a promise to be checked.
    name = str(me.get("username") or actor.name) if actor.name == UNNAMED_ACTOR else actor.name
    return replace(actor, name=name, user_id=user_id, roles=roles, timezone=me["timezone"], language=me.get("language"))


def _distinct(actors: list[Actor]) -> None:
    """Raise UsageError where one token was given for two actors: who is who would be blamed on the instance."""
    owners: dict[Secret, str] = {}
    for actor in actors:
        for token in actor.tokens:
            if owners.setdefault(token.secret, actor.name) != actor.name:
                raise UsageError(
                    f"{owners[token.secret]} and {actor.name} were given the same token", "Give each actor their own."
                )


def _same(actors: list[Actor]) -> list[str]:
    """Return a warning for actors that are one user to the instance. Raises UsageError for one that was given twice."""
    by_id: dict[int | None, list[str]] = {}
    for actor in actors:
        by_id.setdefault(actor.user_id, []).append(actor.name)
    for names in by_id.values():
        if len(set(names)) < len(names):
            raise UsageError(f"{names[0]} was given twice as an actor", "Put all tokens of one user into one entry.")
    shared = [names for names in by_id.values() if len(names) > 1]
    return [f"the tokens of {' and '.join(names)} are one user to the instance" for names in shared]


def _borrowed(settings: Settings, client: Client, actors: list[Actor]) -> None:
    """Raise UsageError where no actor sees the borrowed project with its activity in the lists to choose from."""
    if settings.project is None:
        return
    for actor in actors:
        session = client.session(actor)
        projects = session.get("/api/projects").json_or_none()
        activities = session.get("/api/activities", params={"project": settings.project}).json_or_none()
        if _lists(projects, settings.project) and _lists(activities, settings.activity):
            return
    raise UsageError(
        f"no actor sees project {settings.project} with activity {settings.activity} among those to book on",
        "Give --project and --activity of a visible pair; kimai-conformance doctor without them lists some.",
    )


def _lists(body: object, identifier: int | None) -> bool:
    return isinstance(body, list) and any(isinstance(e, dict) and id_of(e.get("id")) == identifier for e in body)


def _definition(
    settings: Settings, client: Client, actors: tuple[Actor, ...], version: str, warnings: list[str]
) -> Definition:
    login = page_reader(actors)

    def fetch() -> str:
        assert login is not None
        return fetch_doc_page(client, login)

    try:
        return find(file=settings.definition, fetch_page=fetch if login else None, version=version or None)
    except InstanceUnfitError as error:
        if settings.definition or not login:
            raise
        warnings.append(f"{error}. {error.hint}" if error.hint else str(error))
        return find(version=version or None)


def page_reader(actors: Iterable[Actor]) -> Actor | None:
    """Return who opens the page /api/doc: the first actor with a password, None where there is none."""
    return next((actor for actor in actors if actor.password), None)


def _lists_times(client: Client, actor: Actor) -> bool:
    try:
        listed = client.session(actor).get("/api/timesheets", params={"size": 1}).json_or_none()
    except Refused:
        return False
    return isinstance(listed, list) and bool(listed)


def _running(client: Client, actor: Actor) -> bool:
    try:
        body = client.session(actor).get("/api/timesheets/active").json_or_none()
    except Refused:
        return True
    return bool(body)
