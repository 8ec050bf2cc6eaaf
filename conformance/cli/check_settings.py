"""`kimai-conformance check-settings`: are settings and accept files right? No request is sent."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import click

from conformance.model import CommandError, Exit
from conformance.settings.file import DEFAULT_NAME, read_settings_file

EPILOG = """\b
Examples:
  kimai-conformance check-settings
  kimai-conformance check-settings kimai-conformance.toml accepted.toml
"""


@click.command("check-settings", epilog=EPILOG)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
def check_settings(files: tuple[Path, ...]) -> int:
    """Check settings files and accept files, without any request: exit 2 where one is wrong."""
    today = datetime.now(UTC).date()
    wrong = [trouble for path in files or (Path(DEFAULT_NAME),) for trouble in _troubles(path, today)]
    for line in wrong:
        click.echo(line, err=True)
    if not wrong:
        click.echo("Nothing is wrong.")
    return int(Exit.USAGE if wrong else Exit.CONFORMANT)


def _troubles(path: Path, today: date) -> list[str]:
    """Return what is wrong with a file: an accept file where it has `accept` entries, else a settings file."""
    from conformance.verdict.acceptance import load_acceptance

    try:
        if not _is_accept_file(path):
            read_settings_file(path)
            return []
        return [
            f"{path}: {entry.fingerprint} ({entry.reason}) expired on {entry.expires}: take it out"
            for entry in load_acceptance(path)
            if not entry.holds_on(today)
        ]
    except CommandError as error:
        return [f"{error}\n  {error.hint}"]


def _is_accept_file(path: Path) -> bool:
    try:
        return "accept" in tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
