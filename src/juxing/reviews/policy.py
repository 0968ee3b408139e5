"""Who writes notes, and who reviews."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.access.roles import COMMAND, COMMUNITY_DESK, Role
from juxing.activations.models import Activation
from juxing.kernel.actors import Actor
from juxing.kernel.rights import declare
from juxing.kernel.scope import ScopedQuerySet
from juxing.reviews.models import AfterActionReview, CorrectiveAction

SEE = declare(
    "reviews.see", _("See reviews and corrective actions"),
    roles={*COMMAND, *COMMUNITY_DESK, Role.SECURITY_AUDITOR, Role.DEPARTMENT_LIAISON},
)  # fmt: skip
NOTE = declare("reviews.note", _("Write notes while a response runs"), roles={*COMMAND, *COMMUNITY_DESK})
REVIEW = declare("reviews.review", _("Write reviews and corrective actions"), roles=COMMAND)


def can_see(actor: Actor, thing: Activation | AfterActionReview | CorrectiveAction) -> bool:
    """Whether the actor may read it."""
    return actor.may(SEE, thing.area_code)


def can_review(actor: Actor, thing: Activation | AfterActionReview | CorrectiveAction) -> bool:
    """Whether the actor may write it."""
    return actor.may(REVIEW, thing.area_code)


def is_process(actor: Actor, _thing: object) -> bool:
    """Whether a process of Juxing acts: a drill that tested an action."""
    return actor.rights_everywhere


def visible_reviews(actor: Actor) -> ScopedQuerySet[AfterActionReview]:
    """Reviews for which ``can_see`` holds."""
    return AfterActionReview.objects.inside(actor.areas_with(SEE))


def visible_actions(actor: Actor) -> ScopedQuerySet[CorrectiveAction]:
    """Corrective actions for which ``can_see`` holds."""
    return CorrectiveAction.objects.inside(actor.areas_with(SEE))
