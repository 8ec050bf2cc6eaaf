"""Writes the shell script of a failing place: it makes what the request needs, sends it, shows it, and cleans up.

The script goes by the exchanges of this run. It stands outside of the guard, so it is written only where it changes
nothing but what it has made itself: everything else is for `kimai-conformance replay`.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from conformance.exchange.evidence.history import History, Key, Step, step_of
from conformance.exchange.evidence.values import judged, leaf_of_json_path
from conformance.exchange.guard.absent import BAND
from conformance.exchange.guard.ids import id_of
from conformance.exchange.guard.kinds import KINDS, Kind, delete_path, fill_path
from conformance.exchange.guard.operations import Effect, GuardedOperation, OperationGroup, Param, match
from conformance.exchange.guard.table import OPERATIONS
from conformance.exchange.network.credential_names import EXPIRED, PASSWORD, WRONG, CredentialNames
from conformance.model import NEW_SECRET, Actor, Exchange, Place, decoded, quoted

LONGEST = 100_000
"""Characters of a script: a longer one would not be read, nor taken by every shell."""

_SIGN = "\x01"
"""Begins and ends what stands for a variable until the text is quoted."""

_SAID = {
    WRONG: "a token that the instance does not know",
    EXPIRED: "an API token that was valid once, and is past its date",
    PASSWORD: "the password of a user (of the case, and no token)",
    NEW_SECRET: "the password of the user that is made",
}


_NUMBER = re.compile(r"\bK[0-9a-f]{8}")
"""Numbers as `RecordFactory.number` makes them: an instance may demand that they differ, and one may still be there."""


class NoScript(Exception):
    """There is no script that would change nothing but what it has made; the message says why."""


@cache
def preamble() -> str:
    """Return the functions that every script begins with."""
    return (Path(__file__).parent / "preamble.sh").read_text(encoding="utf-8")


@dataclass(frozen=True)
class ScriptWriter:
    """Writes scripts for the exchanges of a history, with the names of the actors' tokens.

    `base` is the instance's URL with its folder, `mark` what the names of the run's records contain; `seen` returns
    what may be told of an answer, for the name of the judged attribute.
    """

    history: History
    names: CredentialNames
    actors: tuple[Actor, ...]
    base: str
    mark: str
    seen: Callable[[Exchange, str], Any]

    def write(self, place: Place, title: str, exchange: Exchange, beside: Sequence[Exchange] = ()) -> str:
        """Return the script of a failing place; a comment with the reason where there is none.

        `exchange` is what is judged, `beside` what it is compared with, asked before it.
        """
        try:
            text = _Script(self).write(place, title, [*beside, exchange])
        except NoScript as reason:
            return f"# No script: {reason}. Use kimai-conformance replay.\n"
        return text if len(text) <= LONGEST else "# No script: it would be too long. Use kimai-conformance replay.\n"


@dataclass
class _Script:
    writer: ScriptWriter
    variables: dict[Key, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    needs: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def write(self, place: Place, title: str, exchanges: Sequence[Exchange]) -> str:
        strongest = self.writer.names.variables[self.writer.actors[0].name]
        self._need(strongest)
        field_name = leaf_of_json_path(place.field)
        for step in self.writer.history.chain(exchanges, field_name):
            self._make(step)
        names = ["before", "now"][-len(exchanges) :] if len(exchanges) < 3 else [f"{n}" for n in range(len(exchanges))]
        for word, exchange in zip(names, exchanges, strict=True):
            self._judge(word, step_of(exchange), field_name)
        for later in self.writer.history.after(exchanges[-1]):
            self._judge("afterwards", later, field_name)
        head = [
            *self._head(place, title), *self._variables(), preamble().rstrip(), "",
            f"""trap 'clean_up -H "authorization: Bearer ${strongest}"' EXIT""",
            "trap 'exit 130' HUP INT TERM",
        ]  # fmt: skip
        return "\n".join([*head, *self._comparison(place, exchanges[-1], field_name), *self.lines]) + "\n"

    def _head(self, place: Place, title: str) -> Iterator[str]:
        yield "#!/bin/sh"
        yield f"# {_comment(place.clause)}: {_comment(title)}"
        yield f"# {_comment(' '.join(filter(None, (place.operation, place.field, place.role, place.value))))[:300]}"
        yield "# Makes its own records, sends the request, shows what is judged, and deletes what it made."
        yield "# Needs curl, awk, and these variables (KIMAI_CURL_OPTIONS for a private CA, a proxy, more headers):"

    def _comparison(self, place: Place, exchange: Exchange, field_name: str) -> Iterator[str]:
        """Yield the lines that say what should come, and what came in the run."""
        values = judged(self.writer.seen(exchange, place.field), exchange.headers, field_name)
        yield f"say {shlex.quote(f'expected     {_comment(place.expected)}')}"
        got = f"HTTP {exchange.status}: {_comment(place.got)}".removesuffix(f": {exchange.status}")
        yield f"say {shlex.quote(f'in the run   {got}')}"
        yield from (f"say {shlex.quote(f'    {path} = {value}')}" for path, value in values)

    def _variables(self) -> Iterator[str]:
        yield f"#   {'KIMAI_URL':<28} the instance, by default {_comment(self.writer.base)}"
        yield from (f"#   {name:<28} {_said(name, self.writer)}" for name in self.needs)
        yield f': "${{KIMAI_URL:={self.writer.base}}}"'
        for name, default in sorted(self.needs.items(), key=lambda pair: bool(pair[1])):
            yield f': "${{{name}:={default}}}"' if default else f': "${{{name}:?{_said(name, self.writer)}}}"'

    def _need(self, variable: str, default: str = "") -> None:
        self.needs.setdefault(variable, default)
        for name in re.findall(r"\$\{(KIMAI_\w+)", default):
            self._need(name)

    def _make(self, step: Step) -> None:
        """Add what makes or changes a record."""
        self._check(step)
        self.lines += ["", f"# {step.exchange.operation}", self._ask(step)]
        if step.made is None:
            self.lines.append(f"taken {shlex.quote(step.exchange.operation)}")
            return
        self._keep(step)

    def _keep(self, step: Step) -> None:
        """Add what keeps the id of a record, for its use and its end."""
        assert step.made is not None
        made = self._noted(step, step.made[0])
        self.variables[step.made] = f"{step.made[0]}_{1 + sum(key[0] is step.made[0] for key in self.variables)}"
        self.lines.append(f"{made}; {self.variables[step.made]}=$ID")

    def _noted(self, step: Step, kind: Kind) -> str:
        """Return what notes a record of a kind for its end, below the parent that the step names."""
        parent = next((key for key in step.targets if KINDS[kind].parent is key[0]), None)
        above = (delete_path(kind, 0, 0) or "/api/users/0").rpartition("/")[0]
        if parent is not None:
            above = above.replace(
                "/0/", f"/{_sign(self.variables[parent]) if parent in self.variables else parent[1]}/"
            )
        return f"made {self._quoted(above)} {shlex.quote(str(kind))}"

    def _judge(self, word: str, step: Step, field_name: str) -> None:
        self._check(step)
        if "modified_after=" in step.exchange.target:
            raise NoScript("it hangs on the moments at which records were changed")
        self.lines += [
            "",
            f"# {'What is judged' if word == 'now' else word}: {step.exchange.operation}",
            self._ask(step),
        ]
        self.lines.append(f"show {shlex.quote(word)} {shlex.quote(field_name)}")
        if step.made is not None:
            self._keep(step)
        elif (kind := OPERATIONS.get(step.exchange.operation, _READ).creates) is not None:
            self.lines.append(f"case $STATUS in 2??) {self._noted(step, kind)} ;; esac")

    def _check(self, step: Step) -> None:
        """Refuse, or look at first, what could touch anything but the script's own records. Raises NoScript."""
        row = OPERATIONS.get(step.exchange.operation)
        if row is None:
            if step.exchange.method != "GET":
                raise NoScript(f"{step.exchange.operation} is not in the guard's table")
            return
        if row.effect is Effect.READ:
            return
        if row.group is not OperationGroup.RECORDS and row.creates is not Kind.USER:
            raise NoScript("it changes what belongs to an actor")
        users = {(Kind.USER, actor.user_id) for actor in self.writer.actors if actor.user_id is not None}
        for key in step.targets - self.variables.keys() - users:
            item = KINDS[key[0]].item
            if key[1] not in BAND or not item:
                raise NoScript("it names a record that no request of this script makes")
            strongest = self.writer.names.variables[self.writer.actors[0].name]
            path = fill_path(item, key[1])
            self.lines += [
                "",
                f"ask GET {path} '' -H \"authorization: Bearer ${strongest}\"",
                f'[ "$STATUS" = 404 ] || stop \'{path} must not exist, and is answered\' "$STATUS"',
            ]
        if _may_start(row, step.exchange):
            # Its actor must have no running record: a start may stop it.
            variable = self.writer.names.variables.get(step.exchange.actor or "", step.exchange.credential)
            self._need(variable)
            self.lines += [
                "",
                f"ask GET /api/timesheets/active '' -H \"authorization: Bearer ${variable}\"",
                "case $(head -c 2 \"$DIR/body\") in '[]') ;; *)",
                f"  stop 'the user of {variable} has a running record, which this would stop' ;; esac",
            ]

    def _ask(self, step: Step) -> str:
        """Return the line that sends a request, ids as variables."""
        exchange = step.exchange
        # The ids of actors are taken from the instance.
        for actor in self.writer.actors:
            key = (Kind.USER, actor.user_id or 0)
            if key in (step.targets | step.references) and key not in self.variables:
                token = self.writer.names.variables[actor.name]
                self._need(token)
                self.variables[key] = token.replace("KIMAI_TOKEN", "user").lower()
                self.lines += [
                    f"ask GET /api/users/me '' -H \"authorization: Bearer ${token}\"",
                    f'{self.variables[key]}=$(values | sed -n "s/^\\.id$TAB//p")',
                ]
        row = OPERATIONS.get(exchange.operation)
        command, headers = _headers(exchange)
        words = [command, exchange.method, self._quoted(self._target(exchange, row), exchange.credential)]
        words.append(self._quoted(self._body(exchange, row), exchange.credential))
        words += [f"-H {self._quoted(line, exchange.credential)}" for line in headers]
        line = " ".join(words)
        if f"${exchange.credential}" in line:
            self._need(exchange.credential, exchange.credential_default)
        if f"${NEW_SECRET}" in line:
            self._need(NEW_SECRET, "conformance-test-$(date +%s)-Aa1")
        return line

    def _quoted(self, text: str, credential: str = "") -> str:
        names = {_sign(name): name for name in self.variables.values()}
        for number in _NUMBER.findall(text):
            self.numbers.setdefault(number, f"{{NUMBER}}{len(self.numbers)}")
        return quoted(text, credential, {**names, **self.numbers, NEW_SECRET: NEW_SECRET, self.writer.mark: "MARK"})

    def _target(self, exchange: Exchange, row: GuardedOperation | None) -> str:
        path, mark, query = exchange.target.removeprefix(httpx.URL(self.writer.base).path.rstrip("/")).partition("?")
        if row is None:
            return path + mark + query
        parts = path.split("/")
        if match(row.path, parts[1:]) is not None:
            for at, name in enumerate(row.path.split("/")):
                param = row.params.get(name[1:-1]) if name.startswith("{") else None
                parts[at] = self._variable(param, parts[at]) or parts[at]
        pairs = [pair.partition("=") for pair in query.split("&")] if query else []
        parameters = (
            f"{name}{sign}{self._variable(row.query.get(_plain(name)), value) or value}" for name, sign, value in pairs
        )
        return "/".join(parts) + mark + "&".join(parameters)

    def _variable(self, param: Param | None, value: Any) -> str:
        """Return the sign of the variable that an id stands in, "" where it stands in none."""
        ident = id_of(value) if param is not None else None
        name = self.variables.get((param.kind, ident), "") if param is not None and ident is not None else ""
        return _sign(name) if name else ""

    def _body(self, exchange: Exchange, row: GuardedOperation | None) -> str:
        """Return the body with variables for the ids in it; as it was sent where there are none."""
        text = exchange.told_body(NEW_SECRET)
        value = decoded(text)
        if not isinstance(value, dict) or row is None or not row.body:
            return text
        changed = {name: self._with_ids(row.body.get(name), item) for name, item in value.items()}
        if changed == value:
            return text
        return re.sub(r'"\\u0001(\w+)\\u0001(n?)"', _in_json, json.dumps(changed))

    def _with_ids(self, param: Param | None, value: Any) -> Any:
        if param is None or isinstance(value, bool):
            return value
        if isinstance(value, list):
            return [self._with_ids(param, item) for item in value]
        if isinstance(value, dict):
            return {name: self._with_ids(param, item) if name == param.item else item for name, item in value.items()}
        sign = self._variable(param, value)
        return sign + ("n" if isinstance(value, int) else "") if sign else value


