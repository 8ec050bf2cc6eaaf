"""Controls: whether a 400 is about what was asked, found out by asking without it, and with it alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.definition import Definition
from conformance.probes.records.creating import create
from conformance.probes.records.kinds import kind_named
from conformance.probes.refusals.control import Controls
from tests.contracts.checking import probe_context


def refused(definition: Definition, folder: Path, *faults: str, field: str, **fields: object) -> str:
    """Return what the controls say of a create that is refused for these fields."""
    with probe_context(definition, folder, *faults) as context:
        controls, kind = Controls(context), kind_named(context.index, "customers")
        assert kind is not None
        exchange = create(context, kind, fields)
        assert exchange.status == 400
        return controls.why_undecided(exchange, field)


def test_a_refusal_for_the_field_itself_is_about_it(definition: Definition, tmp_path: Path) -> None:
    assert refused(definition, tmp_path, field="visible", visible=[]) == ""


def test_a_refusal_of_every_create_is_about_nothing(definition: Definition, tmp_path: Path) -> None:
    why = refused(definition, tmp_path, "no-new-customers", field="visible", visible=False)
    assert "without it is refused as well" in why


def test_a_refusal_for_another_field_is_not_about_this_one(definition: Definition, tmp_path: Path) -> None:
    why = refused(definition, tmp_path, field="visible", visible=False, country="no country")
    assert "visible is not what was refused" in why


def test_a_body_without_what_is_demanded_is_controlled_although_others_were_accepted(
    definition: Definition, tmp_path: Path
) -> None:
    with probe_context(definition, tmp_path, "mandatory-in-customers") as context:
        controls = Controls(context)
        controls.notice(context.records.customer().exchange)
        exchange = context.session().post("/api/customers", json={"name": context.name("x"), "color": "no colour"})
        assert "without it is refused as well" in controls.why_undecided(exchange, "color")


def test_whoever_may_make_none_is_not_refused_for_a_value(definition: Definition, tmp_path: Path) -> None:
    with probe_context(definition, tmp_path, "forbidden-new-customers") as context:
        exchange = context.session().post("/api/customers", json={"name": context.name("x"), "color": "no colour"})
        assert exchange.status == 403
        assert "without it is refused as well" in Controls(context).why_undecided(exchange, "color")


@pytest.mark.parametrize("body", [{"visible": []}, {"name": ""}])
def test_a_change_is_controlled_on_the_same_record(
    definition: Definition, tmp_path: Path, body: dict[str, object]
) -> None:
    with probe_context(definition, tmp_path) as context:
        record = context.records.customer()
        exchange = context.session().patch(record.path, json=body)
        assert exchange.status == 400
        assert Controls(context).why_undecided(exchange, next(iter(body))) == ""
        assert context.session().get(record.path).json()["name"] == record.body["name"]
