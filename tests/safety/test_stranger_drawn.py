"""Short runs with drawn people, disturbances and moments: some in the default run, hundreds in the slow one.

`KIMAI_STRANGERS` is how many; a seed that fails is run alone by its number in the name of the test.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.safety.conftest import Furnish, sampled
from tests.safety.strangers.drawn import draw_deeds, draw_disturbances
from tests.safety.strangers.judging import losses_of
from tests.safety.strangers.shortrun import ShortRun, drawn_steps
from tests.safety.strangers.site import Site

SAMPLE = 3
MANY = int(os.environ.get("KIMAI_STRANGERS", "300"))
VERSIONS = ("2.66.0", "2.62.0", "2.66.0", "2.24.0")
ALLOWED = (frozenset[str](), frozenset({"profile"}), frozenset({"favourites"}), frozenset({"profile", "favourites"}))


def lost(site: Site, seed: int) -> tuple[list[str], str]:
    """Do a drawn run, and return what is wrong after it, and what was done."""
    chance = random.Random(f"strangers {seed}")
    allow = chance.choice(ALLOWED)
    drawn = []
    if seed % 3 != 1:
        drawn = draw_deeds(site, chance, requests=120, number=chance.randint(1, 4), allow=allow)
    if seed % 3 != 0:
        draw_disturbances(site, f"strangers {seed}", share=chance.choice((0.01, 0.03, 0.1)))
    run = ShortRun(site, drawn_steps(chance), lent=site.version == "2.24.0", settings={"allow": allow})
    if seed % 3 != 0 and chance.random() < 0.2:
        site.cut_off(chance.randint(5, 120))
    return losses_of(site, run), f"{drawn}\n{run.steps}\n{site.told()}"


@pytest.mark.parametrize("seed", sampled(*range(max(MANY, SAMPLE)), sample=range(SAMPLE)))
def test_drawn(furnished: Furnish, tmp_path: Path, seed: int) -> None:
    with Site(furnished(VERSIONS[seed % len(VERSIONS)]), tmp_path) as site:
        losses, reported = lost(site, seed)
    assert losses == [], reported
