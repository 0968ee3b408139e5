"""Households order, change and withdraw; one order for a door, nobody beyond a limit, nothing beyond what is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.group_purchases import policy
from juxing.group_purchases.commands.locking import locked, require_state
from juxing.group_purchases.commands.slots import free_doors, require_room
from juxing.group_purchases.enums import COUNTING, OrderChannel, OrderStatus
from juxing.group_purchases.enums import PurchaseStatus as State
from juxing.group_purchases.inputs import OrderInput
from juxing.group_purchases.lifecycle import ORDER
from juxing.group_purchases.models import GroupPurchase, GroupPurchaseLine, HouseholdOrder, PickupSlot, PurchasePackage
from juxing.group_purchases.queries.totals import package_totals
from juxing.kernel import journal
from juxing.kernel.actors import Actor, ActorKind
from juxing.kernel.lifecycle import WrongState
from juxing.kernel.refusals import InvalidInput, Refusal
from juxing.people.links import new_link
from juxing.people.phone_numbers import contact_phone, phone_index
from juxing.places.models import Household

PLACED = journal.declare_action("group_purchases.order.place", _("Ordered in a group purchase"))
CHANGED = journal.declare_action("group_purchases.order.change", _("Order of a group purchase changed"))
LINKED = journal.declare_action("group_purchases.order.link", _("New link to an order of a group purchase"))
DOORS_OF_ONE_PHONE = 5
MOST_OF_ONE = 10_000
LINK_ROOM = "group_purchases"


@dataclass(slots=True)
class OrdersOutcome:
    """What became of each input, by its place: the order as it stands now, whether that is news, or why not."""

    orders: dict[int, HouseholdOrder] = field(default_factory=dict)
    added: set[int] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)
    refusals: dict[int, Refusal] = field(default_factory=dict)


@transaction.atomic
def record_orders(
    *, actor: Actor, now: datetime, purchase: GroupPurchase, inputs: Sequence[OrderInput]
) -> OrdersOutcome:
    """
    Take orders of any number of households: good ones are in, the others say why; a constant number of queries.

    Saying the same again changes nothing. Orders are taken in the order given, so the earlier gets the last package.

    Raises:
        NotPermitted: if the actor may not order for others here.
        WrongState: if the purchase takes no orders (any more).
    """
    held = locked(purchase)
    policy.require(actor.kind is ActorKind.RESIDENT or policy.can_run(actor, held))
    require_taking(held, now=now)
    desk = _Desk(held, inputs)
    outcome = OrdersOutcome()
    for at, given in enumerate(inputs):
        try:
            desk.take(at, given, now=now, outcome=outcome)
        except Refusal as refusal:
            outcome.refusals[at] = refusal
    desk.write(actor=actor, now=now)
    return outcome


@transaction.atomic
def place_order(
    *, actor: Actor, now: datetime, purchase: GroupPurchase, given: OrderInput
) -> tuple[HouseholdOrder, str]:
    """
    Take one household's order, and return it with its link (given once, a new one each time).

    Raises:
        Refusal: why not.
    """
    if actor.kind is ActorKind.RESIDENT:
        _require_own_door(locked(purchase), given)
    outcome = record_orders(actor=actor, now=now, purchase=purchase, inputs=[given])
    if 0 in outcome.refusals:
        raise outcome.refusals[0]
    order = outcome.orders[0]
    return order, give_link(actor=actor, now=now, order=order)


@transaction.atomic
def withdraw_order(*, actor: Actor, now: datetime, order: HouseholdOrder) -> HouseholdOrder:
    """Take an order back before the cut-off; what was paid is to go back."""
    held = locked(order.purchase)
    require_taking(held, now=now)
    return ORDER.move(order, "withdraw", actor=actor, now=now, changes={"changed_at": now, "slot": None})


@transaction.atomic
def give_link(*, actor: Actor, now: datetime, order: HouseholdOrder) -> str:
    """Return a new link to the order; an earlier one ends."""
    policy.require(policy.can_answer(actor, order))
    token, digest = new_link(LINK_ROOM)
    HouseholdOrder.objects.filter(pk=order.pk).update(link_digest=digest)
    journal.record(LINKED, actor=actor, subject=order, happened_at=now)
    return token


def require_taking(purchase: GroupPurchase, *, now: datetime) -> None:
    """
    Do nothing while orders are taken.

    Raises:
        WrongState: before it is opened, and from the very moment of the cut-off.
    """
    require_state(purchase, (State.OPEN,))
    if purchase.cut_off_at <= now:
        raise WrongState("cut_off_over", _("The cut-off is over. Orders can no longer be placed or changed."))


class _Desk:
    """All that is asked of the database before orders are looked at, and the totals as they grow."""

    def __init__(self, purchase: GroupPurchase, inputs: Sequence[OrderInput]) -> None:
        ids = {given.household_id for given in inputs}
        self.purchase = purchase
        self.packages: dict[int, PurchasePackage] = {one.pk: one for one in purchase.packages.all()}
        self.buildings = set(purchase.buildings.values_list("building_id", flat=True))
        self.households = Household.objects.in_bulk(ids)
        self.orders: dict[int | None, HouseholdOrder] = {
            one.household_id: one
            for one in purchase.orders.select_for_update(of=("self",)).filter(household_id__in=ids)
        }
        lines = GroupPurchaseLine.objects.filter(order__in=self.orders.values()).select_related("order")
        self.lines: dict[int | None, dict[int, int]] = {}
        for line in lines:
            self.lines.setdefault(line.order.household_id, {})[line.package_id] = line.quantity
        self.totals = {one.package.pk: one.ordered for one in package_totals(purchase)}
        self.slots: dict[int, PickupSlot] = {one.pk: one for one in purchase.slots.all()}
        self.free = free_doors(purchase)
        self._touched: dict[int, HouseholdOrder] = {}
        self._new: list[HouseholdOrder] = []
        self._again: list[HouseholdOrder] = []

    def take(self, at: int, given: OrderInput, *, now: datetime, outcome: OrdersOutcome) -> None:
        """Check one input, and note what it changes."""
        household = self.households.get(given.household_id)
        if household is None or household.building_id not in self.buildings:
            raise InvalidInput("door_not_in", _("This door does not belong to the purchase."), field="door")
        order = self.orders.get(household.pk)
        if order is not None and order.status == OrderStatus.HANDED_OVER:
            raise WrongState("handed_over", _("This order was handed over already."))
        counts = order is not None and order.status in COUNTING
        before = self.lines.get(household.pk, {}) if counts else {}
        wanted = {pk: count for pk, count in given.quantities.items() if count}
        self._check(wanted, before)
        phone = contact_phone(given.contact_phone, field="contact_phone")
        is_new, was_withdrawn = order is None, order is not None and not counts
        order = order or self._fresh(household, given, now=now)
        moved = self._place(order, given)
        is_news = wanted != before or moved or was_withdrawn
        if phone and phone != order.contact_phone:
            order.contact_phone, order.contact_phone_index, is_news = phone, phone_index(phone), True
        if given.contact_name.strip() and given.contact_name.strip()[:60] != order.contact_name:
            order.contact_name, is_news = given.contact_name.strip()[:60], True
        for pk in set(wanted) | set(before):
            self.totals[pk] = self.totals.get(pk, 0) + wanted.get(pk, 0) - before.get(pk, 0)
        self.orders[household.pk], self.lines[household.pk] = order, wanted
        outcome.orders[at] = order
        if not is_news:
            return
        order.changed_at = now
        self._touched[household.pk] = order
        if is_new:
            self._new.append(order)
            outcome.added.add(at)
        else:
            outcome.changed.add(at)
        if was_withdrawn:
            self._again.append(order)
            order.status = OrderStatus.PLACED
            order.ordered_at = now

    def write(self, *, actor: Actor, now: datetime) -> None:
        """Write what changed, set-based, with one journal entry for each order."""
        for order in self._again:
            ORDER.move(order, "place_again", actor=actor, now=now)
        HouseholdOrder.objects.bulk_create(self._new)
        new = {order.uuid for order in self._new}
        known = [order for order in self._touched.values() if order.uuid not in new]
        HouseholdOrder.objects.bulk_update(
            known, ["contact_name", "contact_phone", "contact_phone_index", "is_brought", "slot", "ordered_at",
                    "changed_at"],
        )  # fmt: skip
        GroupPurchaseLine.objects.filter(order__in=known).delete()
        GroupPurchaseLine.objects.bulk_create(
            GroupPurchaseLine(area_code=order.area_code, order=order, package_id=pk, quantity=count)
            for household_id, order in self._touched.items()
            for pk, count in self.lines[household_id].items()
        )
        journal.record_many(
            journal.Fact(
                PLACED if order.uuid in new else CHANGED, HouseholdOrder._meta.label_lower, order.uuid, order.area_code,
                changes={"portions": sum(self.lines[household_id].values()), "channel": order.channel},
            )
            for household_id, order in self._touched.items()
        ).by(actor, happened_at=now)  # fmt: skip

    def _check(self, wanted: Mapping[int, int], before: Mapping[int, int]) -> None:
        if not wanted:
            raise InvalidInput("nothing_ordered", _("Order at least one package, or withdraw the order."))
        for pk, count in wanted.items():
            package = self.packages.get(pk)
            if package is None:
                raise InvalidInput("package_unknown", _("This package is not on offer here."))
            if not 0 < count <= MOST_OF_ONE:
                raise InvalidInput("count_range", _("A number between 1 and 10,000."), field=f"package_{package.code}")
            if package.limit_per_household and count > package.limit_per_household:
                raise Refusal(
                    "limit_per_household",
                    _("At most %(count)d of package %(code)s for a household.")
                    % {"count": package.limit_per_household, "code": package.code},
                    field=f"package_{package.code}",
                )
            self._check_maximum(package, count - before.get(pk, 0))

    def _check_maximum(self, package: PurchasePackage, more: int) -> None:
        left = (package.maximum_total or 0) - self.totals.get(package.pk, 0)
        if package.maximum_total is not None and more > left:
            raise Refusal(
                "sold_out",
                _("Of package %(code)s only %(left)d are left.") % {"code": package.code, "left": max(0, left)},
                field=f"package_{package.code}",
            )

    def _place(self, order: HouseholdOrder, given: OrderInput) -> bool:
        """Set how the order is handed over, if that was said; return whether it changed."""
        before = (order.is_brought, order.slot_id)
        if given.is_brought is not None:
            order.is_brought = given.is_brought
        if order.is_brought:
            order.slot = None
        elif given.slot_id is not None and given.slot_id != order.slot_id:
            order.slot = require_room(self.slots.get(given.slot_id), self.free)
            self.free[given.slot_id] -= 1
            if before[1] in self.free:
                self.free[before[1]] += 1
        return before != (order.is_brought, order.slot_id)

    def _fresh(self, household: Household, given: OrderInput, *, now: datetime) -> HouseholdOrder:
        return HouseholdOrder(
            uuid=uuid4(), area_code=household.area_code, purchase=self.purchase, household=household,
            channel=given.channel, ordered_at=now, changed_at=now,
        )  # fmt: skip


def _require_own_door(purchase: GroupPurchase, given: OrderInput) -> None:
    """Let a phone change its own orders only, and order for a handful of doors at most."""
    mine = phone_index(contact_phone(given.contact_phone, field="contact_phone"))
    order = purchase.orders.filter(household_id=given.household_id).first()
    if order is not None and order.contact_phone_index != mine:
        raise Refusal(
            "door_ordered",
            _("Somebody of this door has ordered already. Open that order by its link, or ask the organiser."),
            field="door",
        )
    others = purchase.orders.filter(contact_phone_index=mine, channel=OrderChannel.PHONE)
    if order is None and others.count() >= DOORS_OF_ONE_PHONE:
        raise Refusal("too_many_doors", _("One phone orders for five doors at most. Ask the organiser."), field="door")
