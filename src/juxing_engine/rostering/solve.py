"""Rosters (值班表) with a proof, or the best so far with its gap."""

from __future__ import annotations

import threading
import time

import numpy as np

from juxing_engine.control import Control, Progress
from juxing_engine.rostering.first_roster import first_roster
from juxing_engine.rostering.integer_programme import IntegerProgramme, Solved
from juxing_engine.rostering.problem import IntArray, RosterProblem
from juxing_engine.rostering.roster import Roster, roster_cost, short_of

DEFAULT_BUDGET_S = 60.0
"""Wall seconds when the control names none."""


def plan_roster(problem: RosterProblem, *, control: Control | None = None) -> Roster:
    """
    Find the roster of least cost, or the best the budget allows with its proven bound.

    Every rule and lock is kept; demand that cannot be met is left short, see `explain_shortages`.

    Parameters
    ----------
    problem
        What to plan.
    control
        Budget, progress (of the first usable roster too), cancellation. A budget of zero gives the first
        roster.
    Notes
    -----
    A greedy roster first; then branch and cut (HiGHS through scipy) on who works which shift. Posts within
    a shift and fairness are linear once that is whole, so the relaxation is all but whole itself: the root
    usually proves it. The solver runs in a thread of its own; a cancelled run returns at once with the
    first roster, and that thread ends by itself within the budget.
    """
    control = control or Control()
    best = _Best(problem, control)
    if control.remaining_s > 0 and not control.should_stop():
        found = _search(problem, best)
        if found is not None:
            if found.roster is not None:
                best.offer(*found.roster)
            best.prove(found.bound)
    return best.roster()


def _search(problem: RosterProblem, best: _Best) -> Solved | None:
    """Run the solver beside this thread; None if it was left early."""
    results: list[Solved] = []
    programme = IntegerProgramme(problem)
    seconds = min(best.control.remaining_s, best.budget_s - best.control.elapsed_s)

    def run() -> None:
        results.append(programme.solve(seconds=seconds))

    worker = threading.Thread(target=run, daemon=True)
    worker.start()
    while worker.is_alive():
        worker.join(0.05)
        is_cancelled = best.control.is_cancelled
        if is_cancelled is not None and is_cancelled():
            return None
        best.report()
    return results[0] if results else None


class _Best:
    """The best roster so far, and what is proven about it."""

    def __init__(self, problem: RosterProblem, control: Control) -> None:
        self.problem, self.control, self.started = problem, control, time.perf_counter()
        self.budget_s = DEFAULT_BUDGET_S if control.budget_s is None else control.budget_s
        self.shift, self.post = first_roster(problem)
        self.cost, self.bound = roster_cost(problem, self.shift, self.post), 0
        self.fraction, self.reported = 0.0, -1.0
        first = time.perf_counter() - self.started
        self.seconds = {"first": first, "best": first}
        control.report(Progress("first_roster", 0.0, self.cost))

    def offer(self, shift: IntArray, post: IntArray) -> None:
        """Keep a roster if it is better."""
        cost = roster_cost(self.problem, shift, post)
        if cost < self.cost:
            self.shift, self.post, self.cost = shift, post, cost
            self.seconds["best"] = time.perf_counter() - self.started

    def prove(self, bound: float) -> None:
        """Raise the bound."""
        if np.isfinite(bound):
            self.bound = max(self.bound, int(np.ceil(bound - 1e-6)))
        self.report()

    def report(self) -> None:
        """Say where the search stands, a few times a second."""
        now = self.control.elapsed_s
        if now - self.reported > 0.25:
            self.reported = now
            self.fraction = max(self.fraction, min(1.0, now / self.budget_s if self.budget_s else 1.0))
            self.control.report(Progress("search", self.fraction, self.cost, self.bound))

    def roster(self) -> Roster:
        """The result."""
        self.seconds["total"] = time.perf_counter() - self.started
        missing = short_of(self.problem, self.shift, self.post)
        bound = min(self.bound, self.cost)
        return Roster(self.shift, self.post, missing, self.cost, bound, self.seconds)
