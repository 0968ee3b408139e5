"""Reading residents: one person's page, care, consents, and the household they belong to."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from juxing.kernel.actors import Actor
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotVisible
from juxing.people import policy
from juxing.people.models import Consent, Resident, SpecialCareProfile
from juxing.places.door_queries import find_doors
from juxing.places.door_text import DoorText, split_address
from juxing.places.models import Household


def resident(*, actor: Actor, uuid: UUID) -> Resident:
    """
    Return one resident with household and building.

    Raises:
        NotVisible: if there is none for the actor.
    """
    rows = policy.visible_residents(actor).select_related("household__building__estate", "household__unit")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def care_of(*, actor: Actor, resident: Resident, today: date) -> list[SpecialCareProfile]:
    """Return the care that runs today, as far as the actor may know of it."""
    running = Q(ends_on__isnull=True) | Q(ends_on__gt=today)
    return list(policy.visible_care(actor).filter(running, resident=resident).order_by("category"))


def care_profile(*, actor: Actor, resident: Resident, uuid: UUID) -> SpecialCareProfile:
    """
    Return one care profile of the resident.

    Raises:
        NotVisible: if there is none for the actor.
    """
    found = policy.visible_care(actor).filter(resident=resident, uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def consents_of(*, actor: Actor, resident: Resident) -> list[Consent]:
    """Return what the resident agreed to, newest first, withdrawn or not."""
    return list(policy.visible_consents(actor).filter(resident=resident).order_by("-given_at"))


def consent(*, actor: Actor, resident: Resident, uuid: UUID) -> Consent:
    """
    Return one consent of the resident.

    Raises:
        NotVisible: if there is none for the actor.
    """
    found = policy.visible_consents(actor).filter(resident=resident, uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def household_written(*, actor: Actor, address: str) -> Household:
    """
    Return the one household an address as people write it means, where the actor registers residents.

    Raises:
        InvalidInput: if it names no door, or several.
    """
    door, rest = split_address(address)
    found: dict[int, Household] = {}
    if door is not None and door.door:
        written = [DoorText(word, door.building, door.unit, door.door) for word in rest.split()] or [door]
        for prefix in actor.areas_with(policy.REGISTER).prefixes:
            for at_door in find_doors(actor=actor, area_code=prefix, doors=written):
                found |= {household.pk: household for household in at_door.households}
    if len(found) == 1:
        return next(iter(found.values()))
    message = (
        _("Several doors are written like this. Write the estate and the unit as well.")
        if found
        else _("No door in your area is written like this. Write estate, building and door.")
    )
    raise InvalidInput("address_unclear", message, field="address")


def timeline_of(resident: Resident) -> QuerySet[JournalEntry]:
    """Return what was done about the resident, newest first: changes, looks in full, moves."""
    return JournalEntry.objects.filter(subject_uuid=resident.uuid).order_by("-id")[:50]
