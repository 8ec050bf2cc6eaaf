"""Every fault of the catalogue really does something to what goes in or comes out of an embedded Kimai."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from conformance.embedded.app import build
from conformance.embedded.faults import FAULTS, VARIATIONS

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


@pytest.mark.parametrize("fault", [*FAULTS.values(), *VARIATIONS.values()], ids=lambda fault: fault.id)
def test_a_fault_intervenes(fault):
    assert asyncio.run(does_something(fault))
