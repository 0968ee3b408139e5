"""Registering residents, changing what is written about them, care profiles, consent; all journalled without values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from juxing.access.purposes import require_purpose
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.people import policy
from juxing.people.enums import CareCategory, ConsentKind, Mobility
from juxing.people.models import Consent, Resident, SpecialCareProfile
from juxing.people.names import MAXIMUM_LENGTH, name_parts
from juxing.people.objections import objects_to
from juxing.people.personal_fields import purposes
from juxing.people.phone_numbers import normal_phone, phone_index
from juxing.places.models import Household

Row = TypeVar("Row", bound=models.Model)
REGISTERED = journal.declare_action("people.resident.register", _("Resident registered"))
CHANGED = journal.declare_action("people.resident.change", _("Resident's details changed"))
LEFT = journal.declare_action("people.resident.leave", _("Resident moved out"))
REVEALED = journal.declare_action("people.resident.reveal", _("Name and phone looked at in full"))
CARE_ADDED = journal.declare_action("people.care.add", _("Special care begun"))
CARE_ENDED = journal.declare_action("people.care.end", _("Special care ended"))
CONSENT_GIVEN = journal.declare_action("people.consent.give", _("Consent given"))
CONSENT_WITHDRAWN = journal.declare_action("people.consent.withdraw", _("Consent withdrawn"))
BIRTH_YEARS = range(1890, 2201)
FIRST_MOVE = date(1990, 1, 1)
PLAIN_COLUMNS = frozenset({"birth_year", "mobility", "languages", "has_smartphone"})


@transaction.atomic
def register_resident(
    *, actor: Actor, now: datetime, household: Household, name: str, phone: str = "", birth_year: int | None = None,
    mobility: str = Mobility.WALKS, is_demo: bool = False,
) -> Resident:  # fmt: skip
    """
    Write a resident of a household down.

    Raises:
        InvalidInput: if a value cannot be right, or the household has somebody of this name.
    """
    actor.require(policy.REGISTER, household.area_code)
    resident = Resident(household=household, area_code=household.area_code, is_demo=is_demo)
    _fill(resident, {"name": name, "phone": phone, "birth_year": birth_year, "mobility": mobility})
    if Resident.objects.filter(household=household, name=resident.name, left_on__isnull=True).exists():
        raise InvalidInput("resident_known", _("Somebody of this name lives here already."), field="name")
    resident.save()
    return _recorded(REGISTERED, resident, actor=actor, now=now)


@transaction.atomic
def change_resident(*, actor: Actor, now: datetime, resident: Resident, changes: Mapping[str, Any]) -> Resident:
    """
    Change name, phone, birth year, mobility, languages or smartphone; the journal names the fields, not the values.

    Raises:
        InvalidInput: if a value cannot be right.
    """
    locked = Resident.objects.select_for_update(of=("self",)).get(pk=resident.pk)
    if not policy.can_change(actor, locked):
        raise NotPermitted
    changed = sorted(name for name, value in changes.items() if getattr(locked, name) != value)
    if not changed:
        return locked
    columns = _fill(locked, {name: changes[name] for name in changed})
    locked.save(update_fields=columns)
    journal.record(CHANGED, actor=actor, subject=locked, happened_at=now, changes={"fields": changed})
    return locked


@transaction.atomic
def move_out(*, actor: Actor, now: datetime, resident: Resident, on: date, reason: str = "") -> None:
    """Note that the resident no longer lives here; special care ends the same day."""
    locked = Resident.objects.select_for_update(of=("self",)).get(pk=resident.pk)
    if not policy.can_change(actor, locked):
        raise NotPermitted
    if not FIRST_MOVE <= on <= timezone.localdate(now) + timedelta(days=366):
        raise InvalidInput("date_implausible", _("Write the day of the move, such as 2026-03-10."), field="on")
    if locked.left_on is not None:
        raise Refusal("resident_left", _("This resident has moved out already."))
    locked.left_on = on
    locked.save(update_fields=["left_on"])
    open_care = models.Q(ends_on__isnull=True) | models.Q(ends_on__gt=on)
    SpecialCareProfile.objects.filter(open_care, resident=locked, starts_on__lte=on).update(ends_on=on)
    journal.record(LEFT, actor=actor, subject=locked, happened_at=now, reason=reason)


@transaction.atomic
def reveal(*, actor: Actor, now: datetime, resident: Resident, reason: str, purpose: str = "answering") -> Resident:
    """
    Return the resident for showing in full, and write down who looked, what for and why.

    Raises:
        NotPermitted: if the actor may not see full names here, or not for this purpose.
        InvalidInput: without a reason, or for an unknown purpose.
        Refusal: if the resident objected to this use.
    """
    if not policy.can_reveal(actor, resident):
        raise NotPermitted
    named = require_purpose(actor, purpose, area_code=resident.area_code)
    if objects_to(resident, named.objection):
        raise Refusal("resident_objects", _("The resident has objected to this use."))
    if not reason.strip():
        raise InvalidInput("reason_needed", _("Say why you need it. It is kept in the journal."), field="reason")
    journal.record(
        REVEALED, actor=actor, subject=resident, happened_at=now, reason=reason.strip()[:400],
        changes={"purpose": named.code},
    )  # fmt: skip
    return resident


@transaction.atomic
def add_care(
    *, actor: Actor, now: datetime, resident: Resident, category: str, starts_on: date, note: str = "",
    contact_every_hours: int = 48,
) -> SpecialCareProfile:  # fmt: skip
    """
    Begin special care of a category, or begin it again after it ended.

    Raises:
        InvalidInput: if the category is unknown or care of it runs.
    """
    if not (policy.can_change(actor, resident) and actor.may(policy.SEE_CARE, resident.area_code)):
        raise NotPermitted
    if category not in CareCategory.values:
        raise InvalidInput("care_category_unknown", _("Choose a reason from the list."), field="category")
    if not 1 <= contact_every_hours <= 720:
        raise InvalidInput("care_hours", _("Between 1 and 720 hours."), field="contact_every_hours")
    profile, is_new = SpecialCareProfile.objects.select_for_update().get_or_create(
        resident=resident, category=category,
        defaults={"area_code": resident.area_code, "starts_on": starts_on, "note": note[:1000],
                  "contact_every_hours": contact_every_hours},
    )  # fmt: skip
    if not is_new:
        if profile.ends_on is None or profile.ends_on > starts_on:
            raise InvalidInput("care_running", _("Care for this reason is running already."), field="category")
        profile.starts_on, profile.ends_on, profile.note = starts_on, None, note[:1000]
        profile.contact_every_hours = contact_every_hours
        profile.save()
    return _recorded(CARE_ADDED, profile, actor=actor, now=now, changes={"category": category})


@transaction.atomic
def end_care(*, actor: Actor, now: datetime, profile: SpecialCareProfile, on: date, reason: str = "") -> None:
    """End special care; ending what is over changes nothing."""
    if not (actor.may(policy.REGISTER, profile.area_code) and policy.can_see_care(actor, profile)):
        raise NotPermitted
    running = models.Q(ends_on__isnull=True) | models.Q(ends_on__gt=on)
    if SpecialCareProfile.objects.filter(running, pk=profile.pk).update(ends_on=on):
        journal.record(CARE_ENDED, actor=actor, subject=profile, happened_at=now, reason=reason)


@transaction.atomic
def give_consent(
    *, actor: Actor, now: datetime, resident: Resident, purpose: str, kind: str = ConsentKind.ORDINARY
) -> Consent:
    """
    Write down what the resident agreed to.

    Raises:
        InvalidInput: if the purpose is not one Juxing knows.
    """
    if not policy.can_change(actor, resident):
        raise NotPermitted
    if purpose not in purposes or kind not in ConsentKind.values:
        raise InvalidInput("purpose_unknown", _("Choose a purpose from the list."), field="purpose")
    standing = Consent.objects.filter(resident=resident, purpose=purpose, kind=kind, withdrawn_at__isnull=True).first()
    if standing is not None:
        return standing
    consent = Consent.objects.create(
        resident=resident, area_code=resident.area_code, purpose=purpose, kind=kind, given_at=now,
        recorded_by_id=actor.account_id,
    )  # fmt: skip
    return _recorded(CONSENT_GIVEN, consent, actor=actor, now=now, changes={"purpose": purpose})


@transaction.atomic
def withdraw_consent(*, actor: Actor, now: datetime, consent: Consent) -> None:
    """Write down that the resident no longer agrees; withdrawing twice changes nothing."""
    actor.require(policy.REGISTER, consent.area_code)
    if Consent.objects.filter(pk=consent.pk, withdrawn_at__isnull=True).update(withdrawn_at=now):
        journal.record(
            CONSENT_WITHDRAWN, actor=actor, subject=consent, happened_at=now, changes={"purpose": consent.purpose}
        )


def _fill(resident: Resident, values: Mapping[str, Any]) -> list[str]:
    """Set checked values, and return the columns they fill."""
    columns: list[str] = []
    for name, value in values.items():
        filled = _checked(name, value)
        for column, content in filled.items():
            setattr(resident, column, content)
        columns += filled
    return columns


def _checked(name: str, value: Any) -> dict[str, Any]:
    if name == "name":
        plain = " ".join(str(value).split())
        if not plain or len(plain) > MAXIMUM_LENGTH:
            raise InvalidInput("name_bad", _("Write a name of up to 60 characters."), field="name")
        return name_parts(plain)._asdict()  # noqa: SLF001 - a named tuple's public method
    if name == "phone":
        phone = normal_phone(value)
        return {"phone": phone, "phone_index": phone_index(phone)}
    if name not in PLAIN_COLUMNS:
        raise ValueError(f"{name!r} is no field of a resident that can be changed.")
    if name == "birth_year" and value is not None and value not in BIRTH_YEARS:
        raise InvalidInput("birth_year_bad", _("Write the year with four digits, such as 1948."), field="birth_year")
    if name == "mobility" and value not in Mobility.values:
        raise InvalidInput("mobility_unknown", _("Choose from the list."), field="mobility")
    return {name: value}


def _recorded(action: str, row: Row, *, actor: Actor, now: datetime, changes: Mapping[str, Any] | None = None) -> Row:
    row.refresh_from_db(fields=["uuid"])
    journal.record(action, actor=actor, subject=row, happened_at=now, changes=changes)
    return row
