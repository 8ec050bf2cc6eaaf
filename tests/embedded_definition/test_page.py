"""The page at /api/doc holds the definition in the form of its version."""

from __future__ import annotations

import json
import re

import pytest

from conformance.embedded.openapi import definition, doc_page, page_for

_ASSIGNED = re.compile(r"docs\.apiDescriptionDocument = (\{.*\});</script>")
_ELEMENT = re.compile(r'<script id="swagger-data" type="application/json">(\{.*\})</script>')


@pytest.mark.parametrize(
    ("version", "form", "other"),
    [("2.24.0", _ELEMENT, _ASSIGNED), ("2.62.0", _ASSIGNED, _ELEMENT), ("2.66.0", _ASSIGNED, _ELEMENT)],
)
def test_the_page_has_the_definition_in_the_form_of_its_version(
    version: str, form: re.Pattern[str], other: re.Pattern[str]
) -> None:
    page = doc_page(version)
    match = form.search(page)
    assert match is not None
    assert json.loads(match[1]) == {"spec": definition(version)}
    assert other.search(page) is None


def test_the_page_can_hold_the_mended_definition() -> None:
    match = _ASSIGNED.search(doc_page("2.66.0", flawed=False))
    assert match is not None
    assert json.loads(match[1])["spec"] == definition("2.66.0", flawed=False)


@pytest.mark.parametrize(
    ("reader", "own_roles", "listed"),
    [
        (["ROLE_SUPER_ADMIN"], True, ["ROLE_TEAMLEAD", "ROLE_ADMIN", "ROLE_SUPER_ADMIN"]),
        (["ROLE_ADMIN"], True, ["ROLE_TEAMLEAD", "ROLE_ADMIN"]),
        ([], True, ["ROLE_TEAMLEAD"]),
        ([], False, ["ROLE_TEAMLEAD", "ROLE_ADMIN", "ROLE_SUPER_ADMIN"]),
    ],
)
def test_forms_list_the_roles_that_the_reader_may_give(reader: list[str], own_roles: bool, listed: list[str]) -> None:
    match = _ASSIGNED.search(page_for(reader, "2.66.0", own_roles=own_roles))
    assert match is not None
    form = json.loads(match[1])["spec"]["components"]["schemas"]["UserEditForm"]
    assert form["properties"]["roles"]["items"]["enum"] == listed
