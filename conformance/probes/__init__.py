"""Questions to an instance, and what it answered, as data.

A probe asks one question and returns an observation: a frozen dataclass whose fields are JSON-able, with the exchange
beside them as evidence. It knows no clause and judges nothing, so that a check and a snapshot share it. Whatever the
guard refuses comes through as `Refused`, for the caller to skip with its reason.

| module | question |
| --- | --- |
| `context` | what every probe needs; where collection finds it |
| `records/kinds`, `records/samples`, `records/bodies` | kinds of record, and the bodies that they take |
| `records/creating`, `records/lifecycle`, `records/deletion` | what becomes of a record from create to delete |
| `records/list_bodies`, `records/team_links`, `records/copies` | lists, links, copies |
| `times/zones`, `times/spans`, `times/rounding` | what a local time means in a zone, and how it is rounded |
| `times/round_trips`, `times/timers`, `times/zone_switching` | what comes back of times; what stop and restart do |
| `money/` | what time records cost, who sees it, durations as text, budgets |
| `booleans/` | what becomes of a flag that is absent, false, null, … |
| `lists/` | pages, orders and filters |
| `responses/` | which attributes answers have, and how they fit the definition |
| `refusals/` | how requests are refused, and whether that says something of what was asked |
| `access/` | credentials and tokens; what each role may see and do |
"""

from conformance.probes.context import COLLECTION, Collection, ProbeContext, data_of

__all__ = ["COLLECTION", "Collection", "ProbeContext", "data_of"]
