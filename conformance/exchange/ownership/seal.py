"""Seals the lines of a ledger, so that only what this installation wrote is ever followed.

A ledger names records to delete and the URL that tokens are sent to. A file that somebody else put into the state
folder, or changed there, must not be able to do either. So each line carries a keyed hash over itself and the seal of
the line before it. The key lies in the state folder, readable by its owner alone.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

SEAL = "seal"
"""The attribute of a line that holds its seal."""

_KEY_FILE = "ledger.key"
_KEY_BYTES = 32


def ledger_key(state_folder: Path) -> bytes:
    """Return the key of a state folder, made on first use. Raises OSError where it can be neither read nor made."""
    path = state_folder / _KEY_FILE
    with suppress(FileExistsError):
        fresh = path.with_name(f".{_KEY_FILE}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600) if not path.exists() else -1
        if descriptor >= 0:
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(secrets.token_bytes(_KEY_BYTES))
                # A link fails where another process was faster; both then read the same key.
                os.link(fresh, path)
            finally:
                fresh.unlink(missing_ok=True)
    return path.read_bytes()


class Chain:
    """The seals of one ledger, from its first line on."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._last = ""

    def sealed(self, line: Mapping[str, Any]) -> dict[str, Any]:
        """Return a line with its seal, and go on from there."""
        self._last = self._seal(line)
        return {**line, SEAL: self._last}

    def accept(self, line: Mapping[str, Any]) -> bool:
        """Return whether a line that was read has the seal it must have here, and go on from there if so."""
        content = {name: value for name, value in line.items() if name != SEAL}
        expected = self._seal(content)
        if not hmac.compare_digest(expected, str(line.get(SEAL, ""))):
            return False
        self._last = expected
        return True

    def _seal(self, line: Mapping[str, Any]) -> str:
        text = self._last + json.dumps(line, sort_keys=True, default=str)
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:32]


def token_digest(key: bytes, token: str) -> str:
    """Return what a ledger keeps of a token: enough to know it again with the key, nothing to log in with."""
    return hmac.new(key, b"token:" + token.encode(), hashlib.sha256).hexdigest()[:32]
