"""One rounds problem as PyVRP data, built from arrays, and solutions back again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from juxing_engine.routing.plan import LEFT_OUT, heaviest_load, walk_through
from juxing_engine.routing.problem import MAX_METRES, REQUIRED, IntArray, RoundProblem

if TYPE_CHECKING:
    import pyvrp

_FORBIDDEN = 1 << 44
"""Length of an arc nobody may use; the largest value the library accepts."""


class PyvrpModel:
    """
    The stops that are free to move, for the couriers that can still take some.

    A courier with locked stops starts where the last one is left, with what room and time remain. As such a
    courier returns anyway, its distances are reduced by ``d(., end)`` so that only the detour counts; this
    needs the triangle inequality and is otherwise cut off at zero.

    Parameters
    ----------
    problem
        What to plan.
    servable
        Whether a stop can be served by anybody, shape ``(stops,)``; the others are left out.
    required_may_be_left
        Turn required stops into optional ones of penalty `LEFT_OUT`: for problems without any complete plan.
    """

    def __init__(self, problem: RoundProblem, *, servable: np.ndarray, required_may_be_left: bool = False) -> None:
        self.problem = problem
        locked = [stop for who in problem.couriers for stop in who.locked]
        free = servable.copy()
        free[locked] = False
        self.stops: IntArray = np.flatnonzero(free).astype(np.int64)
        self._client = {int(stop): number for number, stop in enumerate(self.stops)}
        self._depot: dict[int, int] = {}
        self._profiles: dict[tuple[object, ...], int] = {}
        self._allowed: list[tuple[np.ndarray, int | None]] = []
        self._types: dict[tuple[object, ...], int] = {}
        self._members: list[list[int]] = []
        self._type_values: list[dict[str, Any]] = []
        for courier in range(len(problem.couriers)):
            self._add_courier(courier)
        if not self.is_empty:
            self.data = self._data(required_may_be_left)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to plan."""
        return not self.stops.size or not self._members

    def _data(self, required_may_be_left: bool) -> pyvrp.ProblemData:
        import pyvrp

        types = zip(self._members, self._type_values, strict=True)
        return pyvrp.ProblemData(
            [pyvrp.Location(0, 0) for _ in self._places()],
            self._clients(required_may_be_left),
            [pyvrp.Depot(number) for number in range(len(self._depot))],
            [pyvrp.VehicleType(num_available=len(members), **values) for members, values in types],
            *self._matrices(),
        )

    def _add_courier(self, courier: int) -> None:
        problem, who = self.problem, self.problem.couriers[courier]
        done = walk_through(problem, courier, who.locked)
        if who.locked and done.returns_s > who.shift[1]:
            return
        place = int(problem.location[who.locked[-1]]) if who.locked else who.start
        leg = int(problem.duration_s[place, who.end])
        ready = done.returns_s - leg if who.locked else who.shift[0]
        room = np.array(who.capacity, np.int64) - heaviest_load(problem, who.locked)
        walked = done.distance_m - int(problem.distance_m[place, who.end]) if who.locked else 0
        longest = who.max_distance_m
        if np.any(room < 0) or (longest is not None and longest < walked):
            return
        counts_detour = bool(who.locked) and longest is None
        values: dict[str, Any] = {
            "capacity": room.tolist(),
            "start_depot": self._depot.setdefault(place, len(self._depot)),
            "end_depot": self._depot.setdefault(who.end, len(self._depot)),
            "fixed_cost": 0 if who.locked else who.fixed_cost,
            "tw_early": ready,
            "tw_late": who.shift[1],
            "unit_distance_cost": problem.distance_weight,
            "unit_duration_cost": problem.duration_weight,
            "profile": self._profile(courier, who.end if counts_detour else None),
        }
        if longest is not None:
            values["max_distance"] = longest - walked
        key = tuple((name, str(value)) for name, value in values.items())
        number = self._types.setdefault(key, len(self._types))
        if number == len(self._members):
            self._members.append([])
            self._type_values.append(values)
        self._members[number].append(courier)

    def _profile(self, courier: int, end: int | None) -> int:
        allowed = self.problem.may_serve(courier)[self.stops]
        key = (allowed.tobytes(), end)
        if key not in self._profiles:
            self._profiles[key] = len(self._profiles)
            self._allowed.append((allowed, end))
        return self._profiles[key]

    def _places(self) -> IntArray:
        return np.concatenate([np.array(list(self._depot), np.int64), self.problem.location[self.stops]])

    def _clients(self, required_may_be_left: bool) -> list[pyvrp.Client]:
        import pyvrp

        problem, first = self.problem, len(self._depot)
        clients = []
        for number, stop in enumerate(self.stops.tolist()):
            penalty = int(problem.skip_penalty[stop])
            if penalty == REQUIRED and required_may_be_left:
                penalty = LEFT_OUT
            clients.append(
                pyvrp.Client(
                    first + number,
                    delivery=problem.delivery[stop].tolist(),
                    pickup=problem.returned[stop].tolist(),
                    service_duration=int(problem.service_s[stop]),
                    tw_early=int(problem.window_s[stop, 0]),
                    tw_late=int(problem.window_s[stop, 1]),
                    prize=max(0, penalty),
                    required=penalty == REQUIRED,
                )
            )
        return clients

    def _matrices(self) -> tuple[Any, Any]:
        places, depots = self._places(), len(self._depot)
        distance = self.problem.distance_m[np.ix_(places, places)]
        duration = self.problem.duration_s[np.ix_(places, places)]
        distances: list[IntArray] = []
        durations: list[IntArray] = []
        for allowed, end in self._allowed:
            closed = np.concatenate([np.zeros(depots, bool), ~allowed])
            home = np.zeros(places.size, np.int64) if end is None else self.problem.distance_m[places, end]
            detour = np.maximum(distance + home[None, :] - home[:, None], 0)
            for matrix, kept in ((detour, distances), (duration.copy(), durations)):
                matrix[closed] = _FORBIDDEN
                matrix[:, closed] = _FORBIDDEN
                np.fill_diagonal(matrix, 0)
                kept.append(matrix)
        return distances, durations

    def solution(self, rounds: Sequence[Sequence[int]]) -> pyvrp.Solution:
        """The free part of these rounds, as a starting point."""
        import pyvrp

        routes = []
        for number, members in enumerate(self._members):
            for courier in members:
                stops = rounds[courier][len(self.problem.couriers[courier].locked) :]
                visits = [self._client[stop] for stop in stops if stop in self._client]
                if visits:
                    routes.append(pyvrp.Route(self.data, visits, number))
        return pyvrp.Solution(self.data, routes)

    def rounds(self, solution: pyvrp.Solution) -> list[list[int]]:
        """Stops of each courier, locked ones first."""
        rounds = [list(who.locked) for who in self.problem.couriers]
        waiting = [list(reversed(members)) for members in self._members]
        for route in solution.routes():
            courier = waiting[route.vehicle_type()].pop()
            rounds[courier] += [int(self.stops[visit.idx]) for visit in route if visit.is_client()]
        return rounds


def servable_stops(problem: RoundProblem) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """
    Which stops somebody may serve, could also carry, and could also reach in time, alone on their round.

    Returns three masks of shape ``(stops,)``, each within the one before it.
    """
    may, fits, in_time = (np.zeros(problem.stops, bool) for _ in range(3))
    load = np.maximum(problem.delivery, problem.returned)
    for courier, who in enumerate(problem.couriers):
        allowed = problem.may_serve(courier)
        carried = allowed & np.all(load <= np.array(who.capacity, np.int64), axis=1)
        there = problem.location
        starts = np.maximum(who.shift[0] + problem.duration_s[who.start, there], problem.window_s[:, 0])
        back = starts + problem.service_s + problem.duration_s[there, who.end]
        longest = MAX_METRES * 4 if who.max_distance_m is None else who.max_distance_m
        length = problem.distance_m[who.start, there] + problem.distance_m[there, who.end]
        may |= allowed
        fits |= carried
        kept = (starts <= problem.window_s[:, 1]) & (back <= who.shift[1]) & (length <= longest)
        in_time |= carried & kept
    return may, fits, in_time
