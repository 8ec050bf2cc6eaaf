"""What the rules of the guard may know and ask: settings, the definition's operations, the ledger, and plain reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.definition import Index
from conformance.exchange.cleaning.ledger import Ledger, Made
from conformance.exchange.config import DoorConfig
from conformance.exchange.guarding.absent import AbsentIds
from conformance.exchange.guarding.kinds import KINDS, Kind
from conformance.exchange.guarding.rights import sees_everybody, strongest_first
from conformance.words import Actor

Reader = Callable[[Actor, str, Mapping[str, Any]], tuple[int, Any]]
"""Reads a path as an actor: status and decoded body (None where it is not JSON)."""

PAGE = 500


@dataclass
class State:
    """Shared by all rules of one door.

    `cleared`: roots that the clean-up has hidden and looked below, and is about to delete. `blind`: why no actor is
    believed to see everybody's records, "" as long as nothing speaks against it; `sighted`: that one was seen to;
    `undecided`: timesheets that could not tell. `shown`: the run's timesheets as an answer to a write showed them last.
    """

    config: DoorConfig
    index: Index | None
    ledger: Ledger | None
    read: Reader
    relatives: list[Ledger] = field(default_factory=list)
    announced: set[str] = field(default_factory=set)
    undeletable: set[Kind] = field(default_factory=set)
    tried: set[Kind] = field(default_factory=set)
    try_out: Callable[[Kind], bool] | None = None
    restoring: bool = False
    cleared: set[tuple[Kind, int]] = field(default_factory=set)
    blind: str = ""
    sighted: bool = False
    undecided: set[int] = field(default_factory=set)
    shown: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    _floors: dict[Kind, int | None] = field(default_factory=dict)
    absent: AbsentIds = field(init=False)

    def __post_init__(self) -> None:
        self.absent = AbsentIds(lambda path, params: self.read(self.strongest, path, params))

    @property
    def actors(self) -> list[Actor]:
        """The configured actors, strongest first."""
        return strongest_first(self.config.actors)

    @property
    def strongest(self) -> Actor:
        """The strongest actor."""
        return self.actors[0]

    @property
    def overseer(self) -> Actor | None:
        """An actor who may see everybody's records, None where there is none."""
        return next((actor for actor in self.actors if sees_everybody(actor)), None)

    @property
    def ledgers(self) -> list[Ledger]:
        """The ledger of this process and those of the run's other ones, as far as they are open."""
        return [self.ledger, *self.relatives] if self.ledger else list(self.relatives)

    def made(self, kind: Kind, ident: int) -> Made | None:
        """Return a record of this run, also one of its other processes; None for anybody else's."""
        return next((made for each in self.ledgers if (made := each.get(kind, ident))), None)

    def owns(self, kind: Kind, ident: int) -> bool:
        """Whether this run made a record."""
        return self.made(kind, ident) is not None

    def is_gone(self, kind: Kind, ident: int) -> bool:
        """Whether a record of this run is known to be deleted."""
        return any((kind, ident) in ledger.contents.gone for ledger in self.ledgers)

    def actor_with(self, user_id: int) -> Actor | None:
        """Return the configured actor with a user id."""
        return next((actor for actor in self.config.actors if actor.user_id == user_id), None)

    def lists(self, label: str) -> bool:
        """Whether the instance's definition has an operation; False as long as the definition is not known."""
        return self.index is not None and label in self.index

    def floor(self, kind: Kind) -> int | None:
        """Return the highest id of a top-level kind at the first time of asking, None where that cannot be seen."""
        if kind not in self._floors:
            self._floors[kind] = self._highest(kind)
        return self._floors[kind]

    def _highest(self, kind: Kind) -> int | None:
        facts = KINDS[kind]
        if not facts.listing or facts.parent or facts.by_name:
            return None
        params = dict(facts.params)
        if kind is Kind.TIMESHEET:
            params["size"] = "1"
        status, listed = self.read(self.strongest, facts.listing, params)
        if status == 403 and params.pop("user", ""):
            return self._own_highest(facts.listing, params)
        if status != 200 or not isinstance(listed, list):
            return None
        return _highest_of(listed)

    def _own_highest(self, path: str, params: dict[str, str]) -> int | None:
        """Where nobody may list everybody's records: the highest of the actors' own."""
        answers = [self.read(actor, path, params) for actor in self.actors]
        lists = [listed for status, listed in answers if status == 200 and isinstance(listed, list)]
        return max(map(_highest_of, lists)) if len(lists) == len(answers) else None


def _highest_of(listed: list[Any]) -> int:
    ids = [each.get("id") for each in listed if isinstance(each, dict)]
    return max((ident for ident in ids if isinstance(ident, int)), default=0)
