"""Removing what tells of people once it has served its purpose; what remains counts needs of a community."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.models import JournalEntry
from juxing.kernel.scope import ScopedQuerySet
from juxing.needs.enums import OVER
from juxing.needs.models import Feedback, Need, NeedLine, OrderChain
from juxing.places.codes import COMMUNITY_CODE_LENGTH

FORGOTTEN = journal.declare_action("needs.need.forget", _("Personal details removed: the time is up"))
KEPT_FOR = timedelta(days=365)
NOBODY: dict[str, Any] = {
    "household": None, "resident": None, "details": "", "place_text": "", "contact_name": "", "contact_phone": "",
    "contact_phone_index": "", "languages": [], "longitude": None, "latitude": None, "unmet_reason": "",
    "link_digest": "", "link_expires_at": None, "triage": {},
}  # fmt: skip


@transaction.atomic
def forget_needs(*, actor: Actor, now: datetime, limit: int = 5000) -> int:
    """
    Remove person, door and words from needs that ended twelve months ago, set-based; return how many.

    A need ended when the journal last spoke of it. Kind, state, priority, times, catalogue items and community stay.
    """
    touched = JournalEntry.objects.filter(subject_uuid=OuterRef("uuid"), recorded_at__gte=now - KEPT_FOR)
    due = (
        Need.objects.filter(~Exists(touched), status__in=sorted(OVER), recorded_at__lt=now - KEPT_FOR)
        .exclude(triage={})
        .order_by("recorded_at", "id")
        .select_for_update(skip_locked=True)
        .only("uuid", "area_code")[:limit]
    )
    needs = list(due)
    _take_persons_off(needs, actor=actor, now=now)
    return len(needs)


@transaction.atomic
def forget_emergency(*, actor: Actor, now: datetime, areas: Areas, since: datetime, until: datetime) -> list[int]:
    """
    Remove person, door and words from closed needs recorded in a response's time and places; return their ids.

    What was gathered for a response is destroyed after it, long before the twelve months of other needs. Needs that
    are still open keep what helping takes, and go when they are closed and the twelve months are over.
    """
    needs = list(emergency_needs(areas, since, until).filter(status__in=sorted(OVER)).exclude(triage={})
                 .select_for_update().only("uuid", "area_code"))  # fmt: skip
    _take_persons_off(needs, actor=actor, now=now)
    return [need.pk for need in needs]


def emergency_needs(areas: Areas, since: datetime, until: datetime) -> ScopedQuerySet[Need]:
    """Return the needs recorded in these places in [since, until)."""
    return Need.objects.inside(areas).filter(recorded_at__gte=since, recorded_at__lt=until)


def _take_persons_off(needs: Sequence[Need], *, actor: Actor, now: datetime) -> None:
    ids = [need.pk for need in needs]
    community = Left(F("area_code"), COMMUNITY_CODE_LENGTH)
    NeedLine.objects.filter(need_id__in=ids).update(written="", area_code=community)
    Feedback.objects.filter(need_id__in=ids).update(comment="", area_code=community)
    Need.objects.filter(pk__in=ids).update(**NOBODY, area_code=community)
    journal.record_many(
        journal.Fact(FORGOTTEN, Need._meta.label_lower, need.uuid, need.area_code[:COMMUNITY_CODE_LENGTH])
        for need in needs
    ).by(actor, happened_at=now)


@transaction.atomic
def forget_chains(*, now: datetime, limit: int = 500) -> int:
    """Delete order chains pasted twelve months ago with their lines; return how many. The needs stay."""
    old = OrderChain.objects.filter(pasted_at__lt=now - KEPT_FOR).order_by("pasted_at")
    ids = list(old.values_list("pk", flat=True)[:limit])
    OrderChain.objects.filter(pk__in=ids).delete()
    return len(ids)
