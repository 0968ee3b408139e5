"""Reading reviews: the list, one with all that belongs to it, actions by plan, the timeline out of the journal."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Count, Q

from juxing.activations import previews
from juxing.activations.models import Activation
from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import acting
from juxing.plans.models import EmergencyPlan
from juxing.reviews import policy
from juxing.reviews.comparison import Comparison, compared
from juxing.reviews.enums import ActionStatus
from juxing.reviews.models import AfterActionReview, CorrectiveAction, Finding, ReviewNote

PROCESS = previews.PROCESS


def activation(*, actor: Actor, uuid: UUID) -> Activation:
    """
    Return the response or drill to look back on.

    Raises:
        NotVisible: if it is not the actor's.
    """
    with acting(PROCESS):
        found = Activation.objects.select_related("incident", "plan_version__plan").filter(uuid=uuid).first()
    if found is None or not policy.can_see(actor, found):
        raise NotVisible
    return found


def reviews_page(*, actor: Actor, cursor: str | None = None) -> Page[AfterActionReview]:
    """Return reviews of the actor's places, newest first, with how many actions are open."""
    page = page_of(policy.visible_reviews(actor), order=("-opened_at", "-id"), cursor=cursor)
    with acting(PROCESS):
        rows = AfterActionReview.objects.filter(pk__in=[each.pk for each in page.rows])
        counted = rows.select_related("activation__incident", "activation__plan_version__plan").annotate(
            action_count=Count("findings__actions"),
            open_count=Count("findings__actions", filter=Q(findings__actions__status=ActionStatus.OPEN)),
        )
        loaded = {row.pk: row for row in counted}
    return Page([loaded[row.pk] for row in page.rows], page.next_cursor, page.previous_cursor)


def review(*, actor: Actor, uuid: UUID) -> AfterActionReview:
    """
    Return one review.

    Raises:
        NotVisible: if there is none for the actor.
    """
    if not policy.visible_reviews(actor).filter(uuid=uuid).exists():
        raise NotVisible
    with acting(PROCESS):
        return AfterActionReview.objects.select_related(
            "activation__incident", "activation__plan_version__plan", "opened_by", "closed_by"
        ).get(uuid=uuid)


def review_of(activation: Activation) -> AfterActionReview | None:
    """Return the review of a response, None before there is one."""
    with acting(PROCESS):
        return AfterActionReview.objects.filter(activation=activation).first()


def findings_of(review: AfterActionReview) -> list[Finding]:
    """Return the findings with their actions, in order."""
    with acting(PROCESS):
        rows = Finding.objects.filter(review=review).prefetch_related("actions__applied_in", "actions__plan")
        return list(rows.order_by("number"))


def finding(*, actor: Actor, uuid: UUID) -> Finding:
    """
    Return one finding with its review.

    Raises:
        NotVisible: if there is none for the actor.
    """
    with acting(PROCESS):
        rows = Finding.objects.select_related("review__activation__plan_version__plan")
        found = rows.filter(uuid=uuid).first()
    if found is None or not policy.can_see(actor, found.review):
        raise NotVisible
    return found


def action(*, actor: Actor, uuid: UUID) -> CorrectiveAction:
    """
    Return one corrective action.

    Raises:
        NotVisible: if there is none for the actor.
    """
    with acting(PROCESS):
        found = CorrectiveAction.objects.select_related("finding__review", "plan").filter(uuid=uuid).first()
    if found is None or not policy.can_see(actor, found):
        raise NotVisible
    return found


def notes_of(activation: Activation) -> list[ReviewNote]:
    """Return the notes written while it ran, oldest first."""
    with acting(PROCESS):
        rows = ReviewNote.objects.filter(activation=activation).select_related("written_by")
        return list(rows.order_by("written_at", "id")[:300])


def actions_of_plan(plan: EmergencyPlan, *, open_only: bool = False) -> list[CorrectiveAction]:
    """Return the corrective actions of a plan, those due first."""
    with acting(PROCESS):
        rows = CorrectiveAction.objects.filter(plan=plan).select_related("finding", "applied_in")
        if open_only:
            rows = rows.filter(status__in=[ActionStatus.OPEN, ActionStatus.APPLIED])
        return list(rows.order_by("due_on", "id")[:200])


def overdue_count(*, actor: Actor, today: date) -> int:
    """Return how many corrective actions of the actor's places are overdue."""
    return policy.visible_actions(actor).filter(status=ActionStatus.OPEN, due_on__lt=today).count()


def comparison(activation: Activation, *, speed: int = 1) -> Comparison:
    """Return planned beside happened."""
    with acting(PROCESS):
        return compared(activation, speed=speed)


def timeline_page(*, actor: Actor, activation: Activation, cursor: str | None = None) -> Page[JournalEntry]:
    """
    Return what the journal says of the response, in the order in which it happened, newest first.

    Raises:
        NotVisible: if it is not the actor's.
    """
    if not policy.can_see(actor, activation):
        raise NotVisible
    with acting(PROCESS):
        rows = JournalEntry.objects.filter(
            Q(subject_uuid=activation.uuid)
            | Q(changes__activation=str(activation.uuid), happened_at__gte=activation.starts_at)
        )
        return page_of(rows, order=("-id",), cursor=cursor)
