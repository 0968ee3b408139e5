"""Reading notices: of a response, for the public, for those who serve."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from juxing.activations import previews
from juxing.activations.models import Activation
from juxing.command import policy
from juxing.command.enums import NoticeStatus
from juxing.command.models import Notice
from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import acting
from juxing.places.codes import ancestors
from juxing.plans.enums import NoticeAudience

PUBLIC = Actor.system("public notices")
LISTED = 60


def notices_page(*, actor: Actor, activation: Activation, cursor: str | None = None) -> Page[Notice]:
    """Return the notices of the actor's part of a response, place by place."""
    with acting(previews.PROCESS):
        rows = Notice.objects.inside(policy.seen_of(actor, activation)).filter(activation=activation)
        return page_of(rows.select_related("told_by"), order=("area_code", "id"), cursor=cursor)


def notice(*, actor: Actor, uuid: UUID) -> Notice:
    """
    Return one notice.

    Raises:
        NotVisible: if it is not of the actor's part of a response.
    """
    with acting(previews.PROCESS):
        found = Notice.objects.select_related("activation__incident", "told_by").filter(uuid=uuid).first()
    if found is None or found.area_code not in actor.areas_with(policy.SEE):
        raise NotVisible
    return found


def alike(*, actor: Actor, found: Notice) -> int:
    """Return in how many places this notice is still a draft that the actor may publish."""
    rows = Notice.objects.inside(actor.areas_with(policy.PUBLISH))
    return rows.filter(activation_id=found.activation_id, code=found.code, status=NoticeStatus.DRAFT).count()


def public_notices(*, place: str, now: datetime) -> list[Notice]:
    """Return what residents are told now, newest first: everywhere, or at one place and around it; at most 60."""
    with acting(PUBLIC):
        rows = Notice.objects.filter(
            status=NoticeStatus.PUBLISHED, audience=NoticeAudience.RESIDENTS, ends_at__gt=now
        )  # fmt: skip
        if place:
            rows = rows.filter(area_code__in=ancestors(place))
        return list(rows.order_by("-published_at", "-id")[:LISTED])


def public_places(*, now: datetime) -> list[str]:
    """Return the places residents are told something about now."""
    with acting(PUBLIC):
        rows = Notice.objects.filter(
            status=NoticeStatus.PUBLISHED, audience=NoticeAudience.RESIDENTS, ends_at__gt=now
        )  # fmt: skip
        return sorted(set(rows.order_by().values_list("area_code", flat=True).distinct()[:2000]))


def notices_for_me(*, actor: Actor, now: datetime) -> list[Notice]:
    """Return what those who serve are told at the actor's places or around them, newest first; at most 60."""
    around = {above for prefix in actor.areas.prefixes for above in ancestors(prefix)}
    with acting(PUBLIC):
        rows = Notice.objects.filter(area_code__in=sorted(around), status=NoticeStatus.PUBLISHED, ends_at__gt=now)
        return list(rows.exclude(audience=NoticeAudience.RESIDENTS).order_by("-published_at", "-id")[:LISTED])
