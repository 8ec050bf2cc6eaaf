"""The reference holds all that the code knows, and what the code says cannot break its tables."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from conformance.cli.main import COMMANDS, group
from conformance.documentation import page_text
from conformance.documentation.generated import table
from conformance.embedded.faults import CONDITIONS, FAULTS, VARIATIONS
from conformance.model import EXIT_MEANINGS, Exit
from conformance.settings.file import KNOWN_KEYS
from conformance.settings.load import VARIABLES
from conformance.upgrade.rules import RULES
from conformance.verdict import Verdict, load_clauses, load_defects, load_deviations


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("commands", [f"kimai-conformance {name} " for name in COMMANDS]),
        ("keys", [f"`{name}`" for name in (*KNOWN_KEYS - {"instance", "run"}, *VARIABLES)]),
        ("exits", [f"| {int(status)} |" for status in Exit]),
        ("clauses", [f"`{name}`" for name in load_clauses()]),
        ("releases", [f"`{name}`" for name in load_clauses()]),
        ("known", [f"`{entry.id}`" for entry in (*load_deviations(), *load_defects()) if entry.in_range("2.66.0")]),
        ("rules", [f"`{name}`" for name in RULES]),
        ("schema", [f"`{name}`" for name in Verdict.model_fields]),
        ("faults", [f"`{name}`" for name in (*FAULTS, *VARIATIONS, *CONDITIONS)]),
    ],
)
def test_a_page_of_the_reference_leaves_nothing_out(page: str, names: Iterable[str]) -> None:
    text = page_text(page, group)
    assert [name for name in names if name.removesuffix(" ") not in text] == []


def test_every_exit_status_has_a_meaning() -> None:
    assert set(EXIT_MEANINGS) == set(Exit)


def test_a_cell_holds_what_it_is_given() -> None:
    assert table(("a", "b"), [("x|y", "<b>\nz*")]).splitlines()[-1] == "| x\\|y | &lt;b> z\\* |"
