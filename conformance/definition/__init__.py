"""The definition: find it, mend it, validate it, and ask it about its operations.

    definition = find(file=None, fetch_page=None, version="2.66.0")   # or load("kimai-openapi.json")
    definition.origin, definition.exact, definition.repairs           # for the verdict's first lines
    index = definition.index
    index["POST /api/timesheets"].body.fields
    index.boolean_fields(index["PATCH /api/teams/{id}"])              # … members[].teamlead
    index.body_schema("POST /api/customers")                           # plain JSON Schema

| module | what it does |
| --- | --- |
| `sources` | which definition is used: file, instance, bundled |
| `reading`, `docpage` | text → raw document: JSON, YAML, the page /api/doc |
| `mending`, `mends/` | known flaws are put right, one module a kind of flaw |
| `validating`, `bounds` | OpenAPI 3.0 or 3.1, within bounds of size, depth and references |
| `index`, `operations`, `shapes`, `questions`, `readback` | what the operations take and give |
| `plain`, `structure` | a schema for a validator; the document's structure without its words |

To add a repair: a module in `mends/` whose docstring says why the flaw occurs, and a test of a document that becomes
another and of one that stays as it was. The room sends nothing: whoever can log in passes a callable to `find`.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
