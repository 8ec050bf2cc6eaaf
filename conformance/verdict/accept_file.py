"""Writes an accept file from a verdict: adds what fails, keeps what still holds, takes out what does not.

Comments and order of an existing file stay.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import tomlkit
from tomlkit.items import AoT

from conformance.model import Status, UsageError
from conformance.verdict.acceptance import Acceptance, load_acceptance
from conformance.verdict.document import FindingResult, Verdict


@dataclass
class Written:
    """What became of an accept file."""

    added: list[FindingResult] = field(default_factory=list)
    kept: list[Acceptance] = field(default_factory=list)
    pruned: list[tuple[Acceptance, str]] = field(default_factory=list)


def write_acceptances(
    path: Path, verdict: Verdict, reason: str, expires: date, day: date, only: Collection[str] = ()
) -> Written:
    """Accept the failing findings of a verdict, or `only` those of some fingerprints, in an accept file.

    Entries that have expired by `day`, and those of findings that a verdict which shows all lacks, are taken out.
    Raises UsageError for a bad file, an unknown fingerprint, a day that has passed, and a file that cannot be written.
    """
    if expires < day:
        raise UsageError(f"--expires {expires} has passed", "Give a day to come: an acceptance is for a while.")
    if not reason.strip():
        raise UsageError("--reason is empty", "Say why it is accepted, for whoever reads the file next year.")
    open_ones = [finding for finding in verdict.findings if finding.status == Status.FAIL]
    if unknown := sorted(set(only) - {finding.fingerprint for finding in open_ones}):
        raise UsageError(
            f"the verdict has no failing finding {', '.join(unknown)}",
            f"It has {', '.join(finding.fingerprint for finding in open_ones) or 'none'}.",
        )
    chosen = [finding for finding in open_ones if not only or finding.fingerprint in only]
    existing = load_acceptance(path) if path.exists() else []
    result = _sorted(existing, verdict, day)
    names = {entry.fingerprint for entry in result.kept}
    result.added = [finding for finding in chosen if finding.fingerprint not in names]
    _write(path, result, reason.strip(), expires)
    return result


def _sorted(existing: Collection[Acceptance], verdict: Verdict, day: date) -> Written:
    """Return which entries are kept, and which are taken out and why."""
    marks = {finding.fingerprint for finding in verdict.findings}
    marks |= {clause.fingerprint for clause in verdict.clauses} | {entry.fingerprint for entry in verdict.accepted.used}
    result = Written()
    for entry in existing:
        if not entry.holds_on(day):
            result.pruned.append((entry, f"expired on {entry.expires}"))
        elif verdict.shows_all and entry.fingerprint not in marks:
            result.pruned.append((entry, "the run did not show it"))
        else:
            result.kept.append(entry)
    return result


def _write(path: Path, result: Written, reason: str, expires: date) -> None:
    text = path.read_text(encoding="utf-8") if path.exists() else _HEAD
    document = tomlkit.parse(text)
    entries = document.get("accept")
    table = entries if isinstance(entries, AoT) else tomlkit.aot()
    gone = {entry.fingerprint for entry, _ in result.pruned}
    for index in reversed([index for index, entry in enumerate(table) if entry["fingerprint"] in gone]):
        del table[index]
    for finding in result.added:
        entry = tomlkit.table()
        entry.add(tomlkit.comment(_comment(finding)))
        entry.add("fingerprint", finding.fingerprint)
        entry.add("reason", reason)
        entry.add("expires", expires)
        entry.add(tomlkit.nl())
        table.append(entry)
    if not isinstance(entries, AoT) and len(table):
        document["accept"] = table
    if not len(table):
        document.pop("accept", None)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(tomlkit.dumps(document), encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}", "Give another --out.") from None


_HEAD = "# Findings of this instance that its people know: read with --accept.\n\n"


def _comment(finding: FindingResult) -> str:
    """Return what a finding is, in one line without control characters, which no comment may hold."""
    text = f"{finding.danger}: {finding.clause}: {finding.title}: expected {finding.expected}, got {finding.got}"
    shown = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(shown.split())[:200]
