"""The OpenAPI definition that the embedded Kimai serves, generated from its interface tables.

`definition(version, flawed=True)` gives it; `python -m conformance.embedded.openapi` writes it to a file.
`digest` reduces a definition, generated or real, to what counts as its structure.
"""

from __future__ import annotations

from conformance.embedded.openapi.document import definition

__all__ = ["definition"]
