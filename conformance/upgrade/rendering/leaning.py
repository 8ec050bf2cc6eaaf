"""What a client leans on that nobody promised, in each format."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from conformance.upgrade.client import Leaning, leanings
from conformance.upgrade.comparison import side_of
from conformance.upgrade.rendering.phrases import code, plain
from conformance.upgrade.snapshot import Snapshot
from conformance.upgrade.traffic import Traffic

_TITLES = {
    "undocumented": "what no document lists",
    "default": "what a field becomes that is left out",
    "time": "spellings of times that are not guaranteed",
    "order": "the order of a list that was not asked for",
    "page": "the size of a page that was not asked for",
}
_MOST = 8


def _headline(found: Sequence[Leaning], traffic: Traffic, side: Snapshot) -> str:
    counted = f"{len(traffic.requests)} requests of {traffic.name} against {side_of(side)}"
    return f"{counted}: {len(found)} things that nobody promised"


def _entries(leaning: Leaning) -> str:
    shown, left = leaning.entries[:_MOST], len(leaning.entries) - _MOST
    return f"entries {', '.join(map(str, shown))}" + (f" and {left} more" if left > 0 else "")


def _text(found: Sequence[Leaning], traffic: Traffic, side: Snapshot) -> str:
    return "".join(f"{plain(line)}\n" for line in _lines(found, traffic, side))


def _lines(found: Sequence[Leaning], traffic: Traffic, side: Snapshot) -> Iterator[str]:
    yield _headline(found, traffic, side)
    for kind in dict.fromkeys(item.kind for item in found):
        yield f"\n{_TITLES[kind]}"
        for item in found:
            if item.kind == kind:
                yield f"  {item.operation}: {item.what} (here: {item.observed}); {item.advice}; {_entries(item)}"


def _json(found: Sequence[Leaning], traffic: Traffic, side: Snapshot) -> str:
    own = side_of(side)
    data = {
        "side": {"kind": own.kind, "version": own.version},
        "client": traffic.name,
        "entries": [{"entry": request.entry, "request": request.label} for request in traffic.requests],
        "leanings": [{**vars(item), "entries": list(item.entries)} for item in found],
    }
    return json.dumps(data, sort_keys=True, indent=1, ensure_ascii=False) + "\n"


_COLUMNS = ("kind", "operation", "what", "here", "what to do", "entries")


def _cells(item: Leaning) -> tuple[str, ...]:
    return item.kind, item.operation, item.what, item.observed, item.advice, _entries(item)


def _markdown(found: Sequence[Leaning], traffic: Traffic, side: Snapshot) -> str:
    rows = [f"| {' | '.join(code(cell) for cell in _cells(item))} |\n" for item in found]
    head = f"| {' | '.join(_COLUMNS)} |\n|{' --- |' * len(_COLUMNS)}\n" if rows else ""
    return f"## {code(_headline(found, traffic, side))}\n\n{head}{''.join(rows)}"


def _html(found: Sequence[Leaning], traffic: Traffic, side: Snapshot) -> str:
    title = html.escape(_headline(found, traffic, side))
    rows = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in _cells(item))}</tr>" for item in found)
    heads = "".join(f"<th>{name}</th>" for name in _COLUMNS)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><main><h1>{title}</h1><table><tr>{heads}</tr>{rows}</table></main></body></html>\n"
    )


_FORMATS: Mapping[str, Callable[[Sequence[Leaning], Traffic, Snapshot], str]] = {
    "text": _text,
    "json": _json,
    "markdown": _markdown,
    "html": _html,
}


def render(side: Snapshot, traffic: Traffic, kind: str) -> str:
    """Return what a client's requests lean on, in a format by its name on the command line."""
    return _FORMATS[kind](leanings(traffic, side), traffic, side)
