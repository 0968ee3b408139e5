"""What a venue serves as over time, and the work of turning it from one function to another and back."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.utils.functional import cached_property

from juxing.kernel.numbers import paper_number
from juxing.kernel.periods import never_overlap
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.venues.enums import OPEN_CONVERSIONS, TaskPhase, VenueConversionStatus, VenueFunction
from juxing.venues.models.ground import Venue, VenueLayout

NUMBER_PREFIX = "VC"


class VenueConversion(AreaScoped):
    """
    One turning of a venue into another function. ``starts_at`` is when its rooms are taken, ``due_at`` when it must
    be ready, ``until`` when it ends by itself, ``free_from`` when the rooms were given back.

    ``activation_id`` is the activation that ordered it, where there is one; no key, because this room knows
    nothing of activations. An exercise (``is_exercise``) has its checklist but takes no room and moves no booking.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="conversions")
    layout = models.ForeignKey(VenueLayout, on_delete=models.PROTECT, related_name="conversions")
    function = models.CharField(max_length=24, choices=VenueFunction)
    status = models.CharField(max_length=12, choices=VenueConversionStatus, default=VenueConversionStatus.ORDERED)
    activation_id = models.BigIntegerField(null=True)
    is_exercise = models.BooleanField(default=False)
    reason = models.CharField(max_length=200)
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    due_at = models.DateTimeField()
    until = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    free_from = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="venues_venueconversion_scope"),
            models.CheckConstraint(
                condition=models.Q(status__in=VenueConversionStatus.values), name="venues_conversion_status"
            ),
            models.UniqueConstraint(
                fields=["layout", "is_exercise"], condition=models.Q(status__in=sorted(OPEN_CONVERSIONS)),
                name="venues_conversion_open_once",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["-ordered_at", "-id"], name="conversion_recent"),
            models.Index(
                fields=["until"], condition=models.Q(status__in=sorted(OPEN_CONVERSIONS)), name="conversion_over"
            ),
            models.Index(fields=["venue", "-ordered_at"], name="conversion_of_venue"),
            models.Index(fields=["activation_id"], name="conversion_activation"),
        ]

    @cached_property
    def number(self) -> str:
        """The number people read out."""
        return paper_number(NUMBER_PREFIX, self.pk)


class ConversionTask(AreaScoped):
    """One line of a checklist, and who did it when."""

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    conversion = models.ForeignKey(VenueConversion, on_delete=models.CASCADE, related_name="tasks")
    phase = models.CharField(max_length=8, choices=TaskPhase)
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=120)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            RowSecurity(name="venues_conversiontask_scope"),
            models.UniqueConstraint(fields=["conversion", "phase", "position"], name="venues_task_place_once"),
            models.CheckConstraint(condition=models.Q(phase__in=TaskPhase.values), name="venues_task_phase"),
        ]


class VenueUse(AreaScoped):
    """
    A function that a venue serves from ``starts_at`` until ``ends_at`` (half-open, None: until further notice).

    One function of a venue is never served twice at the same time: the database excludes it. ``suspended_by`` is the
    conversion for which an ordinary function stopped, so that its return lets exactly these go on.
    """

    layout = models.ForeignKey(VenueLayout, on_delete=models.PROTECT, related_name="uses")
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="uses")
    function = models.CharField(max_length=24, choices=VenueFunction)
    is_steady = models.BooleanField()
    conversion = models.OneToOneField(VenueConversion, null=True, on_delete=models.PROTECT, related_name="use")
    suspended_by = models.ForeignKey(VenueConversion, null=True, on_delete=models.PROTECT, related_name="suspended")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="venues_venueuse_scope"),
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=models.F("starts_at")),
                name="venues_use_has_length",
            ),
            ExclusionConstraint(name="venues_use_once_at_a_time", expressions=never_overlap("layout")),
        ]
        indexes = [
            models.Index(fields=["venue", "starts_at"], name="use_of_venue"),
            models.Index(fields=["function", "area_code", "starts_at"], name="use_function"),
        ]
