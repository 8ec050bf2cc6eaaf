"""Who of the configured actors can undo what, by Kimai's default roles.

Rights belong to roles and an administrator may change them: where the defaults do not settle it, a trial does.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable

from conformance.exchange.guard.kinds import KINDS, Kind
from conformance.model import ROLES, Actor


class Permission(enum.StrEnum):
    """Whether something can be undone by the role's default rights."""

    YES = "yes"
    NO = "no"
    UNSETTLED = "unsettled"


def rank(actor: Actor) -> int:
    """Return how strong an actor's strongest default role is, 0 for a plain user."""
    return ROLES.index(actor.role)


def strongest_first(actors: Iterable[Actor]) -> list[Actor]:
    """Return the actors by their roles, strongest first, otherwise in the order given."""
    return sorted(actors, key=lambda actor: -rank(actor))


def has_default_roles(actor: Actor) -> bool:
    """Whether the default roles say what an actor may do: roles are known, and none was made by an administrator."""
    return actor.user_id is not None and all(role in ROLES for role in actor.roles)


def can_delete(actor: Actor, kind: Kind, *, made_it: bool) -> Permission:
    """Return whether an actor may delete records of a kind, by default."""
    facts = KINDS[kind]
    needed = facts.own if made_it and facts.own else facts.role
    if needed and rank(actor) >= ROLES.index(needed):
        return Permission.YES
    return Permission.NO if has_default_roles(actor) or not needed else Permission.UNSETTLED


def can_delete_exported(actor: Actor) -> bool:
    """Whether an actor may still delete a timesheet that is marked as exported, by default."""
    return rank(actor) >= ROLES.index("ROLE_ADMIN")


def sees_everybody(actor: Actor) -> bool:
    """Whether an actor sees every record, of all teams and users, by default: whether they do must be shown."""
    return rank(actor) >= ROLES.index("ROLE_ADMIN")


def may_see_everybody(actor: Actor) -> bool:
    """Whether an actor may turn out to see every record: by default, or by a role that an administrator made."""
    return sees_everybody(actor) or not has_default_roles(actor)


def is_super_admin(actor: Actor) -> bool:
    """Whether no setting of the instance limits an actor to the teams they lead."""
    return rank(actor) > ROLES.index("ROLE_ADMIN")
