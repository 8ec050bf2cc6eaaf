"""Findings shown again, as people would: by `replay`, and by the script that a finding carries."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.embedded.server import EmbeddedKimai
from tests import processes

ROLES = ("ROLE_USER", "ROLE_TEAMLEAD", "ROLE_ADMIN", "ROLE_SUPER_ADMIN")


def variables(kimai: EmbeddedKimai) -> dict[str, str]:
    """Return what a person sets for scripts: the URL, and tokens by role, numbered from the second of a role on."""
    values = {"KIMAI_URL": kimai.url}
    counts: dict[str, int] = {}
    for user in sorted(kimai.users, key=_rank, reverse=True):
        role = ROLES[_rank(user)].removeprefix("ROLE_")
        counts[role] = counts.get(role, 0) + 1
        name = f"KIMAI_TOKEN_{role}" + (f"_{counts[role]}" if counts[role] > 1 else "")
        for token in user["tokens"]:
            past = str(token.get("expires_at") or "9999") < "2026"
            values.setdefault("KIMAI_EXPIRED_TOKEN" if past else name, token["token"])
        values.setdefault("KIMAI_PASSWORD", user["password"])
    return values


def _rank(user: Mapping[str, Any]) -> int:
    return max((ROLES.index(role) for role in user["roles"] if role in ROLES), default=0)


@dataclass(frozen=True)
class Shown:
    """What a script printed about the run, and about now; and what it complained of."""

    status: int
    then: str
    now: str
    complaint: str


def shown(script: str, kimai: EmbeddedKimai, shell: str = "sh", **more: str) -> Shown:
    """Run a script against an instance."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KIMAI_")}
    done = processes.run([shell], input=script, env={**environment, **variables(kimai), **more}, timeout=120)
    lines = done.stdout.splitlines()
    at = next((at for at, line in enumerate(lines) if line.startswith(("now ", "before "))), len(lines))
    return Shown(done.returncode, "\n".join(lines[:at]), "\n".join(lines[at:]), done.stderr)


def replayed(finding: Mapping[str, Any], reports: Path, kimai: EmbeddedKimai, *more: str) -> tuple[int, str]:
    """Return exit status and output of `kimai-conformance replay` for a finding."""
    actors = kimai.write_users_file(reports.parent / "replaying.json")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KIMAI_", "PYTEST_"))}
    flags = ["--report", str(reports), "--url", kimai.url, "--actors", str(actors), "--write", *more]
    process = processes.start(
        [sys.executable, "-m", "conformance", "replay", finding["fingerprint"], *flags],
        env={**environment, "KIMAI_CONFORMANCE_STATE": str(reports.parent / "state")},
        cwd=reports.parent,
    )
    words, _ = process.communicate(timeout=1800)
    return process.returncode, words
