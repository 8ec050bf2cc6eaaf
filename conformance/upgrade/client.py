"""What a client's own requests touch: of a comparison, and of what nobody promised it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from conformance.definition import Field, Index, Operation
from conformance.definition.operations import normal_label
from conformance.model import UsageError
from conformance.upgrade.changes import Change
from conformance.upgrade.facts import About, State
from conformance.upgrade.rules import Class
from conformance.upgrade.snapshot import Snapshot
from conformance.upgrade.traffic import HINT, ClientRequest, Traffic, at_path

GUARANTEED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", re.ASCII)
_OTHER_TIMES = (
    ("with Z", re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z", re.ASCII)),
    ("with an offset", re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?[+-]\d\d:?\d\d", re.ASCII)),
    ("with a fraction", re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\.\d+", re.ASCII)),
    ("with a blank", re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?", re.ASCII)),
    ("without seconds", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d", re.ASCII)),
    ("a day alone", re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)),
)
"""Spellings of times that no document guarantees, by the words that snapshots have for them."""

LARGEST_PAGE = 500


class Matcher:
    """Finds the operation of a request, in one definition or several: literal words win over parameters."""

    def __init__(self, *indexes: Index) -> None:
        operations = {normal_label(item.label): item for index in indexes for item in index}
        ordered = sorted(operations.values(), key=lambda item: item.path.count("{"))
        literals = ((item, re.split(r"\{[^}]*\}", item.path)) for item in ordered)
        self._patterns = [(item, re.compile("[^/]+".join(map(re.escape, parts)))) for item, parts in literals]

    def operation(self, request: ClientRequest) -> Operation | None:
        """Return the operation of a request, None where no definition lists one."""
        return next(
            (
                item
                for item, pattern in self._patterns
                if item.method == request.method and pattern.fullmatch(request.path)
            ),
            None,
        )


def touched(changes: Iterable[Change], traffic: Traffic, *sides: Snapshot) -> tuple[Change, ...]:
    """Return the changes that touch a client's requests, each with the entries of its file that they touch.

    Raises UsageError where none of the requests is of an operation that a definition lists.
    """
    matcher = Matcher(*(side.index for side in reversed(sides)))
    by_operation: dict[str, list[ClientRequest]] = {}
    for request in traffic.requests:
        operation = matcher.operation(request)
        if operation is not None:
            by_operation.setdefault(normal_label(operation.label), []).append(request)
    if not by_operation:
        raise UsageError(f"no request in {traffic.name} is of an operation that a definition lists", HINT)
    results = []
    for change in changes:
        requests = by_operation.get(normal_label(change.operation), ())
        entries = tuple(item.entry for item in requests if not item.is_whole or _touches(change, item))
        if entries and change.change_class is not Class.NEW:
            results.append(replace(change, entries=entries))
    return tuple(results)


def _touches(change: Change, request: ClientRequest) -> bool:
    touches = _TOUCHES.get(change.rule_id) or _TOUCHES.get(change.rule_id.partition("-")[0])
    return touches is None or touches(change, request)


def _sends(change: Change, request: ClientRequest) -> bool:
    return bool(request.sends(change.field))


def _leaves_out(change: Change, request: ClientRequest) -> bool:
    return not request.sends(change.field)


def _sends_so(change: Change, request: ClientRequest) -> bool:
    """Whether a value is sent as it was asked."""
    return any(json.dumps(value) == change.asked for value in request.sends(change.field)) or (
        not change.asked and _sends(change, request)
    )


def _sends_lost(change: Change, request: ClientRequest) -> bool:
    lost = change.before.removeprefix("only here: ").split(", ")
    sent = [item for value in request.sends(change.field) for item in (value if isinstance(value, list) else [value])]
    return any(str(value) in lost or not change.before.startswith("only here: ") for value in sent)


def _spells(change: Change, request: ClientRequest) -> bool:
    values = [value for name in ("begin", "end") for value in request.sends(name)]
    words = {spelling(value) for value in values if isinstance(value, str)}
    known = {word for word, _ in _OTHER_TIMES}
    return change.asked in words if change.asked in known else "" in words


def _asks(change: Change, request: ClientRequest) -> bool:
    return bool(request.values(change.field))


def _pages(change: Change, request: ClientRequest) -> bool:
    sizes = [int(text) for text in request.values("size") if text.isdecimal()]
    if change.asked == f"size {LARGEST_PAGE + 1}":
        return any(size > LARGEST_PAGE for size in sizes)
    word, _, value = change.asked.partition(" ")
    return value in request.values(word) if word in ("size", "page") else not sizes


_TOUCHES: Mapping[str, Callable[[Change, ClientRequest], bool]] = {
    "form": _sends,
    "form-default": _leaves_out,
    "form-absent": _leaves_out,
    "form-required": _leaves_out,
    "form-coercion": _sends_so,
    "form-enum": _sends_lost,
    "form-time": _spells,
    "query": _asks,
    "query-required": lambda change, request: not _asks(change, request),
    "resp": lambda change, request: request.gets(change.field),
    "role-attribute": lambda change, request: request.gets(change.field),
    "list-order": lambda _, request: not request.values("orderBy"),
    "list-page": _pages,
    "list-scope": lambda change, request: ("all" in request.values("user")) is (change.asked == "user=all"),
    "side-effect": lambda _, request: not any(request.sends("end")),
    "error-shape": lambda _, request: request.status >= 400 or not request.status,
    "op-deprecated": lambda *_: True,
    "doc-only": lambda *_: False,
}
"""Whether a change touches a request of its operation, by rule or by the first word of the rule; else it does."""


def spelling(text: str) -> str | None:
    """Return the word for a spelling of a time that is not guaranteed, "" for the guaranteed one, None for no time."""
    if GUARANTEED.fullmatch(text):
        return ""
    return next((word for word, pattern in _OTHER_TIMES if pattern.fullmatch(text)), None)


@dataclass(frozen=True)
class Leaning:
    """Something that nobody promised, and that requests of a client lean on. `observed` is what this side does."""

    kind: str
    operation: str
    what: str
    observed: str
    advice: str
    entries: tuple[int, ...] = ()


def leanings(traffic: Traffic, side: Snapshot) -> tuple[Leaning, ...]:
    """Return what a client's requests lean on that no document promises, with the entries of its file."""
    matcher = Matcher(side.index)
    found: dict[Leaning, list[int]] = {}
    for request in traffic.requests:
        for leaning in _leanings(request, matcher.operation(request), side):
            found.setdefault(leaning, []).append(request.entry)
    result = (replace(leaning, entries=tuple(entries)) for leaning, entries in found.items())
    return tuple(sorted(result, key=lambda item: (_KINDS.index(item.kind), item.operation, item.what)))


