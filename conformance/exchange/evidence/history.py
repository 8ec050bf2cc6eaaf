"""The exchanges of a process as a story: which request made which record, and which ones a later request rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

from conformance.exchange.evidence.values import flattened, leaf_of_json_path
from conformance.exchange.guard.ids import id_in, id_of
from conformance.exchange.guard.kinds import KINDS, PLURALS, Kind
from conformance.exchange.guard.operations import Effect, Param, match
from conformance.exchange.guard.table import OPERATIONS
from conformance.model import Exchange, decoded

Key = tuple[Kind, int]

SHOWN = 40
"""Records of a list that a chain makes."""

LATEST = 3
"""Changes of a record by PATCH that a chain has besides its making: the last ones."""

TEAMS = 3
"""Teams of a sender that a chain has, for who sees what hangs on them: the last ones."""


@dataclass(frozen=True)
class Step:
    """One exchange: its request, what it made, and which records it names in its path, and elsewhere."""

    exchange: Exchange
    made: Key | None = None
    targets: frozenset[Key] = frozenset()
    references: frozenset[Key] = frozenset()

    @property
    def number(self) -> int:
        """Its place in the story."""
        return self.exchange.number

    @property
    def writes(self) -> bool:
        """Whether it changed something."""
        row = OPERATIONS.get(self.exchange.operation)
        return row is not None and row.effect is not Effect.READ and self.exchange.ok


@dataclass
class History:
    """Listens to a client. `node` names the check that is running, "" for none; `users` are the actors' ids by name."""

    node: str = ""
    users: Mapping[str, int] = field(default_factory=dict)
    made: dict[Key, Step] = field(default_factory=dict)
    _nodes: dict[int, str] = field(default_factory=dict)
    _askers: dict[str, dict[str, None]] = field(default_factory=dict)
    _writes: dict[Key, list[Step]] = field(default_factory=dict)
    _reads: dict[Key, list[Step]] = field(default_factory=dict)

    def notice(self, exchange: Exchange) -> None:
        """Take in the next exchange."""
        step = step_of(exchange)
        self._nodes[exchange.number] = self.node
        self._askers.setdefault(exchange.operation, {})[self.node] = None
        if step.made is not None:
            self.made.setdefault(step.made, step)
        kept = self._writes if step.writes else self._reads if exchange.method == "GET" else None
        for key in step.targets | step.references if kept is self._reads else step.targets:
            if kept is not None:
                kept.setdefault(key, []).append(step)

    def node_of(self, exchange: Exchange | None) -> str:
        """Return the check that is running or, after all of them, the one in which an exchange was."""
        return self.node or (self._nodes.get(exchange.number, "") if exchange is not None else "")

    def owns(self, kind: Kind, ident: int) -> bool:
        """Whether this process made a record."""
        return (kind, ident) in self.made

    def chain(self, exchanges: Sequence[Exchange], name: str = "") -> list[Step]:
        """Return what was sent before some exchanges and made what they rest on, in the order in which it was sent.

        `name` is that of the judged attribute, "" where an answer is judged as a whole.
        """
        last = max(exchange.number for exchange in exchanges)
        own = {exchange.number for exchange in exchanges}
        named = {key for exchange in exchanges for key in self._named(step_of(exchange), exchange, name)}
        chain: dict[int, Step] = {}
        self._gather(chain, named, last, own, named)
        for exchange in exchanges:
            # The teams of the run that join the sender with somebody who made what it is about.
            makers = {step.exchange.actor for step in chain.values() if step.made}
            sender = self.users.get(exchange.actor or "", 0)
            others = {self.users[name] for name in makers if name is not None and name in self.users} - {sender}
            teams = []
            for key, making in self.made.items():
                members = {ident for kind, ident in making.references if kind is Kind.USER}
                if key[0] is Kind.TEAM and making.number < exchange.number and sender in members and others & members:
                    teams.append(key)
            teams = [key for key in teams if not self.gone(key, exchange.number)][-TEAMS:]
            self._gather(chain, teams, last, own, named)
        return [chain[number] for number in sorted(chain)]

    def _gather(self, chain: dict[int, Step], keys: Iterable[Key], last: int, own: set[int], named: set[Key]) -> None:
        """Add to a chain what made some records, and all that this rests on."""
        waiting, seen = list(keys), set[Key]()
        while waiting:
            key = waiting.pop()
            if key in seen or key not in self.made:
                continue
            seen.add(key)
            for step in self._about(key, last, own):
                if step.number in chain or any(self.gone(one, last) for one in step.targets - named):
                    continue
                if step.exchange.signed or step.made in named:
                    chain[step.number] = step
                    waiting += [*step.targets, *step.references]

    def nodes_before(self, exchanges: Sequence[Exchange], name: str = "") -> tuple[str, ...]:
        """Return the checks, other than the one that is running, that made what some exchanges rest on.

        What is judged after all of them may hang on several answers: then they are those that asked the same.
        """
        nodes = [self._nodes[step.number] for step in self.chain(exchanges, name)]
        if not self.node:
            nodes += self._askers.get(exchanges[-1].operation, ())
        node_here = self.node_of(exchanges[-1])
        return tuple(dict.fromkeys(node for node in nodes if node not in ("", node_here)))

    def after(self, exchange: Exchange) -> list[Step]:
        """Return the reads that looked, after a write, at what it was about, until something was changed there."""
        step = step_of(exchange)
        keys = step.targets | ({step.made} if step.made else frozenset())
        later = [item for key in keys for item in self._reads.get(key, ()) if item.number > exchange.number]
        changes = [item.number for key in keys for item in self._writes.get(key, ()) if item.number > exchange.number]
        end = min(changes, default=exchange.number + len(later) + 1000)
        return sorted((item for item in later if item.number < end), key=lambda item: item.number)[:1]

    def _about(self, key: Key, last: int, own: set[int]) -> Iterator[Step]:
        """Yield what made a record, and the last changes of it."""
        making = self.made[key]
        if making.number < last and making.number not in own:
            yield making
        writes = [step for step in self._writes.get(key, ()) if step.number < last and step.number not in own]
        changes = [step for step in writes if not step.made and step.exchange.signed]
        patches = [step for step in changes if step.exchange.operation == f"PATCH {KINDS[key[0]].item}"]
        yield from (step for step in changes if step not in patches[:-LATEST])

    def _named(self, step: Step, exchange: Exchange, name: str) -> Iterator[Key]:
        """Yield the records that a request rests on; of a list, those that its answer or its filters are about."""
        yield from step.targets | step.references
        is_list = isinstance(exchange.json_or_none(), list)
        if exchange.method != "GET" or (step.targets and not is_list):
            # A list below a record shows others, which must be made as well.
            return
        shown = [key for key in self._shown(exchange) if key in self.made and self.made[key].exchange.signed]
        yield from shown[:SHOWN]
        if name and any(leaf_of_json_path(path) == name for path, _ in flattened(exchange.json_or_none())):
            return
        filters, kind = step.references & self.made.keys(), kind_shown(exchange.operation)
        below = [
            key for key, making in self.made.items()
            if key[0] is kind and making.number < exchange.number and making.references & filters
        ]  # fmt: skip
        yield from [key for key in below if not self.gone(key, exchange.number)][-SHOWN:]

    def gone(self, key: Key, number: int) -> bool:
        """Whether a record had been deleted before the exchange of that number."""
        ending = KINDS[key[0]].delete
        return any(
            step.number < number and step.exchange.operation == f"DELETE {ending}" for step in self._writes.get(key, ())
        )

    def _shown(self, exchange: Exchange) -> Iterator[Key]:
        kind, answer = kind_shown(exchange.operation), exchange.json_or_none()
        for item in answer if isinstance(answer, list) and kind is not None else ():
            ident = id_of(item.get("id")) if isinstance(item, dict) else None
            if ident is not None and kind is not None:
                yield kind, ident


