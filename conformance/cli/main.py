"""The command group, and what becomes of errors: a message of a line or two, and the exit status."""

from __future__ import annotations

import sys
import traceback
from typing import Any

import click

import conformance
from conformance.cli.accept import accept
from conformance.cli.badge import badge
from conformance.cli.check_settings import check_settings
from conformance.cli.clauses import clauses
from conformance.cli.clean import clean
from conformance.cli.compare import compare
from conformance.cli.diff import diff
from conformance.cli.doctor import doctor
from conformance.cli.explain import explain
from conformance.cli.history import history
from conformance.cli.init import init
from conformance.cli.replay import replay
from conformance.cli.run import run
from conformance.cli.serve import serve
from conformance.cli.snapshot import snapshot
from conformance.model import CommandError, Exit

EPILOG = """\b
Examples:
  kimai-conformance run                                   on the embedded Kimai
  export KIMAI_URL=https://staging.example.com KIMAI_TOKEN=…
  kimai-conformance doctor                                is it reachable, who am I there
  kimai-conformance run --read-only                       send no write at all
  kimai-conformance run --write --actors actors.json      make own records, and delete them

\b
Exit statuses: 0 conformant, 1 not conformant, 2 wrong usage, 3 unreachable or unfit,
4 something was left behind, 5 undecided, 70 our own crash, 130 interrupted.
"""


@click.group(epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(conformance.__version__, prog_name="kimai-conformance")
def group() -> None:
    """Check whether a Kimai instance keeps the promises of Kimai's API documentation and of its own definition."""


for _command in (
    *(run, replay, doctor, serve, snapshot, compare, clauses, explain),
    *(diff, accept, history, badge, init, check_settings, clean),
):
    group.add_command(_command)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its status."""
    sys.exit(int(_status(arguments)))


def _status(arguments: list[str] | None) -> int:
    try:
        result: Any = group.main(args=arguments, prog_name="kimai-conformance", standalone_mode=False)
    except CommandError as stop:
        complain(stop)
        return int(stop.status)
    except click.ClickException as error:
        error.show()
        return int(Exit.USAGE)
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted.", err=True)
        return int(Exit.INTERRUPTED)
    except Exception:
        traceback.print_exc()
        click.echo("This is a defect of kimai-conformance, not of the instance. Please report it.", err=True)
        return int(Exit.CRASH)
    return int(result or 0)


def complain(stop: CommandError) -> None:
    """Print what is wrong and what to do next."""
    click.echo(f"kimai-conformance: {stop}", err=True)
    for line in stop.hint.splitlines():
        click.echo(f"  {line}", err=True)
