"""
The plan of a street kept between life-critical needs, so that the next one is placed in milliseconds.

Rows are the truth: what is kept is used only after it was brought in line with them and says exactly what they say;
otherwise, and in a new process, it is laid anew from the rows. The caller holds the street's lock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from juxing.dispatch.problems.reading import AvailableResponder, OpenOffer, WaitingNeed
from juxing.dispatch.problems.solving import matching_problem
from juxing.dispatch.weights import TIER, Weights
from juxing.needs.enums import Priority

if TYPE_CHECKING:
    from juxing_engine.live_matching import LiveMatching
    from juxing_engine.matching import MatchingProblem

TIMES_LAID = 7
EXTRA_M = 1_000
SPARE = (64, 8)
ROOM_TO_GROW = 4
"""How many times more needs and helpers than now the kept penalties still keep in order."""


@dataclass(frozen=True, slots=True)
class StreetNow:
    """What the rows say: who serves, with room beside all open offers; the offers that may move; who said no."""

    helpers: Sequence[AvailableResponder]
    offers: Sequence[OpenOffer]
    refused: Sequence[tuple[int, int]]
    weights: Weights


@dataclass(frozen=True, slots=True)
class Move:
    """An unanswered offer that goes from one helper to another; ``after`` None: the need waits again."""

    need_id: int
    before: int
    after: int | None


@dataclass(frozen=True, slots=True)
class Decision:
    """
    Both answers for a life-critical need: whom to ask at once (None: nobody is free), and the exact plan.

    ``gain_m`` is what the exact plan saves in metres of the open formula, what its moves count included.
    """

    need_id: int
    instant: int | None
    exact: int | None
    gain_m: int
    moves: Sequence[Move]


@dataclass(slots=True)
class KeptStreet:
    """One street's live plan with what its numbers stand for."""

    table: LiveMatching
    weights: Weights
    origin: tuple[float, float]
    box_m: np.ndarray
    step: int
    capacity: dict[int, int]
    need_number: dict[int, int]
    helper_number: dict[int, int]
    helper_rows: dict[int, tuple[Any, ...]]
    still: dict[int, int] = field(default_factory=dict)
    extra: dict[int, int] = field(default_factory=dict)
    frozen: dict[int, int] = field(default_factory=dict)


def decide(kept: KeptStreet, need: WaitingNeed, *, refused: Sequence[int]) -> Decision:
    """
    Take a life-critical need into the plan, and return both answers; its pair is frozen: no later need moves it.

    The kept plan then says what will be asked: the instant answer where there is one, as then nobody is moved, else
    the exact plan. ``refused`` are helpers who said no to the need.
    """
    from juxing_engine.live_matching import NewNeed

    problem = _problem([need], [], kept.weights, origin=kept.origin)
    x_m, y_m = (float(value) for value in problem.need_xy_m[0])
    arrival = kept.table.arrive(NewNeed(
        x_m=x_m, y_m=y_m, unserved_penalty=_penalty(need, kept.step),
        required_skills=int(problem.required_skills[0]), needed_languages=int(problem.needed_languages[0]),
        priority_weight=int(problem.priority_weight[0]),
        declined=frozenset(kept.helper_number[pk] for pk in refused if pk in kept.helper_number),
    ))  # fmt: skip
    name = {number: pk for pk, number in kept.helper_number.items()}
    needs = {number: pk for pk, number in kept.need_number.items()}
    exact = name.get(arrival.responder)
    instant = name[arrival.instant.responder] if arrival.instant is not None else None
    moves = [Move(needs[one.need], name[one.before], name.get(one.after)) for one in arrival.change.moves]
    if arrival.instant is not None:
        kept.table.place(arrival.need, arrival.instant.responder)
    elif exact is not None:
        kept.table.confirm(arrival.need)
    else:
        kept.table.cancel(arrival.need)
    if (asked := instant if instant is not None else exact) is not None:
        kept.need_number[need.id] = arrival.need
        kept.frozen[need.id] = asked
    hidden = sum(kept.extra.get(move.need_id, 0) for move in moves)
    return Decision(need.id, instant, exact, arrival.gain + hidden, moves)


def lay(now: StreetNow, arriving: Sequence[WaitingNeed]) -> KeptStreet:
    """
    Lay the plan from the rows so that it says exactly what they say.

    An offer that the optimum would give to someone else even without a new need is made to stay by a bonus of its own,
    as large as it takes: only the new need is a reason to move anybody. What such a bonus hides is added to the gain.
    """
    from juxing_engine.live_matching import LiveMatching
    from juxing_engine.matching import match
    from juxing_engine.matching.penalties import penalty_step

    known = {helper.id for helper in now.helpers}
    offers = [offer for offer in now.offers if offer.responder_id in known]
    everyone = [*(offer.need for offer in offers), *arriving]
    origin = (now.helpers[0].longitude, now.helpers[0].latitude) if now.helpers else (0.0, 0.0)
    whole = _problem(everyone, now.helpers, now.weights, origin=origin)
    step = ROOM_TO_GROW * penalty_step(whole)
    points = np.vstack([whole.need_xy_m, whole.responder_xy_m, np.zeros((1, 2))])
    room = {helper.id: max(0, helper.free_capacity) for helper in now.helpers}
    movable = offers
    still: dict[int, int] = {}
    extra: dict[int, int] = {}
    for attempt in range(TIMES_LAID):
        if attempt == TIMES_LAID - 1:
            still |= {offer.need.id: offer.responder_id for offer in movable}
            movable = []
        problem = _situation(now, movable, room, step, origin=origin, extra=extra)
        plan = match(problem)
        column = {helper.id: number for number, helper in enumerate(now.helpers)}
        differs = {
            offer.need.id: offer.responder_id
            for row, offer in enumerate(movable)
            if int(plan.responder_of[row]) != column[offer.responder_id]
        }
        if not differs:
            break
        extra |= dict.fromkeys(differs, EXTRA_M * 4**attempt)
    return KeptStreet(
        table=LiveMatching(problem, plan, spare=SPARE),
        weights=now.weights,
        origin=origin,
        box_m=np.array([points.min(axis=0), points.max(axis=0)]),
        step=step,
        capacity={helper.id: int(problem.capacity[column[helper.id]]) for helper in now.helpers},
        need_number={offer.need.id: row for row, offer in enumerate(movable)},
        helper_number=column,
        helper_rows={helper.id: _row(helper) for helper in now.helpers},
        still=still,
        extra=extra,
    )


