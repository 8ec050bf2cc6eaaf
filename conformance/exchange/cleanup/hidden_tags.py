"""Hidden tags: no list of Kimai shows one, so only its name tells that it exists, for names are unique."""

from __future__ import annotations

from conformance.exchange.connection import Connection
from conformance.exchange.errors import Refused
from conformance.exchange.guard.kinds import Kind, delete_path
from conformance.exchange.ownership.ledger import Intent
from conformance.model import trimmed

_TAGS = "/api/tags"
_LENGTHS = range(2, 101)
_REFUSED = frozenset({400, 409, 422})


def hidden_tag(client: Connection, intent: Intent) -> str:
    """Return why a tag that no list shows may exist all the same, "" where it does not: then its name is free.

    Whether it is free is found out by taking it, for a visible tag that is deleted at once.
    """
    sent = intent.sent if isinstance(intent.sent, dict) else {}
    if isinstance(sent.get("name"), list | dict):
        return ""  # No tag is called so, whatever the server answered.
    name = trimmed(str(sent.get("name") or ""))
    if sent.get("visible") is True or len(name) not in _LENGTHS or "," in name:
        return ""
    if any(made.name == name for ledger in client.state.ledgers for made in ledger.alive(Kind.TAG)):
        return ""  # A later create of this run has that name, so the one in doubt made nothing.
    try:
        status = _taken(client, name)
        if status not in _REFUSED or not 200 <= _taken(client, f"{client.mark} free") < 300:
            return ""  # It is free, or the server takes no tag at all: that tells nothing.
    except Refused as error:
        return error.reason
    return f"no list shows it, and its name {name!r} is not free (POST answered {status})"


def _taken(client: Connection, name: str) -> int:
    """Make a visible tag and delete it at once. Returns the status of the POST."""
    session = client.session(client.state.strongest)
    exchange = session.post(_TAGS, json={"name": name, "visible": True}, overhead=True)
    made = exchange.json_or_none()
    if exchange.ok and isinstance(made, dict) and isinstance(made.get("id"), int):
        session.delete(delete_path(Kind.TAG, made["id"]), overhead=True)
    return exchange.status
