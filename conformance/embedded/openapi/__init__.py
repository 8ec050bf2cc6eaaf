"""The OpenAPI definition that the embedded Kimai serves.

`definition(version, flawed=True)` gives it, `doc_page(version, flawed=True)` the HTML page around it, and `page_for`
that page as a user sees it; `python -m conformance.embedded.openapi` writes it to a file. `digest` reduces a definition
to what counts as its structure.
"""

from __future__ import annotations

from conformance.embedded.openapi.document import definition
from conformance.embedded.openapi.page import doc_page, page_for

__all__ = ["definition", "doc_page", "page_for"]
