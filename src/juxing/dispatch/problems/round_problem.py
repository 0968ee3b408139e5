"""Stops and couriers to the engine's arrays: one matrix of ways, loads, windows, skills, and where goods lie."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from juxing.dispatch import delivery_terms as terms
from juxing.dispatch.problems.round_reading import CourierSeen, Point, Stop
from juxing.dispatch.problems.solving import GATE_BIT, SKILL_BIT, gates_passed, plane_metres

if TYPE_CHECKING:
    from juxing_engine.routing import Courier, RoundProblem

DEPOT_BIT = 20
MOST_DEPOTS = 40
"""Depots that can be told apart in one plan: each is a bit beside the skills."""


@dataclass(frozen=True, slots=True)
class RoundsAsked:
    """A problem of rounds with what its numbers stand for: stop i is ``stops[i]``, courier j is ``couriers[j]``."""

    stops: Sequence[Stop]
    couriers: Sequence[CourierSeen]
    depots: Sequence[int | None]
    problem: RoundProblem
    now: datetime


def round_problem(
    stops: Sequence[Stop], couriers: Sequence[CourierSeen], *, depots: Mapping[int, Point], now: datetime
) -> RoundsAsked:
    """
    Return the engine's problem.

    Accepted stops belong to the helper who said yes, whatever skill or load: a person decided. Waiting ones may go to
    anyone with the skills who starts where the goods lie. Rounds end at the last door.
    """
    from juxing_engine.routing import RoundProblem, stairs_s

    known = dict(sorted(depots.items())[:MOST_DEPOTS])
    bits = {depot: 1 << (DEPOT_BIT + place) for place, depot in enumerate(known)}
    column = {courier.id: number for number, courier in enumerate(couriers)}
    bound = defaultdict(list)
    for stop in stops:
        if stop.responder_id is not None:
            bound[stop.responder_id].append(stop)
    start_depots = [_start_depot(courier, bound[courier.id], stops, known) for courier in couriers]
    starts = [known[depot] if depot is not None else courier.point
              for courier, depot in zip(couriers, start_depots, strict=True)]  # fmt: skip
    ways = _Ways([*starts, *(stop.point or _home(stop, starts, column) for stop in stops)])
    made = [
        _courier(courier, bound[courier.id], ways, row, depot_bit=bits.get(depot or 0, 0), now=now)
        for row, (courier, depot) in enumerate(zip(couriers, start_depots, strict=True))
    ]  # fmt: skip
    location = ways.place[len(couriers) :]
    bound_to = np.array([column.get(stop.responder_id or 0, -1) for stop in stops], np.int64)
    problem = RoundProblem(
        distance_m=ways.distance_m,
        duration_s=ways.duration_s,
        location=location,
        couriers=tuple(made),
        delivery=np.array([_load(stop) for stop in stops], np.int64).reshape(-1, 3),
        service_s=terms.HANDING_OVER_S
        + stairs_s([stop.floor or 1 for stop in stops], [bool(stop.has_lift) for stop in stops]),
        window_s=_windows(stops, ways.duration_s[:, location], made, bound_to, now=now),
        skip_penalty=np.array([-1 if who >= 0 else terms.LEFT_COSTS[stop.priority]
                               for stop, who in zip(stops, bound_to.tolist(), strict=True)], np.int64),
        skills=np.array([0 if stop.responder_id is not None else _needed(stop, bits) for stop in stops], np.int64),
        bound_to=bound_to,
        distance_weight=1,
        duration_weight=1,
    )  # fmt: skip
    return RoundsAsked(stops, couriers, start_depots, problem, now)


class _Ways:
    """Ways between distinct points, with one more place at the end that costs nothing to go to: home, unasked."""

    def __init__(self, points: Sequence[Point]) -> None:
        numbers: dict[Point, int] = {}
        self.place = np.array([numbers.setdefault(point, len(numbers)) for point in points], np.int64)
        self.end = len(numbers)
        longitude, latitude = (np.array([point[axis] for point in numbers], float) for axis in (0, 1))
        xy = plane_metres(longitude, latitude, origin=next(iter(numbers)))
        between = np.linalg.norm(xy[:, None, :] - xy[None, :, :], axis=2) * terms.DETOUR
        metres = np.rint(between).astype(np.int64)
        self.distance_m = self._with_end(metres)
        self.duration_s = self._with_end(np.rint(metres / terms.WALKING_M_PER_S).astype(np.int64))

    def _with_end(self, between: np.ndarray) -> np.ndarray:
        whole = np.zeros((self.end + 1, self.end + 1), np.int64)
        whole[: self.end, : self.end] = between
        # Nothing is near to the end, so no way ever leads through it.
        whole[self.end, : self.end] = between.max(initial=0) + 1
        return whole


def _courier(
    courier: CourierSeen, bound: Sequence[Stop], ways: _Ways, row: int, *, depot_bit: int, now: datetime
) -> Courier:
    """The first places of ``ways`` are the couriers' starts."""
    from juxing_engine.routing import Courier

    carried = np.array([_load(stop) for stop in bound], np.int64).reshape(-1, 3).sum(axis=0)
    parcels, heavy = terms.CARRIES[courier.transport]
    room = (len(bound) + courier.free_capacity, max(parcels, int(carried[1])), max(heavy, int(carried[2])))
    shift = terms.LONGEST_SHIFT_S
    if courier.until is not None and not bound:
        shift = max(0, min(shift, int((courier.until - now).total_seconds())))
    return Courier(
        start=int(ways.place[row]),
        end=ways.end,
        capacity=room,
        shift=(0, shift),
        skills=sum(SKILL_BIT[skill] for skill in set(courier.skills)) | gates_passed(courier.lacks) | depot_bit,
        max_distance_m=None if bound else 2 * courier.reach_m,
        fixed_cost=0 if bound else terms.GOING_OUT_M,
    )


