"""Rows to engine arrays and back: the only place of this room that calls the engine."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
from django.db.models import Count, Exists, OuterRef, Q

from juxing.dispatch.enums import LIVE, TaskStatus
from juxing.dispatch.models import Task
from juxing.dispatch.weights import DEFAULT_WEIGHTS, TIER, Weights
from juxing.kernel.areas import within
from juxing.needs.enums import WAITING
from juxing.needs.models import Need, NeedLine
from juxing.responders.enums import Language, ReportInStatus, Skill
from juxing.responders.models import Availability, Responder
from juxing.supplies.models import Depot

if TYPE_CHECKING:
    from juxing_engine.control import Control
    from juxing_engine.matching import Matching, MatchingProblem, Reason

EARTH_RADIUS_M = 6_371_008.8
STREET_CODE_LENGTH = 9
DECLINES_BIND_FOR = timedelta(hours=24)
SERVING = (ReportInStatus.VERIFIED, ReportInStatus.PLACED)
SKILL_BIT = {skill: 1 << bit for bit, skill in enumerate(Skill.values)}
LANGUAGE_BIT = {language: 1 << bit for bit, language in enumerate(Language.values)}


@dataclass(frozen=True, slots=True)
class WaitingNeed:
    """A need as dispatch sees it: where, how urgent, what it takes. Nothing about who the household is."""

    id: int
    uuid: UUID
    area_code: str
    priority: str
    priority_score: int
    longitude: float
    latitude: float
    required_skills: Sequence[str]
    languages: Sequence[str]


@dataclass(frozen=True, slots=True)
class AvailableResponder:
    """A responder with room for at least one more task now."""

    id: int
    area_code: str
    longitude: float
    latitude: float
    skills: Sequence[str]
    languages: Sequence[str]
    reach_m: int
    free_capacity: int


@dataclass(frozen=True, slots=True)
class GoodsWanted:
    """What a need asks for that may lie in a depot."""

    need_id: int
    item_id: int
    quantity: Decimal


def waiting_needs(area_code: str, *, limit: int, only_priority: str = "") -> list[WaitingNeed]:
    """Return needs that wait for help in this place, most urgent first; those without a known point are left out."""
    rows = Need.objects.within(area_code).filter(
        status__in=WAITING, duplicate_of__isnull=True, longitude__isnull=False, latitude__isnull=False
    )
    if only_priority:
        rows = rows.filter(priority=only_priority)
    columns = list(WaitingNeed.__slots__)
    found = rows.order_by("-priority_score", "id").values_list(*columns)[:limit]
    return [WaitingNeed(*row) for row in found]


def available_responders(area_code: str, *, now: datetime) -> list[AvailableResponder]:
    """
    Return who can be asked now in the street (or wider area) the place belongs to.

    Help next door counts: a run over one community asks the whole street's responders.
    """
    place = within(area_code[:STREET_CODE_LENGTH])
    periods = Availability.objects.filter(responder=OuterRef("pk"))
    rows = (
        Responder.objects.filter(place, status__in=SERVING, is_available=True)
        .filter(Exists(periods.filter(starts_at__lte=now, ends_at__gt=now)) | ~Exists(periods))
        .order_by("id")
        .values_list("id", "area_code", "longitude", "latitude", "skills", "languages", "reach_m", "capacity")
    )
    busy = load_today(now=now)
    return [
        AvailableResponder(*row[:7], free_capacity=free)
        for row in rows.iterator(chunk_size=5000)
        if (free := row[7] - busy.get(row[0], 0)) > 0
    ]


def load_today(*, now: datetime) -> dict[int, int]:
    """Return how many tasks each responder holds, was offered, or did in the last 24 hours."""
    counted = Q(status__in=LIVE) | Q(
        status__in=[TaskStatus.DONE, TaskStatus.VERIFIED], done_at__gt=now - timedelta(days=1)
    )
    rows = Task.objects.filter(counted).values("responder_id").annotate(load=Count("id")).order_by()
    return dict(rows.values_list("responder_id", "load"))


def goods_wanted(need_ids: Iterable[int]) -> list[GoodsWanted]:
    """Return the catalogue items these needs ask for, with known quantities."""
    rows = NeedLine.objects.filter(need_id__in=list(need_ids), item__isnull=False, quantity__isnull=False)
    columns = rows.order_by("id").values_list("need_id", "item_id", "quantity")
    return [GoodsWanted(need_id, item_id, quantity) for need_id, item_id, quantity in columns if quantity is not None]


def refused_pairs(need_ids: Sequence[int], *, now: datetime) -> list[tuple[int, int]]:
    """Return (need, responder) pairs that said no or did not answer lately; the same person is not asked again."""
    rows = Task.objects.filter(
        need_id__in=need_ids,
        status__in=[TaskStatus.DECLINED, TaskStatus.EXPIRED],
        offered_at__gt=now - DECLINES_BIND_FOR,
    )
    return list(rows.values_list("need_id", "responder_id").distinct())


def plane_metres(longitude: np.ndarray, latitude: np.ndarray, *, origin: tuple[float, float]) -> np.ndarray:
    """Return metres east and north of the origin: within a city the error is far below a detour's uncertainty."""
    scale = math.pi / 180 * EARTH_RADIUS_M
    east = (longitude - origin[0]) * scale * math.cos(math.radians(origin[1]))
    return np.column_stack([east, (latitude - origin[1]) * scale])


