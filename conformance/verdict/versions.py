"""Ranges of versions in hand-written tables, such as ">=2.63,<3": open-ended ones hold for what is yet to come."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version
from pydantic import AfterValidator


def checked_range(value: str) -> str:
    """Return a range. Raises ValueError where it is none, or where no version is in it."""
    try:
        specifiers = SpecifierSet(value)
    except InvalidSpecifier as error:
        raise ValueError(f"{value!r} is not a version range such as '>=2.63,<3'") from error
    if not any(specifiers.contains(version, prereleases=True) for version in _around(specifiers)):
        raise ValueError(f"{value!r} is an empty version range; write one such as '>=2.63,<3'")
    return value


VersionRange = Annotated[str, AfterValidator(checked_range)]


def _around(specifiers: SpecifierSet) -> list[Version]:
    """Return versions at, just below and just above each bound: one of them is in any range that is not empty."""
    results = []
    for specifier in specifiers:
        release = Version(specifier.version.removesuffix(".*")).release
        before = (*release[:-1], release[-1] - 1, 999) if release[-1] else (*release[:-1], 0)
        texts = [release, (*release, 1), before] if before >= (0,) else [release, (*release, 1)]
        results += [Version(".".join(map(str, text))) for text in texts]
    return results


@lru_cache(maxsize=4096)
def in_range(versions: str, version: str | None) -> bool:
    """Whether a version is in a range. One that is unknown, or no version, is in none."""
    try:
        return version is not None and SpecifierSet(versions).contains(Version(version), prereleases=True)
    except InvalidVersion:
        return False
