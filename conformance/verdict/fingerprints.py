"""What makes two failures the same finding: a cause without ids, dates, run names or versions."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable

LENGTH = 12
"""Hexadecimal digits of a fingerprint."""

_VOLATILE = (
    (re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"), "<date>"),
    (re.compile(r"(?<![\w.])[+-]\d\d:?\d\d(?!\w)"), "<offset>"),
    (re.compile(r"(?<!\w)(?=[0-9a-f-]*\d)[0-9a-f]{8}(?:-?[0-9a-f]{4,12})*(?!\w)", re.IGNORECASE), "<id>"),
    (re.compile(r"(?<=/)\d+(?=/|$|\s|\?)"), "<id>"),
    (re.compile(r"(?<![\w.])\d{4,}(?![\w.])"), "<number>"),
    (re.compile(r"(?<!\w)v?\d+\.\d+\.\d+\S*"), "<version>"),
)


def fingerprint(clause: str, cause: str, kind: str = "") -> str:
    """Return 12 hexadecimal digits that are the same across runs and versions.

    `cause` is a short text in canonical words; what varies by run in it is taken out. `kind` narrows it down. A cause
    that holds across clauses has the same fingerprint by each of them.
    """
    clause, kind = ("", "") if cause.startswith(ACROSS) else (clause, kind)
    text = "|".join((clause, stable(cause), stable(kind)))
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]


TIMES = frozenset({"date-time", "date"})
"""What a definition expects of a time. One in another form breaks several clauses, with the same cause."""


def departure(field: str, expected: str, got: str) -> str:
    """Return the cause of a departure from the definition: it is that of the attribute, in whichever schema it stands.

    All times in another form are one cause: the server writes them in one place.
    """
    if expected in TIMES:
        return f"{ACROSS}a time in another form: {got}"
    return f"{leaf(field)}: {expected}, {got}"


def default(field: str, expected: str, got: str) -> str:
    """Return the cause of a place for which a check tells none: what was expected and what came, in canonical words.

    Where these are values of an attribute, the cause is the attribute: each value would be another finding.
    """
    words = [_word(expected), _word(got)]
    if VALUE in words and expected.isdecimal() and got.isdecimal():
        words = [VALUE, VALUE]  # What looks like a status is a number too.
    return "|".join(words if VALUE not in words else [_ALIKE.get(leaf(field), leaf(field)), *words])


def leaf(field: str) -> str:
    """Return the name of an attribute, without the schema or the record that it stands in."""
    return field.rpartition(".")[2].replace("[]", "")


VALUE = "<value>"
"""Stands for a value of an attribute in a cause."""

_WORDS = re.compile(r"(?:[A-Za-z][A-Za-z ,'/-]*|[2-5][0-2]\d(?:, [a-z ]+)?(?: or [2-5][0-2]\d)*|)\Z")
"""Words of the suite, and statuses."""

_ALIKE = {"begin": "begin or end", "end": "begin or end"}
"""Attributes that go wrong together."""


def _word(text: str) -> str:
    return text if _WORDS.match(text) else VALUE


def told_kind(value: str) -> str:
    """Return what of a sent value tells one finding from another: its JSON type, or that it was absent."""
    kind = kind_of(value)
    return kind if kind in _KINDS or kind.startswith("absent") else ""


_KINDS = frozenset({"null", "true", "false", "string", "number", "list", "object"})


ACROSS = "~"
"""Begins a cause that is the same whichever clause tells it."""


def combined(clause: str, fingerprints: Iterable[str]) -> str:
    """Return the fingerprint of a set of fingerprints, in whatever order."""
    text = "|".join((clause, *sorted(set(fingerprints))))
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]


def stable(text: str) -> str:
    """Return a text without dates, offsets, ids, long numbers and versions. Short numbers stay: statuses are."""
    for pattern, word in _VOLATILE:
        text = pattern.sub(word, text)
    return " ".join(text.split())


def kind_of(value: str) -> str:
    """Return what sort of value was sent: a JSON type, or the word itself ("absent"), or "text"."""
    try:
        data = json.loads(value)
    except (ValueError, RecursionError):
        return value if re.fullmatch(r"[a-z][a-z -]{0,30}", value) else "text" if value else ""
    if data is None or isinstance(data, bool):
        return json.dumps(data)
    return {str: "string", int: "number", float: "number", list: "list", dict: "object"}[type(data)]
