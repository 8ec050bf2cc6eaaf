"""The members of a team that a PATCH replaces: on their positions since 2.63, in an emptied team before."""

from __future__ import annotations

from typing import Any

import pytest

from tests.embedded.conftest import BOSS, IDS, LEAD, WORKER, Instance, Released

Members = list[tuple[int, bool]]
OLDER = ("2.24.0", "2.62.0")


def team_of(kimai: Instance, members: Members) -> str:
    rows = [{"user": user, "teamlead": leads} for user, leads in members]
    return f"teams/{kimai.make('teams', name=kimai.name(), members=rows)['id']}"


def seen(kimai: Instance, team: str) -> Members:
    return [(m["user"]["id"], m["teamlead"]) for m in kimai.ask(BOSS, "GET", team).json()["members"]]


def rows(*members: int | tuple[int, bool]) -> list[dict[str, Any]]:
    """Rows as a client sends them: of a number alone `teamlead` is absent."""
    return [{"user": m} if isinstance(m, int) else {"user": m[0], "teamlead": m[1]} for m in members]


@pytest.mark.parametrize(
    ("before", "sent", "after"),
    [
        ([(3, True), (4, False)], rows(5, (3, True), 4), [(5, True), (4, True)]),
        ([(3, True), (4, False)], rows((5, False), (3, True), (4, False)), [(5, False), (4, True)]),
        ([(3, True)], rows((4, True), (3, False)), [(3, True)]),
        ([(3, True), (4, False)], rows((4, True)), [(4, True)]),
        ([(3, True), (4, False)], rows((4, True), (5, False)), [(5, False), (4, True)]),
        ([(3, True), (4, False)], rows(4, (3, False)), [(3, False), (4, True)]),
        ([(3, True)], rows(3, (3, False)), [(3, True)]),
        ([(3, True), (4, True)], [{}, {"teamlead": False}], [(3, True), (4, False)]),
    ],
)
def test_rows_are_put_on_positions(
    kimai: Instance, before: Members, sent: list[dict[str, Any]], after: Members
) -> None:
    team = team_of(kimai, before)
    assert kimai.ask(BOSS, "PATCH", team, {"members": sent}).status_code == 200
    assert seen(kimai, team) == after


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (rows((4, False), (3, True)), ["At least one team leader must be assigned to the team."]),
        (
            [{"user": None}],
            [
                "At least one team leader must be assigned to the team.",
                "This collection should contain 1 element or more.",
            ],
        ),
    ],
)
def test_a_valid_list_can_leave_nobody_to_lead(kimai: Instance, sent: list[dict[str, Any]], message: list[str]) -> None:
    team = team_of(kimai, [(3, True)])
    answer = kimai.ask(BOSS, "PATCH", team, {"members": sent})
    assert (answer.status_code, answer.json()["code"]) == (400, "400")
    assert answer.json()["errors"]["children"] == {"members": {"errors": message}}
    assert seen(kimai, team) == [(3, True)]


@pytest.mark.parametrize("emulate", OLDER)
def test_an_older_version_takes_the_list_as_it_is(released: Released, emulate: str) -> None:
    kimai = released(emulate)
    team = team_of(kimai, [(3, True), (4, False)])
    assert kimai.ask(BOSS, "PATCH", team, {"members": rows(5, (3, True), 4)}).status_code == 200
    assert seen(kimai, team) == [(5, False), (3, True), (4, False)]


@pytest.mark.parametrize(("emulate", "after"), [*((name, []) for name in OLDER), ("2.66.0", [(3, True)])])
@pytest.mark.parametrize("body", [{"name": "", "members": rows((4, True))}, {"members": rows((99, True))}])
def test_a_refused_list_empties_the_team_of_an_older_version(
    released: Released, emulate: str, after: Members, body: dict[str, Any]
) -> None:
    kimai = released(emulate)
    team = team_of(kimai, [(3, True)])
    assert kimai.ask(BOSS, "PATCH", team, body).status_code == 400
    assert seen(kimai, team) == after


def test_the_places_of_a_team_are_told_though_no_member_was_sent(kimai: Instance) -> None:
    team = team_of(kimai, [(IDS[LEAD], True), (IDS[WORKER], False)])
    errors = kimai.ask(BOSS, "PATCH", team, {"name": ""}).json()["errors"]
    assert errors["children"]["members"] == {"children": [{"children": {"user": {}, "teamlead": {}}}] * 2}
