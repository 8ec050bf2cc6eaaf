"""The words that every room shares: secrets, actors, exchanges, places, findings and the errors that end a run.

Plain data without behaviour towards the instance. It imports nothing of the other rooms.
"""

from __future__ import annotations

import enum
import json
import re
import shlex
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal, Protocol, get_args


class Exit(enum.IntEnum):
    """Exit statuses of every command. Source: DESIGN, "The verdict"."""

    CONFORMANT = 0
    NOT_CONFORMANT = 1
    USAGE = 2
    UNFIT = 3
    LEFT_BEHIND = 4
    UNDECIDED = 5
    CRASH = 70
    INTERRUPTED = 130


EXIT_MEANINGS: Mapping[Exit, str] = {
    Exit.CONFORMANT: "conformant; what is known of the release, and accepted findings, are listed",
    Exit.NOT_CONFORMANT: "not conformant",
    Exit.USAGE: "wrong usage or settings",
    Exit.UNFIT: "the instance cannot be reached, or is unfit",
    Exit.LEFT_BEHIND: "something was left behind, or the guard was broken",
    Exit.UNDECIDED: "undecided: something promised was not decided",
    Exit.CRASH: "the suite itself crashed",
    Exit.INTERRUPTED: "interrupted, cleaned up",
}
"""What each status says of a run. If several hold: 4, 130, 70, 3, 1, 5, 0."""


class CommandError(Exception):
    """Ends a command with a message for people, and never with a traceback.

    `str(error)` says what is wrong, `hint` what to do next.
    """

    status: ClassVar[Exit] = Exit.USAGE

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(CommandError):
    """Wrong usage or settings: exit 2."""


class InstanceUnfitError(CommandError):
    """The instance cannot be reached, or cannot be judged: exit 3."""

    status = Exit.UNFIT


class GuardBrokenError(CommandError):
    """The guard does not hold: nothing more may be sent, exit 4."""

    status = Exit.LEFT_BEHIND


def mark_of(run_id: str) -> str:
    """Return what the names of a run's records contain: it says that they are a test's, and of which run."""
    return f"conformance-test-{run_id}"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: "1 place", "2 places"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


Profile = Literal["smoke", "standard", "thorough"]
PROFILES: tuple[str, ...] = get_args(Profile)
"""How much a run asks, the least first."""


def is_at_least(profile: str, other: str) -> bool:
    """Whether a profile asks at least as much as another."""
    return PROFILES.index(profile) >= PROFILES.index(other)


FailOn = Literal["new", "known"]
"""What makes a run fail: what is new, or what is known of the release too."""
ShownEvidence = Literal["cut", "full"]
"""What reports show of answers: what is judged and the run's own records, or all."""

TOO_MANY = 429
GATEWAY = frozenset({408, *range(502, 600)})
"""What a gateway answers for an instance that is overloaded, restarting, in maintenance or out of reach. Kimai itself
has no server error but 500."""
NOT_PASSED_ON = frozenset({408, 503, 521, 522, 523, 525, 526, 530})
"""Those of them by which the instance got nothing of the request."""
LOST = GATEWAY - NOT_PASSED_ON
"""Answers of a gateway after which a write may have been carried out."""
DISTURBED = GATEWAY | {TOO_MANY}
"""Statuses that say how busy an instance is, and nothing of what was asked."""


def is_page(content_type: str, body: bytes) -> bool:
    """Whether an answer is a page for people, where programs are answered JSON: it may come from what stands before."""
    return content_type.strip().lower().startswith("text/html") and _first_byte(body) in (b"", b"<")


def is_markup(body: bytes) -> bool:
    """Whether a body begins as a page does, whatever it calls itself."""
    return _first_byte(body) == b"<"


def _first_byte(body: bytes) -> bytes:
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]


def trimmed(text: str) -> str:
    """Return a text as forms of Kimai take it: without blanks, control and format characters at its ends.

    Source: measured; Symfony's form component trims all characters of the categories Z, Cc and Cf.
    """
    return text.strip("".join(filter(_is_trimmed, set(text))))


def _is_trimmed(sign: str) -> bool:
    category = unicodedata.category(sign)
    return category.startswith("Z") or category in ("Cc", "Cf")


