"""
A row of stops shared over vehicles, as pure reckoning: whole numbers in, ranges out, nothing read or written.

Stops stand in the order of their bearing and are cut into one stretch for each vehicle, in the vehicles' order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot

Point = tuple[float, float]
"""Metres east and north of the depot."""
Range = tuple[int, int]
"""Half open: from, up to."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Boxes that go onto one vehicle together, and what they weigh as far as that is known."""

    boxes: int
    grams: int = 0


@dataclass(frozen=True, slots=True)
class Cut:
    """One range for each vehicle, in the order of the vehicles; ``reached`` is the first piece left over."""

    ranges: Sequence[Range]
    reached: int


def share_over(pieces: Sequence[Piece], payloads: Sequence[int | None]) -> list[Range] | None:
    """
    Return one range for each vehicle so that the fullest has as few boxes as possible and none carries too much.

    ``payloads`` are in grams, None where nobody said. None is returned where no cut in this order fits. Exact for the
    order of the vehicles: filling each as far as it goes reaches farthest, so the least bound is found by halving.
    """
    low, high = max((piece.boxes for piece in pieces), default=0), sum(piece.boxes for piece in pieces)
    if filled(pieces, payloads, high).reached < len(pieces):
        return None
    while low < high:
        bound = (low + high) // 2
        low, high = (low, bound) if filled(pieces, payloads, bound).reached == len(pieces) else (bound + 1, high)
    return list(filled(pieces, payloads, low).ranges)


def filled(pieces: Sequence[Piece], payloads: Sequence[int | None], bound: int) -> Cut:
    """Fill vehicle after vehicle with what comes next, up to ``bound`` boxes and its payload."""
    ranges, at = [], 0
    for payload in payloads:
        start, boxes, grams = at, 0, 0
        while at < len(pieces):
            piece = pieces[at]
            if boxes + piece.boxes > bound or (payload is not None and grams + piece.grams > payload):
                break
            boxes, grams, at = boxes + piece.boxes, grams + piece.grams, at + 1
        ranges.append((start, at))
    return Cut(ranges, at)


def fitted(pieces: Sequence[Piece], payloads: Sequence[int | None]) -> list[int | None]:
    """Return for each piece the first vehicle with room for it, None where no vehicle has any."""
    left = list(payloads)
    found: list[int | None] = []
    for piece in pieces:
        place = next((at for at, room in enumerate(left) if room is None or room >= piece.grams), None)
        found.append(place)
        if place is not None and (room := left[place]) is not None:
            left[place] = room - piece.grams
    return found


def nearest_first(codes: Sequence[str], points: Mapping[str, Point]) -> list[str]:
    """Return the stops in the order in which each is the nearest of those left; unknown places last, by code."""
    left, here, ordered = sorted(code for code in codes if code in points), (0.0, 0.0), []
    while left:
        nearest = min(left, key=lambda code: hypot(points[code][0] - here[0], points[code][1] - here[1]))
        left.remove(nearest)
        ordered.append(nearest)
        here = points[nearest]
    return [*ordered, *sorted(code for code in codes if code not in points)]
