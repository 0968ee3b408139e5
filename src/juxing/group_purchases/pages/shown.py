"""What several pages of this room show alike: tabs, marks of states, doors as this reader may see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from juxing.group_purchases import policy
from juxing.group_purchases.enums import CancelCause, OrderStatus
from juxing.group_purchases.enums import PurchaseStatus as State
from juxing.group_purchases.models import GroupPurchase, GroupPurchaseLine, HouseholdOrder, PickupSlot
from juxing.group_purchases.queries.books import counted
from juxing.kernel.actors import Actor
from juxing.kernel.masking import masked_door
from juxing.kernel.money import yuan
from juxing.kernel.web import ActorRequest, new_form_key
from juxing.places.models import Household

TONES = {
    State.DRAFT: "neutral", State.OPEN: "moving", State.CLOSED: "waiting", State.ARRIVED: "moving",
    State.SETTLED: "done", State.CANCELLED: "ended",
}  # fmt: skip
ORDER_TONES = {OrderStatus.PLACED: "waiting", OrderStatus.WITHDRAWN: "ended", OrderStatus.HANDED_OVER: "done"}


def tabs(purchase: GroupPurchase, actor: Actor, current: str) -> list[dict[str, Any]]:
    """Return the pages of one purchase this actor may open."""
    may_run = policy.can_run(actor, purchase)
    names = [("purchase", pgettext("group purchase", "Overview"), "info-circle", True),
             ("orders", pgettext("group purchase", "Orders"), "list", may_run),
             ("chains", _("Order chains"), "messages", may_run),
             ("money", pgettext("group purchase", "Money"), "coin", may_run),
             ("packing", _("Packing and handing out"), "packages", policy.can_hand_out(actor, purchase))]  # fmt: skip
    return [
        {"label": label, "url": url(purchase, name), "icon": icon, "is_current": name == current}
        for name, label, icon, may in names if may
    ]  # fmt: skip


def url(purchase: GroupPurchase, name: str, *more: Any) -> str:
    """Return the address of one of the purchase's pages."""
    return reverse(f"group_purchases:{name}", args=[purchase.uuid, *more])


def back_to(purchase: GroupPurchase, name: str = "purchase", *more: Any) -> HttpResponseRedirect:
    """Lead on to one of the purchase's pages."""
    return HttpResponseRedirect(url(purchase, name, *more), status=303)


def show(
    request: ActorRequest, purchase: GroupPurchase, current: str, context: dict[str, Any], *, template: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Render one page of a purchase with its tabs."""
    base = {
        "purchase": purchase, "tabs": tabs(purchase, request.actor, current), "page_title": purchase.title,
        "page_subtitle": f"{purchase.number} · {purchase.supplier_name}", "page_icon": "packages",
        "page_badge": {"label": purchase.get_status_display(), "tone": TONES[State(purchase.status)]},
        "breadcrumbs": [{"label": _("Group purchases"), "url": reverse("group_purchases:list")},
                        {"label": purchase.title}],
        **new_form_key(),
    }  # fmt: skip
    return render(request, f"group_purchases/{template or current}.html", {**base, **context}, status=status)


def one_form(
    request: ActorRequest, form: Any, *, title: str, back: str, purchase: GroupPurchase | None = None, **more: Any
) -> HttpResponse:
    """Render a page that is one form."""
    crumbs = [{"label": _("Group purchases"), "url": reverse("group_purchases:list")}]
    if purchase is not None:
        crumbs.append({"label": purchase.title, "url": url(purchase, "purchase")})
    context = {
        "page_title": title, "page_icon": "packages", "form": form, "cancel_url": back,
        "breadcrumbs": [*crumbs, {"label": title}], **new_form_key(), **more,
    }  # fmt: skip
    return render(request, "group_purchases/form.html", context, status=422 if form.errors else 200)


def door_words(home: Household | None, *, is_open: bool) -> str:
    """Return building, unit and door, the door masked unless this page was opened for doors."""
    if home is None:
        return _("removed")
    door = home.door if is_open else masked_door(home.door)
    return "-".join(filter(None, (home.building.label, home.unit.number if home.unit else "", door)))


def slot_words(slot: PickupSlot | None) -> str:
    """Return day, time and place of a time for picking up."""
    if slot is None:
        return ""
    start, end = localtime(slot.starts_at), localtime(slot.ends_at)
    return f"{start:%m-%d %H:%M}–{end:%H:%M} {slot.place}"


def slot_choices(slots: Iterable[Any], *, kept: int | None = None) -> list[tuple[str, str]]:
    """Return the times with room left, and the one that is held already."""
    return [
        (str(one.uuid), _("%(time)s, %(count)d places left") % {"time": slot_words(one), "count": one.free})
        for one in slots if one.free or one.pk == kept
    ]  # fmt: skip


def lines_words(lines: Iterable[GroupPurchaseLine], *, final: bool = False) -> str:
    """Return what is ordered, or in the end got, such as ``A×2 B×1``."""
    counts = [(line.package.code, counted(line) if final else line.quantity) for line in lines]
    return " ".join(f"{code}×{count}" for code, count in counts if count)


def line_rows(lines: Sequence[GroupPurchaseLine]) -> list[dict[str, Any]]:
    """Return an order line by line, with what became of each in words."""
    rows = []
    for line in lines:
        package, gets = line.package, counted(line)
        words = ""
        if package.dropped_at:
            words = _(
                "Package %(code)s did not reach its minimum of %(minimum)d and is not bought. Nothing is owed for it."
            )
            words %= {"code": package.code, "minimum": package.minimum_total or 0}
        elif line.granted is not None and line.granted < line.quantity:
            words = _("Fewer arrived than were ordered: you get %(gets)d of %(count)d.") % {
                "gets": line.granted, "count": line.quantity,
            }  # fmt: skip
        if package.substitution and gets:
            words = f"{words} {_('Came instead: %(what)s.') % {'what': package.substitution}}".strip()
        rows.append({
            "code": package.code, "name": package.name, "quantity": line.quantity, "gets": gets, "words": words,
            "unit": yuan(package.unit_fen), "sum": yuan(gets * package.unit_fen),
            "was": yuan(package.price_fen) if package.charged_fen is not None else "",
        })  # fmt: skip
    return rows


def order_row(order: HouseholdOrder, *, is_open: bool) -> dict[str, Any]:
    """Return what lists show of an order."""
    return {
        "order": order, "door": door_words(order.household, is_open=is_open), "number": order.number,
        "status": order.get_status_display(), "tone": ORDER_TONES[OrderStatus(order.status)],
        "slot": slot_words(order.slot), "is_brought": order.is_brought,
    }  # fmt: skip


def cancel_words(purchase: GroupPurchase) -> str:
    """Return why a purchase does not take place."""
    if purchase.status != State.CANCELLED:
        return ""
    if purchase.cancel_cause == CancelCause.BY_HAND:
        return purchase.cancel_reason
    return str(CancelCause(purchase.cancel_cause).label)
