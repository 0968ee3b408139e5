"""Makers of needs for tests, through the commands that make them in life."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from juxing.kernel.actors import Actor
from juxing.needs.commands import NeedInput, record_need
from juxing.needs.enums import IntakeChannel, NeedStatus, NeedType
from juxing.needs.models import Need
from juxing.places.models import Household
from tests.factories import COMMUNITY, make_areas, make_household

NOW = datetime(2026, 3, 10, 0, 0, tzinfo=UTC)
PROCESS = Actor.system("test")


def need_input(household: Household | None = None, **values: Any) -> NeedInput:
    """Say that a household lacks fresh food."""
    place: dict[str, Any] = {"household_id": household.pk} if household else {"area_code": COMMUNITY}
    return NeedInput(**{"need_type": NeedType.FRESH_FOOD, "channel": IntakeChannel.PHONE, **place, **values})


def make_need(household: Household | None = None, *, status: str = "", now: datetime = NOW, **values: Any) -> Need:
    """Record a need of a household of its own; ``status`` puts it straight into a later state."""
    make_areas()
    home = household or make_household()
    need = record_need(actor=PROCESS, now=now, given=need_input(home, **values)).need
    if status and status != need.status:
        Need.objects.filter(pk=need.pk).update(status=NeedStatus(status))
        need.refresh_from_db()
    return need
