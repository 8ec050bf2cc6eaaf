"""Finds out who sees everybody's records, before a run makes anything that would take records of others with it.

What reads alone show is said before the first write; then a witness is made and deleted again.
Source: DESIGN, "The guard": who is not shown by a witness to see everybody's records does not see them.
"""

from __future__ import annotations

from conformance.definition import Index
from conformance.exchange import Client, Kind, LedgerError, NoAnswer
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


def shown_witness(context: RunContext, index: Index) -> tuple[str, str]:
    """Return the name of the actor who was shown to see everybody's records, and why nobody was; one of them is "".

    Makes a record of another actor where it takes one, and deletes it. Raises InstanceGone.
    """
    if context.disturbs_nobody:
        return "", ""
    client = Client(client_config(context, context.folder / "ledger-witness.jsonl"), index)
    client.state.asked_by_reads = True  # By `obstacle_by_reads`.
    try:
        witness = client.find_witness()
        client.cleanup()
        return (witness.name if witness else ""), client.state.unseen
    except (LedgerError, NoAnswer) as error:
        return "", f"who sees everybody's records could not be found out: {error}"
    finally:
        client.close()
