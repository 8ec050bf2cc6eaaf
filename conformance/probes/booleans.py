"""What becomes of a boolean that is absent, false, null, a text, a number, a list.

One request asks all booleans of a form at once, each with the same value. In PATCH each value is asked from true and
from false, for a value that is ignored cannot be told otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.definition import Field, Operation
from conformance.exchange import Refused
from conformance.probes.kinds import Kind
from conformance.probes.lab import Lab
from conformance.probes.making import MISSING, attribute, create, dispose, ident
from conformance.words import Exchange

ABSENT: Any = MISSING
"""As a value to ask: the field is left out."""

SCALARS: Sequence[Any] = (None, "false", 0, True, "", "0", 1, "no", "true", "1", 2, 0.0, -1, "off")
"""Everything else than false, the most telling values first."""

STRUCTURES: Sequence[Any] = ([], {}, [True], {"a": 1})


@dataclass(frozen=True)
class Flag:
    """What became of one boolean. `value` and `got` are canonical words, `before` the state before a PATCH."""

    operation: str
    field: str
    value: str
    got: str
    exchange: Exchange
    before: str = ""


def fields_of(lab: Lab, operation: Operation) -> tuple[Field, ...]:
    """Return the booleans in a form that the operation's answer shows again."""
    shown = lab.index.reads_back(operation)
    return tuple(field for field in lab.index.boolean_fields(operation) if field.path in shown)


def unseen_fields(lab: Lab, operation: Operation) -> tuple[Field, ...]:
    """Return the booleans in a form that no answer shows."""
    shown = lab.index.reads_back(operation)
    return tuple(field for field in lab.index.boolean_fields(operation) if field.path not in shown)


def text_of(value: Any) -> str:
    """Return a value as a canonical word: its JSON, or "absent"."""
    return "absent" if value is ABSENT else json.dumps(value)


def ask_post(lab: Lab, kind: Kind, value: Any) -> tuple[Flag, ...]:
    """Create a record with every boolean set to `value`, and delete it again. Raises Refused."""
    made = create(lab, kind, _body(lab, kind.create, value))
    flags = tuple(_flags(lab, kind.create, value, made))
    dispose(lab, kind, made)
    return flags


def ask_patch(lab: Lab, kind: Kind, value: Any, expected: bool) -> tuple[Flag, ...]:
    """Change a record's booleans to `value`, from the opposite of what is expected. Raises Refused.

    Where a field does not become what is expected, it is asked from the other state too: only then can be told whether
    the value was ignored. Empty where the kind cannot be changed, or where no record could be made to ask with.
    """
    number = _subject(lab, kind)
    if kind.change is None or number is None:
        return ()
    path = kind.path(kind.change, number)
    found = _asked_from(lab, kind.change, path, value, not expected)
    if any(flag.got != text_of(expected) for flag in found):
        found += _asked_from(lab, kind.change, path, value, expected)
    return tuple(found)


def _asked_from(lab: Lab, change: Operation, path: str, value: Any, before: bool) -> list[Flag]:
    session = lab.session()
    session.patch(path, json=_body(lab, change, before))
    body = _body(lab, change, value)
    if value is ABSENT and change.body is not None:
        # Something harmless is sent beside: a client that leaves a flag out has something else to say.
        names = {field.name for field in change.body.fields}
        beside = next((name for name in ("name", "description") if name in names), None)
        body |= {beside: lab.name("changed")} if beside else {}
    return list(_flags(lab, change, value, session.patch(path, json=body), before))


def together(flags: Sequence[Flag]) -> dict[str, str]:
    """Return, for each field asked from true and from false, one word for both: true, false, unchanged, inverted, …"""
    by_field: dict[str, dict[str, str]] = {}
    for flag in flags:
        by_field.setdefault(flag.field, {})[flag.before] = flag.got
    return {field: _both(seen) for field, seen in by_field.items()}


def _both(seen: Mapping[str, str]) -> str:
    after_true, after_false = seen.get("true", ""), seen.get("false", "")
    if after_true == after_false or not after_true or not after_false:
        return after_true or after_false
    known = {("true", "false"): "unchanged", ("false", "true"): "inverted"}
    return known.get((after_true, after_false), f"{after_true} after true, {after_false} after false")


def _subject(lab: Lab, kind: Kind) -> int | None:
    """Return the record that this process asks with; one a kind."""
    return lab.once(f"boolean subject {kind.name}", lambda: ident(create(lab, kind, _body(lab, kind.create, True))))


def _body(lab: Lab, operation: Operation, value: Any) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for field in fields_of(lab, operation):
        if field.nested:
            body.update(_nested(lab, field, value))
        elif value is not ABSENT:
            body[field.name] = value
    return body


def _nested(lab: Lab, field: Field, value: Any) -> dict[str, Any]:
    """Return the list in which a nested boolean stands: a team needs a lead, so a second member is asked."""
    if len(lab.actors) < 2:
        raise Refused(0, f"{field.path} needs a second actor as a member beside the lead")
    lead, other = lab.strongest, lab.actors[1]
    member: dict[str, Any] = {"user": other.user_id}
    if value is not ABSENT:
        member[field.name] = value
    return {field.path.partition("[]")[0]: [{"user": lead.user_id, field.name: True}, member]}


def _flags(lab: Lab, operation: Operation, value: Any, answer: Exchange, before: Any = ABSENT) -> Iterator[Flag]:
    shown = lab.index.reads_back(operation)
    state = "" if before is ABSENT else text_of(before)
    for field in fields_of(lab, operation):
        got = _got(lab, field, shown[field.path], answer)
        yield Flag(operation.label, field.path, text_of(value), got, answer, state)


def _got(lab: Lab, field: Field, path: str, answer: Exchange) -> str:
    if not answer.ok:
        return str(answer.status)
    body = answer.json_or_none()
    if field.nested:
        body, path = _member(lab, body, path.partition("[]")[0]), field.name
    value = attribute(body, path)
    return "missing" if value is MISSING else json.dumps(value)


def _member(lab: Lab, body: Any, name: str) -> Any:
    """Return the entry of the second actor in a list of members."""
    entries = attribute(body, name)
    for entry in entries if isinstance(entries, list) else ():
        user = attribute(entry, "user")
        if (attribute(user, "id") if isinstance(user, dict) else user) == lab.actors[1].user_id:
            return entry
    return None
