"""THE table of what may change for a client: the class of each kind of change, what a client notices, what to do.

Data alone: which difference falls under which rule stands in `reading` and `documented`. A test holds that each rule
has its mirror, or a reason why not. Source of the classes: compare-notes §6; they go by what was observed.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass


class Class(enum.StrEnum):
    """How dangerous a change is, most dangerous first. SILENT: the same request gives another result, and no error."""

    SECURITY = "security"
    SILENT = "silent"
    BREAKING = "breaking"
    NEW = "new"
    COSMETIC = "cosmetic"


RANK = tuple(Class)


class Direction(enum.StrEnum):
    """Which way a rule's change went: as the rule's title says, its opposite, or so that it ended in an error.

    The values are part of the causes that accept files of users name.
    """

    FORWARD = "there"
    REVERSE = "back"
    REFUSED = "refused"

    @classmethod
    def of(cls, is_forward: bool) -> Direction:
        """Return FORWARD or its opposite."""
        return cls.FORWARD if is_forward else cls.REVERSE


@dataclass(frozen=True)
class Opposite:
    """What a rule's change is the other way: its class, title, what a client notices, what to do."""

    change_class: Class
    title: str
    notice: str = "nothing"
    advice: str = "may be used"


@dataclass(frozen=True)
class Rule:
    """One kind of change. `reverse` is its opposite, `mirror` that as a rule, `refused` its class where an error came.

    A rule has an opposite, a mirror, or a `waiver` that says why it is its own opposite.
    """

    id: str
    title: str
    change_class: Class
    notice: str
    advice: str
    reverse: Opposite | None = None
    refused: Class | None = None
    mirror: str = ""
    waiver: str = ""

    def class_of(self, direction: Direction) -> Class:
        """Return the class of a change that went this way."""
        if direction is Direction.REFUSED and self.refused is not None:
            return self.refused
        return self.described(direction).change_class

    def notice_of(self, direction: Direction) -> str:
        """Return what a client notices of a change that went this way."""
        return "the call fails" if direction is Direction.REFUSED else self.described(direction).notice

    def described(self, direction: Direction) -> Rule | Opposite:
        """Return where title and advice of a change that went this way stand."""
        return self.reverse if direction is Direction.REVERSE and self.reverse is not None else self


_SYMMETRIC = "either way the same request gives another result"
_FAILS = Class.BREAKING


def _new(title: str) -> Opposite:
    return Opposite(Class.NEW, title)


