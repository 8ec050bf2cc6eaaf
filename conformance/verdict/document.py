"""The verdict as typed data: the one model of all reports. verdict.json and its JSON Schema are made of it.

A reader gets one from `read_verdict`, a run from `build_verdict`. New members have defaults, so that verdicts of
earlier runs with the same `schema_version` can still be read.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from conformance.model import Danger, Exit, FailOn, Level, ShownEvidence, Status, UsageError
from conformance.verdict.clauses import FAMILIES

SCHEMA_VERSION: Literal[1] = 1
"""Version of verdict.json; it rises when a reader would have to change."""

Count = Annotated[int, Field(ge=0)]
ClauseId = Annotated[str, StringConstraints(pattern=rf"^({'|'.join(FAMILIES)})\.")]
Fingerprint = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{12})?$")]


class Word(enum.StrEnum):
    """The verdict for people. PARTIAL: a selection in which nothing failed, which says nothing about the whole."""

    PASS = "PASS"
    KNOWN = "PASS WITH KNOWN"
    FAIL = "FAIL"
    UNDECIDED = "UNDECIDED"
    PARTIAL = "PARTIAL"


class Part(BaseModel):
    """A part of the verdict: frozen, and unknown members are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Instance(Part):
    """What was tested. `embedded` is the Kimai that the run itself started; `version` is None where it is not known."""

    url: str
    kind: Literal["embedded", "configured"]
    version: str | None


class Repair(Part):
    """One repair of the definition: where, why, and the JSON values before and after, None where there was none."""

    pointer: str
    what: str = ""
    before: Any = None
    after: Any = None


class UsedDefinition(Part):
    """The definition that the instance was held against. `exact`: it is that of the instance's own version."""

    source: str
    exact: bool | None = None
    fingerprint: str | None
    repairs: list[Repair]
    origin: str | None = None


class Run(Part):
    """How the run was made, by which version of the suite. `check_seconds` is how long the checks of a clause took,
    `case_seconds` how long its cases did, each an operation with a role: "GET /api/tags as ROLE_USER".

    `min_decided` promises had to be decided. `evidence` is `cut` where answers are cut to what is judged and to the
    run's own records.

    `crashed` and `unfit` say why its outcome cannot be trusted, empty where it can. `shard` is "2/5" in the verdict of
    one part; in that of all parts `shards` says how many there are, and `missing_shards` which were not given.
    """

    id: str
    profile: str
    seed: int | None
    partial: bool
    started: str
    seconds: Annotated[float, Field(ge=0)]
    requests: Count
    suite_version: str = ""
    check_seconds: dict[ClauseId, float] = {}
    case_seconds: dict[ClauseId, dict[str, float]] = {}
    strict: bool
    fail_on: FailOn = "new"
    min_decided: Count = 0
    evidence: ShownEvidence = "full"
    write: bool
    interrupted: bool
    cut_off: bool
    crashed: str
    selection_empty: bool
    unfit: str
    notes: list[str]
    shard: str = ""
    shards: Count = 0
    missing_shards: list[int] = []


class LeftOut(Part):
    """What a plan leaves out, or lacks: why, and the flags that would add it."""

    what: str
    why: str
    flags: str | list[str] = ""


class Plan(Part):
    """What the run was to decide: ids of promised clauses, what is left out, and capabilities that are missing."""

    promised: list[ClauseId] = []
    left_out: list[LeftOut] = []
    missing: list[LeftOut] = []
    announcements: list[str] = []


class StatusCounts(Part):
    """How many there are of each status."""

    error: Count = 0
    fail: Count = 0
    unsteady: Count = 0
    accepted: Count = 0
    deviation: Count = 0
    passed: Annotated[Count, Field(alias="pass")] = 0
    observed: Count = 0
    skipped: Count = 0

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True, validate_by_alias=True)

    def __getitem__(self, status: str) -> int:
        number: int = getattr(self, "passed" if status == Status.PASS else status)
        return number


class FamilyCounts(StatusCounts):
    """The same for a family, with its MUST clauses and how many of them were decided."""

    must: Count = 0
    must_decided: Count = 0