_KINDS: Mapping[str, Kind] = {plural: Kind(kind) for kind, plural in PLURALS.items()}
_BELOW: Mapping[tuple[str, str], Kind] = {
    (facts.listing.split("/")[2], facts.listing.split("/")[4]): kind
    for kind, facts in KINDS.items()
    if facts.parent is not None
}


def kind_shown(operation: str) -> Kind | None:
    """Return the kind of the records that an operation answers with; None where it is none of the table's."""
    parts = operation.partition(" ")[2].split("/")[2:]
    if not parts:
        return None
    if len(parts) > 2 and (below := _BELOW.get((parts[0], parts[2]))) is not None:
        return below
    return Kind.TIMESHEET if parts[0] == "favorites" else _KINDS.get(parts[0])


def step_of(exchange: Exchange) -> Step:
    """Return what an exchange made and names."""
    row = OPERATIONS.get(exchange.operation)
    if row is None:
        return Step(exchange)
    query = exchange.target.partition("?")[2]
    segments = [unquote(part) for part in exchange.path.strip("/").split("/")]
    values = match(row.path, segments) or {}
    targets = {
        (param.kind, ident) for name, param in row.params.items() if (ident := id_of(values.get(name))) is not None
    }
    references = {key for name, value in parse_qsl(query) for key in _keys(row.query.get(name), value)}
    body = decoded(exchange.request_body)
    if isinstance(body, dict):
        references |= {key for name, param in row.body.items() for key in _keys(param, body.get(name))}
    made = id_in(exchange.json_or_none()) if row.creates is not None and exchange.ok else None
    key = None if row.creates is None or made is None else (row.creates, made)
    return Step(exchange, key, frozenset(targets), frozenset(references))


def _keys(param: Param | None, value: Any) -> Iterator[Key]:
    """Yield the records that a value of a parameter or an attribute names."""
    if param is None:
        return
    for item in value if isinstance(value, list) else [value]:
        ident = id_of(item.get(param.item) if isinstance(item, dict) and param.item else item)
        if ident is not None:
            yield param.kind, ident
