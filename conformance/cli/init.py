"""`kimai-conformance init`: a settings file, and a file for CI, to begin with."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from conformance.cli.options import Word
from conformance.model import PROFILES, Exit, UsageError

TEMPLATE = """\
# Settings of kimai-conformance. Flags and KIMAI_ variables win over this file; secrets never stand in it.
# Every key: kimai-conformance docs keys. Is the file right: kimai-conformance check-settings.

[instance]
url = "{url}"
# One of the two is needed: send no write at all, or make own records, check with them and delete them again.
read_only = {read_only}
write = {write}                   # holds only for the url above
# definition = "openapi.json"     # exported from /api/doc
# project = 12                    # a project and an activity to book on, where the run cannot make its own
# activity = 34
# ca_file = "private-ca.pem"      # a private certificate authority

# [instance.headers]
# "X-Access-Client" = "env:ACCESS_CLIENT"   # for an access proxy in front; the value is read from that variable

[[actors]]                        # each further user decides more: rights of roles, time zones
name = "me"
token_env = "KIMAI_TOKEN"         # the variable that holds an API token, made in the user's profile

[run]
profile = "{profile}"                 # smoke, standard, thorough
# accept = "accepted.toml"        # written by: kimai-conformance accept
# report_dir = "reports/out"
"""

CI: Mapping[str, tuple[str, str]] = {
    "github": ("github-plain-workflow.yml", ".github/workflows/kimai-conformance.yml"),
    "gitlab": ("gitlab-ci.yml", ".gitlab-ci.yml"),
    "jenkins": ("Jenkinsfile", "Jenkinsfile"),
    "forgejo": ("forgejo-workflow.yml", ".forgejo/workflows/kimai-conformance.yml"),
}
"""Name of each CI -> its file in the kit, and where that CI looks for it."""

EXAMPLE = "https://kimai.example.com"
IN_KIT = "https://staging.example.com"

EPILOG = """\b
Examples:
  kimai-conformance init                                        asks, on a terminal
  kimai-conformance init --url https://staging.example.com --ci gitlab
  kimai-conformance init --url https://staging.example.com --mode write --force
"""


_FILE = click.Path(dir_okay=False, path_type=Path)
_ELSEWHERE = "Give another --out or --ci-out."


@click.command(epilog=EPILOG)
@click.option("--url", help=f"The instance ({EXAMPLE}, to be filled in).")
@click.option("--mode", type=Word(["read-only", "write"]), help="What runs may do there (read-only).")
@click.option("--profile", type=Word(PROFILES), help="How much they ask (smoke).")
@click.option("--ci", type=Word([*CI, "none"]), help="Also write a file for this CI (none).")
@click.option("--out", default="kimai-conformance.toml", show_default=True, type=_FILE)
@click.option("--ci-out", type=_FILE, help="The file for CI (where the CI looks).")
@click.option("--force", is_flag=True, help="Write over files that are there.")
@click.option("--ask/--no-ask", default=None, help="Ask for what no flag says (where somebody sits at a terminal).")
def init(
    url: str | None,
    mode: str | None,
    profile: str | None,
    ci: str | None,
    out: Path,
    ci_out: Path | None,
    force: bool,
    ask: bool | None,
) -> int:
    """Write a settings file, and a file for CI. Neither holds a secret: they name the variable with the token."""
    asking = sys.stdin.isatty() if ask is None else ask
    url = checked(url or (click.prompt("URL of the instance", default=EXAMPLE) if asking else EXAMPLE))
    mode = mode or (_choice("May runs write there", ["read-only", "write"]) if asking else "read-only")
    profile = profile or (_choice("How much do they ask", PROFILES) if asking else "smoke")
    ci = ci or (_choice("File for which CI", ["none", *CI]) if asking else "none")
    files = {out: settings_text(url, mode, profile)}
    if ci != "none":
        files[ci_out or Path(CI[ci][1])] = ci_text(ci, url, mode, profile)
    _write(files, force=force)
    click.echo("Next: export KIMAI_TOKEN=…, an API token made in the user's profile, and kimai-conformance doctor")
    if ci != "none":
        click.echo("In CI, KIMAI_TOKEN is a masked secret; in Jenkins, the credential kimai-token.")
    return int(Exit.CONFORMANT)


def checked(url: str) -> str:
    """Return a URL that can stand in the files. Raises UsageError."""
    from conformance.settings.load import checked_url

    if set(url) & set("\"'\\#{}$`"):
        raise UsageError(f"{url!r} is not a URL", f"Write it like {EXAMPLE}")
    return checked_url(url, "--url")


def settings_text(url: str, mode: str, profile: str) -> str:
    """Return the settings file."""
    words = {True: "true", False: "false"}
    return TEMPLATE.format(url=url, profile=profile, write=words[mode == "write"], read_only=words[mode != "write"])


def ci_text(ci: str, url: str, mode: str, profile: str) -> str:
    """Return the file of the kit for a CI, made out for an instance."""
    from conformance.documentation.pages import KIT

    text = (KIT / CI[ci][0]).read_text(encoding="utf-8")
    text = text.replace(IN_KIT, url).replace("smoke", profile)
    return text.replace("--read-only", "--write").replace("KIMAI_READ_ONLY", "KIMAI_WRITE") if mode == "write" else text


def _choice(question: str, words: Sequence[str]) -> str:
    answer: str = click.prompt(question, type=Word(words), default=words[0])
    return answer


def _write(files: Mapping[Path, str], *, force: bool) -> None:
    """Write all files, or none where one is there. Raises UsageError."""
    existing = [str(path) for path in files if path.exists()]
    if existing and not force:
        raise UsageError(
            f"there is already {' and '.join(existing)}",
            f"Nothing was written. {_ELSEWHERE} Or write over it: --force",
        )
    for path, text in files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror or error}", _ELSEWHERE) from None
        click.echo(f"{path} is written.")
