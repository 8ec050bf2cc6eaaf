"""Each promise has an address."""

from __future__ import annotations

import pytest

from conformance.verdict import load_clauses
from conformance.verdict.addresses import address_of


def test_every_clause_has_an_address() -> None:
    without = {clause.id: clause.source for clause in load_clauses().values() if not address_of(clause.source)}
    assert without == {}, "name a page that conformance/verdict/addresses.py knows, or add one there"


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("RFC 5789, section 2", "https://www.rfc-editor.org/rfc/rfc5789#section-2"),
        ("RFC 9110, section 15.6: a 5xx is", "https://www.rfc-editor.org/rfc/rfc9110#section-15.6"),
        ("RFC 6797", "https://www.rfc-editor.org/rfc/rfc6797"),
        ("Billable (/documentation/billable.html); it", "https://www.kimai.org/documentation/billable.html"),
        ("OpenAPI definition: schemas", "https://k.test/sub/api/doc"),
        ("somebody said so", ""),
    ],
)
def test_address_follows_from_the_source(source: str, address: str) -> None:
    assert address_of(source, "https://k.test/sub") == address
