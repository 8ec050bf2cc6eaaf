"""What this instance, with these actors and settings, allows to be checked; the words that clauses name in `needs`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from conformance.exchange.guard.kinds import CASCADING
from conformance.model import Actor
from conformance.run.preflight import Preflight
from conformance.settings import Settings
from conformance.verdict import NOT_OBSERVABLE


class Missing(NamedTuple):
    """Why a capability is missing, and what to add; `observable` is false where no answer could show what needs it."""

    why: str
    flags: str
    observable: bool = True


MISSING: Mapping[str, Missing] = {
    "write": Missing("this run may not write", "--write"),
    "bookable": Missing("there is no project and activity that it may book on", "--project ID --activity ID"),
    "times": Missing("no time record is there to be read, and none may be made", "--project ID --activity ID"),
    "manage": Missing(
        "no actor can make and delete customers, projects and activities here",
        "--actors FILE with an administrator",
    ),
    "flags": Missing(
        "no actor may set a boolean on a record that it can delete again",
        "--actors FILE with a team lead or an administrator",
    ),
    "changeable-flags": Missing(
        "no record with a boolean can be made, changed and deleted here; a team's need a second actor",
        "--project ID --activity ID, or --actors FILE with two users",
    ),
    "second-actor": Missing("there is only one actor", "--actors FILE with two users"),
    "two-zones": Missing("no two actors live in different time zones", "--actors FILE with users in two zones"),
    "expired-token": Missing("no expired token was given", "--actors FILE with a token past its expires_at"),
    "future-token": Missing(
        "no token with an expiry date to come was given",
        "--actors FILE with a token that has expires_at",
    ),
    "expiring-token": Missing("no token that expires within the run was given", "--actors FILE with such a token"),
    "password": Missing("no password was given", "--actors FILE with a password, or KIMAI_USERNAME and KIMAI_PASSWORD"),
    "https": Missing(f"{NOT_OBSERVABLE}: the instance is not reached over HTTPS", "--url https://…", observable=False),
    "plain-actor": Missing("no actor is a plain user", "--actors FILE with a plain user"),
    "admin-actor": Missing("no actor is an administrator", "--actors FILE with an administrator"),
    "lead-actor": Missing("no actor is a team lead", "--actors FILE with a team lead"),
    "team": Missing("no actor can make and delete teams", "--actors FILE with an administrator"),
    "own-definition": Missing(
        "the definition is not the instance's own", "--definition FILE, or a password to fetch it"
    ),
    # Builds between two releases call themselves by the first: two of one version may have different operations.
    "read-definition": Missing(
        "the bundled definition may be of another build than the instance",
        "--definition FILE, or a password to fetch it",
    ),
    "paged": Missing("the definition lists no paged collection", "--definition FILE"),
    "doc-page": Missing("no password was given to sign in at /api/doc", "--actors FILE with a password"),
    "second-token": Missing("no user was given with two valid tokens", "--actors FILE with two tokens of one user"),
}
"""By the name of the capability."""


def capabilities(settings: Settings, known: Preflight) -> frozenset[str]:
    """Return the capabilities at hand. Each is one of the keys of MISSING."""
    actors, labels = known.actors, {operation.label for operation in known.index.operations}
    write = settings.embedded or settings.write
    strongest = actors[0].role in {"ROLE_ADMIN", "ROLE_SUPER_ADMIN"}
    parents = _undoable(labels, "customers", "projects", "activities") and CASCADING.isdisjoint(known.undeletable)
    manage = write and strongest and not known.unseen and parents
    tokens, now = [t for a in actors for t in a.tokens], datetime.now(UTC)
    kept = strongest and "undeletable" in settings.allow
    bookable = write and (manage or kept or settings.project is not None)
    team = write and strongest and _undoable(labels, "teams") and "team" not in known.undeletable
    booked = bookable and actors[0].role != "ROLE_USER"
    results = {
        "changeable-flags": manage or booked or (team and len(actors) > 1),
        "flags": manage or team or booked,
        "write": write,
        "manage": manage,
        "bookable": bookable,
        "times": bookable or known.lists_times,
        "second-actor": len(actors) > 1,
        "two-zones": len(actors) > 1 and _two_zones(actors),
        "expired-token": any(t.expired for t in tokens),
        "future-token": any(t.expires_at and not t.expired for t in tokens),
        "expiring-token": any(t.expires_at and 0 < (t.expires_at - now).total_seconds() < _SOON for t in tokens),
        "second-token": any(sum(not t.expired for t in a.tokens) > 1 for a in actors),
        "password": any(a.password for a in actors),
        "doc-page": any(a.password for a in actors),
        "https": (settings.url or "").startswith("https://"),
        "plain-actor": any(a.role == "ROLE_USER" for a in actors),
        "lead-actor": any(a.role == "ROLE_TEAMLEAD" for a in actors),
        "admin-actor": strongest,
        "team": team,
        "own-definition": known.definition.source != "bundled" or known.definition.exact,
        "read-definition": known.definition.source != "bundled",
        "paged": bool(known.index.paged),
    }
    return frozenset(name for name, holds in results.items() if holds)


_SOON = 120.0


def _undoable(labels: set[str], *collections: str) -> bool:
    return all(f"DELETE /api/{name}/{{id}}" in labels for name in collections)


def _two_zones(actors: Sequence[Actor]) -> bool:
    """Whether two actors' clocks differ in winter or summer; equal offsets cannot tell zones apart."""
    moments = (datetime(2026, 1, 15, 12, tzinfo=UTC), datetime(2026, 7, 15, 12, tzinfo=UTC))
    offsets = set()
    for actor in actors:
        try:
            zone = ZoneInfo(actor.timezone or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            continue
        offsets.add(tuple(moment.astimezone(zone).utcoffset() for moment in moments))
    return len(offsets) > 1
