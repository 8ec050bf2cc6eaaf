"""Merge flags, environment and settings file, and check what they say together."""

from __future__ import annotations

import ipaddress
import os
import string
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from conformance.model import PROFILES, Actor, Secret, Token, UsageError
from conformance.nearest import nearest
from conformance.settings.actors import read_actors_file
from conformance.settings.explain import message_of
from conformance.settings.file import (
    DEFAULT_NAME,
    ActorTable,
    InstanceTable,
    RunTable,
    SettingsFile,
    read_settings_file,
)
from conformance.settings.model import ALLOW_CLASSES, EVIDENCE, FAIL_ON, Settings

UNNAMED_ACTOR = "KIMAI_TOKEN"
"""Name of the actor of a token that came alone, until the instance tells its user."""


def load(flags: Mapping[str, Any], environ: Mapping[str, str] | None = None, cwd: Path | None = None) -> Settings:
    """Return the settings in force: flags before environment before file.

    `flags` holds what was given on the command line, absent or None where it was not; `cleaning` among them
    means that ledgers name the instances, so that tokens without a URL are in order. Raises UsageError
    with the name of the file, variable or flag that is wrong.
    """
    return _Merge(flags, os.environ if environ is None else environ, cwd or Path.cwd()).settings()


VARIABLES = frozenset(
    {
        *(f"KIMAI_{name.upper()}" for table in (InstanceTable, RunTable) for name in table.model_fields),
        *("KIMAI_CONFIG", "KIMAI_TOKEN", "KIMAI_TOKEN_FILE", "KIMAI_USERNAME", "KIMAI_PASSWORD"),
        *("KIMAI_CONFORMANCE_STATE", "KIMAI_STRANGERS"),
    }
) - {"KIMAI_HEADERS"}
"""Every variable that is a setting, of a run or of the suite's own tests."""

OTHERS = ("KIMAI_TOKEN_", "KIMAI_PASSWORD_", "KIMAI_CONFORMANCE_")
"""Beginnings of names that people give to tokens and passwords of further actors, and of the suite's own pipes."""


