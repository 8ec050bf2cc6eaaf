"""One seed, one sequence: in whatever process, whatever is imported there."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from hypothesis.internal.conjecture import providers
from schemathesis.generation.jsonschema.context import Alphabet

from conformance.properties.execution.reproducible import ignore_local_modules
from conformance.properties.execution.schema import configuration, without_codec
from tests import processes

SCRIPT = """
import sys
if len(sys.argv) > 2:
    sys.path.insert(0, sys.argv[2])
    import words_of_its_own
from conformance.definition import bundled
from conformance.properties.generation.schema_hints import enriched
from conformance.properties.execution.schema import load
from conformance.properties.generation.strategies import DEEP, Supply, samples
schema = load(enriched(bundled("2.66.0").document, lambda *_: True), 3)
labels = ["PATCH /api/teams/{id}", "GET /api/tags", "GET /api/actions/timesheet/{id}/{view}/{locale}"]
for label in labels if len(sys.argv) == 2 else reversed(labels):
    supply = Supply.of(schema, schema.find_operation_by_label(label), 3)
    for sample in samples(supply, 40, DEEP):
        print(ascii((label, sample.sort, sample.case.path_parameters, sample.case.query, sample.case.body)))
"""


def _drawn(hash_seed: str, *arguments: str) -> list[str]:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = processes.run([sys.executable, "-c", SCRIPT, "x", *arguments], env=environment, check=True)
    return sorted(re.sub(r"0x[0-9a-f]+", "", done.stdout).splitlines())


def test_imported_modules_hash_seeds_and_the_order_of_operations_change_nothing(tmp_path: Path) -> None:
    lines = "\n".join(
        f"WORD_{number} = 'constant {number}'\nNUMBER_{number} = {1000 + number}" for number in range(200)
    )
    (tmp_path / "words_of_its_own.py").write_text(lines)
    assert _drawn("1") == _drawn("2", str(tmp_path))


def test_hypothesis_still_has_what_is_switched_off() -> None:
    ignore_local_modules()
    assert not len(providers._get_local_constants())
    assert providers._get_local_constants.__module__ == "conformance.properties.execution.reproducible"


def test_texts_are_drawn_without_a_codec_and_without_surrogates() -> None:
    assert Alphabet(codec="utf-8").codec == "utf-8"
    without_codec()
    assert Alphabet().codec is None
    assert configuration(1).projects.default.generation.codec is None
    characters = Alphabet().as_strategy().wrapped_strategy  # type: ignore[attr-defined]
    assert not any(0xD800 <= first <= 0xDFFF for first, _ in characters.intervals.intervals)
