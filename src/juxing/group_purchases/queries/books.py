"""The money of a purchase, household by household, reckoned from its lines each time it is looked at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Sum

from juxing.group_purchases.amounts import Balance, Books, due_fen
from juxing.group_purchases.enums import COUNTING, MoneyKind
from juxing.group_purchases.enums import PurchaseStatus as State
from juxing.group_purchases.models import GroupPurchase, GroupPurchaseLine, HouseholdOrder, MoneyEntry


@dataclass(frozen=True, slots=True)
class OrderAccount:
    """One household's order with its lines and balance."""

    order: HouseholdOrder
    lines: tuple[GroupPurchaseLine, ...]
    balance: Balance

    @property
    def portions(self) -> int:
        """How many packages it gets, or ordered while nothing has arrived."""
        return sum(counted(line) for line in self.lines)


def counted(line: GroupPurchaseLine) -> int:
    """Return how many of a line are to be paid for: what is granted once goods are there, else what was ordered."""
    if line.package.dropped_at:
        return 0
    return line.quantity if line.granted is None else line.granted


def accounts_of(purchase: GroupPurchase, orders: Iterable[HouseholdOrder]) -> list[OrderAccount]:
    """Return the accounts of these orders; two queries however many there are."""
    wanted = list(orders)
    lines: defaultdict[int, list[GroupPurchaseLine]] = defaultdict(list)
    for line in GroupPurchaseLine.objects.filter(order__in=wanted).select_related("package").order_by("package__code"):
        lines[line.order_id].append(line)
    money = _money_of(MoneyEntry.objects.filter(order__in=wanted).order_by())
    return [_account(purchase, order, lines[order.pk], money) for order in wanted]


def all_accounts(purchase: GroupPurchase) -> list[OrderAccount]:
    """Return the accounts of every order, door by door, with household and building; three queries."""
    orders = (
        HouseholdOrder.objects.filter(purchase=purchase)
        .select_related("household__building", "household__unit", "slot")
        .order_by("area_code", "id")
    )
    return accounts_of(purchase, orders)


def books_of(purchase: GroupPurchase, accounts: Iterable[OrderAccount] | None = None) -> Books:
    """Return the whole purchase's books."""
    found = all_accounts(purchase) if accounts is None else accounts
    rows = MoneyEntry.objects.filter(purchase=purchase, order=None).order_by()
    sums = dict(rows.values_list("kind").annotate(total=Sum("amount_fen")))
    return Books(
        balances=[one.balance for one in found], supplier_paid=sums.get(MoneyKind.SUPPLIER_PAID, 0),
        supplier_returned=sums.get(MoneyKind.SUPPLIER_RETURNED, 0), bill=bill_of(purchase),
    )  # fmt: skip


def bill_of(purchase: GroupPurchase) -> int | None:
    """Return the supplier's bill; a cancelled purchase has none to pay unless one was entered."""
    if purchase.bill_fen is None and purchase.status == State.CANCELLED:
        return 0
    return purchase.bill_fen


def _money_of(rows: Iterable[MoneyEntry]) -> dict[tuple[int | None, str], int]:
    found: defaultdict[tuple[int | None, str], int] = defaultdict(int)
    for entry in rows:
        found[entry.order_id, entry.kind] += entry.amount_fen
    return found


def _account(
    purchase: GroupPurchase,
    order: HouseholdOrder,
    lines: list[GroupPurchaseLine],
    money: Mapping[tuple[int | None, str], int],
) -> OrderAccount:
    is_owed = order.status in COUNTING and purchase.status != State.CANCELLED
    counts = [(counted(line), line.package.unit_fen) for line in lines] if is_owed else []
    balance = Balance(
        due=due_fen(counts, fee_fen=purchase.delivery_fee_fen), paid=money.get((order.pk, MoneyKind.PAID), 0),
        refunded=money.get((order.pk, MoneyKind.REFUNDED), 0),
    )  # fmt: skip
    return OrderAccount(order, tuple(lines), balance)
