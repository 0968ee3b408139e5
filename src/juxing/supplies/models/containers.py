"""What goods are packed in, and what is in it."""

from __future__ import annotations

from django.contrib.postgres.functions import RandomUUID
from django.db import models

from juxing.kernel.numbers import paper_number
from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.supplies.enums import ContainerKind, ContainerStatus
from juxing.supplies.models.fields import QuantityField
from juxing.supplies.models.ledger import StockLot
from juxing.supplies.models.places import StockPlace, Vehicle

CONTAINER_PREFIX = "B"


class Container(AreaScoped):
    """
    A box, pallet or truck load with a label of its own; ``area_code`` is its place's.

    Its contents are part of what the place holds. ``bound_for`` is the code of the community or building it is packed
    for; ``reference`` the paper it belongs to, such as a transfer. ``vehicle`` is the one it is to go with or went
    with, ``stop`` at which stop of its round.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    kind = models.CharField(max_length=8, choices=ContainerKind, default=ContainerKind.BOX)
    status = models.CharField(max_length=12, choices=ContainerStatus, default=ContainerStatus.PACKED)
    place = models.ForeignKey(StockPlace, on_delete=models.PROTECT, related_name="containers")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    bound_for = models.CharField(max_length=40, blank=True, db_collation="C")
    reference = models.UUIDField(null=True)
    vehicle = models.ForeignKey(Vehicle, null=True, on_delete=models.PROTECT, related_name="loads")
    stop = models.PositiveSmallIntegerField(null=True)
    packed_at = models.DateTimeField()
    moved_at = models.DateTimeField()

    class Meta:
        constraints = [
            RowSecurity(name="supplies_container_scope"),
            models.CheckConstraint(condition=models.Q(kind__in=ContainerKind.values), name="supplies_container_kind"),
            models.CheckConstraint(
                condition=models.Q(status__in=ContainerStatus.values), name="supplies_container_status"
            ),
        ]
        indexes = [
            models.Index(fields=["area_code", "-id"], name="container_here"),
            models.Index(fields=["reference"], name="container_of_paper"),
        ]

    @property
    def number(self) -> str:
        """What is printed on the label and read out on the telephone."""
        return paper_number(CONTAINER_PREFIX, self.pk)


class ContainerContent(AreaScoped):
    """So much of a lot is in a container; ``area_code`` is where it was packed."""

    container = models.ForeignKey(Container, on_delete=models.CASCADE, related_name="contents")
    lot = models.ForeignKey(StockLot, on_delete=models.PROTECT, related_name="+")
    quantity = QuantityField()

    class Meta:
        constraints = [
            RowSecurity(name="supplies_containercontent_scope"),
            models.UniqueConstraint(fields=["container", "lot"], name="supplies_content_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="supplies_content_positive"),
        ]
