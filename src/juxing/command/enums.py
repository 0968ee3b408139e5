"""States and kinds of orders, musters and periods."""

from django.db import models
from django.utils.translation import pgettext_lazy


class Urgency(models.TextChoices):
    """How soon an order is to be acknowledged; silence is followed up after this time."""

    LIFE = "life", pgettext_lazy("order", "Life at risk")
    URGENT = "urgent", pgettext_lazy("order", "Urgent")
    NORMAL = "normal", pgettext_lazy("order", "Normal")


ANSWER_MINUTES = {Urgency.LIFE: 5, Urgency.URGENT: 15, Urgency.NORMAL: 60}


class DeliveryStatus(models.TextChoices):
    """What one post did with an order."""

    WAITING = "waiting", pgettext_lazy("order to a post", "Not acknowledged")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("order to a post", "Acknowledged")
    COMPLETED = "completed", pgettext_lazy("order to a post", "Carried out")
    CANNOT = "cannot", pgettext_lazy("order to a post", "Cannot be carried out")
    WITHDRAWN = "withdrawn", pgettext_lazy("order to a post", "Withdrawn")


class OrderStatus(models.TextChoices):
    """States of an order as a whole."""

    ISSUED = "issued", pgettext_lazy("command order", "In force")
    WITHDRAWN = "withdrawn", pgettext_lazy("command order", "Withdrawn")


class MusterAnswer(models.TextChoices):
    """What a called holder answered; declining needs no reason and has no consequence."""

    WAITING = "waiting", pgettext_lazy("muster", "No answer yet")
    COMING = "coming", pgettext_lazy("muster", "Coming")
    CANNOT = "cannot", pgettext_lazy("muster", "Cannot come")


class NoticeStatus(models.TextChoices):
    """States of a notice; only a person publishes."""

    DRAFT = "draft", pgettext_lazy("notice", "Draft")
    PUBLISHED = "published", pgettext_lazy("notice", "Published")
    WITHDRAWN = "withdrawn", pgettext_lazy("notice", "Withdrawn")
    DISCARDED = "discarded", pgettext_lazy("notice", "Not used")
