"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from conformance.model import UsageError
from conformance.settings import ALLOW_CLASSES, PROFILES

F = TypeVar("F", bound=Callable[..., Any])


def instance_options(command: F) -> F:
    """Add what says which instance is meant and how it is reached."""
    for option in reversed(_INSTANCE):
        command = option(command)
    return command


def consent_options(command: F) -> F:
    """Add --write and --read-only."""
    command = click.option("--read-only", is_flag=True, default=None, help="Send no write at all.")(command)
    return click.option(
        "--write", is_flag=True, default=None, help="Allow own records to be made, checked and deleted again."
    )(command)


def budget_options(command: F) -> F:
    """Add how much is asked, and how fast."""
    for option in reversed(_BUDGET):
        command = option(command)
    return command


def address_among(arguments: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return the URL among the arguments of a command, "" where there is none, and the others."""
    urls = [argument for argument in arguments if argument.startswith(("http://", "https://"))]
    if len(urls) > 1:
        raise UsageError(f"more than one URL was given: {', '.join(urls)}", "Give one; `compare` takes two.")
    return "".join(urls), tuple(argument for argument in arguments if argument not in urls)


def with_address(flags: Mapping[str, Any], url: str) -> dict[str, str]:
    """Return the flag that a URL given as an argument stands for. Raises UsageError where --url was given as well."""
    if url and flags.get("url"):
        raise UsageError(f"two instances were named: {url} and --url {flags['url']}", "Give one of them.")
    return {"url": url} if url else {}


def print_or_write(text: str, out: Path | None) -> None:
    """Print a text, or write it to a file. Raises UsageError where that cannot be written."""
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror or error}", "Give another --out.") from None


_FILE = click.Path(dir_okay=False)
_INSTANCE = (
    click.option("--url", metavar="URL", help="The instance, with its path prefix. [KIMAI_URL]"),
    click.option("--config", type=_FILE, help="Settings file instead of ./kimai-conformance.toml. [KIMAI_CONFIG]"),
    click.option("--definition", type=_FILE, help="The definition exported from /api/doc. [KIMAI_DEFINITION]"),
    click.option("--actors", type=_FILE, help="Users with their tokens, as JSON; see docs/settings.md. [KIMAI_ACTORS]"),
    click.option("--token-env", metavar="NAME", help="Variable that holds the token, instead of KIMAI_TOKEN."),
    click.option("--token-file", type=_FILE, help="File that holds the token alone."),
    click.option("--project", type=click.IntRange(1), metavar="ID", help="A project to book on. [KIMAI_PROJECT]"),
    click.option("--activity", type=click.IntRange(1), metavar="ID", help="An activity to book on. [KIMAI_ACTIVITY]"),
    click.option(
        "--allow",
        multiple=True,
        type=click.Choice(ALLOW_CLASSES),
        help="Also allow operations of this class; may be given several times.",
    ),
    click.option("--header", multiple=True, metavar="'NAME: VALUE'", help="Extra header; VALUE may be env:VARIABLE."),
    click.option("--ca-file", type=_FILE, help="Certificates of a private CA. [KIMAI_CA_FILE]"),
    click.option("--client-cert", type=_FILE, help="Client certificate. [KIMAI_CLIENT_CERT]"),
    click.option("--client-key", type=_FILE, help="Key of the client certificate. [KIMAI_CLIENT_KEY]"),
    click.option("--verify/--no-verify", default=None, help="Verify the certificate (default).", hidden=True),
    click.option("--proxy", metavar="URL", help="HTTP proxy; HTTP_PROXY is not used silently. [KIMAI_PROXY]"),
    click.option("--timeout", type=click.FloatRange(0.1), metavar="SECONDS", help="Limit of one request (30)."),
    click.option("--allow-http", is_flag=True, default=None, help="Allow plain HTTP to a host that is not loopback."),
)
_BUDGET = (
    click.option("--profile", type=click.Choice(PROFILES), help="How much is asked (standard)."),
    click.option("--max-requests", type=click.IntRange(1), metavar="N", help="Send no more requests than this."),
    click.option("--max-rate", type=click.FloatRange(0.01), metavar="N", help="Requests a second at most."),
    click.option(
        "--max-seconds", type=click.FloatRange(1), metavar="N", help="Cut the run off after this time: exit 5."
    ),
    click.option("--seed", type=click.IntRange(0), metavar="N", help="Same seed, same requests (1)."),
)
