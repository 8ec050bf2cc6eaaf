"""The types of the one table of operations, and how a path finds its row. The rows are in `table`.

The guard decides by what a request *does*. A row says so for one known operation, and types each path, query and
body parameter that carries an id. Source of the rows: the definitions of Kimai 2.24.0, 2.62.0 and 2.66.0.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from conformance.exchange.guard.kinds import Kind


class Effect(enum.StrEnum):
    """What an operation does. CASCADE is a delete that takes what hangs below with it."""

    READ = "read"
    WRITE = "write"
    START = "start-timer"
    STOP = "stop"
    DELETE = "delete"
    CASCADE = "cascade"


class OperationGroup(enum.StrEnum):
    """Whose state an operation changes. All but RECORDS need `--allow`."""

    RECORDS = "records"
    USERS = "users"
    PROFILE = "profile"
    FAVOURITES = "favourites"
    DASHBOARD = "dashboard"
    UNDELETABLE = "undeletable"
    UNLISTED = "unlisted"


class ParamRole(enum.StrEnum):
    """TARGET: changed, deleted or attached to by the request. REFERENCE: only pointed at."""

    TARGET = "target"
    REFERENCE = "reference"


@dataclass(frozen=True)
class Param:
    """A parameter that carries ids (or names, for tags). `item` is the key inside a list of objects."""

    role: ParamRole
    kind: Kind
    item: str = ""


@dataclass(frozen=True)
class GuardedOperation:
    """One row: what the operation does and which of its parameters carry ids.

    `fields` are all body attributes that the table knows, `required` those without which a POST cannot be valid,
    `creates` the kind of record it makes, `undo` the label of the operation that undoes it, `takes_list` whether its
    body is a list of objects.
    """

    method: str
    path: str
    effect: Effect
    group: OperationGroup = OperationGroup.RECORDS
    params: Mapping[str, Param] = field(default_factory=dict)
    query: Mapping[str, Param | None] = field(default_factory=dict)
    body: Mapping[str, Param] = field(default_factory=dict)
    fields: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    creates: Kind | None = None
    undo: str = ""
    takes_list: bool = False

    @property
    def label(self) -> str:
        """Method and path, as the definition's index labels it."""
        return f"{self.method} {self.path}"

    @property
    def writes(self) -> bool:
        """Whether it changes anything."""
        return self.effect is not Effect.READ

    @property
    def parent(self) -> Param | None:
        """The typed `{id}` under which a created record will live, None for a top-level create."""
        return self.params.get("id") if self.creates else None


def is_parameter(segment: str) -> bool:
    """Whether a segment of a path template is a parameter."""
    return segment.startswith("{") and segment.endswith("}")


@functools.cache
def _parts(template: str) -> tuple[str, ...]:
    return tuple(template.strip("/").split("/"))


def match(template: str, segments: Sequence[str]) -> dict[str, str] | None:
    """Return the values of the template's parameters for these decoded path segments, None where it does not fit."""
    parts = _parts(template)
    if len(parts) != len(segments):
        return None
    values: dict[str, str] = {}
    for part, segment in zip(parts, segments, strict=True):
        if is_parameter(part):
            values[part[1:-1]] = segment
        elif part != segment:
            return None
    return values


def best_match(templates: Sequence[str], segments: Sequence[str]) -> tuple[str, dict[str, str]] | None:
    """Return the template with the fewest parameters that fits, with its values: a literal wins over a parameter."""
    fits = [(t, v) for t in templates if (v := match(t, segments)) is not None]
    return min(fits, key=lambda fit: len(fit[1]), default=None)
