"""
A plan kept optimal while the day goes on: needs arrive and are cancelled, responders drop out and join.
"""

from __future__ import annotations

import numpy as np

from juxing_engine.live_matching.events import Arrival, Change, Move, NewNeed, NewResponder, Placement
from juxing_engine.live_matching.optimal_plan import OptimalPlan
from juxing_engine.live_matching.snapshot import Snapshot
from juxing_engine.matching.ground import FORBIDDEN
from juxing_engine.matching.problem import UNSERVED, Integers, MatchingProblem
from juxing_engine.matching.result import Matching
from juxing_engine.matching.solve import match


class LiveMatching:
    """
    An optimal plan and the means to keep it so.

    Needs and responders keep the numbers of the problem; those who come later get the next ones. After
    every event the plan is optimal over all pairs, given the frozen ones; `snapshot` lets anybody prove it.

    Parameters
    ----------
    problem
        The situation at the start.
    matching
        Its *optimal* plan, as `match` gives it; computed when None.
    spare
        Needs and responders that may come before the table is laid anew (some tenths of a second in a
        district).

    Raises
    ------
    ValueError
        If the plan given is not proven optimal.

    Notes
    -----
    Not to be used by several threads at once; a `snapshot` is a copy and may be certified elsewhere. Every
    event's `Change` names all needs whose responder changed, so moves can be counted and priced before
    anyone is told.
    """

    def __init__(
        self, problem: MatchingProblem, matching: Matching | None = None, *, spare: tuple[int, int] = (4_096, 512)
    ) -> None:
        matching = matching or match(problem)
        if not matching.is_optimal:
            raise ValueError("Expected a plan proven optimal.")
        self._spare = spare
        self._next_need, self._next_responder = problem.needs, problem.responders
        nobody = np.zeros(problem.needs, dtype=np.bool_)
        numbers = np.arange(problem.needs), np.arange(problem.responders)
        self._lay(Snapshot(problem, matching.responder_of, matching.prices, nobody, *numbers))

    def _lay(self, snapshot: Snapshot) -> None:
        """Lay the table from a snapshot, with fresh room for those to come."""
        self._plan = OptimalPlan(snapshot.problem, snapshot.responder_of, snapshot.prices, self._spare)
        ground = self._plan.table.ground
        need_order = ground.need_order
        self._need_number: list[int] = snapshot.need_numbers[need_order].tolist()
        self._responder_number: list[int] = snapshot.responder_numbers[ground.responder_order].tolist()
        self._need_place = {number: place for place, number in enumerate(self._need_number)}
        self._responder_place = {number: place for place, number in enumerate(self._responder_number)}
        for i in np.flatnonzero(snapshot.is_frozen[need_order]):
            self._plan.freeze(int(i))

    @property
    def objective(self) -> int:
        """Cost of the plan now: pairs, penalties, load."""
        return self._plan.objective

    def responder_of(self, need: int) -> int:
        """Who visits a need now, or ``UNSERVED``; raises ``KeyError`` for a need that is gone."""
        return self._number_of(int(self._chosen()[self._need_place[need]]))

    def arrive(self, need: NewNeed) -> Arrival:
        """
        Take a new need into the plan at least total cost, moving others where that pays.

        The instant answer comes with it; to use that one, call `place` with it instead of telling those who
        moved.

        Raises
        ------
        KeyError
            If a responder named in ``declined`` or ``changes`` is unknown.
        """
        specials = {self._responder_place[j]: change for j, change in need.changes.items()}
        specials |= {self._responder_place[j]: FORBIDDEN for j in need.declined}
        if not self._plan.has_room_for_need(len(specials)):
            self._lay(self.snapshot())
            specials = {self._responder_place[j]: change for j, change in need.changes.items()}
            specials |= {self._responder_place[j]: FORBIDDEN for j in need.declined}
        i = self._plan.add_need(
            xy=(need.x_m, need.y_m),
            weight=need.priority_weight,
            masks=(need.required_skills, need.needed_languages),
            penalty=need.unserved_penalty,
            specials=specials,
        )
        number, self._next_need = self._next_need, self._next_need + 1
        self._need_number.append(number)
        self._need_place[number] = i
        quick = self._plan.instant(i)
        before, cost = self._chosen().copy(), self.objective
        self._plan.insert(i)
        change = self._change(before, cost, apart=i)
        instant = Placement(self._number_of(quick[0]), quick[1]) if quick else None
        otherwise = instant.cost if instant else need.unserved_penalty
        return Arrival(number, instant, self._number_of(int(self._chosen()[i])), change, otherwise - change.cost)

    def cancel(self, need: int) -> Change:
        """Take a need out, and put its visit to the best use; raises ``KeyError`` for one that is gone."""
        i = self._need_place.pop(need)
        before, cost = self._chosen().copy(), self.objective
        j = self._plan.withdraw(i)
        self._plan.forget(i)
        if j != UNSERVED:
            self._plan.release(j)
        return self._change(before, cost, apart=i)

    def drop_out(self, responder: int) -> Change:
        """
        Take a responder out; each of their needs, frozen or not, goes where that is cheapest.

        Raises ``KeyError`` for a responder who is gone.
        """
        j = self._responder_place.pop(responder)
        before, cost = self._chosen().copy(), self.objective
        left = self._plan.visitors(j)
        for i in left:
            self._plan.withdraw(int(i))
        self._plan.shut(j)
        for i in left:
            self._plan.insert(int(i))
        return self._change(before, cost)

    def join(self, responder: NewResponder) -> tuple[int, Change]:
        """Take a new responder in; return their number and what their visits improve."""
        if not self._plan.has_room_for_responder(responder.capacity):
            self._lay(self.snapshot())
        before, cost = self._chosen().copy(), self.objective
        j = self._plan.add_responder(
            xy=(responder.x_m, responder.y_m),
            capacity=responder.capacity,
            masks=(responder.held_skills, responder.spoken_languages),
            reach_m=responder.reach_m,
        )
        number, self._next_responder = self._next_responder, self._next_responder + 1
        self._responder_number.append(number)
        self._responder_place[number] = j
        self._plan.release(j)
        return number, self._change(before, cost)

    def place(self, need: int, responder: int) -> Change:
        """
        Put a need with a responder, and freeze the pair: somebody decided.

        The responder needs a visit that is free or held by a pair not frozen: between an `arrive` and this, the exact
        plan may have used the very visit its instant answer named. The visit the need leaves is put to use; a visit
        that makes room, or that load costs make cheaper elsewhere, goes there; the change names all who move.

        Raises
        ------
        ValueError
            If the pair may not meet or all visits of the responder are frozen.
        """
        i, j = self._need_place[need], self._responder_place[responder]
        now = int(self._chosen()[i])
        if now != j and not self._plan.can_take(i, j):
            raise ValueError("The pair may not meet, or the responder has no visit free or still to be moved.")
        before, cost = self._chosen().copy(), self.objective
        if now == j:
            self._plan.freeze(i)
            return self._change(before, cost)
        self._plan.withdraw(i)
        if now != UNSERVED:
            # First, or whoever moves next would be charged its price for a visit nobody wants at that price.
            self._plan.release(now)
        self._plan.force(i, j)
        return self._change(before, cost)

    def confirm(self, need: int) -> None:
        """Freeze a need with its responder: no later event moves it. ``ValueError`` if nobody visits it."""
        i = self._need_place[need]
        if self._chosen()[i] == UNSERVED:
            raise ValueError("Nobody visits this need.")
        self._plan.freeze(i)

    def snapshot(self) -> Snapshot:
        """Copy the situation as a problem with its plan and prices; some milliseconds in a district."""
        present = np.array(sorted(self._need_place.values()), dtype=np.int64)
        situation = self._plan.situation(present)
        return Snapshot(
            problem=situation.problem,
            responder_of=situation.responder_of,
            prices=situation.prices,
            is_frozen=self._plan.table.plan.is_frozen[present],
            need_numbers=np.array(self._need_number, dtype=np.int64)[present],
            responder_numbers=np.array(self._responder_number, dtype=np.int64),
        )

    def _chosen(self) -> Integers:
        return self._plan.table.plan.responder_of

    def _number_of(self, j: int) -> int:
        return self._responder_number[j] if j != UNSERVED else UNSERVED

    def _change(self, before: Integers, cost: int, *, apart: int = -1) -> Change:
        after = self._chosen()
        moved = [int(i) for i in np.flatnonzero(before != after) if i != apart]
        moves = tuple(
            Move(self._need_number[i], self._number_of(int(before[i])), self._number_of(int(after[i]))) for i in moved
        )
        return Change(self.objective - cost, moves)
