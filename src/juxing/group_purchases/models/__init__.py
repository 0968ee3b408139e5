"""Tables of group purchases."""

from juxing.group_purchases.models.chains import PurchaseChain, PurchaseChainLine
from juxing.group_purchases.models.money import MoneyEntry
from juxing.group_purchases.models.orders import GroupPurchaseLine, HouseholdOrder
from juxing.group_purchases.models.purchases import (
    GroupPurchase,
    PackageContent,
    PickupSlot,
    PurchaseBearer,
    PurchaseBuilding,
    PurchasePackage,
)

__all__ = [
    "GroupPurchase",
    "GroupPurchaseLine",
    "HouseholdOrder",
    "MoneyEntry",
    "PackageContent",
    "PickupSlot",
    "PurchaseBearer",
    "PurchaseBuilding",
    "PurchaseChain",
    "PurchaseChainLine",
    "PurchasePackage",
]
