"""The same seed draws the same values, whatever else is imported.

Hypothesis mixes constants of the modules it takes for the user's own into what it draws. Which modules are imported
depends on the process: alone or one of several, from a checkout or from a wheel. So it is told that none is.
"""

from __future__ import annotations

from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants


def ignore_local_modules() -> None:
    """Let Hypothesis draw without constants of imported modules, in this whole process. May be called again.

    There is no setting for it. `tests/properties/test_reproducible.py` fails where Hypothesis has another way.
    """
    result = getattr(providers, "_get_local_constants", None)
    if result is None or result is _no_constants:
        return
    providers._get_local_constants = _no_constants
    providers.CONSTANTS_CACHE.cache.clear()


def _no_constants() -> Constants:
    return _NONE


_NONE = Constants()
