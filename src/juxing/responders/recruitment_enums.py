"""States of a recruitment call."""

from django.db import models
from django.utils.translation import pgettext_lazy


class RecruitmentStatus(models.TextChoices):
    """A call is answered only while it is published."""

    DRAFT = "draft", pgettext_lazy("recruitment status", "Draft")
    PUBLISHED = "published", pgettext_lazy("recruitment status", "Published")
    CLOSED = "closed", pgettext_lazy("recruitment status", "Closed")
