"""Under which rule an observed difference falls. Pure: two answers to one question, and what else is known of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from conformance.upgrade.facts import About, Fact
from conformance.upgrade.rules import Direction
from conformance.upgrade.typewords import is_of_others, types_in_word

ABSENT = "absent"
WITHDRAWN = frozenset({"405", "410"})
GONE = WITHDRAWN | {"404"}
_REFUSED, _SUCCESS = re.compile(r"[345]\d\d( .*)?"), re.compile(r"2\d\d( .*)?")
VALID = "valid token"
DENIED = frozenset({"401", "403"})
_UNDERSTOOD = frozenset({"400", "409", "422"})
"""What is answered to a body or parameter that was looked at: who is answered so was let in."""

Verdict = tuple[str, Direction]


@dataclass(frozen=True)
class ListContext:
    """What else is known: whether the documents list the operation or parameter, and whether others see the attribute.

    `old` and `new` say whether a definition lists it; `elsewhere_old` and `elsewhere_new` whether another role is shown
    the attribute, or has the operation succeed.
    """

    old: bool = True
    new: bool = True
    elsewhere_old: bool = False
    elsewhere_new: bool = False


def rule_for(fact: Fact, before: str, after: str, context: ListContext) -> Verdict:
    """Return the rule of a difference, and which way it went."""
    return _READERS[fact.about](fact, before, after, context)


def alike(fact: Fact, before: str, after: str) -> bool:
    """Whether two answers to a question say the same, as far as they can be compared."""
    if fact.about is About.ATTRIBUTE and ABSENT not in (before, after) and any(map(is_of_others, (before, after))):
        (old, _), (new, _) = map(types_in_word, (before, after))
        return old == new or not old or not new
    return before == after


def is_status(answer: str) -> bool:
    """Whether an answer begins with a status that is no success."""
    return _REFUSED.fullmatch(answer) is not None


def _ok(answer: str) -> bool:
    return _SUCCESS.fullmatch(answer) is not None


def _status(_: Fact, before: str, after: str, context: ListContext) -> Verdict:
    if after in WITHDRAWN or (context.old and not context.new and after in GONE):
        return ("op-removed", Direction.FORWARD) if before not in GONE else ("error-shape", Direction.REVERSE)
    if before in WITHDRAWN or (context.new and not context.old and before in GONE):
        return "op-added", Direction.FORWARD
    if _ok(before) and _ok(after):
        return "status-success", Direction.FORWARD
    if let_in(before) and (after in DENIED or (after == "404" and context.elsewhere_new)):
        return "role-denied", Direction.FORWARD
    if let_in(after) and (before in DENIED or (before == "404" and context.elsewhere_old)):
        return "role-allowed", Direction.FORWARD
    return _outcome(before, after)


def let_in(answer: str) -> bool:
    """Whether who is answered so may use the operation."""
    return _ok(answer) or answer in _UNDERSTOOD


def _outcome(before: str, after: str) -> Verdict:
    if before.startswith("5") != after.startswith("5"):
        return "server-error", Direction.of(after.startswith("5"))
    if _ok(before) and not _ok(after):
        return "status-refused", Direction.FORWARD
    return ("status-accepted" if _ok(after) and not _ok(before) else "error-shape"), Direction.FORWARD


def _attribute(_: Fact, before: str, after: str, context: ListContext) -> Verdict:
    if before == ABSENT:
        return ("role-attribute", Direction.REVERSE) if context.elsewhere_old else ("resp-added", Direction.FORWARD)
    if after == ABSENT:
        return ("role-attribute" if context.elsewhere_new else "resp-removed"), Direction.FORWARD
    (old, old_null), (new, new_null) = map(types_in_word, (before, after))
    if old == new or not new or not old:
        return "resp-null", Direction.of(new_null and not old_null)
    if new < old:
        return "resp-type", Direction.REVERSE
    texts = all(word == "string" or word.startswith("date") for word in old | new)
    return ("resp-format" if texts else "resp-type"), Direction.FORWARD


def _coerced(_: Fact, before: str, after: str, __: ListContext) -> Verdict:
    if is_status(before):
        return ("error-shape" if is_status(after) else "status-accepted"), Direction.FORWARD
    return "form-coercion", Direction.REFUSED if is_status(after) else Direction.FORWARD


def _taken(_: Fact, before: str, after: str, __: ListContext) -> Verdict:
    if after.startswith("refused"):
        return ("error-shape" if before.startswith("refused") else "form-removed"), Direction.FORWARD
    if before.startswith("refused"):
        return "form-added", Direction.FORWARD
    return "form-dropped", Direction.of(_KEPT.get(after, 3) >= _KEPT.get(before, 3))


_KEPT = {"stored": 0, "not shown": 1, "stored otherwise": 2}
"""What may become of a value that is accepted, the best first."""


def _refusal(rule: str) -> Callable[[Fact, str, str, ListContext], Verdict]:
    """Return a reader for a word that is either a refusal or not."""

    def read(_: Fact, before: str, after: str, __: ListContext) -> Verdict:
        if before.startswith("refused") and after.startswith("refused"):
            return "error-shape", Direction.FORWARD
        return rule, Direction.of(after.startswith("refused"))

    return read


def _time(_: Fact, before: str, after: str, __: ListContext) -> Verdict:
    if is_status(before) and is_status(after):
        return "error-shape", Direction.FORWARD
    return "form-time", Direction.REFUSED if is_status(after) else Direction.of(not is_status(before))


def _filter(_: Fact, before: str, after: str, context: ListContext) -> Verdict:
    if context.old and not context.new:
        return "query-removed", Direction.FORWARD
    if is_status(after):
        return ("query-narrowed" if not is_status(before) else "error-shape"), Direction.FORWARD
    added = context.new and not context.old
    return ("query-widened" if is_status(before) or added else "query-meaning"), Direction.FORWARD


def _page(fact: Fact, _: str, after: str, __: ListContext) -> Verdict:
    # With a field, the answer is the size of a page and no status.
    return "list-page", Direction.REFUSED if is_status(after) and not fact.field else Direction.FORWARD


def _scope(_: Fact, before: str, after: str, __: ListContext) -> Verdict:
    if is_status(after) or is_status(before):
        both = is_status(after) and is_status(before)
        return "error-shape" if both else "role-denied" if is_status(after) else "role-allowed", Direction.FORWARD
    old, new = (set() if word == "nothing" or is_status(word) else set(word.split()) for word in (before, after))
    return "list-scope", Direction.of(bool(new - old))


def _credentials(fact: Fact, before: str, after: str, __: ListContext) -> Verdict:
    if _ok(before) == _ok(after):
        return "error-shape", Direction.FORWARD
    if _ok(before):
        return "auth-refused", Direction.FORWARD
    return ("status-accepted" if fact.asked == VALID else "auth-open"), Direction.FORWARD


def _always(rule: str) -> Callable[[Fact, str, str, ListContext], Verdict]:
    return lambda *_: (rule, Direction.FORWARD)


_READERS: Mapping[About, Callable[[Fact, str, str, ListContext], Verdict]] = {
    About.STATUS: _status,
    About.ATTRIBUTE: _attribute,
    About.SHOWN: _always("list-scope"),
    About.VALUE: _always("resp-value"),
    About.DEFAULT: _always("form-default"),
    About.KEPT: _always("form-absent"),
    About.COERCED: _coerced,
    About.TAKEN: _taken,
    About.NEEDED: _refusal("form-required"),
    About.LIMIT: _refusal("form-limit"),
    About.TIME: _time,
    About.FILTER: _filter,
    About.PAGE: _page,
    About.ORDER: _always("list-order"),
    About.SCOPE: _scope,
    About.HEADER: lambda _, __, after, ___: ("header-removed", Direction.of(after == ABSENT)),
    About.CREDENTIALS: _credentials,
    About.ERROR: lambda _, before, after, __: _outcome(before, after),
    About.EFFECT: _always("side-effect"),
}
