"""There is one way out: nothing but the exchange opens a connection, and `requests` cannot."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import processes

ROOT = Path(__file__).parents[2]
NETWORK = {
    "httpx",
    "requests",
    "urllib3",
    "urllib.request",
    "http.client",
    "socket",
    "ssl",
    "httpcore",
    "aiohttp",
    "ftplib",
    "smtplib",
}
ALLOWED = ("conformance/exchange/", "conformance/embedded/")
# Schemathesis's requests are prepared, never sent, with the library that the second wall shuts; and its errors caught.
SAFE_NAMES = {
    "conformance/properties": {
        "PreparedRequest",
        "Request",
        "exceptions",
        "RequestException",
        "InvalidURL",
        "LocalProtocolError",
    },
}
HARMLESS = {("http.client", "responses")}


def imports(tree: ast.AST) -> Iterator[tuple[str, str, bool]]:
    """Yield (module, name, renamed) of every import, at any depth; dynamic ones too where the name is written out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "", alias.asname is not None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias.name, True) for alias in node.names)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in ("__import__", "import_module"):
                yield str(node.args[0].value), "", True


def network_of(module: str, name: str) -> str:
    """Return which network module an import brings in, "" for none."""
    if (module, name) in HARMLESS:
        return ""
    parts = [*module.split("."), name]
    prefixes = [".".join(parts[:length]) for length in range(1, len(parts) + 1)]
    return next((prefix for prefix in prefixes if prefix in NETWORK), "")


def forbidden(source: str, place: str) -> list[str]:
    """Return the network modules that a file imports and may not."""
    if any(place.startswith(start) for start in ALLOWED):
        return []
    tree = ast.parse(source)
    safe = next((names for start, names in SAFE_NAMES.items() if place.startswith(start)), set())
    results = []
    for module, name, renamed in imports(tree):
        network = network_of(module, name)
        if network and (renamed or not only_safe_names(tree, network, safe)):
            results.append(f"{place}: {module}")
    return results


def only_safe_names(tree: ast.AST, module: str, safe: set[str]) -> bool:
    """Whether a file takes nothing but safe names from a module, and hands the module to nobody."""
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == module]
    named = [node for node in names if isinstance(node.ctx, ast.Load)]
    attributes = [
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == module
    ]
    return bool(safe) and set(attributes) <= safe and len(attributes) == len(named)


def test_no_other_room_opens_a_connection() -> None:
    results = [
        line
        for folder in ("conformance", "contracts", "reports")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line in forbidden(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())
    ]
    assert results == []


@pytest.mark.parametrize(
    "source",
    [
        "import httpx",
        "import httpx as h",
        "from httpx import Client",
        "def check():\n    import requests.sessions",
        "from urllib import request",
        "from urllib.request import urlopen",
        "from http.client import HTTPConnection",
        "import importlib\nimportlib.import_module('httpx')",
        "__import__('socket')",
    ],
)
def test_the_scan_finds_a_client_in_a_check(source: str) -> None:
    assert forbidden(source, "contracts/test_x.py")


@pytest.mark.parametrize(
    "source", ["import httpx\nhttpx.get(1)", "import requests\nx = requests", "import httpx as h\nh.Client()"]
)
def test_only_harmless_names_are_used_where_some_are_allowed(source: str) -> None:
    assert forbidden(source, "conformance/properties/execution/engine.py")
    assert not forbidden("import httpx\nx = httpx.InvalidURL", "conformance/properties/execution/engine.py")


def test_the_requests_library_cannot_send() -> None:
    script = """
import requests
from conformance.exchange import block_requests_library
from conformance.model import GuardBrokenError
block_requests_library(); block_requests_library()
for send in (lambda: requests.get("http://127.0.0.1:9/"), lambda: requests.Session().post("http://127.0.0.1:9/?token=x"),
             lambda: requests.adapters.HTTPAdapter().send(requests.Request("GET", "http://127.0.0.1:9/").prepare())):
    try:
        send()
    except GuardBrokenError as error:
        assert error.status == 4 and error.hint and "token=x" not in str(error)
        print("refused")
"""
    done = processes.run([sys.executable, "-c", script], timeout=60, check=True)
    assert done.stdout.split() == ["refused"] * 3
