"""What a finding carries shows it again after the run that found it, and shows that it is gone where it is.

A few families by default; each of them alone, by both ways, under the marker `slow`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from conformance.embedded.faults import FAULTS
from conformance.embedded.server import EmbeddedKimai
from conformance.model import Exit
from tests.faults.detection import checks_of, run_against
from tests.faults.reproducing import replayed, shown, variables
from tests.safety.strangers.rows import read_rows

FAMILIES = {
    "auth": "token-missing-accepted",
    "datetime": "offset-of-now",
    "boolean": "null-is-false-in-patch",
    "attribute": "nulls-left-out",
    "definition": "flags-as-numbers",
    "paging": "record-lost-between-pages",
    "filter": "project-filter-ignored",
    "data": "vat-id-lost",
    "error": "empty-patch-crashes",
    "permission": "lead-reads-foreign",
}


SAMPLE = ("auth", "datetime", "boolean")
"""Families of the default run: their faults stand together in one instance."""


def alike(text: str) -> str:
    """Return a text without what is another in each run: ids and marks."""
    return re.sub(r'((?:"id"|\bid|ids)"?\s*[:=]\s*)[\d ]+', r"\1N", re.sub(r"conformance-test-\w+", "MARK", text))


def found(faults: Sequence[str], folder: Path, profile: str) -> list[dict[str, Any]]:
    """Run the checks of some faults' clauses with the faults planted. Return the new findings of these clauses."""
    clauses = {clause for name in faults for clause in FAULTS[name].clauses}
    run = run_against(faults, folder, "--profile", profile, "-k", " or ".join(checks_of([*clauses])))
    return [finding for finding in run.verdict["findings"] if clauses & set(finding["clause_ids"])]


@contextmanager
def instances(folder: Path, faults: Sequence[str]) -> Iterator[tuple[EmbeddedKimai, EmbeddedKimai]]:
    """Yield an instance with the faults and a sound one, both as they were before whatever is done to them."""
    names = ("faulty", "sound")
    with ExitStack() as stack:
        served = [
            stack.enter_context(EmbeddedKimai(database=folder / name, faults=faults if name == "faulty" else ()))
            for name in names
        ]
        for kimai in served:
            token = variables(kimai)["KIMAI_TOKEN_SUPER_ADMIN"]  # Some faults let in as whoever was there before.
            httpx.get(f"{kimai.url}/api/ping", headers={"authorization": f"Bearer {token}"}, trust_env=False)
        before = [read_rows(folder / name) for name in names]
        yield served[0], served[1]
        assert [read_rows(folder / name) for name in names] == before


def assert_script_shows(finding: Mapping[str, Any], faulty: EmbeddedKimai, sound: EmbeddedKimai) -> None:
    """The script of a finding shows on the faulty instance what it does not show on the sound one."""
    there, here = shown(finding["script"], faulty), shown(finding["script"], sound)
    assert there.status == 0, there.complaint
    assert f"expected     {finding['expected']}" in there.then
    assert "in the run" in there.then
    assert there.now
    assert alike(there.now) != alike(here.now + here.complaint)


def assert_replay_tells(finding: Mapping[str, Any], folder: Path, faulty: EmbeddedKimai, sound: EmbeddedKimai) -> None:
    """A finding is there on the faulty instance, and gone on the sound one."""
    status, words = replayed(finding, folder / "reports", faulty)
    assert (status, words.splitlines()[-1]) == (Exit.NOT_CONFORMANT, "STILL THERE (exit 1)"), words
    status, words = replayed(finding, folder / "reports", sound)
    assert status == Exit.CONFORMANT, words
    assert "GONE" in words.splitlines()[-1]


def test_findings_show_again_and_are_gone_where_they_are_mended(tmp_path: Path) -> None:
    faults = [FAMILIES[family] for family in SAMPLE]
    findings = found(faults, tmp_path, "smoke")
    first = {finding["clause"].partition(".")[0]: finding for finding in reversed(findings)}
    assert set(SAMPLE) <= set(first)
    with instances(tmp_path, faults) as (faulty, sound):
        for family in SAMPLE:
            assert_script_shows(first[family], faulty, sound)
        assert_replay_tells(first["auth"], tmp_path, faulty, sound)


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAMILIES.values(), ids=FAMILIES)
def test_findings_of_each_family_show_again(tmp_path: Path, fault: str) -> None:
    findings = found([fault], tmp_path, "standard")
    assert findings
    with instances(tmp_path, [fault]) as (faulty, sound):
        for finding in findings[:5]:
            assert_script_shows(finding, faulty, sound)
        assert_replay_tells(findings[0], tmp_path, faulty, sound)
