"""The order in which a courier's stops are walked."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from juxing.dispatch.problems.solving import plane_metres
from juxing.dispatch.weights import DEFAULT_WEIGHTS
from juxing.needs.models import Need
from juxing.responders.models import Responder
from juxing.supplies.models import Depot

Point = tuple[float, float]


def walking_order(*, start: Depot | Responder, stops: Sequence[Need]) -> tuple[list[int], int]:
    """
    Return the stops' indices in the order they are walked from the start, and the way's length in metres.

    The walk ends at the last door: a helper goes home from there, not back to the depot. A place without a point is
    taken to lie at the first known one: it is walked, and adds nothing to the way.
    """
    from juxing_engine.routing import first_order

    points = [_point(place) for place in (start, *stops)]
    origin = next((point for point in points if point is not None), (0.0, 0.0))
    known = [point or origin for point in points]
    xy = plane_metres(np.array([x for x, _y in known]), np.array([y for _x, y in known]), origin=origin)
    distance = np.linalg.norm(xy[:, None, :] - xy[None, :, :], axis=2) * DEFAULT_WEIGHTS.detour_factor
    order = [0, *first_order(_with_free_end(distance), start=0, end=len(known))]
    length = sum(distance[here, there] for here, there in pairwise(order))
    return [place - 1 for place in order[1:]], round(float(length))


def _with_free_end(distance: np.ndarray) -> np.ndarray:
    """Add a last place that costs nothing to reach from anywhere, and that nothing is near to."""
    places = len(distance)
    free = np.zeros((places + 1, places + 1))
    free[:places, :places] = distance
    free[places, :places] = distance.max(initial=0.0) + 1.0
    return free


def _point(place: Depot | Responder | Need) -> Point | None:
    if place.longitude is None or place.latitude is None:
        return None
    return place.longitude, place.latitude
