"""Where each clause is decided: endpoints and fields of every check, as collected for a bundled definition."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from conformance.definition import Index, bundled
from conformance.probes.records.kinds import kind_named
from conformance.run import child
from conformance.run.capabilities import MISSING
from conformance.run.context import RunContext
from conformance.run.session import write_definition
from conformance.words import ROLES, Actor, Secret, Token

_FIELDS = {"boolean": Index.boolean_fields, "datetime": Index.datetime_fields}
"""Families of clauses that are about fields of one type."""


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
        return _grouped(json.loads(listed.read_text(encoding="utf-8")), definition.index)


def _grouped(items: list[dict[str, str]], index: Index) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for item in items:
        at = endpoints_and_fields(item["check"], item["clause"], item["place"], index)
        found.setdefault(item["clause"], []).extend(
            f"{item['check']} [{each}]" if each else item["check"] for each in at
        )
    return found


def endpoints_and_fields(check: str, clause: str, place: str, index: Index) -> list[str]:
    """Return what an item is about: of a kind of record the endpoints and, where they can be told, the fields.

    Any other place is returned as it is.
    """
    kind = kind_named(index, place)
    if kind is None:
        return [place]
    operations = [each for each in (kind.create, kind.change) if each is not None]
    named = [each for each in operations if check.endswith(f"_in_{each.method.lower()}")] or operations
    fields = _FIELDS.get(clause.partition(".")[0])
    if fields is None:
        return [f"{place}: {', '.join(each.label for each in named)}"]
    return [f"{each.label} {field.path}" for each in named for field in fields(index, each)] or [place]


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