class FindingCounts(Part):
    """How many findings fail, are accepted, are known of the release, are new."""

    fail: Count = 0
    unsteady: Count = 0
    accepted: Count = 0
    known: Count = 0
    new: Count = 0


class Summary(Part):
    """The verdict in a word, the exit status and the reasons; until they are concluded, it is undecided.

    `sentence` tells people what the verdict means and how much was asked. Of `decidable` MUST and SHOULD clauses, those
    observable here, `decided` were decided: `kept` are kept, `broken` are not, the rest is known, accepted or unsteady.
    `operations_asked` of `operations` of the definition were asked anything. `known` tells how much of what was found
    is known of the release.
    """

    verdict: Word = Word.UNDECIDED
    exit_status: Exit = Exit.CRASH
    sentence: str = ""
    reasons: list[str] = []
    clauses: dict[Level, StatusCounts]
    families: dict[str, FamilyCounts]
    decided: Count
    decidable: Count
    kept: Count = 0
    broken: Count = 0
    operations: Count = 0
    operations_asked: Count = 0
    undecided: list[ClauseId]
    findings: FindingCounts
    known: str


class PlaceResult(Part):
    """Where a clause was decided, and how; as `conformance.model.Place`, with the fingerprint of its finding.

    `node` is the check that decided it, as pytest names it, `after` has those that made what its request rests on, one
    a line; `script` shows a failure by itself, with curl in a shell.
    """

    status: Status
    operation: str
    field: str
    role: str
    value: str
    expected: str
    got: str
    reason: str
    curl: str
    response: str
    deviation: str
    defect: str
    fingerprint: Fingerprint
    node: str = ""
    after: str = ""
    script: str = ""


class ClauseProof(Part):
    """How many `alterations` of what was observed were judged again, offline, and how many `turned` the judgement.

    `unaltered` checks could not judge again without asking. A pass that nothing turned is vacuous: it is not decided.
    """

    alterations: Count = 0
    turned: Count = 0
    unaltered: Count = 0


class ClauseResult(Part):
    """One documented promise, and how it was decided. `url` is where the promise can be read."""

    id: ClauseId
    level: Level
    family: str
    title: str
    source: str
    url: str = ""
    status: Status
    reason: str
    fingerprint: Fingerprint
    promised: bool
    observable: bool
    decided: bool
    undecided: bool
    proof: ClauseProof = ClauseProof()
    places: list[PlaceResult]


class FindingResult(Part):
    """One defect, folded by cause. `known`: of the release, by the entry `defect`.

    `field` is the attribute that is judged in `response`, "" where the answer as a whole is. `nodes` are the checks
    that show it, `after` those that made what the first one's request rests on; `script` shows it by itself, with curl
    in a shell.
    """

    clause: ClauseId
    clause_ids: list[ClauseId]
    level: Level
    title: str
    fingerprint: Fingerprint
    status: Status
    known: bool
    defect: str
    danger: Danger
    field: str = ""
    expected: str
    got: str
    reason: str
    curl: str
    response: str
    places: list[str]
    nodes: list[str] = []
    after: list[str] = []
    script: str = ""


class OperationResult(Part):
    """An operation of the definition: what the property tests sent to it, and what it answered, by status.

    `places` counts where checks decided or observed something of it.
    """

    method: str
    path: str
    requests: Count
    accepted: Count
    statuses: dict[str, Count]
    places: Count = 0
    outcome: str
    reason: str

    @property
    def label(self) -> str:
        """The operation as everywhere else: "METHOD /path"."""
        return f"{self.method} {self.path}"


class SeenDeviation(Part):
    """A known departure of the release. `whole`: it is stale at every place that it names."""

    id: str
    clause: ClauseId
    versions: str
    reason: str
    reference: str
    observed: list[str]
    places: list[str]
    whole: bool = False


class SeenDeviations(Part):
    """The known departures that occurred, and those that did not where they were looked for."""

    seen: list[SeenDeviation]
    stale: list[SeenDeviation]


