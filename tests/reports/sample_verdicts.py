"""Small verdicts, made by hand, for every renderer."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from conformance.model import Danger, Level, Place, Status
from conformance.verdict import (
    Clause,
    Clauses,
    Deviation,
    Deviations,
    Event,
    KnownDefect,
    KnownDefects,
    Verdict,
    build_verdict,
)
from conformance.verdict.defects import KnownCause

CORE = ("auth.missing", "datetime.round-trip", "boolean.absent", "attribute.names")
CURL = 'curl -X POST -H "Authorization: Bearer $KIMAI_TOKEN" --data-raw \'{"name": "x"}\' http://k.test/api/customers'
HOSTILE = "</script><script>alert(1)</script>\x00\x1b[31m\u202etxt.exe | `a` ]]> @team <!-- & \ud800 ```\n# h"

CLAUSES = Clauses(
    [
        *(Clause(id=name, level=Level.MUST, title=f"title of {name}", source="REST page") for name in CORE),
        Clause(id="data.patch", level=Level.SHOULD, title="PATCH changes what was sent", source="RFC 5789"),
        Clause(id="boolean.lists", level=Level.NOTE, title="lists", source="REST page"),
        Clause(id="auth.last-usage", level=Level.MUST, title="last usage", source="REST page", observable=False),
        Clause(id="permission.kept", level=Level.MUST, title="rights hold", source="REST page"),
    ]
)

DEVIATIONS = Deviations(
    [
        Deviation(
            id="post-absent", clause="boolean.absent", versions=">=2.63", operations=("POST /api/customers",),
            fields=("visible", "billable"), observed="true", reason="keeps the record's default", reference="2.63",
        )
    ]
)  # fmt: skip


def place(clause: str, status: str = "pass", **more: str) -> Event:
    fields = {"operation": "POST /api/customers", "role": "ROLE_ADMIN", "expected": "false", "got": "false"} | more
    mark, title = fields.pop("fingerprint", "0123456789ab" if status == "fail" else ""), fields.pop("title", "")
    event = asdict(Place(clause=clause, status=Status(status), **fields))
    return Event("place", event | {"fingerprint": mark, "title": title})


def core() -> list[Event]:
    return [Event("start"), *(place(name) for name in CORE), place("boolean.lists", "observed"), Event("end")]


FAILURES = [
    place(
        "boolean.absent", "fail", field="visible", value="absent", got="null", curl=CURL, response='HTTP 200\n{"id": 1}'
    ),
    place("boolean.absent", "fail", field="billable", value="absent", got="null", operation="POST /api/projects"),
    place("data.patch", "fail", got="changed", fingerprint="ffffffffffff", role=""),
]
DEFECTS = KnownDefects(
    [
        KnownDefect(
            id="emptied-name", clause="boolean.absent", versions=">=2.0", operations=("POST /api/customers",),
            cause=KnownCause(place="body", names=("name",), values=("null or an empty text",)), observed=(500,),
            danger=Danger.CRASH, reason="an emptied name breaks it", reference="2.66",
        )
    ]
)  # fmt: skip

KNOWN = [
    place(
        "permission.kept",
        "deviation",
        field="name",
        got="500",
        defect="emptied-name",
        fingerprint="eeeeeeeeeeee",
        curl=CURL,
        reason="an emptied name breaks it",
        title="an emptied name breaks it",
    ),
    place("boolean.absent", "deviation", field="visible", got="true", deviation="post-absent", reason="keeps it"),
    place("boolean.absent", field="billable", deviation="post-absent"),
]


def made(events: list[Event], *, accept: str | None = None, **sections: dict[str, Any]) -> Verdict:
    """Return a verdict; `sections` change the context."""
    context: dict[str, Any] = {
        "instance": {"url": "https://kimai.example/time", "kind": "configured", "version": "2.66.0"},
        "definition": {
            "source": "instance", "exact": True, "fingerprint": "abcdef0123456789", "repairs": [{"pointer": "/x"}],
            "origin": "https://kimai.example/time/api/doc",
        },
        "run": {
            "id": "r1", "profile": "standard", "seed": 7, "partial": False, "started": "2026-11-25T10:00:00+00:00",
            "seconds": 61.25, "strict": False, "write": True,
        },
        "plan": {
            "promised": list(CORE), "announcements": [],
            "left_out": [{"what": "permission.kept", "why": "there is only one actor"}],
            "missing": [{"what": "second-actor", "why": "there is only one actor", "flags": "--actors FILE"}],
        },
        "safety": {"created": 12, "deleted": 12, "left_behind": []},
        "operations": [{"method": "GET", "path": "/api/ping"}, {"method": "POST", "path": "/api/customers"}],
        "accept": accept,
    }  # fmt: skip
    for name, changes in sections.items():
        context[name] = context[name] | changes
    return build_verdict(context, events, CLAUSES, DEVIATIONS, DEFECTS)


def verdicts() -> dict[str, Verdict]:
    """Return one verdict for each word, and an empty run."""
    return {
        "pass": made(core()),
        "known": made([*core(), *KNOWN]),
        "fail": made([*core(), *KNOWN, *FAILURES]),
        "undecided": made(core()[:3], safety={"left_behind": ["customer 7 (kc-r1)"], "deleted": 11}),
        "partial": made([Event("start"), place("auth.missing"), Event("end")], run={"partial": True}),
        "empty": made([]),
    }


OURS = frozenset(
    {
        "status", "level", "danger", "verdict", "kind", "fingerprint", "clause", "clause_ids", "fail_on", "evidence",
        "promised", "undecided", "expires", "id",
    }
)  # fmt: skip
"""Members whose words the schema fixes, so that no hostile one gets as far as a report."""


def wholly_hostile() -> Verdict:
    """Return a verdict with hostile text in every field that the schema leaves open, keys of observations included."""

    def change(value: Any, key: str = "") -> Any:
        if isinstance(value, str):
            return value if key in OURS else HOSTILE
        if isinstance(value, dict):
            return {name: change(item, name) for name, item in value.items()}
        return [change(item, key) for item in value] if isinstance(value, list) else value

    events = [*core(), *KNOWN, *FAILURES, Event("observation", {"name": "x", "data": {"y": "z"}})]
    document = change(made(events, safety={"kept": ["a"], "remarks": ["b"], "left_behind": ["c"]}).document())
    document["observations"] = {HOSTILE: {HOSTILE: HOSTILE}}
    return Verdict.model_validate(document)


def hostile() -> Verdict:
    """Return a verdict in which the instance's texts are hostile."""
    bad = place(
        "data.patch", "fail", field=HOSTILE, value=HOSTILE, got=HOSTILE, reason=HOSTILE, curl=HOSTILE,
        response=HOSTILE, operation="POST /api/x", title=HOSTILE,
    )  # fmt: skip
    note = Event("observation", {"name": HOSTILE, "data": {HOSTILE: HOSTILE}})
    return made([*core(), bad, note], instance={"version": HOSTILE}, safety={"left_behind": [HOSTILE]})
