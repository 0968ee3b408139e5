"""
A sketch of a round: numbered doors, the way between them and a scale, as plain numbers for an SVG.

Drawn by the server, so that it is there without signal and on paper. It shows buildings, never persons.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT, MARGIN = 720, 420, 44
LEAST_EXTENT_M = 60.0
METRES_PER_DEGREE = 111_195.0
BARS_M = (20, 50, 100, 200, 500, 1000, 2000, 5000)
FITS_BAR_PX = 160
HAN_PX, LATIN_PX, LABEL_PX, GAP_PX, START_LABEL_PX = 15, 9, 15, 5, 50
"""Sizes of a label's letters, how far it stands from its mark, and how wide the start's is."""
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """A door on the sketch; ``kind`` is done, offered, urgent, life_critical or plain ""."""

    number: int
    point: Point
    label: str
    kind: str = ""


def sketch(start: Point | None, marks: Sequence[Mark], *, phone: bool = False) -> dict[str, Any] | None:
    """Return places in pixels, the way and the scale; None when no door has a known point."""
    if not marks:
        return None
    width, height = (420, 420) if phone else (WIDTH, HEIGHT)
    points = [mark.point for mark in marks] + ([start] if start is not None else [])
    scale, place = _projection(points, width, height)
    ahead = [mark for mark in marks if mark.kind != "done"]
    done = [mark for mark in marks if mark.kind == "done"]
    begin = [start] if start is not None and not done else []
    here = [mark.point for mark in done[-1:]]
    bar_m = max([metres for metres in BARS_M if metres * scale <= FITS_BAR_PX], default=BARS_M[0])
    return {
        "width": width, "height": height,
        "start": _at(place(start)) if start is not None else None,
        "way": _line([place(point) for point in [*begin, *here, *(mark.point for mark in ahead)]]),
        "done": _line([place(point) for point in [*([start] if start else []), *(mark.point for mark in done)]])
        if done else "",
        "stops": _labelled(
            [_stop(group, place) for group in _grouped(marks)], _Box(0, 0, width, height),
            besides=[_start_label(place(start))] if start is not None else [],
        ),
        "bar": {"x": MARGIN // 2, "y": height - 14, "to": MARGIN // 2 + round(bar_m * scale), "metres": bar_m},
    }  # fmt: skip


def _projection(points: Sequence[Point], width: int, height: int) -> tuple[float, Any]:
    west, east = min(x for x, _y in points), max(x for x, _y in points)
    south, north = min(y for _x, y in points), max(y for _x, y in points)
    shrink = math.cos(math.radians((south + north) / 2))
    wide = max((east - west) * METRES_PER_DEGREE * shrink, LEAST_EXTENT_M)
    high = max((north - south) * METRES_PER_DEGREE, LEAST_EXTENT_M)
    scale = min((width - 2 * MARGIN) / wide, (height - 2 * MARGIN) / high)
    middle = (west + east) / 2, (south + north) / 2

    def place(point: Point) -> tuple[int, int]:
        x = width / 2 + (point[0] - middle[0]) * METRES_PER_DEGREE * shrink * scale
        y = height / 2 - (point[1] - middle[1]) * METRES_PER_DEGREE * scale
        return round(x), round(y)

    return scale, place


def _grouped(marks: Sequence[Mark]) -> list[list[Mark]]:
    """Doors of one building share a mark."""
    groups: dict[Point, list[Mark]] = {}
    for mark in marks:
        groups.setdefault(mark.point, []).append(mark)
    return list(groups.values())


def _stop(group: Sequence[Mark], place: Any) -> dict[str, Any]:
    x, y = place(group[0].point)
    kinds = {mark.kind for mark in group}
    order = ("life_critical", "urgent", "", "offered", "done")
    numbers = ",".join(str(mark.number) for mark in group[:3]) + ("…" if len(group) > 3 else "")
    return {
        "x": x, "y": y, "radius": 15 if len(numbers) <= 2 else 15 + 4 * (len(numbers) - 2), "numbers": numbers,
        "text_y": y + 5, "kind": next(kind for kind in order if kind in kinds), "label": group[0].label,
    }  # fmt: skip


def _labelled(stops: list[dict[str, Any]], whole: _Box, *, besides: list[_Box]) -> list[dict[str, Any]]:
    """Put each label where it covers no mark and no label before it; where there is no room the list below tells."""
    taken = [_Box(stop["x"] - stop["radius"], stop["y"] - stop["radius"], 2 * stop["radius"], 2 * stop["radius"])
             for stop in stops]  # fmt: skip
    taken += besides
    labelled = []
    for stop in stops:
        wide = sum(LATIN_PX if letter.isascii() else HAN_PX for letter in stop["label"])
        x, y, away = stop["x"], stop["y"], stop["radius"] + GAP_PX
        places = [("start", x + away, y + 4, x + away), ("end", x - away, y + 4, x - away - wide),
                  ("middle", x, y + away + 10, x - wide // 2), ("middle", x, y - away, x - wide // 2)]  # fmt: skip
        for anchor, label_x, label_y, left in places:
            box = _Box(left, label_y - LABEL_PX, wide, LABEL_PX + 2)
            if box.is_within(whole) and not any(box.meets(other) for other in taken):
                taken.append(box)
                labelled.append({**stop, "label_x": label_x, "label_y": label_y, "anchor": anchor})
                break
        else:
            labelled.append({**stop, "label": ""})
    return labelled


@dataclass(frozen=True, slots=True)
class _Box:
    left: int
    top: int
    wide: int
    high: int

    def meets(self, other: _Box) -> bool:
        return (
            self.left < other.left + other.wide and other.left < self.left + self.wide
            and self.top < other.top + other.high and other.top < self.top + self.high
        )  # fmt: skip

    def is_within(self, other: _Box) -> bool:
        return (
            other.left <= self.left and self.left + self.wide <= other.left + other.wide
            and other.top <= self.top and self.top + self.high <= other.top + other.high
        )  # fmt: skip


def _start_label(at: tuple[int, int]) -> _Box:
    return _Box(at[0] - 9, at[1] - LABEL_PX, START_LABEL_PX + 9, LABEL_PX + 9)


def _line(places: Sequence[tuple[int, int]]) -> str:
    return " ".join(f"{x},{y}" for x, y in places) if len(places) > 1 else ""


def _at(place: tuple[int, int]) -> dict[str, int]:
    x, y = place
    return {"x": x - 9, "y": y - 9, "label_x": x + 14, "label_y": y + 4}
