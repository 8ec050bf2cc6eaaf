"""The shape of an error's body for eight ways to be refused: status, media type and keys, without its text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from conformance.model import Exchange
from conformance.probes.access.credentials import ABSENT_ID
from conformance.probes.context import ProbeContext
from conformance.probes.records.specimens import sent

REQUESTS: Mapping[str, tuple[str, str, Mapping[str, Any]]] = {
    "no such path": ("GET", "/api/conformance", {}),
    "no such record": ("GET", f"/api/customers/{ABSENT_ID}", {}),
    "no such method": ("POST", "/api/ping", {"json": {}}),
    "wrong query": ("GET", "/api/timesheets", {"params": {"size": "abc"}}),
    "empty body": ("POST", "/api/customers", {"json": {}}),
    "not JSON": ("POST", "/api/customers", {"content": "{", "headers": {"content-type": "application/json"}}),
    "a time that is none": ("POST", "/api/timesheets", {"json": {"begin": "soon", "end": "later"}}),
    "past the last page": ("GET", "/api/timesheets", {"params": {"page": "9999"}}),
}
"""What leads to a refusal, by the word under which its shape is kept."""


@dataclass(frozen=True)
class ErrorShape:
    """How one request was refused. `unseen` is the reason where nothing could be seen."""

    asked: str
    operation: str
    got: str
    unseen: str = ""


def error_shapes(context: ProbeContext) -> Iterator[ErrorShape]:
    """Ask to be refused, as the strongest actor."""
    for asked, (method, path, more) in REQUESTS.items():
        label = f"{method} {path.replace(str(ABSENT_ID), '{id}')}"
        answer = sent(partial(context.session().send, method, path, **more))
        if isinstance(answer, str):
            yield ErrorShape(asked, label, "", answer)
        else:
            yield ErrorShape(asked, label, error_shape(answer))


def error_shape(answer: Exchange) -> str:
    """Return status, media type and keys of an error, without its text: messages are translated."""
    body = answer.json_or_none()
    media = answer.headers.get("content-type", "no content type").partition(";")[0]
    return f"{answer.status} {media} {_keys(body)}".strip()


def _keys(value: Any, depth: int = 0) -> str:
    if isinstance(value, dict) and depth < 2:
        inner = [(key, _keys(item, depth + 1)) for key, item in sorted(value.items())]
        return "{" + ", ".join(f"{key}: {keys}" if keys else str(key) for key, keys in inner) + "}"
    return {dict: "{…}", list: "[…]", str: "string", int: "number"}.get(type(value), "")
