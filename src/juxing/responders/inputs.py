"""What is said when someone reports in, checked once for pages, imports and API."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from juxing.kernel.refusals import InvalidInput
from juxing.people.phone_numbers import normal_phone
from juxing.places.codes import COMMUNITY_CODE_LENGTH
from juxing.responders.enums import Language, ReportInChannel, ResponderKind, Skill, Transport

MAXIMUM_NAME = 60
MAXIMUM_CAPACITY = 20
REACHES_M = (500, 1000, 2000, 3000, 5000, 10_000)
LEAST_REACH_M, GREATEST_REACH_M = 100, 20_000
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e]")


Period = tuple[datetime, datetime]
"""A time in which someone can be asked: beginning inclusive, end exclusive."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What someone can do and how far they go; ``capacity`` is tasks a day."""

    skills: Sequence[str] = ()
    languages: Sequence[str] = ()
    transport: str = Transport.FOOT
    capacity: int = 3
    reach_m: int = 3000


@dataclass(frozen=True, slots=True)
class ResponderInput:
    """
    One report-in. ``area_code`` is the community of residence; without a point the community's own is taken.

    ``home_unit_id`` makes it a dual report-in.
    """

    area_code: str
    name: str
    kind: str
    phone: str = ""
    channel: str = ReportInChannel.DESK
    home_unit_id: int | None = None
    longitude: float | None = None
    latitude: float | None = None
    profile: Profile = field(default_factory=Profile)


def cleaned(given: ResponderInput) -> ResponderInput:
    """
    Return the input in the forms that are kept.

    Raises:
        InvalidInput: naming the field that cannot be taken.
    """
    name = " ".join(UNPRINTABLE.sub(" ", given.name).split())
    if not name:
        raise InvalidInput("name_missing", _("Write the name."), field="name")
    if len(name) > MAXIMUM_NAME:
        raise InvalidInput("name_too_long", _("The name is longer than 60 characters."), field="name")
    _require(given.kind in ResponderKind.values, "kind_unknown", "kind")
    _require(given.channel in ReportInChannel.values, "channel_unknown", "channel")
    if len(given.area_code) != COMMUNITY_CODE_LENGTH:
        raise InvalidInput("community_missing", _("Choose the community."), field="area_code")
    known = given.longitude is not None and given.latitude is not None
    if known and not (math.isfinite(given.longitude or 0) and math.isfinite(given.latitude or 0)):
        raise InvalidInput("point_unreadable", _("This is no place on the map."), field="longitude")
    phone = normal_phone(given.phone)
    if given.phone.strip() and not phone:
        raise InvalidInput("phone_unreadable", _("Write 7 to 12 digits."), field="phone")
    return replace(given, name=name, phone=phone, profile=cleaned_profile(given.profile))


def cleaned_profile(given: Profile) -> Profile:
    """
    Return the profile with every choice known, once each.

    Raises:
        InvalidInput: naming the field that cannot be taken.
    """
    _require(set(given.skills) <= set(Skill.values), "skill_unknown", "skills")
    _require(set(given.languages) <= set(Language.values), "language_unknown", "languages")
    _require(given.transport in Transport.values, "transport_unknown", "transport")
    if not 1 <= given.capacity <= MAXIMUM_CAPACITY:
        raise InvalidInput("capacity_range", _("Take between 1 and 20 tasks a day."), field="capacity")
    if not LEAST_REACH_M <= given.reach_m <= GREATEST_REACH_M:
        raise InvalidInput("reach_range", _("Go between 100 metres and 20 kilometres."), field="reach_m")
    return replace(
        given,
        skills=[code for code in Skill.values if code in given.skills],
        languages=[code for code in Language.values if code in given.languages],
    )


def _require(known: bool, code: str, field_name: str) -> None:
    if not known:
        raise InvalidInput(code, _("Choose one of the list."), field=field_name)
