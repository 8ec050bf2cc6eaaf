"""What a run finds out before it makes anything: who sees everybody's records, and what can be deleted again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from conformance.definition import bundled
from conformance.embedded.server import EmbeddedKimai
from conformance.model import UsageError
from conformance.run.capabilities import capabilities
from conformance.run.context import RunContext
from conformance.run.prepare import run_preflight
from conformance.run.witness import Shown, shown_witness
from conformance.settings import Settings
from conformance.settings.actors import actors_of

PARENTS = ("activity", "customer", "project", "tag")

INDEX = bundled("2.66.0").index


def shown(kimai: EmbeddedKimai, folder: Path) -> tuple[Shown, frozenset[str]]:
    """Return what was found out, and the capabilities of a run that knows it."""
    settings = Settings(url=kimai.url, actors=actors_of({"users": kimai.users}, "the embedded Kimai"), write=True)
    known = run_preflight(settings)
    result = shown_witness(RunContext("2611300000a1", kimai.url, "configured", "2.66.0", folder, known.actors), INDEX)
    return result, capabilities(settings, replace(known, unseen=result.unseen, undeletable=result.undeletable))


@pytest.mark.parametrize(
    ("lacks", "undeletable", "missing"),
    [
        ("", (), ()),
        ("-delete_customer -delete_project", PARENTS, ("manage",)),
        ("-delete_activity", PARENTS, ("manage",)),
        ("-delete_team", ("team",), ("team",)),
    ],
)
def test_what_no_role_may_delete_is_found_out_by_one_record(
    tmp_path: Path, lacks: str, undeletable: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    roles = ("ROLE_TEAMLEAD", "ROLE_ADMIN", "ROLE_SUPER_ADMIN")
    with EmbeddedKimai(settings={f"rights.{role}": lacks for role in roles}) as kimai:
        result, at_hand = shown(kimai, tmp_path)
    assert result == Shown("superadmin", "", undeletable)
    assert {"manage", "team"} - at_hand == set(missing)


def test_one_token_for_two_actors_is_a_mistake_of_the_settings() -> None:
    with EmbeddedKimai() as kimai:
        users = [*kimai.users[:3], {**kimai.users[3], "tokens": kimai.users[2]["tokens"]}]
        settings = Settings(url=kimai.url, actors=actors_of({"users": users}, "the embedded Kimai"), write=True)
        with pytest.raises(UsageError, match="teamlead and worker were given the same token"):
            run_preflight(settings)
