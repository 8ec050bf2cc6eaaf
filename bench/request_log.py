"""Writes down every request that leaves: in which check, who asked, and for whose sake. A pytest plugin and a patch."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import httpx

from conformance.exchange.network import OVERHEAD
from conformance.exchange.network.transport import GuardedTransport

VARIABLE = "KIMAI_CONFORMANCE_REQUEST_LOG"
_SECOND_ASKING = ("conformance.run.repeated_check", "_again")
_PLUMBING = ("conformance.exchange.client", "conformance.exchange.session", "conformance.exchange.network")


def install() -> None:
    """Have each request written to the file that the environment names."""
    path = Path(os.environ[VARIABLE])
    attempt = GuardedTransport._attempt

    def logged(self: GuardedTransport, request: httpx.Request) -> httpx.Response:
        line = {**_asked(), "method": request.method, "path": request.url.path, "own": _own(request)}
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        return attempt(self, request)

    GuardedTransport._attempt = logged  # type: ignore[method-assign]


def _own(request: httpx.Request) -> bool:
    """Whether the client sends it for itself: to prove what is the run's own, or to delete it."""
    return bool(request.extensions.get(OVERHEAD))


def _asked() -> dict[str, Any]:
    """Return the module and name of the check that runs, whether it is asked a second time, the function outside of the
    client that asked, and the one within that needed it."""
    file, _, check = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0].partition("::")
    asker = reason = ""
    again = False
    frame: FrameType | None = sys._getframe(2)
    while frame:
        module, name = frame.f_globals.get("__name__", ""), frame.f_code.co_name
        again = again or (module, name) == _SECOND_ASKING
        if asker:
            pass
        elif module.startswith("conformance.exchange"):
            reason = reason or ("" if module.startswith(_PLUMBING) else f"{module.removeprefix('conformance.')}.{name}")
        elif module.startswith(("conformance", "contracts")):
            asker = f"{module.removeprefix('conformance.')}.{name}"
        frame = frame.f_back
    return {"module": Path(file).stem, "check": check, "again": again, "asker": asker, "reason": reason}


if VARIABLE in os.environ:
    install()
