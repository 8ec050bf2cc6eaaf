"""Cuts an answer to what is judged and to the run's own records: what other people wrote is no evidence.

Of a record that the run did not make there remain its id and the judged attribute, and of that no text but a date, a
colour or a number. Source: DESIGN, "Other people's data".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.exchange.evidence.history import History, kind_shown
from conformance.exchange.guard.kinds import KINDS, Kind
from conformance.model import MASK, Exchange

CUT = "[cut to what is judged; --evidence full shows all]"

MOST_FOREIGN = 3
"""Records of others in a list that are told; of the rest the number."""

LONGEST = 2048
"""Characters of an answer that are told."""

_PLAIN = re.compile(
    r"(?:\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?|#[0-9a-fA-F]{3,8}|-?\d{1,4}|)\Z"
)
"""Texts that tell nothing of anybody: a date, a colour, a short number."""

_QUOTED = re.compile(r"(?s)[\"“'«](?!\s).{3,}[\"”'»]")
_OPEN = ("/api/config/", "/api/version", "/api/ping", "/api/plugins")
"""Answers about the instance, in which there is nothing of people."""

_MESSAGES = frozenset(
    {"code", "message", "errors", "children", "type", "title", "status", "error", "error_description"}
)
_INSIDE: Mapping[str, Kind] = {
    **{str(kind): kind for kind in KINDS},
    "parent": Kind.PROJECT, "supervisor": Kind.USER, "createdBy": Kind.USER,
    "customers": Kind.CUSTOMER, "projects": Kind.PROJECT, "activities": Kind.ACTIVITY, "teams": Kind.TEAM,
    "users": Kind.USER,
}  # fmt: skip
"""Kinds of records within others, by the attribute that holds them."""


@dataclass(frozen=True)
class Cutter:
    """Cuts answers; `full` leaves them whole. `mark` is in the names of the run's records."""

    history: History
    mark: str
    full: bool = False

    def text(self, exchange: Exchange, field: str) -> str:
        """Return status line and answer, cut to the judged attribute."""
        line = f"HTTP {exchange.status}"
        if self.full:
            body = exchange.body[:LONGEST].decode("utf-8", "replace")
            more = "…" if len(exchange.body) > LONGEST or exchange.truncated else ""
            return f"{line}\n{body}{more}".rstrip()
        if not exchange.body.strip():
            return line
        whole = exchange.json_or_none()
        if whole is None and exchange.body.strip() != b"null":
            return f"{line}\n{_about(exchange)}\n{CUT}"
        seen = self.seen(exchange, field)
        body = json.dumps(seen, ensure_ascii=False, separators=(",", ":"))
        body = body[:LONGEST] + "…" if len(body) > LONGEST else body
        return f"{line}\n{body}" + ("" if seen == whole else f"\n{CUT}")

    def seen(self, exchange: Exchange, field: str) -> Any:
        """Return the decoded answer, cut; None where it is not JSON."""
        answer = exchange.json_or_none()
        if self.full or any(part in exchange.operation for part in _OPEN):
            return answer
        names = frozenset(part.replace("[]", "") for part in field.split(".") if part)
        kind = kind_shown(exchange.operation)
        if exchange.status >= 400:
            return _messages(answer)
        if not isinstance(answer, list):
            return self._value(answer, kind, names, own=False)
        # The run's own records stand whole, and a few of the others.
        results: list[Any] = []
        foreign = 0
        for item in answer:
            own = self._own(item, kind)
            foreign += not own
            if own or foreign <= MOST_FOREIGN:
                results.append(self._value(item, kind, names, own=own))
        return [*results, f"… and {foreign - MOST_FOREIGN} more of others"] if foreign > MOST_FOREIGN else results

    def _own(self, item: Any, kind: Kind | None) -> bool:
        if isinstance(item, str):
            return self.mark in item
        ident = item.get("id") if isinstance(item, dict) else None
        return isinstance(ident, int) and kind is not None and self.history.owns(kind, ident)

    def _value(self, value: Any, kind: Kind | None, names: frozenset[str], *, own: bool) -> Any:
        if isinstance(value, dict):
            own = self._own(value, kind) if "id" in value and kind is not None else own
            return self._object(value, names, own=own)
        if isinstance(value, list):
            return [self._value(item, kind, names, own=own) for item in value]
        if isinstance(value, str) and not own and self.mark not in value and not _PLAIN.match(value):
            return f"{MASK} ({len(value)} characters)"
        return value

    def _object(self, value: Mapping[str, Any], names: frozenset[str], *, own: bool) -> dict[str, Any]:
        results: dict[str, Any] = {}
        for name, item in value.items():
            kind = _INSIDE.get(name)
            if own or name in names or name == "id":
                results[name] = self._value(item, kind, names, own=own and not _record(item, kind))
            elif isinstance(item, dict | list):
                inside = self._value(item, kind, names, own=False)
                if _tells(inside, names):
                    results[name] = inside
        return results


def _record(item: Any, kind: Kind | None) -> bool:
    """Whether a value holds a record of its own, or several."""
    items = item if isinstance(item, list) else [item]
    return kind is not None and any(isinstance(one, dict) and "id" in one for one in items)


def _tells(value: Any, names: frozenset[str]) -> bool:
    """Whether a judged attribute is anywhere within a value."""
    if isinstance(value, dict):
        return any(name in names or _tells(item, names) for name, item in value.items())
    return isinstance(value, list) and any(_tells(item, names) for item in value)


def _messages(value: Any) -> Any:
    """Return what a refusal says, without what it quotes."""
    if isinstance(value, dict):
        return {
            name: _messages(item) for name, item in value.items() if name in _MESSAGES or isinstance(item, dict | list)
        }
    if isinstance(value, list):
        return [_messages(item) for item in value[:20]]
    return _QUOTED.sub(f'"{MASK}"', value)[:300] if isinstance(value, str) else value


def _about(exchange: Exchange) -> str:
    """Say what an answer is that is not JSON, without its text."""
    media = exchange.headers.get("content-type", "no content type").partition(";")[0]
    try:
        json.loads(exchange.body)
        wrong = ""
    except ValueError as error:
        wrong = f", not JSON: {error}"
    except RecursionError:
        wrong = ", nested too deeply"
    return f"({media}, {len(exchange.body)} bytes{wrong})"
