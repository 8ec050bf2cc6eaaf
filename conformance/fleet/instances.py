"""The fleet file: which instances, and where their secrets are found. No secret stands in it."""

from __future__ import annotations

import os
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from conformance.fleet.job import Job, environment
from conformance.model import CommandError, FailOn, Profile, UsageError
from conformance.settings import load
from conformance.settings.consent import require_consent
from conformance.settings.explain import format_validation_error
from conformance.settings.file import read_settings_file
from conformance.settings.load import is_loopback
from conformance.settings.model import AllowClass
from conformance.upgrade.snapshot import read as read_snapshot

_ELSEWHERE = "KIMAI_CONFORMANCE_ELSEWHERE"
_SEE = "For an example: kimai-conformance docs fleet"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PATHS = ("config", "token_file", "actors", "definition", "accept", "ca_file", "client_cert", "client_key")
_INSTANCE = ("url", "token_env", "project", "activity", "timeout", "allow_http", "allow", *_PATHS)
_RUN = ("write", "read_only", "profile", "seed", "max_requests", "max_rate", "max_seconds")
_RUN_ALONE = ("strict", "fail_on", "select", "accept")


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    @model_validator(mode="before")
    @classmethod
    def _no_secret_in_clear(cls, value: Any) -> Any:
        for key in ("token", "password", "secret"):
            if isinstance(value, dict) and key in value:
                raise ValueError(f"a {key} does not stand in this file: name a variable or a file that holds it")
        return value


class Options(_Table):
    """What may be said of one instance, or under `[fleet]` of all that do not say it themselves."""

    write: bool | None = None
    read_only: bool | None = None
    profile: Profile | None = None
    seed: int | None = Field(default=None, ge=0)
    max_requests: int | None = Field(default=None, ge=1)
    max_rate: float | None = Field(default=None, gt=0)
    max_seconds: float | None = Field(default=None, ge=1)
    timeout: float | None = Field(default=None, gt=0)
    strict: bool | None = None
    fail_on: FailOn | None = None
    select: str | None = Field(default=None, min_length=1)
    accept: str | None = None
    snapshot: str | None = None
    allow: list[AllowClass] | None = None
    allow_http: bool | None = None
    ca_file: str | None = None


class InstanceTable(Options):
    """`[[instance]]`: its name, where it is, and where its secrets are."""

    name: str
    url: str | None = None
    config: str | None = None
    token_env: str | None = None
    token_file: str | None = None
    actors: str | None = None
    definition: str | None = None
    project: int | None = Field(default=None, ge=1)
    activity: int | None = Field(default=None, ge=1)
    client_cert: str | None = None
    client_key: str | None = None


class FleetFile(_Table):
    """The whole file."""

    fleet: Options = Field(default_factory=Options)
    instance: list[InstanceTable] = Field(min_length=1)


def read_fleet(path: Path, out: Path, *, secrets_here: bool = True) -> list[Job]:
    """Return a job for each instance of a fleet file; their reports go below `out`.

    Raises UsageError for whatever would stop one of them: a bad file, an instance that is there twice, no consent,
    and with `secrets_here`, where this machine runs them, a variable or file without a secret.
    """
    fleet = _read(path)
    jobs = [_job(path, fleet.fleet, table, out, secrets_here=secrets_here) for table in fleet.instance]
    for what, values in (("name", [job.name.lower() for job in jobs]), ("URL", [job.url.lower() for job in jobs])):
        if repeated := [value for value, number in Counter(values).items() if number > 1]:
            raise UsageError(f"{path}: two instances have the {what} {repeated[0]}", "Keep one of them.")
    return jobs


def _read(path: Path) -> FleetFile:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"the fleet file {path} cannot be read: {error.strerror}", _SEE) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not TOML: {error}", _SEE) from None
    known = {*InstanceTable.model_fields, *FleetFile.model_fields}
    try:
        return FleetFile.model_validate(document)
    except ValidationError as error:
        raise UsageError(format_validation_error(error, str(path), known), _SEE) from None


def _job(path: Path, fleet: Options, table: InstanceTable, out: Path, *, secrets_here: bool) -> Job:
    where = f"{path}: instance {table.name!r}"
    if not _NAME.fullmatch(table.name):
        raise UsageError(
            f"{where}: a folder cannot have that name", "Use letters, digits, dots, hyphens and underscores."
        )
    own = table.model_dump(exclude_none=True, exclude={"name"})
    shared = fleet.model_dump(exclude_none=True)
    if "write" in own or "read_only" in own:
        shared = {key: value for key, value in shared.items() if key not in ("write", "read_only")}
    merged = {**shared, **own}
    # Paths are seen from the fleet file's folder.
    values = {
        key: str((path.parent / value).absolute()) if key in (*_PATHS, "snapshot") else value
        for key, value in merged.items()
    }
    try:
        url = _checked(values, secrets_here=secrets_here)
        if "snapshot" in values:
            read_snapshot(Path(values["snapshot"]))
    except CommandError as error:
        raise UsageError(f"{where}: {error}", error.hint) from None
    # One at a time asks a host; of loopback each port, for tunnels lead to other hosts.
    parts = urlsplit(url)
    host = (parts.netloc if is_loopback(url) else parts.hostname) or ""
    return Job(
        name=table.name,
        url=url,
        host=host,
        folder=str((out / table.name).absolute()),
        instance=tuple(_flags(values, _INSTANCE)),
        run=tuple(_flags(values, (*_RUN, *(() if "snapshot" in values else _RUN_ALONE)))),
        snapshot=values.get("snapshot", ""),
    )


def _checked(values: dict[str, Any], *, secrets_here: bool) -> str:
    """Return the URL that the values name. Raises UsageError where a command with them would end with exit 2."""
    if "url" not in values and "config" not in values:
        raise UsageError("it has no URL", "Give url, or config with a settings file that has one.")
    flags = {key: value for key, value in values.items() if key in (*_INSTANCE, *_RUN, "strict", "fail_on")}
    environ = environment(values.get("token_env"))
    if not secrets_here:
        flags = {key: value for key, value in flags.items() if key not in ("token_file", "actors", "config")}
        flags |= {"token_env": _ELSEWHERE, **_from_config(values)}
        environ[_ELSEWHERE] = "known to the workers"
    settings = load(flags, environ, cwd=Path(os.devnull))
    if settings.url is None:
        raise UsageError("its settings file has no URL", "Give url beside config.")
    require_consent(settings)
    return settings.url


def _from_config(values: dict[str, Any]) -> dict[str, Any]:
    """Return where a settings file says that the instance is, and what may be done there."""
    if "config" not in values:
        return {}
    named = read_settings_file(Path(values["config"])).instance
    own = {"url": values.get("url", named.url), "write": values.get("write"), "read_only": values.get("read_only")}
    return own if own["write"] or own["read_only"] else {**own, "write": named.write, "read_only": named.read_only}


def _flags(values: dict[str, Any], names: tuple[str, ...]) -> Iterator[str]:
    """Yield values as flags of the command line."""
    for name in names:
        value = values.get(name)
        flag = "-k" if name == "select" else f"--{name.replace('_', '-')}"
        if isinstance(value, list):
            yield from (word for item in value for word in (flag, str(item)))
        elif isinstance(value, bool):
            yield from [flag] if value else []
        elif value is not None:
            yield from (flag, str(value))
