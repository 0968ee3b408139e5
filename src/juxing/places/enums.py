"""Levels of the area tree and types of estates."""

from django.db import models
from django.utils.translation import pgettext_lazy


class AreaLevel(models.TextChoices):
    """Levels down to the community carry official codes; those below carry our own, made from the parent's."""

    PROVINCE = "province", pgettext_lazy("area level", "Province")
    CITY = "city", pgettext_lazy("area level", "City")
    DISTRICT = "district", pgettext_lazy("area level", "District")
    STREET = "street", pgettext_lazy("area level", "Street")
    COMMUNITY = "community", pgettext_lazy("area level", "Community")
    ESTATE = "estate", pgettext_lazy("area level", "Estate")
    GRID = "grid", pgettext_lazy("area level", "Grid")


OFFICIAL_CODE_LENGTH = {
    AreaLevel.PROVINCE: 2,
    AreaLevel.CITY: 4,
    AreaLevel.DISTRICT: 6,
    AreaLevel.STREET: 9,
    AreaLevel.COMMUNITY: 12,
}


class EstateType(models.TextChoices):
    """Estate types of the papers; they decide what is hard about a delivery, never who is served."""

    WORK_UNIT = "work_unit", pgettext_lazy("estate type", "Work-unit compound")
    COMMERCIAL = "commercial", pgettext_lazy("estate type", "Commercial estate")
    URBAN_RENEWAL = "urban_renewal", pgettext_lazy("estate type", "Urban renewal")
    OLD = "old", pgettext_lazy("estate type", "Old estate")
    MIXED = "mixed", pgettext_lazy("estate type", "Mixed")
    MIXED_USE = "mixed_use", pgettext_lazy("estate type", "Commercial-residential")
    SUBLET_PARK = "sublet_park", pgettext_lazy("estate type", "Sublet park")
    LARGE_RESETTLEMENT = "large_resettlement", pgettext_lazy("estate type", "Large resettlement")
    VILLAGE_GRID = "village_grid", pgettext_lazy("estate type", "Village grid")
