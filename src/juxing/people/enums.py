"""How people live, as far as serving them asks."""

from django.db import models
from django.utils.translation import pgettext_lazy


class Mobility(models.TextChoices):
    """What a helper must know before coming: whether the resident can come down."""

    WALKS = "walks", pgettext_lazy("mobility", "Walks")
    STAIRS_HARD = "stairs_hard", pgettext_lazy("mobility", "Stairs are hard")
    HOUSEBOUND = "housebound", pgettext_lazy("mobility", "Cannot leave home")


class CareCategory(models.TextChoices):
    """Groups that the papers never leave behind (特殊困难群体). A reason to help, never a risk."""

    ELDER_LIVING_ALONE = "elder_living_alone", pgettext_lazy("care category", "Elder living alone")
    ELDER_WITHOUT_KIN = "elder_without_kin", pgettext_lazy("care category", "Elder without kin")
    DISABILITY = "disability", pgettext_lazy("care category", "Person with disability")
    LONG_TERM_ILLNESS = "long_term_illness", pgettext_lazy("care category", "Long-term serious illness")
    LIFE_SUSTAINING_TREATMENT = (
        "life_sustaining_treatment",
        pgettext_lazy("care category", "Life-sustaining treatment"),
    )
    PREGNANT_POSTNATAL = "pregnant_postnatal", pgettext_lazy("care category", "Pregnant or postnatal")
    INFANT = "infant", pgettext_lazy("care category", "Infant")
    LOW_INCOME = "low_income", pgettext_lazy("care category", "Low-income household")
    CHILD_IN_HARDSHIP = "child_in_hardship", pgettext_lazy("care category", "Child or student in hardship")


class RequestKind(models.TextChoices):
    """What a resident may ask about the own data (个人权利请求)."""

    CORRECTION = "correction", pgettext_lazy("request about own data", "Correct something")
    DELETION = "deletion", pgettext_lazy("request about own data", "Delete something")
    OBJECTION = "objection", pgettext_lazy("request about own data", "Stop a use of it")
    EXPLANATION = "explanation", pgettext_lazy("request about own data", "Explain something")


class ConsentKind(models.TextChoices):
    """The law asks for separate consent where data is sensitive or passed on."""

    ORDINARY = "ordinary", pgettext_lazy("consent kind", "Consent")
    SEPARATE = "separate", pgettext_lazy("consent kind", "Separate consent")
    GUARDIAN = "guardian", pgettext_lazy("consent kind", "Guardian's consent")
