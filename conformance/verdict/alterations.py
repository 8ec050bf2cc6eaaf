"""Other observations than the one that was made: each differs from it in one thing. Pure, and the same for a seed.

What can be altered follows from the type of a value: a flag is turned, a time moved or put into another zone, an item
lost or added, a status changed, an attribute renamed or removed, a number changed by the smallest step and by a large
one. Source: DESIGN, "The verdict": `proof`.
"""

from __future__ import annotations

import enum
import json
import math
import random
import types
import typing
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime, timedelta, timezone
from functools import cache, partial
from http import HTTPStatus
from itertools import islice, zip_longest
from operator import add
from typing import Any

from conformance.model import Exchange

OPAQUE = ("conformance.definition", "conformance.exchange", "conformance.model", "conformance.probes.context")
"""Beginnings of the modules whose classes say what was asked, and not what was answered."""

STATUSES = (200, 202, 500, 404, 403, 401, 400)
_KNOWN_STATUSES = frozenset(map(int, HTTPStatus))
ANOTHER = "altered"
"""A text that no instance answers."""
INTERNALS = "Uncaught PDOException: SQLSTATE[42S02] in /var/www/src/Kernel.php on line 12"
"""A text that no answer may show."""

DEEPEST = 8
MOST_ALIKE, MOST_BODIES = 6, 4
"""Places that differ in nothing but a position, and answers, that are looked at: the rest show the same."""
LONGEST_NUMBER = 20
"""Digits up to which a text is taken for a number."""
_MOVES = {
    "a second": timedelta(seconds=1),
    "an hour": timedelta(hours=1),
    "days": timedelta(days=40),
    "years back": timedelta(days=-1500),
}

Path = tuple[tuple[str, Any], ...]
"""How to come to a place in an observation: by fields of dataclasses, keys and positions, and bodies of answers."""
Make = Callable[[Any], Any]
Variants = Callable[[Any, Any], Iterator[tuple[str, Make]]]


@dataclass(frozen=True)
class Site:
    """A place in an observation: how to come to it, what stands there, and its type as far as it is known.

    `where` names it without positions: it is the same for all items of a list.
    """

    path: Path
    value: Any
    hint: Any = None
    where: str = ""

    def part(self, step: tuple[str, Any], value: Any, hint: Any) -> Site:
        """Return the place of a part of what stands here."""
        where = f"{self.where}.{step[1]}" if isinstance(step[1], str) else self.where
        return Site((*self.path, step), value, hint, where)


Sites = list[Site]


@dataclass(frozen=True)
class Alteration:
    """One thing that is otherwise. `apply` returns the altered observation, and leaves the original as it is.

    It raises whatever a type raises that does not allow it: a time after the year 9999, say.
    """

    kind: str
    apply: Make


def sites_of(observation: Any, hint: Any, rng: random.Random, judged: Container[int] = ()) -> tuple[Sites, Sites]:
    """Return the places that can be altered in what was judged, and those in all else.

    `hint` is the type of the observation, as far as it is known: it tells what may be added where nothing is. What was
    judged stands beside one of the exchanges with these ids (of `id`), or within it. Of very many, some are drawn.
    """
    near: Sites = []
    far: Sites = []
    for site, is_near in _sites(Site((), observation, hint), DEEPEST, judged):
        (near if is_near else far).append(site)
    return _some(near, rng), _some(far, rng)


def alterations(sites: Sequence[Site], rng: random.Random) -> Iterator[Alteration]:
    """Yield alterations at places of an observation, one of each kind by turns, in an order that is drawn from `rng`.

    What stands in the bodies of answers comes by turns with all else, once there was one of each other kind.
    """
    answers = [site for site in sites if isinstance(site.value, Exchange)]
    groups = list(_by_kind(sites, _variants, rng))
    plain = _by_turns(groups)
    yield from islice(plain, len(groups))
    yield from _by_turns([plain, _in_bodies(_drawn(answers, MOST_BODIES, rng), rng)])


