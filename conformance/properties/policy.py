"""What the property tests may say: which clause a failed check belongs to, and what is legal although undocumented.

Kimai's definition documents successes only. So a refusal is legal whatever it lists, a 5xx never is, and what the
definition says of an answer is held against successes.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from schemathesis.core.failures import AcceptedNegativeData, Failure, MalformedJson
from schemathesis.openapi.checks import (
    MalformedMediaType,
    MissingContentType,
    MissingHeaders,
    RejectedPositiveData,
    UndefinedContentType,
    UndefinedStatusCode,
)

from conformance.definition import Definition, Operation
from conformance.model import Exchange
from conformance.properties.aliases import APIOperation
from conformance.properties.generation.edges import body_properties

STATUS = "definition.status"
CONTENT_TYPE = "definition.content-type"
TYPES = "definition.types"
NULLABLE = "definition.nullable"
REQUIRED = "definition.required"
VALUES = "definition.values"
BODIES_ACCEPTED = "definition.bodies-accepted"
BODIES_REFUSED = "definition.bodies-refused"
PARAMETERS_ACCEPTED = "definition.parameters-accepted"
WRONG_REFUSED = "filter.wrong-refused"
ABSENT = "error.not-found"

SHAPE = (STATUS, CONTENT_TYPE, TYPES, NULLABLE, REQUIRED, VALUES)
"""The clauses that every success decides."""

ONLY_OBSERVED = frozenset({BODIES_ACCEPTED, BODIES_REFUSED, PARAMETERS_ACCEPTED, WRONG_REFUSED, ABSENT})
"""What generated data cannot decide: it may break a limit that no definition says, or break nothing at all."""


@dataclass(frozen=True)
class CheckFailure:
    """One failed expectation, without the values that vary from request to request."""

    clause: str
    field: str
    expected: str
    got: str


def failure_of(failure: Failure, exchange: Exchange, has_body: bool) -> CheckFailure | None:
    """Return what a failure of a check of Schemathesis means here; None where it means nothing."""
    status = str(exchange.status)
    if isinstance(failure, RejectedPositiveData):
        return CheckFailure(BODIES_ACCEPTED if has_body else PARAMETERS_ACCEPTED, "", "accepted", status)
    if isinstance(failure, AcceptedNegativeData):
        return CheckFailure(BODIES_REFUSED if has_body else WRONG_REFUSED, "", "refused", status)
    if not exchange.status < 400:
        return None
    if isinstance(failure, UndefinedStatusCode):
        return CheckFailure(STATUS, "", "a documented status", status)
    if isinstance(failure, MissingContentType | UndefinedContentType | MalformedMediaType):
        return CheckFailure(CONTENT_TYPE, "", "a documented content type", media_type(exchange) or "none")
    if isinstance(failure, MalformedJson):
        return CheckFailure(CONTENT_TYPE, "", "JSON", "not JSON")
    if isinstance(failure, MissingHeaders):
        return CheckFailure(REQUIRED, "headers", "present", "missing")
    return None


def documented(operation: Operation, exchange: Exchange) -> Iterator[CheckFailure]:
    """Yield what a success shows in status and content type that the definition does not list."""
    response = operation.response(exchange.status)
    if response is None:
        yield CheckFailure(STATUS, "", "a documented status", str(exchange.status))
    elif response.media_types and media_type(exchange) not in response.media_types:
        yield CheckFailure(CONTENT_TYPE, "", "a documented content type", media_type(exchange) or "none")


def media_type(exchange: Exchange) -> str:
    """Return the content type of an answer without its parameters, empty where it has none."""
    return exchange.headers.get("content-type", "").split(";")[0].strip().lower()


def only_observe(clause: str, definition: Definition) -> str:
    """Return why a clause cannot fail against this definition; empty where it can.

    Source: DESIGN, "Rulings on what is promised": a bundled definition is ours and not the instance's.
    """
    if not clause.startswith("definition.") or definition.source != "bundled":
        return ""
    if not definition.exact:
        return "the definition is a bundled one of another version"
    if clause in (NULLABLE, REQUIRED):
        return "the definition is a bundled one, and which attributes are required or null depends on the installation"
    return ""


class Depth(enum.StrEnum):
    """How far the property tests go, by the requests that they may send."""

    SMOKE = "smoke"
    STANDARD = "standard"
    THOROUGH = "thorough"

    @classmethod
    def of(cls, budget: int) -> Depth:
        """Return the depth for so many requests of all property items together."""
        return cls.SMOKE if budget < 400 else cls.STANDARD if budget < 3000 else cls.THOROUGH


SCRIPTED = 1_700
"""About how many requests all scripts send, those for records and of the guard included (measured on 2.66.0)."""
AT_LEAST = 80
"""How many requests are drawn at random however few are left."""


ASKED_BY_CHECKS = frozenset(
    {
        "GET /api/config/colors", "GET /api/customers", "GET /api/customers/{id}", "GET /api/favorites/timesheets",
        "GET /api/ping", "GET /api/projects", "GET /api/projects/{id}/comments", "GET /api/tags/find",
        "GET /api/teams", "GET /api/timesheets", "GET /api/timesheets/active", "GET /api/timesheets/recent",
        "GET /api/timesheets/{id}", "GET /api/users", "GET /api/users/me", "GET /api/users/{id}", "GET /api/version",
        "PATCH /api/customers/{id}", "PATCH /api/timesheets/{id}", "PATCH /api/timesheets/{id}/stop",
        "POST /api/activities", "POST /api/customers", "POST /api/projects", "POST /api/projects/{id}/comments",
        "POST /api/projects/{id}/rates", "POST /api/tags", "POST /api/teams", "POST /api/timesheets",
    }
)  # fmt: skip
"""What the checks of a smoke run ask by themselves, and are answered: each answer of a run is judged, whoever asked."""

LEFT_TO_STANDARD = frozenset(
    {
        "GET /api/actions/activity/{id}/{view}/{locale}", "GET /api/actions/customer/{id}/{view}/{locale}",
        "GET /api/actions/project/{id}/{view}/{locale}", "GET /api/activities/{id}/rates",
        "GET /api/customers/{id}/comments", "GET /api/customers/{id}/rates", "GET /api/invoices",
        "GET /api/invoices/{id}", "GET /api/invoices/{id}/download",
        "PATCH /api/activities/{id}/meta", "PATCH /api/customers/{id}/meta",
        "PATCH /api/invoices/{id}/custom-fields", "PATCH /api/projects/{id}/meta", "PATCH /api/timesheets/{id}/meta",
        "PATCH /api/users/{id}", "PATCH /api/users/{id}/preferences", "POST /api/activities/{id}/rates",
        "POST /api/customers/{id}/comments", "POST /api/customers/{id}/rates", "POST /api/users",
    }
)  # fmt: skip
"""What a smoke run leaves out: what is there on few instances, what changes people, and what the rates and comments of
a project, and the actions of a time record, stand for."""


def budgets(
    operations: Mapping[str, APIOperation], total: int, asked: Collection[str] = ASKED_BY_CHECKS
) -> dict[str, int]:
    """Share what scripts leave of `total` requests among the operations, by what there is to vary in each.

    In a short run those that are `asked` by checks get none.

    It depends on the definition alone, so that each process of a run comes to the same shares.
    """
    weights = {label: weight(operation) for label, operation in operations.items()}
    if Depth.of(total) is Depth.SMOKE:
        left_out = {*asked, *LEFT_TO_STANDARD}
        return {label: 0 if label in left_out else min(item, 1) for label, item in weights.items()}
    left = max(AT_LEAST, total - SCRIPTED)
    whole = sum(weights.values()) or 1
    return {label: max(min(entry, 1), round(left * entry / whole)) for label, entry in weights.items()}


def weight(operation: APIOperation) -> int:
    """Return how much there is to vary in an operation: nothing in a write without a body, which a script sends."""
    properties, queries = len(body_properties(operation)), len(list(operation.query))
    if operation.method.upper() != "GET" and not list(operation.body):
        return 0
    # A custom field is there or not, whatever is drawn for it.
    varied = 0 if operation.path.endswith("/meta") else 3 + properties // 4 if properties else queries // 3
    return 1 + varied