class SeenDefect(Part):
    """A known defect of the release."""

    id: str
    clause: ClauseId
    versions: str
    danger: Danger
    reason: str
    reference: str
    cause: str
    observed: list[str]
    places: list[str]


class SeenDefects(Part):
    """The known defects that occurred, those that did not, and those that a thorough run did not show."""

    seen: list[SeenDefect]
    unseen: list[SeenDefect]
    stale: list[SeenDefect]


class AcceptedFinding(Part):
    """An entry of the accept file."""

    fingerprint: Fingerprint
    reason: str
    expires: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\d$")]


class AcceptedFindings(Part):
    """The entries of the accept file, by whether they were used. `file` is its path, "" where there is none."""

    file: str
    used: list[AcceptedFinding]
    unused: list[AcceptedFinding]
    expired: list[AcceptedFinding]


class Safety(Part):
    """What the run did to the instance. `refused` counts requests that the guard did not send.

    `left_behind` names records that should be gone; `kept` those that --allow said may stay; `remarks` is what was
    noticed while cleaning up; `guard_broken` says how the guard failed, "" where it held.
    """

    created: Count
    deleted: Count
    refused: Count
    refused_by_rule: dict[str, Count] = {}
    left_behind: list[str]
    kept: list[str] = []
    remarks: list[str] = []
    guard_broken: str = ""


class Verdict(Part):
    """Verdict of a kimai-conformance run."""

    schema_version: Literal[1] = SCHEMA_VERSION
    instance: Instance
    definition: UsedDefinition
    run: Run
    plan: Plan
    summary: Summary
    clauses: list[ClauseResult]
    findings: list[FindingResult]
    operations: list[OperationResult]
    observations: dict[str, Any]
    deviations: SeenDeviations
    known_defects: SeenDefects
    accepted: AcceptedFindings
    safety: Safety

    @property
    def shows_all(self) -> bool:
        """Whether what it lacks is gone: a whole run that might write, of the profile standard or thorough."""
        run = self.run
        ended = run.interrupted or run.cut_off or run.crashed or bool(run.unfit or run.missing_shards)
        return run.write and run.profile != "smoke" and not (run.partial or run.shard or ended)

    def document(self) -> dict[str, Any]:
        """Return it as JSON data. Its texts may hold what UTF-8 does not allow, for instances send that too."""
        return self.model_dump()

    def changed(self, change: Callable[[dict[str, Any]], Mapping[str, Any]]) -> Self:
        """Return the verdict that `change` makes of its JSON data."""
        return self.model_validate(change(self.document()))


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of verdict.json: what a run writes has every member."""
    schema = Verdict.model_json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:kimai-conformance:verdict:{SCHEMA_VERSION}",
        **schema,
    }


def read_verdict(path: Path) -> Verdict:
    """Return the verdict in a file, or in a folder of reports.

    Raises UsageError, naming the file and what is wrong, where there is none, where it was cut off, where it is of
    another schema version, and where it is no verdict.
    """
    path = path / "verdict.json" if path.is_dir() else path
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}", _WHICH) from None
    except ValueError:
        raise UsageError(f"{path} is not a verdict.json: it is no text", _WHICH) from None
    return parse_verdict(text, path)


def parse_verdict(text: str, path: Path) -> Verdict:
    """Return the verdict in a text that came from `path`. Raises UsageError as `read_verdict` does."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise UsageError(f"{path} is not a whole JSON file: it was cut off, or is something else", _AGAIN) from None
    version = document.get("schema_version") if isinstance(document, dict) else None
    if isinstance(version, int) and version != SCHEMA_VERSION:
        raise UsageError(
            f"{path} has schema version {version}; this version of kimai-conformance reads version {SCHEMA_VERSION}",
            "Read it with the version of kimai-conformance that wrote it, or run again.",
        )
    try:
        return Verdict.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the whole file"
        raise UsageError(f"{path} is no verdict of kimai-conformance: {where}: {first['msg']}", _WHICH) from None


_WHICH = "Give the verdict.json that `kimai-conformance run` wrote into its report folder, or that folder."
_AGAIN = f"{_WHICH} If its run was killed while it wrote, run again."
