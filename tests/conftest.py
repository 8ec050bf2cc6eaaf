"""What tests of several rooms share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

Clock = Callable[[str], Any]


@pytest.fixture
def clock() -> Iterator[Clock]:
    """A function that stops the time of day at a moment with an offset; `shift` of what it returns moves it on.

    An embedded Kimai of the test goes by it as well; monotonic clocks go on.
    """
    time_machine = pytest.importorskip("time_machine", reason="the package time-machine sets the clock")
    with ExitStack() as stack:
        yield lambda moment: stack.enter_context(time_machine.travel(moment, tick=False))