def _headers(exchange: Exchange) -> tuple[str, list[str]]:
    """Return the function that sends with the usual headers, and the others; or the one that sends with these alone."""
    usual = ["accept: application/json", *(["content-type: application/json"] if exchange.request_body else [])]
    lines = exchange.told_headers()
    if set(usual) <= set(lines) and not any(line.startswith("content-type") for line in set(lines) - set(usual)):
        return "ask", [line for line in lines if line not in usual]
    return "send", lines


_READ = GuardedOperation("GET", "", Effect.READ)


def _sign(variable: str) -> str:
    return f"{_SIGN}{variable}{_SIGN}"


def _in_json(part: re.Match[str]) -> str:
    """Return a variable in JSON: a number stays one."""
    return _sign(part[1]) if part[2] else f'"{_sign(part[1])}"'


def _plain(name: str) -> str:
    return name.replace("%5B", "[").replace("%5D", "]")


def _may_start(row: GuardedOperation, exchange: Exchange) -> bool:
    """Whether a request may start a record that runs."""
    if row.effect is Effect.START or row.path.endswith("/duplicate"):
        return row.creates is Kind.TIMESHEET
    if row.label not in ("POST /api/timesheets", "PATCH /api/timesheets/{id}"):
        return False
    body = decoded(exchange.request_body)
    if not isinstance(body, Mapping) or exchange.credential in (WRONG, EXPIRED, PASSWORD):
        return False
    return not body.get("end") and ("end" in body or row.method == "POST")


def _comment(text: str) -> str:
    return " ".join(text.split())


def _said(variable: str, writer: ScriptWriter) -> str:
    """Return in words what a variable holds."""
    if variable in _SAID:
        return _SAID[variable]
    for actor in writer.actors:
        name = writer.names.variables[actor.name]
        if variable.startswith(name + "_TOKEN_"):
            return f"another API token of the user of {name}"
        if variable == name:
            return f"an API token of a user with {actor.role} ({actor.name} in the run)"
    return "an API token"