_KINDS = ("undocumented", "default", "time", "order", "page")


def _leanings(request: ClientRequest, operation: Operation | None, side: Snapshot) -> Iterator[Leaning]:
    if operation is None:
        path = re.sub(r"/\d+", "/{id}", request.path)
        yield Leaning(
            "undocumented", f"{request.method} {path}", "the operation", "not listed", "look for its successor"
        )
        return
    label = operation.label
    for name in dict.fromkeys(name for name, _ in request.query):
        if operation.query(name) is None:
            yield Leaning("undocumented", label, f"query parameter {name}", "ignored, as a rule", "leave it out")
    if not request.is_whole:
        return
    yield from _of_body(request, operation, side)
    yield from _of_list(request, operation, side)


def _of_body(request: ClientRequest, operation: Operation, side: Snapshot) -> Iterator[Leaning]:
    fields = operation.body.fields if operation.body is not None else ()
    body = request.body if isinstance(request.body, dict) else {}
    label, names = operation.label, {field.name for field in fields}
    for name in sorted(body.keys() - names) if fields else ():
        yield Leaning("undocumented", label, f"field {name}", "not listed", "leave it out: it is refused, as a rule")
    for field in fields if operation.method in ("POST", "PATCH") else ():
        if field.name not in body and field.types == ("boolean",):  # Its default differs between versions.
            yield Leaning("default", label, f"{field.name} left out", _default(side, label, field), "send it always")
    for path, text in _texts(body, [*fields, *operation.query_parameters], request):
        word = spelling(text)
        if word:
            sent = "YYYY-MM-DD" if word == "a day alone" else "local time as YYYY-MM-DDTHH:MM:SS"
            yield Leaning("time", label, f"{path} {word}", _time(side, word), f"send {sent}, as the form says")


def _texts(body: Mapping[str, Any], known: list[Any], request: ClientRequest) -> Iterator[tuple[str, str]]:
    """Yield what is sent as a time: in the body where the form wants one, and in the query."""
    times = {item.name for item in known if getattr(item, "format", None) == "date-time"} | {"begin", "end"}
    for name in sorted(times):
        yield from ((name, value) for value in at_path(body, name) if isinstance(value, str))
    for name in ("begin", "end", "modified_after"):
        yield from ((name, value) for value in request.values(name))


def _default(side: Snapshot, label: str, field: Field) -> str:
    abouts = (About.DEFAULT, About.KEPT)
    return _observed(
        side, lambda about, operation, name, _: about in abouts and (operation, name) == (label, field.path)
    )


def _time(side: Snapshot, word: str) -> str:
    return _observed(side, lambda about, _operation, _name, asked: about is About.TIME and asked == word)


def _observed(side: Snapshot, wanted: Callable[[About, str, str, str], bool]) -> str:
    answers = {
        fact.answer for fact in side.facts
        if fact.state is State.OBSERVED and wanted(fact.about, fact.operation, fact.field, fact.asked)
    }  # fmt: skip
    return " or ".join(sorted(answers)) or "not observed"


def _of_list(request: ClientRequest, operation: Operation, side: Snapshot) -> Iterator[Leaning]:
    shape = operation.success.shape if operation.success is not None else None
    if operation.method != "GET" or shape is None or shape.kind != "array":
        return
    if operation.query("orderBy") is not None and not request.values("orderBy"):
        order = _observed(side, lambda about, label, _name, _: about is About.ORDER and label == operation.label)
        yield Leaning("order", operation.label, "no orderBy", f"records made as 1 2 3 come as {order}"
                      if order != "not observed" else order, "ask for an order")  # fmt: skip
    sizes = request.values("size")
    if operation.query("size") is not None and not sizes and not request.values("page"):
        yield Leaning(
            "page",
            operation.label,
            "no size and no page",
            "one page of a default size",
            "ask for a size, and read all pages",
        )
    for text in sizes:
        if text.isdecimal() and int(text) > LARGEST_PAGE:
            yield Leaning(
                "page",
                operation.label,
                f"size over {LARGEST_PAGE}",
                "cut, refused or unlimited by version",
                f"ask for {LARGEST_PAGE} at most",
            )
