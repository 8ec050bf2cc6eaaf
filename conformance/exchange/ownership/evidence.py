"""What an answer about a record says on the question whether a create of this run made it.

An id in an answer proves nothing: a cache or a proxy may have mixed answers up, and a person may have copied what the
run wrote. What proves it are the run's mark or all sent values, the owner, the parent and the times together.
Source: DESIGN, "The guard": ownership is proved.
"""

from __future__ import annotations

import enum
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, TypeGuard

from conformance.exchange.guard.bodies import field_key
from conformance.exchange.guard.ids import id_of
from conformance.exchange.guard.kinds import COMMENTS, KINDS, NAMED, RATES, Kind
from conformance.exchange.ownership.ledger import Intent
from conformance.model import trimmed

ROUNDING = timedelta(hours=1)
"""An instance rounds times, and its clock may differ from this machine's, by less."""

A_DAY = timedelta(days=1)

_POINTERS: Mapping[Kind, tuple[tuple[str, Kind], ...]] = {
    Kind.PROJECT: (("customer", Kind.CUSTOMER),),
    Kind.ACTIVITY: (("project", Kind.PROJECT),),
    Kind.TIMESHEET: (("project", Kind.PROJECT), ("activity", Kind.ACTIVITY)),
}
SOURCE_TEXT = "text of the source"
"""What of a restart's source is kept beside what it surely copies: it may take the text, or leave it."""

TEAM_OF_RECORD = "/team"
"""How the path ends of the create that makes a team for a customer, project or activity, called as that is."""

_RATE_VALUES = ("rate", "internalRate", "user")
_LONG = 60
"""A text of this length and more may have been cut off by its column."""


@dataclass(frozen=True)
class Setting:
    """What is known of the run: its mark, its actors (by user id), which records its own may stand below, and the time
    zone of an actor by name."""

    mark: str
    is_actor: Callable[[int], bool]
    may_stand_below: Callable[[Kind, int], bool]
    zone_of: Callable[[str | None], tzinfo] = lambda _: UTC


class Aspect(enum.StrEnum):
    """What of a record is held against what was sent."""

    TEXT = "text"
    OWNER = "owner"
    PARENT = "parent"
    TIMES = "times"


@dataclass
class Evidence:
    """What speaks for and against a record. `against` settles it; `doubts` can be outweighed by a unique text."""

    against: list[str] = field(default_factory=list)
    doubts: dict[Aspect, str] = field(default_factory=dict)
    text: bool = False
    marked: bool = False
    owner: bool = False
    parent: bool = False
    times: bool = False

    def verdict(self, kind: Kind, *, unique: bool) -> str:
        """Return why it is not shown to be the run's own, "" where it is. `unique`: nothing else fits as well."""
        if self.against:
            return self.against[0]
        if kind in NAMED or kind in RATES or kind in COMMENTS:
            fits = unique and (kind in RATES or (self.marked if kind in NAMED else self.text))
        else:
            whole = self.owner and self.parent and self.times
            fits = (self.marked and (unique or not self.doubts)) or whole
        if fits:
            return ""
        return next(iter(self.doubts.values()), "") or "another record fits what was sent as well"


def evidence(intent: Intent, item: Mapping[str, Any], setting: Setting) -> Evidence:
    """Hold a record, as a list or its own GET shows it, against what a create sent.

    Whether a copy heeds the body that is sent with it is not promised: the better of both readings counts.
    """
    weighed = [_weigh(intent, item, sent, setting) for sent in _readings(intent)]
    return min(weighed, key=lambda found: (len(found.against), len(found.doubts)))


def sent_text(intent: Intent) -> str:
    """Return the name, description or message that a create sent or copied, "" where there is none."""
    return _text_in(_readings(intent)[0], intent.kind)


def _readings(intent: Intent) -> list[dict[str, Any]]:
    """Return what a record may show, by folded names: what a copy takes from its source, and what was sent."""
    body = intent.sent if isinstance(intent.sent, Mapping) else {}
    whole = {field_key(name): value for name, value in {**intent.copied, **body}.items()}
    copied = {field_key(name): value for name, value in intent.copied.items()}
    return [copied, whole] if copied and body and intent.path.endswith(("/duplicate", "/restart")) else [whole]


def sent_values(intent: Intent) -> dict[str, Any]:
    """Return what was sent by folded names, with what a copy takes from its source."""
    return _readings(intent)[-1]


def text_of(body: Any, kind: Kind) -> str:
    """Return the name, description or message that a body gives to a record, "" where it gives none."""
    return _text_in({field_key(name): value for name, value in body.items()}, kind) if isinstance(body, Mapping) else ""


def _text_in(sent: Mapping[str, Any], kind: Kind) -> str:
    value = sent.get(field_key(KINDS[kind].name)) if KINDS[kind].name else None
    if isinstance(value, bool):
        return "1" if value else ""
    return trimmed(str(value)) if isinstance(value, str | int | float) else ""


