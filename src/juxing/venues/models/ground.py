"""A venue, its rooms, and what each of its functions takes."""

from __future__ import annotations

from typing import TypeAlias

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.fields import EncryptedTextField
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.organisations.models import Organisation
from juxing.places.models import Building, Estate
from juxing.venues.enums import VenueFunction, VenueKind

Equipment: TypeAlias = list[dict[str, str]]


class Venue(AreaScoped):
    """
    A place that serves people, or an idle property that could; ``area_code`` is the community or street it is in.

    ``opening_hours`` holds seven lists, Monday first, of [from, to] in minutes after midnight; a ``to`` beyond 1440
    runs into the next day. ``is_idle`` marks an empty property that is a candidate for a new venue and serves nobody
    yet. ``contact_phone`` is sealed; it is a post's number, and lists show it masked.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    name = models.CharField(max_length=80, db_collation="C")
    kind = models.CharField(max_length=24, choices=VenueKind)
    address = models.CharField(max_length=120, blank=True)
    estate = models.ForeignKey(Estate, null=True, on_delete=models.PROTECT, related_name="venues")
    building = models.ForeignKey(Building, null=True, on_delete=models.PROTECT, related_name="venues")
    operator = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="venues")
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    opening_hours = models.JSONField(default=list)
    services = ArrayField(models.CharField(max_length=40), default=list)
    is_step_free = models.BooleanField(null=True)
    is_temporary = models.BooleanField(default=False)
    is_idle = models.BooleanField(default=False)
    is_public = models.BooleanField(default=True)
    contact_name = models.CharField(max_length=40, blank=True)
    contact_phone = EncryptedTextField(blank=True)
    closed_at = models.DateTimeField(null=True)
    is_demo = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            RowSecurity(name="venues_venue_scope"),
            models.UniqueConstraint(fields=["area_code", "name"], name="venues_name_once_here"),
            models.CheckConstraint(condition=models.Q(kind__in=VenueKind.values), name="venues_kind_known"),
            models.CheckConstraint(
                condition=models.Q(longitude__isnull=True, latitude__isnull=True)
                | models.Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
                name="venues_point_whole",
            ),
        ]
        indexes = [models.Index(fields=["kind", "area_code", "name"], name="venue_kind")]

    def __str__(self) -> str:
        return self.name


class Room(AreaScoped):
    """A room, hall or yard of a venue; ``area_code`` is the venue's. ``power_kw`` is the load its sockets may bear."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=40)
    floor = models.SmallIntegerField(default=1)
    capacity = models.PositiveIntegerField()
    area_m2 = models.PositiveIntegerField(null=True)
    has_water = models.BooleanField(default=False)
    power_kw = models.PositiveSmallIntegerField(null=True)
    beds = models.PositiveSmallIntegerField(default=0)
    toilets = models.PositiveSmallIntegerField(default=0)
    is_step_free = models.BooleanField(null=True)
    is_bookable = models.BooleanField(default=True)
    is_for_residents = models.BooleanField(default=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="venues_room_scope"),
            models.UniqueConstraint(fields=["venue", "name"], name="venues_room_once"),
            models.CheckConstraint(
                condition=models.Q(capacity__range=(1, 20_000)), name="venues_room_capacity"
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["area_code", "id"], name="room_area")]

    def __str__(self) -> str:
        return self.name


class VenueLayout(AreaScoped):
    """
    How a venue serves one function: with which rooms, for how many, and what changing over takes.

    ``is_steady`` is what it does on an ordinary day. ``suspends_steady`` says that the ordinary functions stop
    meanwhile. ``equipment`` lists {"item", "quantity"}; the two checklists are lines in the order of doing.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="layouts")
    function = models.CharField(max_length=24, choices=VenueFunction)
    is_steady = models.BooleanField(default=False)
    suspends_steady = models.BooleanField(default=False)
    capacity = models.PositiveIntegerField()
    flows = models.CharField(max_length=400, blank=True)
    equipment = models.JSONField(default=list)
    hours_to_convert = models.PositiveSmallIntegerField(default=0)
    hours_to_return = models.PositiveSmallIntegerField(default=0)
    conversion_steps = ArrayField(models.CharField(max_length=120), default=list)
    return_steps = ArrayField(models.CharField(max_length=120), default=list)
    rooms = models.ManyToManyField(Room, through="LayoutRoom", related_name="layouts")

    class Meta:
        constraints = [
            RowSecurity(name="venues_venuelayout_scope"),
            models.UniqueConstraint(fields=["venue", "function"], name="venues_layout_once"),
            models.CheckConstraint(
                condition=models.Q(function__in=VenueFunction.values), name="venues_layout_function"
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["function", "area_code"], name="layout_function")]


class LayoutRoom(AreaScoped):
    """One room's part in a layout, such as "registration" or "waiting"; ``position`` is its place in the flow."""

    layout = models.ForeignKey(VenueLayout, on_delete=models.CASCADE, related_name="parts")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="parts")
    purpose = models.CharField(max_length=40, blank=True)
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            RowSecurity(name="venues_layoutroom_scope"),
            models.UniqueConstraint(fields=["layout", "room"], name="venues_layout_room_once"),
        ]
