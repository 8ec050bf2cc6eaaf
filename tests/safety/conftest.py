"""Fixtures of the proofs of safety: an instance with people's data in it, once for each version."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.safety.strangers.site import Furnished

Furnish = Callable[[str], Furnished]


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Furnish:
    """Return a function that gives the filled database of a version, made once a process."""
    made: dict[str, Furnished] = {}

    def of(version: str) -> Furnished:
        if version not in made:
            made[version] = Furnished.of(version, tmp_path_factory.mktemp("furnished") / version)
        return made[version]

    return of
