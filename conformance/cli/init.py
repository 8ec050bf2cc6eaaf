"""`kimai-conformance init`: a settings file to fill in."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.model import Exit, UsageError

TEMPLATE = """\
# Settings of kimai-conformance. Flags and KIMAI_ variables win over this file; secrets never stand in it.

[instance]
url = "{url}"
# One of the two is needed; `write` holds only for the url above.
read_only = true
# write = true
# definition = "openapi.json"     # exported from /api/doc
# project = 12                    # a project and an activity to book on
# activity = 34

[[actors]]
name = "me"
token_env = "KIMAI_TOKEN"         # export KIMAI_TOKEN=…, an API token from the user's profile

[run]
profile = "smoke"                 # smoke, standard, thorough
# accept = "accepted.toml"        # written by: kimai-conformance accept
# report_dir = "reports/out"
"""


@click.command()
@click.option("--url", default="https://kimai.example.com", show_default=True, help="The instance.")
@click.option(
    "--out", default="kimai-conformance.toml", show_default=True, type=click.Path(dir_okay=False, path_type=Path)
)
def init(url: str, out: Path) -> int:
    """Write a settings file to fill in. An existing file is never written over."""
    if set(url) & set('"\\\n\r'):
        raise UsageError(f"{url!r} is not a URL", "Write it like https://kimai.example.com")
    try:
        with out.open("x", encoding="utf-8", newline="\n") as file:
            file.write(TEMPLATE.format(url=url))
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror or error}", "Give another --out.") from None
    click.echo(f"{out} is written. Next: export KIMAI_TOKEN=…, and kimai-conformance doctor")
    return int(Exit.CONFORMANT)
