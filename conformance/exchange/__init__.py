"""The only client to an instance: client, guard, ledger, redaction, recording and clean-up.

    with Client(ClientConfig(url, actors, run_id="7f3a", ledger_path=path), index) as client:
        exchange = client.session(actor).get("/api/customers", params={"visible": 3})
        record = RecordFactory(client).customer(billable=False)
        report = client.cleanup()

| module | what it does |
| --- | --- |
| `table`, `operations`, `kinds` | THE table: what each operation does, to what, and how it is undone |
| `request`, `paths`, `bodies`, `ids`, `credentials` | what a request may mean, in every reading |
| `guard`, `rules/`, `state`, `rights`, `below`, `absent` | what is refused, before it is sent |
| `transport`, `wire`, `reading`, `manners`, `wall` | the way out: bounded, patient, and the only one |
| `ledger`, `bookkeeping` | what the run made, on disk before it exists |
| `cleanup`, `search`, `restoring`, `finishing`, `report` | deleting and putting back, also after a kill |
| `client`, `session`, `recording`, `redaction`, `login`, `records` | what the other rooms use |
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