class _Merge:
    def __init__(self, flags: Mapping[str, Any], environ: Mapping[str, str], cwd: Path) -> None:
        self.flags, self.environ = flags, environ
        self.sources: dict[str, str] = {}
        self.cwd = cwd
        chosen = flags.get("config") or environ.get("KIMAI_CONFIG")
        path = Path(chosen) if chosen else cwd / DEFAULT_NAME
        self.path = path if chosen or path.is_file() else None
        self.file = SettingsFile() if self.path is None else read_settings_file(self.path)

    def resolve(self, key: str, table: BaseModel) -> Any:
        """Return the value of `key` from the first of flag, environment and file that has it; None where none has."""
        if self.flags.get(key) is not None:
            self.sources[key] = "--" + key.replace("_", "-")
            return self.flags[key]
        variable = f"KIMAI_{key.upper()}"
        if variable in self.environ:
            self.sources[key] = variable
            annotation = type(table).model_fields[key].annotation
            types = get_args(annotation) or (annotation,)
            parse = next((parse for kind, parse in _PARSERS.items() if kind in types), str)
            return _within(table, key, variable, self._parsed(variable, parse))
        value = getattr(table, key)
        if value is not None:
            self.sources[key] = f"{self.path}: {key}"
        return value

    def _parsed(self, variable: str, parse: Callable[[str], Any]) -> Any:
        text = self.environ[variable]
        if not text.strip():
            raise UsageError(f"{variable} is set but empty", f"Give {variable} a value, or unset it.")
        try:
            return parse(text)
        except ValueError:
            raise UsageError(
                f"{variable}={text!r} is not {_KINDS.get(parse, 'valid')}", f"Correct {variable}."
            ) from None

    def relative(self, value: str | Path | None, key: str) -> Path | None:
        """Return a path; one that the settings file names is relative to that file."""
        if value is None:
            return None
        from_file = self.path is not None and self.sources.get(key, "").startswith(f"{self.path}:")
        return (self.path.parent / value) if from_file and self.path else Path(value)

    def settings(self) -> Settings:
        inst, run = self.file.instance, self.file.run
        url = self._url(inst)
        values: dict[str, Any] = {
            "url": url,
            **self._consent(inst),
            "actors": self._actors(url),
            "definition": self._existing("definition", inst),
            "verify": self._verify(inst),
            "client_cert": self._client_cert(inst),
            "headers": self._headers(inst),
            "proxy": _secret(self.resolve("proxy", inst)),
            **{key: self.resolve(key, inst) for key in ("project", "activity", "timeout", "allow_http")},
            "accept": self._existing("accept", run),
            "report_dir": self.relative(self.resolve("report_dir", run), "report_dir"),
            "history": self.relative(self.resolve("history", run), "history"),
            "allow": self._allow(),
        }
        values |= {key: self.resolve(key, run) for key in RunTable.model_fields if key not in values}
        warnings = tuple(self._warnings(values["sarif_anchor"]))
        in_force = {key: value for key, value in values.items() if value is not None}
        settings = Settings(**in_force, warnings=warnings, sources=self.sources)
        for key, words in _WORDS.items():
            _one_of(key, getattr(settings, key), words)
        if not self.flags.get("cleaning"):
            _check(settings)
        return settings

    def _url(self, inst: InstanceTable) -> str | None:
        url: str | None = self.resolve("url", inst)
        return None if url is None else checked_url(url, self.sources["url"])

    def _consent(self, inst: Any) -> dict[str, bool]:
        """The flags decide, then the environment, then the file.

        Consent in the environment, or in the file, holds only for the URL that stands beside it there: another one may
        be another instance.
        """
        if self.flags.get("write") or self.flags.get("read_only"):
            return {"write": bool(self.flags.get("write")), "read_only": bool(self.flags.get("read_only"))}
        named = {name for name in ("KIMAI_WRITE", "KIMAI_READ_ONLY") if name in self.environ}
        if named:
            write, read_only = (
                name in named and self._parsed(name, _boolean) for name in ("KIMAI_WRITE", "KIMAI_READ_ONLY")
            )
            return {"write": write and self.sources.get("url", "KIMAI_URL") == "KIMAI_URL", "read_only": read_only}
        beside = self.sources.get("url", "").startswith(f"{self.path}:")
        return {"write": bool(inst.write) and beside, "read_only": bool(inst.read_only)}

    def _warnings(self, anchor: str | None) -> Iterator[str]:
        # Variables that look like a setting and are none.
        own = {value for entry in self.file.actors for value in (entry.token_env, entry.password_env)}
        for name in sorted(self.environ):
            if not name.startswith("KIMAI_") or name in own or name.startswith(OTHERS) or name in VARIABLES:
                continue
            near = nearest(name, sorted(VARIABLES), 1)
            yield f"{name} is set, and is no setting" + (f". Did you mean {near[0]}?" if near else ".")
        if anchor and not (self.cwd / anchor).is_file():
            source = self.sources["sarif_anchor"]
            yield f"{source}: there is no {anchor} here, so code scanning will refuse the findings."

    def _existing(self, key: str, table: BaseModel) -> Path | None:
        path = self.relative(self.resolve(key, table), key)
        if path is not None and not path.is_file():
            raise UsageError(f"{self.sources[key]}: there is no file {path}", f"Correct {self.sources[key]}.")
        return path

    def _verify(self, inst: Any) -> bool | str:
        ca_file = self._existing("ca_file", inst)
        return str(ca_file) if ca_file else self.resolve("verify", inst) is not False

    def _client_cert(self, inst: Any) -> tuple[str, str] | str | None:
        cert, key = self._existing("client_cert", inst), self._existing("client_key", inst)
        if key and not cert:
            raise UsageError("a client key was given without its certificate", "Add --client-cert FILE.")
        return (str(cert), str(key)) if cert and key else (str(cert) if cert else None)

    def _headers(self, inst: Any) -> dict[str, Secret]:
        results = {name: self._reference(value, f"header {name}") for name, value in inst.headers.items()}
        for line in self.flags.get("header") or ():
            name, colon, value = line.partition(":")
            if not colon or not name.strip():
                raise UsageError(
                    f"--header {name!r} has no value",
                    "Write it as --header 'NAME: VALUE' or 'NAME: env:VARIABLE'.",
                )
            results[name.strip()] = self._reference(value.strip(), f"--header {name.strip()}")
        if any(name.lower() in {"authorization", "host", "cookie"} for name in results):
            raise UsageError(
                "Authorization, Host and Cookie cannot be set as extra headers",
                "The suite sets them by itself.",
            )
        return results

    def _reference(self, value: str, what: str) -> Secret:
        """Return the value, or that of the variable which `env:NAME` names."""
        return self._env(value[4:], what) if value.startswith("env:") else Secret(value)

    def _env(self, name: str, what: str) -> Secret:
        if not self.environ.get(name):
            raise UsageError(f"{what}: the environment variable {name} is not set or empty", f"export {name}=…")
        return Secret(self.environ[name])

    def _allow(self) -> frozenset[str]:
        result = (
            self.flags.get("allow")
            or self.environ.get("KIMAI_ALLOW", "").replace(",", " ").split()
            or self.file.run.allow
        )
        for name in result:
            _one_of("allow", name, ALLOW_CLASSES)
        return frozenset(ALLOW_CLASSES if "all" in result else result)

    def _actors(self, url: str | None) -> tuple[Actor, ...]:
        path = self._existing("actors", self.file.instance)
        actors = list(read_actors_file(path)) if path else [self._from_file(entry) for entry in self.file.actors]
        single = self._single()
        if single:
            actors = [single, *(a for a in actors if a.token.secret != single.token.secret)]
        if actors and url is None and not self.flags.get("cleaning"):
            raise UsageError(
                "a token was given without a URL, so it is not clear which instance is meant",
                "Add --url or KIMAI_URL. To run on the embedded Kimai, unset KIMAI_TOKEN and KIMAI_ACTORS.",
            )
        return tuple(actors)

    def _single(self) -> Actor | None:
        """The actor of --token-env, --token-file or KIMAI_TOKEN."""
        secret: Secret | None = None
        if self.flags.get("token_env"):
            secret = self._env(self.flags["token_env"], "--token-env")
        elif self.flags.get("token_file"):
            secret = _from_path(Path(self.flags["token_file"]), "--token-file")
        elif self.environ.get("KIMAI_TOKEN_FILE"):
            secret = _from_path(Path(self.environ["KIMAI_TOKEN_FILE"]), "KIMAI_TOKEN_FILE")
        elif "KIMAI_TOKEN" in self.environ:
            secret = self._env("KIMAI_TOKEN", "KIMAI_TOKEN")
        if secret is None:
            return None
        password = _secret(self.environ.get("KIMAI_PASSWORD"))
        return Actor(self.environ.get("KIMAI_USERNAME") or UNNAMED_ACTOR, (Token("KIMAI_TOKEN", secret),), password)

    def _from_file(self, entry: ActorTable) -> Actor:
        what = f"{self.path}: actors.{entry.name}"
        token = self._named(entry.token_env, entry.token_file, what)
        assert token is not None
        password = self._named(entry.password_env, entry.password_file, what)
        return Actor(entry.username or entry.name, (Token(entry.name, token),), password)

    def _named(self, variable: str | None, file: str | None, what: str) -> Secret | None:
        if variable:
            return self._env(variable, what)
        return _from_path((self.path or Path()).parent / file, what) if file else None


