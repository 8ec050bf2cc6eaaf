"""What each operation does: `HANDLERS` maps an operation's key to a function from a `RequestContext` to a `Reply`.

A module placed here is found; its own `HANDLERS` are those of one kind of record, or of one page.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping

from conformance.embedded.store.state import Reply, RequestContext

Handler = Callable[[RequestContext], Reply]

_MODULES = [importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]

HANDLERS: Mapping[str, Handler] = {
    key: handler for module in _MODULES for key, handler in getattr(module, "HANDLERS", {}).items()
}
