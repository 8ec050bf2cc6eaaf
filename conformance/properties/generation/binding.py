"""Generated requests made to mean something: ids of records of the run, names with its mark, times in order.

The table of the guard says which parameters carry ids of what. A part that was broken on purpose stays broken: only
what is a plain id, or a text as the form wants it, is replaced.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from schemathesis.core.parameters import ParameterLocation

from conformance.exchange.guard.kinds import NAMED, Kind
from conformance.exchange.guard.operations import GuardedOperation, Param, ParamRole
from conformance.probes.times.zones import written
from conformance.properties.aliases import AnyCase
from conformance.properties.execution.record_pool import ABSENT, Targets
from conformance.properties.generation.field_schemas import ATTRIBUTES, LOCAL_DATETIME

MOMENT = re.compile(LOCAL_DATETIME)
PLAIN_ID = re.compile(r"[0-9]{1,12}\Z", re.ASCII)
NAME_LIMIT = 100
"""The longest name that every form takes."""
LONGEST_NAME = 255
"""Longer texts fit no form's name, and stay as they are."""
NAME_ATTRIBUTES = ("name", "username")
EARLY = "2024-05-06T08:00:00"
LATE = "2029-12-28T20:00:00"
"""An end that is valid beside most begins: what is wrong with a body must not be that it starts a timer."""
NUMBER = re.compile(ATTRIBUTES["number"]["pattern"])
ADDRESS = re.compile(ATTRIBUTES["email"]["pattern"])
TEXT = re.compile(r"[A-Za-z0-9äöüßéñ .()+-]{2,}\Z")


