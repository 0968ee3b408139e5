"""
Who goes where: nearest first, and only who can do it, at least total way over all pairs, with a proof.

As many places as possible are filled before any metre counts, so nobody with a rare skill is used up where anybody
would do.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from juxing.responders.enums import Skill

METRES_PER_DEGREE = 111_195.0
DETOUR = 1.3
"""Way on foot per metre of straight line, as matching counts it."""
SKILL_BIT = {str(skill): 1 << bit for bit, skill in enumerate(Skill.values)}
MOST_WORKS = 40
"""Kinds of work one problem can tell apart."""
ANY_WORK = sum(1 << len(SKILL_BIT) + work for work in range(MOST_WORKS))
Metres = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Slot:
    """One person wanted at one point; ``skill`` "" is any. ``work`` numbers what is to be done, from 0."""

    skill: str
    longitude: float
    latitude: float
    work: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    """
    Somebody who can be called once; ``reach_m`` is how far they said they go, ``work`` the only one they chose,
    ``closed`` are works whose gates they have not passed.
    """

    id: int
    longitude: float
    latitude: float
    skills: Sequence[str]
    reach_m: int
    work: int | None = None
    closed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who fills a slot, their way, and the way of the nearest who could and is called nowhere (None: nobody)."""

    person: int
    way_m: int
    next_m: int | None


@dataclass(frozen=True, slots=True)
class Nearest:
    """Who fills each slot (None: nobody can), the metres of the whole plan, and how far it can be from the best."""

    chosen: Sequence[Chosen | None]
    way_m: int = 0
    gap_m: int = 0


def nearest(slots: Sequence[Slot], people: Sequence[Person]) -> Nearest:
    """Return who goes where."""
    from juxing_engine.matching import UNSERVED, MatchingProblem, match, with_lexicographic_penalties

    if not slots or not people:
        return Nearest([None] * len(slots))
    origin = (slots[0].longitude, slots[0].latitude)
    slot_xy, person_xy = _plane(slots, origin), _plane(people, origin)
    held = np.array([_held(person) for person in people], dtype=np.uint64)
    asked = np.array([_asked(slot) for slot in slots], dtype=np.uint64)
    reach = np.array([person.reach_m for person in people], dtype=np.float64)
    problem = MatchingProblem(
        need_xy_m=slot_xy, responder_xy_m=person_xy, capacity=np.ones(len(people), dtype=np.int64),
        unserved_penalty=np.zeros(len(slots), dtype=np.int64), required_skills=asked, held_skills=held,
        reach_m=reach, detour_factor=DETOUR,
    )  # fmt: skip
    found = match(with_lexicographic_penalties(problem, np.zeros(len(slots), dtype=np.int64)))
    taken = np.zeros(len(people), dtype=bool)
    taken[found.responder_of[found.responder_of != UNSERVED]] = True
    spare = np.flatnonzero(~taken)
    following: dict[tuple[float, float, int], int | None] = {}
    chosen: list[Chosen | None] = []
    for number, column in enumerate(found.responder_of.tolist()):
        if column == UNSERVED:
            chosen.append(None)
            continue
        key = (float(slot_xy[number, 0]), float(slot_xy[number, 1]), int(asked[number]))
        if key not in following:
            can = spare[(held[spare] & asked[number]) == asked[number]]
            following[key] = _nearest_way(slot_xy[number], person_xy[can], reach[can])
        chosen.append(Chosen(people[column].id, _way(slot_xy[number], person_xy[column]), following[key]))
    return Nearest(chosen, sum(one.way_m for one in chosen if one is not None), int(found.gap))


def could_reach(person: Person, slot: Slot) -> bool:
    """Whether the person has the skill of a slot, and it lies within their reach; gates are not looked at."""
    [here] = _plane([person], (slot.longitude, slot.latitude))
    return (not slot.skill or slot.skill in person.skills) and _way(here, np.zeros(2)) <= person.reach_m


def _asked(slot: Slot) -> int:
    """Return the bits a slot asks for: its skill, and its work, which is a skill of those who would do it."""
    return (SKILL_BIT[slot.skill] if slot.skill else 0) | 1 << len(SKILL_BIT) + slot.work


def _held(person: Person) -> int:
    bits = ANY_WORK if person.work is None else 1 << len(SKILL_BIT) + person.work
    for work in person.closed:
        bits &= ~(1 << len(SKILL_BIT) + work)
    for code in person.skills:
        bits |= SKILL_BIT[code]
    return bits


def _nearest_way(point: Metres, others: Metres, reach: Metres) -> int | None:
    ways = np.hypot(*(others - point).T) * DETOUR if others.size else np.zeros(0)
    near = ways[ways <= reach]
    return round(float(near.min())) if near.size else None


def _way(here: Metres, there: Metres) -> int:
    return round(float(np.hypot(*(there - here))) * DETOUR)


def _plane(things: Sequence[Slot] | Sequence[Person], origin: tuple[float, float]) -> Metres:
    east = np.array([thing.longitude for thing in things]) - origin[0]
    north = np.array([thing.latitude for thing in things]) - origin[1]
    return np.column_stack([east * METRES_PER_DEGREE * math.cos(math.radians(origin[1])), north * METRES_PER_DEGREE])
