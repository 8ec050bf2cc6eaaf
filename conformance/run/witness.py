"""Finds out who sees everybody's records, before a run makes anything that would take records of others with it.

What reads alone show is said before the first write; then a witness is made and deleted again.
Source: DESIGN, "The guard": who is not shown by a witness to see everybody's records does not see them.
"""

from __future__ import annotations

from dataclasses import dataclass

from conformance.definition import Index
from conformance.exchange import Client, Kind, LedgerError, NoAnswer
from conformance.exchange.guard.kinds import CASCADING, KINDS
from conformance.exchange.guard.rules.undo import SEEN_BELOW
from conformance.exchange.ownership.descendants import no_comments_listed
from conformance.exchange.visibility import unseen_by_reads
from conformance.run.context import RunContext
from conformance.run.target import client_config


def obstacle_by_reads(context: RunContext, index: Index) -> str:
    """Return why records with others' below them could not be deleted safely here, "" where nothing speaks against it.

    Sends reads only.
    """
    if context.disturbs_nobody:
        return ""
    with Client(client_config(context, None, read_only=True), index) as client:
        deletable = "DELETE /api/customers/{id}" in index
        return unseen_by_reads(client.state) or (no_comments_listed(client.state, Kind.CUSTOMER) if deletable else "")


@dataclass(frozen=True)
class Shown:
    """The `name` of the actor who was shown to see everybody's records, or why nobody was (`unseen`).

    `undeletable`: kinds of which a record could be made, and was deleted by none of the actors.
    """

    name: str = ""
    unseen: str = ""
    undeletable: tuple[str, ...] = ()


_TRIED = (Kind.CUSTOMER, Kind.ACTIVITY, Kind.TEAM, Kind.TAG)
"""Kinds that a run makes many of, and that do not go with another."""


def shown_witness(context: RunContext, index: Index) -> Shown:
    """Return who was shown to see everybody's records, and what can be deleted.

    Makes a record of another actor where it takes one, and one of each kind, and deletes them: by default the strongest
    may, but an instance may have taken that right from every role. Raises InstanceGone.
    """
    if context.disturbs_nobody:
        return Shown()
    client = Client(client_config(context, context.folder / "ledger-witness.jsonl"), index)
    client.state.asked_by_reads = True  # By `obstacle_by_reads`.
    try:
        witness = client.find_witness()
        client.cleanup()
        if witness is not None:
            _try_deletions(client)
        undeletable = tuple(sorted(client.state.undeletable))
        return Shown(witness.name if witness else "", client.state.unseen, undeletable)
    except (LedgerError, NoAnswer) as error:
        return Shown(unseen=f"who sees everybody's records could not be found out: {error}")
    finally:
        client.close()


def _try_deletions(client: Client) -> None:
    """Note the kinds that nobody here may delete: by what the witness left, and by a record of each other kind."""
    state = client.state
    gone = {kind for ledger in state.ledgers for kind, _ in ledger.contents.gone}
    for kind in _TRIED:
        if state.undeletable & CASCADING:
            # At the end it is shown again who sees everybody's records, which takes records of all these kinds.
            state.undeletable.update(SEEN_BELOW)
        known = kind in state.undeletable or (kind is Kind.CUSTOMER and kind in gone)
        if not known and state.lists(f"DELETE {KINDS[kind].delete}") and not client.try_deletion(kind):
            state.undeletable.add(kind)
