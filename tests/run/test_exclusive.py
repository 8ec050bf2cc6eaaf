"""One check may be alone among the processes of a run."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from conformance.run.exclusive import LOCK, run_lock


def try_to_pass(folder: Path, how: int) -> bool:
    """Whether somebody else may pass at once."""
    handle = os.open(folder / LOCK, os.O_RDWR)
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True


def test_nobody_passes_the_one_who_is_alone(tmp_path: Path) -> None:
    with run_lock(tmp_path, alone=True):
        assert not try_to_pass(tmp_path, fcntl.LOCK_SH)
    assert try_to_pass(tmp_path, fcntl.LOCK_EX)


def test_others_pass_side_by_side_and_keep_out_who_would_be_alone(tmp_path: Path) -> None:
    with run_lock(tmp_path, alone=False):
        assert try_to_pass(tmp_path, fcntl.LOCK_SH)
        assert not try_to_pass(tmp_path, fcntl.LOCK_EX)


def test_a_failing_check_lets_the_others_pass(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), run_lock(tmp_path, alone=True):
        raise ZeroDivisionError
    assert try_to_pass(tmp_path, fcntl.LOCK_EX)
