"""The definition: find it, repair it, validate it, and ask it about its operations.

    definition = find(file=None, fetch_page=None, version="2.66.0")   # or load("kimai-openapi.json")
    definition.origin, definition.exact, definition.repairs           # for the verdict's first lines
    index = definition.index
    index["POST /api/timesheets"].body.fields
    index.boolean_fields(index["PATCH /api/teams/{id}"])              # … members[].teamlead

| module | what it does |
| --- | --- |
| `sources` | which definition is used: file, instance, bundled |
| `reading`, `docpage` | text → raw document: JSON, YAML, the page /api/doc |
| `repairing`, `repairs/` | known flaws are put right, one module a kind of flaw |
| `validating`, `limits` | OpenAPI 3.0 or 3.1, within bounds of size, depth and references |
| `index`, `operations`, `shapes`, `response_paths` | what the operations take and give |
| `grammar`, `json_types`, `structure` | where what stands in a document; its structure without its words |

To add a repair: a module in `repairs/` whose docstring says why the flaw occurs, and a test of a document that becomes
another and of one that stays as it was. The room sends nothing: whoever can log in passes a callable to `find`.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
