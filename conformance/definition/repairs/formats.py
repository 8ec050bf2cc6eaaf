"""`format` is a word. Kimai's `"App\\\\Entity\\\\InvoiceTemplate id"` is a sentence that no tool knows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from conformance.definition.grammar import nodes_of
from conformance.definition.repairing import ABSENT, Change, repair_rule

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.+-]*\Z")


@repair_rule("a format that is not a word is left out")
def formats(document: dict[str, Any]) -> Iterator[Change]:
    for node in nodes_of(document, "schema"):
        value = node.value.get("format", "word")
        if not isinstance(value, str) or not _WORD.match(value):
            yield Change((*node.parts, "format"), ABSENT)
