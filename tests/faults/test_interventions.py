"""Every fault of the catalogue really does something to what goes in or comes out of an embedded Kimai."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from conformance.embedded.faults import FAULTS, VARIATIONS
from conformance.embedded.web.app import build

from .walk import World, intervenes, populate


@contextlib.asynccontextmanager
async def world():
    """A world of its own: what an earlier fault did is no business of this one."""
    built = build()
    try:
        made = World(built)
        await populate(made)
        yield made
    finally:
        built.state.storage.close()


async def does_something(fault):
    async with world() as made, contextlib.aclosing(intervenes(made, fault)) as walk:
        async for touched in walk:
            if touched:
                return True
    return False


def every_seventh(faults):
    """The faults as parameters, all but every seventh marked slow: a world for each takes a while."""
    marks = [() if number % 7 == 0 else pytest.mark.slow for number in range(len(faults))]
    return [pytest.param(fault, marks=mark, id=fault.id) for fault, mark in zip(faults, marks, strict=True)]


@pytest.mark.parametrize("fault", every_seventh([*FAULTS.values(), *VARIATIONS.values()]))
def test_a_fault_intervenes(fault):
    assert asyncio.run(does_something(fault))
