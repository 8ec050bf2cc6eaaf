"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from conformance.model import PROFILES, UsageError
from conformance.nearest import nearest
from conformance.settings import ALLOW_CLASSES

F = TypeVar("F", bound=Callable[..., Any])

if TYPE_CHECKING:
    _Choice = click.Choice[str]
else:
    _Choice = click.Choice  # Older versions of click take no type.


class Setting(click.Option):
    """An option whose help names the variable that stands for it."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return flags and help. The variables are looked up here, for whoever reads the help alone."""
        from conformance.settings.load import VARIABLES

        record = super().get_help_record(ctx)
        variable = f"KIMAI_{(self.name or '').upper()}"
        return (record[0], f"{record[1]} [{variable}]") if record and variable in VARIABLES else record


class Word(_Choice):
    """One of some words; the message about another one names the nearest."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the word. Raises BadParameter, with the nearest one, where it is none of them."""
        try:
            return str(super().convert(value, param, ctx))
        except click.BadParameter as error:
            near = nearest(str(value), self.choices, 1)
            self.fail(error.message + (f" Did you mean {near[0]}?" if near else ""), param, ctx)


def completed(words: Callable[[], Iterable[str]]) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """Return what completes a value on Tab by words that are looked up only then."""
    return lambda _context, _parameter, begun: [word for word in words() if word.startswith(begun)]


def clause_ids() -> Iterable[str]:
    """Return the ids of all clauses."""
    from conformance.run.clause_coverage import matrix

    return [row["id"] for row in matrix()]


setting = partial(click.option, cls=Setting)
"""Declares an option of instance or run, as `click.option` does."""


def instance_options(command: F) -> F:
    """Add what says which instance is meant and how it is reached."""
    for option in reversed(_INSTANCE):
        command = option(command)
    return command


def cleanup_option(command: F) -> F:
    """Add how long the clean-up tries."""
    return setting(
        "--cleanup-seconds",
        type=click.FloatRange(1),
        metavar="SECONDS",
        help="How long the clean-up tries on where the instance is busy or restarts (60).",
    )(command)


def consent_options(command: F) -> F:
    """Add --write and --read-only, and how long is cleaned up after writes."""
    command = cleanup_option(command)
    command = setting("--read-only", is_flag=True, default=None, help="Send no write at all.")(command)
    return setting(
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
    setting("--url", metavar="URL", help="The instance, with its path prefix."),
    setting("--config", type=_FILE, help="Settings file instead of ./kimai-conformance.toml."),
    setting("--definition", type=_FILE, help="The definition exported from /api/doc."),
    setting("--actors", type=_FILE, help="Users with their tokens, as JSON; see `kimai-conformance docs settings`."),
    setting("--token-env", metavar="NAME", help="Variable that holds the token, instead of KIMAI_TOKEN."),
    setting("--token-file", type=_FILE, help="File that holds the token alone."),
    setting("--project", type=click.IntRange(1), metavar="ID", help="A project to book on."),
    setting("--activity", type=click.IntRange(1), metavar="ID", help="An activity to book on."),
    setting(
        "--allow",
        multiple=True,
        type=Word(ALLOW_CLASSES),
        help="Also allow operations of this class; may be given several times.",
    ),
    setting("--header", multiple=True, metavar="'NAME: VALUE'", help="Extra header; VALUE may be env:VARIABLE."),
    setting("--ca-file", type=_FILE, help="Certificates of a private CA."),
    setting("--client-cert", type=_FILE, help="Client certificate."),
    setting("--client-key", type=_FILE, help="Key of the client certificate."),
    setting("--verify/--no-verify", default=None, help="Verify the certificate (default).", hidden=True),
    setting("--proxy", metavar="URL", help="HTTP proxy; HTTP_PROXY is not used silently."),
    setting("--timeout", type=click.FloatRange(0.1), metavar="SECONDS", help="Limit of one request (30)."),
    setting("--allow-http", is_flag=True, default=None, help="Allow plain HTTP to a host that is not loopback."),
)
_BUDGET = (
    setting("--profile", type=Word(PROFILES), help="How much is asked (standard)."),
    setting("--max-requests", type=click.IntRange(1), metavar="N", help="Send no more requests than this."),
    setting("--max-rate", type=click.FloatRange(0.01), metavar="N", help="Requests a second at most."),
    setting("--max-seconds", type=click.FloatRange(1), metavar="N", help="Cut the run off after this time: exit 5."),
    setting("--seed", type=click.IntRange(0), metavar="N", help="Same seed, same requests (1)."),
)
