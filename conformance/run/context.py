"""What a pytest child must know of its run, as a file without secrets; those travel in the environment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from conformance.model import Actor, Secret, Token, UsageError

SECRETS_VARIABLE = "KIMAI_CONFORMANCE_SECRETS"
"""Name of the variable that carries the secrets to the child. It is taken out of the environment when read."""


@dataclass(frozen=True)
class RunContext:
    """One run: whom to ask, what was planned, where to write.

    `folder` holds definition.json, the ledgers and the events. `capabilities` are the words of
    `conformance.run.capabilities`. `version` is the instance's, empty where it does not say. `witness` names the actor
    who was shown to see everybody's records, `unseen` says why nobody was; `undeletable` are the kinds of which a
    record could be made and not be deleted.
    """

    run_id: str
    url: str
    kind: str
    version: str
    folder: Path
    actors: tuple[Actor, ...]
    capabilities: tuple[str, ...] = ()
    promised: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    definition: Mapping[str, Any] = field(default_factory=dict)
    timesheet_config: Mapping[str, Any] = field(default_factory=dict)
    busy: tuple[str, ...] = ()
    project: int | None = None
    activity: int | None = None
    read_only: bool = False
    allow: tuple[str, ...] = ()
    profile: str = "standard"
    fail_on: str = "new"
    evidence: str = "cut"
    seed: int = 1
    max_requests: int | None = None
    max_rate: float | None = None
    cleanup_seconds: float = 60.0
    timeout: float = 30.0
    verify: bool | str = True
    client_cert: tuple[str, str] | str | None = None
    headers: Mapping[str, Secret] = field(default_factory=dict)
    proxy: Secret | None = None
    witness: str = ""
    unseen: str = ""
    undeletable: tuple[str, ...] = ()

    @property
    def own_instance(self) -> bool:
        """Whether the run itself started the instance."""
        return self.kind == "embedded"

    @property
    def disturbs_nobody(self) -> bool:
        """Whether a run only reads, or has an instance to itself."""
        return self.read_only or self.own_instance

    def secrets(self) -> list[Secret]:
        """Return every secret of the run, for redaction."""
        results = [t.secret for a in self.actors for t in a.tokens]
        results += [a.password for a in self.actors if a.password]
        results += list(self.headers.values())
        return results + ([self.proxy] if self.proxy else [])

    def write(self, path: Path) -> dict[str, str]:
        """Write the context to `path` and return the environment that carries its secrets."""
        secrets: list[str] = []
        path.write_text(json.dumps(_plain(self, secrets), indent=1), encoding="utf-8")
        return {SECRETS_VARIABLE: json.dumps(secrets)}

    @classmethod
    def read(cls, path: Path, secrets_text: str) -> RunContext:
        """Return the context written to `path`. Raises UsageError where file or secrets are damaged."""
        try:
            secrets = [Secret(text) for text in json.loads(secrets_text)]
            data = _filled(json.loads(path.read_text(encoding="utf-8")), secrets)
        except (OSError, ValueError, IndexError) as error:
            raise UsageError(f"the run's context {path} cannot be read: {error}", "Start the run again.") from None
        data["folder"] = Path(data["folder"])
        data["actors"] = tuple(_actor(entry) for entry in data["actors"])
        if isinstance(data["client_cert"], list):
            data["client_cert"] = tuple(data["client_cert"])
        for key in ("capabilities", "promised", "busy", "allow", "undeletable"):
            data[key] = tuple(data[key])
        return cls(**data)


def _plain(value: Any, secrets: list[str]) -> Any:
    """Return JSON-able data in which each secret is its place among the secrets."""
    if isinstance(value, Secret):
        secrets.append(value.reveal())
        return {"$secret": len(secrets) - 1}
    if is_dataclass(value) and not isinstance(value, type):
        return {entry.name: _plain(getattr(value, entry.name), secrets) for entry in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item, secrets) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, secrets) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Path) else value


def _filled(value: Any, secrets: list[Secret]) -> Any:
    if isinstance(value, dict):
        return secrets[value["$secret"]] if "$secret" in value else {k: _filled(v, secrets) for k, v in value.items()}
    return [_filled(item, secrets) for item in value] if isinstance(value, list) else value


def _actor(entry: dict[str, Any]) -> Actor:
    tokens = tuple(
        Token(t["name"], t["secret"], datetime.fromisoformat(t["expires_at"]) if t["expires_at"] else None)
        for t in entry["tokens"]
    )
    return Actor(**{**entry, "tokens": tokens, "roles": tuple(entry["roles"])})
