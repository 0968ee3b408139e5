"""A second search beside the first: the library as anybody would call it, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np

from juxing_engine.control import Control
from juxing_engine.routing.local_search import SearchSettings, Stopping, improve
from juxing_engine.routing.problem import RoundProblem
from juxing_engine.routing.pyvrp_model import PyvrpModel

LIBRARY_SETTINGS = SearchSettings(neighbours=50, perturbations=25, memory=300)
"""PyVRP's defaults."""


class SearchBeside:
    """
    PyVRP with its own defaults on the whole problem, from its own beginning.

    Neither search is better on every instance; whoever runs both is never worse than the library alone. PyVRP leaves
    the interpreter's lock while it computes, so the two share nothing but the machine. The controls of the caller are
    not called from here: `end` says when to stop.
    """

    def __init__(self, problem: RoundProblem, servable: np.ndarray, seed: int) -> None:
        self._problem, self._servable, self._seed = problem, servable, seed
        self._must_end = threading.Event()
        self._thread: threading.Thread | None = None
        self._found: Sequence[Sequence[int]] | None = None
        self._done = 0
        self._failure: BaseException | None = None

    def start(self, seconds: float, steps: int | None) -> None:
        """Search for so many wall seconds, or so many steps if that is sooner."""
        self._thread = threading.Thread(target=self._run, args=(seconds, steps), daemon=True)
        self._thread.start()

    def end(self, *, now: bool) -> tuple[list[list[int]] | None, int]:
        """
        Wait for the search, or break it off ``now``; return its rounds (None without a complete plan) and steps.
        """
        if now:
            self._must_end.set()
        if self._thread is not None:
            self._thread.join()
        if self._failure is not None:
            raise self._failure
        return None if self._found is None else [list(one) for one in self._found], self._done

    def _run(self, seconds: float, steps: int | None) -> None:
        try:
            stopping = Stopping(Control(is_cancelled=self._must_end.is_set), seconds, steps)
            model = PyvrpModel(self._problem, servable=self._servable)
            if not model.is_empty:
                self._found = improve(model, None, stopping, seed=self._seed % 2**31, settings=LIBRARY_SETTINGS)
            self._done = stopping.done
        except BaseException as failure:
            self._failure = failure