def advance(kept: KeptStreet, now: StreetNow, *, counting: Mapping[int, int]) -> bool:
    """
    Bring a kept plan in line with the rows; False if that takes more than answers, and it must be laid anew.

    ``counting`` are the needs of the kept plan whose task still counts today, with its helper.
    """
    offered = {offer.need.id: offer.responder_id for offer in now.offers}
    if kept.weights != now.weights or not _are_same_helpers(kept, now):
        return False
    if any(offered.get(need) != helper for need, helper in kept.still.items()):
        return False
    for need in [pk for pk in kept.need_number if pk not in offered]:
        if need in counting:
            if need not in kept.frozen:
                kept.table.confirm(kept.need_number[need])
                kept.frozen[need] = counting[need]
        else:
            kept.table.cancel(kept.need_number.pop(need))
            kept.frozen.pop(need, None)
    return says(kept, now)


def says(kept: KeptStreet, now: StreetNow) -> bool:
    """Whether the kept plan says exactly what the rows say: every pair, and every helper's room."""
    offered = {offer.need.id: offer.responder_id for offer in now.offers if offer.need.id not in kept.still}
    if set(kept.need_number) - set(kept.frozen) != set(offered):
        return False
    name = {number: pk for pk, number in kept.helper_number.items()}
    for need, number in kept.need_number.items():
        if name.get(kept.table.responder_of(number)) != kept.frozen.get(need, offered.get(need)):
            return False
    held = Counter(kept.frozen.values())
    movable = Counter(offered.values())
    open_to = {helper.id: helper.free_capacity for helper in now.helpers}
    return all(
        max(0, open_to.get(pk, 0)) + movable[pk] + held[pk] == capacity for pk, capacity in kept.capacity.items()
    )


def covers(kept: KeptStreet, needs: Sequence[WaitingNeed]) -> bool:
    """Whether the penalties of the kept plan still put people before metres with these needs in it."""
    if not needs:
        return True
    points = _problem(needs, [], kept.weights, origin=kept.origin).need_xy_m
    return bool((points >= kept.box_m[0] - 1).all() and (points <= kept.box_m[1] + 1).all())


def _are_same_helpers(kept: KeptStreet, now: StreetNow) -> bool:
    return {helper.id: _row(helper) for helper in now.helpers} == kept.helper_rows


def _row(helper: AvailableResponder) -> tuple[Any, ...]:
    return (
        helper.longitude, helper.latitude, tuple(sorted(helper.skills)), tuple(sorted(helper.languages)),
        helper.reach_m, tuple(sorted(helper.lacks)),
    )  # fmt: skip


def _situation(
    now: StreetNow,
    movable: Sequence[OpenOffer],
    room: Mapping[int, int],
    step: int,
    *,
    origin: tuple[float, float],
    extra: Mapping[int, int],
) -> MatchingProblem:
    """The offers that may move, each with its helper of today, at penalties of fixed steps."""
    from dataclasses import replace

    column = {helper.id: number for number, helper in enumerate(now.helpers)}
    own = Counter(offer.responder_id for offer in movable)
    helpers = [replace(helper, free_capacity=room[helper.id] + own[helper.id]) for helper in now.helpers]
    needs = [offer.need for offer in movable]
    problem = _problem(needs, helpers, now.weights, origin=origin, refused=now.refused)
    stays = [(row, column[offer.responder_id], -extra[offer.need.id])
             for row, offer in enumerate(movable) if offer.need.id in extra]  # fmt: skip
    return replace(
        problem,
        unserved_penalty=np.array([_penalty(need, step) for need in needs], dtype=np.int64),
        current_responder=np.array([column[offer.responder_id] for offer in movable], dtype=np.int64),
        stability_bonus=now.weights.stability_m,
        adjusted_pairs=np.array([pair[:2] for pair in stays], dtype=np.int64).reshape(-1, 2),
        pair_adjustment=np.array([pair[2] for pair in stays], dtype=np.int64),
    )


def _problem(
    needs: Sequence[WaitingNeed],
    helpers: Sequence[AvailableResponder],
    weights: Weights,
    *,
    origin: tuple[float, float],
    refused: Sequence[tuple[int, int]] = (),
) -> MatchingProblem:
    return matching_problem(needs, helpers, refused=refused, weights=weights, origin=origin)


def _penalty(need: WaitingNeed, step: int) -> int:
    return (TIER[Priority(need.priority)] + 1) * step