_TABLE = (
    Rule("op-removed", "operation gone", Class.BREAKING, "the call fails", "call what replaces it", mirror="op-added"),
    Rule("op-added", "new operation", Class.NEW, "nothing", "may be used", mirror="op-removed"),
    Rule(
        "op-deprecated", "operation marked as deprecated", Class.COSMETIC, "nothing yet", "plan to move away",
        Opposite(Class.COSMETIC, "operation no longer marked as deprecated", advice="nothing"),
    ),
    Rule(
        "query-removed", "query parameter gone", Class.SILENT, "a filter stops filtering: unknown ones are ignored",
        "filter on the client's side", mirror="query-widened",
    ),
    Rule(
        "query-required", "query parameter mandatory", Class.BREAKING, "400 without it", "send it",
        _new("query parameter no longer mandatory"),
    ),
    Rule(
        "query-narrowed", "query parameter accepts less", Class.BREAKING, "400", "send what is accepted now",
        mirror="query-widened",
    ),
    Rule(
        "query-widened", "query parameter added, or accepts more", Class.NEW, "nothing", "may be used",
        mirror="query-narrowed",
    ),
    Rule(
        "query-meaning", "query parameter finds other records", Class.SILENT, "records are missed or come twice",
        "check what the filter is used for", waiver=_SYMMETRIC,
    ),
    Rule(
        "form-removed", "field no longer accepted", Class.BREAKING, "400: extra field", "stop sending it",
        mirror="form-added",
    ),
    Rule("form-added", "new field accepted", Class.NEW, "nothing", "may be sent; old versions refuse it",
          mirror="form-removed"),
    Rule("form-dropped", "field accepted and not stored as sent", Class.SILENT, "data is lost",
          "read back what was sent", _new("field now stored as sent")),
    Rule("form-required", "field mandatory", Class.BREAKING, "400 without it", "send it",
          _new("field no longer mandatory")),
    Rule(
        "form-default", "another value where a POST leaves the field out", Class.SILENT, "new records differ",
        "send the field always", waiver=_SYMMETRIC,
    ),
    Rule(
        "form-absent", "another value where a PATCH leaves the field out", Class.SILENT, "a field is overwritten",
        "send the field always", waiver=_SYMMETRIC,
    ),
    Rule(
        "form-coercion", "another reading of what is no boolean", Class.SILENT, "another value is stored",
        "send true or false", refused=_FAILS, waiver=_SYMMETRIC,
    ),
    Rule("form-enum", "fewer values allowed", Class.BREAKING, "400 for a value that was allowed",
          "send what is allowed now", _new("more values allowed")),
    Rule("form-type", "another type wanted", Class.BREAKING, "400", "send the new type",
          waiver="a type that is another is another both ways"),
    Rule("form-limit", "tighter limit", Class.BREAKING, "400 at the edge", "keep within the limit",
          _new("looser limit")),
    Rule(
        "form-time", "times are read or rounded otherwise", Class.SILENT, "hours shift",
        "send times in the guaranteed form, without an offset", _new("a spelling of times is accepted now"),
        refused=_FAILS,
    ),
    Rule("resp-removed", "attribute gone from answers", Class.BREAKING, "a key is missing", "do without it",
          mirror="resp-added"),
    Rule("resp-added", "new attribute in answers", Class.NEW, "strict decoders fail", "ignore unknown attributes",
          mirror="resp-removed"),
    Rule("resp-null", "null where there was a value", Class.BREAKING, "null dereference", "expect null",
          Opposite(Class.COSMETIC, "null no longer comes", advice="nothing")),
    Rule("resp-type", "another type in answers", Class.BREAKING, "the decoder fails", "decode the new type",
          Opposite(Class.COSMETIC, "fewer types come", advice="nothing"),
          waiver="a type that is another is another both ways"),
    Rule("resp-format", "another spelling of dates or numbers", Class.BREAKING, "the parser fails",
          "parse the new spelling", waiver="a spelling that is another is another both ways"),
    Rule("resp-enum", "new value of an enumeration", Class.BREAKING, "a switch falls through", "expect the new value",
          Opposite(Class.COSMETIC, "fewer values of an enumeration come", advice="nothing")),
    Rule("resp-value", "computed otherwise", Class.SILENT, "sums differ", "check what is computed from it",
          waiver=_SYMMETRIC),
    Rule("status-success", "another success status", Class.BREAKING, "an exact check fails, or a body is missing",
          "accept any 2xx", waiver="a status that is another is another both ways"),
    Rule("status-refused", "what succeeded is refused", Class.BREAKING, "the call fails", "see the error",
          mirror="status-accepted"),
    Rule("status-accepted", "what was refused succeeds", Class.SILENT, "bad input is stored",
          "check input on the client's side", mirror="status-refused"),
    Rule("error-shape", "another error", Class.BREAKING, "the error handler misses it", "handle the new error",
          Opposite(Class.COSMETIC, "another error of what is not there", advice="nothing"),
          waiver="an error that is another is another both ways"),
    Rule("server-error", "server error", Class.BREAKING, "the call fails with a 5xx", "do not send what leads to it",
          _new("server error gone")),
    Rule("header-removed", "header gone", Class.BREAKING, "paging stops early", "do without it", _new("new header")),
    Rule("list-order", "another order of lists", Class.SILENT, "the wrong record is taken for the latest",
          "ask for an order", waiver=_SYMMETRIC),
    Rule("list-page", "lists are cut into other pages", Class.SILENT, "synchronisation is incomplete",
          "ask for a size, and read all pages", refused=_FAILS, waiver=_SYMMETRIC),
    Rule("list-scope", "a role finds more records", Class.SECURITY, "records of others are shown",
          "check who may see what", Opposite(Class.SILENT, "a role finds fewer records", "records are missed",
                                             "use a stronger role, or give it the right")),
    Rule("auth-refused", "credentials no longer accepted", Class.BREAKING, "401", "use a valid token",
          mirror="auth-open"),
    Rule("auth-open", "credentials accepted that were not", Class.SECURITY, "nothing: others get in",
          "ask the makers before the upgrade",
          mirror="auth-refused"),
    Rule("role-allowed", "a role gains a right", Class.SECURITY, "nothing: a call succeeds that was refused",
          "check who may do what",
          mirror="role-denied"),
    Rule("role-denied", "a role loses a right", Class.BREAKING, "403 or 404",
          "use a stronger role, or give it the right", mirror="role-allowed"),
    Rule(
        "role-attribute", "attribute hidden from a role", Class.BREAKING, "a key is missing",
        "use a stronger role, or do without it",
        Opposite(Class.SECURITY, "attribute shown to a role", "nothing: a role sees what it did not",
                 "check who may see what"),
    ),
    Rule("side-effect", "another record is touched", Class.SILENT, "a timer is stopped, or runs on",
          "check what else changes", waiver=_SYMMETRIC),
    Rule("doc-only", "the document's words", Class.COSMETIC, "generated clients may name things otherwise",
          "generate again", waiver="words that are others are others both ways"),
)  # fmt: skip

RULES: Mapping[str, Rule] = {rule.id: rule for rule in _TABLE}
"""Every rule by its id."""


def at_least(change_class: Class, threshold: Class) -> bool:
    """Whether a class is as dangerous as a threshold, or more."""
    return RANK.index(change_class) <= RANK.index(threshold)
