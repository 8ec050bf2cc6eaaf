"""What becomes of what is sent: fields taken, needed, left out; booleans sent as something else; values at the edge.

Fields of other versions are asked too: what they took may be refused here, and the other way round.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.model import Exchange
from conformance.probes.booleans.booleans import ABSENT, ask_patch, ask_post, text_of, together
from conformance.probes.context import ProbeContext
from conformance.probes.records.creating import (
    LEFT,
    MISSING,
    attribute,
    collection_path,
    delete_created,
    ident,
)
from conformance.probes.records.kinds import Resource
from conformance.probes.records.specimens import MINIMAL, body_of, field_value, known_forms, sent

LEFT_OUT = "left out"
"""As what is asked: the field is not sent."""

COERCED: Sequence[Any] = (False, None, "false", "", 0)
"""What clients send as a boolean besides true, the commonest first."""


@dataclass(frozen=True)
class FormAnswer:
    """What became of one field of a form, as a word. `unseen` is the reason where nothing could be seen."""

    operation: str
    field: str
    asked: str
    got: str
    unseen: str = ""


def defaults(context: ProbeContext, kind: Resource) -> Iterator[FormAnswer]:
    """What every scalar field becomes that a create leaves out: booleans and null by value, the rest by type."""
    body = body_of(context, kind, MINIMAL)
    for flag in ("visible", "billable"):
        body.pop(flag, None)
    made = _post(context, kind, body)
    if isinstance(made, str) or not made.ok:
        reason = made if isinstance(made, str) else f"a minimal body is answered {made.status}"
        yield FormAnswer(kind.create.label, "", "", "", unseen=reason)
        return
    if kind.name in LEFT:
        # It stays until the clean-up, so flags may be changed on it: one record less to make.
        context.cache.setdefault(f"boolean subject {kind.name}", ident(made))
    shown = context.index.reads_back(kind.create)
    for field in kind.fields(kind.create):
        value = attribute(made.json_or_none(), shown[field.path]) if field.path in shown else MISSING
        if field.name not in body and value is not MISSING and not isinstance(value, list | dict):
            word = "a text" if isinstance(value, str) else "a number"
            word = json.dumps(value) if value is None or isinstance(value, bool) else word
            yield FormAnswer(kind.create.label, field.path, LEFT_OUT, word)


def absent_in_patch(context: ProbeContext, kind: Resource) -> Iterator[FormAnswer]:
    """What every boolean becomes that a change leaves out, from true and from false. Raises Refused."""
    if kind.change is None or not context.index.boolean_fields(kind.change):
        return
    for field, got in together(ask_patch(context, kind, ABSENT, False)).items():
        yield FormAnswer(kind.change.label, field, LEFT_OUT, got)


def coerced(context: ProbeContext, kind: Resource) -> Iterator[FormAnswer]:
    """What becomes of booleans that are sent as something else, in a create and in a change. Raises Refused."""
    if not context.index.boolean_fields(kind.create):
        return
    below = 3 if kind.parent and not context.profile_at_least("thorough") else len(COERCED)
    for value in COERCED[:below] if context.profile_at_least("standard") else COERCED[:2]:
        for flag in ask_post(context, kind, value):
            yield FormAnswer(flag.operation, flag.field, flag.value, flag.got)
    for value in COERCED[1:4] if kind.change is not None and context.profile_at_least("standard") else ():
        for field, got in together(ask_patch(context, kind, value, True)).items():
            assert kind.change is not None
            yield FormAnswer(kind.change.label, field, text_of(value), got)


def taken(context: ProbeContext, kind: Resource) -> Iterator[FormAnswer]:
    """Send all fields of the own definition at once, and each that only other versions have alone."""
    own = {field.name for field in kind.fields(kind.create)}
    minimal = body_of(context, kind, MINIMAL)
    known = known_forms(kind.create.label, context.index)
    values = {name: value for name, field in known.items() if (value := field_value(context, field)) is not None}
    extra = {name: value for name, value in values.items() if name not in minimal}
    together_sent = {name: value for name, value in extra.items() if name in own}
    answer = _post(context, kind, {**minimal, **together_sent})
    accepted = not isinstance(answer, str) and answer.ok
    for name in sorted(extra):
        body = {**body_of(context, kind, MINIMAL), name: extra[name]}
        result = answer if name in own and accepted else _post(context, kind, body)
        if isinstance(result, str):
            yield FormAnswer(kind.create.label, name, "", "", unseen=result)
        elif not result.ok:
            yield FormAnswer(kind.create.label, name, "", f"refused ({result.status})")
        else:
            got = attribute(result.json_or_none(), name)
            word = "not shown" if got is MISSING else "stored" if got == extra[name] else "stored otherwise"
            yield FormAnswer(kind.create.label, name, "", word)


def needed(context: ProbeContext, kind: Resource) -> Iterator[FormAnswer]:
    """Leave out each field that this version or another one calls required."""
    body = body_of(context, kind, MINIMAL)
    known = known_forms(kind.create.label, context.index)
    required = {name: field_value(context, field) for name, field in sorted(known.items()) if field.required}
    whole = _post(context, kind, body) if required.keys() - body.keys() else ""
    for name in required:
        # What the least of a body does without, and is accepted, is optional: that is asked for all at once.
        less = {key: item for key, item in body_of(context, kind, MINIMAL).items() if key != name}
        answer = whole if name not in body else _post(context, kind, less)
        if name not in body and not (isinstance(whole, str) or whole.ok):
            others = {key: value for key, value in required.items() if key != name and value is not None}
            answer = _post(context, kind, {**less, **others})
        if isinstance(answer, str):
            yield FormAnswer(kind.create.label, name, "", "", unseen=answer)
        else:
            word = "optional" if answer.ok else f"refused without it ({answer.status})"
            yield FormAnswer(kind.create.label, name, "", word)


def limits(context: ProbeContext, kind: Resource) -> Iterator[FormAnswer]:
    """Ask names at the edge: markup, one character, a name longer than any form takes."""
    body = body_of(context, kind, MINIMAL)
    if "name" not in body:
        return
    mark = context.name("edge")
    edges = {"markup": f"{mark} <b>", "one character": "x", "600 characters": (mark + " x" * 300)[:600]}
    for asked, name in edges.items():
        answer = _post(context, kind, {**body_of(context, kind, MINIMAL), "name": name})
        if isinstance(answer, str):
            yield FormAnswer(kind.create.label, "name", asked, "", unseen=answer)
        else:
            word = "accepted" if answer.ok else f"refused ({answer.status})"
            yield FormAnswer(kind.create.label, "name", asked, word)


def _post(context: ProbeContext, kind: Resource, body: dict[str, Any]) -> Exchange | str:
    """Create, and delete again at once. Raises Refused where the parent may not be made."""
    path = collection_path(context, kind)
    answer = sent(lambda: context.session().post(path, json=body))
    if not isinstance(answer, str):
        delete_created(context, kind, answer)
    return answer
