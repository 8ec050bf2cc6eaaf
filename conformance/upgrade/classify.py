"""Under which rule an observed difference falls. Pure: two answers to one question, and what else is known of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from conformance.upgrade.facts import About, Fact
from conformance.upgrade.rules import Way

ABSENT = "absent"
WITHDRAWN = frozenset({"405", "410"})
GONE = WITHDRAWN | {"404"}
_REFUSED, _SUCCESS = re.compile(r"[345]\d\d( .*)?"), re.compile(r"2\d\d( .*)?")
VALID = "valid token"
DENIED = frozenset({"401", "403", "404"})

Verdict = tuple[str, Way]


@dataclass(frozen=True)
class Around:
    """What else is known: whether the documents list the operation or parameter, and whether others see the attribute.

    `old` and `new` say whether a definition lists it; `elsewhere_old` and `elsewhere_new` whether another role is shown
    the attribute.
    """

    old: bool = True
    new: bool = True
    elsewhere_old: bool = False
    elsewhere_new: bool = False


def rule_for(fact: Fact, before: str, after: str, around: Around) -> Verdict:
    """Return the rule of a difference, and which way it went."""
    return _READERS[fact.about](fact, before, after, around)


def is_status(answer: str) -> bool:
    """Whether an answer begins with a status that is no success."""
    return _REFUSED.fullmatch(answer) is not None


def _ok(answer: str) -> bool:
    return _SUCCESS.fullmatch(answer) is not None


def _status(_: Fact, before: str, after: str, around: Around) -> Verdict:
    if after in WITHDRAWN or (around.old and not around.new and after in GONE):
        return ("op-removed", Way.THERE) if before not in GONE else ("error-shape", Way.BACK)
    if before in WITHDRAWN or (around.new and not around.old and before in GONE):
        return "op-added", Way.THERE
    if _ok(before) and _ok(after):
        return "status-success", Way.THERE
    if after in DENIED and before not in DENIED:
        return "role-denied", Way.THERE
    if before in DENIED and after not in DENIED:
        return "role-allowed", Way.THERE
    return _outcome(before, after)


def _outcome(before: str, after: str) -> Verdict:
    if _ok(before) and not _ok(after):
        return "status-refused", Way.THERE
    return ("status-accepted" if _ok(after) and not _ok(before) else "error-shape"), Way.THERE


def _attribute(_: Fact, before: str, after: str, around: Around) -> Verdict:
    if before == ABSENT:
        return ("role-attribute", Way.BACK) if around.elsewhere_old else ("resp-added", Way.THERE)
    if after == ABSENT:
        return ("role-attribute", Way.THERE) if around.elsewhere_new else ("resp-removed", Way.THERE)
    old, new = (set(words.split(" or ")) for words in (before, after))
    if old - {"null"} == new - {"null"} or not new - {"null"}:
        return "resp-null", Way.THERE if "null" in new else Way.BACK
    if not old - {"null"}:
        return "resp-null", Way.BACK
    texts = all(word == "string" or word.startswith("date") for word in (old | new) - {"null"})
    return ("resp-format" if texts else "resp-type"), Way.THERE


def _coerced(_: Fact, __: str, after: str, ___: Around) -> Verdict:
    return "form-coercion", Way.REFUSED if is_status(after) else Way.THERE


def _taken(_: Fact, before: str, after: str, __: Around) -> Verdict:
    if after.startswith("refused"):
        return ("form-removed", Way.THERE) if not before.startswith("refused") else ("error-shape", Way.THERE)
    if before.startswith("refused"):
        return "form-added", Way.THERE
    return "form-dropped", Way.THERE if before == "stored" else Way.BACK


def _refusal(rule: str) -> Callable[[Fact, str, str, Around], Verdict]:
    """Return a reader for a word that is either a refusal or not."""

    def read(_: Fact, before: str, after: str, __: Around) -> Verdict:
        if before.startswith("refused") and after.startswith("refused"):
            return "error-shape", Way.THERE
        return rule, Way.THERE if after.startswith("refused") else Way.BACK

    return read


def _time(_: Fact, before: str, after: str, __: Around) -> Verdict:
    if is_status(before) and is_status(after):
        return "error-shape", Way.THERE
    return "form-time", Way.REFUSED if is_status(after) else Way.BACK if is_status(before) else Way.THERE


def _filter(_: Fact, before: str, after: str, around: Around) -> Verdict:
    if around.old and not around.new:
        return "query-removed", Way.THERE
    if is_status(after):
        return ("query-narrowed" if not is_status(before) else "error-shape"), Way.THERE
    added = around.new and not around.old
    return ("query-widened" if is_status(before) or added else "query-meaning"), Way.THERE


def _page(fact: Fact, _: str, after: str, __: Around) -> Verdict:
    # With a field, the answer is the size of a page and no status.
    return "list-page", Way.REFUSED if is_status(after) and not fact.field else Way.THERE


def _scope(_: Fact, before: str, after: str, __: Around) -> Verdict:
    if is_status(after):
        return ("role-denied" if not is_status(before) else "error-shape"), Way.THERE
    old, new = (set() if word == "nothing" or is_status(word) else set(word.split()) for word in (before, after))
    return "list-scope", Way.THERE if new - old else Way.BACK


def _credentials(fact: Fact, before: str, after: str, __: Around) -> Verdict:
    if _ok(before) == _ok(after):
        return "error-shape", Way.THERE
    if _ok(before):
        return "auth-refused", Way.THERE
    return ("status-accepted" if fact.asked == VALID else "auth-open"), Way.THERE


def _always(rule: str) -> Callable[[Fact, str, str, Around], Verdict]:
    return lambda *_: (rule, Way.THERE)


_READERS: Mapping[About, Callable[[Fact, str, str, Around], Verdict]] = {
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
    About.HEADER: lambda _, __, after, ___: ("header-removed", Way.THERE if after == ABSENT else Way.BACK),
    About.CREDENTIALS: _credentials,
    About.ERROR: lambda _, before, after, __: _outcome(before, after),
    About.EFFECT: _always("side-effect"),
}