def _within(table: BaseModel, key: str, variable: str, value: Any) -> Any:
    """Return a value of the environment that is within the bounds that the settings file has for it."""
    try:
        type(table).model_validate({key: value})
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        raise UsageError(f"{variable}={value!r}: {message_of(problem)}", f"Correct {variable}.") from None
    return value


def _boolean(text: str) -> bool:
    try:
        return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[text.strip().lower()]
    except KeyError:
        raise ValueError(text) from None


_WORDS = {"profile": PROFILES, "fail_on": FAIL_ON, "evidence": EVIDENCE}
_PARSERS: dict[type, Callable[[str], Any]] = {bool: _boolean, int: int, float: float}
_KINDS: dict[Any, str] = {int: "a whole number", float: "a number", _boolean: "a boolean (true or false)"}


def _secret(value: str | None) -> Secret | None:
    return Secret(value) if value else None


def _from_path(path: Path, what: str) -> Secret:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{what}: the file {path} cannot be read", "Put the secret alone into that file.") from None
    if not text:
        raise UsageError(f"{what}: the file {path} is empty", "Put the secret alone into that file.")
    return Secret(text)


def _one_of(key: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        known = f"Known are {', '.join(allowed)}."
        near = nearest(value, allowed, 1)
        raise UsageError(f"{key} = {value!r} is not known", f"Did you mean {near[0]}? {known}" if near else known)
    return value


def checked_url(url: str, source: str) -> str:
    """Return the URL without a trailing slash or `/api`; the path prefix of a sub-directory stays.

    Raises UsageError, naming `source`, where it is none, or has a user or a password in it.
    """
    try:
        parts = urlsplit(url.strip())
        port_ok = parts.port is None or parts.port > 0
    except ValueError:
        raise UsageError(f"{source}: {url!r} is not a URL", "Write it like https://kimai.example.com") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or not port_ok or set(url) & set(string.whitespace):
        raise UsageError(f"{source}: {url!r} is not an http(s) URL", "Write it like https://kimai.example.com")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError(
            f"{source}: the URL must have no user, password, query or fragment",
            "Write it like https://kimai.example.com",
        )
    path = parts.path.rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path.removesuffix('/api')}"


def is_loopback(url: str) -> bool:
    """Whether the host of a URL is this machine by its name or address."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _check(settings: Settings) -> None:
    """Refuse what cannot be meant. Source of the HTTPS rule: REST API, "HTTPS must be used"."""
    if settings.write and settings.read_only:
        raise UsageError("--write and --read-only exclude each other", "Give one of them.")
    if settings.quiet and settings.verbose:
        raise UsageError("--quiet and --verbose exclude each other", "Give one of them.")
    if settings.url is None:
        return
    if settings.url.startswith("http://") and not is_loopback(settings.url) and not settings.allow_http:
        raise UsageError(
            f"{settings.url} is plain HTTP, which would send tokens in clear; Kimai's documentation demands HTTPS",
            "Use https://, or add --allow-http if you must.",
        )
    if not settings.actors:
        raise UsageError(
            f"no token for {settings.url}",
            "export KIMAI_TOKEN=… with an API token of a user there, or give --actors FILE.",
        )
    if (settings.project is None) != (settings.activity is None):
        raise UsageError(
            "a project and an activity to book on go together, and only one of them was given",
            "Give both --project ID and --activity ID.",
        )
