"""The tables of this room, by topic."""

from juxing.supplies.models.agreements import (
    AGREEMENT_PREFIX,
    AgreementLine,
    SupplierContact,
    SupplierGoods,
    SupplyAgreement,
)
from juxing.supplies.models.catalogue import ItemPack, SupplyItem
from juxing.supplies.models.containers import CONTAINER_PREFIX, Container, ContainerContent
from juxing.supplies.models.donations import DONATION_PREFIX, Donation, DonationDisclosure, DonationLine
from juxing.supplies.models.fields import QuantityField
from juxing.supplies.models.ledger import StockBalance, StockEntry, StockLevel, StockLot, StockMove
from juxing.supplies.models.lines import SupplyLine, SupplyList, SupplyOffer, SupplyRequest
from juxing.supplies.models.places import Depot, StockPlace, Vehicle
from juxing.supplies.models.purchases import (
    PURCHASE_PREFIX,
    PurchaseDelivery,
    PurchaseDeliveryLine,
    PurchaseLine,
    PurchaseOrder,
)
from juxing.supplies.models.reserves import ReserveLine, ReservePlan, StockAlarm
from juxing.supplies.models.sharing import AllocationLine, AllocationRun, CommunitySharing
from juxing.supplies.models.sheets import StockSheet
from juxing.supplies.models.stocktakes import Stocktake, StocktakeLine
from juxing.supplies.models.transfers import TRANSFER_PREFIX, Transfer, TransferLine

__all__ = [
    "AGREEMENT_PREFIX",
    "CONTAINER_PREFIX",
    "DONATION_PREFIX",
    "PURCHASE_PREFIX",
    "TRANSFER_PREFIX",
    "AgreementLine",
    "AllocationLine",
    "AllocationRun",
    "CommunitySharing",
    "Container",
    "ContainerContent",
    "Depot",
    "Donation",
    "DonationDisclosure",
    "DonationLine",
    "ItemPack",
    "PurchaseDelivery",
    "PurchaseDeliveryLine",
    "PurchaseLine",
    "PurchaseOrder",
    "QuantityField",
    "ReserveLine",
    "ReservePlan",
    "StockAlarm",
    "StockBalance",
    "StockEntry",
    "StockLevel",
    "StockLot",
    "StockMove",
    "StockPlace",
    "StockSheet",
    "Stocktake",
    "StocktakeLine",
    "SupplierContact",
    "SupplierGoods",
    "SupplyAgreement",
    "SupplyItem",
    "SupplyLine",
    "SupplyList",
    "SupplyOffer",
    "SupplyRequest",
    "Transfer",
    "TransferLine",
    "Vehicle",
]
