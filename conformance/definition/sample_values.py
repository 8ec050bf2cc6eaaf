"""Values that an instance should accept, by the names of fields: what they mean is the same wherever they stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Pair = tuple[Any, Any]

TEXT = "Zoë & Söhne, “quoted”, <b>bold</b>\nand a second line" + ", so that it is longer than a short column" * 6
"""A text that tells: other letters than ASCII, an ampersand, a tag, a line break, some length; and no digit."""

# Neither value is what releases set by default: what a change sets back to that could not be told from it.
KNOWN: Mapping[str, Pair] = {
    "break": ("0:15", "0:30"),
    "comment": (f"conformance test: {TEXT}", f"conformance test, changed: {TEXT}"),
    "description": (f"conformance test: {TEXT}", f"conformance test, changed: {TEXT}"),
    "invoiceText": ("text one", "text two"),
    "message": (f"conformance test note: {TEXT}", f"conformance test note, changed: {TEXT}"),
    "number": ("KC-1", "KC-2"),
    "orderNumber": ("PO-7", "PO-8"),
    "company": ("Example Company", "Other Company"),
    "vatId": ("AT1", "DE2"),
    "contact": ("Ada Example", "Bea Example"),
    "addressLine1": ("Street 1", "Street 2"),
    "addressLine2": ("Door 3", "Door 4"),
    "addressLine3": ("Floor 5", "Floor 6"),
    "postCode": ("1010", "8010"),
    "city": ("Vienna", "Graz"),
    "country": ("AT", "CH"),
    "currency": ("CHF", "USD"),
    "phone": ("+43 1 1", "+43 1 2"),
    "fax": ("+43 1 3", "+43 1 4"),
    "mobile": ("+43 1 5", "+43 1 6"),
    "email": ("one@example.com", "two@example.com"),
    "invoiceEmail": ("three@example.com", "four@example.com"),
    "homepage": ("https://example.com/one", "https://example.com/two"),
    "timezone": ("Europe/Vienna", "Asia/Tokyo"),
    "language": ("en", "de"),
    "locale": ("en", "de"),
    "buyerReference": ("R-1", "R-2"),
    "budget": (1200.55, 800.25),
    "timeBudget": ("01:30", "02:30"),
    "orderDate": ("2025-01-15", "2025-02-16"),
    "start": ("2019-03-17", "2019-04-18"),
    "end": ("2035-10-19", "2035-11-20"),
    "rate": (12.35, 13.75),
    "internalRate": (3.15, 4.45),
    "hourlyRate": (42.55, 43.45),
    "fixedRate": (99.45, 98.55),
}
"""Two valid values for a field of this name, wherever it stands."""
