"""Deletes what a run made, children before parents, and nothing else; what it cannot be sure of it names and leaves."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Container, Mapping, Sequence
from contextlib import suppress

from conformance.exchange.cleanup import restore
from conformance.exchange.cleanup.cascades import delete_cascades, hide_kept
from conformance.exchange.cleanup.copies import DUPLICATE, take_copied_children
from conformance.exchange.cleanup.hidden_tags import hidden_tag
from conformance.exchange.cleanup.ledger_recorder import mark_deleted
from conformance.exchange.cleanup.report import CleanupReport, Notes, describe, named, remaining
from conformance.exchange.cleanup.search import Search
from conformance.exchange.cleanup.users import disable_users
from conformance.exchange.errors import LedgerError, NoAnswer, Refused, Stopped
from conformance.exchange.guard.ids import id_of
from conformance.exchange.guard.kinds import CASCADING, COMMENTS, KINDS, RATES, Kind, delete_path
from conformance.exchange.guard.operations import OperationGroup
from conformance.exchange.guard.rights import has_default_roles, rank
from conformance.exchange.guard.rules.undo import SEEN_BELOW
from conformance.exchange.ownership.descendants import foreign_tags
from conformance.exchange.ownership.evidence import TEAM_OF_RECORD, same_text, sent_text, sent_values
from conformance.exchange.ownership.identity import ownership_conflict, reused_id
from conformance.exchange.ownership.ledger import LONG_AGO, Fate, Intent, Ledger, Made
from conformance.exchange.ownership.lists import CannotList, Item, records_of, shown
from conformance.exchange.ownership.proof import witnessed
from conformance.exchange.records import RecordConnection
from conformance.model import DISTURBED, MASK, Actor, InstanceUnfitError

_ORDER = (
    Kind.TIMESHEET,
    *sorted(RATES),
    *sorted(COMMENTS),
    Kind.ACTIVITY,
    Kind.PROJECT,
    Kind.CUSTOMER,
    Kind.TEAM,
    Kind.TAG,
    Kind.USER,
)
"""Children before parents, whatever a clock said when they were made."""

_SWEPT = (Kind.TIMESHEET, Kind.ACTIVITY, Kind.PROJECT, Kind.CUSTOMER, Kind.TEAM, Kind.TAG)
"""Kinds that are looked through for the run's mark at the end."""

_ABOVE = {Kind.TIMESHEET: Kind.PROJECT, Kind.ACTIVITY: Kind.PROJECT, Kind.PROJECT: Kind.CUSTOMER}
"""What a record hangs below by an attribute of its body, and cannot be made without."""

_LISTED = (Kind.TEAM, Kind.TAG)
"""Kinds whose one list shows the name of each."""

_TWINS = 4
"""How often a create is sent again where the answer to that is lost as well."""

_REFUSED_FOR_ITS_BODY = frozenset({400, 422})
_MADE_BY_NOBODY = frozenset({401, 403, 410})

_LOOKS = 6
"""How often is looked for a late create within the waiting time."""


def clean(
    client: RecordConnection,
    ledgers: Sequence[Ledger],
    sleep: Callable[[float], None] = time.sleep,
    tell: Callable[[str], None] = lambda _: None,
) -> CleanupReport:
    """Clean up after these ledgers together, which stay open. Returns what was done; raises nothing for what stays.

    `tell` is told what takes long.
    """
    return _Cleaner(client, ledgers, sleep, tell).run()


