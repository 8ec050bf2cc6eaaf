"""An observed difference falls under the right rule."""

from __future__ import annotations

import pytest

from conformance.upgrade.classify import ListContext, alike, rule_for
from conformance.upgrade.facts import About, fact
from conformance.upgrade.rules import RULES, Direction

OLD_ONLY, NEW_ONLY = ListContext(new=False), ListContext(old=False)

CASES = [
    (About.STATUS, "200", "404", OLD_ONLY, "op-removed", "breaking"),
    (About.STATUS, "403", "410", ListContext(), "op-removed", "breaking"),
    (About.STATUS, "405", "204", NEW_ONLY, "op-added", "new"),
    (About.STATUS, "404", "410", ListContext(), "error-shape", "cosmetic"),
    (About.STATUS, "200", "201", ListContext(), "status-success", "breaking"),
    (About.STATUS, "200", "403", ListContext(), "role-denied", "breaking"),
    (About.STATUS, "403", "200", ListContext(), "role-allowed", "security"),
    (About.STATUS, "403", "400", ListContext(), "role-allowed", "security"),
    (About.STATUS, "200", "400", ListContext(), "status-refused", "breaking"),
    (About.STATUS, "400", "200", ListContext(), "status-accepted", "silent"),
    (About.STATUS, "400", "500", ListContext(), "server-error", "breaking"),
    (About.ATTRIBUTE, "absent", "string", ListContext(), "resp-added", "new"),
    (About.ATTRIBUTE, "string", "absent", ListContext(), "resp-removed", "breaking"),
    (About.ATTRIBUTE, "number", "absent", ListContext(elsewhere_new=True), "role-attribute", "breaking"),
    (About.ATTRIBUTE, "absent", "number", ListContext(elsewhere_old=True), "role-attribute", "security"),
    (About.ATTRIBUTE, "string", "null or string", ListContext(), "resp-null", "breaking"),
    (About.ATTRIBUTE, "string", "null", ListContext(), "resp-null", "breaking"),
    (About.ATTRIBUTE, "null or string", "string", ListContext(), "resp-null", "cosmetic"),
    (About.ATTRIBUTE, "null", "string", ListContext(), "resp-null", "cosmetic"),
    (About.ATTRIBUTE, "object", "number", ListContext(), "resp-type", "breaking"),
    (About.ATTRIBUTE, "date-time +hhmm", "date-time +hh:mm", ListContext(), "resp-format", "breaking"),
    (About.DEFAULT, "false", "true", ListContext(), "form-default", "silent"),
    (About.KEPT, "unchanged", "false", ListContext(), "form-absent", "silent"),
    (About.COERCED, "true", "false", ListContext(), "form-coercion", "silent"),
    (About.COERCED, "true", "400", ListContext(), "form-coercion", "breaking"),
    (About.TAKEN, "stored", "refused (400)", ListContext(), "form-removed", "breaking"),
    (About.TAKEN, "refused (400)", "not shown", ListContext(), "form-added", "new"),
    (About.TAKEN, "stored", "stored otherwise", ListContext(), "form-dropped", "silent"),
    (About.TAKEN, "stored otherwise", "stored", ListContext(), "form-dropped", "new"),
    (About.NEEDED, "optional", "refused without it (400)", ListContext(), "form-required", "breaking"),
    (About.NEEDED, "refused without it (400)", "optional", ListContext(), "form-required", "new"),
    (About.LIMIT, "accepted", "refused (400)", ListContext(), "form-limit", "breaking"),
    (About.TIME, "2025-01-15T10:00:00+0100", "2025-01-15T11:00:00+0100", ListContext(), "form-time", "silent"),
    (About.TIME, "2025-01-15T10:00:00+0100", "400", ListContext(), "form-time", "breaking"),
    (About.TIME, "400", "2025-01-15T10:00:00+0100", ListContext(), "form-time", "new"),
    (About.FILTER, "3 2", "3 2 1", OLD_ONLY, "query-removed", "silent"),
    (About.FILTER, "3 2", "3 2 1", ListContext(), "query-meaning", "silent"),
    (About.FILTER, "3 2", "400", ListContext(), "query-narrowed", "breaking"),
    (About.FILTER, "400", "3 2", ListContext(), "query-widened", "new"),
    (About.PAGE, "3 2 1", "3 2", ListContext(), "list-page", "silent"),
    (About.PAGE, "3 2 1", "404", ListContext(), "list-page", "breaking"),
    (About.ORDER, "3 2 1", "2 3 1", ListContext(), "list-order", "silent"),
    (About.SCOPE, "nothing", "3 2 1", ListContext(), "list-scope", "security"),
    (About.SCOPE, "3 2 1", "3", ListContext(), "list-scope", "silent"),
    (About.SCOPE, "3 2 1", "403", ListContext(), "role-denied", "breaking"),
    (About.HEADER, "present", "absent", ListContext(), "header-removed", "breaking"),
    (About.HEADER, "absent", "present", ListContext(), "header-removed", "new"),
    (About.ERROR, "400 application/json", "422 application/json", ListContext(), "error-shape", "breaking"),
    (About.ERROR, "400 application/json", "200 application/json", ListContext(), "status-accepted", "silent"),
    (About.EFFECT, "the first is stopped", "the first runs on", ListContext(), "side-effect", "silent"),
    (About.VALUE, "85", "42.5", ListContext(), "resp-value", "silent"),
]


SEEN = ListContext(elsewhere_old=True, elsewhere_new=True)
"""Others are let in, or see it, before and after."""

