"""Consent to write. Source: DESIGN, "The guard", rule 7: loopback is no exception, for a tunnel ends there too."""

from __future__ import annotations

from conformance.model import UsageError
from conformance.settings.model import Settings


def require_consent(settings: Settings) -> None:
    """Raise UsageError where a command that may write to somebody's instance has neither --write nor --read-only."""
    if settings.embedded and (settings.write or settings.read_only):
        what = "--write" if settings.write else "--read-only"
        raise UsageError(
            f"{what} was given, and no instance",
            "Add --url URL or KIMAI_URL (a variable may not have reached this process, or the settings file may be in\n"
            f"another folder). For the embedded Kimai leave {what} out.",
        )
    if settings.embedded or settings.write or settings.read_only:
        return
    raise UsageError(
        f"neither --write nor --read-only was given for {settings.url}",
        "--write       makes its own records there (named as a test's), checks with them and deletes them again;\n"
        "              it changes nothing that was there before.\n"
        "--read-only   sends no write at all; what can only be seen by writing is skipped.\n"
        "Add one of the two. KIMAI_WRITE counts only where the URL is in KIMAI_URL too.",
    )
