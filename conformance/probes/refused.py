"""Whether a write that was refused for its credentials changed anything: looked up afterwards with good ones.

Aimed at the run's own records, so that it would do no harm if it were let in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conformance.exchange import Credentials
from conformance.probes.credentials import Answer, answered
from conformance.probes.kinds import Kind
from conformance.probes.lab import Lab
from conformance.probes.making import attribute, create, ident
from conformance.probes.samples import minimal
from conformance.words import Actor


@dataclass(frozen=True)
class Attempt:
    """One write with bad credentials, and what was seen afterwards: "unchanged", or what happened."""

    answer: Answer
    afterwards: str


def attempt_change(lab: Lab, kind: Kind, word: str, actor: Actor, credentials: Credentials) -> Attempt | None:
    """Try to change an own record. None where no record of the kind can be made, changed and read."""
    number = _target(lab, kind)
    if number is None or kind.change is None or kind.read is None:
        return None
    field = "description" if kind.name == "timesheets" else "name"
    before = _read(lab, kind, number, field)
    sent = lab.name("changed with bad credentials")
    session = lab.session(actor).with_credentials(credentials)
    exchange = session.patch(kind.path(kind.change, number), json={field: sent})
    after = _read(lab, kind, number, field)
    return Attempt(answered(kind.change.label, word, actor, exchange), "unchanged" if after == before else "changed")


def attempt_delete(lab: Lab, kind: Kind, word: str, actor: Actor, credentials: Credentials) -> Attempt | None:
    """Try to delete an own record. None where no record of the kind can be made, deleted and read."""
    number = _target(lab, kind)
    if number is None or kind.delete is None or kind.read is None:
        return None
    session = lab.session(actor).with_credentials(credentials)
    exchange = session.delete(kind.path(kind.delete, number))
    status = lab.session().get(kind.path(kind.read, number)).status
    if status == 404:
        lab.kept.pop(f"bad credentials {kind.name}", None)
    return Attempt(answered(kind.delete.label, word, actor, exchange), "unchanged" if status == 200 else "deleted")


def attempt_create(lab: Lab, kind: Kind, word: str, actor: Actor, credentials: Credentials) -> Attempt | None:
    """Try to create a record. None where the kind has no list to look for it in."""
    if kind.listing is None or kind.parent is not None or kind.name not in ("customers", "projects", "activities"):
        return None
    body = minimal(lab, kind)
    session = lab.session(actor).with_credentials(credentials)
    exchange = session.post(kind.create.path, json=body)
    listed = lab.session().get(kind.listing.path, params={"term": body["name"], "visible": 3}).json_or_none()
    names = [attribute(item, "name") for item in listed] if isinstance(listed, list) else []
    return Attempt(
        answered(kind.create.label, word, actor, exchange), "created" if body["name"] in names else "unchanged"
    )


def existing(lab: Lab, kind: Kind) -> int | None:
    """Return the id of the own record that bad credentials are tried on; None where none can be made."""
    return _target(lab, kind)


def _target(lab: Lab, kind: Kind) -> int | None:
    return lab.once(f"bad credentials {kind.name}", lambda: ident(create(lab, kind)))


def _read(lab: Lab, kind: Kind, number: int, field: str) -> Any:
    assert kind.read is not None
    return attribute(lab.session().get(kind.path(kind.read, number)).json_or_none(), field)
