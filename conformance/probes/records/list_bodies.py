"""What becomes of a list in a body: a team's members, a record's teams, a time record's tags. It replaces the old one.

People and records stand as letters in what was sent and seen, A the strongest actor, so that an observation is the same
for every run: "A (lead), B".
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.model import Exchange
from conformance.probes.access.credentials import ABSENT_ID
from conformance.probes.access.rights import delete_team
from conformance.probes.context import USUAL_HOUR, ProbeContext
from conformance.probes.records.bodies import own_tags
from conformance.probes.records.creating import MISSING, attribute, ident
from conformance.probes.records.list_scopes import COLLECTION
from conformance.probes.records.team_links import makers
from conformance.probes.times.times import Booked, book, unbook

TEAMS, TEAM = "POST /api/teams", "PATCH /api/teams/{id}"
SHEETS, SHEET = f"POST {COLLECTION}", f"PATCH {COLLECTION}/{{id}}"
_LETTERS = "ABCD"

_REPLACED = (
    ("longer", "A* B", "A* B C"),
    ("shorter", "A* B C", "A* C"),
    ("all others", "A* B", "C* D"),
    ("reordered", "A* B", "B A*"),
    ("one more in front", "A* B", "C A* B"),
    ("a new lead in front", "A* B", "C* A B"),
    ("the lead behind a new one", "A*", "B A*"),
    ("the lead passed on", "A* B", "A B*"),
    ("one more who leads", "A* B", "A* B*"),
    ("one who leads no more", "A* B*", "A* B"),
)
"""Lists of members that are valid, by what they do to the list before; an asterisk marks who leads."""

_REFUSED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("a valid list beside a wrong name", "B*", {"name": ""}),
    ("nobody", "", {}),
    ("an unknown one", "A* B ?", {}),
    ("no lead", "A B", {}),
)
"""Changes of a team of A (lead) and B that an instance may refuse."""


@dataclass(frozen=True)
class ListStored:
    """A list that was sent, and what was stored after it. `before` is what was stored until then.

    `control` is what a create with the same list was answered, where the change was refused. `settled` is whether what
    was sent is a list that can be stored: one with an entry unknown may end otherwise.
    """

    operation: str
    field: str
    case: str
    before: str
    sent: str
    stored: str
    answer: Exchange
    control: int | None = None
    settled: bool = True


def team_lists(context: ProbeContext) -> Iterator[ListStored]:
    """Replace the members of fresh teams by other lists, and look at each. Raises Refused."""
    people = _people(context)
    for case, before, sent in _REPLACED:
        if not _letters(before + sent) <= people.keys():
            continue
        body = {"name": context.name("team"), "members": _rows(context, before)}
        team = context.records.create(context.session(), "/api/teams", body)
        made = _members(context, team.exchange)
        yield ListStored(TEAMS, "members", f"before: {case}", "", _spoken(before), made, team.exchange)
        if made == _spoken(before):
            answer = context.session().patch(team.path, json={"members": _rows(context, sent)})
            stored = _members(context, context.session().get(team.path))
            control = None if answer.ok else _control(context, sent)
            yield ListStored(TEAM, "members", case, made, _spoken(sent), stored, answer, control)
        delete_team(context, team.id)


def _control(context: ProbeContext, sent: str) -> int:
    """Return what a create with a list is answered."""
    answer = context.session().post("/api/teams", json={"name": context.name("team"), "members": _rows(context, sent)})
    number = ident(answer)
    if number is not None:
        delete_team(context, number)
    return answer.status


def team_refusals(context: ProbeContext) -> Iterator[ListStored]:
    """Change a team in ways that may be refused, and look at its members each time. Raises Refused."""
    people = _people(context)
    before = "A* B" if "B" in people else "A*"
    team = context.records.team(list(people.values())[: len(before.split())])
    stored = _spoken(before)
    for case, sent, more in _REFUSED:
        if not _letters(sent) <= people.keys():
            continue
        answer = context.session().patch(team.path, json={"members": _rows(context, sent), **more})
        seen = _members(context, context.session().get(team.path))
        yield ListStored(TEAM, "members", case, stored, _spoken(sent), seen, answer, settled=False)
        if seen != _spoken(before):
            delete_team(context, team.id)
            team = context.records.team(list(people.values())[: len(before.split())])
    delete_team(context, team.id)


def _people(context: ProbeContext) -> dict[str, int]:
    """Return the configured users by letters, the strongest first."""
    numbers = dict.fromkeys(actor.user_id for actor in context.actors if actor.user_id is not None)
    return dict(zip(_LETTERS, numbers, strict=False))


def _letters(words: str) -> set[str]:
    return set(words) & set(_LETTERS)


def _rows(context: ProbeContext, words: str) -> list[dict[str, Any]]:
    people = {**_people(context), "?": ABSENT_ID}
    return [{"user": people[word[0]], "teamlead": word.endswith("*")} for word in words.split()]


def _spoken(words: str) -> str:
    """Return a list of members in words, in the order of the letters, for theirs is nowhere promised."""
    return ", ".join(sorted(word.replace("*", " (lead)") for word in words.split())) or "nobody"


def _members(context: ProbeContext, exchange: Exchange) -> str:
    listed = attribute(exchange.json_or_none(), "members") if exchange.ok else MISSING
    if not isinstance(listed, list):
        return "no list"
    letters = {number: letter for letter, number in _people(context).items()}
    words = [letters.get(attribute(row, "user.id"), "?") + "*" * (row.get("teamlead") is True) for row in listed]
    return _spoken(" ".join(words))


def record_teams(context: ProbeContext) -> Iterator[ListStored]:
    """Make customers, projects and activities with two teams, one of them named twice, and change them elsewhere.

    Raises Refused.
    """
    teams = [context.records.team().id for _ in range(2)]
    for plural, make in makers(context).items():
        label = f"POST /api/{plural}"
        create = context.index.get(label)
        if create is None or create.body is None or "teams" not in {field.name for field in create.body.fields}:
            continue
        record = make(teams=[teams[1], teams[0], teams[1]])
        seen = _teams(context.session().get(record.path), teams)
        yield ListStored(label, "teams", "two teams, one of them twice", "", "A, B", seen, record.exchange)
        changed = context.session().patch(record.path, json={"comment": "conformance test, without its teams"})
        yield ListStored(
            f"PATCH /api/{plural}/{{id}}", "teams", "left out", seen, seen, _teams(changed, teams), changed
        )


def _teams(exchange: Exchange, teams: Sequence[int]) -> str:
    listed = attribute(exchange.json_or_none(), "teams") if exchange.ok else MISSING
    if not isinstance(listed, list):
        return "no list"
    letters = dict(zip(teams, _LETTERS, strict=False))
    return ", ".join(sorted(letters.get(attribute(team, "id"), "?") for team in listed)) or "none"


def sheet_tags(context: ProbeContext) -> Iterator[ListStored]:
    """Replace the tags of a time record by other lists, and look each time. Raises Refused; empty without two tags."""
    names = dict(zip(_LETTERS, own_tags(context), strict=False))
    if len(names) < 2:
        return
    booked = yield from _made_with_tags(context, names)
    if booked.ident is None:
        return
    stored = "A"
    for case, sent in (("longer", "B A"), ("shorter", "B"), ("all others", "A"), ("twice", "B B"), ("none", "")):
        answer = context.session().patch(booked.path, json={"tags": _text(names, sent)})
        seen = _tags(context.session().get(booked.path), names)
        yield ListStored(SHEET, "tags", case, stored, _sorted(sent), seen, answer)
        stored = seen
    answer = context.session().patch(booked.path, json={"tags": names["A"].swapcase()})
    seen = _tags(context.session().get(booked.path), names)
    yield ListStored(SHEET, "tags", "a name in another case", stored, "A", seen, answer, settled=False)
    answer = context.session().patch(booked.path, json={"tags": [names["B"]]})
    stored, seen = seen, _tags(context.session().get(booked.path), names)
    yield ListStored(SHEET, "tags", "as a list", stored, "B", seen, answer, settled=False)
    yield from _refused_with_tags(context, booked, names)
    unbook(context, booked)


def _made_with_tags(context: ProbeContext, names: dict[str, str]) -> Generator[ListStored, None, Booked]:
    """Make time records with tags: two, one twice, one in another case. Return one with the first tag."""
    for case, sent, text, settled in (
        ("two", "A B", _text(names, "B A"), True),
        ("twice", "A", _text(names, "A A"), True),
        ("a name in another case", "A", names["A"].swapcase(), False),
    ):
        made = book(context, context.strongest, *context.hour(), tags=text)
        seen = _tags(made.exchange, names)
        yield ListStored(
            SHEETS, "tags", case, "", _sorted(sent), seen, made.exchange, settled=settled and made.ident is not None
        )
        unbook(context, made)
    return book(context, context.strongest, *USUAL_HOUR, tags=names["A"])


def _refused_with_tags(context: ProbeContext, booked: Booked, names: dict[str, str]) -> Iterator[ListStored]:
    """Change tags beside something that is refused, from two tags on."""
    context.session().patch(booked.path, json={"tags": _text(names, "A B")})
    before = _tags(context.session().get(booked.path), names)
    for case, sent, wrong in (
        ("a valid list beside an end before the begin", "A", {"end": "2024-12-31T10:00:00"}),
        ("none beside a project that does not exist", "", {"project": ABSENT_ID}),
        ("a valid list beside an unknown attribute", "B", {"conformance": "unknown"}),
    ):
        answer = context.session().patch(booked.path, json={"tags": _text(names, sent), **wrong})
        seen = _tags(context.session().get(booked.path), names)
        yield ListStored(SHEET, "tags", case, before, _sorted(sent), seen, answer, settled=False)
        before = seen


def _text(names: dict[str, str], words: str) -> str:
    return ",".join(names[word] for word in words.split())


def _sorted(words: str) -> str:
    return ", ".join(sorted(set(words.split()))) or "none"


def _tags(exchange: Exchange, names: dict[str, str]) -> str:
    listed = attribute(exchange.json_or_none(), "tags") if exchange.ok else MISSING
    if not isinstance(listed, list):
        return "no list"
    letters = {name: letter for letter, name in names.items()}
    return ", ".join(sorted(letters.get(name, "?") for name in listed)) or "none"
