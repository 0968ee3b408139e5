"""The catalogue: what can be kept, in which unit, how it is packed, and what may stand in for it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.utils.translation import get_language

from juxing.supplies.enums import SupplyCategory
from juxing.supplies.models.fields import QuantityField
from juxing.supplies.units import unit_label


class SupplyItem(models.Model):
    """
    An entry of the catalogue; the same for everyone.

    ``unit_grams`` is what one unit weighs with its wrapping, None where nobody said; ``substitutes`` are codes of what
    may stand in, the best first.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    code = models.CharField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    unit = models.CharField(max_length=12)
    category = models.CharField(max_length=12, choices=SupplyCategory)
    aliases = ArrayField(models.CharField(max_length=60), default=list)
    standards = ArrayField(models.CharField(max_length=30), default=list)
    is_ppe = models.BooleanField(default=False)
    is_medicine = models.BooleanField(default=False)
    is_offered_to_residents = models.BooleanField(default=False)
    shelf_life_days = models.PositiveSmallIntegerField(null=True)
    unit_grams = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    substitutes = ArrayField(models.CharField(max_length=40), default=list, db_default=[])

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(category__in=SupplyCategory.values), name="supplies_category"),
            models.CheckConstraint(
                condition=models.Q(unit_grams__isnull=True) | models.Q(unit_grams__gt=0),
                name="supplies_weighs_something",
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en

    @property
    def unit_label(self) -> str:
        """The unit in words of the reader's language; ``unit`` holds its code."""
        return unit_label(self.unit)


class ItemPack(models.Model):
    """
    How many units are in one pack of an item: a box of 50 masks. The only conversion there is, and said by a person.

    ``quantity`` is in the item's unit. An item may have packs of several sizes under different names. A retired pack
    is asked for no more; what was counted with it stays as it was counted.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    item = models.ForeignKey(SupplyItem, on_delete=models.PROTECT, related_name="packs")
    unit = models.CharField(max_length=12)
    quantity = QuantityField()
    is_retired = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "unit"], name="supplies_pack_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="supplies_pack_positive"),
        ]

    @property
    def unit_label(self) -> str:
        """The pack in words of the reader's language."""
        return unit_label(self.unit)
