"""The talent pool (属地人才库): what people can give, and where the paper for it stands."""

from django.db import models
from django.utils.translation import pgettext_lazy

from juxing.responders.enums import Skill


class TalentCategory(models.TextChoices):
    """What somebody can give beyond a pair of hands."""

    MEDICAL_RESCUE = "medical_rescue", pgettext_lazy("talent", "Medical rescue")
    CYBER_SECURITY = "cyber_security", pgettext_lazy("talent", "Cyber security")
    LEGAL = "legal", pgettext_lazy("talent", "Legal advice")
    COUNSELLING = "counselling", pgettext_lazy("talent", "Psychological counselling")
    MEDIATION = "mediation", pgettext_lazy("talent", "Mediation")
    ENTREPRENEURSHIP = "entrepreneurship", pgettext_lazy("talent", "Entrepreneurship")
    TEACHING = "teaching", pgettext_lazy("talent", "Teaching")
    LOGISTICS = "logistics", pgettext_lazy("talent", "Logistics")
    ELECTRICAL_MECHANICAL = "electrical_mechanical", pgettext_lazy("talent", "Electrical and mechanical")
    TRANSLATION_DIALECT = "translation_dialect", pgettext_lazy("talent", "Translation and dialect")
    IT_DATA = "it_data", pgettext_lazy("talent", "IT and data")
    OTHER = "other", pgettext_lazy("talent", "Other talent")


class CredentialStatus(models.TextChoices):
    """Where a credential stands; expiry is the clock's doing."""

    SUBMITTED = "submitted", pgettext_lazy("credential", "To be looked at")
    VERIFIED = "verified", pgettext_lazy("credential", "Verified")
    REFUSED = "refused", pgettext_lazy("credential", "Not accepted")
    EXPIRED = "expired", pgettext_lazy("credential", "Run out")


SKILLS_OF: dict[str, frozenset[str]] = {
    TalentCategory.MEDICAL_RESCUE: frozenset({Skill.MEDICAL, Skill.PHARMACY, Skill.CARE}),
    TalentCategory.CYBER_SECURITY: frozenset({Skill.INFORMATION_TECHNOLOGY}),
    TalentCategory.LEGAL: frozenset({Skill.LEGAL}),
    TalentCategory.COUNSELLING: frozenset({Skill.COUNSELLING}),
    TalentCategory.TEACHING: frozenset({Skill.TEACHING}),
    TalentCategory.LOGISTICS: frozenset({Skill.DRIVING, Skill.HEAVY_LOADS}),
    TalentCategory.ELECTRICAL_MECHANICAL: frozenset({Skill.ELECTRICAL_MECHANICAL}),
    TalentCategory.TRANSLATION_DIALECT: frozenset({Skill.SIGN_LANGUAGE}),
    TalentCategory.IT_DATA: frozenset({Skill.INFORMATION_TECHNOLOGY}),
}
"""Skills a paper of a category can open; the others open none."""
