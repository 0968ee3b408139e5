"""Where zones are solved: here, in processes of this machine, or on a Dask cluster. The answers are the same."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from juxing_engine.city_matching.zone_solver import ZoneAnswer, ZoneTask, solve_zone
from juxing_engine.control import Control

POLL_S = 0.1
"""Seconds between two looks at the control and at who has finished."""

SCHEDULER_TIMEOUT = "10s"
"""How long a scheduler may take to answer."""


def solve_here(tasks: list[ZoneTask], control: Control) -> Iterator[tuple[int, ZoneAnswer]]:
    """One zone after the other, in this process; number and answer of each until the control stops."""
    for number, task in enumerate(tasks):
        if control.should_stop():
            return
        yield number, solve_zone(task)


def solve_in_processes(tasks: list[ZoneTask], workers: int, control: Control) -> Iterator[tuple[int, ZoneAnswer]]:
    """
    In ``workers`` fresh processes; numbers and answers as they come, until the control stops.

    If a process dies (for lack of memory, say), what is left is solved in this one.
    """
    answered: set[int] = set()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(tasks)), mp_context=context) as pool:
        number_of = {pool.submit(solve_zone, task): number for number, task in enumerate(tasks)}
        waiting = set(number_of)
        try:
            while waiting and not control.should_stop():
                finished, waiting = wait(waiting, timeout=POLL_S, return_when=FIRST_COMPLETED)
                for future in finished:
                    answer = future.result()
                    answered.add(number_of[future])
                    yield number_of[future], answer
        except BrokenProcessPool:
            pass
        pool.shutdown(wait=False, cancel_futures=True)
    left = [number for number in range(len(tasks)) if number not in answered]
    for place, answer in solve_here([tasks[number] for number in left], control):
        yield left[place], answer


def solve_on_dask(tasks: list[ZoneTask], scheduler: str, control: Control) -> Iterator[tuple[int, ZoneAnswer]]:
    """
    On the workers of the scheduler at this address (``tcp://host:8786``); numbers and answers as they come.

    Workers need this package installed. A lost worker's zones are given to another by the scheduler.

    Raises
    ------
    OSError
        If nobody answers at the address.
    """
    from distributed import Client

    with Client(scheduler, set_as_default=False, timeout=SCHEDULER_TIMEOUT) as client:  # type: ignore[no-untyped-call]
        futures: list[Any] = client.map(solve_zone, tasks, pure=False)
        waiting = dict(enumerate(futures))
        while waiting and not control.should_stop():
            finished = [number for number, future in waiting.items() if future.done()]
            if not finished:
                time.sleep(POLL_S)
            for number in finished:
                yield number, waiting.pop(number).result()
        client.cancel(list(waiting.values()))
