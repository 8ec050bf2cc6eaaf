"""What the connection to the instance shows: plain HTTP beside HTTPS, and the certificate. Source: REST API, HTTPS."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from conformance.model import Exchange
from conformance.probes.context import ProbeContext


def plain_http(context: ProbeContext) -> Exchange | None:
    """Send the one ping over plain HTTP, without credentials; None where nothing answers."""
    return context.client.ping_plain_http()


def validity(context: ProbeContext) -> Mapping[str, datetime] | None:
    """Return `notBefore` and `notAfter` of the certificate (aware, UTC); None where the connection tells none."""
    return context.client.certificate()
