"""`kimai-conformance replay`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from conformance.cli.options import consent_options, instance_options
from conformance.settings import load

EPILOG = """\b
Examples:
  kimai-conformance replay 76e8788af145 --write              a finding of the last run here
  kimai-conformance replay 76e8788af145 --report nightly/verdict.json --url https://staging.example.com --write
  kimai-conformance replay 76e8788af145 --script > show.sh   a script with curl that shows it; sends nothing

\b
Exit statuses: 1 while the finding is there, 0 when it is gone, 2 wrong usage, 5 it could not be asked;
3, 4, 70 and 130 as with run.
"""


@click.command(epilog=EPILOG)
@click.argument("fingerprint")
@click.option("--report", type=click.Path(), help="The verdict with the finding, or its folder (reports/out).")
@click.option("--script", is_flag=True, help="Print the shell script that shows it, and send nothing.")
@instance_options
@consent_options
def replay(fingerprint: str, report: str | None, script: bool, **flags: Any) -> int:
    """Ask again for a finding of an earlier run: does it still hold?

    Runs the very checks that found it, with their seed and profile: they make what they need, ask, and clean up.
    """
    from conformance.run.console import new_console
    from conformance.run.replay import findings_of
    from conformance.run.replay import replay as ask_again
    from conformance.verdict.document import read_verdict

    settings = load(flags)
    verdict = read_verdict(Path(report) if report else settings.report_dir)
    if script:
        click.echo(findings_of(verdict, fingerprint)[0].script or "# No script: the finding has no single request.")
        return 0
    return int(ask_again(settings, verdict, fingerprint, new_console()))
