"""
What a resident may see of the own data: what is kept, by every room, and who looked.

Rooms above add their parts; the functions run as the system around one resident who proved to be that person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.access.affiliations import Affiliation, affiliations
from juxing.access.journal_queries import action_label
from juxing.access.models import Export, RoleAssignment
from juxing.access.purposes import processing_purposes
from juxing.access.roles import Role
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import Words
from juxing.kernel.registry import Registry
from juxing.people.commands import REVEALED
from juxing.people.models import Consent, DataSubjectRequest, Resident, SpecialCareProfile
from juxing.people.personal_fields import named_purpose
from juxing.places.models import Area

LOOKS_SHOWN = 500


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One thing that is kept, in words for the person; ``subject`` is what journal entries about it carry."""

    subject: UUID
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OwnPart:
    """What one room keeps about a resident."""

    label: Words
    rows: Callable[[Resident], Iterable[OwnRow]]


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody saw or took out the person's data: a role of an organisation, never a clerk's name."""

    at: datetime
    what: Words
    role: Words
    organisation: str
    place: str
    purpose: Words
    reason: str


own_parts: Registry[OwnPart] = Registry("part of one's own data")
looks: Registry[None] = Registry("action that shows a person's data")


def declare_look(action: str) -> None:
    """Say that entries of this action mean: somebody saw a person's data in full."""
    looks.add(action, None)


def own_data(resident: Resident) -> dict[str, list[OwnRow]]:
    """Return everything kept about the resident, by part, in the order in which rooms declared them."""
    return {str(part.label): list(part.rows(resident)) for _code, part in own_parts}


def who_looked(resident: Resident) -> list[Look]:
    """Return who saw the resident's data in full, or took it out in a file, newest first."""
    subjects = {row.subject for _code, part in own_parts for row in part.rows(resident)}
    entries = JournalEntry.objects.filter(
        subject_uuid__in=subjects, action__in=[action for action, _nothing in looks]
    ).order_by("-id")[:LOOKS_SHOWN]
    exports = Export.objects.filter(person_uuids__contains=[resident.uuid], taken_at__isnull=False)
    seen = [
        (entry.happened_at, entry.actor_account_id, entry.area_code, action_label(entry.action),
         str(entry.changes.get("purpose", "")), entry.reason)
        for entry in entries
    ] + [
        (export.taken_at or export.asked_at, export.account_id, export.area_code, _("In a list taken out as a file"),
         export.purpose, export.reason)
        for export in exports.order_by("-id")[:LOOKS_SHOWN]
    ]  # fmt: skip
    seen.sort(key=lambda one: one[0], reverse=True)
    return _in_words(seen[:LOOKS_SHOWN], resident)


def _in_words(
    seen: Sequence[tuple[datetime, int | None, str, Words, str, str]], resident: Resident
) -> list[Look]:  # fmt: skip
    account_ids = [account_id for _at, account_id, *_rest in seen if account_id is not None]
    held = list(RoleAssignment.objects.filter(account_id__in=account_ids))
    worked = affiliations(account_ids)
    names = dict(Area.objects.filter(code__in={role.area_code for role in held}).values_list("code", "name"))
    result = []
    for at, account_id, area_code, what, purpose, reason in seen:
        role = _role_then(held, account_id, at, area_code or resident.area_code)
        result.append(Look(
            at=at, what=what, role=Role(role.role).label if role else _("System"),
            organisation=_organisation_then(worked, account_id, at),
            place=names.get(role.area_code, role.area_code) if role else "",
            purpose=processing_purposes[purpose].label if purpose in processing_purposes else "", reason=reason,
        ))  # fmt: skip
    return result


def _role_then(
    held: Iterable[RoleAssignment], account_id: int | None, at: datetime, area_code: str
) -> RoleAssignment | None:
    """Return the role by which the account saw it: in force then, over the place, the closest one."""
    fitting = [
        role for role in held
        if role.account_id == account_id and area_code.startswith(role.area_code)
        and role.starts_at <= at and (role.ends_at is None or at < role.ends_at)
    ]  # fmt: skip
    return max(fitting, key=lambda role: len(role.area_code), default=None)


def _organisation_then(worked: Iterable[Affiliation], account_id: int | None, at: datetime) -> str:
    found = (one.organisation for one in worked if one.account_id == account_id and one.holds_at(at))
    return next(found, "")


def _person(resident: Resident) -> Iterable[OwnRow]:
    building = resident.household.building
    yield OwnRow(resident.uuid, {
        str(_("Name")): resident.name, str(pgettext_lazy("people", "Phone")): resident.phone,
        str(_("Born")): resident.birth_year,
        str(_("Home")): f"{building.estate.name} {building.label} {resident.household.door}",
        str(_("Mobility")): str(resident.get_mobility_display()), str(_("Languages")): " ".join(resident.languages),
        str(_("Moved out")): resident.left_on,
    })  # fmt: skip


def _care(resident: Resident) -> Iterable[OwnRow]:
    for profile in SpecialCareProfile.objects.filter(resident=resident).order_by("starts_on"):
        yield OwnRow(profile.uuid, {
            str(_("Special care")): str(profile.get_category_display()), str(_("Note")): profile.note,
            str(pgettext_lazy("people", "From")): profile.starts_on, str(_("Until")): profile.ends_on,
        })  # fmt: skip


def _consents(resident: Resident) -> Iterable[OwnRow]:
    for consent in Consent.objects.filter(resident=resident).order_by("given_at"):
        known = named_purpose(consent.purpose)
        yield OwnRow(consent.uuid, {
            str(_("Purpose")): str(known), str(_("Kind of consent")): str(consent.get_kind_display()),
            str(_("Given")): consent.given_at, str(_("Withdrawn")): consent.withdrawn_at,
        })  # fmt: skip


def _requests(resident: Resident) -> Iterable[OwnRow]:
    for asked in DataSubjectRequest.objects.filter(resident=resident).order_by("asked_at"):
        yield OwnRow(asked.uuid, {
            str(_("Number")): asked.number, str(pgettext_lazy("people", "Request")): str(asked.get_kind_display()),
            str(_("In your words")): asked.written, str(_("Date")): asked.asked_at,
            str(_("Answer")): asked.answer_note,
        })  # fmt: skip


own_parts.add("person", OwnPart(_("You"), _person))
own_parts.add("care", OwnPart(_("Special care"), _care))
own_parts.add("consents", OwnPart(_("What you agreed to"), _consents))
own_parts.add("requests", OwnPart(_("What you asked about your data"), _requests))
declare_look(REVEALED)
