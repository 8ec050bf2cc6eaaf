"""What each operation does: `HANDLERS` maps an operation's key to a function from a `Call` to a `Reply`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from conformance.embedded.handlers import (
    actions,
    catalog,
    comments,
    favourites,
    invoices,
    listings,
    rates,
    status,
    tags,
    teams,
    timers,
    timesheets,
    users,
)
from conformance.embedded.store.state import Reply, RequestContext

Handler = Callable[[RequestContext], Reply]

_MODULES = (
    actions,
    catalog,
    comments,
    favourites,
    invoices,
    listings,
    rates,
    status,
    tags,
    teams,
    timers,
    timesheets,
    users,
)

HANDLERS: Mapping[str, Handler] = {key: handler for module in _MODULES for key, handler in module.HANDLERS.items()}
