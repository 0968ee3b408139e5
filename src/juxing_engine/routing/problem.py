"""What is to be delivered, by whom, when and under which conditions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

REQUIRED = -1
"""Skip penalty of a stop that may not be left out if anybody can serve it."""

ANY_COURIER = -1
"""Value of ``bound_to`` for a stop that any courier with the skills may take."""

MAX_METRES = 10**8
"""Largest distance, duration, time or penalty: above it sums of a round could leave the solver's range."""

MAX_WEIGHT = 1_000
"""Largest weight of distance and duration, for the same reason."""

SECONDS_PER_FLOOR = 25
"""Time to climb one floor with a load and come down again; our own assumption, stated with every plan."""

IntArray = NDArray[np.int64]

_BY_DEFAULT = cast("IntArray", None)


def stairs_s(floor: ArrayLike, has_lift: ArrayLike, *, seconds_per_floor: int = SECONDS_PER_FLOOR) -> IntArray:
    """
    Extra service seconds where there is no lift: floors above the first x ``seconds_per_floor``.

    Parameters
    ----------
    floor
        Floor of the door, 1 is the ground floor, shape ``(stops,)``.
    has_lift
        Whether the building has a working lift, same shape.
    """
    climbs = np.maximum(np.asarray(floor, np.int64) - 1, 0)
    return np.where(np.asarray(has_lift, bool), 0, climbs * seconds_per_floor).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Courier:
    """
    One courier (配送员) with a vehicle, for one round.

    Parameters
    ----------
    start, end
        Locations where the round begins and ends.
    capacity
        Load limit in every dimension of the problem; empty without limits.
    shift
        Earliest departure and latest return, seconds, in [0, MAX_METRES].
    skills
        Bit mask of skills held.
    max_distance_m
        Longest round, or None.
    fixed_cost
        Cost of going out at all, in the unit of the objective.
    locked
        Stops this courier makes first, in this order, whatever else changes: goods already on the way.
        Given back even if they break a window or the shift.
    """

    start: int = 0
    end: int = 0
    capacity: tuple[int, ...] = ()
    shift: tuple[int, int] = (0, MAX_METRES)
    skills: int = 0
    max_distance_m: int | None = None
    fixed_cost: int = 0
    locked: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class RoundProblem:
    """
    Stops and couriers of one planning run; arrays are copied and cannot be written.

    The objective is ``distance_weight x metres + duration_weight x seconds on the way + fixed costs +
    penalties of skipped stops``, all whole numbers.

    Parameters
    ----------
    distance_m, duration_s
        From row to column, shape ``(locations, locations)``, whole, in [0, MAX_METRES]; need not be
        symmetric.
    location
        Where each stop is, shape ``(stops,)``.
    couriers
        At least one.
    delivery, returned
        Load to bring and to take back, shape ``(stops, dimensions)``; None: nothing.
    service_s
        Seconds at the door, stairs included (`stairs_s`), shape ``(stops,)``; None: 0.
    window_s
        Earliest and latest start of service, shape ``(stops, 2)``; None: any time.
    skip_penalty
        What leaving a stop out costs, shape ``(stops,)``, or ``REQUIRED``; None: all required.
    skills
        Bit mask of the skills a stop needs, shape ``(stops,)``; None: none.
    bound_to
        Index of the only courier who may serve a stop (whose vehicle holds the goods), or ``ANY_COURIER``.

    Raises
    ------
    ValueError
        If shapes disagree, values leave their range, or a locked stop is locked twice or bound to someone
        else.
    """

    distance_m: IntArray
    duration_s: IntArray
    location: IntArray
    couriers: tuple[Courier, ...]
    delivery: IntArray = _BY_DEFAULT
    returned: IntArray = _BY_DEFAULT
    service_s: IntArray = _BY_DEFAULT
    window_s: IntArray = _BY_DEFAULT
    skip_penalty: IntArray = _BY_DEFAULT
    skills: IntArray = _BY_DEFAULT
    bound_to: IntArray = _BY_DEFAULT
    distance_weight: int = 1
    duration_weight: int = 0

    def __post_init__(self) -> None:
        locations, stops = len(np.asarray(self.distance_m)), np.asarray(self.location).size
        dimensions = len(self.couriers[0].capacity) if self.couriers else 0
        anytime = np.tile([0, MAX_METRES], (stops, 1))
        shapes: dict[str, tuple[tuple[int, ...], ArrayLike, int, int]] = {
            "distance_m": ((locations, locations), 0, 0, MAX_METRES),
            "duration_s": ((locations, locations), 0, 0, MAX_METRES),
            "location": ((stops,), 0, 0, locations - 1),
            "delivery": ((stops, dimensions), 0, 0, MAX_METRES),
            "returned": ((stops, dimensions), 0, 0, MAX_METRES),
            "service_s": ((stops,), 0, 0, MAX_METRES),
            "window_s": ((stops, 2), anytime, 0, MAX_METRES),
            "skip_penalty": ((stops,), REQUIRED, REQUIRED, MAX_METRES),
            "skills": ((stops,), 0, 0, 2**62),
            "bound_to": ((stops,), ANY_COURIER, ANY_COURIER, len(self.couriers) - 1),
        }
        for name, (shape, default, lowest, highest) in shapes.items():
            given = getattr(self, name)
            values = np.broadcast_to(default, shape) if given is None else given
            object.__setattr__(self, name, _whole(name, values, shape, bounds=(lowest, highest)))
        self._check_couriers(locations, stops, dimensions)
        if np.any(self.window_s[:, 0] > self.window_s[:, 1]):
            raise ValueError("Expected every window_s to begin before it ends.")
        weights = (self.distance_weight, self.duration_weight)
        if min(weights) < 0 or max(weights) > MAX_WEIGHT:
            raise ValueError(f"Expected weights in [0, {MAX_WEIGHT}].")

    def _check_couriers(self, locations: int, stops: int, dimensions: int) -> None:
        if not self.couriers:
            raise ValueError("Expected at least one courier.")
        seen: set[int] = set()
        for number, courier in enumerate(self.couriers):
            _check_courier(courier, locations, dimensions)
            for stop in courier.locked:
                if not 0 <= stop < stops or stop in seen:
                    raise ValueError(f"Expected locked stops to exist and to be locked once, got {stop}.")
                if self.bound_to[stop] not in {ANY_COURIER, number}:
                    raise ValueError(f"Stop {stop} is locked to courier {number} and bound to another.")
                seen.add(stop)

    def part(self, stops: IntArray, couriers: IntArray) -> RoundPart:
        """
        The same problem for some couriers, their locked stops and some free stops, renumbered.

        Parameters
        ----------
        stops
            Free stops; none of them locked to or bound to a courier outside the part.
        couriers
            Couriers, in the order they are to be numbered.
        """
        locked = [stop for courier in couriers.tolist() for stop in self.couriers[courier].locked]
        names = np.concatenate([stops, np.array(locked, np.int64)])
        place = {int(stop): number for number, stop in enumerate(names)}
        number = np.full(len(self.couriers), ANY_COURIER)
        number[couriers] = np.arange(couriers.size)
        bound = self.bound_to[names]
        crew = [self.couriers[courier] for courier in couriers.tolist()]
        fields = ("location", "delivery", "returned", "service_s", "window_s", "skip_penalty", "skills")
        problem = replace(
            self,
            couriers=tuple(replace(who, locked=tuple(place[stop] for stop in who.locked)) for who in crew),
            bound_to=np.where(bound == ANY_COURIER, ANY_COURIER, number[bound]),
            **{name: getattr(self, name)[names] for name in fields},
        )
        return RoundPart(problem, names)

    @property
    def stops(self) -> int:
        """Number of stops."""
        return int(self.location.size)

    def may_serve(self, courier: int) -> NDArray[np.bool_]:
        """Whether a courier has the skills and is not excluded by ``bound_to``, shape ``(stops,)``."""
        lacking = self.skills & ~np.int64(self.couriers[courier].skills)
        free = (self.bound_to == ANY_COURIER) | (self.bound_to == courier)
        allowed: NDArray[np.bool_] = free & np.equal(lacking, 0)
        return allowed


