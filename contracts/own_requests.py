"""The suite's own requests: one that was sent as valid and is not by the definition is an error of the suite."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from conformance.probes.responses.own_requests import Breach
from conformance.verdict import Judge

BODIES, PARAMETERS = "definition.bodies-accepted", "definition.parameters-accepted"


def judge_own_requests(judge: Callable[[str], Judge], breaches: Iterable[Breach], *, bundled: bool) -> None:
    """Say of each breach that the suite is wrong. A `bundled` definition may be of another build, and says nothing."""
    for breach in () if bundled else breaches:
        judge(BODIES if breach.in_body else PARAMETERS).error(
            f"this suite sent as valid what the definition does not allow: {breach.what}",
            operation=breach.exchange.operation, exchange=breach.exchange,
        )  # fmt: skip
