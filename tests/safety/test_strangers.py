"""Chosen moments of a run beside which people work, and over a network that errs: nothing of theirs is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.safety.conftest import Furnish, sampled
from tests.safety.strangers.cases import CASES, Case
from tests.safety.strangers.judging import losses_of, missing, plan
from tests.safety.strangers.shortrun import ShortRun
from tests.safety.strangers.site import Site


@pytest.mark.parametrize("case", sampled(*CASES, sample=[c for c in CASES if c.sample], ids=[c.id for c in CASES]))
def test_chosen(furnished: Furnish, tmp_path: Path, case: Case) -> None:
    with Site(furnished(case.version), tmp_path) as site:
        plan(site, case)
        run = ShortRun(site, case.steps, lent=case.version == "2.24.0", settings={"allow": case.allow})
        assert losses_of(site, run) == [], site.told()
        assert case.preventable or missing(site, case) == [], run.skipped
