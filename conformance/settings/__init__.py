"""What is under test: flags, then environment (`KIMAI_…`), then `kimai-conformance.toml`.

`load(flags)` is the only way in. It returns `Settings`, or raises `UsageError` naming file and key.
"""

from conformance.settings.actors import read_actors_file
from conformance.settings.load import SINGLE, load
from conformance.settings.model import ALLOW_CLASSES, EVIDENCE, FAIL_ON, PROFILES, Settings

__all__ = ["ALLOW_CLASSES", "EVIDENCE", "FAIL_ON", "PROFILES", "SINGLE", "Settings", "load", "read_actors_file"]
