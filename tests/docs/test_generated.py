"""The reference holds all that the code knows, and what the code says cannot break its tables."""

from __future__ import annotations

import importlib
from collections.abc import Iterable

import pytest

from conformance.cli.main import COMMANDS, group
from conformance.documentation import page_text
from conformance.documentation.generated import table
from conformance.documentation.probes import registry
from conformance.embedded.faults import CONDITIONS, FAULTS, VARIATIONS
from conformance.model import EXIT_MEANINGS, Exit
from conformance.probes.tape import is_probe
from conformance.settings.file import KNOWN_KEYS
from conformance.settings.load import VARIABLES
from conformance.upgrade.rules import RULES
from conformance.verdict import Verdict, load_clauses, load_defects, load_deviations
from conformance.verdict.tables import CONTRACTS


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
        ("probes", [f"`{name}`" for name in registry()]),
        ("faults", [f"`{name}`" for name in (*FAULTS, *VARIATIONS, *CONDITIONS)]),
    ],
)
def test_a_page_of_the_reference_leaves_nothing_out(page: str, names: Iterable[str]) -> None:
    text = page_text(page, group)
    assert [name for name in names if name.removesuffix(" ") not in text] == []


def test_every_probe_that_a_check_asks_is_in_the_reference() -> None:
    names = (path.stem for path in CONTRACTS.glob("*.py") if path.stem != "__init__")
    values = (value for name in names for value in vars(importlib.import_module(f"contracts.{name}")).values())
    asked = {
        f"{value.__module__.removeprefix('conformance.probes.')}.{value.__name__}"
        for value in values
        if is_probe(value) or hasattr(value, "is_taped")
    }
    assert asked - registry().keys() == set()
    assert len(asked) > 100
    assert registry()["lists.pages.page"].asked_by >= {"paging.headers"}
    # By a function that checks of several modules share.
    assert "data.sent-is-stored" in registry()["times.times.recognise_rounding"].asked_by


def test_every_exit_status_has_a_meaning() -> None:
    assert set(EXIT_MEANINGS) == set(Exit)


def test_a_cell_holds_what_it_is_given() -> None:
    assert table(("a", "b"), [("x|y", "<b>\nz*")]).splitlines()[-1] == "| x\\|y | &lt;b> z\\* |"
