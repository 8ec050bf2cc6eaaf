"""Deeds and disturbances at drawn moments: the same seed draws the same again."""

from __future__ import annotations

import random

from tests.safety.strangers.deeds import DEEDS
from tests.safety.strangers.disturbances import DISTURBANCES
from tests.safety.strangers.proxy import Moment
from tests.safety.strangers.site import Site


def draw_deeds(
    site: Site, chance: random.Random, *, requests: int, number: int, allow: frozenset[str] = frozenset()
) -> list[str]:
    """Have a number of deeds come among so many requests. Return what was drawn, for people.

    A deed for which there is no occasion at its moment comes as soon as there is one.
    """
    names = [name for name, deed in sorted(DEEDS.items()) if not deed.needs or deed.needs in allow]
    drawn = []
    for name in chance.choices(names, k=number):
        moment = Moment("*", chance.randint(2, requests), after=not DEEDS[name].anytime)
        site.when(name, moment)
        drawn.append(f"{name} at {moment.number}")
    return drawn


def draw_disturbances(site: Site, seed: str, *, share: float) -> None:
    """Disturb a share of all requests, each in a drawn way that fits it and that a client can do right in spite of."""
    site.proxy.draw(seed, share, {name: item for name, item in DISTURBANCES.items() if item.fair})
