"""Deletes that take other records with them: a root is hidden, then looked below, then deleted; or shown again.

Nobody can book on what is hidden, so nothing is added between the look and the DELETE. Where an instance cannot hide
a record, it goes into a team of the run's own, which keeps it from everybody else as well.
Source: DESIGN, "The guard": own parents are hidden before a cascading DELETE and looked below again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conformance.exchange.cleanup.ledger_recorder import mark_deleted
from conformance.exchange.cleanup.search import with_mark
from conformance.exchange.errors import NoAnswer, Refused
from conformance.exchange.guard.classification import ClassifiedRequest
from conformance.exchange.guard.context import GuardContext
from conformance.exchange.guard.ids import AmbiguousRequest
from conformance.exchange.guard.kinds import CASCADING, KINDS, PLURALS, Kind, delete_path
from conformance.exchange.guard.operations import Effect
from conformance.exchange.guard.rules.descendants import leaving
from conformance.exchange.guard.rules.undo import SEEN_BELOW
from conformance.exchange.ownership.descendants import Root, Scan, attached_teams
from conformance.exchange.ownership.identity import ownership_conflict
from conformance.exchange.ownership.ledger import HIDDEN, Key, Ledger, Made, SavedState
from conformance.exchange.ownership.lists import CannotList, Item, shown
from conformance.exchange.ownership.proof import witnessed
from conformance.exchange.records import RecordConnection

_FLAGS = ("visible", "billable", "globalActivities")
"""What a PATCH sends again as it is: by the documentation an absent boolean becomes false."""

_ROOTS = (Kind.CUSTOMER, Kind.ACTIVITY)


@dataclass
class Hidden:
    """A root that is out of people's reach: the number under which the ledger keeps its flags ("" where it was hidden
    already), and why it could not be brought there ("" where it was)."""

    made: Made
    ledger: Ledger
    number: str = ""
    reason: str = ""


class CascadeGate:
    """What happens around each single DELETE that cascades, whoever sends it."""

    def __init__(self, client: RecordConnection) -> None:
        self._client = client

    def prepare(self, call: ClassifiedRequest) -> None:
        """Find out who sees everybody's records before the first write that needs somebody who does."""
        state = self._client.state
        if state.witness or state.unseen or not call.writes or state.config.is_embedded or state.config.read_only:
            return
        creates = call.operation.creates if call.operation else None
        deletes = call.effect in (Effect.DELETE, Effect.CASCADE) and {kind for kind, _ in self._own(call)} & SEEN_BELOW
        if state.ledger and (creates in SEEN_BELOW or deletes):
            self._client.find_witness()

    def _own(self, call: ClassifiedRequest) -> list[Key]:
        try:
            return [made.key for _, made in leaving(call, self._client.state)]
        except AmbiguousRequest:
            return []

    def before(self, call: ClassifiedRequest) -> list[Hidden]:
        """Hide the own, living roots that a request would delete. Raises Refused where one cannot be hidden."""
        concerned = [made for _, made in leaving(call, self._client.state)]
        hidden = [hide(self._client, made) for made in concerned if made.kind in CASCADING]
        failed = next((item.reason for item in hidden if item.reason), "")
        if failed:
            self.after(hidden)
            raise Refused(2, f"{call.label}: {failed}")
        return hidden

    def after(self, hidden: Sequence[Hidden]) -> None:
        """Show again what was hidden and still stands."""
        for item in hidden:
            before = item.ledger.contents.before.get(item.number)
            if before is None:
                continue
            if self._client.state.is_gone(item.made.kind, item.made.ident) or not show_again(self._client, before):
                item.ledger.restored(item.number)


def hide(client: RecordConnection, made: Made, listed: Item | None = None) -> Hidden:
    """Bring a root out of people's reach; its flags are kept in the ledger until it is gone or shown again.

    `listed` is the record as a list just showed it; without, it is read. On the instance that the run started itself
    there is nobody to hide it from.
    """
    ledger = next(entry for entry in client.state.ledgers if entry.claims(made.kind, made.ident))
    hidden = Hidden(made, ledger)
    if client.config.is_embedded:
        return hidden
    status, item = (200, listed) if listed else shown(client.state, made.kind, made.ident, made.actor)
    if item is None:
        hidden.reason = "" if status == 404 else f"it could not be read before it is hidden (GET answered {status})"
        return hidden
    if reason := ownership_conflict(client.state, made, item):
        hidden.reason = reason
    elif foreign := attached_teams(client.state, item):
        hidden.reason = f"team {foreign[0]} is attached to it, which is not of this run"
    elif item.get("visible") is not False:
        _hide(client, hidden, {name: item[name] for name in _FLAGS if isinstance(item.get(name), bool)})
    return hidden


