"""The suite's own requests: one that was sent as valid and is not by the definition is an error of the suite.

On the instance that the run started itself, whose definition is known. Elsewhere it is observed: the definition of a
release that is yet to come, or of a plugin, is no reason to give no verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from conformance.probes.responses.own_requests import Breach
from conformance.verdict import Judge

BODIES, PARAMETERS = "definition.bodies-accepted", "definition.parameters-accepted"


def judge_own_requests(judge: Callable[[str], Judge], breaches: Iterable[Breach], *, bundled: bool, own: bool) -> None:
    """Say of each breach that the suite is wrong. A `bundled` definition may be of another build, and says nothing.

    `own` says that the run started the instance.
    """
    for breach in () if bundled else breaches:
        decided = judge(BODIES if breach.in_body else PARAMETERS)
        reason = f"this suite sent as valid what the definition does not allow: {breach.what}"
        if own:
            decided.error(reason, operation=breach.exchange.operation, exchange=breach.exchange)
        else:
            decided.observe(
                operation=breach.exchange.operation, got="sent otherwise than documented", reason=reason,
                exchange=breach.exchange,
            )  # fmt: skip
