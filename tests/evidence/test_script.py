"""The script of a finding: whose tokens it takes, which ids are variables, and when there is none."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.exchange.evidence import Cutter, ScriptWriter
from conformance.exchange.evidence.script import preamble
from conformance.exchange.guard.absent import BAND
from conformance.exchange.network.credential_names import CredentialNames
from conformance.model import Exchange, Place, Status
from tests import processes
from tests.evidence.telling import ACTORS, BASE, MARK, Story

PLACE = Place(
    "boolean.false-is-false", Status.FAIL, "PATCH /api/timesheets/{id}", "billable", expected="false", got="true"
)


def script(story: Story, exchange: Exchange, *beside: Exchange) -> str:
    """Return the script of an exchange, which must be one for a POSIX shell or a comment."""
    names = CredentialNames(ACTORS)
    writer = ScriptWriter(story.history, names, ACTORS, BASE, MARK, Cutter(story.history, MARK).seen)
    text = writer.write(PLACE, "False is false", exchange, beside)
    assert processes.run(["sh", "-n"], input=text).returncode == 0, text
    return text


def lines(text: str) -> list[str]:
    """Return the lines that send something, and what keeps ids, after the functions."""
    return [line for line in text.splitlines() if line.startswith(("ask ", "send ", "made ", "[ ", "show "))]


def patched(story: Story, **more: Any) -> Exchange:
    """Make what a PATCH needs, and send it."""
    story.customer(2)
    story.project(5, customer=2)
    story.timesheet(7, project=5)
    body = {"billable": False, "project": 5, "description": f"{MARK} it's"}
    answer = {"id": 7, "billable": True}
    return story.asked("PATCH /api/timesheets/{id}", answer, body, path="/api/timesheets/7", actor="worker", **more)


def test_ids_are_taken_from_the_answers_and_names_are_new() -> None:
    story = Story()
    text = script(story, patched(story))
    assert lines(text)[-2] == (
        """ask PATCH /api/timesheets/"$timesheet_1" '{"billable": false, "project": '"$project_1"', """
        """"description": "'"$MARK"' it'"'"'s"}' -H 'authorization: Bearer '"$KIMAI_TOKEN_USER\""""
    )
    assert lines(text)[-1] == "show now billable"
    assert "made /api/timesheets timesheet; timesheet_1=$ID" in text
    assert MARK not in text.replace("MARK=", "")
    assert "say 'expected     false'" in text
    assert "say '    .billable = true'" in text


def test_numbers_are_new_each_time_a_script_is_run() -> None:
    """An instance may demand that they differ, and a record of an earlier run of it may still be there."""
    story = Story()
    story.customer(2, number="K0123abcd")
    body = {"name": f"{MARK} x", "number": "K89abcdefa"}
    answer = {"id": 2, "number": "K89abcdefa"}
    text = script(story, story.asked("PATCH /api/customers/{id}", answer, body, path="/api/customers/2"))
    assert "K0123abcd" not in text.partition("trap ")[2]
    assert """"number": "'"${NUMBER}0"'"}""" in text
    assert """"number": "'"${NUMBER}1"'a"}""" in text


def test_the_tokens_it_takes_are_named_by_role_and_asked_for() -> None:
    story = Story()
    text = script(story, patched(story))
    head = text.partition("set -u")[0]
    assert ': "${KIMAI_TOKEN_USER:?an API token of a user with ROLE_USER (worker in the run)}"' in head
    assert ': "${KIMAI_TOKEN_SUPER_ADMIN:?an API token of a user with ROLE_SUPER_ADMIN (boss in the run)}"' in head
    assert "TEAMLEAD" not in text
    assert f': "${{KIMAI_URL:={BASE}}}"' in head