def _some(sites: Sequence[Site], rng: random.Random) -> Sites:
    """Return a few of the places that differ in nothing but a position; what differs in type may mean another thing."""
    alike: dict[tuple[str, type], Sites] = {}
    for site in sites:
        alike.setdefault((site.where, type(site.value)), []).append(site)
    return [site for group in alike.values() for site in _drawn(group, MOST_ALIKE, rng)]


def _drawn(sites: Sites, most: int, rng: random.Random) -> Sites:
    return rng.sample(sites, most) if len(sites) > most else sites


def _in_bodies(answers: Sequence[Site], rng: random.Random) -> Iterator[Alteration]:
    """Yield alterations of what stands in the JSON of answers, one of each answer by turns."""
    bodies = [_by_turns(list(_by_kind(_some(list(_body_sites(site)), rng), _body_variants, rng))) for site in answers]
    yield from _by_turns(bodies)


def _by_kind(sites: Sequence[Site], variants: Variants, rng: random.Random) -> Iterator[Iterator[Alteration]]:
    kinds: dict[tuple[str, str], list[Alteration]] = {}
    for site in sites:
        for kind, make in variants(site.value, site.hint):
            kinds.setdefault((site.where, kind), []).append(
                Alteration(kind, partial(rebuilt, path=site.path, make=make))
            )
    for sort in rng.sample(sorted(kinds), len(kinds)):
        yield iter(rng.sample(kinds[sort], len(kinds[sort])))


def _by_turns(groups: Sequence[Iterator[Alteration]]) -> Iterator[Alteration]:
    for turn in zip_longest(*groups):
        yield from (alteration for alteration in turn if alteration is not None)


def rebuilt(value: Any, path: Path, make: Make) -> Any:
    """Return a copy of a value with `make` applied to what stands at a path."""
    if not path:
        return make(value)
    (form, key), rest = path[0], path[1:]
    if form == "field":
        return replace(value, **{key: rebuilt(getattr(value, key), rest, make)})
    if form == "body":
        return replace(value, body=json.dumps(rebuilt(value.json(), rest, make)).encode())
    if isinstance(value, Mapping):
        return {name: rebuilt(item, rest, make) if name == key else item for name, item in value.items()}
    return _like(value, [rebuilt(item, rest, make) if at == key else item for at, item in enumerate(value)])


def _like(value: Any, items: Sequence[Any]) -> Any:
    """Return items in the sort of collection that a value is."""
    return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)


def _sites(site: Site, depth: int, judged: Container[int] = (), near: bool = False) -> Iterator[tuple[Site, bool]]:
    """Yield each place in an observation that can be altered, itself first, and whether it is near what was judged."""
    near = near or id(site.value) in judged
    parts = list(_parts(site.value, site.hint)) if depth else []
    near = near or (not isinstance(site.value, list) and any(id(item) in judged for _, item, _ in parts))
    yield site, near
    for step, item, hint in parts:
        yield from _sites(site.part(step, item, hint), depth - 1, judged, near)


def _body_sites(site: Site) -> Iterator[Site]:
    """Yield each place in the JSON of an answer."""
    body = site.value.json_or_none()
    if body is not None:
        yield from (inner for inner, _ in _sites(site.part(("body", "body"), body, None), DEEPEST))


def _parts(value: Any, hint: Any) -> Iterator[tuple[tuple[str, Any], Any, Any]]:
    """Yield how to come to each part of a value, the part, and its type."""
    arguments = typing.get_args(_present(hint))
    if isinstance(value, Exchange):
        return
    if is_dataclass(value) and not isinstance(value, type):
        hints = {} if type(value).__module__.startswith(OPAQUE) else _hints(type(value))
        for item in fields(value):
            if item.init and item.name in hints:
                yield ("field", item.name), getattr(value, item.name), hints[item.name]
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield ("item", key), item, arguments[1] if len(arguments) == 2 else None
    elif isinstance(value, list | tuple):
        for at, item in enumerate(value):
            yield ("item", at), item, _item_hint(arguments, at)


