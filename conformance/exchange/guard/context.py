"""What the rules of the guard may know and ask: settings, the definition's operations, the ledger, and plain reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.definition import Index
from conformance.exchange.config import ClientConfig
from conformance.exchange.guard.absent import AbsentIds
from conformance.exchange.guard.kinds import KINDS, Kind
from conformance.exchange.guard.rights import sees_everybody, strongest_first
from conformance.exchange.ownership.ledger import Key, Ledger, Made
from conformance.model import Actor

Reader = Callable[[Actor, str, Mapping[str, Any]], tuple[int, Any]]
"""Reads a path as an actor: status and decoded body (None where it is not JSON)."""

PAGE = 500


@dataclass
class GuardContext:
    """Shared by all rules of one client.

    `prove` returns why a record that an answer named is not shown to be the run's own, "" where it is. `overseer` is
    whoever may see everybody's records by role; `witness` is the actor who was shown to, in this run, and `unseen` why
    there is none; `seeking` while that is found out, `asked_by_reads` once reads alone showed nothing against anybody.
    `lost` names actors whose tokens are no longer accepted.
    `approved_cascades`: roots that were hidden and looked below, and are about to be deleted; `below`: what of the
    run hung below a root at the last look. `last_seen`: the run's timesheets as an answer to a write showed them last.
    """

    config: ClientConfig
    index: Index | None
    ledger: Ledger | None
    read: Reader
    prove: Callable[[GuardContext, Made], str]
    sibling_ledgers: list[Ledger] = field(default_factory=list)
    announced: set[str] = field(default_factory=set)
    undeletable: set[Kind] = field(default_factory=set)
    tried: set[Kind] = field(default_factory=set)
    delete_trial: Callable[[Kind], bool] | None = None
    read_anonymously: Callable[[str], int] = lambda _: 401
    witness: Actor | None = None
    unseen: str = ""
    seeking: bool = False
    asked_by_reads: bool = False
    lost: set[str] = field(default_factory=set)
    approved_cascades: set[Key] = field(default_factory=set)
    below: dict[Key, set[Key]] = field(default_factory=dict)
    last_seen: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    _floors: dict[Kind, int | None] = field(default_factory=dict)
    _routes: dict[str, int] = field(default_factory=dict)
    absent: AbsentIds = field(init=False)

    def __post_init__(self) -> None:
        self.witness = next((actor for actor in self.config.actors if actor.name == self.config.witness), None)
        self.unseen = self.config.unseen
        self.undeletable.update(map(Kind, self.config.undeletable))
        self.absent = AbsentIds(lambda path, params: self.read(self.strongest, path, params))

    @property
    def actors(self) -> list[Actor]:
        """The configured actors whose tokens are still accepted, strongest first; all of them where none is."""
        accepted = [actor for actor in self.config.actors if actor.name not in self.lost]
        return strongest_first(accepted or self.config.actors)

    @property
    def strongest(self) -> Actor:
        """The strongest actor."""
        return self.actors[0]

    @property
    def all_records_reader(self) -> Actor | None:
        """The actor who was shown to see everybody's records, or else may by default; None where there is none."""
        shown = self.witness if self.witness is not None and self.witness.name not in self.lost else None
        return shown or next((actor for actor in self.actors if sees_everybody(actor)), None)

    @property
    def ledgers(self) -> list[Ledger]:
        """The ledger of this process and those of the run's other ones, as far as they are open."""
        return [self.ledger, *self.sibling_ledgers] if self.ledger else list(self.sibling_ledgers)

    def made(self, kind: Kind, ident: int) -> Made | None:
        """Return what an answer to this run named as made, also to one of its other processes; None for all else."""
        return next((made for ledger in self.ledgers if (made := ledger.get(kind, ident))), None)

    def owns(self, kind: Kind, ident: int) -> bool:
        """Whether a record is shown to be the run's own; it is read back where it was not yet."""
        return not self.why_not_own(kind, ident)

    def why_not_own(self, kind: Kind, ident: int) -> str:
        """Return why a record is not shown to be the run's own, "" where it is."""
        made = self.made(kind, ident)
        if made is None:
            lied = next((ledger.contents.disowned.get((kind, ident)) for ledger in self.ledgers), None)
            return f"an answer named it as made, but {lied}" if lied else "it was not made by this run"
        if made.proved or self.config.is_embedded:
            return ""
        reason = self.prove(self, made)
        return reason and f"an answer named it as made, but {reason}"

    @property
    def gone(self) -> set[Key]:
        """The records of this run that are known to be deleted."""
        return set().union(*(ledger.contents.gone for ledger in self.ledgers))

    def is_gone(self, kind: Kind, ident: int) -> bool:
        """Whether a record of this run is known to be deleted."""
        return any((kind, ident) in ledger.contents.gone for ledger in self.ledgers)

    def is_actor(self, user_id: int) -> bool:
        """Whether a user is one of the run's actors, also where whoever cleans up after it has no token of theirs."""
        known = self.actor_with(user_id) is not None
        return known or any(user_id in ledger.contents.user_ids() for ledger in self.ledgers)

    def actor_with(self, user_id: int) -> Actor | None:
        """Return the configured actor with a user id."""
        return next((actor for actor in self.config.actors if actor.user_id == user_id), None)

    def read_list(self, reader: Actor, path: str, params: Mapping[str, Any]) -> tuple[int, list[Any] | None]:
        """Return the status of a read and the list that it gave, None where it gave none."""
        status, listed = self.read(reader, path, params)
        return status, listed if status == 200 and isinstance(listed, list) else None

    def lists(self, label: str) -> bool:
        """Whether the instance's definition has an operation; False as long as the definition is not known."""
        return self.index is not None and label in self.index

    def nothing_deletes(self, kind: Kind) -> bool:
        """Whether no operation deletes records of a kind here, as far as the definition is known."""
        label = KINDS[kind].delete
        return not label or (self.index is not None and f"DELETE {label}" not in self.index)

    def anonymous_status(self, path: str) -> int:
        """Return the status of a GET without credentials, asked once a route: ids in it do not count."""
        route = re.sub(r"\d+", "", path)
        if route not in self._routes:
            self._routes[route] = self.read_anonymously(path)
        return self._routes[route]

    def highest_id_at_start(self, kind: Kind) -> int | None:
        """Return the highest id of a top-level kind at the first time of asking, None where that cannot be seen."""
        if kind not in self._floors:
            self._floors[kind] = self._highest(kind)
        return self._floors[kind]

    def _highest(self, kind: Kind) -> int | None:
        facts = KINDS[kind]
        if not facts.listing or facts.parent:
            return None
        params = dict(facts.params)
        if kind is Kind.TIMESHEET:
            params["size"] = "1"
        status, listed = self.read_list(self.strongest, facts.listing, params)
        if status == 403 and params.pop("user", ""):
            # Where nobody may list everybody's records: the highest of the actors' own.
            lists = [self.read_list(actor, facts.listing, params)[1] for actor in self.actors]
            return None if None in lists else max(_highest_of(listed or []) for listed in lists)
        if listed is None:
            return None
        if kind is Kind.TAG and not listed and self.read(self.strongest, "/api/tags", {})[1]:
            return None  # There are tags, and an empty part of a name does not list them here.
        return _highest_of(listed)


def _highest_of(listed: list[Any]) -> int:
    ids = [item.get("id") for item in listed if isinstance(item, dict)]
    return max((ident for ident in ids if isinstance(ident, int)), default=0)