@pytest.mark.parametrize(
    ("credential", "header"),
    [
        ("KIMAI_WRONG_TOKEN", "-H 'authorization: Bearer '\"$KIMAI_WRONG_TOKEN\""),
        ("KIMAI_EXPIRED_TOKEN", "-H 'authorization: Bearer '\"$KIMAI_EXPIRED_TOKEN\""),
        ("KIMAI_PASSWORD", "-H 'authorization: Bearer '\"$KIMAI_PASSWORD\""),
        ("none", ""),
    ],
)
def test_bad_credentials_stay_bad_ones(credential: str, header: str) -> None:
    story = Story()
    story.customer(2)
    path = "/api/customers/2"
    exchange = story.asked("DELETE /api/customers/{id}", path=path, status=204, credential=credential)
    line = next(line for line in lines(script(story, exchange)) if line.startswith("ask DELETE"))
    assert line == f"ask DELETE /api/customers/\"$customer_1\" '' {header}".rstrip()
    assert "KIMAI_TOKEN" not in exchange.curl()


def test_what_could_touch_anything_else_is_no_script() -> None:
    story = Story()
    profile = story.asked("PATCH /api/users/{id}", {"id": 3}, {"alias": "x"}, path="/api/users/3")
    other = story.asked("PATCH /api/customers/{id}", {"id": 9}, {"name": "x"}, path="/api/customers/9")
    unknown = story.asked("POST /api/expenses", {"id": 9}, {"name": "x"})
    for exchange in (profile, other, unknown):
        assert script(story, exchange).startswith("# No script: ")
        assert "kimai-conformance replay" in script(story, exchange)


def test_an_absent_record_is_looked_for_first() -> None:
    story = Story()
    ident = BAND[-1]
    exchange = story.asked("DELETE /api/customers/{id}", path=f"/api/customers/{ident}", status=500)
    text = script(story, exchange)
    assert f"/api/customers/{ident} must not exist" in text
    assert text.index("must not exist") < text.index(f"ask DELETE /api/customers/{ident}")


def test_nobody_s_running_record_is_stopped() -> None:
    story = Story()
    story.customer(2)
    story.project(5, customer=2)
    started = story.asked("POST /api/timesheets", {"id": 7}, {"project": 5, "activity": 900}, actor="worker")
    text = script(story, started)
    assert text.index("has a running record") < text.index("ask POST /api/timesheets")


def test_what_was_compared_is_asked_before() -> None:
    story = Story()
    story.customer(2)
    first = story.asked("GET /api/customers/{id}", {"id": 2}, path="/api/customers/2")
    second = story.asked("GET /api/customers/{id}", {"id": 2}, path="/api/customers/2", actor="lead")
    shows = [line for line in lines(script(story, second, first)) if line.startswith("show")]
    assert shows == ["show before billable", "show now billable"]


def test_a_record_that_may_come_of_it_after_all_is_noted_for_its_end() -> None:
    story = Story()
    exchange = story.asked("POST /api/customers", None, {"name": f"{MARK} x"}, status=500)
    assert "case $STATUS in 2??) made /api/customers customer ;; esac" in script(story, exchange)


def test_the_password_of_a_new_user_is_a_variable() -> None:
    story = Story()
    body = {"username": f"{MARK} user", "plainPassword": "geheim-12345678"}
    exchange = story.asked("POST /api/users", {"id": 9}, body)
    text = script(story, exchange)
    assert "geheim" not in text + exchange.curl()
    assert '"plainPassword": "\'"$KIMAI_NEW_SECRET"\'"' in text
    assert "/api/users/*) ask PATCH" in text


@pytest.mark.parametrize(
    ("field", "shown"),
    [
        ("visible", ['now          HTTP 200', '    [1].visible = false (id 8)']),
        ("", ['now          HTTP 200', '    records: 2', '    ids: 7 8 ', '    made by this script: 8 ']),
    ],
)  # fmt: skip
def test_of_a_list_it_shows_what_it_made_itself(field: str, shown: list[str]) -> None:
    """The list that the end of an answer holds; a record of another kind has an id of the list's by chance."""
    steps = f"""
ASKED=/api/tags STATUS=200
printf '%s' '[{{"id": 7, "visible": true}}, {{"id": 8, "visible": false}}]' >"$DIR/body"; : >"$DIR/head"
printf '/api/tags/8\\n/api/teams/7\\n' >"$DIR/made"
show now '{field}'
"""
    text = "#!/bin/sh\nKIMAI_URL=http://x\n" + preamble() + steps
    done = processes.run(["sh"], input=text)
    assert done.stdout.splitlines() == shown, done.stderr
