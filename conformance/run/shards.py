"""A run in parts: which checks a shard takes, and the file that it leaves for `merge`.

A part depends on nothing but the checks that were planned and the seed, so that machines need not know of each other.
Checks of one xdist group stay together, for they share observations or an actor's timer.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import conformance
from conformance.model import Status, UsageError

FORMAT = "kimai-conformance shard"
VERSION = 1
"""Rises when an older reader would misread a file."""

_ANSWERS = ("response", "after", "script")
_TEXT = re.compile(r"([1-9]\d{0,5})/([1-9]\d{0,5})")
_EVIDENCE = frozenset({Status.ERROR, Status.FAIL, Status.ACCEPTED})
"""Whose places keep the instance's answer, as in the verdict."""


@dataclass(frozen=True, order=True)
class Shard:
    """One of `total` parts of a run, counted from 1."""

    number: int
    total: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Return what "2/5" names. Raises UsageError for a part that there is not."""
        match = _TEXT.fullmatch(text.strip())
        if match is None or int(match[1]) > int(match[2]):
            raise UsageError(f"--shard {text!r} names no part of a run", "Write it as 2/5: the second of five parts.")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.number}/{self.total}"

    @property
    def file_name(self) -> str:
        """Name of its file: that of each shard is another, so that they may lie in one folder."""
        return f"shard-{self.number}-of-{self.total}.jsonl"

    def takes(self, units: Sequence[str], seed: int) -> frozenset[str]:
        """Return which units this shard takes; `units` has the unit of each check, once for each of its checks."""
        return frozenset(unit for unit, number in assigned(units, self.total, seed).items() if number == self.number)


def assigned(units: Sequence[str], total: int, seed: int) -> dict[str, int]:
    """Return the shard of each unit: the largest first, each to the shard with the fewest checks so far."""
    sizes = Counter(units)
    loads = [0] * total
    result = {}
    for unit in sorted(sizes, key=lambda name: (-sizes[name], _drawn(name, seed))):
        least = min(range(total), key=loads.__getitem__)
        loads[least] += sizes[unit]
        result[unit] = least + 1
    return result


def _drawn(name: str, seed: int) -> str:
    return hashlib.sha256(f"{seed}/{name}".encode()).hexdigest()


def write_shard(
    directory: Path,
    shard: Shard,
    selection: Sequence[str],
    context: Mapping[str, Any],
    events: Iterable[tuple[str, Mapping[str, Any]]],
) -> None:
    """Write what `merge` needs of a shard into the folder of its reports. No secret may be in it. Raises OSError."""
    header = {
        "format": FORMAT,
        "version": VERSION,
        "suite": conformance.__version__,
        "number": shard.number,
        "total": shard.total,
        "selection": list(selection),
        "context": dict(context),
    }
    lines = [header, *({"kind": kind, **_cut(data)} for kind, data in events if kind != "progress")]
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    (directory / shard.file_name).write_text(text, encoding="utf-8", newline="\n")


def _cut(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event with the instance's answer only where it is evidence of a finding."""
    if "clause" not in data or data.get("status") in _EVIDENCE or data.get("defect"):
        return dict(data)
    return {**data, **{name: "" for name in _ANSWERS if name in data}}
