"""What is under test: flags, then environment (`KIMAI_…`), then `kimai-conformance.toml`.

`load(flags)` is the only way in. It returns `Settings`, or raises `UsageError` naming file and key.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
