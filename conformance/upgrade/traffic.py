"""What a client sends: the requests of a HAR file, or a list of operations. Without headers, for they hold tokens."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from conformance.model import UsageError
from conformance.upgrade.snapshot import text_of

HINT = "Save the requests as HAR (the network view of a browser, or a proxy), or list a line each: GET /api/customers"
_LINE = re.compile(r"(GET|HEAD|POST|PUT|PATCH|DELETE)\s+(\S+)", re.ASCII)


@dataclass(frozen=True)
class ClientRequest:
    """One request. `entry` counts from 1 as in the file; `body` and `answer` are None where the file has none.

    `is_whole` is False for a line of a list, which says nothing of parameters, body and answer.
    """

    entry: int
    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Any = None
    status: int = 0
    answer: Any = None
    is_whole: bool = True

    @property
    def label(self) -> str:
        """Return what may be shown of it: method, path, and the names of its parameters, no value."""
        names = list(dict.fromkeys(name for name, _ in self.query))
        return f"{self.method} {self.path}" + (f"?{'&'.join(names)}" if names else "")

    def values(self, name: str) -> tuple[str, ...]:
        """Return the values of a query parameter."""
        return tuple(value for key, value in self.query if key == name)

    def sends(self, path: str) -> tuple[Any, ...]:
        """Return what its body holds at an attribute path: none where it is left out."""
        return tuple(at_path(self.body, path))

    def gets(self, path: str) -> bool:
        """Whether its answer shows an attribute; also where the file has no answer to tell."""
        return self.answer is None or any(True for _ in at_path(self.answer, path, listed=True))


@dataclass(frozen=True)
class Traffic:
    """The requests of a client, and how many of the file's were to something else."""

    name: str
    requests: tuple[ClientRequest, ...] = field(default=())
    others: int = 0


def read_traffic(path: Path) -> Traffic:
    """Return what a HAR file or a list of operations holds. Raises UsageError where it is neither, or holds nothing."""
    text = text_of(path).lstrip("\ufeff")
    try:
        data = json.loads(text) if text.lstrip()[:1] in ("{", "[") else text.splitlines()
    except (ValueError, RecursionError):
        raise UsageError(f"{path} is neither a HAR file nor a list of operations", HINT) from None
    found = list(_of_har(data, path) if isinstance(data, dict) else _of_lines(data, path))
    requests = tuple(item for item in found if item is not None)
    if not requests:
        raise UsageError(f"{path} holds no request to a path with /api/", HINT)
    return Traffic(path.name, requests, len(found) - len(requests))


def _of_lines(lines: list[Any], path: Path) -> Iterator[ClientRequest | None]:
    for number, line in enumerate(lines, 1):
        text = str(line).strip()
        if not text or text.startswith("#"):
            continue
        match = _LINE.fullmatch(text)
        if match is None:
            raise UsageError(f"line {number} of {path} is no operation: {text[:80]!r}", HINT)
        yield _request(number, match[1], match[2], is_whole=False)


def _of_har(data: Mapping[str, Any], path: Path) -> Iterator[ClientRequest | None]:
    log = data.get("log")
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(entries, list):
        raise UsageError(f"{path} is no HAR file: it has no log.entries", HINT)
    for number, entry in enumerate(entries, 1):
        request = entry.get("request") if isinstance(entry, dict) else None
        if not isinstance(request, dict) or not isinstance(request.get("url"), str):
            raise UsageError(f"entry {number} of {path} has no request with a URL", HINT)
        response = entry.get("response")
        response = response if isinstance(response, dict) else {}
        yield _request(
            number, str(request.get("method", "GET")).upper(), request["url"],
            body=_json(request.get("postData")), answer=_json(response.get("content")), status=response.get("status"),
        )  # fmt: skip


def _request(entry: int, method: str, url: str, *, status: Any = 0, **more: Any) -> ClientRequest | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    at = parts.path.find("/api/")
    if at < 0 or parts.path.startswith("/api/doc", at):
        return None
    query = tuple(parse_qsl(parts.query, keep_blank_values=True))
    return ClientRequest(entry, method, parts.path[at:], query, status=status if isinstance(status, int) else 0, **more)


def _json(content: Any) -> Any:
    """Return the JSON of a body or answer in a HAR, None where there is none."""
    if not isinstance(content, dict) or not isinstance(content.get("text"), str):
        return None
    text = content["text"]
    try:
        return json.loads(base64.b64decode(text, validate=True) if content.get("encoding") == "base64" else text)
    except (ValueError, RecursionError, binascii.Error):
        return None


def at_path(value: Any, path: str, *, listed: bool = False) -> Iterator[Any]:
    """Yield what stands at an attribute path such as `members[].user`; `listed` looks into a list at the top."""
    if listed and isinstance(value, list):
        for item in value:
            yield from at_path(item, path)
        return
    name, _, rest = path.partition(".")
    inner = value.get(name.removesuffix("[]")) if isinstance(value, dict) else None
    if not isinstance(value, dict) or name.removesuffix("[]") not in value:
        return
    for item in inner if name.endswith("[]") and isinstance(inner, list) else (inner,):
        if rest:
            yield from at_path(item, rest)
        else:
            yield item