def _item_hint(arguments: Sequence[Any], at: int) -> Any:
    if len(arguments) > 1 and arguments[1] is not Ellipsis:
        return arguments[at] if at < len(arguments) else None
    return arguments[0] if arguments else None


def _present(hint: Any) -> Any:
    """Return the type of a value that is there, of one that may be None."""
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        return next((item for item in typing.get_args(hint) if item is not type(None)), None)
    return hint


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    try:
        return typing.get_type_hints(kind)
    except (NameError, TypeError):  # A type that is imported for type checkers alone.
        return dict.fromkeys(item.name for item in fields(kind))


def _variants(value: Any, hint: Any) -> Iterator[tuple[str, Make]]:
    """Yield what else may stand in the place of a value."""
    if value is not None and type(None) in typing.get_args(hint):
        yield "a value removed", _always(None)
    match value:
        case Exchange():
            yield from _answer_variants(value)
        case None:
            yield from (("a value added", _always(sample)) for sample in _samples(hint))
        case enum.Enum():
            yield from (("a word changed", _always(other)) for other in type(value) if other is not value)
        case bool():
            yield "a flag turned", _always(not value)
        case int() | float() if isinstance(value, int) or math.isfinite(value):
            smallest = 1 if isinstance(value, int) else 0.01
            yield "a number changed", _always(value + smallest)
            yield "another number", _always(value + smallest * 100_000)
            yield from ((f"status {other}", _always(other)) for other in _other_statuses(value))
        case str():
            yield from _text_variants(value)
        case datetime() | timedelta():
            yield from ((f"a time moved by {word}", partial(add, step)) for word, step in _MOVES.items())
        case Mapping():
            yield from _entry_variants(value, hint)
        case list() | tuple() | AbstractSet():
            yield from _item_variants(value, hint)


def _body_variants(value: Any, hint: Any) -> Iterator[tuple[str, Make]]:
    """Yield what else may stand in the place of a value of JSON."""
    yield from _variants(value, hint)
    if value is not None:
        yield "null instead of a value", _always(None)
    if isinstance(value, str):
        yield "another type", _always(1)
    elif value is not None:
        yield "another type", _always(ANOTHER)


def _always(other: Any) -> Make:
    return lambda _value: other


def _samples(hint: Any) -> Iterator[Any]:
    """Yield a value of a type, where one can be made of nothing."""
    kind = _present(hint)
    plain: Mapping[Any, Any] = {str: ANOTHER, int: 1, bool: True, float: 1.0, object: ANOTHER, Any: ANOTHER}
    if kind in plain:
        yield plain[kind]
    elif isinstance(kind, type) and is_dataclass(kind):
        named = {item.name: next(_samples(_hints(kind).get(item.name)), None) for item in fields(kind) if item.init}
        if None not in named.values():
            yield kind(**named)
    elif typing.get_origin(kind) is tuple:
        parts = [next(_samples(item), None) for item in typing.get_args(kind) if item is not Ellipsis]
        if None not in parts:
            yield tuple(parts)


def _text_variants(text: str) -> Iterator[tuple[str, Make]]:
    instant = _instant(text)
    if instant is not None:
        for word, step in _MOVES.items():
            yield f"a time moved by {word}", partial(_moved_text, instant=instant, step=step)
    if instant is not None and (offset := instant.utcoffset()) is not None:
        later = offset + timedelta(hours=1)
        yield "another zone", lambda text: _as_before(instant.replace(tzinfo=timezone(later)), text)
    if text in ("true", "false"):
        yield "a flag turned", _always("false" if text == "true" else "true")
    elif len(text) < LONGEST_NUMBER and text.isdecimal():
        yield "a number changed", _always(str(int(text) + 1))
        yield from ((f"status {other}", _always(str(other))) for other in _other_statuses(int(text)))
    else:
        yield "a status instead", _always("500")
    yield "a text changed", _always(ANOTHER)
    if text:
        yield "a text emptied", _always("")


