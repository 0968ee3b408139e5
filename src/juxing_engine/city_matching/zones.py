"""Cutting a city into zones, by where the needs are and nothing else, so that every machine cuts alike."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from juxing_engine.matching.problem import UNSERVED, Integers, MatchingProblem

NEEDS_PER_ZONE = 20_000
"""Zones have at most so many needs; about where solving exactly costs least per need."""


@dataclass(frozen=True, slots=True, eq=False)
class Zone:
    """Needs and responders that are matched among themselves first; ascending indices into the city's arrays."""

    needs: Integers
    responders: Integers


def cut_into_zones(problem: MatchingProblem, needs_per_zone: int = NEEDS_PER_ZONE) -> list[Zone]:
    """
    Halve the city by its needs, across the longer side, until each zone has at most ``needs_per_zone``.

    Responders go to the side of the line they live on; needs exactly on it are split by index. Every need and every
    responder is in one zone.
    """
    if needs_per_zone < 1:
        raise ValueError(f"Expected needs_per_zone >= 1, got {needs_per_zone}.")
    waiting = [Zone(np.arange(problem.needs), np.arange(problem.responders))]
    done: list[Zone] = []
    while waiting:
        zone = waiting.pop()
        if zone.needs.size <= needs_per_zone:
            done.append(zone)
            continue
        waiting.extend(_halves(problem, zone))
    return done


def _halves(problem: MatchingProblem, zone: Zone) -> tuple[Zone, Zone]:
    xy = problem.need_xy_m[zone.needs]
    axis = int(np.argmax(np.ptp(xy, axis=0)))
    order = np.argsort(xy[:, axis], kind="stable")
    middle = zone.needs.size // 2
    line = xy[order[middle], axis]
    beyond = problem.responder_xy_m[zone.responders, axis] >= line
    near, far = np.sort(zone.needs[order[:middle]]), np.sort(zone.needs[order[middle:]])
    return Zone(near, zone.responders[~beyond]), Zone(far, zone.responders[beyond])


def joined(zones: list[Zone]) -> Zone:
    """The zones as one."""
    return Zone(
        np.sort(np.concatenate([zone.needs for zone in zones])),
        np.sort(np.concatenate([zone.responders for zone in zones])),
    )


def with_needs_at(problem: MatchingProblem, zones: list[Zone], responder_of: Integers) -> list[Zone]:
    """Return the same zones of responders, each need in the zone of its responder; without one, where it lives."""
    zone_of_need, zone_of_responder = (np.zeros(n, dtype=np.int64) for n in (problem.needs, problem.responders))
    for number, zone in enumerate(zones):
        zone_of_need[zone.needs], zone_of_responder[zone.responders] = number, number
    served = responder_of != UNSERVED
    zone_of_need[served] = zone_of_responder[responder_of[served]]
    return [Zone(np.flatnonzero(zone_of_need == number), zone.responders) for number, zone in enumerate(zones)]


def zone_problem(problem: MatchingProblem, zone: Zone) -> MatchingProblem:
    """
    The zone's own matching problem, numbered from 0.

    Pairs across its borders (today's, wished, declined) are left out; stitching sees them.
    """
    inside = np.full(problem.responders, UNSERVED, dtype=np.int64)
    inside[zone.responders] = np.arange(zone.responders.size)
    today = problem.current_responder[zone.needs]
    adjusted, kept = _inside_pairs(problem.adjusted_pairs, zone, inside)
    declined, _ = _inside_pairs(problem.forbidden_pairs, zone, inside)
    return replace(
        problem,
        need_xy_m=problem.need_xy_m[zone.needs],
        responder_xy_m=problem.responder_xy_m[zone.responders],
        capacity=problem.capacity[zone.responders],
        unserved_penalty=problem.unserved_penalty[zone.needs],
        required_skills=problem.required_skills[zone.needs],
        held_skills=problem.held_skills[zone.responders],
        needed_languages=problem.needed_languages[zone.needs],
        spoken_languages=problem.spoken_languages[zone.responders],
        priority_weight=problem.priority_weight[zone.needs],
        current_responder=np.where(today == UNSERVED, UNSERVED, np.append(inside, UNSERVED)[today]),
        reach_m=problem.reach_m[zone.responders],
        forbidden_pairs=declined,
        adjusted_pairs=adjusted,
        pair_adjustment=problem.pair_adjustment[kept],
    )


def _inside_pairs(pairs: Integers, zone: Zone, inside: Integers) -> tuple[Integers, Integers]:
    """The pairs within the zone, renumbered, and which they are."""
    place = np.minimum(np.searchsorted(zone.needs, pairs[:, 0]), max(0, zone.needs.size - 1))
    is_here = (zone.needs[place] == pairs[:, 0]) if zone.needs.size else np.zeros(len(pairs), dtype=np.bool_)
    kept = np.flatnonzero(is_here & (inside[pairs[:, 1]] != UNSERVED))
    return np.column_stack([place[kept], inside[pairs[kept, 1]]]), kept
