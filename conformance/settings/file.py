"""The settings file `kimai-conformance.toml`: its keys and their types."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from conformance.model import FailOn, Profile, ShownEvidence, UsageError
from conformance.settings.explain import format_validation_error
from conformance.settings.model import AllowClass

DEFAULT_NAME = "kimai-conformance.toml"


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class InstanceTable(_Table):
    """`[instance]`: where it is, how it is reached and what may be done there."""

    url: str | None = None
    definition: str | None = None
    project: int | None = Field(default=None, ge=1)
    activity: int | None = Field(default=None, ge=1)
    verify: bool | None = None
    ca_file: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    proxy: str | None = None
    timeout: float | None = Field(default=None, gt=0)
    allow_http: bool | None = None
    write: bool | None = None
    read_only: bool | None = None
    actors: str | None = None
    headers: dict[str, str] = Field(default_factory=dict)


class ActorTable(_Table):
    """`[[actors]]`: a name and references to its secrets; the secrets themselves never stand in this file."""

    name: str = Field(min_length=1)
    username: str | None = None
    token_env: str | None = None
    token_file: str | None = None
    password_env: str | None = None
    password_file: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _no_secret_in_clear(cls, value: Any) -> Any:
        for key in ("token", "password"):
            if isinstance(value, dict) and key in value:
                raise ValueError(f'a {key} does not stand in this file: give "{key}_env" or "{key}_file" instead')
        return value

    @model_validator(mode="after")
    def _one_token(self) -> ActorTable:
        if (self.token_env is None) == (self.token_file is None):
            raise ValueError('give exactly one of "token_env" and "token_file"')
        return self


class RunTable(_Table):
    """`[run]`: how much to ask, and where the reports go."""

    profile: Profile | None = None
    max_requests: int | None = Field(default=None, ge=1)
    max_rate: float | None = Field(default=None, gt=0)
    max_seconds: float | None = Field(default=None, gt=0)
    cleanup_seconds: float | None = Field(default=None, gt=0)
    seed: int | None = Field(default=None, ge=0)
    strict: bool | None = None
    fail_on: FailOn | None = None
    evidence: ShownEvidence | None = None
    accept: str | None = None
    report_dir: str | None = None
    history: str | None = None
    workers: int | None = Field(default=None, ge=0)
    min_decided: int | None = Field(default=None, ge=0)
    sarif_anchor: str | None = Field(default=None, pattern=r"^\w[\w./-]*$")
    quiet: bool | None = None
    verbose: bool | None = None
    allow: list[AllowClass] = Field(default_factory=list)


class SettingsFile(_Table):
    """The whole file."""

    instance: InstanceTable = Field(default_factory=lambda: InstanceTable())
    actors: list[ActorTable] = Field(default_factory=list)
    run: RunTable = Field(default_factory=lambda: RunTable())


KNOWN_KEYS = {name for table in (InstanceTable, ActorTable, RunTable, SettingsFile) for name in table.model_fields}


def read_settings_file(path: Path) -> SettingsFile:
    """Return the validated settings of a TOML file. Raises UsageError naming file, line or key."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"the settings file {path} cannot be read: {error.strerror}", "Check --config.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not TOML: {error}", "For an example: kimai-conformance docs settings") from None
    try:
        return SettingsFile.model_validate(document)
    except ValidationError as error:
        raise UsageError(
            format_validation_error(error, str(path), KNOWN_KEYS), "For every key: kimai-conformance docs keys"
        ) from None