def _moved_text(text: str, instant: datetime, step: timedelta) -> str:
    return _as_before(instant + step, text)


def _instant(text: str) -> datetime | None:
    if len(text) < len("2025-01-01") or not text[:4].isdecimal():
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _as_before(instant: datetime, text: str) -> str:
    """Return an instant in the form of a text: a day, or a time with or without an offset, which may have no colon."""
    if len(text) == len("2025-01-01"):
        return instant.date().isoformat()
    words = instant.isoformat()
    return words if text[-3] == ":" or text.endswith("Z") else words[:-3] + words[-2:]


def _entry_variants(entries: Mapping[Any, Any], hint: Any) -> Iterator[tuple[str, Make]]:
    for name in entries:
        yield "an attribute removed", partial(_without_entry, name=name)
        if isinstance(name, str):
            yield "an attribute renamed", partial(_renamed, name=name)
    key, value = (next(_samples(item), None) for item in (typing.get_args(_present(hint)) or (str, str))[:2])
    if None not in (key, value):
        yield "an attribute added", lambda entries: {**entries, key: value}


def _without_entry(entries: Mapping[Any, Any], name: Any) -> dict[Any, Any]:
    return {key: value for key, value in entries.items() if key != name}


def _renamed(entries: Mapping[Any, Any], name: str) -> dict[Any, Any]:
    return {name + "Renamed" if key == name else key: value for key, value in entries.items()}


def _item_variants(items: Any, hint: Any) -> Iterator[tuple[str, Make]]:
    arguments = typing.get_args(_present(hint))
    if (isinstance(items, tuple) and len({*map(type, items)}) > 1) or (len(arguments) > 1 and arguments[1] is not ...):
        return  # Each of its items means something else.
    for at in range(len(items)):
        yield "an item lost", partial(_without_item, at=at)
    if len(items) > 1:
        yield "all items lost", lambda items: _like(items, [])
    if items and not isinstance(items, AbstractSet):
        yield "an item added", lambda items: _like(items, [*items, items[0]])
        yield "items in another order", lambda items: _like(items, [*reversed(items)])
    for sample in _samples(arguments[0] if arguments else str):
        yield "an item added", partial(_with_item, item=sample)


def _without_item(items: Any, at: int) -> Any:
    return _like(items, [item for number, item in enumerate(items) if number != at])


def _with_item(items: Any, item: Any) -> Any:
    return _like(items, [*items, item])


def _answer_variants(exchange: Exchange) -> Iterator[tuple[str, Make]]:
    for status in _other_statuses(exchange.status):
        yield f"status {status}", partial(replace, status=status)
    for name, text in exchange.headers.items():
        if name == "content-type":
            yield "another content type", partial(replace, headers={**exchange.headers, name: "text/html"})
        elif name == "date" or name.startswith("x-"):
            yield "a header removed", partial(replace, headers=_without_entry(exchange.headers, name))
            if text.isdecimal():
                higher = {**exchange.headers, name: str(int(text) + 1)}
                yield "a number changed", partial(replace, headers=higher)
    typed = {**exchange.headers, "content-type": "application/json"}
    yield "an answer of an API", partial(replace, status=200, headers=typed, body=b"{}")
    yield "no JSON", partial(replace, body=b"<html></html>")
    yield "no body", partial(replace, body=b"")
    shown = json.dumps({"code": exchange.status, "message": INTERNALS}).encode()
    yield "internals shown", partial(replace, body=shown)


def _other_statuses(number: float) -> tuple[int, ...]:
    """Return other statuses than this one; none where a number is no status."""
    return tuple(status for status in STATUSES if status != number) if number in _KNOWN_STATUSES else ()
