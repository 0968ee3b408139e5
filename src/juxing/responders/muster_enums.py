"""How someone answers a call to a response."""

from django.db import models
from django.utils.translation import pgettext_lazy


class MusterStatus(models.TextChoices):
    """Called is no duty: who says no is asked again like anybody else, at the next response."""

    CALLED = "called", pgettext_lazy("muster status", "Called")
    COMING = "coming", pgettext_lazy("muster status", "Coming")
    DECLINED = "declined", pgettext_lazy("muster status", "Cannot come")
    HERE = "here", pgettext_lazy("muster status", "Here")
    RELEASED = "released", pgettext_lazy("muster status", "Released")


COUNTED_ON = frozenset({MusterStatus.CALLED, MusterStatus.COMING, MusterStatus.HERE})
"""States in which someone fills a place of the plan."""
EXPECTED = frozenset({MusterStatus.CALLED, MusterStatus.COMING})
