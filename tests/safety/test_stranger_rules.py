"""Each rule of ownership is needed: without it something of other people is lost, and the proof says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conformance.exchange import CleanupReport
from conformance.exchange.ownership.ledger import Made
from tests.safety.conftest import Furnish, sampled
from tests.safety.strangers.cases import CASES
from tests.safety.strangers.judging import losses_of, plan
from tests.safety.strangers.shortrun import ShortRun
from tests.safety.strangers.site import Site

_EXCHANGE = "conformance.exchange"


def _nothing(*_: Any, **__: Any) -> None:
    """Do nothing, find nothing, object to nothing."""


def _delete_whatever_has_the_mark(cleaner: Any, *record: Any) -> None:
    """Stand in for the sweep; where the guard's rule is called instead, there is no record, and nothing to object."""
    if len(record) == 3:
        kind, item, _ = record
        print("RES", kind, item["id"], cleaner._send_delete(Made(kind, item["id"], 0.0)))


@dataclass(frozen=True)
class Rule:
    """A rule of the product: the functions that keep it, what stands in for them, and a case that goes red without."""

    name: str
    kept_by: tuple[str, ...]
    case: str
    instead: Callable[..., Any] = _nothing


RULES = (
    Rule(
        "what hangs below is looked for",
        (f"{_EXCHANGE}.ownership.descendants.Scan.run", f"{_EXCHANGE}.ownership.descendants.Scan.last_look"),
        "moves-project, 2.66.0",
    ),
    Rule(
        "parents are hidden first",
        (f"{_EXCHANGE}.cleanup.cascades._hide",),
        "books-straight before the only DELETE, 2.66.0",
    ),
    Rule(
        "an answer is held against a read-back",
        (f"{_EXCHANGE}.ownership.proof._held",),
        "foreign-record for customers, 2.66.0",
        lambda *_, **__: "",
    ),
    Rule(
        "a team with people in it stays",
        (f"{_EXCHANGE}.guard.rules.descendants.foreign_in_team",),
        "joins-the-runs-team, 2.66.0",
    ),
    Rule(
        "a team that people use stays",
        (f"{_EXCHANGE}.guard.rules.descendants.foreign_in_team",),
        "gives-customer-to-team, 2.62.0",
    ),
    Rule(
        "a tag that people use stays",
        (f"{_EXCHANGE}.guard.rules.descendants.foreign_with_tag",),
        "uses-the-runs-tag, 2.66.0",
    ),
    Rule(
        "a profile is put back",
        (f"{_EXCHANGE}.cleanup.restore.put_back",),
        "a profile that nobody else changes, 2.24.0",
    ),
    Rule("nobody's clock is stopped", (f"{_EXCHANGE}.guard.rules.timers.running_timer",), "starts-timer, 2.66.0"),
    Rule(
        "what stays is named",
        (f"{_EXCHANGE}.cleanup.cleanup.CleanupReport.of",),
        "moves-project, 2.66.0",
        lambda contents, _notes: CleanupReport(len(contents), len(contents)),
    ),
    Rule(
        "a copy with the mark is not the run's",
        (f"{_EXCHANGE}.guard.rules.ownership._target", f"{_EXCHANGE}.cleanup.cleanup._Cleaner._sweep_record"),
        "copies-customer, 2.66.0",
        _delete_whatever_has_the_mark,
    ),
)


SAMPLE = ("parents are hidden first", "what stays is named")


@pytest.mark.parametrize("rule", sampled(*RULES, sample=SAMPLE, ids=[rule.name for rule in RULES]))
def test_without_it_something_is_lost(
    furnished: Furnish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rule: Rule
) -> None:
    case = next(case for case in CASES if case.id == rule.case)
    for target in rule.kept_by:
        monkeypatch.setattr(target, rule.instead)
    with Site(furnished(case.version), tmp_path) as site:
        plan(site, case)
        run = ShortRun(site, case.steps, lent=case.version == "2.24.0", settings={"allow": case.allow})
        assert losses_of(site, run) != [], site.told()