class ReferenceBinder:
    """Binds the cases of one operation.

    `row` is its entry in the guard's table, None for what the table lacks. `lent` is the borrowed project, if any.
    """

    def __init__(
        self,
        row: GuardedOperation | None,
        targets: Targets,
        mark: str,
        tag: Callable[[], str | None],
        lent: int | None = None,
    ) -> None:
        self._row = row
        self._lent = lent
        self._targets = targets
        self._mark = mark
        self._tag = tag
        self._count = 0

    def bind(self, case: AnyCase, *, absent: bool = False) -> None:
        """Replace the ids and names in `case`, in place. `absent` puts an absent id where its target should be."""
        self._count += 1
        if self._row is None:
            return
        parts = case.meta.components if case.meta is not None else {}
        if absent or [place for place, part in parts.items() if part.mode.is_negative] != [ParameterLocation.PATH]:
            case.path_parameters = self.path(case.path_parameters, absent=absent)
        if case.query:
            known = self._row.query
            case.query = {name: self._filter(known.get(name), value) for name, value in case.query.items()}
        if isinstance(case.body, dict):
            case.body = self.body(case.body)

    def body(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return a body with its references, its name and its times bound."""
        assert self._row is not None
        bound = {name: self._value(name, value) for name, value in body.items()}
        self._finish(bound)
        return bound

    def _finish(self, body: dict[str, Any], longest: int = NAME_LIMIT, *, ordered: bool = True) -> None:
        """Give a body what its attributes owe to one another, and names of at most `longest` characters."""
        assert self._row is not None
        self._name(body, longest)
        self._unique(body)
        if self._row.path.startswith("/api/timesheets"):
            self._timesheet(body)
        elif ordered:
            start, end = body.get("start"), body.get("end")
            if isinstance(start, str) and isinstance(end, str) and end < start:
                body["start"], body["end"] = end, start

    def mixed(self, base: Mapping[str, Any], odd: Mapping[str, Any]) -> dict[str, Any]:
        """Return a valid body with odd attributes: those stay as they are, but for the mark in a name."""
        assert self._row is not None
        self._count += 1
        bound = {name: self._value(name, value) for name, value in base.items() if name not in odd} | dict(odd)
        self._finish(bound, LONGEST_NAME, ordered=not {"start", "end"} <= set(odd))
        return bound

    @property
    def signed(self) -> dict[str, Any]:
        """What the guard may ask of a body besides what the form does: the mark in a description."""
        return {"description": self._mark} if self._makes and self._named_kind() is Kind.TIMESHEET else {}

    def prior(self, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """Return attributes for a record of the run, its name marked and as long as given."""
        self._count += 1
        return {name: self._marked(name, value, LONGEST_NAME) for name, value in attributes.items()}

    def marked(self, value: Any) -> Any:
        """Return a value with the run's mark put into the place that it has for it."""
        return value.replace("{mark}", self._mark) if isinstance(value, str) else value

    def path(self, values: Mapping[str, Any], *, absent: bool = False) -> dict[str, Any]:
        """Return values for the parameters of the path, those of the guard's table bound."""
        bound = dict(values)
        for name, param in self._row.params.items() if self._row else ():
            number = int(values[name]) if PLAIN_ID.match(str(values.get(name))) else 0
            bound[name] = str(ABSENT) if absent else str(self._id(param, number))
        if absent and "widget" in bound:
            bound["widget"] = self._mark
        return bound

    def _filter(self, param: Param | None, value: Any) -> Any:
        if param is None:
            return value
        if param.kind is Kind.TAG:
            return [self._tag() or word for word in value] if isinstance(value, list) and all(value) else value
        if isinstance(value, list):
            return [self._filter(param, item) for item in value]
        if isinstance(value, str) and PLAIN_ID.match(value):
            return str(self._targets.reference(param.kind, int(value)))
        return value

    def _id(self, param: Param, number: int) -> int:
        if self._row is not None and self._row.path.startswith("/api/teams/") and param.kind is Kind.USER:
            return self._targets.member(number)
        if param.role is ParamRole.TARGET or (
            self._row is not None and not self._row.writes and param.kind is not Kind.USER
        ):
            return self._targets.target(param.kind, number)
        return self._targets.reference(param.kind, number)

    def _value(self, name: str, value: Any) -> Any:
        param = self._row.body.get(name) if self._row else None
        if param is None:
            return value
        if param.kind is Kind.TAG:
            return self._tags(value)
        if param.item:
            return self._members(param, value)
        if isinstance(value, list):
            ids = [self._reference(param, item) for item in value]
            return list(dict.fromkeys(ids)) if all(isinstance(entry, int) for entry in ids) else ids
        return self._reference(param, value)

    def _reference(self, param: Param, value: Any) -> Any:
        plain = isinstance(value, int) and not isinstance(value, bool) and value > 0
        return self._targets.reference(param.kind, value) if plain else value

    def _members(self, param: Param, value: Any) -> Any:
        """Bind the users of a team: each once, and the first of them leads it."""
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            return value
        bound = [{**item, param.item: self._reference(param, item.get(param.item))} for item in value]
        if not all(isinstance(item[param.item], int) and isinstance(item.get("teamlead"), bool) for item in bound):
            return bound
        unique = list({item[param.item]: item for item in bound}.values())
        return [{**item, "teamlead": item["teamlead"] or place == 0} for place, item in enumerate(unique)]

    def _tags(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        own = self._tag() if "own" in value else None
        names = {"own": own, "absent": f"{self._mark} none {self._count}"}
        return ",".join(name for word in value.split(",") if (name := names.get(word, word)))

    def _name(self, body: dict[str, Any], longest: int) -> None:
        """Give what is created or renamed a name with the run's mark: as long as the drawn one where that can be."""
        kind = self._named_kind()
        if kind is Kind.TIMESHEET:
            self._describe(body)
        if kind not in NAMED:
            return
        for name in NAME_ATTRIBUTES:
            value = body.get(name)
            if isinstance(value, str) and 1 < len(value.strip()) <= LONGEST_NAME:
                body[name] = self._marked(name, value, longest)

    def _describe(self, body: dict[str, Any]) -> None:
        """Mark a description; on a borrowed project there must be one."""
        text = body.get("description")
        if isinstance(text, str):
            body["description"] = text if self._mark in text else f"{self._mark} {text}".strip()
        elif text is None and self._lent is not None and body.get("project") == self._lent:
            body["description"] = self._mark
        elif "description" not in body and self._makes and not isinstance(body.get("project", 0), int | None):
            # What names no project of the run is taken for one of somebody's.
            body["description"] = self._mark

    def _marked(self, name: str, value: str, limit: int) -> str:
        blank = "-" if name == "username" else " "
        head = f"{self._mark}{blank}{self._serial()[:6]}{blank}"
        if not TEXT.match(value):
            return head + value
        longest = 60 if name == "username" else limit
        return (head + value)[: max(len(value), len(head) + 1)][:longest].strip()

    def _unique(self, body: dict[str, Any]) -> None:
        """Give numbers and addresses that may be there only once another value, of the same form."""
        number, address = body.get("number"), body.get("email")
        if isinstance(number, str) and NUMBER.match(number):
            body["number"] = self._serial()[: max(len(number), 8)].upper()
        elif isinstance(number, str) and len(number) > 1:
            # Odd, and like no other request's: else one would be refused for what another one did.
            serial = self._serial()[:6]
            body["number"] = serial + (number[len(serial) :] if len(number) > 2 * len(serial) else number)
        elif number and isinstance(number, int):
            body["number"] = int(self._serial()[:6], 16)
        if self._named_kind() is Kind.USER and isinstance(address, str) and ADDRESS.match(address):
            body["email"] = f"{self._serial()}.{address}"

    def _serial(self) -> str:
        """Return a word that no other request of the run has."""
        assert self._row is not None
        return hashlib.sha256(f"{self._mark} {self._row.label} {self._count}".encode()).hexdigest()[:10]

    def _named_kind(self) -> Kind | None:
        assert self._row is not None
        if self._row.creates:
            return self._row.creates
        target = self._row.params.get("id")
        return target.kind if target and self._row.method == "PATCH" else None

    @property
    def _makes(self) -> bool:
        """Whether it is a POST."""
        return self._row is not None and self._row.method == "POST"

    def _timesheet(self, body: dict[str, Any]) -> None:
        """Let a record end after it begins, within a day; in a POST always, for one without an end would run on."""
        texts = {name: body[name] for name in ("begin", "end") if isinstance(body.get(name), str)}
        known = {name: text for name, text in texts.items() if MOMENT.match(text)}
        if self._row is not None and self._row.path.endswith("/restart"):
            body |= {name: lately(value) for name, value in known.items() if name == "begin"}
            return
        if not known and not (self._makes and "end" not in body):
            return
        if any(name in body and name not in known for name in ("begin", "end")):
            body.setdefault("end", LATE)
            return
        begin = datetime.fromisoformat(known.get("begin") or known.get("end") or EARLY)
        minutes = 5 + hash_of(begin.isoformat()) % 600
        body["begin"], body["end"] = map(written, (begin, begin + timedelta(minutes=minutes)))


def lately(moment: str) -> str:
    """Return a time of yesterday's morning: what runs since long ago, or from a time to come, cannot be stopped."""
    clock = datetime.fromisoformat(moment)
    day = datetime.now(UTC) - timedelta(days=1)
    return written(day.replace(hour=clock.hour % 12, minute=clock.minute, second=0))


def hash_of(text: str) -> int:
    """Return a number that is the same in every process."""
    return sum((place + 1) * ord(character) for place, character in enumerate(text))
