"""Which scripts an operation gets, by what it takes and how far a run goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conformance.exchange.guard.kinds import NAMED
from conformance.exchange.guard.operations import Effect, GuardedOperation
from conformance.properties.aliases import APIOperation
from conformance.properties.execution.record_pool import RecordPool
from conformance.properties.generation import malformed_bodies, queries
from conformance.properties.generation.batch_fuzz import (
    BATCHES,
    TELLING,
    TYPES,
    UNNAMED_TYPES,
    BatchFuzzer,
    far_apart,
    nested,
)
from conformance.properties.generation.binding import ReferenceBinder
from conformance.properties.generation.edges import body_properties
from conformance.properties.generation.field_kinds import FieldKind, field_kinds
from conformance.properties.generation.fuzz import FuzzRequest, FuzzScript
from conformance.properties.policy import LEFT_TO_STANDARD, Depth

ODD_ALONE: Mapping[str, FieldKind] = {"invoiceTemplate": FieldKind.ID}
"""Attributes that no valid body of the run has, and that odd ones have where the form does."""

LENT = ("POST /api/timesheets", "PATCH /api/timesheets/{id}")
"""Writes of a plain user that get odd values too."""
LENT_ONCE = "/api/timesheets"
"""What a plain user may write to by default, besides tags."""

ITEM = 3
"""Slashes in the path of a record: what lies below gets fewer odd bodies."""

FORBIDDEN = frozenset({401, 403})
"""Answers after which nothing else that is sent there matters."""

LENT_BATCHES = ("null", "a list of a text", "an object", "signs", "the most", "the least")


@dataclass(frozen=True)
class FuzzPlan:
    """What makes the scripts of one operation."""

    operation: APIOperation
    row: GuardedOperation | None
    binder: ReferenceBinder
    targets: RecordPool
    fields: frozenset[str]
    depth: Depth

    @property
    def reads(self) -> bool:
        """Whether it is a GET."""
        return self.operation.method.upper() == "GET" and (self.row is None or not self.row.writes)

    @property
    def attributes(self) -> dict[str, FieldKind]:
        """What the attributes of its body are."""
        result = field_kinds(self.row, body_properties(self.operation))
        alone = {name: sense for name, sense in ODD_ALONE.items() if name in self.fields} if result else {}
        return result | alone

    def scripts(self) -> Iterator[FuzzScript]:
        """Yield the scripts for the strongest actor."""
        if self.row is None or self.depth is Depth.SMOKE:
            yield from self._telling()
            return
        deep = self.depth is Depth.THOROUGH
        yield queries.script(self.operation, deep=deep)
        if self.reads:
            yield queries.paths(self.operation, deep=deep)
            if deep or not self.operation.path_parameters:
                yield malformed_bodies.heads()
        elif self.attributes:
            # Of what no decoder reads a create tells enough: a record has the same decoder.
            few = not deep and self.operation.path.count("/") >= ITEM
            yield malformed_bodies.bodies(absent=self.row.effect is Effect.START, few=few)
            yield nested(self.attributes, *self._known())
            yield self._foreign()
            yield far_apart(self.attributes)
            yield self.batch_fuzzer.script(self._batches)
        elif list(self.operation.body):
            yield malformed_bodies.bodies()
        else:
            yield malformed_bodies.again()
            yield malformed_bodies.absent_part([parameter.name for parameter in self.operation.path_parameters])
            if self.row.creates in NAMED:
                yield malformed_bodies.copies_of_long_names()

    def lent(self) -> Iterator[FuzzScript]:
        """Yield the scripts for a plain user: what they may use, as far as it is known beforehand."""
        usable = self.reads or self.operation.path.startswith(LENT_ONCE)
        if self.row is None or not usable or self.depth is Depth.SMOKE:
            return
        yield self._lent()
        if not self.reads and self.row.label in LENT:
            yield self.batch_fuzzer.script(LENT_BATCHES)

    def _lent(self) -> FuzzScript:
        """Send the operation as it is, and where it is theirs to read a few queries."""
        reply = yield FuzzRequest("as another actor")
        if self.reads and reply.status not in FORBIDDEN:
            yield from queries.light(self.operation)

    @property
    def batch_fuzzer(self) -> BatchFuzzer:
        """The batches of odd values in all attributes."""
        return BatchFuzzer(self.attributes, self.binder.marked, self.operation.path.count("/") <= ITEM)

    @property
    def _batches(self) -> tuple[str, ...]:
        """Which batches of odd values it gets: fewer where an accepted one would do more than change a record."""
        if self.row is not None and self.row.effect is Effect.START:
            return TYPES
        return UNNAMED_TYPES if self.operation.path.endswith("/meta") else tuple(BATCHES)

    def _foreign(self) -> FuzzScript:
        """Send a reference to a record that goes with another one than that in the body."""
        other = self.targets.foreign_activity() if {"project", "activity"} <= set(self.attributes) else None
        if other is not None:
            yield FuzzRequest("an activity of another project", attributes={"activity": other})

    def _telling(self) -> Iterator[FuzzScript]:
        item = self.operation.path.count("/") == ITEM and self.operation.label not in LEFT_TO_STANDARD
        if self.row is not None and item and self.attributes and self.operation.method.upper() == "PATCH":
            yield self.batch_fuzzer.script(TELLING)

    def _known(self) -> tuple[int, Mapping[str, int]]:
        """Return the id of an actor, and those of records to point at by attribute."""
        assert self.row is not None
        users = [param for param in self.row.body.values() if param.item]
        user = self.targets.reference(users[0].kind, 0) if users else 0
        lists = {name for name, sense in self.attributes.items() if sense is FieldKind.IDS}
        return user, {name: self.targets.reference(self.row.body[name].kind, 0) for name in lists}
