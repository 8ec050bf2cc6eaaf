"""`python -m bench.bare FILE URL`: sends kept requests again with httpx alone, one after another on one connection."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

import httpx


def main() -> None:
    """Send all and print how many."""
    requests = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    with httpx.Client(base_url=sys.argv[2], trust_env=False, timeout=60) as client:
        for method, target, headers, body in requests:
            client.request(method, target, headers=headers, content=base64.b64decode(body) or None).read()
    print(len(requests))


if __name__ == "__main__":
    main()
