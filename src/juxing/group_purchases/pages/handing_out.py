"""Packing and handing out: masked on the screen, on paper for the task, ticked off on the phone also without signal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from juxing.group_purchases import commands, policy
from juxing.group_purchases.enums import OrderStatus
from juxing.group_purchases.enums import PurchaseStatus as State
from juxing.group_purchases.models import GroupPurchase, HouseholdOrder
from juxing.group_purchases.pages.shown import back_to, door_words, lines_words, show, slot_words, url
from juxing.group_purchases.queries import orders as queries
from juxing.group_purchases.queries.books import counted
from juxing.group_purchases.queries.purchases import buildings_of, purchase_to_hand_out, purchase_to_run, slots_of
from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.web import ActorRequest, new_form_key, signed_in


@signed_in(policy.TAKE_PART)
def packing(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show what is packed for which door, the doors masked, and how far handing out is."""
    found = purchase_to_hand_out(request.actor, uuid)
    orders = queries.to_hand_out(found)
    slots = slots_of(found)
    rests = [order for order in orders if order.status == OrderStatus.PLACED and _gets(order)]
    context = {
        "groups": _by_building(orders, is_open=False), "may_run": policy.can_run(request.actor, found),
        "ready": found.status in {State.ARRIVED, State.SETTLED}, "total": sum(1 for order in orders if _gets(order)),
        "done": sum(1 for order in orders if order.status == OrderStatus.HANDED_OVER), "rest": len(rests),
        "without_slot": sum(1 for order in rests if not order.slot_id and not order.is_brought),
        "slots": [{"slot": one, "words": slot_words(one), "taken": one.taken} for one in slots],  # type: ignore[attr-defined]
        "brought": sum(1 for order in orders if order.is_brought and _gets(order)),
        "hand_out_buildings": buildings_of(found),
        "can_assign": found.status in {State.OPEN, State.CLOSED, State.ARRIVED} and bool(slots),
    }  # fmt: skip
    return show(request, found, "packing", context)


@signed_in(policy.TAKE_PART)
@never_cache
def packing_print(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Print the packing list with its doors; each household reads who printed it."""
    found = purchase_to_hand_out(request.actor, uuid)
    orders = [order for order in _chosen(request, found) if _gets(order)]
    commands.look_at_doors(
        actor=request.actor, now=clock.now(), purchase=found, orders=orders, reason=_("Packing list printed")
    )
    context = {
        "page_title": _("Packing list"), "page_subtitle": f"{found.title} · {found.number}",
        "groups": _by_building(orders, is_open=True), "printed_by": request.actor.name, "printed_at": clock.now(),
        "contains_persons": True, "back_url": url(found, "packing"),
    }  # fmt: skip
    return render(request, "group_purchases/packing_print.html", context)


@require_POST
@idempotent
@signed_in(policy.TAKE_PART)
def assign(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Give everybody without a time one."""
    found = purchase_to_run(request.actor, uuid)
    try:
        given, without = commands.assign_slots(actor=request.actor, now=clock.now(), purchase=found)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("%(count)d households got a time.") % {"count": given})
        if without:
            words = _("For %(count)d there was no room: add a time or more doors.")
            messages.warning(request, words % {"count": without})
    return back_to(found, "packing")


@signed_in(policy.TAKE_PART)
@never_cache
def hand_out(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show on the phone what is handed out now, door by door; that it was looked at is written down."""
    found = purchase_to_hand_out(request.actor, uuid)
    orders = [order for order in _chosen(request, found) if _gets(order)]
    commands.look_at_doors(actor=request.actor, now=clock.now(), purchase=found, orders=orders, reason=_("Handing out"))
    context = {
        "purchase": found, "page_title": found.title, "groups": _by_building(orders, is_open=True),
        "back_url": url(found, "packing"), "keep_offline": True, "query": request.GET.urlencode(),
        "done": sum(1 for order in orders if order.status == OrderStatus.HANDED_OVER), "total": len(orders),
        "ready": found.status in {State.ARRIVED, State.SETTLED}, **new_form_key(),
    }  # fmt: skip
    return render(request, "group_purchases/hand_out.html", context)


@require_POST
@idempotent
@signed_in(policy.TAKE_PART)
def tick(request: ActorRequest, uuid: UUID, order: UUID, what: str) -> HttpResponse:
    """Tick an order off, or take the tick back; twice is the same as once."""
    found = purchase_to_hand_out(request.actor, uuid)
    one = queries.order_of(found, order)
    if what not in {"done", "undo"}:
        raise NotVisible
    command = commands.hand_over if what == "done" else commands.take_back
    try:
        command(actor=request.actor, now=clock.now(), order=one)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    query = request.POST.get("query", "")[:200]
    address = url(found, "hand_out") + (f"?{query}" if query else "") + f"#o{one.number}"
    return HttpResponseRedirect(address, status=303)


def _chosen(request: ActorRequest, found: GroupPurchase) -> list[HouseholdOrder]:
    """Return the orders of the time, the building or the doors named in the address; of the whole purchase without."""
    wanted, building = request.GET.get("slot", ""), request.GET.get("building", "")
    slot_id = next((one.pk for one in slots_of(found) if str(one.uuid) == wanted), None) if wanted else None
    building_id = next((one.pk for one in buildings_of(found) if str(one.pk) == building), None) if building else None
    is_brought = True if request.GET.get("brought") == "1" else None
    if (wanted and slot_id is None) or (building and building_id is None):
        raise NotVisible
    return queries.to_hand_out(found, slot_id=slot_id, building_id=building_id, is_brought=is_brought)


def _gets(order: HouseholdOrder) -> int:
    return sum(counted(line) for line in order.lines.all())


def _by_building(orders: Iterable[HouseholdOrder], *, is_open: bool) -> list[dict[str, Any]]:
    groups: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for order in orders:
        home = order.household
        name = f"{home.building.estate.name} {home.building.label}" if home else _("removed")
        groups[name].append({
            "order": order, "door": door_words(home, is_open=is_open), "number": order.number,
            "things": lines_words(order.lines.all(), final=True), "is_done": order.status == OrderStatus.HANDED_OVER,
            "slot": slot_words(order.slot) or (pgettext("pickup", "To the door") if order.is_brought else ""),
            "is_brought": order.is_brought,
            "names": [
                (line.package.code, line.package.name, counted(line)) for line in order.lines.all() if counted(line)
            ],
        })  # fmt: skip
    return [{"name": name, "rows": rows, "totals": _totals(rows)} for name, rows in groups.items()]


def _totals(rows: Iterable[dict[str, Any]]) -> str:
    sums: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        for code, _name, count in row["names"]:
            sums[code] += count
    return " ".join(f"{code}×{sums[code]}" for code in sorted(sums))
