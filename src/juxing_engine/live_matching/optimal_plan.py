"""A plan that is optimal between calls, by inner numbers: the few moves every event is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from juxing_engine.live_matching.insertion import insert
from juxing_engine.live_matching.plan import give, take
from juxing_engine.live_matching.release import exact_cost, list_special, neediest, release, set_pays
from juxing_engine.live_matching.table import (
    FULL,
    Table,
    hang_need,
    hang_responder,
    note_free,
    note_search,
    set_table,
)
from juxing_engine.matching.ground import FORBIDDEN
from juxing_engine.matching.problem import UNSERVED, Integers, MatchingProblem
from juxing_engine.matching.rows import fill_row, set_floor, with_room


@dataclass(frozen=True, slots=True, eq=False)
class OpenSituation:
    """
    A situation copied out of a live plan: the problem of those present, in inner order, and the plan for
    it.
    """

    problem: MatchingProblem
    responder_of: Integers
    prices: Integers


class OptimalPlan:
    """
    An optimal plan and its table. `objective` is kept up to date by every method.

    Methods take inner numbers. Between `withdraw` or `shut` and the calls that mend the plan it is feasible
    but not optimal; the callers, one per kind of event, are in `live`.
    """

    def __init__(
        self, problem: MatchingProblem, responder_of: Integers, prices: Integers, spare: tuple[int, int]
    ) -> None:
        self.table: Table = set_table(problem, responder_of, prices, spare)
        # On the ground capacities are cut to the needs there is room for; those who join later may need all of it.
        self._capacity = np.zeros_like(self.table.ground.capacity)
        self._capacity[: problem.responders] = problem.capacity[self.table.ground.responder_order]
        self.needs, self.responders = problem.needs, problem.responders
        self._visits_end = int(self.table.plan.first_visit[problem.responders])
        self._specials_end = int(self.table.ground.special_first[problem.needs])
        self.objective = self._objective(problem.needs)

    def _objective(self, needs: int) -> int:
        ground, plan = self.table.ground, self.table.plan
        left = plan.responder_of[:needs] == UNSERVED
        up_to = np.concatenate([[0], np.cumsum(ground.load)])
        return int(plan.paid.sum() + ground.penalty[:needs][left].sum() + up_to[plan.visits].sum())

    def has_room_for_need(self, specials: int) -> bool:
        """Whether one more need with so many special pairs can be added."""
        ground = self.table.ground
        return self.needs < ground.penalty.size and self._specials_end + specials <= ground.special_change.size

    def has_room_for_responder(self, capacity: int) -> bool:
        """Whether one more responder with that capacity can be added."""
        plan = self.table.plan
        room = plan.visitor.size - self._visits_end
        return self.responders < self.table.ground.capacity.size and capacity <= room

    def insert(self, i: int) -> None:
        """Serve an unserved need, or leave it at its penalty, at least cost."""
        while not insert(self.table.ground, self.table.rows, self.table.plan, self.table.desk, i):
            self.table = self.table._replace(rows=with_room(self.table.rows, 100_000))  # noqa: SLF001
        note_search(self.table, i, False)
        self.objective += int(self.table.desk.report[1])

    def withdraw(self, i: int) -> int:
        """
        Take a need, frozen or not, from its responder, who is returned; the need is then outside the
        plan.
        """
        plan, ground = self.table.plan, self.table.ground
        j = int(plan.responder_of[i])
        if j == UNSERVED:
            self.objective -= int(ground.penalty[i])
        else:
            self.objective -= int(plan.paid[i])
            take(plan, i)
            self.objective -= int(ground.load[plan.visits[j]])
            note_free(self.table, j)
        plan.is_frozen[i] = True
        set_pays(ground, self.table.payers, plan, i)
        plan.is_frozen[i] = False
        return j

    def forget(self, i: int) -> None:
        """Keep a withdrawn need out for good."""
        self.table.plan.is_frozen[i] = True

    def release(self, j: int) -> None:
        """Put free visits of a responder to their best use, until none is worth more than it costs."""
        plan, ground = self.table.plan, self.table.ground
        while plan.visits[j] < ground.capacity[j] and plan.price[j] > ground.load[plan.visits[j]]:
            release(ground, self.table.payers, plan, self.table.desk, j)
            note_search(self.table, -1, True)
            self.objective -= int(self.table.desk.report[1])

    def shut(self, j: int) -> None:
        """Let nobody be sent to a responder any more; all their needs must have been withdrawn."""
        self.table.ground.capacity[j] = self._capacity[j] = 0
        set_floor(self.table.ground, self.table.rows, j, FULL)
        note_free(self.table, j)
        self.table.rows.floors_set[0] += 1

    def can_take(self, i: int, j: int) -> bool:
        """Whether a need may meet a responder who has a visit that is free or held by a need that may still move."""
        plan, ground = self.table.plan, self.table.ground
        is_open = plan.visits[j] < ground.capacity[j] or not plan.is_frozen[self.visitors(j)].all()
        return exact_cost(ground, i, j) != FORBIDDEN and bool(is_open)

    def force(self, i: int, j: int) -> None:
        """
        Give a withdrawn need to a responder and freeze it.

        Where no visit is free, or one more costs more load than the price covers, the dearest need that may move gives
        way and is served anew: without it the plan is optimal at the prices there are.
        """
        plan, ground = self.table.plan, self.table.ground
        movable = [int(k) for k in self.visitors(j) if not plan.is_frozen[k]]
        is_full = plan.visits[j] >= ground.capacity[j] or plan.price[j] < ground.load[plan.visits[j]]
        leaving = max(movable, key=lambda k: (int(plan.paid[k]), -k)) if is_full and movable else UNSERVED
        if leaving != UNSERVED:
            self.withdraw(leaving)
        cost = exact_cost(ground, i, j)
        self.objective += int(cost + ground.load[plan.visits[j]])
        give(plan, i, j, cost)
        self.freeze(i)
        note_free(self.table, j)
        last = int(ground.load[plan.visits[j] - 1])
        if plan.price[j] < last:
            plan.price[j] = last
            set_floor(ground, self.table.rows, j, last)
        if leaving != UNSERVED:
            self.insert(leaving)

    def freeze(self, i: int) -> None:
        """Let no search move a served need."""
        self.table.plan.is_frozen[i] = True
        set_pays(self.table.ground, self.table.payers, self.table.plan, i)

    def visitors(self, j: int) -> Integers:
        """Needs of a responder, a copy."""
        plan = self.table.plan
        start = int(plan.first_visit[j])
        return plan.visitor[start : start + int(plan.visits[j])].copy()

    def instant(self, i: int) -> tuple[int, int] | None:
        """Cheapest free visit for an unserved need and its cost, if below the penalty; nobody moves."""
        ground, plan, rows = self.table.ground, self.table.plan, self.table.free_rows
        rows.used[0], rows.room[i] = 0, 0
        fill_row(ground, rows, i, 1, int(ground.penalty[i]))
        best: tuple[int, int] | None = None
        for edge in range(int(rows.start[i]), int(rows.start[i] + rows.size[i])):
            j = int(rows.to[edge])
            if plan.visits[j] < ground.capacity[j]:
                cost = int(rows.cost[edge] + ground.load[plan.visits[j]])
                if cost < (best[1] if best else int(ground.penalty[i])):
                    best = j, cost
        return best

    def add_need(
        self, *, xy: tuple[float, float], weight: int, masks: tuple[int, int], penalty: int, specials: dict[int, int]
    ) -> int:
        """Write a new need, not yet in the plan, and let the searches find it; return its inner number."""
        i, ground = self.needs, self.table.ground
        ground.need_xy[i], ground.weight[i], ground.penalty[i] = xy, weight, penalty
        ground.required[i], ground.needed[i] = np.uint64(masks[0]), np.uint64(masks[1])
        for j in sorted(specials):
            ground.special_responder[self._specials_end] = j
            ground.special_change[self._specials_end] = specials[j]
            list_special(ground, self.table.payers, i, self._specials_end)
            self._specials_end += 1
        ground.special_first[i + 1 :] = self._specials_end
        self.needs += 1
        hang_need(self.table, i)
        return i

    def add_responder(self, *, xy: tuple[float, float], capacity: int, masks: tuple[int, int], reach_m: float) -> int:
        """Write a new responder at a price nobody would pay, and let the searches find them."""
        j, ground, plan = self.responders, self.table.ground, self.table.plan
        ground.responder_xy[j], ground.capacity[j], ground.reach[j] = xy, capacity, reach_m
        self._capacity[j] = capacity
        ground.held[j], ground.spoken[j] = np.uint64(masks[0]), np.uint64(masks[1])
        plan.first_visit[j] = self._visits_end
        plan.first_visit[j + 1 :] = self._visits_end + capacity
        self._visits_end += capacity
        self.responders += 1
        hang_responder(self.table, j)
        found, gain = np.zeros(2, dtype=np.int64), np.zeros(2, dtype=np.int64)
        wanted = neediest(ground, self.table.payers, plan, (j, FORBIDDEN, 0), (found, gain, self.table.desk.distance))
        least = int(ground.load[0])
        plan.price[j] = max(least, -int(gain[0])) if wanted else least
        self.table.rows.floors_set[0] += 1
        set_floor(ground, self.table.rows, j, int(plan.price[j]))
        note_free(self.table, j)
        return j

    def situation(self, present: Integers) -> OpenSituation:
        """
        Copy out the problem of the needs present (inner numbers) and all responders, with plan and
        prices.
        """
        ground, plan = self.table.ground, self.table.plan
        pairs, change = self._special_pairs(present)
        declined = change == FORBIDDEN
        count = self.responders
        return OpenSituation(
            MatchingProblem(
                need_xy_m=ground.need_xy[present].copy(),
                responder_xy_m=ground.responder_xy[:count].copy(),
                capacity=self._capacity[:count].copy(),
                unserved_penalty=ground.penalty[present],
                required_skills=ground.required[present].copy(),
                held_skills=ground.held[:count].copy(),
                needed_languages=ground.needed[present].copy(),
                spoken_languages=ground.spoken[:count].copy(),
                language_cost=ground.language_cost,
                priority_weight=ground.weight[present].astype(np.int64),
                load_cost=ground.load.copy(),
                reach_m=ground.reach[:count].copy(),
                forbidden_pairs=pairs[declined],
                adjusted_pairs=pairs[~declined],
                pair_adjustment=change[~declined],
                detour_factor=ground.detour,
            ),
            plan.responder_of[present],
            plan.price[:count].copy(),
        )

    def _special_pairs(self, present: Integers) -> tuple[Integers, Integers]:
        ground = self.table.ground
        count = ground.special_first[present + 1] - ground.special_first[present]
        row = np.repeat(np.arange(present.size), count)
        within = np.arange(row.size) - np.repeat(np.cumsum(count) - count, count)
        place = np.repeat(ground.special_first[present], count) + within
        return np.column_stack([row, ground.special_responder[place]]), ground.special_change[place]