def _weigh(intent: Intent, item: Mapping[str, Any], sent: Mapping[str, Any], setting: Setting) -> Evidence:
    result = Evidence()
    _weigh_text(result, intent, item, _text_in(sent, intent.kind), setting.mark)
    if intent.kind is Kind.TIMESHEET:
        _weigh_owner(result, intent, id_of(item.get("user")), setting)
        zone = setting.zone_of(intent.actor)
        begins, ends = sent.get("begin"), sent.get("end")
        fits = (
            _same_time(begins, item.get("begin"), zone) if begins else _began_then(item.get("begin"), intent.when, zone)
        )
        if ends and fits:
            fits = _same_time(ends, item.get("end"), zone)
        result.times = fits
        if not fits:
            result.doubts[Aspect.TIMES] = "its times are not those that were sent"
    elif intent.kind in COMMENTS:
        _weigh_owner(result, intent, id_of(item.get("createdBy")), setting)
    elif intent.kind in RATES:
        result.against += _other_values(item, sent)
    _weigh_parents(result, intent, item, sent, setting)
    return result


def _weigh_text(result: Evidence, intent: Intent, item: Mapping[str, Any], text: str, mark: str) -> None:
    attribute = KINDS[intent.kind].name
    shown = item.get(attribute)
    if not text:
        source = str(intent.copied.get(SOURCE_TEXT) or "")
        foreign = isinstance(shown, str) and folded(shown) and mark not in shown and not same_text(source, shown)
        if intent.kind is Kind.TIMESHEET and foreign:
            result.against.append(f"its {attribute} was not sent")
        return
    if not isinstance(shown, str) or not shown.strip():
        result.doubts[Aspect.TEXT] = f"it shows no {attribute}"
    elif same_text(text, shown, copied=intent.kind is Kind.PROJECT and attribute in intent.copied):
        result.text, result.marked = True, folded(mark) in folded(text)
    else:
        result.against.append(f"its {attribute} is not the one that was sent")


def same_text(sent: str, shown: str, *, copied: bool = False) -> bool:
    """Whether a text is the one that was sent, but for blanks, case, signs, and an end that was cut off or added."""
    expected, actual = folded(sent), folded(shown)
    if expected == actual:
        return bool(expected) or sent.strip() == shown.strip()
    if copied:  # The name of a copy has a word more, for which a long one is cut.
        return bool(expected) and actual.startswith(expected[:_LONG])
    return len(actual) >= _LONG and expected.startswith(actual)


def folded(text: str) -> str:
    """Return the letters and digits of a text, without case: servers trim, escape and replace the rest."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def _weigh_owner(result: Evidence, intent: Intent, owner: int | None, setting: Setting) -> None:
    if owner is None:
        result.doubts[Aspect.OWNER] = "it does not say whose it is"
    elif intent.owner is None or owner != intent.owner:
        wrong = f"it belongs to user {owner}"
        if setting.is_actor(owner):
            result.doubts[Aspect.OWNER] = wrong
        else:
            result.against.append(wrong)
    else:
        result.owner = True


def _weigh_parents(
    result: Evidence, intent: Intent, item: Mapping[str, Any], sent: Mapping[str, Any], setting: Setting
) -> None:
    fits = True
    for name, kind in _POINTERS.get(intent.kind, ()):
        expected, shown = id_of(sent.get(name)), id_of(item.get(name))
        if shown == expected and shown is not None:
            continue
        if shown is not None and not setting.may_stand_below(kind, shown):
            result.against.append(f"it stands below {kind} {shown}")
        if expected is not None or shown is not None:
            fits = False
            result.doubts[Aspect.PARENT] = f"its {name} is not the one that was sent"
    result.parent = fits


def _other_values(item: Mapping[str, Any], sent: Mapping[str, Any]) -> Iterator[str]:
    for name in _RATE_VALUES:
        expected, shown = sent.get(field_key(name)), item.get(name)
        if name == "user":
            expected, shown = id_of(expected), id_of(shown)
        if _is_number(expected) and not (_is_number(shown) and abs(shown - expected) <= 0.01):
            yield f"its {name} is not the one that was sent"


def _is_number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _same_time(sent: Any, shown: Any, zone: tzinfo) -> bool:
    """Whether a time is shown as it was sent: as the same local time, or the same instant.

    A time without a zone is the caller's, and may be shown in the zone of the user whom the record belongs to. An
    instance that leaves the offset out of its answers breaks a promise; its records are the run's all the same.
    """
    expected, actual = moment(sent), moment(shown)
    if expected is None or actual is None:
        return False
    if expected.tzinfo is None and abs(actual.replace(tzinfo=None) - expected) <= ROUNDING:
        return True
    try:
        return abs(_instant(actual, zone) - _instant(expected, zone)) <= ROUNDING
    except OverflowError:
        return False


def _began_then(begins: Any, when: float, zone: tzinfo) -> bool:
    """Whether a begin that was not sent is of the day of the create: an instance may have a fixed time for it."""
    began = moment(begins)
    return began is not None and abs(_instant(began, zone).timestamp() - when) <= A_DAY.total_seconds()


def _instant(time: datetime, zone: tzinfo) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=zone)


def moment(value: Any) -> datetime | None:
    """Return what a value means as a date and time, None for what cannot be read as one."""
    if not isinstance(value, str):
        return None
    text = value.strip()
    midnight = "T24:" in text
    try:
        parsed = datetime.fromisoformat(text.replace("T24:", "T00:"))
        return parsed + timedelta(days=1) if midnight else parsed
    except (ValueError, OverflowError):
        return None
