"""What an actor may do to the run's own customers, projects, activities and teams."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from conformance.exchange import Refused, Session
from conformance.model import Actor, Exchange
from conformance.probes.access.auth_targets import listing_of, seen
from conformance.probes.context import ProbeContext
from conformance.probes.records.creating import create, ident
from conformance.probes.records.kinds import Resource
from conformance.probes.records.samples import minimal

NEEDED = {"delete": "edit", "create": "read", "edit": "read", "comments": "read", "see comments": "read"}
"""Which right stands below another; below all that is not named here stands the right to edit."""


@dataclass(frozen=True)
class Attempt:
    """One thing tried on a record: read, create, edit, delete, or another way to change it; and what came of it."""

    what: str
    operation: str
    answer: Exchange
    afterwards: str


def permission_steps(context: ProbeContext, kind: Resource, actor: Actor) -> Mapping[str, Attempt]:
    """Try to read, create, edit, change otherwise and delete a record as an actor. Raises Refused.

    What hangs below a record is tried as the plainest of roles alone, and in smoke only whether they see rates. Empty
    where the strongest actor cannot make a record to try on.
    """
    number = ident(create(context, kind))
    if number is None or kind.read is None or kind.change is None:
        return {}
    return {did.what: did for did in _Steps(context, kind, actor, number).climb()}


class _Steps:
    def __init__(self, context: ProbeContext, kind: Resource, actor: Actor, number: int) -> None:
        assert kind.read is not None
        self.context, self.kind, self.actor = context, kind, actor
        self.session: Session = context.session(actor)
        self.item, self.path = kind.read.path, kind.path(kind.read, number)

    def climb(self) -> Iterator[Attempt]:
        """Try everything, the deletion last."""
        if self.kind.name == "teams" and self.kind.listing is not None:
            # One right lets see teams; the lists of other kinds are everybody's.
            yield Attempt("list", self.kind.listing.label, self.session.get(self.kind.listing.path), "unchanged")
        yield self._read("read", "")
        yield self._create()
        before, body = self._shown(), {"name": self.context.name("edited by another")}
        yield self._changing("edit", "PATCH", "", before, self.session.patch(self.path, json=body))
        if f"POST {self.item}/duplicate" in self.context.index:
            # Before anything hangs below it: a copy brings that along.
            yield self._make("duplicate", "/duplicate", None)
        for tail, sent in (("rates", {"rate": 5}), ("comments", {"message": self.context.name("by another")})):
            if f"POST {self.item}/{tail}" not in self.context.index or self.actor.role != "ROLE_USER":
                continue
            if tail == "rates" or self.context.profile_at_least("standard"):
                yield self._read(f"see {tail}", f"/{tail}")
            if self.context.profile_at_least("standard"):
                yield self._make(tail, f"/{tail}", sent)
                yield from self._remove(tail, sent)
        if self.kind.name == "teams":
            yield from self._join()
        yield from self._delete()

    def _read(self, what: str, tail: str) -> Attempt:
        return Attempt(what, f"GET {self.item}{tail}", self.session.get(self.path + tail), "unchanged")

    def _create(self) -> Attempt:
        body = minimal(self.context, self.kind, owner=self.actor.user_id)
        made = self.session.post(self.kind.create.path, json=body)
        look = listing_of(self.kind, str(body["name"])) if not made.ok else None
        there = seen(self.context, look) if look is not None else []
        return Attempt("create", self.kind.create.label, made, "made" if there else _made(made))

    def _make(self, what: str, tail: str, body: Any) -> Attempt:
        answer = self.session.post(self.path + tail, **({} if body is None else {"json": body}))
        return Attempt(what, f"POST {self.item}{tail}", answer, _made(answer))

    def _remove(self, tail: str, body: Any) -> Iterator[Attempt]:
        """Try to delete what the strongest actor hung below the record."""
        head = f"DELETE {self.item}/{tail}/{{"
        labels = (operation.label for operation in self.context.index.operations)
        label = next((item for item in labels if item.startswith(head) and item.count("/") == head.count("/")), None)
        number = ident(self.context.session().post(f"{self.path}/{tail}", json=body)) if label else None
        if label is None or number is None:
            return
        if f"PATCH {self.item}/{tail}/{{comment}}/pin" in self.context.index:
            pinned = self.session.patch(f"{self.path}/{tail}/{number}/pin")
            changed = "changed" if pinned.ok else "unchanged"
            yield Attempt("pin comments", f"PATCH {self.item}/{tail}/{{comment}}/pin", pinned, changed)
        answer = self.session.delete(f"{self.path}/{tail}/{number}")
        listed = self.context.session().get(f"{self.path}/{tail}").json_or_none()
        there = any(item.get("id") == number for item in listed) if isinstance(listed, list) else True
        yield Attempt(f"delete {tail}", label, answer, "unchanged" if there else "deleted")

    def _join(self) -> Iterator[Attempt]:
        if self.actor.user_id == self.context.strongest.user_id:
            return
        ways = [("join", "members/{userId}", f"members/{self.actor.user_id}")]
        # What access to is given to a team is one code for each kind: each role tries one.
        word = "customers" if self.actor.role == "ROLE_USER" else "projects"
        with suppress(Refused):
            ways.append(("give access", f"{word}/{{{word[:-1]}Id}}", f"{word}/{self.context.parent(word)}"))
        for what, tail, path in ways:
            if f"POST /api/teams/{{id}}/{tail}" in self.context.index:
                before = self._shown()
                answer = self.session.post(f"{self.path}/{path}")
                yield self._changing(what, "POST", f"/{tail}", before, answer)

    def _delete(self) -> Iterator[Attempt]:
        if self.kind.delete is None:
            return
        answer = self.session.delete(self.path)
        there = self.context.session().get(self.path).status == 200
        yield Attempt("delete", self.kind.delete.label, answer, "unchanged" if there else "deleted")
        if there and self.kind.name == "teams":
            # A team changes who is whose lead; all else is left to the clean-up, which looks below many at once.
            self.context.session().delete(self.path)

    def _changing(self, what: str, method: str, tail: str, before: Any, answer: Exchange) -> Attempt:
        afterwards = "unchanged" if before == self._shown() else "changed"
        return Attempt(what, f"{method} {self.item}{tail}", answer, afterwards)

    def _shown(self) -> Any:
        return self.context.session().get(self.path).json_or_none()


def _made(answer: Exchange) -> str:
    return "made" if ident(answer) is not None else "nothing made"
