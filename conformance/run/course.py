"""How a course of a check ends where it cannot go on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from conformance.exchange import BudgetSpent, NoAnswer, Refused
from conformance.model import NotJsonError
from conformance.verdict import Judge
from conformance.verdict.remote import NOT_JSON

JSON = "JSON"


@contextmanager
def course(judge: Judge) -> Iterator[None]:
    """Let a course of a check end where it cannot go on: what it had decided stays decided."""
    try:
        yield
    except (Refused, BudgetSpent, NoAnswer) as error:
        judge.skip(str(error))
        judge.is_cut_short = isinstance(error, NoAnswer)
    except NotJsonError as error:
        judge.check(False, operation="", expected=JSON, got=NOT_JSON, reason=str(error))
