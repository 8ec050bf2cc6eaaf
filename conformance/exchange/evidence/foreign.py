"""Texts that other people wrote, known by value: what a check quotes of them is masked wherever it is written.

The second line of defence, behind the cutting of answers: a word of a judgement or a reason may quote a text.
"""

from __future__ import annotations

import json
import re
import zoneinfo
from collections.abc import Collection
from urllib.parse import quote, quote_plus

from conformance.exchange.evidence.history import History, kind_shown
from conformance.exchange.evidence.values import flattened
from conformance.model import MASK, Exchange, decoded

SHORTEST = 6
"""Characters of a text that is masked by value: shorter ones are words of the suite, too."""

_STRUCTURE = re.compile(
    r"\d{4}-\d\d-\d\d[\dT :.+Z-]*|#[0-9a-fA-F]+|ROLE_\w+|[a-z]{2,3}([_-][A-Z]{2})?|[-+]?[\d.,:]+|[a-z_]+|https?://[\w.:]+/?|[A-Z]{2,5}"
)
"""Texts that are dates, colours, roles, locales, numbers, or plain words of an enumeration."""

_OPEN = ("/api/config/", "/api/version", "/api/ping", "/api/plugins", "/api/actions/", "/api/doc")


class ForeignTexts:
    """Learns from exchanges what is in records of others, and masks it. `spared` are texts that never are foreign."""

    def __init__(self, history: History, mark: str, spared: Collection[str] = ()) -> None:
        self._history = history
        self._mark = mark
        self._spared = {*spared, *zoneinfo.available_timezones()}
        self._sent: set[str] = set()
        self._known: set[str] = set()
        self._beginnings: dict[str, list[str]] = {}

    def notice(self, exchange: Exchange) -> None:
        """Learn from an exchange. The history must have taken it in before."""
        if exchange.request_body:
            texts = (item for _, item in flattened(decoded(exchange.request_body)) if isinstance(item, str))
            self._sent.update(text.strip() for text in texts if len(text) >= SHORTEST)
        if not exchange.ok or any(part in exchange.operation for part in _OPEN):
            return
        answer, kind = exchange.json_or_none(), kind_shown(exchange.operation)
        for item in answer if isinstance(answer, list) else [answer]:
            ident = item.get("id") if isinstance(item, dict) else None
            own = isinstance(ident, int) and kind is not None and self._history.owns(kind, ident)
            for path, value in flattened(item):
                # Within an own record, what is of others hangs in records below: their names, not its own texts.
                if isinstance(value, str) and (not own or path.count(".") > 1):
                    self._learn(value)

    def redact(self, text: str) -> str:
        """Return a text with `***` for each known text of others in it."""
        if not self._beginnings or len(text) < SHORTEST:
            return text
        # Plain searches are faster than a walk, as long as there are fewer of them than places to look at.
        if len(self._beginnings) < len(text) and not any(beginning in text for beginning in self._beginnings):
            return text
        result, at, last = [], 0, 0
        while at <= len(text) - SHORTEST:
            texts = self._beginnings.get(text[at : at + SHORTEST])
            hit = next((known for known in texts if text.startswith(known, at)), None) if texts else None
            if hit is None:
                at += 1
                continue
            result += [text[last:at], MASK]
            at = last = at + len(hit)
        return "".join([*result, text[last:]]) if result else text

    def _learn(self, text: str) -> None:
        text = text.strip()
        if len(text) < SHORTEST or text in self._known or text in self._sent or text in self._spared:
            return
        if self._mark in text or _STRUCTURE.fullmatch(text):
            return
        self._known.add(text)
        # As it is, and as JSON, Python and addresses write it.
        plain, wide = json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]
        for form in {text, plain, wide, repr(text)[1:-1], quote(text, safe=""), quote_plus(text)}:
            bucket = self._beginnings.setdefault(form[:SHORTEST], [])
            bucket.append(form)
            bucket.sort(key=len, reverse=True)
