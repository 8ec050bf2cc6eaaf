"""`python -m tests.clients`: do with kimai-mcp what people do with it, on an embedded Kimai 2.66.0.

Installs the client from the package registry in a virtual environment of its own, calls its tools, and compares the
status of every request with what a released 2.66.0 gave. Exit status 1 where one differs.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from conformance.embedded.server import EmbeddedKimai
from tests import processes
from tests.clients.calls import CALLS, EXPIRED, Call

CLIENT = "kimai-mcp==2.20.1"
DRIVER = Path(__file__).with_name("driver.py")


def main() -> int:
    """Install, call, compare."""
    parser = argparse.ArgumentParser(prog="python -m tests.clients", description=__doc__)
    parser.add_argument("--environment", type=Path, help="a folder to keep the client's virtual environment in")
    parser.add_argument("--verbose", action="store_true", help="print every request")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        python = install(arguments.environment or Path(os.environ.get("TOX_ENV_DIR", folder)) / "client")
        with EmbeddedKimai() as kimai:
            results = drive(python, kimai)
    complaints = [line for call, result in zip(CALLS, results, strict=True) for line in compare(call, result)]
    if arguments.verbose:
        for call, result in zip(CALLS, results, strict=True):
            print(call.who, call.tool, json.dumps(call.arguments), *result["requests"], result["error"] or "")
    sent = sum(len(result["requests"]) for result in results)
    print("\n".join(complaints) or f"{CLIENT}: {len(CALLS)} calls sent {sent} requests, all answered like a 2.66.0.")
    return 1 if complaints else 0


def install(folder: Path) -> Path:
    """Make the environment with the client in it, unless it is there. Returns its Python."""
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    command: list[str | Path] = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", CLIENT]
    processes.run(command, capture_output=False, check=True)
    return python


def drive(python: Path, kimai: EmbeddedKimai) -> list[dict[str, Any]]:
    """Call every tool; what was sent and answered, by call."""
    tokens = {user["username"]: user["tokens"][0]["token"] for user in kimai.users}
    tokens[EXPIRED] = next(t["token"] for user in kimai.users for t in user["tokens"] if t["name"] == "expired")
    calls = [{"token": tokens[call.who], "tool": call.tool, "arguments": call.arguments} for call in CALLS]
    sent = json.dumps({"url": kimai.url, "calls": calls})
    done = processes.run([python, "-P", DRIVER], input=sent, timeout=600)
    if done.returncode:
        raise SystemExit(f"the client's driver failed:\n{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def compare(call: Call, result: dict[str, Any]) -> Iterator[str]:
    """What of a call was answered otherwise than expected."""
    statement = f"{call.who}: {call.tool} {json.dumps(call.arguments)}"
    met = set()
    for method, path, status in result["requests"]:
        request = f"{method} {path.removeprefix('/api')}"
        refusal = next((start for start in call.expected if _is(request, start)), None)
        met.add(refusal)
        if status != call.expected.get(refusal or "", status if status < 300 else 200):
            expected = call.expected.get(refusal or "", "success")
            yield f"{statement}: {request} was answered {status}, expected {expected}"
    for request in call.expected.keys() - met:
        yield f"{statement}: {request} was not sent"
    if result["error"] and not call.expected:
        yield f"{statement}: {result['error']}"
    if not result["requests"]:
        yield f"{statement}: nothing was sent ({result['error']})"


def _is(request: str, start: str) -> bool:
    """Whether the request is the one of that method and path, whatever its query."""
    return request.partition("?")[0] == start or (start.endswith("/") and request.startswith(start))


if __name__ == "__main__":
    sys.exit(main())
