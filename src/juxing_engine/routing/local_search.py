"""Iterated local search on one model, within a budget."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from juxing_engine.control import Control
from juxing_engine.routing.pyvrp_model import PyvrpModel


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """
    How the search moves; see the measurements in ``docs/algorithms/routing.md``.

    Parameters
    ----------
    neighbours
        Nearest stops looked at from each stop, >= 1.
    perturbations
        Most stops disturbed at a time, >= 1.
    memory
        Rounds of search a worse plan may be compared with, >= 1.
    """

    neighbours: int = 25
    perturbations: int = 25
    memory: int = 300


_INFEASIBLE = 2**60
"""Costs above this are the library's way to say that no plan keeps every rule yet."""


@dataclass(slots=True)
class Stopping:
    """
    Ends a search after a share of the budget, a number of steps, or on cancellation; reports on the way.

    Parameters
    ----------
    control
        Budget and listeners of the whole run.
    seconds
        Wall seconds this search may take.
    steps
        Steps it may take, or None; with steps and enough seconds the answer does not depend on the machine.
    report
        Called with the steps done a few times a second.
    patience
        Share of the seconds after which a search without any plan that keeps every rule is given up.
    """

    control: Control
    seconds: float
    steps: int | None = None
    report: Callable[[int], None] | None = None
    patience: float = 1.0
    done: int = 0
    _ends: float = 0.0
    _reported: float = 0.0

    def __post_init__(self) -> None:
        self._ends = time.monotonic() + self.seconds

    def __call__(self, best_cost: int) -> bool:
        now = time.monotonic()
        if self.report is not None and now - self._reported > 0.25:
            self._reported = now
            self.report(self.done)
        is_hopeless = best_cost >= _INFEASIBLE and now >= self._ends - (1 - self.patience) * self.seconds
        if (
            is_hopeless
            or now >= self._ends
            or self.control.should_stop()
            or (self.steps is not None and self.done >= self.steps)
        ):
            return True
        self.done += 1
        return False


def improve(
    model: PyvrpModel,
    rounds: Sequence[Sequence[int]] | None,
    stopping: Stopping,
    *,
    seed: int,
    settings: SearchSettings,
) -> list[list[int]] | None:
    """
    Search from the given rounds; None if no plan that keeps every rule was found.

    Parameters
    ----------
    rounds
        Stops of each courier to start from, locked ones first; None: the search finds its own beginning.
    """
    from pyvrp.IteratedLocalSearch import IteratedLocalSearchParams
    from pyvrp.search import NeighbourhoodParams, PerturbationParams
    from pyvrp.solve import SolveParams, solve

    params = SolveParams(
        ils=IteratedLocalSearchParams(history_length=settings.memory),
        neighbourhood=NeighbourhoodParams(num_neighbours=settings.neighbours),
        perturbation=PerturbationParams(1, settings.perturbations),
    )
    start = None if rounds is None else model.solution(rounds)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = solve(
            model.data,
            stopping,
            seed=seed,
            collect_stats=False,
            params=params,
            initial_solution=start if start is not None and start.num_routes() else None,
        )
    return model.rounds(found.best) if found.best.is_feasible() else None
