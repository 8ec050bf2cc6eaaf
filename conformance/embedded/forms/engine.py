"""A body against a form: what was sent and could be read, and what is wrong, in the shape of Kimai's answer."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.embedded.errors import ApiError, ReleaseCrash
from conformance.embedded.forms.kinds import Billable, Checkbox, KeepValue, Kind, Place, Refused
from conformance.embedded.store.state import RequestContext

EXTRA_FIELDS = "This form should not contain extra fields."
_COLUMN = re.compile(r"(?<=[a-z0-9])([A-Z])")


@dataclass(frozen=True)
class Form:
    """A form as one caller has it: its fields in order, each with its kind.

    `columns` maps fields to columns where the name differs by more than its case. `defaults` are the booleans that a
    POST may leave out, with what they are then.
    """

    name: str
    kinds: Mapping[str, Kind]
    columns: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, bool] = field(default_factory=dict)

    def without(self, names: Collection[str]) -> Form:
        """The form for a caller who does not get those fields."""
        kept = {name: kind for name, kind in self.kinds.items() if name not in names}
        return Form(self.name, kept, self.columns, self.defaults)

    def column(self, name: str) -> str:
        """The column that the field is kept in."""
        return self.columns.get(name) or _COLUMN.sub(r"_\1", name).lower()


@dataclass
class Submitted:
    """What became of a body: the values that could be read, and the errors."""

    form: Form
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    children: dict[str, list[str]] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    shown: list[str] = field(default_factory=list)
    below: dict[str, Any] = field(default_factory=dict)
    refused_below: bool = False

    def reject(self, name: str, *messages: str) -> None:
        """Add what a check found wrong with a field; nothing where the sent value was not even of its kind."""
        if name in self.refused:
            return
        if name in self.form.kinds:
            self.children.setdefault(name, []).extend(messages)
        else:
            self.problems.extend(messages)

    def reject_form(self, *messages: str) -> None:
        """Add what is wrong with the whole."""
        self.problems.extend(messages)

    def show_below(self, name: str, children: Any, refused: bool) -> None:
        """Show the fields that stand below one; `refused` where something is wrong with one of them."""
        self.below[name] = children
        self.refused_below = refused

    def finish(self) -> None:
        """Raise 400 where anything is wrong."""
        if self.problems or self.children or self.refused_below:
            raise ApiError(400, body=self._body())

    def crash(self, name: str, message: str) -> ReleaseCrash:
        """The refusal of a field on which a release crashes when everything else is right."""
        self.children[name] = [message]
        return ReleaseCrash(self._body())

    def _body(self) -> dict[str, Any]:
        errors: dict[str, Any] = {"errors": self.problems} if self.problems else {}
        errors["children"] = {}
        for name in [*self.form.kinds, *self.shown]:
            child: dict[str, Any] = {"errors": self.children[name]} if self.children.get(name) else {}
            errors["children"][name] = {**child, "children": self.below[name]} if name in self.below else child
        return {"code": 400, "message": "Validation Failed", "errors": errors}


def submit(call: RequestContext, form: Form, record: Any, zone: str | None = None) -> Submitted:
    """Read the body of a call into a form over a record. `zone` is the record's, the caller's without it.

    Nothing is raised for what is wrong: checks may add to it before `finish` does.
    """
    body = call.body or {}
    if isinstance(call.body, list):
        body = {str(index): value for index, value in enumerate(call.body)}
    result = Submitted(form)
    for name, kind in form.kinds.items():
        if name in body:
            _read(result, kind, body[name], Place(call, form.name, name, zone or call.zone, record, body))
    if body.keys() - form.kinds.keys():
        result.problems.append(EXTRA_FIELDS)
    return result


def _read(result: Submitted, kind: Kind, value: Any, place: Place) -> None:
    if isinstance(kind, Billable):
        result.shown.append("billableMode")
    try:
        result.values[place.name] = kind.read(value, place)
    except KeepValue:
        result.kept.add(place.name)
    except Refused as refusal:
        result.refused.add(place.name)
        if refusal.bubbles:
            result.problems.append(refusal.message)
        else:
            result.children[place.name] = [refusal.message]


def apply(call: RequestContext, result: Submitted, record: Any) -> None:
    """Put what was read into a record, and what a POST leaves out as Kimai fills it in."""
    form = result.form
    for name, kind in form.kinds.items():
        column = form.column(name)
        if name in result.values:
            setattr(record, column, result.values[name])
        elif name in result.refused:
            continue
        elif call.creating and isinstance(kind, Checkbox) and name in form.defaults:
            setattr(record, column, form.defaults[name])
