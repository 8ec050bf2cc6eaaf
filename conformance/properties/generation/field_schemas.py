"""What the attributes and parameters of Kimai's forms mean, as JSON Schema: narrower than the definition's types.

A definition says `"type": "string"` of a currency; a random string is refused for that one reason, and nothing behind
it is reached. Names of attributes and limits of lengths are Kimai's interface; the values are ours.
"""

from __future__ import annotations

from typing import Any

FieldSchema = dict[str, Any]

CURRENCIES = ("EUR", "USD", "CHF", "GBP", "JPY", "INR", "BRL", "ZAR", "NOK", "KWD")
COUNTRIES = ("DE", "AT", "CH", "US", "GB", "FR", "JP", "IN", "BR", "NP", "CA", "ZA")
LANGUAGES = ("en", "de", "fr", "es", "it", "ja", "pt_BR", "zh_CN")
TIMEZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Asia/Kathmandu", "Asia/Tokyo",
    "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Chatham", "America/Sao_Paulo",
)  # fmt: skip
COLORS = ("#c0c0c0", "#800000", "#0000ff")
TIME_BUDGETS = ("1:30", "0:15", "40:00", "2h30m", "8", "1.5")
PREFERENCES: tuple[FieldSchema, ...] = (
    {"name": "hourly_rate", "value": "12.50"},
    {"name": "internal_rate", "value": "10"},
    {"name": "skin", "value": "default"},
)
"""Only what nobody misses. A bad `timezone` locks its user out for good: no preference is drawn at random."""

LOCAL_DATETIME = r"^20(1[5-9]|2[0-9])-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:00$"
"""The guaranteed form: local, without offset. Full minutes, for the default rounding cuts seconds off."""
DATE = r"^20(1[5-9]|2[0-9])-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$"
MIDNIGHT = DATE[:-1] + "T00:00:00$"
WORDS = "^[A-Za-z0-9äöüßéñ .()+-]*$"


def _text(longest: int, shortest: int = 0, pattern: str = WORDS) -> FieldSchema:
    return {"type": "string", "minLength": shortest, "maxLength": longest, "pattern": pattern}


def _one_of(values: tuple[str, ...]) -> FieldSchema:
    return {"type": "string", "enum": list(values)}


MONEY: FieldSchema = {"type": "number", "minimum": 0, "maximum": 9999, "multipleOf": 0.25}
REFERENCE: FieldSchema = {"type": "integer", "minimum": 1, "maximum": 9999}
"""An id: `binding` puts that of a record of the run in its place."""
REFERENCES: FieldSchema = {"type": "array", "items": REFERENCE, "maxItems": 2, "uniqueItems": True}
MOMENT: FieldSchema = {"type": "string", "pattern": LOCAL_DATETIME}
MEMBER: FieldSchema = {
    "type": "object",
    "properties": {"user": REFERENCE, "teamlead": {"type": "boolean"}},
    "required": ["user", "teamlead"],
    "additionalProperties": False,
}

ATTRIBUTES: dict[str, FieldSchema] = {
    "name": _text(100, 2),
    "number": _text(10, 6, "^[A-Z0-9]+$"),
    "comment": _text(200),
    "description": _text(200),
    "invoiceText": _text(200),
    "message": _text(200, 1, "^[A-Za-z0-9][A-Za-z0-9 .]*$"),
    "company": _text(100),
    "vatId": _text(50),
    "contact": _text(100),
    "addressLine1": _text(150),
    "addressLine2": _text(150),
    "addressLine3": _text(150),
    "postCode": _text(20),
    "city": _text(50),
    "phone": _text(30, 0, "^[0-9 +]*$"),
    "fax": _text(30, 0, "^[0-9 +]*$"),
    "mobile": _text(30, 0, "^[0-9 +]*$"),
    "buyerReference": _text(50),
    "orderNumber": _text(50),
    "email": _text(60, 12, r"^[a-z]{3,20}@example\.(com|org)$"),
    "invoiceEmail": _text(60, 12, r"^[a-z]{3,20}@example\.(com|org)$"),
    "homepage": _text(60, 12, r"^https://[a-z]{3,20}\.example\.com/$"),
    "country": _one_of(COUNTRIES),
    "currency": _one_of(CURRENCIES),
    "language": _one_of(LANGUAGES),
    "timezone": _one_of(TIMEZONES),
    "color": _one_of(COLORS),
    "budget": MONEY,
    "timeBudget": _one_of(TIME_BUDGETS),
    "fixedRate": MONEY,
    "hourlyRate": MONEY,
    "rate": MONEY,
    "internalRate": MONEY,
    "begin": MOMENT,
    "end": MOMENT,
    "start": {"type": "string", "pattern": DATE},
    "orderDate": {"type": "string", "pattern": DATE},
    "customer": REFERENCE,
    "project": REFERENCE,
    "activity": REFERENCE,
    "user": REFERENCE,
    "teams": REFERENCES,
    "tags": _one_of(("", "own", "absent", "own,absent")),
    "members": {"type": "array", "items": MEMBER, "minItems": 1, "maxItems": 3},
    "username": _text(40, 4, "^[a-z0-9]+$"),
    "alias": _text(60),
    "title": _text(50),
    "accountNumber": _text(30),
    "plainPassword": _text(40, 12, "^[A-Za-z0-9]+$"),
    "plainApiToken": _text(40, 12, "^[A-Za-z0-9]+$"),
    "copy": _one_of(("all",)),
}

LONG_TEXTS = frozenset({"comment", "description", "invoiceText", "message", "address", "value"})
"""Attributes that are texts without a limit, as far as a form goes."""

LEFT_OUT = frozenset({"invoiceTemplate", "address", "supervisor", "roles", "metaFields"})
"""Attributes that refer to what the run cannot make, or that give rights."""

HARMLESS_FOR_USERS = frozenset({"alias", "title", "accountNumber", "color"})
"""All that a PATCH of a user may carry: the rest can lock an actor out of the instance."""

PARAMETERS: dict[str, FieldSchema] = {
    "begin": MOMENT,
    "end": MOMENT,
    "start": MOMENT,
    "modified_after": MOMENT,
    "term": _text(20, 1, "^[A-Za-z0-9]+$"),
    "name": _text(20, 1, "^[A-Za-z0-9]+$"),
    "page": _one_of(("1",)),
    "size": _one_of(("1", "2", "50", "500")),
    "ignoreDates": _one_of(("1",)),
    "full": _one_of(("0", "1")),
    "user": _one_of(("1", "all")),
    "tags[]": {"type": "array", "items": _text(20, 1, "^[A-Za-z0-9]+$"), "maxItems": 2},
    "status[]": {"type": "array", "items": _one_of(("pending", "paid", "canceled", "new")), "maxItems": 2},
    "locale": _one_of(("en", "de")),
    "widget": _one_of(("userRecapThisMonth", "DurationToday")),
    "view": _one_of(("index", "custom")),
}
"""Meanings of query and path parameters, but for ids and for those whose pattern lists their values."""

FLAGS = frozenset({"full"})
"""Parameters whose values are those that the definition lists, where it lists any."""
