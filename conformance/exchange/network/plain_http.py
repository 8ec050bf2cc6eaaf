"""The announced exception of rule 1: one ping without credentials over plain HTTP, to the same host."""

from __future__ import annotations

import httpx

from conformance.exchange.connection import Connection
from conformance.exchange.errors import NoAnswer
from conformance.exchange.network import OVERHEAD
from conformance.model import Exchange


def ping_plain_http(client: Connection) -> Exchange | None:
    """Return what `GET /api/ping` over plain HTTP gives, on port 80 of the instance's host.

    None where nothing answers there, and where the instance is not HTTPS: then nothing is sent.
    """
    url = client.exemptions.plain_ping
    if url is None:
        return None
    request = httpx.Request("GET", url, headers={"accept": "application/json"}, extensions={OVERHEAD: True})
    try:
        return client.dispatch(request, client.anonymous())
    except NoAnswer:
        return None