def _start_depot(
    courier: CourierSeen, bound: Sequence[Stop], stops: Sequence[Stop], known: Mapping[int, Point]
) -> int | None:
    """Where the courier's own goods lie; else the nearest depot from which something waits to be brought."""
    own = Counter(stop.depot_id for stop in bound if stop.depot_id is not None and stop.depot_id in known)
    if own:
        return own.most_common(1)[0][0]
    if bound and not courier.free_capacity:
        return None
    asked = [depot for depot in known if any(
        stop.depot_id == depot and stop.responder_id is None for stop in stops)]  # fmt: skip
    if not asked:
        return None
    here = np.array(courier.point)
    away = [float(np.linalg.norm(np.array(known[depot]) - here)) for depot in asked]
    return asked[int(np.argmin(away))]


def _home(stop: Stop, starts: Sequence[Point], column: Mapping[int, int]) -> Point:
    """A door nobody knows adds nothing to the way: it is taken to lie where its courier starts."""
    return starts[column.get(stop.responder_id or 0, 0)]


def _load(stop: Stop) -> tuple[int, int, int]:
    is_carried = stop.need_type in terms.DELIVERED
    return 1, stop.line_count if is_carried else 0, int(stop.need_type in terms.HEAVY)


def _needed(stop: Stop, bits: Mapping[int, int]) -> int:
    gate = GATE_BIT.get(stop.task_type, 0)
    return sum(SKILL_BIT[skill] for skill in set(stop.required_skills)) | gate | bits.get(stop.depot_id or 0, 0)


def _windows(
    stops: Sequence[Stop], arrives_s: np.ndarray, couriers: Sequence[Courier], bound_to: np.ndarray, *, now: datetime
) -> np.ndarray:
    """
    Windows in seconds from now. What an accepted stop's courier cannot reach in time even by the straightest way binds
    no longer: they go there late rather than not at all.
    """
    anytime = (0, 10**8)
    found = []
    for row, stop in enumerate(stops):
        window = terms.window_of(stop.need_type, stop.priority, stop.due_at, now=now)
        who = int(bound_to[row])
        if window is not None and who >= 0 and arrives_s[couriers[who].start, row] > window[1]:
            window = None
        found.append(window or anytime)
    return np.array(found, np.int64).reshape(-1, 2)
