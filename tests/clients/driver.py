"""Runs inside the client's own environment: calls tools of kimai-mcp and tells what was sent and answered.

Reads one JSON object from standard input, `url` and `calls` (each with `token`, `tool`, `arguments`), and writes one
line of JSON a call: `requests` (method, path and query, status) and `error`, a text or null. It imports nothing of
this repository.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from typing import Any

from kimai_mcp.client import KimaiClient
from kimai_mcp.tools.registry import dispatch_tool


async def call(url: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """Call one tool with a client of its own."""
    sent: list[list[Any]] = []

    async def note(response: Any) -> None:
        sent.append([response.request.method, response.request.url.raw_path.decode(), response.status_code])

    async with KimaiClient(url, wanted["token"]) as client:
        client._client.event_hooks["response"].append(note)
        try:
            await dispatch_tool(client, wanted["tool"], wanted["arguments"])
        except Exception as error:  # whatever the client makes of an answer is the result
            return {"requests": sent, "error": f"{type(error).__name__}: {error}"}
    return {"requests": sent, "error": None}


async def main() -> None:
    """Call all of them, one after the other."""
    logging.disable(logging.CRITICAL)
    task = json.load(sys.stdin)
    for wanted in task["calls"]:
        print(json.dumps(await call(task["url"], wanted)), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
