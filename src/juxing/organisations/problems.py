"""Places and people to engine arrays and back: the only module of this room that calls the engine."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from juxing.kernel.areas import AFTER_EVERY_CODE_CHARACTER

METRES_PER_DEGREE = 111_195.0
BUDGET_S = 6.0
CHANGE_M = 150
"""A place changes hands only for a way at least this much shorter: people know their building's person."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place to answer for; ``account_id`` is who does today."""

    code: str
    households: int
    longitude: float | None
    latitude: float | None
    account_id: int | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who can answer for places inside ``area_codes``; ``load`` lies outside the places asked about."""

    account_id: int
    area_codes: tuple[str, ...]
    limit: int
    load: int = 0


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal: who for each place (None: nobody may), households above limits before and after, and the proof."""

    account_of: dict[str, int | None]
    overload_before: int
    overload: int
    is_optimal: bool
    way_gap_percent: float


def propose(places: Sequence[Place], holders: Sequence[Holder], *, keep: bool) -> Proposed:
    """
    Propose who answers for each place: fewest households above the limits, then the shortest ways.

    A holder starts from the middle of what is answered for already, else from a place of the own areas far from the
    others' starting points. With ``keep`` a place changes hands only where that saves overload or a longer way.
    """
    import scipy.optimize  # noqa: F401 - loading it takes seconds on a busy machine, which are no part of the budget

    from juxing_engine.control import Control
    from juxing_engine.responsibility import NOBODY, ResponsibilityProblem, assign_places
    from juxing_engine.responsibility.solve import overload_of

    if not places or not holders:
        return Proposed({place.code: None for place in places}, 0, 0, True, 0.0)
    xy = _plane(places)
    column = {holder.account_id: number for number, holder in enumerate(holders)}
    current = np.array([column.get(place.account_id or 0, NOBODY) for place in places], dtype=np.int64)
    may = np.array([[_inside(place.code, holder.area_codes) for holder in holders] for place in places], dtype=bool)
    problem = ResponsibilityProblem(
        place_xy_m=xy,
        households=np.array([place.households for place in places], dtype=np.int64),
        holder_xy_m=_starts(xy, may, current, len(holders)),
        limit=np.array([holder.limit for holder in holders], dtype=np.int64),
        may=may,
        load=np.array([holder.load for holder in holders], dtype=np.int64),
        current=np.where(may[np.arange(len(places)), current] & (current != NOBODY), current, NOBODY),
        change_m=CHANGE_M if keep else 0,
    )
    found = assign_places(problem, control=Control(budget_s=BUDGET_S))
    gap = 100 * (found.way - found.way_bound) / found.way if found.way else 0.0
    return Proposed(
        account_of={
            place.code: holders[int(number)].account_id if number != NOBODY else None
            for place, number in zip(places, found.holder_of, strict=True)
        },
        overload_before=overload_of(problem, current),
        overload=found.overload,
        is_optimal=found.is_optimal,
        way_gap_percent=round(gap, 1),
    )


def _inside(code: str, areas: Sequence[str]) -> bool:
    return any(area <= code < area + AFTER_EVERY_CODE_CHARACTER for area in areas)


def _plane(places: Sequence[Place]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Metres east and north of the places' middle; a place without coordinates stands in it."""
    known = [(place.longitude, place.latitude) for place in places if place.longitude and place.latitude]
    east = sum(float(point[0]) for point in known) / len(known) if known else 0.0
    north = sum(float(point[1]) for point in known) / len(known) if known else 0.0
    narrowing = math.cos(math.radians(north))
    return np.array(
        [
            (((place.longitude or east) - east) * METRES_PER_DEGREE * narrowing,
             ((place.latitude or north) - north) * METRES_PER_DEGREE)
            for place in places
        ]
    )  # fmt: skip


def _starts(
    xy: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    may: np.ndarray[tuple[int, int], np.dtype[np.bool_]],
    current: np.ndarray[tuple[int], np.dtype[np.int64]],
    holders: int,
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    starts = np.zeros((holders, 2))
    set_already: list[int] = []
    for number in range(holders):
        if (current == number).any():
            starts[number] = xy[current == number].mean(axis=0)
            set_already.append(number)
    for number in range(holders):
        own = np.flatnonzero(may[:, number])
        if number in set_already or not own.size:
            continue
        if set_already:
            apart = np.hypot(*(xy[own][:, None, :] - starts[set_already][None, :, :]).transpose(2, 0, 1))
            starts[number] = xy[own[int(apart.min(axis=1).argmax())]]
        else:
            starts[number] = xy[own].mean(axis=0)
        set_already.append(number)
    return starts