class Secret:
    """A token or password: masked wherever it is shown, given only by `reveal`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value itself, for the one place that sends it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret('***')"

    def __str__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> Any:
        raise TypeError("a secret is not pickled")


@dataclass(frozen=True)
class Token:
    """One API token of an actor. `expires_at` is an aware UTC instant, None where it never expires or is not known."""

    name: str
    secret: Secret
    expires_at: datetime | None = None

    @property
    def expired(self) -> bool:
        """Whether its date has passed by the clock of this machine."""
        return self.expires_at is not None and self.expires_at <= datetime.now(UTC)


ROLES = ("ROLE_USER", "ROLE_TEAMLEAD", "ROLE_ADMIN", "ROLE_SUPER_ADMIN")
"""Kimai's default roles, weakest first."""


@dataclass(frozen=True)
class Actor:
    """A user of the instance with tokens. `user_id`, `roles`, `timezone` (IANA name) come from the preflight."""

    name: str
    tokens: tuple[Token, ...]
    password: Secret | None = None
    user_id: int | None = None
    roles: tuple[str, ...] = ()
    timezone: str | None = None
    language: str | None = None

    @property
    def token(self) -> Token:
        """The first token that is not expired. Raises UsageError where there is none."""
        for token in self.tokens:
            if not token.expired:
                return token
        raise UsageError(
            f"actor {self.name!r} has no token that is still valid",
            "Give at least one token without an expiry date, or with one in the future.",
        )

    @property
    def role(self) -> str:
        """The strongest of the default roles the actor has; ROLE_USER where none is known."""
        return max((r for r in self.roles if r in ROLES), key=ROLES.index, default="ROLE_USER")


