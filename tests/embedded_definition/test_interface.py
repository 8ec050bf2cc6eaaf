"""The interface of each release: what its accessors give, and that every name in it leads somewhere."""

from __future__ import annotations

import pytest

from conformance.embedded.interface import (
    ABSENT,
    VERSIONS,
    Attribute,
    Shape,
    form,
    forms,
    operations,
    schema,
    schemas,
)


def _targets(shape: Shape) -> set[str]:
    inner = _targets(shape.items) if shape.items else set()
    return inner | ({shape.target} if shape.target else set())


@pytest.mark.parametrize(("version", "count"), [("2.24.0", 72), ("2.62.0", 88), ("2.66.0", 98)])
def test_every_operation_of_a_version_is_there_once(version: str, count: int) -> None:
    table = operations(version)
    assert len(table) == count
    assert len({operation.key for operation in table}) == count
    assert len({operation.id for operation in table}) == count


@pytest.mark.parametrize("version", VERSIONS)
def test_every_reference_leads_to_a_schema_or_form(version: str) -> None:
    used: set[str] = set()
    for operation in operations(version):
        shapes = [shape for _, shape in operation.answer.media] + ([operation.body] if operation.body else [])
        used.update(*map(_targets, shapes))
    for known in schemas(version).values():
        used.update(*(_targets(attribute.shape) for attribute in known.attributes))
    for known_form in forms(version).values():
        used.update(*(_targets(field.shape) for field in known_form.fields))
    assert used <= schemas(version).keys() | forms(version).keys()


def test_a_field_tells_its_type_and_whether_it_is_required() -> None:
    fields = form("2.66.0", "TimesheetEditForm")
    assert fields.field("begin") == Attribute("begin", Shape("string", format="date-time"))
    assert fields.field("project") == Attribute("project", Shape("integer"), required=True)
    assert [field.name for field in fields.fields if field.required] == ["project", "activity"]


def test_an_attribute_tells_its_limits_and_its_default() -> None:
    name = schema("2.66.0", "Customer").attribute("name")
    assert (name.min_length, name.max_length, name.default) == (2, 150, ABSENT)
    value = schema("2.66.0", "UserPreference").attribute("value")
    assert (value.nullable, value.default) == (True, None)


def test_a_query_parameter_tells_its_pattern_and_whether_it_may_be_repeated() -> None:
    listing = next(o for o in operations("2.66.0") if o.key == "GET /api/activities")
    assert listing.parameter("visible").default == 1
    projects = listing.parameter("projects[]")
    assert (projects.pattern, projects.many, projects.default) == (r"\d+", True, ())


def test_versions_have_their_own_attributes_and_operations() -> None:
    assert "budget" in schema("2.66.0", "CustomerCollection").names
    assert "budget" not in schema("2.62.0", "CustomerCollection").names
    assert "budget" in schema("2.62.0", "CustomerEntity").names
    assert schema("2.24.0", "ProjectExpanded").names[:3] == ("id", "customer", "name")
    assert {o.id for o in operations("2.24.0")} >= {"get_get_tags", "get_stop_timesheet_get"}


def test_the_languages_of_a_version_are_its_own() -> None:
    languages = {version: form(version, "UserEditForm").field("language").enum for version in VERSIONS}
    assert "bg" in languages["2.66.0"]
    assert "bg" not in languages["2.24.0"]


def test_an_unknown_version_and_an_unknown_name_are_refused() -> None:
    with pytest.raises(ValueError, match=r"no definition describes Kimai 2\.65\.0"):
        operations("2.65.0")
    with pytest.raises(KeyError, match="colour"):
        schema("2.66.0", "Team").attribute("colour")
    with pytest.raises(KeyError, match="GET /api/tags"):
        next(o for o in operations("2.66.0") if o.key == "GET /api/tags").parameter("colour")


def test_a_field_that_the_definition_leaves_out_is_in_the_form_all_the_same() -> None:
    budget = form("2.24.0", "CustomerEditForm").field("budget")
    assert not budget.documented
    assert form("2.66.0", "CustomerEditForm").field("budget").documented
    assert [f.name for f in form("2.24.0", "ProjectEditForm").fields if not f.documented] == [
        "teams",
        "budget",
        "timeBudget",
        "budgetType",
    ]
