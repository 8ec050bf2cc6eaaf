"""The only client to an instance: client, guard, ledger, redaction, recording and clean-up.

    with Client(ClientConfig(url, actors, run_id="7f3a", ledger_path=path), index) as client:
        exchange = client.session(actor).get("/api/customers", params={"visible": 3})
        record = RecordFactory(client).customer(billable=False)
        report = client.cleanup()

| module | what it does |
| --- | --- |
| `guard/table`, `guard/operations`, `guard/kinds` | THE table: what each operation does, and how it is undone |
| `guard/classification`, `guard/paths`, `guard/bodies`, `guard/ids` | what a request may mean, in every reading |
| `guard/guard`, `guard/rules/`, `guard/context`, `guard/rights` | what is refused, before it is sent |
| `ownership/` | what is the run's own: ledger, evidence, proof, and what hangs below |
| `cleanup/` | the ledger kept complete; deleting and putting back, also after a kill |
| `network/` | the way out: bounded, patient, and the only one; redaction and recording |
| `evidence/` | what a finding shows: scripts and cut answers |
| `client`, `session`, `records`, `visibility` | what the other rooms use; who sees everybody's records |
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
