"""Looks for what became of a create without an answer, and for records that carry the run's mark."""

from __future__ import annotations

from dataclasses import dataclass, field

from conformance.exchange.guard.context import GuardContext
from conformance.exchange.guard.ids import id_of
from conformance.exchange.guard.kinds import COMMENTS, KINDS, NAMED, RATES, Kind
from conformance.exchange.ownership.evidence import Aspect, evidence, sent_text, sent_values
from conformance.exchange.ownership.ledger import Fate, Intent
from conformance.exchange.ownership.lists import CannotList, Item, records_of
from conformance.exchange.ownership.proof import setting_of


@dataclass
class Search:
    """The lists of one clean-up, each read once. `clear` forgets them, so that they are read again."""

    state: GuardContext
    _lists: dict[tuple[Kind, int | None, str, int], list[Item]] = field(default_factory=dict)

    def clear(self) -> None:
        """Read everything anew from now on: a create may have been carried out late."""
        self._lists.clear()

    def candidates_for(self, intent: Intent, mark: str) -> list[Item]:
        """Return the records that a create may have become: claimed by none, above the ids seen before, and showing
        all that was sent. Raises CannotList.

        A create that was refused accounts for nothing but what carries the mark; one whose body no version could take
        accounts for nothing.
        """
        if not intent.valid or not _recognisable(intent, mark):
            return []
        marked = mark in sent_text(intent)
        # A list that is searched for the mark serves all creates that carry it.
        text = mark if marked and intent.parent is None else ""
        above = intent.floor or 0
        listed = [
            item for item in self._all(intent.kind, intent.parent, text, 0 if text else above) if item["id"] > above
        ]
        return [item for item in listed if self._fits(intent, item, mark)]

    def of_run(self, kind: Kind, mark: str, above: int = 0) -> list[Item]:
        """Return the records of a kind whose name or description carries the run's mark, or that this run made and has
        no other sign of. Where all above an id are few, they are listed without the mark. Raises CannotList.
        """
        listed = self._all(kind, None, "" if above else mark, above)
        return [
            item for item in listed if _is_marked(kind, item, mark) or self.state.made(kind, item["id"]) is not None
        ]

    def _all(self, kind: Kind, parent: int | None, text: str, above: int) -> list[Item]:
        key = (kind, parent, text, above)
        if key not in self._lists:
            self._lists[key] = records_of(self.state, kind, parent, text=text, above=above)
        return self._lists[key]

    def _fits(self, intent: Intent, item: Item, mark: str) -> bool:
        if self.state.made(intent.kind, item["id"]) is not None:
            return False
        weighed = evidence(intent, item, setting_of(self.state, intent))
        # With bad credentials nothing says to which of the actors it would belong.
        open_doubts = set(weighed.doubts) - ({Aspect.OWNER} if intent.owner is None else set())
        if weighed.against or open_doubts:
            return False
        return weighed.text or mark not in sent_text(intent)

    def sure(self, intent: Intent, mark: str) -> bool:
        """Whether the one record that fits is the run's: on a lent project nothing tells one without a text from one
        that its owner made themselves."""
        if intent.kind is not Kind.TIMESHEET or mark in sent_text(intent):
            return True
        project = id_of(sent_values(intent).get("project"))
        return project is not None and self.state.made(Kind.PROJECT, project) is not None


def _recognisable(intent: Intent, mark: str) -> bool:
    """Whether a record of this create could be told from other people's at all."""
    marked = mark in sent_text(intent)
    trusted = intent.credentials == "good" and intent.fate is not Fate.REFUSED
    if intent.kind in NAMED:
        return marked
    if intent.kind in RATES or intent.kind in COMMENTS:
        return intent.floor is not None and (marked or trusted or intent.kind in RATES)
    return marked or trusted


def with_mark(state: GuardContext, kind: Kind, mark: str) -> list[Item]:
    """Return the records of a kind whose name or description carries the run's mark, read now. Raises CannotList."""
    return [item for item in records_of(state, kind, text=mark) if _is_marked(kind, item, mark)]


def _is_marked(kind: Kind, item: Item, mark: str) -> bool:
    return mark in str(item.get(KINDS[kind].name) or "")


__all__ = ["CannotList", "Search", "with_mark"]