def _hide(client: RecordConnection, hidden: Hidden, flags: Mapping[str, bool]) -> None:
    strongest, path = client.state.strongest, delete_path(*hidden.made.key)
    hidden.number = hidden.ledger.before(strongest.name, path, HIDDEN, {**flags, "visible": True})
    try:
        exchange = client.session(strongest).patch(path, json={**flags, "visible": False}, overhead=True)
    except (Refused, NoAnswer) as error:
        hidden.reason = f"it could not be hidden before: {error}"
        return
    answer = exchange.json_or_none()
    if exchange.ok and isinstance(answer, dict) and answer.get("visible") is False:
        return
    if not _lock_to_team(client, hidden.made):
        hidden.reason = f"it could not be hidden before (PATCH answered {exchange.status})"


def _lock_to_team(client: RecordConnection, made: Made) -> bool:
    """Attach a root to a team of the run's own, whose only member is the strongest actor. Return whether it is."""
    try:
        team = client.records.lock_team()
        session = client.session(client.state.strongest)
        return session.post(f"{team.path}/{PLURALS[made.kind]}/{made.ident}", overhead=True).ok
    except (Refused, NoAnswer):
        return False


def show_again(client: RecordConnection, before: SavedState) -> str:
    """Show a record again that was hidden and stays. Returns why that failed, "" where it did not or it is gone."""
    _, plural, ident = before.path.strip("/").split("/")
    kind = next(kind for kind, facts in KINDS.items() if facts.listing == f"/api/{plural}")
    if client.state.is_gone(kind, int(ident)):
        return ""
    try:
        answer = client.session(client.state.strongest).patch(before.path, json=before.values, overhead=True)
    except (Refused, NoAnswer) as error:
        return f"it is hidden: {error}"
    now = answer.json_or_none() or {}
    if answer.status == 404 or all(now.get(name) == value for name, value in before.values.items()):
        return ""
    return f"it is hidden (PATCH answered {answer.status})"


def delete_cascades(client: RecordConnection, ledgers: Sequence[Ledger]) -> None:
    """Delete each own customer and global activity in one request with all below it, where all of that is the run's.

    What cannot go as a whole is left to be deleted one by one.
    """
    if client.state.witness is None:
        return
    roots = _roots(client.state, ledgers)
    hidden = {root.key: hide(client, root.made, item) for root, item in roots}
    for root, _ in roots:
        root.keep(hidden[root.key].reason)
    standing = [root for root, _ in roots if not root.reason]
    witness = client.state.witness
    assert witness is not None
    scan = Scan(client.state, witness, standing)
    scan.run()
    for root in standing:
        if not client.config.is_embedded:
            scan.last_look(root)
        if not root.reason and _delete(client, root):
            mark_deleted(client.state, {root.key, *root.below})
            if hidden[root.key].number:
                hidden[root.key].ledger.restored(hidden[root.key].number)


def hide_kept(client: RecordConnection, ledgers: Sequence[Ledger]) -> None:
    """Hide for good what `--allow` let be made and nobody can delete; show again what other people's records are below.

    Source: DESIGN, "A run": what was allowed is disabled where it can be.
    """
    state = client.state
    kinds = [kind for kind in KINDS if kind in CASCADING and state.nothing_deletes(kind)]
    kept = [Root(made) for kind in kinds for ledger in ledgers for made in ledger.alive(kind)]
    if not kept or state.witness is None or client.config.is_embedded:
        return
    hidden = [hide(client, root.made) for root in kept]
    for kind in kinds:  # Each kind by itself: what is below a project is noted in it, and in its customer too.
        Scan(state, state.witness, [root for root in kept if root.made.kind is kind]).run()
    for root, item in zip(kept, hidden, strict=True):
        before = item.ledger.contents.before.get(item.number)
        if before is not None and not (root.reason and show_again(client, before)):
            item.ledger.restored(item.number)


def _roots(state: GuardContext, ledgers: Sequence[Ledger]) -> list[tuple[Root, Item]]:
    """Return what could go as a whole, as it was listed, newest first: proved, below nothing, and deletable here."""
    values: list[tuple[Root, Item]] = []
    for kind in _ROOTS:
        alive = [made for ledger in ledgers for made in ledger.alive(kind)]
        if not alive or kind in state.undeletable or not state.lists(f"DELETE {KINDS[kind].delete}"):
            continue
        try:
            listed = with_mark(state, kind, ledgers[0].contents.mark)
        except CannotList:
            continue
        witnessed(state, kind, listed, whole=True)
        items = {item["id"]: item for item in listed if not item.get("project")}
        values += [(Root(made), items[made.ident]) for made in alive if made.ident in items and state.owns(*made.key)]
    return sorted(values, key=lambda pair: pair[0].made.ident, reverse=True)


def _delete(client: RecordConnection, root: Root) -> bool:
    client.state.approved_cascades.add(root.key)
    try:
        exchange = client.session(client.state.strongest).delete(delete_path(*root.key), overhead=True)
        return exchange.ok or exchange.status == 404
    except Refused:
        return False
    finally:
        client.state.approved_cascades.discard(root.key)
