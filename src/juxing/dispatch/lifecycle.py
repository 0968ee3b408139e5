"""The states of a task. Saying no, or not answering, moves nothing but the task."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.dispatch import policy
from juxing.dispatch.enums import HELD, LIVE, TaskStatus
from juxing.dispatch.models import Task
from juxing.kernel.lifecycle import Lifecycle, Transition

S = TaskStatus
TASK: Lifecycle[Task] = Lifecycle(
    model=Task,
    subject="dispatch.task",
    states=S.values,
    transitions=(
        Transition("accept", _("Task accepted"), frozenset({S.OFFERED}), S.ACCEPTED, policy.is_asked_or_steers),
        Transition(
            "decline", _("Task declined"), frozenset({S.OFFERED, S.ACCEPTED}), S.DECLINED, policy.is_asked_or_steers
        ),
        Transition("expire", _("Offer not answered in time"), frozenset({S.OFFERED}), S.EXPIRED, policy.is_process),
        Transition(
            "check_in", _("Helper on the way"), frozenset({S.ACCEPTED, S.BLOCKED}), S.IN_PROGRESS,
            policy.is_asked_or_steers,
        ),
        Transition(
            "block", _("Task blocked"), frozenset({S.ACCEPTED, S.IN_PROGRESS}), S.BLOCKED, policy.is_asked_or_steers
        ),
        Transition("finish", _("Task done"), frozenset(HELD), S.DONE, policy.is_asked_or_steers),
        Transition("verify", _("Resident confirmed the task"), frozenset({S.DONE}), S.VERIFIED, policy.is_process),
        Transition("cancel", _("Task cancelled"), frozenset(LIVE), S.CANCELLED, policy.can_steer),
    ),
)  # fmt: skip
