"""Makers of requests, offers and lists for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from django.test import Client

from juxing.kernel.actors import Actor
from juxing.organisations.enums import OrganisationType
from juxing.organisations.models import Organisation
from juxing.supplies.enums import SupplyCategory
from juxing.supplies.models import SupplyItem, SupplyOffer, SupplyRequest
from tests.factories import COMMUNITY, STREET, make_account, make_item

NOW = datetime(2026, 3, 10, 0, 0, tzinfo=UTC)
PROCESS = Actor.system("test")
_numbers = count(1)


def client_of(role: str, area_code: str = STREET, *, language: str = "") -> Client:
    """Return a browser in which somebody of this role is signed in."""
    client = Client(headers={"accept-language": language} if language else None)
    client.force_login(make_account(role, area_code), backend="django.contrib.auth.backends.ModelBackend")
    return client


def make_mask() -> SupplyItem:
    return make_item("mask_n95", name_zh="医用防护口罩", name_en="N95 respirator", unit="single",
                     category=SupplyCategory.PROTECTION)  # fmt: skip


def make_organisation(area_code: str = COMMUNITY, **values: Any) -> Organisation:
    return Organisation.objects.create(
        **{"area_code": area_code, "name": f"单位{next(_numbers)}",
           "organisation_type": OrganisationType.MEDICAL_INSTITUTION, **values}
    )  # fmt: skip


def make_request(quantity: int | str | None = 100, *, area_code: str = COMMUNITY, **values: Any) -> SupplyRequest:
    """Make a request for masks, sure by itself, of an organisation of its own."""
    made = SupplyRequest.objects.create(**_line(quantity, area_code, values))
    return SupplyRequest.objects.select_related("organisation", "item").get(pk=made.pk)


def make_offer(quantity: int | str | None = 100, *, area_code: str = COMMUNITY, **values: Any) -> SupplyOffer:
    """Make an offer of masks, sure by itself, of a supplier of its own."""
    made = SupplyOffer.objects.create(**_line(quantity, area_code, values))
    return SupplyOffer.objects.select_related("organisation", "item").get(pk=made.pk)


def _line(quantity: int | str | None, area_code: str, values: dict[str, Any]) -> dict[str, Any]:
    item = values.pop("item", ...)
    organisation = values.pop("organisation", None) or make_organisation(area_code)
    return {
        "area_code": area_code, "organisation": organisation, "written_item": "N95口罩", "mapping_confidence": 1.0,
        "item": make_mask() if item is ... else item,
        "quantity": None if quantity is None else Decimal(quantity), **values,
    }  # fmt: skip
