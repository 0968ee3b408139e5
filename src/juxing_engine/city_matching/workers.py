"""Where zones are solved: here, in processes of this machine, or on a Dask cluster. The answers are the same."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from juxing_engine.city_matching.zone_solver import ZoneAnswer, ZoneTask, solve_zone
from juxing_engine.control import Control

POLL_S = 0.1
"""Seconds between two looks at the control and at who has finished."""

SCHEDULER_TIMEOUT = "10s"
"""How long a scheduler may take to answer."""

MakeTask = Callable[[], ZoneTask]
Solver = Callable[[Sequence[MakeTask], Control], Iterator[tuple[int, ZoneAnswer]]]
"""Yields number and answer of each task as they come, until the control stops. Tasks are made when their turn comes."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """
    Where the zones are solved.

    Parameters
    ----------
    workers
        Processes on this machine, at least 1; 1 is this process itself. Not used with a scheduler.
    scheduler
        Address of a Dask scheduler (``tcp://host:8786``); None is this machine.
    """

    workers: int = 2
    scheduler: str | None = None

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise ValueError(f"Expected workers >= 1, got {self.workers}.")


@contextmanager
def hired(cluster: Cluster) -> Iterator[Solver]:
    """
    Yield what solves zones; workers are kept from one level to the next.

    Raises
    ------
    OSError
        If nobody answers at the scheduler's address.
    """
    if cluster.scheduler is not None:
        from distributed import Client

        with Client(cluster.scheduler, set_as_default=False, timeout=SCHEDULER_TIMEOUT) as client:  # type: ignore[no-untyped-call]
            yield lambda tasks, control: _on_dask(client, tasks, control)
    elif cluster.workers == 1:
        yield _here
    else:
        with _pool(cluster.workers) as pool:
            yield lambda tasks, control: _in_processes(pool, cluster.workers, tasks, control)


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Fresh processes, which start when there is work and are not waited for at the end."""
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _here(tasks: Sequence[MakeTask], control: Control) -> Iterator[tuple[int, ZoneAnswer]]:
    """One zone after the other, in this process."""
    for number, make in enumerate(tasks):
        if control.should_stop():
            return
        yield number, solve_zone(make())


def _in_processes(
    pool: ProcessPoolExecutor, workers: int, tasks: Sequence[MakeTask], control: Control
) -> Iterator[tuple[int, ZoneAnswer]]:
    """
    In processes, one task waiting for each.

    If a process dies (for lack of memory, say), what is left is solved in this one.
    """
    if len(tasks) == 1:
        yield from _here(tasks, control)
        return
    answered: set[int] = set()
    number_of: dict[Future[ZoneAnswer], int] = {}
    coming = iter(enumerate(tasks))
    try:
        while not control.should_stop():
            while len(number_of) < 2 * workers and (following := next(coming, None)) is not None:
                number_of[pool.submit(solve_zone, following[1]())] = following[0]
            if not number_of:
                return
            finished, _ = wait(number_of, timeout=POLL_S, return_when=FIRST_COMPLETED)
            for future in finished:
                answer, number = future.result(), number_of.pop(future)
                answered.add(number)
                yield number, answer
    except BrokenProcessPool:
        left = [number for number in range(len(tasks)) if number not in answered]
        for place, answer in _here([tasks[number] for number in left], control):
            yield left[place], answer
    finally:
        for future in number_of:
            future.cancel()


def _on_dask(client: Any, tasks: Sequence[MakeTask], control: Control) -> Iterator[tuple[int, ZoneAnswer]]:
    """On the workers of a scheduler, which need this package; a lost worker's zones are given to another."""
    futures: list[Any] = client.map(solve_zone, [make() for make in tasks], pure=False)
    waiting = dict(enumerate(futures))
    while waiting and not control.should_stop():
        finished = [number for number, future in waiting.items() if future.done()]
        if not finished:
            time.sleep(POLL_S)
        for number in finished:
            yield number, waiting.pop(number).result()
    client.cancel(list(waiting.values()))
