"""
Who of those who answered a call goes where (就近安置): exact over every community of the call, read and proposed here.

A proposal is nothing until a person signs it; its digest is what they sign.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from juxing.responders.enums import SERVING
from juxing.responders.models import RecruitmentAnswer, RecruitmentCall, RecruitmentNeed
from juxing.responders.mustering import points_of
from juxing.responders.problems.nearest import Person, Slot, nearest


@dataclass(frozen=True, slots=True)
class ProposedPlace:
    """One person in one place, with their way and that of the next nearest (None: nobody else could)."""

    answer: RecruitmentAnswer
    need: RecruitmentNeed
    way_m: int
    next_m: int | None


@dataclass(frozen=True, slots=True)
class CallPlacement:
    """A proposal: who goes where, what stays short by need, who is left, and how far it can be from the best."""

    rows: Sequence[ProposedPlace]
    short: Sequence[tuple[RecruitmentNeed, int]]
    left: int
    way_m: int
    gap_m: int
    digest: str


def placement_of(call: RecruitmentCall) -> CallPlacement:
    """Return who would go where now; call it in the system's scope, for people live anywhere."""
    needs = list(call.needs.order_by("position", "area_code"))
    answers = list(call.answers.select_related("responder").order_by("responder_id"))
    placed = Counter(answer.need_id for answer in answers if answer.need_id is not None)
    free = [answer for answer in answers if answer.need_id is None and answer.responder.status in SERVING]
    people = [
        Person(answer.pk, answer.responder.longitude, answer.responder.latitude, answer.responder.skills,
               answer.responder.reach_m, answer.wish)
        for answer in free
    ]  # fmt: skip
    points = points_of(call.area_code, {need.area_code for need in needs}, people)
    wanted = [need for need in needs for _each in range(need.count - placed[need.pk]) if need.area_code in points]
    found = nearest([Slot(need.skill, *points[need.area_code], need.position) for need in wanted], people)
    by_id = {answer.pk: answer for answer in free}
    rows = [
        ProposedPlace(by_id[one.person], need, one.way_m, one.next_m)
        for need, one in zip(wanted, found.chosen, strict=True) if one is not None
    ]  # fmt: skip
    filled = placed + Counter(row.need.pk for row in rows)
    return CallPlacement(
        rows=rows, short=[(need, need.count - filled[need.pk]) for need in needs if filled[need.pk] < need.count],
        left=len(free) - len(rows), way_m=found.way_m, gap_m=found.gap_m, digest=_digest(rows),
    )  # fmt: skip


def _digest(rows: Sequence[ProposedPlace]) -> str:
    written = "\n".join(f"{row.answer.uuid}:{row.need.pk}" for row in rows)
    return hashlib.sha256(written.encode()).hexdigest()
