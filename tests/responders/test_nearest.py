"""Nearest first, against every way there is."""

from __future__ import annotations

import math
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juxing.responders.problems.nearest import DETOUR, METRES_PER_DEGREE, Person, Slot, nearest

POINTS = st.integers(0, 40).map(lambda step: step / 1000)


@settings(max_examples=60, deadline=None)
@given(
    slots=st.lists(st.tuples(POINTS, POINTS, st.sampled_from(["", "medical", "driving"]), st.integers(0, 1)),
                   min_size=1, max_size=4),
    people=st.lists(st.tuples(POINTS, POINTS, st.sets(st.sampled_from(["medical", "driving"])),
                              st.sampled_from([500, 2500, 9000]), st.sampled_from([None, 0, 1])),
                    min_size=1, max_size=5),
)  # fmt: skip
def test_nearest_fills_as_many_as_anybody_could_with_the_fewest_metres(slots: list[Any], people: list[Any]) -> None:
    wanted = [Slot(skill, 121 + x, 31 + y, work) for x, y, skill, work in slots]
    able = [
        Person(number, 121 + x, 31 + y, sorted(skills), reach, work)
        for number, (x, y, skills, reach, work) in enumerate(people)
    ]

    found = nearest(wanted, able)

    ways = [[_way(slot, person, wanted[0]) for person in able] for slot in wanted]
    best = min(
        (-sum(way is not None for way in chosen), sum(way or 0 for way in chosen))
        for order in permutations([*range(len(able)), *[None] * len(wanted)], len(wanted))
        for chosen in [[None if person is None else ways[slot][person] for slot, person in enumerate(order)]]
    )
    assert -sum(one is not None for one in found.chosen) == best[0]
    assert found.way_m == pytest.approx(best[1], abs=2 * len(wanted))
    assert len({one.person for one in found.chosen if one}) == -best[0]


def _way(slot: Slot, person: Person, origin: Slot) -> float | None:
    if (slot.skill and slot.skill not in person.skills) or person.work not in {None, slot.work}:
        return None
    east = (slot.longitude - person.longitude) * METRES_PER_DEGREE * math.cos(math.radians(origin.latitude))
    way = DETOUR * math.hypot(east, (slot.latitude - person.latitude) * METRES_PER_DEGREE)
    return way if way <= person.reach_m else None
