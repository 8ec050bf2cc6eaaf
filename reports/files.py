"""Writes reports so that a reader never meets half of one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_atomic(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there at once. The directory must exist."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    whole = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        whole.chmod(0o644)
        whole.replace(path)
    except BaseException:
        whole.unlink(missing_ok=True)
        raise
