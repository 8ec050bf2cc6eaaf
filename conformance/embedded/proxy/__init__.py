"""A loopback proxy that plants faults between a client and any Kimai."""

from __future__ import annotations

from conformance.embedded.proxy.server import Proxy

__all__ = ["Proxy"]
