"""Depots and vehicles, and the places of the ledger: every account between which goods move."""

from __future__ import annotations

from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.organisations.models import Organisation
from juxing.supplies.enums import SOURCES, DepotKind, PlaceKind
from juxing.venues.models import Venue


class Depot(AreaScoped):
    """A place where supplies lie (库点): a supply point, a transfer station, what a unit keeps by agreement."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    name = models.CharField(max_length=80)
    kind = models.CharField(
        max_length=20, choices=DepotKind, default=DepotKind.SUPPLY_POINT, db_default=DepotKind.SUPPLY_POINT.value
    )
    venue = models.ForeignKey(Venue, null=True, on_delete=models.PROTECT, related_name="depots")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="depots")
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="supplies_depot_scope"),
            models.CheckConstraint(condition=models.Q(kind__in=DepotKind.values), name="supplies_depot_kind"),
        ]


class Vehicle(AreaScoped):
    """What goods are driven in; ``capacity_kg`` 0 means that nobody said how much it carries."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    name = models.CharField(max_length=40)
    capacity_kg = models.PositiveIntegerField(default=0)
    is_in_service = models.BooleanField(default=True)

    class Meta:
        constraints = [
            RowSecurity(name="supplies_vehicle_scope"),
            models.UniqueConstraint(fields=["area_code", "name"], name="supplies_vehicle_once_here"),
        ]


class StockPlace(AreaScoped):
    """
    One account of the ledger.

    A depot has three (its shelves, what waits for inspection, what is set aside) and one for what is on its way to
    it; a vehicle has one; all others exist once for their area. Only sources may be below zero.
    """

    kind = models.CharField(max_length=12, choices=PlaceKind)
    depot = models.ForeignKey(Depot, null=True, on_delete=models.PROTECT, related_name="places")
    vehicle = models.ForeignKey(Vehicle, null=True, on_delete=models.PROTECT, related_name="places")

    class Meta:
        constraints = [
            RowSecurity(name="supplies_stockplace_scope"),
            models.UniqueConstraint(
                fields=["kind", "area_code", "depot", "vehicle"], name="supplies_place_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=models.Q(kind__in=PlaceKind.values), name="supplies_place_kind"),
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=[PlaceKind.DEPOT, PlaceKind.INSPECTION, PlaceKind.SET_ASIDE, PlaceKind.TRANSIT],
                    depot__isnull=False, vehicle__isnull=True,
                )
                | models.Q(kind=PlaceKind.VEHICLE, vehicle__isnull=False, depot__isnull=True)
                | models.Q(
                    kind__in=sorted({PlaceKind.CARRIER, PlaceKind.RESIDENTS, PlaceKind.ORGANISATIONS, PlaceKind.LOSS,
                                     PlaceKind.WRITE_OFF, *SOURCES}),
                    depot__isnull=True, vehicle__isnull=True,
                ),
                name="supplies_place_whole",
            ),
        ]  # fmt: skip
