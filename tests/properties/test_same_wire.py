"""One seed, the same requests on the wire, whatever ran before them: what one process sends does not sway another's."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from conformance.definition import Definition
from conformance.embedded.server import EmbeddedKimai
from conformance.exchange import Client, ClientConfig, RecordFactory
from conformance.model import Exchange
from conformance.properties.execution.runner import PropertyRunner

from .test_embedded import actors_of

LABELS = ("POST /api/customers", "PATCH /api/customers/{id}", "POST /api/tags", "GET /api/tags/find")
_COUNTED = r"(?:gw\d+-)?\d+"
SERIAL = re.compile(rf"(?<=unit )[0-9a-f]{{6}}\b|(?<=[a-z][ +]){_COUNTED}|(?<=/)\d+|\"number\": *(\"[^\"]*\"|\d+)")
"""What differs by name, id or number."""


def _masked(exchange: Exchange) -> str:
    body = (exchange.request_body or b"").decode("utf-8", "replace")
    return SERIAL.sub("#", f"{exchange.method} {exchange.target} {body}")


def _wire(labels: tuple[str, ...], folder: Path, definition: Definition) -> Counter[str]:
    sent: Counter[str] = Counter()
    with EmbeddedKimai() as kimai:
        actors = actors_of(kimai)
        config = ClientConfig(kimai.url, actors, run_id="unit", ledger_path=folder / f"{labels[0][:4]}.jsonl")
        with Client(config, definition.index) as client:
            workshop = PropertyRunner(client, RecordFactory(client), definition, actors, 1, 1000)
            client.listeners.append(lambda exchange: sent.update([_masked(exchange)]))
            for label in labels:
                workshop.run(label)
    return sent


def test_what_ran_before_changes_no_request(tmp_path: Path, definition: Definition) -> None:
    one = _wire(LABELS, tmp_path, definition)
    other = _wire(LABELS[::-1], tmp_path, definition)
    assert one.total() > 100
    assert one - other == other - one == Counter()
