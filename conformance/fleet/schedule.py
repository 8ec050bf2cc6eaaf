"""Which instance is next: as many at a time as allowed, and one at a time per host. Where it runs, an executor decides.

Threads of this machine start processes; beyond one machine it is a Dask cluster, which also runs a job again whose
worker has died. Source: concurrent.futures, and Dask's executor of the same interface.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

from conformance.fleet.job import Job, Result, run_job
from conformance.model import Exit, UsageError

OnResult = Callable[[Result], None]
Submit = Callable[[Job], "Future[Result]"]


class Stop:
    """Whether the fleet was interrupted: then no job is begun, and those that run clean up and end."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def __call__(self) -> bool:
        return self._event.is_set()

    def now(self) -> None:
        """Let every job end."""
        self._event.set()


@contextmanager
def local(workers: int, stop: Stop) -> Iterator[Submit]:
    """Yield what runs a job on this machine, each in a process of its own."""
    with ThreadPoolExecutor(workers, thread_name_prefix="instance") as executor:
        try:
            yield lambda job: executor.submit(run_job, job, stop)
        except BaseException:
            stop.now()
            raise


@contextmanager
def cluster(address: str) -> Iterator[Submit]:
    """Yield what runs a job on a Dask cluster. Raises UsageError where there is none, or the extra is missing."""
    try:
        from distributed import Client
    except ImportError:
        raise UsageError("a cluster needs Dask", "pip install 'kimai-conformance[fleet]'") from None
    try:
        client = Client(address, timeout=10, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise UsageError(f"no Dask scheduler at {address}: {error}", "Start one: dask scheduler") from None
    with client, client.get_executor(pure=False) as executor:
        yield lambda job: executor.submit(run_job, job)


def run_all(
    jobs: Sequence[Job], submit: Submit, limit: int, on_result: OnResult, stop: Callable[[], bool]
) -> list[Result]:
    """Run the jobs, `limit` at a time, and return their results. `on_result` gets each as it comes."""
    waiting, running, results = list(jobs), dict[Future[Result], Job](), list[Result]()
    while waiting or running:
        for job in _startable(waiting, running.values(), limit) if not stop() else ():
            waiting.remove(job)
            running[submit(job)] = job
        if not running:
            break
        ended, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in ended:
            result = _of(future, running.pop(future))
            results.append(result)
            on_result(result)
    return results


def _startable(waiting: Sequence[Job], running: Any, limit: int) -> list[Job]:
    """Return the jobs to begin now: the first of each host that is free, as many as there is room for."""
    busy = {job.host for job in running}
    chosen: list[Job] = []
    for job in waiting:
        if len(busy) < limit and job.host not in busy:
            busy.add(job.host)
            chosen.append(job)
    return chosen


def _of(future: Future[Result], job: Job) -> Result:
    try:
        return future.result()
    except Exception as error:
        words = f"{type(error).__name__}: {error}".splitlines()[0]
        return Result(job.name, job.url, int(Exit.CRASH), "CRASHED", words=words, digest=job.digest)
