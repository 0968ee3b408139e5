"""Trainings for tests: one afternoon on protection, in one community."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.responders import commands
from juxing.responders.lessons import lessons
from juxing.responders.models import Responder, TrainingSession, TrainingSignUp
from juxing.responders.training_inputs import TrainingInput
from tests.factories import COMMUNITY
from tests.responders.makers import actor_with

OWN = Actor.resident()
COURSE = "training:protection"
BRIEFING = "briefing:"


def a_training(now: datetime, **values: Any) -> TrainingInput:
    """Return a training of tomorrow at the same hour, two hours long."""
    begins = values.pop("starts_at", now + timedelta(days=1))
    return TrainingInput(**{
        "area_code": COMMUNITY, "title": "个人防护培训", "holder": "社区卫生服务中心林医生", "place": "党群服务站二楼",
        "starts_at": begins, "ends_at": begins + timedelta(hours=2), "places": 2, "gives": [COURSE], **values,
    })  # fmt: skip


def holder(area_code: str = COMMUNITY) -> Actor:
    """Return who holds trainings there."""
    return actor_with(Role.COMMUNITY_WORKER, area_code, account_id=None)


def announced(now: datetime, **values: Any) -> TrainingSession:
    """Write and announce one; call it inside ``acting``."""
    made = commands.write_training(actor=holder(), now=now, given=a_training(now, **values))
    return commands.announce_training(actor=holder(), now=now, session=made)


def signed_up(session: TrainingSession, person: Responder, now: datetime, *, actor: Actor = OWN) -> TrainingSignUp:
    """Sign somebody up."""
    return commands.sign_up_for_training(actor=actor, now=now, session=session, responder=person)


def answered(person: Responder, now: datetime, *, code: str = "protection") -> list[int]:
    """Answer a lesson's questions, all right; return those wrong."""
    right = [question.right for question in lessons()[code].questions]
    return commands.answer_lesson(actor=OWN, now=now, responder=person, code=code, answers=right)
