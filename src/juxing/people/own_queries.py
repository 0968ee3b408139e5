"""Finding the resident behind a proved phone and a door, and the requests of residents that wait for an answer."""

from __future__ import annotations

from uuid import UUID

from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.people import policy
from juxing.people.models import DataSubjectRequest, Resident
from juxing.people.phone_numbers import phone_index
from juxing_text.folding import fold


def residents_who(*, phone: str, door: str) -> list[Resident]:
    """
    Return the residents who live behind this door and have this phone; call as the system, for who proved the phone.

    The door is asked for because telephone numbers are given to somebody else after a while.
    """
    rows = Resident.objects.filter(phone_index=phone_index(phone), left_on__isnull=True)
    rows = rows.select_related("household__building__estate")
    typed = fold(door).replace(" ", "").lstrip("0")
    return [one for one in rows[:20] if typed and fold(one.household.door).lstrip("0") == typed]


def resident_of(uuid: UUID) -> Resident:
    """
    Return the resident whose record a visitor has opened; call as the system.

    Raises:
        NotVisible: if there is none any more.
    """
    found = Resident.objects.select_related("household__building__estate").filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def own_request(resident: Resident, uuid: UUID) -> DataSubjectRequest:
    """
    Return one request of the resident.

    Raises:
        NotVisible: if there is none such.
    """
    found = DataSubjectRequest.objects.select_related("resident").filter(resident=resident, uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def requests_page(*, actor: Actor, cursor: str | None = None) -> Page[DataSubjectRequest]:
    """Return open requests of the places where the actor answers them, the one due first."""
    rows = policy.visible_requests(actor).filter(answered_at__isnull=True)
    rows = rows.select_related("resident__household__building__estate")
    return page_of(rows, order=("due_at", "id"), cursor=cursor)


def request_to_answer(*, actor: Actor, uuid: UUID) -> DataSubjectRequest:
    """
    Return one request.

    Raises:
        NotVisible: if there is none for the actor.
    """
    rows = policy.visible_requests(actor).select_related("resident__household__building__estate", "answered_by")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def objections_of(*, actor: Actor, resident: Resident) -> list[DataSubjectRequest]:
    """Return the uses a resident objects to, for whoever may look the resident up."""
    if not policy.can_find(actor, resident):
        return []
    rows = DataSubjectRequest.objects.filter(resident=resident, kind="objection", withdrawn_at__isnull=True)
    return list(rows.exclude(is_granted=False).order_by("-asked_at"))
