"""What is ordered of each package: figures without a person, which neighbours see too."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, Sum

from juxing.group_purchases.enums import COUNTING
from juxing.group_purchases.models import GroupPurchase, PackageContent, PurchasePackage

COUNTS = Q(lines__order__status__in=sorted(COUNTING))


@dataclass(frozen=True, slots=True)
class PackageTotal:
    """One package, how many are ordered and by how many households, and how many those get."""

    package: PurchasePackage
    ordered: int
    households: int
    granted: int

    @property
    def left(self) -> int | None:
        """How many can still be ordered; None where there is no maximum."""
        return None if self.package.maximum_total is None else max(0, self.package.maximum_total - self.ordered)

    @property
    def is_short(self) -> bool:
        """Whether the minimum is not reached (yet)."""
        return bool(self.package.minimum_total) and self.ordered < (self.package.minimum_total or 0)

    @property
    def value_fen(self) -> int:
        """What all that is ordered costs."""
        return 0 if self.package.dropped_at else self.ordered * self.package.price_fen


def package_totals(purchase: GroupPurchase) -> list[PackageTotal]:
    """Return the packages in the order of their letters, with totals; two queries."""
    contents = Prefetch("contents", PackageContent.objects.select_related("item").order_by("id"))
    rows = (
        PurchasePackage.objects.filter(purchase=purchase)
        .annotate(
            ordered=Sum("lines__quantity", filter=COUNTS, default=0),
            granted=Sum("lines__granted", filter=COUNTS, default=0),
            households=Count("lines", filter=COUNTS),
        )
        .order_by("code").prefetch_related(contents)
    )  # fmt: skip
    return [PackageTotal(one, one.ordered, one.households, one.granted) for one in rows]
