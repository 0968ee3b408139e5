"""Goods arrive: how many there are, what came instead, and who gets when they are fewer than ordered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.group_purchases import policy
from juxing.group_purchases.commands.locking import locked, require_state
from juxing.group_purchases.enums import OrderStatus, ShareMethod
from juxing.group_purchases.enums import PurchaseStatus as State
from juxing.group_purchases.inputs import Arrival
from juxing.group_purchases.lifecycle import PURCHASE
from juxing.group_purchases.models import GroupPurchase, GroupPurchaseLine, HouseholdOrder, PurchasePackage
from juxing.group_purchases.sharing import shared
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.lifecycle import WrongState
from juxing.kernel.refusals import InvalidInput, Refusal

CORRECTED = journal.declare_action("group_purchases.purchase.recount", _("Arrived goods counted again"))
GRANTED = journal.declare_action("group_purchases.order.grant", _("What a household gets settled by hand"))


@transaction.atomic
def record_arrival(
    *, actor: Actor, now: datetime, purchase: GroupPurchase, arrived: Mapping[int, Arrival],
    method: str = ShareMethod.BY_ORDER,
) -> GroupPurchase:  # fmt: skip
    """
    Note what arrived of each package (by its id) and share it; said again, it takes the place of what was said before.

    What was handed over already stays as it is; the rest is shared anew.

    Raises:
        InvalidInput: if a package is missing, or something else costs more than was promised.
        Refusal: if fewer arrived than were handed over already.
    """
    held = locked(purchase)
    policy.require(policy.can_run(actor, held))
    require_state(held, (State.CLOSED, State.ARRIVED))
    if method not in ShareMethod.values:
        raise InvalidInput("method_unknown", _("Choose how it is shared."), field="method")
    packages = list(held.packages.filter(dropped_at=None).order_by("code"))
    for package in packages:
        _take_in(package, arrived.get(package.pk))
    PurchasePackage.objects.bulk_update(packages, ["received", "charged_fen", "substitution"])
    for package in packages:
        _share(package, method)
    GroupPurchaseLine.objects.filter(package__purchase=held, package__dropped_at__isnull=False).update(granted=0)
    GroupPurchase.objects.filter(pk=held.pk).update(share_method=method)
    counts = {one.code: one.received for one in packages}
    journal.record(CORRECTED, actor=actor, subject=held, happened_at=now, changes={"received": counts})
    return PURCHASE.move(held, "arrive", actor=actor, now=now) if held.status == State.CLOSED else locked(held)


@transaction.atomic
def set_granted(*, actor: Actor, now: datetime, order: HouseholdOrder, granted: Mapping[int, int]) -> None:
    """
    Settle by hand how many a household gets (by package id): neighbours agreed so, or it refuses what came instead.

    Raises:
        InvalidInput: if it is more than was ordered, or all get more than arrived.
        WrongState: if the order is handed over or withdrawn.
    """
    held = locked(order.purchase)
    policy.require(policy.can_run(actor, held))
    require_state(held, (State.ARRIVED,))
    mine = HouseholdOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)
    if mine.status != OrderStatus.PLACED:
        raise WrongState("order_over", _("This order is withdrawn or handed over."))
    lines = list(mine.lines.select_related("package").order_by("package__code"))
    for line in lines:
        field = f"package_{line.package.code}"
        wanted = granted.get(line.package_id, line.granted or 0)
        if not 0 <= wanted <= (0 if line.package.dropped_at else line.quantity):
            raise InvalidInput("more_than_ordered", _("Not more than was ordered."), field=field)
        others = _granted_total(line.package) - (line.granted or 0)
        if others + wanted > (line.package.received or 0):
            left = max(0, (line.package.received or 0) - others)
            raise InvalidInput(
                "more_than_arrived", _("Only %(left)d are not given to others.") % {"left": left}, field=field
            )
        line.granted = wanted
    GroupPurchaseLine.objects.bulk_update(lines, ["granted"])
    changes = {line.package.code: line.granted for line in lines}
    journal.record(GRANTED, actor=actor, subject=mine, happened_at=now, changes=changes)


def _take_in(package: PurchasePackage, arrival: Arrival | None) -> None:
    field = f"received_{package.code}"
    if arrival is None:
        raise InvalidInput("arrival_missing", _("Say how many arrived; 0 if none."), field=field)
    if not 0 <= arrival.received <= 1_000_000:
        raise InvalidInput("arrival_range", _("A number between 0 and 1,000,000."), field=field)
    charged = arrival.charged_fen
    if charged is not None and charged > package.price_fen:
        raise InvalidInput(
            "dearer", _("Nobody pays more than was promised: at most the price."), field=f"charged_{package.code}"
        )
    package.received, package.substitution = arrival.received, arrival.substitution.strip()[:120]
    package.charged_fen = None if charged == package.price_fen else charged


def _share(package: PurchasePackage, method: str) -> None:
    """Give what is there to orders not handed over yet, in the order in which they were placed."""
    lines = package.lines.select_related("order").order_by("order__ordered_at", "order_id")
    handed = sum(line.granted or 0 for line in lines if line.order.status == OrderStatus.HANDED_OVER)
    left = (package.received or 0) - handed
    if left < 0:
        raise Refusal(
            "fewer_than_handed_over",
            _("%(count)d were handed over already.") % {"count": handed}, field=f"received_{package.code}",
        )  # fmt: skip
    waiting = [line for line in lines if line.order.status == OrderStatus.PLACED]
    for line, count in zip(waiting, shared(left, [one.quantity for one in waiting], method=method), strict=True):
        line.granted = count
    GroupPurchaseLine.objects.bulk_update(waiting, ["granted"])


def _granted_total(package: PurchasePackage) -> int:
    lines = package.lines.exclude(order__status=OrderStatus.WITHDRAWN).values_list("granted", flat=True)
    return sum(count or 0 for count in lines)
