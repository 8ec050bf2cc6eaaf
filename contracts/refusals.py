"""All refusals of a run, judged by what holds for every one of them. Source: REST API, Errors; RFC 9110, section 17.13.

The checks of errors ask for refusals by themselves; here are those that any other check, or a property test, met.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

from conformance.model import Exchange
from conformance.probes.refusals.refusals import FORMED, Refusal
from conformance.verdict import Judge

BODY, INTERNALS = "error.body", "error.no-internals"


def judge_refusals(judge: Callable[[str], Judge], refusals: Iterable[Refusal]) -> None:
    """Judge the body of each refusal, and that it shows no internals of the server."""
    for refusal in refusals:
        body_is_formed(judge(BODY), refusal)
        shows_no_internals(judge(INTERNALS), refusal)


def body_is_formed(judge: Judge, refusal: Refusal, *, field: str = "", what: str = "") -> None:
    """Judge how the body of a refusal is formed; `what` says what was refused."""
    if is_by_a_filter(refusal.exchange):
        judge.skip(
            "a page refuses a body that is no JSON: a filter before the instance may", operation=refusal.operation,
            field=field, value=what,
        )  # fmt: skip
        return
    # The known departure has a value of its own, so that a refusal of the same operation that is formed says nothing
    # about it.
    known = refusal.word == "code as text"
    judge.check(
        refusal.word == FORMED, operation=refusal.operation, field=field, value=refusal.word if known else what,
        expected=FORMED, got=refusal.word, exchange=refusal.exchange,
    )  # fmt: skip


def is_by_a_filter(exchange: Exchange) -> bool:
    """Whether a refusal may be that of a web application firewall: a page of HTML to a body that is no JSON."""
    sent = next((value for name, value in exchange.request_headers.items() if name.lower() == "content-type"), "")
    page = exchange.headers.get("content-type", "").startswith("text/html")
    if not (page and exchange.request_body and "json" in sent):
        return False
    try:
        json.loads(exchange.request_body)
    except ValueError:
        return True
    return False


def shows_no_internals(judge: Judge, refusal: Refusal, *, field: str = "", what: str = "") -> None:
    """Judge that an answer shows nothing of the server's inside."""
    judge.check(
        not refusal.shown, operation=refusal.operation, field=field, value=what, expected="no internals",
        got="internals" if refusal.shown else "no internals", exchange=refusal.exchange, reason=refusal.shown,
    )  # fmt: skip
