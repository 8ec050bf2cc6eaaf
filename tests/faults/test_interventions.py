"""Every fault of the catalogue really does something to what goes in or comes out of an embedded Kimai."""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from conformance.embedded.faults import FAULTS, VARIATIONS
from conformance.embedded.faults.registry import Fault
from conformance.embedded.web.app import build

from .walk import World, intervenes, populate


@contextlib.asynccontextmanager
async def world() -> AsyncIterator[World]:
    """A world of its own: what an earlier fault did is no business of this one."""
    built = build()
    try:
        made = World(built)
        await populate(made)
        yield made
    finally:
        built.state.storage.close()


async def does_something(fault: Fault) -> bool:
    async with world() as made, contextlib.aclosing(intervenes(made, fault)) as walk:
        async for touched in walk:
            if touched:
                return True
    return False


def sampled(faults: Sequence[Fault]) -> list[Any]:
    """Return the faults as parameters, all but a seventh of them, picked by name, marked slow: each takes a while."""
    return [
        pytest.param(fault, id=fault.id, marks=() if zlib.crc32(fault.id.encode()) % 7 == 0 else pytest.mark.slow)
        for fault in faults
    ]


@pytest.mark.parametrize("fault", sampled([*FAULTS.values(), *VARIATIONS.values()]))
def test_a_fault_intervenes(fault: Fault) -> None:
    assert asyncio.run(does_something(fault))
