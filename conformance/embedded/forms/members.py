"""The members of a team as its form sees them: places in a list that rows are put on, by their position.

A release that empties a team before it reads the new list has no places then, so that every row is new. Where the
places stay, a row changes whoever sat at its position, and that is not always what was meant: see `assigned_slots`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance.embedded.errors import ReleaseCrash
from conformance.embedded.forms.engine import EXTRA_FIELDS, Submitted
from conformance.embedded.forms.kinds import NOT_VALID, UNSENT, MemberRow
from conformance.embedded.store.models import Member, User

NO_LEAD = "At least one team leader must be assigned to the team."
NO_MEMBER = "This collection should contain 1 element or more."
_KEY = re.compile(r"\w[\w:-]*", re.ASCII)


@dataclass
class Slot:
    """One place of the list: who sits there, whether they lead, who sat there before (None: it is new)."""

    key: str
    user: User | None = None
    teamlead: bool = False
    before: User | None = None
    row: MemberRow | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Slots:
    """All places in order, and those of them that count as the team when it is checked."""

    slots: Sequence[Slot]
    team: Sequence[Slot]

    @property
    def wanted(self) -> list[tuple[User, bool]]:
        """The members that the team is to have, and whether they lead: of two places with one user the first."""
        by_user: dict[User, bool] = {}
        for slot in self.slots:
            if slot.user is not None:
                by_user.setdefault(slot.user, slot.teamlead)
        return list(by_user.items())


def assigned_slots(members: Sequence[Member], rows: Iterable[MemberRow] | None) -> Slots:
    """Put the sent rows on the places of the members there are; without `rows` nothing was sent.

    What a row does not say stays as it was at its position. A row behind the last place is a new member, unless its
    user sits somewhere already; and a user who got a new place while another sits on the old one has that old place
    back. So a team of Ann (lead) and Bob that is sent Eve, Ann (lead), Bob ends as Eve (lead) and Bob (lead).
    Raises `ReleaseCrash` for the key of a row that cannot be one.
    """
    slots = {str(n): Slot(str(n), m.user, m.teamlead, m.user) for n, m in enumerate(members)}
    if rows is not None:
        slots = _with_rows(slots, rows)
    team = [slot for slot in slots.values() if slot.before]
    old = tuple(team)
    for slot in slots.values():
        if slot.before or slot.user is None or any(other.user is slot.user for other in team):
            continue
        team.append(slot)
        for other in old:
            if other.before is slot.user:
                other.user = slot.user
    return Slots(list(slots.values()), team)


def _with_rows(slots: dict[str, Slot], rows: Iterable[MemberRow]) -> dict[str, Slot]:
    by_key = {row.key: row for row in rows}
    kept = {key: slot for key, slot in slots.items() if key in by_key}
    for key, row in by_key.items():
        if not _KEY.fullmatch(key):
            raise ReleaseCrash
        slot = kept.setdefault(key, Slot(key))
        slot.row = row
        slot.user = slot.user if row.user is UNSENT else row.user
        slot.teamlead = slot.teamlead if row.teamlead is None else row.teamlead
    return kept


def check_members(result: Submitted, assigned: Slots) -> None:
    """A team has a member, and one who leads it. What is wrong with a row is told at its place, or at the form."""
    if "members" in result.refused:
        return
    result.reject_form(*member_problems([slot.teamlead for slot in assigned.team]))
    rows = [slot.row for slot in assigned.slots if slot.row]
    result.reject_form(*(NOT_VALID for row in rows if not row.valid))
    result.reject_form(*(EXTRA_FIELDS for row in rows if row.extra))
    if assigned.slots:
        children: dict[str, Any] = {}
        for slot in assigned.slots:
            errors = slot.row.errors if slot.row else {}
            fields = {name: {"errors": errors[name]} if name in errors else {} for name in ("user", "teamlead")}
            children[slot.key] = {"children": fields}
        # As PHP writes it: a list where the keys count from 0, an object otherwise.
        is_list = list(children) == [str(number) for number in range(len(children))]
        below = list(children.values()) if is_list else children
        result.show_below("members", below, any(row.errors for row in rows))


def member_problems(leading: Sequence[bool]) -> list[str]:
    """What is wrong with a team of members of which these lead."""
    missing = [] if any(leading) else [NO_LEAD]
    return missing if leading else [*missing, NO_MEMBER]
