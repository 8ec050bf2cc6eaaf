"""Where each clause is decided: endpoints and fields of every check, as collected for a bundled definition."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from conformance.definition import bundled
from conformance.run import child
from conformance.run.capabilities import MISSING
from conformance.run.context import RunContext
from conformance.run.session import write_definition
from conformance.words import ROLES, Actor, Secret, Token


def places_by_clause() -> dict[str, list[str]]:
    """Return for each clause id its places, as `check [endpoint and field]`; nothing is sent to any instance.

    Raises RuntimeError where the checks cannot be collected.
    """
    with tempfile.TemporaryDirectory(prefix="kimai-conformance-") as name:
        folder = Path(name)
        definition = bundled(None)
        write_definition(definition, folder)
        vault = _context(folder, definition.version or "").write(folder / "context.json")
        listed = folder / "collected.json"
        arguments = child.command(folder / "context.json", folder / "allure", folder / "cache", child.Selection())
        arguments += ["--collect-only", "--kimai-collect", str(listed)]
        process = child.start(arguments, vault, None, folder / "pytest.log")
        if process.wait() or not listed.is_file():
            raise RuntimeError((folder / "pytest.log").read_text(encoding="utf-8", errors="replace"))
        return _grouped(json.loads(listed.read_text(encoding="utf-8")))


def _grouped(items: list[dict[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for item in items:
        place = f"{item['check']} [{item['place']}]" if item["place"] else item["check"]
        found.setdefault(item["clause"], []).append(place)
    return found


def _context(folder: Path, version: str) -> RunContext:
    """Return a run with an actor of each role and everything at hand, at an address where nobody listens."""
    actors = tuple(
        Actor(role.lower(), (Token("none", Secret(role)),), None, number, (role,), "UTC", "en")
        for number, role in enumerate(reversed(ROLES), start=1)
    )
    return RunContext(
        run_id="collect",
        url="http://127.0.0.1:9",
        kind="configured",
        version=version,
        folder=folder,
        actors=actors,
        capabilities=tuple(MISSING),
        read_only=True,
        profile="thorough",
    )
