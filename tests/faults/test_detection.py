"""The proof of the suite: planted faults turn a run to exit 1 under the right clause, legal variations do not.

A sample runs by default; the whole catalogue under the marker `slow`.
"""

from __future__ import annotations

import json

import pytest

from conformance.embedded.faults import FAULTS, VARIATIONS
from conformance.words import Exit

from .detection import checks_of, run_against

SAMPLE = {
    "auth": ("unknown-token-reads-teams", "refused-write-performed"),
    "datetime": ("offset-of-now", "winter-shifted"),
    "boolean": ("null-is-false-in-patch", "absent-in-patch-is-true"),
    "attribute": ("nulls-left-out", "last-attribute-dropped"),
}
IN_SAMPLE = {name for names in SAMPLE.values() for name in names}


def parametrised(names, sample):
    """The names as parameters, those outside the sample marked slow."""
    return [pytest.param(name, marks=() if name in sample else pytest.mark.slow) for name in names]


@pytest.mark.parametrize("name", parametrised(FAULTS, IN_SAMPLE))
def test_a_fault_is_reported_under_its_clause(name, tmp_path):
    fault = FAULTS[name]
    run = run_against([name], tmp_path, "--profile", "smoke", "-k", " or ".join(checks_of(fault.clauses)))
    assert run.failed & set(fault.clauses), run.words
    assert run.status == Exit.NOT_CONFORMANT, run.words


@pytest.mark.parametrize("name", parametrised(VARIATIONS, ()))
def test_a_legal_variation_is_not_reported(name, tmp_path):
    run = run_against([name], tmp_path, "--profile", "smoke")
    assert not run.failed, json.dumps(run.verdict["findings"], indent=1)
    assert run.status == Exit.CONFORMANT, run.words
