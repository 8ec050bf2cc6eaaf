"""What the rules of the guard are made of, each by itself: ids, bodies, paths, credentials, rights, ends and begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from conformance.exchange import BAND
from conformance.exchange.guard.absent import AbsentIds
from conformance.exchange.guard.bodies import Reading, field_key, read_body
from conformance.exchange.guard.credentials import Credentials, CredentialStatus, classify_credentials
from conformance.exchange.guard.ids import LARGEST, AmbiguousRequest, id_in, id_of, listed_ids, parse_ids
from conformance.exchange.guard.kinds import Kind
from conformance.exchange.guard.paths import interpretations, is_plain, strict_segments
from conformance.exchange.guard.rights import (
    Permission,
    can_delete,
    can_delete_exported,
    has_default_roles,
    is_super_admin,
    may_see_everybody,
    sees_everybody,
    strongest_first,
)
from conformance.exchange.guard.rules.email_domains import _nobodys
from conformance.exchange.guard.rules.ownership import tag_names
from conformance.exchange.guard.rules.run_mark import cannot_be_a_name
from conformance.exchange.guard.rules.timers import is_end
from conformance.exchange.guard.rules.unknown_operations import is_plain_read
from conformance.exchange.guard.rules.unstoppable_timers import unstoppable_reason
from conformance.model import Secret, Token
from tests.conftest import Clock

from .fake import ACTORS, ADMIN, LEAD, MARK, PLAIN

# Ids


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        (5, {5}), ("5", {5}), (LARGEST, {LARGEST}), (str(LARGEST), {LARGEST}), ([5, "6", [7]], {5, 6, 7}),
        ({"a": 5, "6": None}, {5, 6}), (None, set()), (False, set()), ("", set()), ("0", set()), (0, set()),
        ("abc", set()), ([], set()), ({}, set()), (["x", None, False], set()),
    ],
)  # fmt: skip
def test_ids_that_a_value_means(value: Any, ids: set[int]) -> None:
    assert parse_ids(value, "it") == ids


@pytest.mark.parametrize(
    "value",
    [True, 5.0, 1e300, -1, LARGEST + 1, str(LARGEST + 1), "00", "01", "+1", "1 ", "1\n", "1x", "x1", "½", "²", "٣",
     [1, True], {"a": "01"}, {"01": "a"}, b"1"],
)  # fmt: skip
def test_what_may_be_read_as_another_id_is_ambiguous(value: Any) -> None:
    with pytest.raises(AmbiguousRequest, match="it is "):
        parse_ids(value, "it")


@pytest.mark.parametrize(
    ("value", "ident"),
    [(5, 5), ("5", 5), ({"id": 5}, 5), ({"id": "5"}, 5), (True, None), ("x", None), ("²", None), ({}, None),
     (None, None), ({"id": True}, None), (5.0, None)],
)  # fmt: skip
def test_id_of_a_reference(value: Any, ident: int | None) -> None:
    assert id_of(value) == ident


def test_ids_in_an_answer() -> None:
    assert listed_ids([{"id": 5}, {"name": "x"}, 7, {"id": 3}]) == [5, 3]
    assert listed_ids({"id": 5}) == listed_ids(None) == []
    assert [id_in(answer) for answer in ({"id": 5}, {"id": True}, {"id": "5"}, {}, [5], None)] == [5, *[None] * 5]


# Absent ids


class Instance:
    """Answers reads by path, and counts them."""

    def __init__(self, answers: Mapping[str, tuple[int, Any]]) -> None:
        self.answers, self.asked = answers, list[str]()
        self.ids = AbsentIds(self.ask)

    def ask(self, path: str, params: Mapping[str, str]) -> tuple[int, Any]:
        self.asked.append(path + "".join(f" {name}={value}" for name, value in params.items()))
        return self.answers.get(path, (500, None))


def test_absent_ids_are_drawn_one_by_one_from_the_band() -> None:
    ids = Instance({}).ids
    drawn = [ids.next() for _ in range(3)]
    assert drawn == list(BAND[1:4])
    ids.offset = len(BAND) - 2
    assert [ids.next(), ids.next(), ids.next()] == [BAND[-1], BAND[0], BAND[1]]
    assert BAND[-1] == LARGEST


@pytest.mark.parametrize(("status", "absent"), [(404, True), (200, False), (403, False), (500, False), (410, False)])
def test_only_a_404_of_the_record_shows_that_it_is_absent(status: int, absent: bool) -> None:
    instance = Instance({f"/api/customers/{BAND[7]}": (status, {})})
    assert [instance.ids.is_absent(Kind.CUSTOMER, BAND[7]) for _ in range(2)] == [absent, absent]
    assert instance.asked == [f"/api/customers/{BAND[7]}"]  # once
    assert not instance.ids.is_absent(Kind.CUSTOMER, 7)
    assert not instance.ids.is_absent(Kind.CUSTOMER, LARGEST + 1)
    assert len(instance.asked) == 1


@pytest.mark.parametrize(
    ("answer", "absent"),
    [
        ((200, []), True), ((200, [{"id": 5}]), True), ((404, None), True), ((200, [{"id": BAND[7]}]), False),
        ((200, [{"id": 5}, {"id": BAND[7]}]), False), ((200, [BAND[7]]), False), ((200, {"id": 5}), False),
        ((403, []), False), ((500, None), False),
    ],
)  # fmt: skip
def test_a_rate_is_absent_by_the_list_of_its_parent(answer: tuple[int, Any], absent: bool) -> None:
    instance = Instance({"/api/customers/5/rates": answer})
    assert instance.ids.is_absent(Kind.CUSTOMER_RATE, BAND[7], 5) is absent
    assert instance.asked == ["/api/customers/5/rates"]
    assert not instance.ids.is_absent(Kind.CUSTOMER_RATE, BAND[7])  # below no parent nothing shows it
    assert not instance.ids.is_absent(Kind.CUSTOMER_RATE, BAND[7], 6)  # and the parent counts


@pytest.mark.parametrize("kind", [Kind.TAG, Kind.API_TOKEN, Kind.INVOICE_TEMPLATE])
def test_what_no_read_shows_is_never_absent(kind: Kind) -> None:
    instance = Instance({"/api/tags/find": (200, []), "": (200, [])})
    assert not instance.ids.readable(kind)
    assert not instance.ids.is_absent(kind, BAND[7])
    assert instance.asked == []
    assert instance.ids.readable(Kind.CUSTOMER)
    assert instance.ids.readable(Kind.CUSTOMER_RATE)


# Bodies

JSON = "application/json"


@pytest.mark.parametrize(
    ("content", "media", "reading", "value"),
    [
        (b"", JSON, Reading.EMPTY, None), (b" \n", JSON, Reading.EMPTY, None),
        (b'{"a": 5}', JSON, Reading.JSON, {"a": 5}), (b'{"a": 5}', "", Reading.JSON, {"a": 5}),
        (b'{"a": 5}', "Application/JSON; charset=utf-8", Reading.JSON, {"a": 5}),
        (b'{"a": 5}', " application/json ;x", Reading.JSON, {"a": 5}),
        (b'{"a": 5}', "text/plain", Reading.IGNORED, {"a": 5}),
        (b"no digits", JSON, Reading.OPAQUE, "no digits"), (b"\xff", "", Reading.OPAQUE, "\ufffd"),
        (f"{{{MARK}".encode(), JSON, Reading.OPAQUE, f"{{{MARK}"),
        (b"a=5&b[]=6&b[]=7&c[d][e]=8&f=", "application/x-www-form-urlencoded; charset=utf-8", Reading.FORM,
         {"a": "5", "b": {"0": "6", "1": "7"}, "c": {"d": {"e": "8"}}, "f": ""}),
        (b"a=\xff&b[c][X]=%FF", "application/x-www-form-urlencoded", Reading.FORM,
         {"a": "\ufffd", "b": {"c": {"X": "\ufffd"}}}),
        (b"a[][b]=5&a[][b]=6", "application/x-www-form-urlencoded", Reading.FORM,
         {"a": {"0": {"b": "5"}, "1": {"b": "6"}}}),
    ],
)  # fmt: skip
def test_what_a_body_says(content: bytes, media: str, reading: Reading, value: Any) -> None:
    body = read_body(content, media, MARK)
    assert (body.reading, body.value) == (reading, value)


@pytest.mark.parametrize(
    ("content", "media"),
    [
        (b"{5", JSON), (f"{{{MARK}5".encode(), JSON), (b"{", "multipart/form-data"), (b'{"a": 1, "a": 2}', JSON),
        (b'{"a_b": 1, "aB": 2}', JSON), (b'[{"x": {"a": 1, "A": 2}}]', JSON), (b"[" * 100_000 + b"1", JSON),
        (b"a=1&a=2", "application/x-www-form-urlencoded"), (b"a=1&A=2", "application/x-www-form-urlencoded"),
        (b"a=1&a[]=2", "application/x-www-form-urlencoded"), (b"a[]=1&a=2", "application/x-www-form-urlencoded"),
        (b"a[b]=1&a[b][c]=2", "application/x-www-form-urlencoded"), (b"a.b=x", "application/x-www-form-urlencoded"),
        (b"=x", "application/x-www-form-urlencoded"), (b"a]=x", "application/x-www-form-urlencoded"),
        (b"a[b]=x&a[b]=y", "application/x-www-form-urlencoded"),
        (b"a[1]=7&a[]=x", "application/x-www-form-urlencoded"),
    ],
)  # fmt: skip
def test_what_may_be_read_in_two_ways_is_ambiguous(content: bytes, media: str) -> None:
    with pytest.raises(AmbiguousRequest):
        read_body(content, media, MARK)


def test_without_a_mark_every_digit_counts() -> None:
    assert read_body(b"text", JSON, "").value == "text"
    with pytest.raises(AmbiguousRequest):
        read_body(b"text 5", JSON, "")


@pytest.mark.parametrize("name", ["globalActivities", "global_activities", "global-activities", " GLOBAL_Activities "])
def test_spellings_of_an_attribute_are_one(name: str) -> None:
    assert field_key(name) == "globalactivities"


# Paths


@pytest.mark.parametrize("path", ["/api/customers", "/api/customers/5", "/api/work-contract/open_days", "/api/a/é"])
def test_a_path_that_is_read_in_one_way(path: str) -> None:
    assert is_plain(path)
    assert len(interpretations(path)) == 1


@pytest.mark.parametrize(
    "path",
    ["/api/a/", "//api/a", "/api//a", "/api/./a", "/api/../a", "/api/a;b=c", "/api/a.json", "/api/%2561",
     "/api/a%2Fb", "/api\\a", "/api/a%00b", "/api/a%3Fb", "/api/a%0A", "/api/a%7F", "api/a", "/", ""],
)  # fmt: skip
def test_a_path_that_may_be_read_in_another_way(path: str) -> None:
    assert not is_plain(path)


@pytest.mark.parametrize(
    ("path", "reading"),
    [
        ("/api//a/", ("api", "a")), ("/api/./a", ("api", "a")), ("/api/x/../a", ("api", "a")),
        ("/../api/a", ("api", "a")), ("/api/b/x/../a", ("api", "b", "a")),
        ("/api/a;b=c/d", ("api", "a", "d")), ("/api/a.json", ("api", "a")), ("/api/%61", ("api", "a")),
        ("/api/%2561", ("api", "a")), ("/api/a%2Fb", ("api", "a", "b")), ("/api/a%252Fb", ("api", "a", "b")),
        ("/api\\a", ("api", "a")), ("/api/a%5Cb", ("api", "a", "b")), ("/api/a%00b", ("api", "a")),
        ("/api/a%00b", ("api", "ab")), ("/api/a%3Fb", ("api", "a")), ("/api/a%23b", ("api", "a")),
        ("/api/a%09", ("api", "a")), ("/api/a%FF", ("api", "a\ufffd")),
    ],
)  # fmt: skip
def test_how_else_a_path_may_be_read(path: str, reading: tuple[str, ...]) -> None:
    assert reading in interpretations(path)
    assert strict_segments(path) in interpretations(path)


@pytest.mark.parametrize(
    ("template", "reads"),
    [
        ("/api/holidays", True), ("/api/holidays/5", True), ("/api/holidays/{id}", True), ("/api/a/b-c/d_e", True),
        ("/api/a/{id}/{other}", True), ("/api/a/5/6", True), ("/api/a/{id}/b", False), ("/api/a/5/b", False),
        ("/api/a/x5/b", False), ("/api/a/x.y/b", False), ("/api/a/é5", False), ("/api/a/٥", False),
        ("/api/a/x%y", False),
    ],
)  # fmt: skip
def test_a_path_that_reads_by_its_form(template: str, reads: bool) -> None:
    assert is_plain_read(template) is reads


# Credentials

TOKEN = "tok-plain-0123456789"
OLD = replace(LEAD, tokens=(Token("old", Secret("tok-old"), datetime(2020, 1, 1, tzinfo=UTC)), *LEAD.tokens))


@pytest.mark.parametrize(
    ("headers", "query", "status"),
    [
        ({"Authorization": f"Bearer {TOKEN}"}, (), CredentialStatus.GOOD),
        ({"authorization": f"Bearer {TOKEN}"}, (("begin", "x"),), CredentialStatus.GOOD),
        ({"authorization": f"bearer {TOKEN}"}, (), CredentialStatus.BAD),
        ({"authorization": f"Bearer {TOKEN} "}, (), CredentialStatus.BAD),
        ({"authorization": TOKEN}, (), CredentialStatus.BAD),
        ({"authorization": ""}, (), CredentialStatus.BAD),
        ({"authorization": "Bearer tok-old"}, (), CredentialStatus.BAD),
        ({"authorization": "Bearer unknown"}, (), CredentialStatus.BAD),
        ({"authorization": f"Bearer {TOKEN}", "X-AUTH-USER": "a"}, (), CredentialStatus.BAD),
        ({"authorization": f"Bearer {TOKEN}", "X-Auth-Token": "a"}, (), CredentialStatus.BAD),
        ({"authorization": f"Bearer {TOKEN}", "Cookie": "a=b"}, (), CredentialStatus.BAD),
        ({"authorization": f"Bearer {TOKEN}"}, (("a", "b"), ("Access_Token", "x")), CredentialStatus.BAD),
        ({}, (("token", "x"),), CredentialStatus.BAD), ({}, (("api_key", "x"),), CredentialStatus.BAD),
        ({}, (("apikey", "x"),), CredentialStatus.BAD), ({"X-Auth-User": "a"}, (), CredentialStatus.BAD),
        ({"x-auth-token": "a"}, (), CredentialStatus.BAD), ({"cookie": "a=b"}, (), CredentialStatus.BAD),
        ({}, (), CredentialStatus.NONE), ({"accept": "x"}, (("begin", "x"),), CredentialStatus.NONE),
    ],
)  # fmt: skip
def test_how_credentials_stand(
    headers: dict[str, str], query: tuple[tuple[str, str], ...], status: CredentialStatus
) -> None:
    actor = PLAIN if status is CredentialStatus.GOOD else None
    assert classify_credentials(headers, query, (OLD, PLAIN, ADMIN)) == (status, actor)


def test_a_later_token_of_an_actor_counts() -> None:
    header = {"authorization": "Bearer tok-lead-0123456789"}
    assert classify_credentials(header, (), (ADMIN, OLD)) == (CredentialStatus.GOOD, OLD)


def test_credentials_are_sent_as_they_are_named() -> None:
    token, bearer = "tok-plain-0123456789", Secret("Basic abc")
    sent = [
        credentials.headers_for(PLAIN)
        for credentials in (
            Credentials.none(), Credentials.scheme("Basic"), Credentials.scheme(""), Credentials.token(Secret("x")),
            Credentials.header(bearer), Credentials.query("token", Secret("x")), Credentials.legacy("u", Secret("x")),
        )
    ]  # fmt: skip
    assert sent == [
        {}, {"Authorization": f"Basic {token}"}, {"Authorization": token}, {"Authorization": "Bearer x"},
        {"Authorization": "Basic abc"}, {}, {"X-AUTH-USER": "u", "X-AUTH-TOKEN": "x"},
    ]  # fmt: skip
    ((name, value),) = Credentials.query("token", Secret("x")).parameters
    assert (name, value.reveal()) == ("token", "x")


def test_a_secret_that_stands_in_is_known_for_one_and_an_invented_word_is_not() -> None:
    secret = Secret("Basic s3cret")
    makers = (
        Credentials.token, Credentials.header, lambda value: Credentials.query("token", value),
        lambda value: Credentials.legacy("u", value),
    )  # fmt: skip
    for make in makers:
        assert [hidden.reveal() for hidden in make(secret).hidden] == ["s3cret"]
        assert [hidden.reveal() for hidden in make(Secret("of two words")).hidden] == ["words"]
        assert make("a word").hidden == ()


# Rights

ROOT = ADMIN
BOSS = replace(ADMIN, name="admin", roles=("ROLE_ADMIN",))
CUSTOM = replace(PLAIN, name="custom", roles=("ROLE_BOOKKEEPER",))
UNKNOWN = replace(PLAIN, name="unknown", user_id=None, roles=())
PEOPLE = (PLAIN, LEAD, BOSS, ROOT, CUSTOM, UNKNOWN)
YES, NO, OPEN = Permission.YES, Permission.NO, Permission.UNSETTLED


@pytest.mark.parametrize(
    ("kind", "made_it", "answers"),
    [
        (Kind.CUSTOMER, True, [NO, NO, YES, YES, OPEN, OPEN]), (Kind.TAG, False, [NO, YES, YES, YES, OPEN, OPEN]),
        (Kind.TIMESHEET, True, [YES] * 6), (Kind.TIMESHEET, False, [NO, NO, YES, YES, OPEN, OPEN]),
        (Kind.USER, True, [NO] * 6), (Kind.CUSTOMER_RATE, True, [NO, NO, YES, YES, OPEN, OPEN]),
    ],
)  # fmt: skip
def test_who_may_delete_by_default(kind: Kind, made_it: bool, answers: list[Permission]) -> None:
    assert [can_delete(actor, kind, made_it=made_it) for actor in PEOPLE] == answers


def test_what_roles_allow_by_default() -> None:
    administrators = [False, False, True, True, False, False]
    assert [can_delete_exported(actor) for actor in PEOPLE] == administrators
    assert [sees_everybody(actor) for actor in PEOPLE] == administrators
    assert [may_see_everybody(actor) for actor in PEOPLE] == [False, False, True, True, True, True]
    assert [is_super_admin(actor) for actor in PEOPLE] == [False, False, False, True, False, False]
    assert [has_default_roles(actor) for actor in PEOPLE] == [True, True, True, True, False, False]
    names = [actor.name for actor in strongest_first(PEOPLE)]
    assert names == ["boss", "admin", "lead", "plain", "custom", "unknown"]


# Names, addresses, moments


@pytest.mark.parametrize("value", [None, False, [], {}, ["x"], "", " ", "x", " x ", "x" * 256])
def test_what_no_version_takes_as_a_name(value: Any) -> None:
    assert cannot_be_a_name(value)


@pytest.mark.parametrize("value", ["xx", "x" * 255, 12, True, 0, 1.5])
def test_what_a_version_may_take_as_a_name(value: Any) -> None:
    assert not cannot_be_a_name(value)


@pytest.mark.parametrize(
    ("value", "names"),
    [(None, []), (False, []), ("", []), ("a, b ,,c", ["a", "b", "c"]), (["a,b", "c"], ["a", "b", "c"]), (7, [None]),
     (True, [None]), ({"a": "b"}, [None]), (["a", 7], ["a", None]), ([["a"]], [None])],
)  # fmt: skip
def test_names_of_tags_in_a_body(value: Any, names: list[str | None]) -> None:
    assert tag_names(value) == names


@pytest.mark.parametrize(
    "domain", ["example.com", "mail.example.ORG", "example.net.", "host.test..", "localhost", "x.invalid"]
)
def test_domains_that_nobody_can_own(domain: str) -> None:
    assert _nobodys(domain)


@pytest.mark.parametrize("domain", ["", "kimai.org", "notexample.com", "example.com.org", "atest", "localhost.de"])
def test_domains_that_may_be_somebodys(domain: str) -> None:
    assert not _nobodys(domain)


@pytest.mark.parametrize(
    "value", ["2026-07-01T09:00:00", "2026-07-01 09:00:00", "2026-07-01T09:00", "2024-02-29T00:00"]
)
def test_what_surely_ends_a_record(value: str) -> None:
    assert is_end(value)


@pytest.mark.parametrize(
    "value",
    [None, False, "", "now", "2026-07-01", "2026-02-29T00:00", "2026-07-01T25:00:00", "2026-07-01T09:00:00Z",
     " 2026-07-01T09:00", "2026-07-01T09:00:00\n", "2026-07-01X09:00", "٢٠٢٦-07-01T09:00", 20260701],
)  # fmt: skip
def test_what_may_end_none(value: Any) -> None:
    assert not is_end(value)


TOKYO = replace(PLAIN, timezone="Asia/Tokyo")


@pytest.mark.parametrize(
    ("begin", "owner", "refused"),
    [
        ("2026-07-01T12:01:00", PLAIN, ""), ("2026-07-01T12:01:01", PLAIN, "to come"),
        ("2026-07-01T21:01:00", TOKYO, ""), ("2026-07-01T21:01:01", TOKYO, "to come"),
        # Where the zone is not known, a local time may come last: twelve hours behind.
        ("2026-07-01T00:01:00", None, ""), ("2026-07-01T00:01:01", None, "to come"),
        ("2026-07-01T00:01:01", replace(PLAIN, timezone="No/Where"), "to come"),
        ("2026-07-01T00:01:01", replace(PLAIN, timezone=None), "to come"),
        ("2026-07-01T21:01:00+09:00", PLAIN, ""), ("2026-07-01T21:01:01+0900", PLAIN, "to come"),
        ("2025-07-06T12:00:00", PLAIN, ""), ("2025-07-06T11:59:59", PLAIN, "so long ago"),
        ("2026-07-02", PLAIN, "to come"), (" 2026-07-02 00:00 ", PLAIN, "to come"), ("2026-07-02Tx", PLAIN, "to come"),
        ("2019-01-01T99:00", PLAIN, "so long ago"), ("9999-12-31T23:59:59", None, "to come"),
        (None, PLAIN, ""), ("", PLAIN, ""), ("now", PLAIN, ""), ("2026-13-01T00:00:00", PLAIN, ""),
        (20990101, PLAIN, ""),
    ],
)  # fmt: skip
def test_a_begin_from_which_nothing_could_be_stopped(clock: Clock, begin: Any, owner: Any, refused: str) -> None:
    clock("2026-07-01T12:00:00+00:00")
    reason = unstoppable_reason(begin, owner)
    assert bool(reason) is bool(refused)
    assert refused in (reason or "")
    assert len(ACTORS) == 3
