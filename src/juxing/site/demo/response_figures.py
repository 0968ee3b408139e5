"""What a response has made of a district, counted from the rows of every room, and whether they agree."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from juxing.access.models import RoleAssignment
from juxing.activations.models import Activation, ActivationArea
from juxing.command.enums import NoticeStatus
from juxing.command.models import MusterPost, Notice
from juxing.needs.models import CollectionRound
from juxing.organisations.enums import TemporaryBodyKind
from juxing.organisations.models import PostConversion, PostHolding, TemporaryBody
from juxing.responders.models import Muster
from juxing.responders.muster_enums import COUNTED_ON
from juxing.supplies.enums import TransferStatus
from juxing.supplies.models import Transfer
from juxing.venues.enums import OPEN_CONVERSIONS, VenueFunction
from juxing.venues.models import VenueConversion

UNDER_WAY = (TransferStatus.PLANNED, TransferStatus.SENT)


def figures(activation: Activation, *, now: datetime) -> dict[str, int]:
    """Return what stands for the response at this moment; call it inside the system's scope."""
    bodies = TemporaryBody.objects.filter(activation_id=activation.pk, dissolved_at=None)
    kinds = dict(bodies.values_list("kind").annotate(Count("id")).order_by())
    links = PostConversion.objects.filter(activation_id=activation.pk, ended_at=None)
    held = Q(ends_at=None) | Q(ends_at__gt=now)
    holders = PostHolding.objects.filter(held, post__conversions__in=links)
    return {
        "command_posts": kinds.get(TemporaryBodyKind.TASK_FORCE, 0),
        "temporary_branches": kinds.get(TemporaryBodyKind.TEMPORARY_BRANCH, 0),
        "functional_groups": kinds.get(TemporaryBodyKind.FUNCTIONAL_GROUP, 0),
        "posts": links.count(),
        "posts_filled": holders.values("post_id").distinct().count(),
        "post_holders": holders.count(),
        "called_to_posts": MusterPost.objects.filter(activation=activation, closed_at=None).count(),
        "responders_mustered": Muster.objects.filter(
            activation_id=activation.pk, status__in=sorted(COUNTED_ON), ends_at__gt=now
        ).count(),
        "venues_converted": VenueConversion.objects.filter(
            activation_id=activation.pk, status__in=sorted(OPEN_CONVERSIONS)
        ).count(),
        **venues_by_function(activation),
        "transfers_under_way": Transfer.objects.filter(activation_id=activation.pk, status__in=UNDER_WAY).count(),
        "rounds_open": CollectionRound.objects.filter(
            activation_id=activation.pk, closed_at=None, ends_at__gt=now
        ).count(),
        "notices": Notice.objects.filter(
            activation=activation, status__in=[NoticeStatus.DRAFT, NoticeStatus.PUBLISHED]
        ).count(),
        "grants": RoleAssignment.objects.filter(activation_uuid=activation.uuid, ends_at__gt=now).count(),
    }  # fmt: skip


def venues_by_function(activation: Activation) -> dict[str, int]:
    """Return how many venues are, or are being, turned into the points that an epidemic asks for."""
    named = {"sampling_points": VenueFunction.TESTING_SITE, "supply_points": VenueFunction.SUPPLY_POINT}
    rows = VenueConversion.objects.filter(activation_id=activation.pk, status__in=sorted(OPEN_CONVERSIONS))
    counts = dict(rows.values_list("function").annotate(Count("id")).order_by())
    return {name: counts.get(function, 0) for name, function in named.items()}


def faults(*, now: datetime) -> Iterator[str]:
    """Yield every way in which what conversion leaves does not agree with the parts in force."""
    parts = ActivationArea.objects.filter(closed_by=None, until__gt=now)
    in_force = set(parts.values_list("activation_uuid", flat=True))
    grants = RoleAssignment.objects.filter(activation_uuid__isnull=False, ends_at__gt=now)
    over = grants.exclude(activation_uuid__in=in_force).count()
    if over:
        yield f"{over} grants outlive their response"
    running = set(Activation.objects.filter(uuid__in=in_force).values_list("pk", flat=True))
    rows: dict[str, QuerySet[Any]] = {
        "temporary bodies": TemporaryBody.objects.filter(activation_id__isnull=False, dissolved_at=None),
        "emergency posts": PostConversion.objects.filter(ended_at=None),
        "calls": Muster.objects.filter(status__in=sorted(COUNTED_ON), ends_at__gt=now),
        "collection rounds": CollectionRound.objects.filter(activation_id__isnull=False, closed_at=None),
    }
    for name, standing in rows.items():
        left = standing.exclude(activation_id__in=running).count()
        if left:
            yield f"{left} {name} outlive their response"
