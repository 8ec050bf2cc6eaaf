"""Questions to an instance, and what it answered, as data.

A probe asks one question and returns an observation: a frozen dataclass whose fields are JSON-able, with the exchange
beside them as evidence. It knows no clause and judges nothing, so that a check and a snapshot share it. Whatever the
guard refuses comes through as `Refused`, for the caller to skip with its reason.

| module | question |
| --- | --- |
| `context` | what every probe needs; where collection finds it |
| `kinds`, `samples` | which kinds of record there are, and which bodies they take |
| `zones`, `days`, `rounding` | what a local time means in a zone; which ones tell; how the instance rounds |
| `credentials` | what an operation answers to bad credentials |
| `times`, `time_filters`, `timers` | what comes back of times; what filters take in; what stop and restart do |
| `booleans`, `billable` | what becomes of a flag that is absent, false, null, … |
| `attributes`, `shapes` | which attributes answers have, and how they fit the definition |
| `life`, `lists`, `pages`, `filters`, `links` | what becomes of a record: written, read, listed, changed, deleted |
| `specimens`, `forms` | own records of each kind; what becomes of each field of a form |
| `spellings`, `error_shapes` | what becomes of a moment in other spellings; of what shape refusals are |
| `errors` | how requests are refused |
| `rights` | what each role may see and do |
"""

from conformance.probes.context import COLLECTION, Collection, ProbeContext, data_of

__all__ = ["COLLECTION", "Collection", "ProbeContext", "data_of"]
