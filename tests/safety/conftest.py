"""Fixtures of the proofs of safety: an instance with people's data in it, once for each version."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import pytest
from _pytest.mark import ParameterSet

from tests.safety.strangers.site import Furnished

Furnish = Callable[[str], Furnished]


def sampled(*values: object, sample: Collection[object], ids: Sequence[str] = ()) -> list[ParameterSet]:
    """Return values as parameters, those slow that are not in the sample of the default run. `ids` are their names."""
    names = ids or [str(value) for value in values]
    marks = [
        () if value in sample or name in sample else pytest.mark.slow for value, name in zip(values, names, strict=True)
    ]
    return [pytest.param(value, id=name, marks=item) for value, name, item in zip(values, names, marks, strict=True)]


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Furnish:
    """Return a function that gives the filled database of a version, made once a process."""
    made: dict[str, Furnished] = {}

    def of(version: str) -> Furnished:
        if version not in made:
            made[version] = Furnished.of(version, tmp_path_factory.mktemp("furnished") / version)
        return made[version]

    return of
