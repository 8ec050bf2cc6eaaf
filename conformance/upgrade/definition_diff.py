"""What differs between two definitions, by the same rules as what was observed.

Request and response are judged by the direction of data: what a client may send must stay accepted, what it gets must
stay what it was told. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.definition import Field, Index, Operation, Parameter, SchemaView
from conformance.definition.operations import normal_label
from conformance.upgrade.changes import Change, Seen
from conformance.upgrade.rules import Direction

Said = Iterator[Change]


@dataclass(frozen=True)
class Pair:
    """One operation in both definitions."""

    old: Operation
    new: Operation


def documented(old: Index, new: Index) -> Said:
    """Yield every change between two definitions. Operations match whatever their path parameters are called."""
    before, after = ({normal_label(item.label): item for item in index} for index in (old, new))
    for label in sorted(before.keys() - after.keys()):
        yield _change("op-removed", before[label], "listed", "not listed")
    for label in sorted(after.keys() - before.keys()):
        yield _change("op-added", after[label], "not listed", "listed")
    for label in sorted(before.keys() & after.keys()):
        pair = Pair(before[label], after[label])
        for part in (_itself, _queries, _forms, _answers):
            yield from part(pair)


def _change(
    rule: str,
    operation: Operation,
    before: str,
    after: str,
    field: str = "",
    direction: Direction = Direction.FORWARD,
    subject: str = "",
) -> Change:
    return Change(
        rule, operation.label, before, after, Seen.DOCUMENTED, field=field, direction=direction, subject=subject
    )


def _itself(pair: Pair) -> Said:
    old, new = pair.old, pair.new
    if old.deprecated != new.deprecated:
        words = ("current", "deprecated") if new.deprecated else ("deprecated", "current")
        yield _change("op-deprecated", new, *words, direction=Direction.of(new.deprecated), subject="deprecated")
    if old.operation_id != new.operation_id:
        yield _change("doc-only", new, old.operation_id, new.operation_id, field="operationId", subject="operationId")
    before, after = (item.success.status if item.success else "no success" for item in (old, new))
    if before != after and "default" not in (before, after):
        ended = old.success is None or new.success is None
        rule = "status-success" if not ended else "op-added" if new.success else "op-removed"
        yield _change(rule, new, before, after)


def _queries(pair: Pair) -> Said:
    old, new = (
        {parameter.name: parameter for parameter in operation.query_parameters} for operation in (pair.old, pair.new)
    )
    for name in sorted(old.keys() - new.keys()):
        yield _change("query-removed", pair.new, "listed", "not listed", name)
    for name in sorted(new.keys() - old.keys()):
        rule = "query-required" if new[name].required else "query-widened"
        yield _change(rule, pair.new, "not listed", "listed", name)
    for name in sorted(old.keys() & new.keys()):
        yield from _parameter(pair.new, old[name], new[name])


def _parameter(operation: Operation, old: Parameter, new: Parameter) -> Said:
    if old.required != new.required:
        words = _words(old.required, new.required)
        yield _change("query-required", operation, *words, new.name, Direction.of(new.required))
    before, after = _allowed(old.enum), _allowed(new.enum)
    if before != after:
        rule = "query-narrowed" if _is_less(before, after) else "query-widened"
        yield _change(rule, operation, *_values(old.enum, new.enum), new.name)
    elif old.pattern != new.pattern:
        rule = "query-narrowed" if new.pattern else "query-widened"
        yield _change(rule, operation, old.pattern or "any", new.pattern or "any", new.name)


def _forms(pair: Pair) -> Said:
    old, new = (
        {field.path: field for field in operation.body.all_fields} if operation.body else {}
        for operation in (pair.old, pair.new)
    )
    for path in sorted(old.keys() - new.keys()):
        yield _change("form-removed", pair.new, "listed", "not listed", path, subject=f"form {path}")
    for path in sorted(new.keys() - old.keys()):
        rule = "form-required" if new[path].required else "form-added"
        yield _change(rule, pair.new, "not listed", "listed", path, subject=f"form {path}")
    for path in sorted(old.keys() & new.keys()):
        yield from _field(pair.new, old[path], new[path])


def _field(operation: Operation, old: Field, new: Field) -> Said:
    path, subject = new.path, f"form {new.path}"
    if old.required != new.required:
        direction = Direction.of(new.required)
        yield _change("form-required", operation, *_words(old.required, new.required), path, direction, subject)
    if old.types and new.types and set(old.types) != set(new.types):
        yield _change("form-type", operation, " or ".join(old.types), " or ".join(new.types), path, subject=subject)
    allowed = _allowed(old.enum), _allowed(new.enum)
    if allowed[0] != allowed[1]:
        direction = Direction.of(_is_less(*allowed))
        yield _change("form-enum", operation, *_values(old.enum, new.enum), path, direction, subject)
    if old.max_length != new.max_length:
        less = new.max_length is not None and (old.max_length is None or new.max_length < old.max_length)
        before, after = (f"at most {item}" if item is not None else "any" for item in (old.max_length, new.max_length))
        yield _change("form-limit", operation, before, after, path, Direction.of(less), subject)


def _answers(pair: Pair) -> Said:
    old, new = (_leaves(operation) for operation in (pair.old, pair.new))
    if old is None or new is None:
        # A document that says nothing of an answer is silent, and does not promise an empty one.
        return
    for path in sorted(old.keys() - new.keys()):
        yield _change("resp-removed", pair.new, "listed", "not listed", path, subject=last(path))
    for path in sorted(new.keys() - old.keys()):
        yield _change("resp-added", pair.new, "not listed", "listed", path, subject=last(path))
    for path in sorted(old.keys() & new.keys()):
        yield from _attribute(pair.new, path, old[path], new[path])


def _attribute(operation: Operation, path: str, old: SchemaView, new: SchemaView) -> Said:
    subject = last(path)
    if old.types and new.types and set(old.types) != set(new.types):
        yield _change("resp-type", operation, " or ".join(old.types), " or ".join(new.types), path, subject=subject)
    if old.nullable != new.nullable:
        words = ("not null", "null allowed") if new.nullable else ("null allowed", "not null")
        yield _change("resp-null", operation, *words, path, Direction.of(new.nullable), subject)
    before, after = _allowed(old.enum), _allowed(new.enum)
    if before and after and before != after:
        direction = Direction.of(not after < before)
        yield _change("resp-enum", operation, *_values(old.enum, new.enum), path, direction, subject)
    if old.format and new.format and old.format != new.format and old.types == new.types == ("string",):
        yield _change("resp-format", operation, old.format, new.format, path, subject=subject)


def _leaves(operation: Operation) -> dict[str, SchemaView] | None:
    success = operation.success
    if success is None or success.shape is None:
        return None
    return {path.removeprefix("[]."): shape for path, shape in success.shape.leaves() if path != "[]"}


def last(path: str) -> str:
    """Return what an attribute path ends in, the name by which its changes are folded."""
    return f"attribute {path.rpartition('.')[2].removesuffix('[]')}"


def _allowed(values: tuple[object, ...] | None) -> frozenset[str] | None:
    """Return what an enumeration allows, whatever its order; null stands in `nullable`. None allows everything."""
    return None if values is None else frozenset(str(value) for value in values if value is not None)


def _is_less(before: frozenset[str] | None, after: frozenset[str] | None) -> bool:
    """Whether something that was allowed no longer is."""
    return after is not None and (before is None or not before <= after)


def _words(old: bool, new: bool) -> tuple[str, str]:
    before, after = ("required" if item else "optional" for item in (old, new))
    return before, after


def _values(old: tuple[object, ...] | None, new: tuple[object, ...] | None) -> tuple[str, str]:
    """Return what only the one and only the other enumeration allows."""
    before, after = (None if item is None else [str(value) for value in item] for item in (old, new))
    if before is None or after is None:
        return "any" if before is None else ", ".join(before), "any" if after is None else ", ".join(after)
    lost, gained = ([v for v in one if v not in two] for one, two in ((before, after), (after, before)))
    return f"only here: {', '.join(lost) or 'none'}", f"only here: {', '.join(gained) or 'none'}"
