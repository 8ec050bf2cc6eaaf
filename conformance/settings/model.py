"""The settings in force, with secrets masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from conformance.model import Actor, FailOn, Secret, ShownEvidence

FAIL_ON: tuple[str, ...] = get_args(FailOn)
EVIDENCE: tuple[str, ...] = get_args(ShownEvidence)
AllowClass = Literal["users", "profile", "favourites", "dashboard", "undeletable", "unlisted", "all"]
ALLOW_CLASSES: tuple[str, ...] = get_args(AllowClass)
"""Classes of operations that are off unless allowed. Source: DESIGN, "The guard", rules 3 and 6."""


@dataclass(frozen=True)
class Settings:
    """What to test and how. `url` is None where no setting names an instance: then the embedded Kimai is meant.

    `workers` are processes side by side; None means one, or two on the embedded Kimai, whom no load disturbs, but for
    the smoke profile, whose requests are too few to be shared: each process makes parents of its own.
    `timeout` and `cleanup_seconds` are in seconds, `max_rate` in requests per second. `verify` is True, False or the
    path of a CA file. `min_decided` promises must be decided. `sarif_anchor` is the committed file, relative to the
    repository, to which code scanning attaches findings. `warnings` are about the settings themselves. `sources` says
    for each key that was set where its value came from.
    """

    url: str | None = None
    actors: tuple[Actor, ...] = ()
    definition: Path | None = None
    project: int | None = None
    activity: int | None = None
    verify: bool | str = True
    client_cert: tuple[str, str] | str | None = None
    headers: Mapping[str, Secret] = field(default_factory=dict)
    proxy: Secret | None = None
    timeout: float = 30.0
    allow_http: bool = False
    write: bool = False
    read_only: bool = False
    allow: frozenset[str] = frozenset()
    profile: str = "standard"
    max_requests: int | None = None
    max_rate: float | None = None
    max_seconds: float | None = None
    cleanup_seconds: float = 60.0
    seed: int = 1
    strict: bool = False
    fail_on: str = "new"
    evidence: str = "cut"
    accept: Path | None = None
    report_dir: Path = Path("reports/out")
    history: Path | None = None
    workers: int | None = None
    min_decided: int = 0
    sarif_anchor: str = "kimai-conformance.toml"
    quiet: bool = False
    verbose: bool = False
    warnings: tuple[str, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def embedded(self) -> bool:
        """Whether the run starts its own embedded Kimai."""
        return self.url is None

    @property
    def processes(self) -> int:
        """Number of xdist workers; 0 is no xdist."""
        if self.workers is not None:
            return self.workers
        return 2 if self.embedded and self.profile != "smoke" else 0

    def secrets(self) -> list[Secret]:
        """Return every secret in force, for redaction."""
        results = [t.secret for a in self.actors for t in a.tokens]
        results += [a.password for a in self.actors if a.password]
        results += [*self.headers.values()]
        return results + ([self.proxy] if self.proxy else [])
