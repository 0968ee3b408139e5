"""A round as a drawing: every door has its mark, and a label only where it can be read."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from juxing.dispatch.pages.sketch import HAN_PX, LABEL_PX, Mark, sketch

START = (121.20, 31.10)
LABEL = "十七号楼"
Box = tuple[float, float, float, float]
places = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(
    lambda grid: (START[0] + grid[0] * 2e-4, START[1] + grid[1] * 2e-4)
)


def drawn(points: list[tuple[float, float]], *, phone: bool = False) -> dict[str, Any]:
    found = sketch(START, [Mark(number, point, LABEL) for number, point in enumerate(points, start=1)], phone=phone)
    assert found is not None
    return found


def label_box(stop: dict[str, Any]) -> Box:
    wide = HAN_PX * len(LABEL)
    left = stop["label_x"] - {"start": 0, "middle": wide // 2, "end": wide}[stop["anchor"]]
    return left, stop["label_y"] - LABEL_PX, left + wide, stop["label_y"]


def mark_box(stop: dict[str, Any]) -> Box:
    x, y, radius = stop["x"], stop["y"], stop["radius"]
    return x - radius, y - radius, x + radius, y + radius


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_a_door_that_stands_alone_is_named() -> None:
    assert [stop["label"] for stop in drawn([(START[0] + 1e-3, START[1])])["stops"]] == [LABEL]


@given(st.lists(places, min_size=1, max_size=30), st.booleans())
def test_labels_cover_neither_marks_nor_each_other_and_stay_on_the_drawing(
    points: list[tuple[float, float]], phone: bool
) -> None:
    found = drawn(points, phone=phone)

    assert len(found["stops"]) == len(set(points))
    labelled = [stop for stop in found["stops"] if stop["label"]]
    for stop in labelled:
        left, top, right, bottom = label_box(stop)
        assert min(left, top) >= 0
        assert right <= found["width"]
        assert bottom <= found["height"]
        assert not any(overlap((left, top, right, bottom), mark_box(other)) for other in found["stops"])
    assert not any(overlap(label_box(one), label_box(other)) for one, other in combinations(labelled, 2))
