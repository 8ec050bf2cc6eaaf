"""What people read in the generated definition: short, our own, and made from the names alone."""

from __future__ import annotations

from conformance.embedded.interface import Operation

TITLE = "Kimai - API"
ABOUT = "The API of an embedded Kimai, made for tests and rehearsals. It holds nobody's working hours."
TOKEN = "An API token, sent as a bearer token"

_VERBS = {"GET": "Read", "POST": "Create", "PATCH": "Change", "DELETE": "Delete"}
_OUTCOMES = {
    "200": "The outcome",
    "201": "What was created",
    "204": "Done, there is no content",
    "410": "This operation was removed",
    "default": "The outcome",
}


def summary(operation: Operation) -> str:
    """A line about an operation: a verb and the path's own words, as in `Read activities / rates`."""
    words = [part for part in operation.path.removeprefix("/api/").split("/") if not part.startswith("{")]
    return f"{_VERBS[operation.method]} {' / '.join(words)}"


def outcome(status: str) -> str:
    """The description of an answer, which OpenAPI requires."""
    return _OUTCOMES[status]


def allowed(values: tuple[str, ...]) -> str:
    """The description of a parameter whose values stand nowhere else; clients read them from just these words."""
    return f"Allowed values: {', '.join(values)}"
