"""Rule 2, a third side: no mail address that could be somebody's, for an instance or a plugin of it may write to it.

Source: RFC 2606 and RFC 6761, the domains that nobody can own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from conformance.exchange.guard.bodies import field_key
from conformance.exchange.guard.classification import ClassifiedRequest
from conformance.exchange.guard.context import GuardContext

_NOBODYS = ("example.com", "example.net", "example.org", "example", "test", "invalid", "localhost")
_DOMAIN = re.compile(r"@([^@\s,;<>\"]*)")


def check(call: ClassifiedRequest, state: GuardContext) -> str | None:
    """Refuse a write whose body has an address in a domain that may be somebody's."""
    if not call.writes or state.config.is_embedded:
        return None
    for name, value in _texts(call.body.value):
        if "mail" in field_key(name) and not all(_nobodys(domain) for domain in _DOMAIN.findall(value)):
            return f"{name[:40]} may be somebody's address: it takes one in example.com, example.org or .test"
    return None


def _nobodys(domain: str) -> bool:
    domain = domain.rstrip(".").casefold()
    return any(domain == name or domain.endswith(f".{name}") for name in _NOBODYS)


def _texts(body: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(body, dict):
        for key, value in body.items():
            yield from _texts(value, f"{name} {key}".strip())
    elif isinstance(body, list):
        for item in body:
            yield from _texts(item, name)
    elif isinstance(body, str):
        yield name, body
