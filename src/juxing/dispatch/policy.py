"""Who may start matching, see runs, and answer for tasks. A task is answered for by the one it was offered to."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.access.roles import COMMAND, COMMUNITY_DESK, DOORSTEP, Role
from juxing.dispatch.models import DeliveryRound, MatchingRun, Task
from juxing.kernel.actors import Actor, ActorKind
from juxing.kernel.rights import declare
from juxing.kernel.scope import ScopedQuerySet

VIEW = declare(
    "dispatch.view",
    _("See who helps whom"),
    roles={*COMMAND, *COMMUNITY_DESK, *DOORSTEP, Role.BRANCH_SECRETARY, Role.TEAM_LEADER},
)
MATCH = declare("dispatch.match", _("Start a matching run"), roles={*COMMAND, *COMMUNITY_DESK})
STEER = declare("dispatch.steer", _("Cancel tasks and plan rounds"), roles={*COMMAND, *COMMUNITY_DESK})


def visible_tasks(actor: Actor) -> ScopedQuerySet[Task]:
    """Tasks of the places where the actor may see who helps whom."""
    return Task.objects.inside(actor.areas_with(VIEW))


def visible_runs(actor: Actor) -> ScopedQuerySet[MatchingRun]:
    """Runs over places where the actor may see who helps whom."""
    return MatchingRun.objects.inside(actor.areas_with(VIEW))


def is_asked(actor: Actor, task: Task) -> bool:
    """Whether the task was offered to this actor."""
    return actor.account_id is not None and actor.account_id == task.responder.account_id


def can_steer(actor: Actor, task: Task) -> bool:
    """Whether the actor may take the task away or move it on in the helper's place."""
    return actor.may(STEER, task.area_code)


def walks_or_steers(actor: Actor, walked: DeliveryRound) -> bool:
    """Whether the actor walks this round, or steers dispatch where its helper serves."""
    is_own = actor.account_id is not None and actor.account_id == walked.responder.account_id
    return is_own or actor.may(STEER, walked.area_code)


def is_asked_or_steers(actor: Actor, task: Task) -> bool:
    """Whether the actor is the helper, or records the work for a helper without a phone."""
    return is_asked(actor, task) or can_steer(actor, task)


def is_process(actor: Actor, _task: Task) -> bool:
    """Whether Juxing itself acts: offers run out by the clock, not by a person."""
    return actor.kind is ActorKind.SYSTEM
