"""Everything that the property tests of one process share, made once: schema, transport, engine, shared records."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from schemathesis.specs.openapi.schemas import OpenApiSchema

from conformance.definition import Definition
from conformance.exchange import Client, RecordFactory, Session
from conformance.exchange.guard.table import OPERATIONS
from conformance.model import Actor
from conformance.properties.aliases import APIOperation
from conformance.properties.execution.engine import Engine, Outcome
from conformance.properties.execution.operation_context import BoundContext, stops_timers
from conformance.properties.execution.record_pool import RecordPool, SharedReferences
from conformance.properties.execution.schema import check_functions, load
from conformance.properties.execution.transport import ClientTransport, send_through_client, verify_guard
from conformance.properties.generation.binding import ReferenceBinder
from conformance.properties.generation.fuzz_plan import FuzzPlan
from conformance.properties.generation.schema_hints import enriched
from conformance.properties.generation.strategies import DEEP, SHARES, Supply, samples
from conformance.properties.policy import ASKED_BY_CHECKS, Depth, budgets

PLAIN = "ROLE_USER"
MANAGERS = ("ROLE_ADMIN", "ROLE_SUPER_ADMIN")

_BELOW = ("/rates", "/comments", "/meta", "/team")
_LINKS = "/api/teams/{id}/"
"""Below it records and people are attached to a team, and taken away again."""


def known_attribute(label: str, name: str) -> bool:
    """Whether the guard's table knows an attribute of a body. What only the definition knows is not sent."""
    row = OPERATIONS.get(label)
    return row is None or name in row.fields


@dataclass(frozen=True)
class PropertyRunner:
    """Makes and runs the requests of all operations. `budget` is for the run, not for this process."""

    client: Client
    records: RecordFactory
    definition: Definition
    actors: tuple[Actor, ...]
    seed: int
    budget: int

    @cached_property
    def session(self) -> Session:
        """The session of the strongest actor, who sends nearly all of it."""
        return self.client.session(self.actors[0])

    @cached_property
    def plain(self) -> Actor | None:
        """A plain user, who sends a part of it too; None where there is none besides the strongest."""
        return next((actor for actor in reversed(self.actors[1:]) if actor.role == PLAIN), None)

    @cached_property
    def colors(self) -> tuple[str, ...]:
        """The colours that the instance offers; none where it does not say."""
        answer = self.session.get("/api/config/colors").json_or_none()
        return tuple(str(value) for value in answer.values()) if isinstance(answer, dict) else ()

    @cached_property
    def schema(self) -> OpenApiSchema:
        """The definition with meanings, as Schemathesis reads it."""
        return load(enriched(self.definition.document, known_attribute, self.colors), self.seed)

    @cached_property
    def transport(self) -> ClientTransport:
        """The transport, proved: a probe of Schemathesis has arrived at the guard. Raises GuardBrokenError."""
        transport = send_through_client(self.schema, self.client)
        verify_guard(self.schema, self.client)
        return transport

    @cached_property
    def engine(self) -> Engine:
        """The engine behind the client."""
        return Engine(self.transport, check_functions(), self.definition.index)

    @cached_property
    def shared(self) -> SharedReferences:
        """What all requests may point at."""
        return SharedReferences(self.records, self.actors)

    @cached_property
    def shares(self) -> dict[str, int]:
        """How many requests each operation gets."""
        every = {operation.label: self.operation(operation.label) for operation in self.definition.index.operations}
        # Whoever may not write, or manage, leaves many checks out.
        checks_ask = not self.client.config.read_only and self.actors[0].role in MANAGERS
        return budgets(every, self.budget, ASKED_BY_CHECKS if checks_ask else ())

    def operation(self, label: str) -> APIOperation:
        """Return Schemathesis's view of an operation."""
        operation = self.schema.find_operation_by_label(label)
        assert operation is not None, f"Schemathesis does not find {label}, which the index lists"
        return operation

    @property
    def depth(self) -> Depth:
        """How far it goes."""
        return Depth.of(self.budget)

    def run(self, label: str) -> Outcome:
        """Send the requests of one operation, and return what came."""
        outcome = Outcome(label)
        supply = Supply.of(self.schema, self.operation(label), self.seed)
        shares = DEEP if self.depth is Depth.THOROUGH else SHARES
        picked = samples(supply, self.shares[label], shares)
        scene, repertoire = self._scene(supply, self.actors)
        self.engine.run(outcome, scene, self.session, picked, repertoire.scripts())
        if self.plain is not None:
            scene, repertoire = self._scene(supply, (self.plain, *self.actors))
            self.engine.run(outcome, scene, self.client.session(self.plain), (), repertoire.lent())
        return outcome

    def _scene(self, supply: Supply, actors: tuple[Actor, ...]) -> tuple[BoundContext, FuzzPlan]:
        """Return what stands around the requests that the first of the actors sends, and what makes odd ones."""
        operation, config = supply.operation, self.client.config
        label = operation.label
        row = OPERATIONS.get(label)
        session = self.client.session(actors[0])
        finder = None if row is None or row.writes else self.session
        # What is written below a record changes nothing of the record itself, so that such operations share one.
        below = operation.path.endswith(_BELOW) or operation.path.startswith(_LINKS)
        running, sparing = stops_timers(label), self.depth is Depth.SMOKE or below
        targets = RecordPool(self.records, actors, self.shared, running=running, finder=finder, sparing=sparing)
        binder = ReferenceBinder(row, targets, config.mark, self.shared.tag, config.borrowed_project)
        body = self.definition.index[label].body
        fields = frozenset(field.name for field in body.fields) if body else frozenset[str]()
        repertoire = FuzzPlan(operation, row, binder, targets, fields, self.depth)
        return BoundContext(label, binder, targets, session, supply), repertoire
