"""Secrets are blotted out by their value, in every form in which an instance may echo them."""

from __future__ import annotations

import base64
import html
import json
import logging
import re
import threading
from collections.abc import Iterable, Iterator
from typing import TypeVar
from urllib.parse import quote, quote_plus

from conformance.model import MASK, Actor, Secret

SHORTEST = 4
"""Shorter values are not blotted: they would tear holes into every text, and are no secrets."""

LONG = 16
"""From this length on the value of a configured header or of a form is taken for a secret."""

SHORT = 200
MOST_KEPT = 10_000
"""Texts without a secret, up to this long and so many, are remembered as such until another secret is known."""

Text = TypeVar("Text", str, bytes)


class Redactor:
    """Knows the secrets of a run and blots them out of text and bytes. Safe to use from several threads."""

    def __init__(self, secrets: Iterable[str | Secret] = ()) -> None:
        self._known: set[str] = set()
        self._lock = threading.Lock()
        self._forms: tuple[tuple[str, bytes], ...] = ()
        self._clean: set[str] = set()
        self.add(*(secret.reveal() if isinstance(secret, Secret) else secret for secret in secrets))

    @classmethod
    def of(cls, actors: Iterable[Actor]) -> Redactor:
        """Return one that knows all tokens and passwords of the actors."""
        redactor = cls()
        for actor in actors:
            redactor.add(*(token.secret.reveal() for token in actor.tokens))
            if actor.password:
                redactor.add(actor.password.reveal())
                redactor.add(f"{actor.name}:{actor.password.reveal()}")
        return redactor

    def add(self, *secrets: str) -> None:
        """Learn further secrets: a session cookie, a CSRF value."""
        new = {secret for secret in secrets if len(secret) >= SHORTEST} - self._known
        if not new:
            return
        with self._lock:
            self._known |= new
            forms = sorted({form for secret in self._known for form in _forms(secret)}, key=len, reverse=True)
            # Plain searches: a pattern with a hundred alternatives takes seconds for a megabyte.
            self._forms = tuple((form, form.encode("utf-8", "surrogatepass")) for form in forms)
            self._clean = set()

    def redact(self, value: Text) -> Text:
        """Return the text or bytes without any known secret."""
        if isinstance(value, bytes):
            for _, raw in self._forms:
                if raw in value:
                    value = value.replace(raw, MASK.encode())
            return value
        clean = self._clean
        if value in clean:
            return value
        blotted = value
        for form, _ in self._forms:
            if form in blotted:
                blotted = blotted.replace(form, MASK)
        # Headers and places are the same a thousand times over.
        if blotted == value and len(value) <= SHORT and len(clean) < MOST_KEPT:
            clean.add(value)
        return blotted

    def text(self, value: str) -> str:
        """Return the text without any known secret."""
        return self.redact(value)


def _forms(secret: str) -> Iterator[str]:
    raw = secret.encode("utf-8", "surrogatepass")
    yield secret
    for encoded in (quote(raw, safe=""), quote(raw), quote_plus(raw), quote(raw, safe="~()*!'")):
        yield encoded
        yield re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), encoded)
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret).replace("/", "\\/")[1:-1]
    yield html.escape(secret)
    yield raw.hex()
    yield raw.hex().upper()
    # What base64 of any text holding the secret must contain, at each of the three alignments.
    for shift in range(3):
        padded = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
        # The first and last characters also depend on the neighbours, so only those between are certain.
        start = (0, 2, 3)[shift]
        end = len(padded) if (shift + len(raw)) % 3 == 0 else len(padded) - 1
        core = padded[start:end]
        if len(core) >= SHORTEST:
            yield core
            yield core.translate(str.maketrans("+/", "-_"))


class RedactingFilter(logging.Filter):
    """A logging filter that blots secrets out of messages, arguments and tracebacks."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def filter(self, record: logging.LogRecord) -> bool:
        """Redact the record; it is always kept."""
        record.msg = self._redactor.redact(record.getMessage())
        record.args = ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self._redactor.redact(record.exc_text)
        return True
