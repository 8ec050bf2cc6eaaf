"""Rule 6: what the table does not know is not sent, but for reads of the two announced kinds."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.exchange.guard import paths
from conformance.exchange.guard.bodies import field_key
from conformance.exchange.guard.classification import ClassifiedRequest
from conformance.exchange.guard.context import GuardContext
from conformance.exchange.guard.ids import has_digit
from conformance.exchange.guard.operations import OperationGroup, is_parameter, match
from conformance.exchange.guard.rules.other_methods import is_harmless
from conformance.exchange.guard.rules.ownership import may_touch_foreign_record
from conformance.exchange.guard.table import OPERATIONS


def check(call: ClassifiedRequest, state: GuardContext) -> str | None:
    """Refuse unknown operations, but for plain GETs, and attributes that the table does not know."""
    if call.operation is None:
        if any(reading[:1] != ("api",) for reading in call.readings):
            return f"{call.path[:80]} is not part of the API, or may be read as something that is not"
        if state.config.allows(OperationGroup.UNLISTED):
            # Rule 2 has seen to the writes. A GET may be one too, as stopping a record once was.
            return None if is_plain_read(_template(call, state)) else may_touch_foreign_record(call, state)
        if (call.method == "OPTIONS" and _known_path(call)) or is_harmless(call, state):
            return None
        if call.method not in ("GET", "HEAD"):
            return f"the table of operations does not know {call.label[:120]}: allow it with --allow unlisted"
        template = _template(call, state)
        if not is_plain_read(template):
            return f"GET {template[:120]} is not known, and may do something to the record that it names"
        state.announced.add(f"GET {template}")
        return None
    if call.writes:
        return _attributes(call, state)
    for segments, operation in call.readings.items():
        if operation is None and segments and not is_plain_read("/".join(segments)):
            return f"the path may also be read as {'/'.join(segments)[:80]!r}, which is not known"
    return None


def is_plain_read(template: str) -> bool:
    """Whether a GET of a path reads by its form: the last segment is a parameter, or a literal after none."""
    segments = template.strip("/").split("/")
    last = segments[-1]
    if is_parameter(last) or (last.isascii() and last.isdigit()):
        return True
    # In a path that no definition lists, what is not plain letters may be a parameter's value.
    return not any(
        is_parameter(segment) or has_digit(segment) or not segment.replace("-", "").replace("_", "").isalpha()
        for segment in segments
    )


def _template(call: ClassifiedRequest, state: GuardContext) -> str:
    """Return the path as the instance's definition writes it, the path itself where it has none."""
    segments = paths.strict_segments(call.path)
    for operation in state.index or ():
        if operation.method == "GET" and match(operation.path, segments) is not None:
            return operation.path
    return "/" + "/".join(segments)


def _known_path(call: ClassifiedRequest) -> bool:
    segments = paths.strict_segments(call.path)
    return any(match(row.path, segments) is not None for row in OPERATIONS.values())


def _attributes(call: ClassifiedRequest, state: GuardContext) -> str | None:
    """Refuse attributes that the table does not know, where the definition does or where they may carry an id."""
    operation = call.operation
    if operation is None or state.config.allows(OperationGroup.UNLISTED):
        return None
    known = {field_key(name) for name in operation.fields}
    form = getattr(state.index.get(call.label) if state.index else None, "body", None)
    listed = {field_key(field.name) for field in form.fields} if form else set()
    items = call.body.value if isinstance(call.body.value, list) else [call.body.value]
    for name, value in (pair for item in items if isinstance(item, Mapping) for pair in item.items()):
        if field_key(name) in known:
            continue
        if field_key(name) in listed:
            return f"the definition has an attribute {name!r} that the table does not know: --allow unlisted"
        if value is None or value is False:
            continue
        if value is True or has_digit(str(value).replace(state.config.mark, "")):
            return f"the unknown attribute {name[:40]!r} may carry an id"
    return None
