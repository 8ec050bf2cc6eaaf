"""Write the served definition of a version: `python -m conformance.embedded.openapi --version 2.66.0`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from conformance.embedded.interface import NEWEST, VERSIONS
from conformance.embedded.openapi.document import definition


@click.command()
@click.option("--version", type=click.Choice(VERSIONS), default=NEWEST, show_default=True)
@click.option("--unflawed", is_flag=True, help="Without the flaws of Kimai's generator: valid OpenAPI.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
def main(version: str, unflawed: bool, out: Path | None) -> None:
    """Write the OpenAPI definition of a Kimai version as JSON, to standard output unless --out names a file."""
    text = json.dumps(definition(version, flawed=not unflawed), indent=1, ensure_ascii=False) + "\n"
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"cannot write {out}: {error.strerror}. Name another file with --out.") from None


if __name__ == "__main__":
    main()
