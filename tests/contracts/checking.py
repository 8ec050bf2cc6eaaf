"""One check alone on an embedded Kimai: what tests of checks and of probes need for it."""

from __future__ import annotations

import dataclasses
import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from conformance.definition import Definition, Index, load
from conformance.embedded.openapi import definition as generated
from conformance.embedded.server import EmbeddedKimai
from conformance.exchange import Client, ClientConfig, RecordFactory
from conformance.model import Actor, Place, Secret, Token
from conformance.probes import ProbeContext
from conformance.verdict import Judge, load_clauses, load_deviations

VERSION = "2.66.0"
STRENGTH = ["ROLE_SUPER_ADMIN", "ROLE_ADMIN", "ROLE_TEAMLEAD", "ROLE_USER"]


class Places:
    """A writer that forgets."""

    def place(self, place: Place, *, fingerprint: str = "", title: str = "") -> None:
        """Take a place."""

    def observation(self, name: str, data: Any) -> None:
        """Take an observation."""


def definition_in(folder: Path) -> Definition:
    """Return the definition of an embedded Kimai, read from a file in this folder."""
    path = folder / "openapi.json"
    path.write_text(json.dumps(generated(VERSION)), encoding="utf-8")
    return load(str(path))


def actors(kimai: EmbeddedKimai) -> tuple[Actor, ...]:
    """Return the users of an embedded Kimai, strongest first."""
    results = []
    for number, user in enumerate(kimai.users, 1):
        tokens = tuple(
            Token(str(token["name"]), Secret(str(token["token"])))
            for token in user["tokens"]
            if not token.get("expires_at")
        )
        roles = tuple(user["roles"]) or ("ROLE_USER",)
        results.append(Actor(user["username"], tokens, None, number, roles, user["timezone"]))
    return tuple(sorted(results, key=lambda actor: STRENGTH.index(actor.role)))


@contextmanager
def probe_context(
    definition: Definition,
    folder: Path,
    *faults: str,
    settings: Mapping[str, str] | None = None,
    emulate: str = VERSION,
) -> Iterator[ProbeContext]:
    """Give a context on an embedded Kimai with these faults, settings and version, in the smoke profile."""
    with EmbeddedKimai(faults=faults, settings=settings, emulate=emulate) as kimai:
        config = ClientConfig(kimai.url, actors(kimai), "t1", folder / "ledger.jsonl", is_embedded=True)
        with Client(config, Index.of(definition.document)) as client:
            context = ProbeContext(
                client,
                RecordFactory(client),
                Index.of(definition.document),
                definition,
                actors(kimai),
                "smoke",
                1,
                {},
                emulate,
            )
            result = context.session().get("/api/config/timesheet").json_or_none() if settings else {}
            yield dataclasses.replace(context, timesheet=result)


def run(context: ProbeContext, check: Callable[..., None], **labels: str) -> list[Place]:
    """Run a check with the judge of its clause, and return every place it decided."""
    mark = next(mark for mark in check.pytestmark if mark.name == "clause")  # type: ignore[attr-defined]
    judge = Judge(mark.args[0], load_clauses(), load_deviations(), getattr(context, "version", VERSION), Places())
    values: dict[str, Any] = {"context": context, "judge": judge, "events": Places(), **labels}
    check(**{name: values[name] for name in inspect.signature(check).parameters})
    return [place for item in (judge, *judge._others.values()) for place in item.places]


def labelled(context: ProbeContext, labels: dict[str, Any]) -> dict[str, str]:
    """Return labels with actors by their place: strongest first."""
    return {name: context.actors[item].name if isinstance(item, int) else item for name, item in labels.items()}
