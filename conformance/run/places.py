"""Where each clause is decided: endpoints and fields of every check, as collected for a bundled definition."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from conformance.definition import Index, bundled
from conformance.model import ROLES, Actor, Secret, Token
from conformance.probes.records.kinds import kind_named
from conformance.run import pytest_process
from conformance.run.capabilities import MISSING
from conformance.run.context import RunContext
from conformance.run.session import write_definition

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
        secrets_env = _context(folder, definition.version or "").write(folder / "context.json")
        listed = folder / "collected.json"
        arguments = pytest_process.command(folder / "context.json", folder / "cache", pytest_process.Selection())
        arguments += ["--collect-only", "--kimai-collect", str(listed)]
        process = pytest_process.start(arguments, secrets_env, None, folder / "pytest.log")
        if process.wait() or not listed.is_file():
            raise RuntimeError((folder / "pytest.log").read_text(encoding="utf-8", errors="replace"))
        items = json.loads(listed.read_text(encoding="utf-8"))
        lists: dict[str, list[str]] = {}
        for item in items:
            at = endpoints_and_fields(item["check"], item["clause"], item["place"], definition.index)
            lists.setdefault(item["clause"], []).extend(
                f"{item['check']} [{entry}]" if entry else item["check"] for entry in at
            )
        return lists


def endpoints_and_fields(check: str, clause: str, place: str, index: Index) -> list[str]:
    """Return what an item is about: of a kind of record the endpoints and, where they can be told, the fields.

    Any other place is returned as it is.
    """
    kind = kind_named(index, place)
    if kind is None:
        return [place]
    operations = [element for element in (kind.create, kind.change) if element is not None]
    named = [operation for operation in operations if check.endswith(f"_in_{operation.method.lower()}")] or operations
    fields = _FIELDS.get(clause.partition(".")[0])
    if fields is None:
        return [f"{place}: {', '.join(item.label for item in named)}"]
    return [f"{entry.label} {field.path}" for entry in named for field in fields(index, entry)] or [place]


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