@dataclass(frozen=True, slots=True, eq=False)
class RoundPart:
    """Part of a problem; ``names`` holds the original number of each of its stops."""

    problem: RoundProblem
    names: IntArray


def _check_courier(courier: Courier, locations: int, dimensions: int) -> None:
    if not (0 <= courier.start < locations and 0 <= courier.end < locations):
        raise ValueError(f"Expected start and end of couriers in [0, {locations}).")
    if len(courier.capacity) != dimensions or min(courier.capacity, default=0) < 0:
        raise ValueError(f"Expected every courier with {dimensions} capacities >= 0.")
    if not 0 <= courier.shift[0] <= courier.shift[1] <= MAX_METRES:
        raise ValueError(f"Expected shifts in [0, {MAX_METRES}] that begin before they end.")
    longest = 0 if courier.max_distance_m is None else courier.max_distance_m
    if min(courier.skills, courier.fixed_cost, longest) < 0:
        raise ValueError("Expected skills, fixed_cost and max_distance_m >= 0.")


def _whole(name: str, values: ArrayLike, shape: tuple[int, ...], *, bounds: tuple[int, int]) -> IntArray:
    array = np.asarray(values)
    if array.shape != shape:
        raise ValueError(f"Expected {name} of shape {shape}, got {array.shape}.")
    if array.dtype.kind == "f" and not np.all(np.isfinite(array) & (array == np.floor(array))):
        raise ValueError(f"Expected {name} to hold whole, finite numbers.")
    if array.size and not (array.min() >= bounds[0] and array.max() <= bounds[1]):
        raise ValueError(f"Expected {name} in [{bounds[0]}, {bounds[1]}].")
    whole = array.astype(np.int64)
    whole.setflags(write=False)
    return whole
