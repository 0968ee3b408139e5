"""
Why each personal field is kept, on what basis, how sensitive it is, and for how long.

A column of any room whose name or kind says that it may hold personal data must be registered, or be said not to hold
any and why; a test fails for one that is neither. This room answers for those below it, rooms above it in a module of
this name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

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
    WHILE_SERVING = "while_serving", pgettext_lazy("retention", "While the person serves; removed on leaving")
    WITH_THE_ACCOUNT = "with_the_account", pgettext_lazy("retention", "As long as the journal names the account")
    ENDED_PLUS_12_MONTHS = "ended_plus_12_months", pgettext_lazy("retention", "Twelve months after it has ended")
    ONE_DAY = "one_day", pgettext_lazy("retention", "One day")
    THIRTY_DAYS = "thirty_days", pgettext_lazy("retention", "Thirty days")
    SEVEN_DAYS = "seven_days", pgettext_lazy("retention", "Seven days")
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
not_personal: Registry[str] = Registry("column that holds nothing personal")
WORDS_OF_PERSONAL_COLUMNS = frozenset({
    "name", "phone", "birth", "mobility", "language", "languages", "smartphone", "note", "gender", "address", "door",
    "details", "comment", "written", "contact", "photo", "description", "reason", "objection", "evidence", "place",
})  # fmt: skip
PEOPLE = frozenset({"people.resident", "places.household", "access.account", "responders.responder"})
POSITION = frozenset({"longitude", "latitude"})
FORBIDDEN_WORDS = (
    "score", "credit", "blacklist", "track", "trajectory", "contact_list", "close_contact", "political", "religion",
    "ethnic", "hukou", "face", "biometric", "health_code", "risk",
)  # fmt: skip
FOR_SERVICE = "service"
FOR_CARE = "care"
FOR_IMPORT = "import"
FOR_ACCOUNT = "account"
FOR_SENDING_TWICE = "sending_twice"
FOR_DELIVERY = "delivery"
FOR_DUTY = "duty"
FOR_RIGHTS = "rights"
purposes.add(FOR_SERVICE, _("Reaching residents with the help they asked for"))
purposes.add(FOR_CARE, _("Visiting first those who need it most"))
purposes.add(FOR_ACCOUNT, _("Knowing who did what, and answering for it"))
purposes.add(FOR_SENDING_TWICE, _("Answering a message that a phone sends twice"))
purposes.add(FOR_DELIVERY, _("Showing that a delivery reached the door"))
purposes.add(FOR_DUTY, _("Handing over duties, and fair treatment of those who do them"))
purposes.add(FOR_RIGHTS, _("Answering people about their own data"))
purposes.add(FOR_IMPORT, _("Taking a community's own list into the register"))


def named_purpose(code: str) -> Words:
    """Return a purpose in words; its code if no room knows it any more."""
    return purposes[code] if code in purposes else code  # noqa: SIM401 - a registry has no get


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


def as_markdown() -> str:
    """Return the list as a table in the present language, for the documents."""
    titles = (_("Fields"), _("Purpose"), _("Basis"), _("Sensitivity"), _("Kept"))
    lines = [_table_row(titles), _table_row(["---"] * len(titles))]
    for alike in table_of_fields():
        columns = ", ".join(f"`{column}`" for column in alike.columns)
        lines.append(_table_row([columns, alike.purpose, alike.basis, alike.sensitivity, alike.retention]))
    return "\n".join(lines)


def _table_row(cells: Iterable[Words]) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def say_not_personal(columns: Iterable[str], *, why: str) -> None:
    """Say of columns, as ``app_label.model.column``, that they hold nothing about a person, and why."""
    for column in columns:
        not_personal.add(column, why)


def columns_that_need_registering(app_label: str) -> Iterator[str]:
    """
    Yield the columns of a room's models that may be personal.

    These are sealed and binary ones, those with a personal word in their name, and positions in tables about people.
    """
    for model in apps.get_app_config(app_label).get_models():
        fields = model._meta.local_fields
        is_about_people = any(isinstance(field, EncryptedTextField) or _leads_to_people(field) for field in fields)
        for field in fields:
            is_closed = isinstance(field, EncryptedTextField | models.BinaryField)
            is_said = field.remote_field is None and not isinstance(field, models.DateField)
            is_named = is_said and bool(WORDS_OF_PERSONAL_COLUMNS & set(field.name.split("_")))
            if is_closed or is_named or (is_about_people and field.name in POSITION):
                yield f"{model._meta.label_lower}.{field.name}"


def _leads_to_people(field: models.Field[Any, Any]) -> bool:
    related = field.related_model
    return isinstance(related, type) and related._meta.label_lower in PEOPLE


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
register(
    ["people.verificationcode.phone_index"], purpose=FOR_SERVICE, basis=LegalBasis.CONSENT,
    sensitivity=Sensitivity.PERSONAL, retention=Retention.ONE_DAY,
)  # fmt: skip
register(
    ["places.household.door"], purpose=FOR_SERVICE, basis=LegalBasis.LEGAL_DUTY, sensitivity=Sensitivity.PERSONAL,
    retention=Retention.WHILE_RESIDENT,
)  # fmt: skip
register(
    ["access.account.sign_in_name", "access.account.display_name"], purpose=FOR_ACCOUNT, basis=LegalBasis.LEGAL_DUTY,
    sensitivity=Sensitivity.PERSONAL, retention=Retention.WITH_THE_ACCOUNT,
)  # fmt: skip
register(
    ["access.authenticatorapp.secret", "access.identityrequest.verifier", "access.passkey.label",
     "access.governmentidentity.subject"],
    purpose=FOR_ACCOUNT, basis=LegalBasis.LEGAL_DUTY, sensitivity=Sensitivity.SENSITIVE,
    retention=Retention.WITH_THE_ACCOUNT,
)  # fmt: skip
register(
    ["access.signinsession.device", "access.signinsession.network"], purpose=FOR_ACCOUNT, basis=LegalBasis.LEGAL_DUTY,
    sensitivity=Sensitivity.PERSONAL, retention=Retention.THIRTY_DAYS,
)  # fmt: skip
register(
    ["access.export.reason", "access.export.decision_note", "access.export.person_uuids"], purpose=FOR_ACCOUNT,
    basis=LegalBasis.LEGAL_DUTY, sensitivity=Sensitivity.PERSONAL, retention=Retention.THREE_YEARS,
)  # fmt: skip
register(
    [f"people.datasubjectrequest.{name}" for name in ("written", "answer_note", "objection")], purpose=FOR_RIGHTS,
    basis=LegalBasis.LEGAL_DUTY, sensitivity=Sensitivity.PERSONAL, retention=Retention.THREE_YEARS,
)  # fmt: skip
register(
    ["kernel.journalentry.actor_name", "kernel.journalentry.reason", "access.breakglassaccess.reason",
     "access.breakglassaccess.review_note"],
    purpose=FOR_ACCOUNT, basis=LegalBasis.LEGAL_DUTY, sensitivity=Sensitivity.PERSONAL,
    retention=Retention.THREE_YEARS,
)  # fmt: skip
register(
    ["kernel.idempotencykey.body", "kernel.idempotencykey.headers"], purpose=FOR_SENDING_TWICE,
    basis=LegalBasis.LEGAL_DUTY, sensitivity=Sensitivity.PERSONAL, retention=Retention.SEVEN_DAYS,
)  # fmt: skip
say_not_personal(["kernel.journalseal.entry_ids", "kernel.journalseal.digests"], why="numbers and digests of entries")
say_not_personal(["places.area.name", "places.estate.name"], why="names of places are public")
say_not_personal(["people.specialcareprofile.contact_every_hours"], why="a number that its category sets")
