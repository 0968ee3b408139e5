"""
Places: the official area tree, and the estates, buildings and households below it.

A code below the community starts with its parent's: estate ``…-E001``, grid ``…-G01``, building ``…-B003``, stairwell
unit ``…-U01``, household ``…-R0301``. In each table ``area_code`` is the row's own code.
"""

from __future__ import annotations

from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaCodeField, AreaScoped
from juxing.places.enums import AreaLevel, EstateType


class Area(models.Model):
    """
    A node of the area tree. Names of places are public, so every scope sees all of them.

    ``source`` says where the code comes from: an edition of the official list, or "local".
    """

    code = AreaCodeField(primary_key=True)
    name = models.CharField(max_length=80)
    level = models.CharField(max_length=12, choices=AreaLevel)
    parent_code = AreaCodeField(blank=True)
    source = models.CharField(max_length=20)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    is_demo = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(level__in=AreaLevel.values), name="places_area_level_known"),
        ]
        indexes = [models.Index(fields=["parent_code", "code"], name="area_children")]

    def __str__(self) -> str:
        return self.name


class AreaBoundary(models.Model):
    """The outline of an area as GeoJSON coordinates (WGS 84), kept apart so that the tree stays small."""

    area = models.OneToOneField(Area, primary_key=True, on_delete=models.CASCADE, related_name="boundary")
    rings = models.JSONField()


class Estate(AreaScoped):
    """A residential estate (小区); its node in the area tree has the same code."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    name = models.CharField(max_length=80)
    estate_type = models.CharField(max_length=20, choices=EstateType)
    has_property_company = models.BooleanField(default=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="places_estate_scope", seen_from_inside=True),
            models.UniqueConstraint(fields=["area_code"], name="places_estate_code"),
            models.CheckConstraint(condition=models.Q(estate_type__in=EstateType.values), name="places_estate_type"),
        ]


class Building(AreaScoped):
    """A residential building (楼栋). Floors and lift decide how hard a delivery is."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    estate = models.ForeignKey(Estate, on_delete=models.PROTECT, related_name="buildings")
    label = models.CharField(max_length=30)
    number = models.CharField(max_length=12)
    floors = models.PositiveSmallIntegerField(null=True)
    has_lift = models.BooleanField(null=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="places_building_scope"),
            models.UniqueConstraint(fields=["area_code"], name="places_building_code"),
        ]
        indexes = [models.Index(fields=["estate", "number"], name="building_number")]


class BuildingUnit(AreaScoped):
    """A stairwell unit (单元)."""

    building = models.ForeignKey(Building, on_delete=models.PROTECT, related_name="units")
    number = models.CharField(max_length=12)

    class Meta:
        constraints = [
            RowSecurity(name="places_buildingunit_scope"),
            models.UniqueConstraint(fields=["area_code"], name="places_buildingunit_code"),
        ]


class Household(AreaScoped):
    """A household (户) behind one door."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    building = models.ForeignKey(Building, on_delete=models.PROTECT, related_name="households")
    unit = models.ForeignKey(BuildingUnit, null=True, on_delete=models.PROTECT, related_name="households")
    door = models.CharField(max_length=20)
    floor = models.SmallIntegerField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="places_household_scope"),
            models.UniqueConstraint(fields=["area_code"], name="places_household_code"),
        ]
        indexes = [models.Index(fields=["building", "door"], name="household_door")]
