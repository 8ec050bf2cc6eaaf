"""Shards of one run, joined to the verdict that it would have given. Nothing is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.model import UsageError
from conformance.run.shards import FORMAT, VERSION, Shard
from conformance.verdict import Event, Verdict, build_verdict
from conformance.verdict.tables import first_problem

_SAME = ("profile", "seed", "write", "strict", "fail_on", "evidence", "min_decided")
_GIVE = "Give the report folders of all shards of one run."


@dataclass(frozen=True)
class ShardFile:
    """One shard as its run left it: what its verdict says of the run, and its events."""

    path: Path
    shard: Shard
    suite: str
    selection: tuple[str, ...]
    context: Mapping[str, Any]
    events: tuple[Event, ...]

    def identity(self) -> dict[str, Any]:
        """Return what all shards of a run have in common, by the words that people know it by."""
        instance, run, plan = (self.context[name] for name in ("instance", "run", "plan"))
        where = instance["url"] if instance["kind"] == "configured" else "the embedded Kimai"
        return {
            "number of shards": self.shard.total,
            "version of kimai-conformance": self.suite,
            "instance": where,
            "version of Kimai": instance["version"],
            "definition": self.context["definition"]["fingerprint"],
            **{name: run[name] for name in _SAME},
            "selection": list(self.selection),
            "list of promised clauses": list(plan["promised"]),
            "list of clauses that are left out": [entry["what"] for entry in plan["left_out"]],
        }


def merged(folders: Sequence[Path], accept: Path | None = None) -> Verdict:
    """Return the verdict on the run whose shards lie in or below these folders.

    Raises UsageError where there is none, one is damaged or there twice, or where they are of different runs. A shard
    that is missing makes the verdict undecided.
    """
    files = shard_files(folders)
    first, *others = files
    for before, file in zip(files, others, strict=False):
        if before.shard == file.shard:
            raise UsageError(f"shard {file.shard} is there twice: {before.path} and {file.path}", "Give one of them.")
    for file in others:
        for name, value in file.identity().items():
            expected = first.identity()[name]
            if value != expected:
                raise UsageError(
                    f"{file.path} is a shard of another run: its {name} is {_words(value)}, that of "
                    f"{first.path} is {_words(expected)}",
                    _GIVE,
                )
    try:
        return build_verdict(_context(files, accept), [event for file in files for event in file.events])
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(
            f"the shards cannot be joined: {first_problem(error)}", "One was changed or cut off."
        ) from None


def shard_files(folders: Sequence[Path]) -> list[ShardFile]:
    """Return the shards in or below these folders, by number. Raises UsageError where there is none."""
    paths: set[Path] = set()
    for folder in folders:
        if not folder.exists():
            raise UsageError(f"{folder} does not exist", _GIVE)
        shards = folder.rglob("shard-*-of-*.jsonl") if folder.is_dir() else (folder,)
        paths.update(path.resolve() for path in shards)
    if not paths:
        raise UsageError(
            f"no shard of a run in {', '.join(map(str, folders))}", f"{_GIVE} They hold shard-1-of-N.jsonl."
        )
    return sorted((_read(path) for path in sorted(paths)), key=lambda file: file.shard)


def _read(path: Path) -> ShardFile:
    try:
        header, *lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        if header["format"] != FORMAT:
            raise ValueError("another kind of file")
        if header["version"] != VERSION:
            raise UsageError(
                f"{path} has the format version {header['version']!r}, and this suite reads {VERSION}",
                "Run and merge with the same version of kimai-conformance.",
            )
        shard = Shard(header["number"], header["total"])
        events = tuple(Event(str(line.pop("kind")), line) for line in lines)
        file = ShardFile(path, shard, header["suite"], tuple(header["selection"]), header["context"], events)
        file.identity()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}", _GIVE) from None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise UsageError(
            f"{path} is not a whole shard of a run", "It was cut off or changed: run that shard again."
        ) from None
    return file


def _words(value: Any) -> str:
    return (", ".join(map(str, value)) or "none") if isinstance(value, list) else str(value)


def _context(files: Sequence[ShardFile], accept: Path | None) -> dict[str, Any]:
    """Return what the verdict says of the run as a whole."""
    first = files[0].context
    runs = [file.context["run"] for file in files]
    safeties = [file.context["safety"] for file in files]
    numbers = {file.shard.number for file in files}
    announced = [line for file in files for line in file.context["plan"]["announcements"]]
    lists = {
        name: [line for safety in safeties for line in safety[name]] for name in ("left_behind", "kept", "remarks")
    }
    return {
        **first,
        "run": {
            **runs[0],
            "partial": bool(files[0].selection),
            "started": min(run["started"] for run in runs),
            "seconds": max(run["seconds"] for run in runs),
            **{name: any(run[name] for run in runs) for name in ("interrupted", "cut_off", "crashed")},
            "shard": "",
            "shards": files[0].shard.total,
            "missing_shards": sorted(set(range(1, files[0].shard.total + 1)) - numbers),
        },
        "plan": {**first["plan"], "announcements": list(dict.fromkeys(announced))},
        "safety": {
            "created": sum(safety["created"] for safety in safeties),
            "deleted": sum(safety["deleted"] for safety in safeties),
            **{name: list(dict.fromkeys(lines)) for name, lines in lists.items()},
        },
        "accept": str(accept) if accept else first.get("accept"),
    }