class NotJsonError(ValueError):
    """The body of an answer is not JSON."""


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, with secrets already blotted out of `request_headers` and `target`.

    `operation` is the label in the definition ("GET /api/customers/{id}"), or the bare method and path for what it
    does not list. `target` is path and query as sent, `elapsed` in seconds. Header names of the answer are lower case.
    `number` counts the exchanges of a client from 1; 0 is none of them. `credential` names the variable that stands for
    the secret that was sent (`KIMAI_TOKEN_TEAMLEAD`, `KIMAI_WRONG_TOKEN`), `credential_default` what a shell may set it
    to where nobody did, "" where only a person knows it. `meant_valid`: the suite sent it as one that the definition
    allows.
    """

    method: str
    target: str
    operation: str
    actor: str | None
    request_headers: Mapping[str, str]
    request_body: bytes | None
    status: int
    headers: Mapping[str, str]
    body: bytes
    elapsed: float = 0.0
    base_url: str = ""
    truncated: bool = False
    number: int = 0
    credential: str = "KIMAI_TOKEN"
    credential_default: str = ""
    meant_valid: bool = False

    @property
    def ok(self) -> bool:
        """Whether the answer is a 2xx."""
        return 200 <= self.status < 300

    @property
    def path(self) -> str:
        """The path as in the definition, without the query: an instance may stand in a sub-directory."""
        path = self.target.partition("?")[0]
        return path[max(path.find("/api/"), 0) :]

    @property
    def is_page(self) -> bool:
        """Whether the answer is a page of HTML, or sends to another address: a client of the API gets neither."""
        return 300 <= self.status < 400 or is_page(self.headers.get("content-type", ""), self.body)

    @property
    def is_filtered(self) -> bool:
        """Whether a page refuses what filters before an instance take for an attack: Kimai refuses nothing so."""
        if not (400 <= self.status < 500 and self.is_page):
            return False
        sent = self.target.partition("?")[2].encode() + (self.request_body or b"")
        return _ATTACK.search(sent) is not None

    @property
    def signed(self) -> bool:
        """Whether it was sent with an actor's own token, in the place and the form for it."""
        value = {name.lower(): text for name, text in self.request_headers.items()}.get("authorization", "")
        return value.startswith("Bearer ") and self.credential.startswith("KIMAI_TOKEN")

    def json(self) -> Any:
        """Return the decoded body. Raises NotJsonError where it is not JSON, was cut off, or nests too deeply."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise NotJsonError(f"{self.operation} answered {self.status} with a body that is not JSON") from error

    def json_or_none(self) -> Any:
        """Return the decoded body, or None where it is not JSON."""
        try:
            return self.json()
        except NotJsonError:
            return None

    def refused_for(self) -> frozenset[str]:
        """Return the attributes at the top of a form that the errors of a 400 name."""
        return frozenset(place.partition(".")[0] for place in self.refused_places())

    def refused_places(self) -> frozenset[str]:
        """Return the attributes that the errors of a 400 name, those below others with dots: `members.user`."""
        body = self.json_or_none() if self.status == 400 else None
        return frozenset(_places(body.get("errors"))) if isinstance(body, Mapping) else frozenset()

    def curl(self) -> str:
        """Return the request as a curl command line for a shell, with the name of a variable for each secret."""
        words = ["curl", "-X", self.method]
        words += [f"-H {quoted(line, self.credential)}" for line in self.told_headers()]
        if self.request_body is not None:
            words.append("--data-raw " + quoted(self.told_body(NEW_SECRET), self.credential, {NEW_SECRET: NEW_SECRET}))
        words.append(quoted(self.base_url + self.target, self.credential))
        return " ".join(words)

    def told_headers(self) -> list[str]:
        """Return the lines of the headers that a request cannot be told without, secrets as `***`."""
        names = {"authorization", "content-type", "accept", "x-auth-user", "x-auth-token", "x-api-key"}
        return [f"{name}: {value}" for name, value in self.request_headers.items() if name.lower() in names]

    def told_body(self, mask: str) -> str:
        """Return the body as text, with `mask` for the values of secret attributes."""
        return without_secret_attributes((self.request_body or b"").decode("utf-8", "replace"), mask)


_ATTACK = re.compile(rb"['<>;]|--|\.\./|\\u00(?:00|27|3[ce])|%(?:27|3[BCE]|00)", re.IGNORECASE)
"""Signs of an attack in a query or a body, as filters see them: markup, quotes and comments of SQL, odd bytes."""


def _places(node: Any, place: str = "", depth: int = 0) -> Iterator[str]:
    """Yield where a form has errors: a node has messages of its own, and children by name or by position."""
    if not isinstance(node, Mapping) or depth >= _DEEPEST:
        if place and node:
            yield place
        return
    if place and node.get("errors"):
        yield place
    children = node.get("children")
    listed = enumerate(children) if isinstance(children, list) else ()
    for name, child in children.items() if isinstance(children, Mapping) else listed:
        below = f"{place}.{name}".lstrip(".") if isinstance(name, str) and not name.isdecimal() else place
        yield from _places(child, below, depth + 1)


_DEEPEST = 8

_RUN = re.compile(r"(\\u[0-9a-f]{4}|[A-Za-z0-9])\1{199,}")
"""The same character, written as in JSON, so often that nobody wants to read it."""

MASK = "***"
"""Stands for a secret."""

NEW_SECRET = "KIMAI_NEW_SECRET"
"""Names the variable that stands for the password of a user that a request makes."""

_PARTS = re.compile(rf"{_RUN.pattern}|(?P<mask>\*\*\*)")


def quoted(text: str, variable: str = "", names: Mapping[str, str] = {}) -> str:
    """Quote a word for a POSIX shell: a long run of one character as a command that prints it, `***` as a variable.

    `names` maps further texts to the variables that stand for them.
    """
    pattern = "|".join([_PARTS.pattern, *(f"(?P<name{at}>{re.escape(name)})" for at, name in enumerate(names))])
    parts, end = [], 0
    for part in re.finditer(pattern, text):
        parts += [shlex.quote(text[end : part.start()]) if part.start() > end else "", _told(part, variable, names)]
        end = part.end()
    rest = shlex.quote(text[end:]) if end < len(text) or not parts else ""
    return "".join([*parts, rest])


def _told(part: re.Match[str], variable: str, names: Mapping[str, str]) -> str:
    if part["mask"]:
        return f'"${variable}"' if variable else shlex.quote(MASK)
    if part[1]:
        times = len(part[0]) // len(part[1])
        sign = part[1].replace("\\", "\\\\")
        return f"\"$(printf '%{times}s' '' | sed 's/ /{sign}/g')\""
    return f'"${names[part[0]]}"'


SECRET_ATTRIBUTES = ("plainPassword", "plainApiToken", "password")
"""Attributes whose values are secrets of a user that a run makes."""

_SECRET_ATTRIBUTE = re.compile(
    rf"""(?ix) (["']?(?:{"|".join(SECRET_ATTRIBUTES)})["']?\s*)
    (?: (:\s*) (?: "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' ) | (=) [^&\s]+ )"""
)


def without_secret_attributes(text: str, mask: str = MASK) -> str:
    """Return a text (JSON, a form, or Python's repr of it) with `mask` for the value of each secret attribute."""

    def masked(attribute: re.Match[str]) -> str:
        name, colon, sign = attribute.groups()
        return f'{name}{colon}"{mask}"' if colon else f"{name}{sign}{mask}"

    return _SECRET_ATTRIBUTE.sub(masked, text)


def decoded(text: bytes | str | None) -> Any:
    """Return the JSON value in a text, None where it is not JSON, or nests too deeply."""
    try:
        return json.loads(text or b"")
    except (ValueError, RecursionError):
        return None


def secrets_in(body: bytes) -> list[str]:
    """Return the texts of the secret attributes of a JSON body that are long enough to be secrets."""
    if not any(name.encode() in body for name in SECRET_ATTRIBUTES):
        return []
    value = decoded(body)
    items = [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)]
    texts = [item[name] for item in items for name in SECRET_ATTRIBUTES if isinstance(item.get(name), str)]
    return [text for text in texts if len(text) >= SHORTEST_SECRET]


SHORTEST_SECRET = 8
"""Characters of the shortest password that an instance takes."""


class Level(enum.StrEnum):
    """How binding a clause is. MUST and SHOULD can fail, NOTE is observed."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    NOTE = "NOTE"


class Danger(enum.StrEnum):
    """How bad it is where a promise is broken, the worst first: the order of every report."""

    ACCESS = "access"
    """Somebody gets at what is not theirs."""
    DATA = "data"
    """Data are lost or wrong."""
    MONEY = "money"
    """Hours and money are wrong."""
    CRASH = "crash"
    """The server fails."""
    CONTRACT = "contract"
    """A client written by the documentation fails."""
    COSMETIC = "cosmetic"
    """Nobody is hurt."""


class Status(enum.StrEnum):
    """Status of a place or clause. Source: DESIGN, "The verdict": a clause takes the worst of its places."""

    ERROR = "error"
    FAIL = "fail"
    UNSTEADY = "unsteady"
    ACCEPTED = "accepted"
    DEVIATION = "deviation"
    PASS = "pass"
    OBSERVED = "observed"
    SKIPPED = "skipped"


SEVERITY = tuple(Status)
"""Worst first."""


@dataclass(frozen=True)
class Place:
    """Where a clause was decided: operation, field, role, value; with what was expected and what came.

    `expected` and `got` are short canonical words ("true", "unchanged", "inherited", "200", "+0200") since deviations
    are matched on `got` exactly. `reason` explains skipped and observed places. `curl` has no secret in it. `deviation`
    and `defect` are ids of what is known of the release: a known defect's place has the status of a deviation.
    `node` is pytest's id of the check that decided it, `after` has those of the checks that made what its request rests
    on, one a line; `script` is a shell script that shows a failure by itself.
    """

    clause: str
    status: Status
    operation: str = ""
    field: str = ""
    role: str = ""
    value: str = ""
    expected: str = ""
    got: str = ""
    reason: str = ""
    curl: str = ""
    response: str = ""
    deviation: str = ""
    defect: str = ""
    node: str = ""
    after: str = ""
    script: str = ""


class Located(Protocol):
    """What says where a place is: a Place, or one of a verdict."""

    @property
    def operation(self) -> str: ...
    @property
    def field(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def value(self) -> str: ...


def where(place: Located) -> str:
    """Return a place in words: operation, field with value, role."""
    role = f"as {place.role}" if place.role else ""
    return " ".join(filter(None, (place.operation, field_with_value(place), role))) or "the instance"


def field_with_value(place: Located) -> str:
    """Return the field of a place with its value, one of them where the place has no other."""
    return f"{place.field}={place.value}" if place.field and place.value else place.field or place.value


@dataclass(frozen=True)
class Finding:
    """One defect, folded by cause. `fingerprint` is the same across runs and versions of this suite."""

    clause: str
    title: str
    fingerprint: str
    expected: str
    got: str
    curl: str
    response: str
    places: tuple[str, ...] = field(default_factory=tuple)
    status: Status = Status.FAIL
    reason: str = ""
