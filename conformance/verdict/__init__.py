"""Clauses, known deviations and defects, the judge, events, the verdict made of them, and its exit status.

Everything here is about data that is already there: no clock, no network.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
