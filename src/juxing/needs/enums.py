"""Kinds, channels, states and priorities of needs."""

from django.db import models
from django.utils.translation import pgettext_lazy


class NeedType(models.TextChoices):
    """What a household lacks; free text is always allowed beside it."""

    STAPLE_FOOD = "staple_food", pgettext_lazy("need type", "Staple food")
    FRESH_FOOD = "fresh_food", pgettext_lazy("need type", "Fresh food")
    WATER = "water", pgettext_lazy("need type", "Drinking water")
    MEALS = "meals", pgettext_lazy("need type", "Cooked meals")
    INFANT_SUPPLIES = "infant_supplies", pgettext_lazy("need type", "Infant supplies")
    MEDICINE = "medicine", pgettext_lazy("need type", "Medicine")
    MEDICAL_TRIP = "medical_trip", pgettext_lazy("need type", "Medical trip")
    CONSULTATION = "consultation", pgettext_lazy("need type", "Medical consultation")
    CARE_VISIT = "care_visit", pgettext_lazy("need type", "Care visit")
    PSYCHOLOGICAL_SUPPORT = "psychological_support", pgettext_lazy("need type", "Psychological support")
    PERSONAL_HYGIENE = "personal_hygiene", pgettext_lazy("need type", "Personal hygiene")
    DISINFECTION = "disinfection", pgettext_lazy("need type", "Disinfection")
    REPAIR = "repair", pgettext_lazy("need type", "Repair")
    PET_CARE = "pet_care", pgettext_lazy("need type", "Pet care")
    STUDY_SUPPORT = "study_support", pgettext_lazy("need type", "Study support")
    TRANSPORT = "transport", pgettext_lazy("need type", "Transport")
    INFORMATION = "information", pgettext_lazy("need type", "Information")
    FINANCIAL_RELIEF = "financial_relief", pgettext_lazy("need type", "Financial relief")
    OTHER = "other", pgettext_lazy("need type", "Something else")


class NeedStatus(models.TextChoices):
    """States of a need; ``lifecycle.py`` says who moves it where."""

    DRAFT = "draft", pgettext_lazy("need status", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("need status", "Submitted")
    TRIAGED = "triaged", pgettext_lazy("need status", "Waiting for help")
    MATCHED = "matched", pgettext_lazy("need status", "Offered to a helper")
    ASSIGNED = "assigned", pgettext_lazy("need status", "Helper found")
    IN_DELIVERY = "in_delivery", pgettext_lazy("need status", "On the way")
    FULFILLED = "fulfilled", pgettext_lazy("need status", "Delivered")
    CONFIRMED = "confirmed", pgettext_lazy("need status", "Confirmed")
    REOPENED = "reopened", pgettext_lazy("need status", "Reopened")
    UNMET = "unmet", pgettext_lazy("need status", "Could not be met")
    WITHDRAWN = "withdrawn", pgettext_lazy("need status", "Withdrawn")


WAITING = frozenset({NeedStatus.TRIAGED, NeedStatus.REOPENED})
OVER = frozenset({NeedStatus.CONFIRMED, NeedStatus.UNMET, NeedStatus.WITHDRAWN})
OPEN = frozenset(NeedStatus) - OVER - {NeedStatus.DRAFT}


class Priority(models.TextChoices):
    """Priority of needs and tasks, highest first."""

    LIFE_CRITICAL = "life_critical", pgettext_lazy("priority", "Life-critical")
    URGENT = "urgent", pgettext_lazy("priority", "Urgent")
    NORMAL = "normal", pgettext_lazy("priority", "Normal")
    LOW = "low", pgettext_lazy("priority", "Low")


class IntakeChannel(models.TextChoices):
    """How a need reached us."""

    WEB = "web", pgettext_lazy("intake channel", "Web page")
    MOBILE = "mobile", pgettext_lazy("intake channel", "Phone page")
    WECHAT = "wechat", pgettext_lazy("intake channel", "WeChat")
    PHONE = "phone", pgettext_lazy("intake channel", "Telephone")
    HOTLINE = "hotline", pgettext_lazy("intake channel", "Hotline")
    DOOR_KNOCK = "door_knock", pgettext_lazy("intake channel", "Door-knock")
    ORDER_CHAIN = "order_chain", pgettext_lazy("intake channel", "Order chain")
    PAPER = "paper", pgettext_lazy("intake channel", "Paper list")
    VENUE_DESK = "venue_desk", pgettext_lazy("intake channel", "Service desk")
    PROXY = "proxy", pgettext_lazy("intake channel", "Through someone else")
    EXTERNAL_SYSTEM = "external_system", pgettext_lazy("intake channel", "Other system")


class OrderChainStatus(models.TextChoices):
    """A pasted chain is a draft until a person has looked at it."""

    DRAFT = "draft", pgettext_lazy("order chain status", "Draft")
    CONFIRMED = "confirmed", pgettext_lazy("order chain status", "Confirmed")
    DISCARDED = "discarded", pgettext_lazy("order chain status", "Discarded")


class OrderChainLineStatus(models.TextChoices):
    """What the person decided about a line."""

    DRAFT = "draft", pgettext_lazy("order chain line status", "To check")
    CONFIRMED = "confirmed", pgettext_lazy("order chain line status", "Became a need")
    DUPLICATE = "duplicate", pgettext_lazy("order chain line status", "Already known")
    DISCARDED = "discarded", pgettext_lazy("order chain line status", "Left out")
