"""One need, found by those who may know of it: staff in scope, or whoever holds its link or its phone."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.models import JournalEntry
from juxing.kernel.numbers import row_id_of
from juxing.kernel.refusals import NotVisible
from juxing.needs.enums import OPEN
from juxing.needs.links import link_digest
from juxing.needs.models import NUMBER_PREFIX, Need
from juxing.needs.policy import visible_needs
from juxing.people.models import Resident
from juxing.people.policy import visible_residents

TIMELINE_ENTRIES = 200


def need_for(actor: Actor, uuid: UUID) -> Need:
    """
    Return a need with all that its page shows.

    Raises:
        NotVisible: if it does not exist for the actor.
    """
    found = _complete(visible_needs(actor)).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def need_by_link(token: str, *, now: datetime) -> Need | None:
    """Return the need of a link that has not ended, or None; call it inside the system's scope."""
    if not token or len(token) > 100:
        return None
    rows = Need.objects.filter(link_digest=link_digest(token), link_expires_at__gt=now)
    return _complete(rows).first()


def need_by_number(number: str, *, phone: str) -> Need | None:
    """
    Return the need of this number if this phone (its index) stands behind it; call it inside the system's scope.

    A wrong number and a wrong phone look the same from outside.
    """
    row_id = row_id_of(NUMBER_PREFIX, number)
    if row_id is None or not phone:
        return None
    return (
        _complete(Need.objects.get_queryset())
        .filter(Q(contact_phone_index=phone) | Q(resident__phone_index=phone), pk=row_id)
        .first()
    )


def needs_of_phone(phone: str, *, limit: int = 20) -> list[Need]:
    """Return the latest needs recorded under a phone (its index); call it inside the system's scope."""
    if not phone:
        return []
    rows = _complete(Need.objects.filter(contact_phone_index=phone))
    return list(rows.order_by("-recorded_at", "-id")[:limit])


def timeline_of(need: Need) -> list[JournalEntry]:
    """Return what happened to a need, newest first."""
    return list(journal.entries_about(Need._meta.label_lower, need.uuid)[:TIMELINE_ENTRIES])


def duplicates_of(need: Need) -> list[Need]:
    """Return the repetitions joined with this need, earliest first."""
    return list(need.duplicates.prefetch_related("lines__item").order_by("recorded_at", "pk")[:20])


def _complete(rows: QuerySet[Need]) -> QuerySet[Need]:
    return rows.select_related(
        "household__building__estate", "household__unit", "resident", "duplicate_of", "feedback", "recorded_by"
    ).prefetch_related("lines__item")


def similar_to(actor: Actor, need: Need, *, now: datetime) -> list[Need]:
    """Return open needs of the same household beside this one, for a person to compare; none if it has no household."""
    if need.household_id is None or need.status not in OPEN:
        return []
    rows = _complete(visible_needs(actor)).filter(
        household_id=need.household_id, status__in=sorted(OPEN), duplicate_of__isnull=True, recorded_at__lte=now
    )
    return list(rows.exclude(pk=need.pk).order_by("recorded_at", "pk")[:10])


def resident_for(actor: Actor, uuid: UUID) -> Resident:
    """
    Return a resident for whom the actor may record.

    Raises:
        NotVisible: if there is none for the actor.
    """
    rows = visible_residents(actor).select_related("household__building__estate", "household__unit")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found
