"""What is said when a purchase is prepared or a household orders, before it is checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseInput:
    """
    A purchase as its organiser writes it down; ``organiser_sign_in`` is "" where staff run it themselves.

    ``supplier_id`` is set where the supplier stands in the list of suppliers.
    """

    title: str
    area_code: str
    supplier_name: str
    organiser_name: str
    cut_off_at: datetime
    expected_at: datetime | None = None
    delivery_fee_fen: int = 0
    minimum_fen: int | None = None
    pickup_place: str = ""
    organiser_sign_in: str = ""
    supplier_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageInput:
    """A package; ``contents`` is one thing a line, as people write it."""

    name: str
    price_fen: int
    contents: str = ""
    limit_per_household: int | None = None
    minimum_total: int | None = None
    maximum_total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderInput:
    """
    What one household wants in all: package id to number; it takes the place of what it ordered before.

    ``slot_id`` and ``is_brought`` of None leave both as they were.
    """

    household_id: int
    quantities: Mapping[int, int]
    channel: str
    contact_name: str = ""
    contact_phone: str = ""
    slot_id: int | None = None
    is_brought: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """How many of a package arrived, and what came instead at what price."""

    received: int
    substitution: str = ""
    charged_fen: int | None = None
