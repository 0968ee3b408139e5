"""
Why each personal field is kept, on what basis, how sensitive it is, and for how long.

A column whose name or kind says that it may hold personal data must be registered; a test fails for one that is not.
Other rooms register their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.kernel.fields import EncryptedTextField
from juxing.kernel.refusals import Words
from juxing.kernel.registry import Registry


class LegalBasis(models.TextChoices):
    """What the law lets it be kept on."""

    CONSENT = "consent", pgettext_lazy("legal basis", "Consent")
    LEGAL_DUTY = "legal_duty", pgettext_lazy("legal basis", "Duty under law")
    HEALTH_OR_LIFE_EMERGENCY = "health_or_life_emergency", pgettext_lazy("legal basis", "Protecting life and health")


class Sensitivity(models.TextChoices):
    """How much harm it would do in wrong hands."""

    PERSONAL = "personal", pgettext_lazy("sensitivity", "Personal")
    SENSITIVE = "sensitive", pgettext_lazy("sensitivity", "Sensitive")


class Retention(models.TextChoices):
    """How long it is kept."""

    WHILE_RESIDENT = "while_resident", pgettext_lazy("retention", "While the person lives here")
    CARE_PLUS_12_MONTHS = "care_plus_12_months", pgettext_lazy("retention", "Twelve months after care has ended")
    THREE_YEARS = "three_years", pgettext_lazy("retention", "Three years")
    UNTIL_IMPORTED = "until_imported", pgettext_lazy("retention", "Until the file has been read")


@dataclass(frozen=True, slots=True)
class PersonalField:
    """One column's answers."""

    column: str
    purpose: str
    basis: LegalBasis
    sensitivity: Sensitivity
    retention: Retention


purposes: Registry[Words] = Registry("purpose")
personal_fields: Registry[PersonalField] = Registry("personal field")
WORDS_OF_PERSONAL_COLUMNS = (
    "name",
    "phone",
    "birth",
    "mobility",
    "language",
    "smartphone",
    "note",
    "gender",
    "address",
)
FORBIDDEN_WORDS = (
    "score", "credit", "blacklist", "track", "trajectory", "contact_list", "close_contact", "political", "religion",
    "ethnic", "hukou", "face", "biometric", "health_code", "risk",
)  # fmt: skip
FOR_SERVICE = "service"
FOR_CARE = "care"
FOR_IMPORT = "import"
purposes.add(FOR_SERVICE, _("Reaching residents with the help they asked for"))
purposes.add(FOR_CARE, _("Visiting first those who need it most"))
purposes.add(FOR_IMPORT, _("Taking a community's own list into the register"))


def register(
    columns: Iterable[str], *, purpose: str, basis: LegalBasis, sensitivity: Sensitivity, retention: Retention
) -> None:
    """Register columns, as ``app_label.model.column``, under one set of answers."""
    purposes[purpose]
    for column in columns:
        personal_fields.add(column, PersonalField(column, purpose, basis, sensitivity, retention))


@dataclass(frozen=True, slots=True)
class FieldsWithOneAnswer:
    """Columns that share their answers, in words for people."""

    columns: tuple[str, ...]
    purpose: Words
    basis: Words
    sensitivity: Words
    retention: Words


def table_of_fields() -> list[FieldsWithOneAnswer]:
    """Return every personal column of every room, those with the same answers together, in the order of purposes."""
    alike: dict[tuple[str, LegalBasis, Sensitivity, Retention], list[str]] = {}
    for column, field in personal_fields:
        alike.setdefault((field.purpose, field.basis, field.sensitivity, field.retention), []).append(column)
    return [
        FieldsWithOneAnswer(tuple(sorted(columns)), purposes[purpose], basis.label, sensitivity.label, retention.label)
        for (purpose, basis, sensitivity, retention), columns in sorted(alike.items())
    ]


def columns_that_need_registering(app_label: str) -> Iterator[str]:
    """Yield the columns of a room's models that are sealed, or text, year or list with a personal word in its name."""
    for model in apps.get_app_config(app_label).get_models():
        for field in model._meta.local_fields:
            is_sealed = isinstance(field, EncryptedTextField)
            if is_sealed or any(word in field.name for word in WORDS_OF_PERSONAL_COLUMNS):
                yield f"{model._meta.label_lower}.{field.name}"


def forbidden_columns(app_label: str) -> list[str]:
    """Return the columns of a room's models whose names tell of what Juxing never keeps about a person."""
    return [
        f"{model._meta.label_lower}.{field.name}"
        for model in apps.get_app_config(app_label).get_models()
        for field in model._meta.local_fields
        if any(word in field.name for word in FORBIDDEN_WORDS)
    ]


register(
    [f"people.resident.{name}" for name in (
        "name", "given_name", "name_tail", "name_initials", "name_pinyin", "phone", "phone_index", "birth_year",
        "languages", "has_smartphone",
    )],
    purpose=FOR_SERVICE, basis=LegalBasis.LEGAL_DUTY, sensitivity=Sensitivity.PERSONAL,
    retention=Retention.WHILE_RESIDENT,
)  # fmt: skip
register(
    ["people.resident.mobility"], purpose=FOR_SERVICE, basis=LegalBasis.CONSENT, sensitivity=Sensitivity.SENSITIVE,
    retention=Retention.WHILE_RESIDENT,
)  # fmt: skip
register(
    ["people.specialcareprofile.note"], purpose=FOR_CARE, basis=LegalBasis.CONSENT,
    sensitivity=Sensitivity.SENSITIVE, retention=Retention.CARE_PLUS_12_MONTHS,
)  # fmt: skip
register(
    ["people.householdfile.content", "people.householdfile.filename"], purpose=FOR_IMPORT,
    basis=LegalBasis.LEGAL_DUTY, sensitivity=Sensitivity.PERSONAL, retention=Retention.UNTIL_IMPORTED,
)  # fmt: skip
