"""The command group, and what becomes of errors: a message of a line or two, and the exit status."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping
from typing import Any

import click

import conformance
from conformance.model import CommandError, Exit, UsageError
from conformance.nearest import known_one

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

FIRST_STEPS = """\
kimai-conformance run      checks the embedded Kimai that comes with it: nothing to set up
kimai-conformance init     writes settings for an instance of yours; then `doctor`, and `run`
kimai-conformance docs     the documentation, beginning with a tutorial
kimai-conformance --help   every command
"""
"""What to do next, for whoever gives no command. It is exit 2: a job that lost its arguments has checked nothing."""

COMMANDS: Mapping[str, str] = {
    "run": "Check an instance, clean up, and give a verdict.",
    "replay": "Ask again for a finding of an earlier run.",
    "doctor": "Say whether an instance can be tested.",
    "serve": "Serve the embedded Kimai on 127.0.0.1 until Ctrl-C.",
    "snapshot": "Keep what clients can see of an instance, for a comparison.",
    "compare": "Say what API clients will see change when OLD becomes NEW.",
    "clauses": "Print the clauses, and the checks that decide them.",
    "explain": "Print the promise CLAUSE, its checks and known departures.",
    "diff": "Say which findings of NEW are new, still open or gone.",
    "accept": "Accept the failing findings of a verdict for a while.",
    "history": "Print the trend of the verdicts that DIR keeps.",
    "badge": "Print VERDICT as a badge.",
    "init": "Write a settings file, and a file for CI.",
    "check-settings": "Check settings files and accept files.",
    "fleet": "Run or compare many instances, and show them in one table.",
    "merge": "Give the verdict and the reports of a run from its shards.",
    "clean": "Delete what killed runs left behind.",
    "docs": "Print the documentation: PAGE, or which there are.",
}
"""Name of each command, which is that of its module and function, and the line that `--help` has for it.

A hyphen is an underscore there.
"""


class LazyGroup(click.Group):
    """Imports the module of a command when it is called, for each command needs other libraries."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of the commands, in the order in which people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return a command, None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(importlib.import_module(f"conformance.cli.{name}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments name. Raises UsageError with the nearest one where there is none."""
        if args and not args[0].startswith("-"):
            known_one("command", args[0], COMMANDS)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    invoke_without_command=True,
)
@click.version_option(conformance.__version__, prog_name="kimai-conformance")
@click.pass_context
def group(context: click.Context) -> None:
    """Check whether a Kimai instance keeps the promises of Kimai's API documentation and of its own definition."""
    if context.invoked_subcommand is None:
        raise UsageError("no command was given", FIRST_STEPS)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its status."""
    sys.exit(int(_status(arguments)))


def _status(arguments: list[str] | None) -> int:
    _end_with_parent()
    try:
        result: Any = group.main(args=arguments, prog_name="kimai-conformance", standalone_mode=False)
    except CommandError as stop:
        print_error(stop)
        return int(stop.status)
    except click.ClickException as error:
        error.show()
        return int(Exit.USAGE)
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted.", err=True)
        return int(Exit.INTERRUPTED)
    except Exception:
        import traceback

        traceback.print_exc()
        click.echo("This is a defect of kimai-conformance, not of the instance. Please report it.", err=True)
        return int(Exit.CRASH)
    return int(result or 0)


def _end_with_parent() -> None:
    """Be interrupted when whoever started this command ends, where they left a pipe for it: a fleet's worker does."""
    if path := os.environ.pop("KIMAI_CONFORMANCE_PARENT", ""):
        import signal
        from pathlib import Path

        from conformance.run.parent_watch import ParentWatch

        ParentWatch(Path(path), on_end=lambda: os.kill(os.getpid(), signal.SIGTERM))


def print_error(stop: CommandError) -> None:
    """Print what is wrong and what to do next."""
    click.echo(f"kimai-conformance: {stop}", err=True)
    for line in stop.hint.splitlines():
        click.echo(f"  {line}", err=True)