def matching_problem(
    needs: Sequence[WaitingNeed],
    responders: Sequence[AvailableResponder],
    *,
    refused: Sequence[tuple[int, int]],
    weights: Weights,
) -> MatchingProblem:
    """Return the engine's problem; row i is needs[i], column j is responders[j]."""
    from juxing_engine.matching import MatchingProblem, with_lexicographic_penalties

    origin = (needs[0].longitude, needs[0].latitude) if needs else (0.0, 0.0)
    row_of = {need.id: row for row, need in enumerate(needs)}
    column_of = {responder.id: column for column, responder in enumerate(responders)}
    forbidden = [(row_of[n], column_of[r]) for n, r in refused if n in row_of and r in column_of]
    largest = max((responder.free_capacity for responder in responders), default=0)
    problem = MatchingProblem(
        need_xy_m=_points(needs, origin),
        responder_xy_m=_points(responders, origin),
        capacity=np.array([responder.free_capacity for responder in responders], dtype=np.int64),
        unserved_penalty=np.zeros(len(needs), dtype=np.int64),
        required_skills=_bits((need.required_skills for need in needs), SKILL_BIT),
        held_skills=_bits((responder.skills for responder in responders), SKILL_BIT),
        needed_languages=_bits((need.languages for need in needs), LANGUAGE_BIT),
        spoken_languages=_bits((responder.languages for responder in responders), LANGUAGE_BIT),
        language_cost=weights.language_m,
        priority_weight=np.array([weights.metre_weight(need.priority) for need in needs], dtype=np.int64),
        load_cost=np.arange(largest, dtype=np.int64) * weights.load_step_m,
        reach_m=np.array([responder.reach_m for responder in responders], dtype=np.float64),
        forbidden_pairs=np.array(forbidden, dtype=np.int64).reshape(-1, 2),
        detour_factor=weights.detour_factor,
    )
    tiers = np.array([TIER[need.priority] for need in needs], dtype=np.int64)  # type: ignore[index]
    return with_lexicographic_penalties(problem, tiers)


def solve(problem: MatchingProblem, *, control: Control | None = None) -> Matching:
    """Return the engine's plan with its certificate."""
    from juxing_engine.matching import match

    return match(problem, control=control)


def explain(problem: MatchingProblem, plan: Matching) -> list[Reason]:
    """Return for each need why it got this responder, or none."""
    from juxing_engine.matching import reasons

    return reasons(problem, plan)


def _points(things: Sequence[WaitingNeed] | Sequence[AvailableResponder], origin: tuple[float, float]) -> np.ndarray:
    longitude = np.array([thing.longitude for thing in things], dtype=np.float64)
    latitude = np.array([thing.latitude for thing in things], dtype=np.float64)
    return plane_metres(longitude, latitude, origin=origin)


def _bits(lists: Iterable[Sequence[str]], bit_of: dict[str, int]) -> np.ndarray:
    return np.array([sum(bit_of[code] for code in set(codes)) for codes in lists], dtype=np.uint64)


def walking_order(*, start: Depot | Responder, stops: Sequence[Need]) -> tuple[list[int], int]:
    """Return the stops' indices in the order they are walked from the start, and the way's length in metres."""
    from juxing_engine.routing import first_order

    points = [(start.longitude, start.latitude), *((stop.longitude, stop.latitude) for stop in stops)]
    known = [(x, y) if x is not None and y is not None else points[0] for x, y in points]
    origin = known[0] if known[0][0] is not None and known[0][1] is not None else (0.0, 0.0)
    xy = plane_metres(np.array([x or 0.0 for x, _y in known]), np.array([y or 0.0 for _x, y in known]), origin=origin)  # type: ignore[arg-type]
    distance = np.linalg.norm(xy[:, None, :] - xy[None, :, :], axis=2) * DEFAULT_WEIGHTS.detour_factor
    order = [0, *first_order(distance, start=0)]
    length = sum(distance[here, there] for here, there in pairwise(order))
    return [place - 1 for place in order[1:]], round(float(length))
