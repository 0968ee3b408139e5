"""
How responders behave in the simulation, drawn from the attendance funnel.

Many who reported in never come: of 100, 62 are placed, 41 check in at least once, 23 do three shifts, 9
ten. Nothing of this is ever loaded into the product.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from juxing_demo.day_tables import ResponderBehaviour
from juxing_demo.district_tables import ResponderTable
from juxing_demo.draws import Draws

OFFERS = 8
ON_SHIFT = (0.0, 0.0, 0.35, 0.65, 0.9)
"""Chance that a person checks in on a given day, by attendance stage."""

ANSWERS_ON_SHIFT = (0.74, 0.14)
ANSWERS_OFF_SHIFT = (0.16, 0.30)
"""Shares that accept and decline; the rest is silent."""

SHOWS_UP = 0.94
REACTION_MIN = ((0.0, 1.0), (0.5, 6.0), (0.8, 20.0), (0.95, 60.0), (1.0, 180.0))
"""Quantiles of the minutes until an answer."""


def draw_behaviour(responders: ResponderTable, seed: int, day: int) -> ResponderBehaviour:
    """Behaviour of every responder for the offers of one day."""
    count = len(responders)
    draws = Draws(seed, count, "behaviour", day)
    on_shift = draws.chance(np.array(ON_SHIFT)[responders.attendance_stage])
    shape = (count, OFFERS)
    value = draws.uniform(count * OFFERS).reshape(shape)
    accept, decline = (
        np.where(on_shift, on, off)[:, None] for on, off in zip(ANSWERS_ON_SHIFT, ANSWERS_OFF_SHIFT, strict=True)
    )
    answer = np.where(value < accept, 0, np.where(value < accept + decline, 1, 2)).astype(np.int32)
    shows_up = (answer == 0) & on_shift[:, None] & draws.chance(SHOWS_UP, count * OFFERS).reshape(shape)
    return ResponderBehaviour(
        is_on_shift=on_shift,
        answer=answer,
        react_min=_minutes(draws, shape, REACTION_MIN),
        shows_up=shows_up,
        travel_min=_minutes(draws, shape, ((0.0, 3.0), (0.6, 10.0), (0.95, 25.0), (1.0, 45.0))),
        work_min=_minutes(draws, shape, ((0.0, 5.0), (0.6, 18.0), (0.95, 50.0), (1.0, 120.0))),
    )


def _minutes(draws: Draws, shape: tuple[int, int], quantiles: tuple[tuple[float, float], ...]) -> NDArray[np.int32]:
    """Whole minutes with the given quantiles, linear between them."""
    value = draws.uniform(shape[0] * shape[1]).reshape(shape)
    shares, minutes = zip(*quantiles, strict=True)
    return np.asarray(np.interp(value, shares, minutes), dtype=np.int32)
