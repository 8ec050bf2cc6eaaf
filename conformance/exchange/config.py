"""What the client must know of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from conformance.model import Actor, UsageError, mark_of

MIB = 1024 * 1024


def _yes() -> bool:
    return True


@dataclass(frozen=True)
class ClientConfig:
    """Settings of a client.

    `url` is the base, with the path prefix of an instance in a sub-directory. `is_embedded`: the run started it, so
    every class of operation is allowed. `process` tells the names that one process of a run gives from those of the
    others. `timeout` is in seconds and bounds a whole request, `max_rate` is in requests a second, `max_body` in bytes
    after decompression. `ledger_key` seals the ledger. `late_seconds` is how long the clean-up looks for creates that
    got no answer, `patience` how long it tries on what a busy instance, or one that restarts, does not do.
    `tokens_accepted`: each actor's token was accepted before. `witness` names the actor who was shown in this run to
    see everybody's records, `unseen` says why nobody was; `undeletable` are kinds of which a record could be made and
    not be deleted. `alive` returns False once nothing more may be sent.
    `transport` replaces the network in tests.
    """

    url: str
    actors: tuple[Actor, ...]
    run_id: str = "run"
    ledger_path: Path | None = None
    ledger_key: bytes = field(default=b"", repr=False)
    read_only: bool = False
    allow: frozenset[str] = frozenset()
    is_embedded: bool = False
    borrowed_project: int | None = None
    borrowed_activity: int | None = None
    verify: bool | str = True
    cert: str | tuple[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    proxy: str | None = field(default=None, repr=False)
    timeout: float = 30.0
    max_rate: float | None = None
    max_requests: int | None = None
    max_body: int = 8 * MIB
    max_failures: int = 5
    process: str = ""
    late_seconds: float = 60.0
    patience: float = 0.0
    tokens_accepted: bool = False
    witness: str = ""
    unseen: str = ""
    undeletable: frozenset[str] = frozenset()
    alive: Callable[[], bool] = _yes
    transport: httpx.BaseTransport | None = None

    def __post_init__(self) -> None:
        """Raise UsageError for a URL that is no base of an instance, or that has a password in it."""
        url = httpx.URL(self.url)
        if url.scheme not in ("http", "https") or not url.host:
            raise UsageError(f"{self.url!r} is not the URL of an instance", "It begins with https:// or http://.")
        if url.userinfo or url.query or url.fragment:
            raise UsageError(
                "the URL of the instance has a user name, a query or a fragment in it",
                "Give scheme, host, port and path alone.",
            )

    @property
    def mark(self) -> str:
        """What the names of the run's records contain: it says that they are a test's, and of which run."""
        return mark_of(self.run_id)

    def allows(self, group: str) -> bool:
        """Whether operations of a class may be used."""
        return group == "records" or self.is_embedded or group in self.allow or "all" in self.allow