class _Cleaner:
    def __init__(
        self,
        client: RecordConnection,
        ledgers: Sequence[Ledger],
        sleep: Callable[[float], None],
        tell: Callable[[str], None],
    ) -> None:
        self._client = client
        self._state = client.state
        self._ledgers = ledgers
        self._sleep = sleep
        self._tell = tell
        self._notes = Notes()
        self._search = Search(client.state)
        self._shown: dict[Kind, dict[int, Item]] = {}
        self._stuck: set[tuple[Kind, int]] = set()
        self._doubtful: dict[str, set[tuple[Kind, int]]] = {}
        self._state.sibling_ledgers = [ledger for ledger in ledgers if ledger is not self._state.ledger]

    def run(self) -> CleanupReport:
        for ledger in self._ledgers:
            ledger.tolerate()
        try:
            doubts = self._settle_creates()
            if any(ledger.alive(kind) for ledger in self._ledgers for kind in SEEN_BELOW):
                self._client.find_witness()
            with suppress(NoAnswer):  # What did not go as a whole is deleted one by one.
                delete_cascades(self._client, self._ledgers)
            self._delete_all()
            hide_kept(self._client, self._ledgers)
            self._name_doubts(doubts)
            restore.put_back(self._client, self._ledgers, self._notes)
            self._sweep()
        except (NoAnswer, Stopped, InstanceUnfitError, LedgerError) as error:
            self._notes = Notes([f"{name}: {error}" for item in self._ledgers for name in remaining(item.contents)])
        self._name_the_disbelieved()
        for ledger in self._ledgers:
            if ledger.unwritten:
                self._notes.left(
                    f"the ledger could not be kept to its end, so all was deleted from memory: {ledger.unwritten}"
                )
            elif not self._notes.left_behind and ledger.contents.empty and not ledger.contents.finished:
                ledger.finished()
        return CleanupReport.of([ledger.contents for ledger in self._ledgers], self._notes)

    def _settle_creates(self) -> dict[str, str]:
        """Find out what became of creates that no answer settled; what is late is looked for again for a while.

        Returns why some are in doubt, by their number.
        """
        reasons = self._look()
        reasons |= self._look(known=reasons)  # Looking for a hidden tag makes creates of its own.
        for _ in range(_LOOKS):
            late = [intent for _, intent in self._open() if intent.unanswered]
            if self._client.config.is_embedded or not late:
                break
            self._tell(f"waiting for {len(late)} creates that got no answer and may still be carried out")
            self._sleep(self._client.config.late_seconds / _LOOKS)
            self._search.clear()
            reasons = self._look()
        for ledger, intent in self._open():
            if ledger.contents.intents[intent.number].fate is not Fate.OPEN:
                continue  # Settled with another of the same content.
            reasons[intent.number] = reasons.get(intent.number) or self._late(ledger, intent)
        return reasons

    def _name_doubts(self, reasons: Mapping[str, str]) -> None:
        """Name what is still in doubt once the rest is deleted: what points at a record that is gone is carried out no
        more, and went with it if it was."""
        for ledger, intent in self._open():
            above = _ABOVE.get(intent.kind)
            ident = id_of(sent_values(intent).get(str(above))) if above else None
            gone = above is not None and ident is not None and self._state.is_gone(above, ident)
            if gone or self._parent_is_gone(intent.kind, intent.parent):
                ledger.settled(intent.number, "what it was to hang below is gone")
            elif reasons.get(intent.number):
                self._stuck |= self._doubtful.get(intent.number, set())
                self._notes.left(f"perhaps one {intent.kind} of {intent.operation}: {reasons[intent.number]}")

    def _open(self) -> list[tuple[Ledger, Intent]]:
        return [(ledger, intent) for ledger in self._ledgers for intent in ledger.contents.open_intents]

    def _look(self, known: Container[str] = ()) -> dict[str, str]:
        """Look for each open create but those known. Returns why some stay open, by their number."""
        unknown = [(ledger, intent) for ledger, intent in self._open() if intent.number not in known]
        return {intent.number: reason for ledger, intent in unknown if (reason := self._settle(ledger, intent))}

    def _settle(self, ledger: Ledger, intent: Intent) -> str:
        if not intent.valid or self._parent_is_gone(intent.kind, intent.parent):
            ledger.settled(intent.number, "it could make nothing, or its parent is gone")
            return ""
        try:
            candidates = self._search.candidates_for(intent, ledger.contents.mark)
        except (CannotList, NoAnswer) as error:
            return str(error)
        sure = self._search.sure(intent, ledger.contents.mark)
        if len(candidates) == 1 and sure:
            self._take(ledger, intent, candidates[0])
        elif candidates:
            self._doubtful[intent.number] = {(intent.kind, item["id"]) for item in candidates}
            ids = ", ".join(str(item["id"]) for item in candidates)
            why = "more than one fits what was sent" if sure else "nothing tells it from one that a person made"
            return f"it may be {intent.kind} {ids}: {why}, so none was deleted"
        elif not intent.unanswered:
            # An answer came, so it is over: nothing that can be seen came of it, or it cannot be seen which.
            if intent.operation.endswith(TEAM_OF_RECORD) and self._has_team_called(sent_text(intent)):
                ledger.settled(intent.number, "the team of that name was there already, and was attached")
                return ""
            if intent.status is not None and 200 <= intent.status < 300 and intent.credentials == "good":
                return "its answer did not tell which it is"
            if intent.kind is Kind.TAG and (reason := hidden_tag(self._client, intent)):
                return reason
            ledger.settled(intent.number, "looked for and not found")
            return ""
        return ""

    def _late(self, ledger: Ledger, intent: Intent) -> str:
        """Return why a create without an answer stays open, "" where it is so old that it can be settled."""
        if self._client.config.is_embedded or time.time() - intent.when > LONG_AGO:
            ledger.settled(intent.number, "never found, and no server works on it any more")
            return ""
        if self._twin_is_refused(intent):
            self._search.clear()  # The first may have been carried out just now, and be what the other is refused for.
            return self._settle(ledger, intent) or self._settle_alike(intent)
        return (
            "it got no answer and may still be carried out; kimai-conformance clean looks for it again,"
            " and can be sure an hour after it was sent"
        )

    def _settle_alike(self, intent: Intent) -> str:
        """Settle what is still open of a create that is refused for what it says, whenever it was sent. Returns ""."""
        for ledger, other in self._open():
            if (other.path, other.sent, other.credentials) == (intent.path, intent.sent, intent.credentials):
                ledger.settled(other.number, "never found, and the same create is refused")
        return ""

    def _twin_is_refused(self, intent: Intent) -> bool:
        """Whether the same create, sent again, is refused for what it says: then the first one made nothing either.

        One that is accepted shows nothing, and what it made goes at once. A token or a right that is refused shows
        nothing either: it may have been lost since. What was sent with other credentials cannot be sent again.
        """
        running = intent.kind is Kind.TIMESHEET and not (isinstance(intent.sent, dict) and intent.sent.get("end"))
        if running or not intent.operation.startswith("POST") or intent.kind is Kind.USER or MASK in str(intent.sent):
            return False
        maker = next((actor for actor in self._state.actors if actor.name == intent.actor), None)
        if maker is None or intent.credentials != "good":
            return False
        twins = (self._twin(intent, maker) for _ in range(_TWINS))
        status = next((status for status in twins if status not in DISTURBED), 0)
        # Where the name is a hidden tag's, another is refused for that.
        named = intent.kind is Kind.TAG and status == 400 and bool(hidden_tag(self._client, intent))
        # By default a plain user has no right to it that could have been lost since.
        never_may = status == 403 and intent.kind in CASCADING and rank(maker) == 0 and has_default_roles(maker)
        return never_may or (status in _REFUSED_FOR_ITS_BODY and not named)

    def _twin(self, intent: Intent, maker: Actor) -> int:
        """Send a create again and delete what it made. Returns the status, 0 where none came."""
        text = intent.sent if isinstance(intent.sent, str) else json.dumps(intent.sent)
        headers = {"content-type": "application/json"}
        try:
            twin = self._client.session(maker).post(intent.path, content=text, headers=headers, overhead=True)
        except (Refused, NoAnswer):
            return 0
        named = twin.json_or_none() if twin.ok else None
        made = self._state.made(intent.kind, named["id"]) if isinstance(named, dict) and "id" in named else None
        if made is not None and not self._why_it_stays(made) and not self._send_delete(made):
            mark_deleted(self._state, [made.key])
        return twin.status

    def _take(self, ledger: Ledger, intent: Intent, item: Item) -> None:
        name = str(item.get(KINDS[intent.kind].name) or "") if KINDS[intent.kind].name else ""
        ledger.made(intent.number, intent.kind, item["id"], parent=intent.parent, actor=intent.actor, name=name)
        ledger.proved(intent.kind, item["id"])
        if intent.operation == DUPLICATE:
            take_copied_children(self._state, ledger, item["id"])

    def _has_team_called(self, name: str) -> bool:
        made = [made for ledger in self._ledgers for made in ledger.contents.made.values()]
        return any(record.kind is Kind.TEAM and same_text(name, record.name) for record in made)

    def _delete_all(self) -> None:
        disable_users(self._client, self._ledgers, self._notes)
        for kind in _ORDER:
            alive = [(made, ledger) for ledger in self._ledgers for made in ledger.alive(kind)]
            for made, ledger in sorted(alive, key=lambda pair: pair[0].ident, reverse=True):
                if self._parent_is_gone(made.kind, made.parent):
                    ledger.gone(made.kind, made.ident)
                elif made.key not in ledger.contents.gone:
                    self._delete(made, ledger)

    def _parent_is_gone(self, kind: Kind, parent: int | None) -> bool:
        above = KINDS[kind].parent
        return above is not None and parent is not None and self._state.is_gone(above, parent)

    def _delete(self, made: Made, ledger: Ledger) -> None:
        if self._client.config.is_embedded and not KINDS[made.kind].delete:
            ledger.gone(made.kind, made.ident)  # the instance goes, and its users with it
            return
        if self._state.nothing_deletes(made.kind):
            self._stuck.add(made.key)
            # What --allow let be made although nobody can delete it is no accident.
            allowed = OperationGroup.USERS if made.kind is Kind.USER else OperationGroup.UNDELETABLE
            note = self._notes.keep if self._client.config.allows(allowed) else self._notes.left
            note(f"{describe(made)}: this instance has no operation that deletes records of the kind {made.kind}")
            return
        try:
            reason = self._why_it_stays(made) or self._send_delete(made)
        except NoAnswer as error:
            reason = error.reason
        if reason:
            self._notes.left(f"{describe(made)}: {reason}")
            self._stuck.add(made.key)
        else:
            ledger.gone(made.kind, made.ident)

    def _why_it_stays(self, made: Made) -> str:
        if self._client.config.is_embedded:
            return ""
        item = self._item(made)  # A list that shows it is its read-back as well.
        if reason := self._state.why_not_own(made.kind, made.ident):
            return reason
        reason = ownership_conflict(self._state, made, item) if item else reused_id(self._state, made.kind, made.ident)
        if reason:
            return f"the instance has another record under this id now: {reason}"
        tags = foreign_tags(self._state, item) if item and made.kind is Kind.TIMESHEET else []
        return "somebody put a tag on it that is not of this run" if tags else ""

    def _item(self, made: Made) -> Item | None:
        """Return a record as the instance shows it now, None where it does not; one list serves all tags, and teams."""
        if made.kind not in _LISTED:
            return shown(self._state, made.kind, made.ident, made.actor)[1]
        if made.kind not in self._shown:
            try:
                listed = records_of(self._state, made.kind)
            except CannotList:
                listed = []
            witnessed(self._state, made.kind, listed, whole=True)
            self._shown[made.kind] = {item["id"]: item for item in listed}
        return self._shown[made.kind].get(made.ident)

    def _send_delete(self, made: Made) -> str:
        """Delete one record, as each actor in turn. Returns why it stays, "" where it is gone."""
        reason, status = "no actor could delete it", 0
        actors = self._state.actors
        deleters = sorted(actors, key=lambda a: (a is not actors[0], a.name != made.actor))
        for actor in deleters:
            try:
                path = delete_path(made.kind, made.ident, made.parent)
                exchange = self._client.session(actor).delete(path, overhead=True)
            except (Refused, NoAnswer) as error:
                return error.reason
            status = exchange.status
            if exchange.ok or status == 404:
                return ""
            reason = f"DELETE answered {status}"
            if status not in (401, 403):
                break
        if status in (403, 405):
            self._state.undeletable.add(made.kind)
        return reason

    def _sweep(self) -> None:
        """Look once more for the run's records: an instance may store what it says it refused, and keep what it says
        it deleted. What shows none is asked twice: an answer may be cut or mixed up on its way.
        """
        intents = [intent for ledger in self._ledgers for intent in ledger.contents.intents.values()]
        used = {intent.kind for intent in intents}
        for kind in [kind for kind in _SWEPT if kind in used and self._ledgers]:
            seen_before = [intent.floor or 0 for intent in intents if kind is intent.kind is Kind.TIMESHEET]
            for _ in range(1 if self._client.config.is_embedded else 2):
                self._search.clear()
                if self._sweep_kind(kind, min(seen_before, default=0)):
                    break

    def _sweep_kind(self, kind: Kind, above: int) -> bool:
        """Delete or name what is there of a kind. Return whether there was something, or it could not be seen."""
        mark = self._ledgers[0].contents.mark
        try:
            result = self._search.of_run(kind, mark, above)
        except (CannotList, NoAnswer) as error:
            if KINDS[kind].name and kind is not Kind.TIMESHEET and self._may_be_there(kind):
                self._notes.left(f"records of the kind {kind} could not be looked through: {error}")
            return True
        for item in [item for item in result if (kind, item["id"]) not in self._stuck]:
            made = self._state.made(kind, item["id"])
            if made is not None:
                # An instance may say of a record that it is deleted, and keep it.
                reason = self._send_delete(made)
                still = made.kind in _LISTED or shown(self._state, made.kind, made.ident, made.actor)[1] is not None
                if reason or still:
                    self._notes.left(
                        f"{describe(made)}: {reason or 'its DELETE was answered well, and it is still there'}"
                    )
            else:
                self._sweep_record(kind, item, mark)
        return bool(result)

    def _may_be_there(self, kind: Kind) -> bool:
        """Whether the run can have records of a kind that nobody may list: not where nobody may make them either."""
        intents = [intent for ledger in self._ledgers for intent in ledger.contents.intents.values()]
        # A body that is no JSON object makes nothing, and may be refused before rights are looked at.
        statuses = {
            intent.status
            for intent in intents
            if intent.kind is kind and not (intent.status == 400 and isinstance(intent.sent, str | None))
        }
        return kind not in self._state.undeletable and not statuses <= _MADE_BY_NOBODY

    def _sweep_record(self, kind: Kind, item: Item, mark: str) -> None:
        """Delete a record that exactly one refused create accounts for, and that was made when it was; name others."""
        name = str(item.get(KINDS[kind].name) or "")
        matching = [
            (ledger, intent)
            for ledger in self._ledgers
            for intent in ledger.contents.intents.values()
            if intent.kind is kind
            and intent.fate is not Fate.MADE
            and (self._client.config.is_embedded or _came_next(ledger, intent, item["id"]))
            and self._accounts_for(intent, item, mark)
        ]
        if len(matching) != 1:
            self._notes.left(
                f"{named(kind, item['id'], name)}: it carries the run's mark, and nothing shows that this run made it"
            )
            return
        ledger, intent = matching[0]
        self._take(ledger, intent, item)
        self._delete(ledger.contents.made[(kind, item["id"])], ledger)

    def _accounts_for(self, intent: Intent, item: Item, mark: str) -> bool:
        try:
            candidates = self._search.candidates_for(intent, mark)
        except CannotList:
            return False
        return [other["id"] for other in candidates] == [item["id"]]

    def _name_the_disbelieved(self) -> None:
        """Say which answers named records that are not what was sent, and may be somebody else's."""
        for ledger in self._ledgers:
            for (kind, ident), reason in ledger.contents.disowned.items():
                self._notes.remark(
                    f"an answer to this run named {kind} {ident} as made, but {reason}: it was left alone"
                )
            for intent in ledger.contents.intents.values():
                if intent.named is not None and (intent.kind, intent.named) not in ledger.contents.disowned:
                    self._notes.remark(
                        f"the answer to {intent.operation} named {intent.kind} {intent.named}, which was there before:"
                        " it was left alone"
                    )


def _came_next(ledger: Ledger, refused: Intent, ident: int) -> bool:
    """Whether an id is one that the refused create can have got: below those of what its process made afterwards.

    People may write what the run sent, also what was refused; what they made later is shown to be theirs by its id.
    """
    sent = ledger.contents.intents
    after = [
        made.ident
        for made in ledger.contents.made.values()
        if made.kind is refused.kind and made.number in sent and sent[made.number].when > refused.when
    ]
    return bool(after) and ident < min(after)
