"""THE table of what may change for a client: the class of each kind of change, what a client notices, what to do.

Data alone: which difference falls under which rule stands in `reading` and `documented`. A test holds that each rule
has its mirror, or a reason why not. Source of the classes: compare-notes §6; they go by what was observed.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field


class Class(enum.StrEnum):
    """How dangerous a change is, most dangerous first. SILENT: the same request gives another result, and no error."""

    SECURITY = "security"
    SILENT = "silent"
    BREAKING = "breaking"
    NEW = "new"
    COSMETIC = "cosmetic"


RANK = tuple(Class)


class Way(enum.StrEnum):
    """Which way a rule's change went: THERE as the rule's title says, BACK its opposite, REFUSED ended in an error."""

    THERE = "there"
    BACK = "back"
    REFUSED = "refused"


@dataclass(frozen=True)
class Rule:
    """One kind of change. `also` gives the class of the other ways; `mirror` names the opposite rule.

    A rule has a BACK, a mirror, or a `waiver` that says why it is its own opposite.
    """

    id: str
    title: str
    klass: Class
    notice: str
    advice: str
    also: Mapping[Way, Class] = field(default_factory=dict)
    mirror: str = ""
    waiver: str = ""

    def class_of(self, way: Way) -> Class:
        """Return the class of a change that went this way."""
        return self.also.get(way, self.klass)

    def title_of(self, way: Way) -> str:
        """Return what a change that went this way is called."""
        return BACK_TITLES[self.id] if way is Way.BACK else self.title

    def notice_of(self, way: Way) -> str:
        """Return what a client notices of a change that went this way."""
        harmless = way is Way.BACK and self.class_of(way) in (Class.NEW, Class.COSMETIC)
        return "nothing" if harmless else self.notice

    def advice_of(self, way: Way) -> str:
        """Return what to do about a change that went this way."""
        return "may be used" if self.notice_of(way) == "nothing" and way is Way.BACK else self.advice


_SYMMETRIC = "either way the same request gives another result"
_FAILS = {Way.REFUSED: Class.BREAKING}
_NEW_BACK = {Way.BACK: Class.NEW}


def _rule(
    name: str, title: str, klass: Class, notice: str, advice: str, also: Mapping[Way, Class] | None = None,
    *, mirror: str = "", waiver: str = "",
) -> Rule:  # fmt: skip
    return Rule(name, title, klass, notice, advice, also or {}, mirror, waiver)


_TABLE = (
    _rule("op-removed", "operation gone", Class.BREAKING, "the call fails", "call what replaces it", mirror="op-added"),
    _rule("op-added", "new operation", Class.NEW, "nothing", "may be used", mirror="op-removed"),
    _rule(
        "op-deprecated", "operation marked as deprecated", Class.COSMETIC, "nothing yet", "plan to move away",
        {Way.BACK: Class.COSMETIC},
    ),
    _rule(
        "query-removed", "query parameter gone", Class.SILENT, "a filter stops filtering: unknown ones are ignored",
        "filter on the client's side", mirror="query-widened",
    ),
    _rule(
        "query-required", "query parameter mandatory", Class.BREAKING, "400 without it", "send it", _NEW_BACK,
    ),
    _rule(
        "query-narrowed", "query parameter accepts less", Class.BREAKING, "400", "send what is accepted now",
        mirror="query-widened",
    ),
    _rule(
        "query-widened", "query parameter added, or accepts more", Class.NEW, "nothing", "may be used",
        mirror="query-narrowed",
    ),
    _rule(
        "query-meaning", "query parameter finds other records", Class.SILENT, "records are missed or come twice",
        "check what the filter is used for", waiver=_SYMMETRIC,
    ),
    _rule(
        "form-removed", "field no longer accepted", Class.BREAKING, "400: extra field", "stop sending it",
        mirror="form-added",
    ),
    _rule("form-added", "new field accepted", Class.NEW, "nothing", "may be sent; old versions refuse it",
          mirror="form-removed"),
    _rule("form-dropped", "field accepted and not stored as sent", Class.SILENT, "data is lost",
          "read back what was sent", _NEW_BACK),
    _rule("form-required", "field mandatory", Class.BREAKING, "400 without it", "send it", _NEW_BACK),
    _rule(
        "form-default", "another value where a POST leaves the field out", Class.SILENT, "new records differ",
        "send the field always", waiver=_SYMMETRIC,
    ),
    _rule(
        "form-absent", "another value where a PATCH leaves the field out", Class.SILENT, "a field is overwritten",
        "send the field always", waiver=_SYMMETRIC,
    ),
    _rule(
        "form-coercion", "another reading of what is no boolean", Class.SILENT, "another value is stored",
        "send true or false", _FAILS, waiver=_SYMMETRIC,
    ),
    _rule("form-enum", "allowed values", Class.BREAKING, "400 for a value that was allowed", "send what is allowed now",
          _NEW_BACK),
    _rule("form-type", "another type wanted", Class.BREAKING, "400", "send the new type",
          waiver="a type that is another is another both ways"),
    _rule("form-limit", "tighter limit", Class.BREAKING, "400 at the edge", "keep within the limit", _NEW_BACK),
    _rule(
        "form-time", "times are read or rounded otherwise", Class.SILENT, "hours shift",
        "send times in the guaranteed form, without an offset", {**_FAILS, **_NEW_BACK},
    ),
    _rule("resp-removed", "attribute gone from answers", Class.BREAKING, "a key is missing", "do without it",
          mirror="resp-added"),
    _rule("resp-added", "new attribute in answers", Class.NEW, "strict decoders fail", "ignore unknown attributes",
          mirror="resp-removed"),
    _rule("resp-null", "null where there was a value", Class.BREAKING, "null dereference", "expect null",
          {Way.BACK: Class.COSMETIC}),
    _rule("resp-type", "another type in answers", Class.BREAKING, "the decoder fails", "decode the new type",
          waiver="a type that is another is another both ways"),
    _rule("resp-format", "another spelling of dates or numbers", Class.BREAKING, "the parser fails",
          "parse the new spelling", waiver="a spelling that is another is another both ways"),
    _rule("resp-enum", "new value of an enumeration", Class.BREAKING, "a switch falls through", "expect the new value",
          {Way.BACK: Class.COSMETIC}),
    _rule("resp-value", "computed otherwise", Class.SILENT, "sums differ", "check what is computed from it",
          waiver=_SYMMETRIC),
    _rule("status-success", "another success status", Class.BREAKING, "an exact check fails, or a body is missing",
          "accept any 2xx", waiver="a status that is another is another both ways"),
    _rule("status-refused", "what succeeded is refused", Class.BREAKING, "the call fails", "see the error",
          mirror="status-accepted"),
    _rule("status-accepted", "what was refused succeeds", Class.SILENT, "bad input is stored",
          "check input on the client's side", mirror="status-refused"),
    _rule("error-shape", "another error", Class.BREAKING, "the error handler misses it", "handle the new error",
          {Way.BACK: Class.COSMETIC}, waiver="an error that is another is another both ways"),
    _rule("header-removed", "header gone", Class.BREAKING, "paging stops early", "do without it", _NEW_BACK),
    _rule("list-order", "another order of lists", Class.SILENT, "the wrong record is taken for the latest",
          "ask for an order", waiver=_SYMMETRIC),
    _rule("list-page", "lists are cut into other pages", Class.SILENT, "synchronisation is incomplete",
          "ask for a size, and read all pages", _FAILS, waiver=_SYMMETRIC),
    _rule("list-scope", "a role finds more records", Class.SECURITY, "a leak", "check who may see what",
          {Way.BACK: Class.SILENT}),
    _rule("auth-refused", "credentials no longer accepted", Class.BREAKING, "401", "use a valid token",
          mirror="auth-open"),
    _rule("auth-open", "credentials accepted that were not", Class.SECURITY, "a hole", "do not upgrade before asking",
          mirror="auth-refused"),
    _rule("role-allowed", "a role gains a right", Class.SECURITY, "a hole", "check who may do what",
          mirror="role-denied"),
    _rule("role-denied", "a role loses a right", Class.SECURITY, "403 or 404",
          "use a stronger role, or give it the right", mirror="role-allowed"),
    _rule(
        "role-attribute", "an attribute is hidden from a role", Class.SECURITY, "a key is missing",
        "use a stronger role, or do without it", {Way.BACK: Class.SECURITY},
    ),
    _rule("side-effect", "another record is touched", Class.SILENT, "a timer is stopped, or runs on",
          "check what else changes", waiver=_SYMMETRIC),
    _rule("doc-only", "the document's words", Class.COSMETIC, "generated clients may name things otherwise",
          "generate again", waiver="words that are others are others both ways"),
)  # fmt: skip

BACK_TITLES: Mapping[str, str] = {
    "op-deprecated": "operation no longer marked as deprecated",
    "query-required": "query parameter no longer mandatory",
    "form-dropped": "field now stored as sent",
    "form-required": "field no longer mandatory",
    "form-enum": "more values allowed",
    "form-limit": "looser limit",
    "form-time": "a spelling of times is accepted now",
    "resp-null": "null no longer comes",
    "resp-enum": "fewer values of an enumeration come",
    "error-shape": "another error of what is not there",
    "header-removed": "new header",
    "list-scope": "a role finds fewer records",
    "role-attribute": "an attribute is shown to a role",
}
"""What a rule's change is called the other way."""

RULES: Mapping[str, Rule] = {rule.id: rule for rule in _TABLE}
"""Every rule by its id."""


def at_least(klass: Class, threshold: Class) -> bool:
    """Whether a class is as dangerous as a threshold, or more."""
    return RANK.index(klass) <= RANK.index(threshold)
