"""The roster as an integer programme, solved by HiGHS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from juxing_engine.rostering.problem import FREE, BoolArray, IntArray, RosterProblem
from juxing_engine.rostering.rows import Placements, placements_of, rule_rows


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """What one run of the solver found: a roster, if any, and the proven bound."""

    roster: tuple[IntArray, IntArray] | None
    bound: float


class IntegerProgramme:
    """
    Who works which shift is whole; who holds which post within a shift, and who is missing, follows.

    Columns: shifts worked (whole), posts held, steps of each worker's load, people missing. Once the shifts
    are whole, posts are a transportation problem, so they need not be. Rules that locks break between them
    are loosened by just as much, so that a roster always exists.
    """

    def __init__(self, problem: RosterProblem) -> None:
        self.problem = problem
        self.posts = placements_of(problem)
        self.shifts, shift_of_post = _shifts_worked(problem, self.posts)
        self.demands = np.argwhere(problem.demand > 0)
        steps, worker = _load_steps(problem)
        self._sizes = np.cumsum([0, len(self.shifts), len(self.posts), steps.size, len(self.demands)])
        shifts = self.shifts
        self.cost = np.concatenate(
            [
                problem.dislike[shifts.worker, shifts.day, shifts.shift],
                np.zeros(len(self.posts)),
                problem.load_cost * (steps + 1.0),
                problem.short_penalty[self.demands[:, 2]],
            ]
        ).astype(float)
        need = problem.demand[tuple(self.demands.T)].astype(float)
        self.upper = np.concatenate([np.ones(int(self._sizes[3])), need])
        self.lower = np.zeros_like(self.upper)
        self.lower[self._sizes[1] : self._sizes[2]] = self.posts.locked
        self._build_rows(shift_of_post, worker, need)

    def _build_rows(self, shift_of_post: IntArray, step_worker: IntArray, need: np.ndarray) -> None:
        """Rules; load of each worker; posts add up to shifts; demand."""
        from scipy.sparse import coo_array, csr_array, vstack

        shift0, post0, step0, short0, width = self._sizes.tolist()
        rules = rule_rows(self.problem, self.shifts)
        row = np.repeat(np.arange(len(rules)), [rule.placements.size for rule in rules])
        column = np.concatenate([np.zeros(0, np.int64), *(rule.placements for rule in rules)])
        limits = [max(rule.limit, int(self.shifts.locked[rule.placements].sum())) for rule in rules]
        posts, shifts = np.arange(len(self.posts)), np.arange(len(self.shifts))
        demand = self._demand_of_posts()
        served = demand >= 0
        blocks = [
            (row, column, np.ones(row.size), len(rules)),
            (self.shifts.worker, shifts + shift0, np.ones(shifts.size), self.problem.workers),
            (step_worker, np.arange(step0, short0), -np.ones(step_worker.size), self.problem.workers),
            (shift_of_post, posts + post0, np.ones(posts.size), shifts.size),
            (shifts, shifts + shift0, -np.ones(shifts.size), shifts.size),
            (demand[served], posts[served] + post0, np.ones(int(served.sum())), need.size),
            (np.arange(need.size), np.arange(short0, width), np.ones(need.size), need.size),
        ]
        parts = [
            csr_array(coo_array((value, (rows, columns)), shape=(height, width)))
            for rows, columns, value, height in blocks
        ]
        self.rows = vstack([parts[0], parts[1] + parts[2], parts[3] + parts[4], parts[5] + parts[6]]).tocsr()
        even = np.zeros(self.problem.workers + shifts.size)
        self.row_lower = np.concatenate([np.full(len(rules), -np.inf), even, need])
        self.row_upper = np.concatenate([np.array(limits, float), even, np.full(need.size, np.inf)])

    def _demand_of_posts(self) -> IntArray:
        """Row of the demand each post held serves, -1 where nobody is needed."""
        number = np.full(self.problem.demand.shape, -1)
        number[tuple(self.demands.T)] = np.arange(len(self.demands))
        return np.asarray(number[self.posts.day, self.posts.shift, self.posts.post])

    def solve(self, *, seconds: float) -> Solved:
        """
        Search for at most some seconds.

        Runs in C++ without looking up; call it from a thread of its own where it must be left early.
        """
        from scipy.optimize import Bounds, LinearConstraint, milp

        whole = np.zeros(self.cost.size)
        whole[: len(self.shifts)] = 1
        found: Any = milp(
            self.cost,
            integrality=whole,
            bounds=Bounds(self.lower, self.upper),
            constraints=LinearConstraint(self.rows, self.row_lower, self.row_upper),
            options={"time_limit": max(0.05, seconds), "mip_rel_gap": 0.0},
        )
        bound = found.mip_dual_bound
        roster = None if found.x is None else self._read(found.x)
        return Solved(roster, -np.inf if bound is None or np.isnan(bound) else float(bound))

    def _read(self, values: np.ndarray) -> tuple[IntArray, IntArray]:
        """Shift and post of each worker and day; who is left without a post stays at home."""
        problem, posts = self.problem, problem_posts(self.problem)
        shift = np.where(problem.locked >= 0, problem.locked // posts, FREE)
        post = np.where(problem.locked >= 0, problem.locked % posts, FREE)
        works = np.zeros((problem.workers, *problem.demand.shape[:2]), bool)
        chosen = values[: len(self.shifts)] > 0.5
        works[self.shifts.worker[chosen], self.shifts.day[chosen], self.shifts.shift[chosen]] = True
        works &= (problem.locked == FREE)[:, :, None]
        for day in range(problem.demand.shape[0]):
            for number in range(problem.demand.shape[1]):
                fixed = (shift[:, day] == number) & (problem.locked[:, day] >= 0)
                there = np.bincount(post[fixed, day], minlength=posts)
                open_posts = np.maximum(problem.demand[day, number] - there, 0)
                people, held = hold_posts(problem, np.flatnonzero(works[:, day, number]), open_posts)
                shift[people, day], post[people, day] = number, held
        return shift, post


def problem_posts(problem: RosterProblem) -> int:
    """Number of posts."""
    return int(problem.demand.shape[2])


def hold_posts(problem: RosterProblem, people: IntArray, needed: IntArray) -> tuple[IntArray, IntArray]:
    """
    Give people of one shift the posts they are qualified for, at the least penalty for what stays empty.
    """
    from scipy.optimize import linear_sum_assignment

    slots = np.repeat(np.arange(needed.size), needed)
    if not people.size or not slots.size:
        return people[:0], slots[:0]
    able: BoolArray = problem.qualified[people][:, slots]
    gain = np.where(able, 1 + problem.short_penalty[slots], 0)
    row, column = linear_sum_assignment(gain, maximize=True)
    kept = able[row, column]
    return people[row[kept]], slots[column[kept]]


def _load_steps(problem: RosterProblem) -> tuple[IntArray, IntArray]:
    """Number and worker of each step of load."""
    most = np.maximum(problem.max_shifts, (problem.locked >= 0).sum(axis=1))
    worker = np.repeat(np.arange(most.size), most)
    return np.concatenate([np.arange(one) for one in most]).astype(np.int64), worker


def _shifts_worked(problem: RosterProblem, posts: Placements) -> tuple[Placements, IntArray]:
    """Shifts of the placements, each once, and the shift of each placement."""
    _, shifts, _ = problem.demand.shape
    days = problem.demand.shape[0]
    code = (posts.worker * days + posts.day) * shifts + posts.shift
    unique, first, inverse = np.unique(code, return_index=True, return_inverse=True)
    locked = np.zeros(unique.size, bool)
    locked[inverse[posts.locked]] = True
    nowhere = np.full(unique.size, -1)
    worked = Placements(posts.worker[first], posts.day[first], posts.shift[first], nowhere, locked)
    return worked, inverse.astype(np.int64)