MIRRORS = [
    (About.STATUS, "200", "403", SEEN, "role-denied", "breaking", "role-allowed", "security"),
    (About.STATUS, "400", "403", SEEN, "role-denied", "breaking", "role-allowed", "security"),
    (About.STATUS, "200", "404", SEEN, "role-denied", "breaking", "role-allowed", "security"),
    (About.STATUS, "200", "404", ListContext(), "status-refused", "breaking", "status-accepted", "silent"),
    (About.STATUS, "200", "400", ListContext(), "status-refused", "breaking", "status-accepted", "silent"),
    (About.STATUS, "200", "500", ListContext(), "server-error", "breaking", "server-error", "new"),
    (About.STATUS, "403", "500", ListContext(), "server-error", "breaking", "server-error", "new"),
    (About.ATTRIBUTE, "number", "absent", SEEN, "role-attribute", "breaking", "role-attribute", "security"),
    (About.ATTRIBUTE, "number", "absent", ListContext(), "resp-removed", "breaking", "resp-added", "new"),
    (About.ATTRIBUTE, "string", "null or string", ListContext(), "resp-null", "breaking", "resp-null", "cosmetic"),
    (About.ATTRIBUTE, "string", "number or string", ListContext(), "resp-type", "breaking", "resp-type", "cosmetic"),
    (About.SCOPE, "1", "1 2", ListContext(), "list-scope", "security", "list-scope", "silent"),
    (About.SCOPE, "1 2", "403", ListContext(), "role-denied", "breaking", "role-allowed", "security"),
    (About.TAKEN, "stored", "refused (400)", ListContext(), "form-removed", "breaking", "form-added", "new"),
    (About.TAKEN, "stored", "stored otherwise", ListContext(), "form-dropped", "silent", "form-dropped", "new"),
    (About.TAKEN, "stored", "not shown", ListContext(), "form-dropped", "silent", "form-dropped", "new"),
    (
        About.NEEDED,
        "optional",
        "refused without it (400)",
        ListContext(),
        "form-required",
        "breaking",
        "form-required",
        "new",
    ),
    (About.LIMIT, "accepted", "refused (400)", ListContext(), "form-limit", "breaking", "form-limit", "new"),
    (About.TIME, "the local time as sent", "400", ListContext(), "form-time", "breaking", "form-time", "new"),
    (About.COERCED, "true", "400", ListContext(), "form-coercion", "breaking", "status-accepted", "silent"),
    (About.FILTER, "1 2", "400", ListContext(), "query-narrowed", "breaking", "query-widened", "new"),
    (About.HEADER, "present", "absent", ListContext(), "header-removed", "breaking", "header-removed", "new"),
]


@pytest.mark.parametrize(("about", "before", "after", "around", "rule", "change_class", "mirror", "mirrored"), MIRRORS)
def test_each_direction_has_its_own_class(
    about: About, before: str, after: str, around: ListContext, rule: str, change_class: str, mirror: str, mirrored: str
) -> None:
    asked = fact(about, "GET /x", before)
    result, way = rule_for(asked, before, after, around)
    assert (result, str(RULES[result].class_of(way))) == (rule, change_class)
    result, way = rule_for(asked, after, before, around)
    assert (result, str(RULES[result].class_of(way))) == (mirror, mirrored)


def test_what_a_rule_says_fits_the_direction() -> None:
    rule = RULES["role-attribute"]
    assert rule.notice_of(Direction.FORWARD) == "a key is missing"
    assert "missing" not in rule.notice_of(Direction.REVERSE)
    assert rule.described(Direction.REVERSE).title == "attribute shown to a role"
    assert RULES["list-scope"].notice_of(Direction.REVERSE) == "records are missed"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("string of others", "null"),
        ("any value of others", "string"),
        ("object of others", "any value of others"),
        ("null or string", "string of others"),
    ],
)
def test_what_people_left_empty_is_no_change(before: str, after: str) -> None:
    asked = fact(About.ATTRIBUTE, "GET /api/users/me", before, field="alias")
    assert alike(asked, before, after)
    assert alike(asked, after, before)


@pytest.mark.parametrize(("before", "after"), [("string of others", "number"), ("any value of others", "absent")])
def test_another_type_or_no_attribute_is_a_change_whosever_it_is(before: str, after: str) -> None:
    assert not alike(fact(About.ATTRIBUTE, "GET /api/users/me", before, field="alias"), before, after)


@pytest.mark.parametrize(("about", "before", "after", "around", "rule", "change_class"), CASES)
def test_rule_and_class(
    about: About, before: str, after: str, around: ListContext, rule: str, change_class: str
) -> None:
    result, way = rule_for(fact(about, "GET /x", before), before, after, around)
    assert (result, str(RULES[result].class_of(way))) == (rule, change_class)


def test_every_subject_has_a_reader() -> None:
    for about in About:
        assert rule_for(fact(about, "GET /x", "1"), "1", "2", ListContext())[1] in Direction


@pytest.mark.parametrize(
    ("asked", "before", "after", "rule"),
    [
        ("valid token", "200 json", "401 json", "auth-refused"),
        ("lower case", "401 json", "200 json", "auth-open"),
        ("none", "401 json", "401 empty", "error-shape"),
        ("valid token", "401 json", "200 json", "status-accepted"),
    ],
)
def test_credentials(asked: str, before: str, after: str, rule: str) -> None:
    assert rule_for(fact(About.CREDENTIALS, "GET /x", before, asked=asked), before, after, ListContext())[0] == rule
