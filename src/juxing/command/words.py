"""How orders, calls and reports are said on pages, on paper and in spreadsheets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from juxing.command import situation
from juxing.command.enums import DeliveryStatus, MusterAnswer, OrderStatus, Urgency
from juxing.command.models import MusterHolder, OrderDelivery, SituationReport
from juxing.command.queries import OrderState
from juxing.kernel.refusals import Words

DELIVERY_TONES = {
    DeliveryStatus.WAITING: "waiting", DeliveryStatus.ACKNOWLEDGED: "moving", DeliveryStatus.COMPLETED: "done",
    DeliveryStatus.CANNOT: "problem", DeliveryStatus.WITHDRAWN: "ended",
}  # fmt: skip
URGENCY_TONES = {Urgency.LIFE: "problem", Urgency.URGENT: "waiting", Urgency.NORMAL: "neutral"}


def delivery_badge(row: OrderDelivery) -> dict[str, Any]:
    """Return what a post did with an order, as a badge; silence that was escalated shows as a problem."""
    if row.status == DeliveryStatus.WAITING and row.escalated_at is not None:
        return {"label": _("Silent"), "tone": "problem"}
    return {"label": DeliveryStatus(row.status).label, "tone": DELIVERY_TONES[DeliveryStatus(row.status)]}


def muster_badge(holder: MusterHolder) -> dict[str, Any]:
    """Return how a called holder stands, as a badge."""
    if holder.arrived_at is not None:
        return {"label": _("Stands here"), "tone": "done"}
    tones = {MusterAnswer.WAITING: "waiting", MusterAnswer.COMING: "moving", MusterAnswer.CANNOT: "ended"}
    return {"label": MusterAnswer(holder.answer).label, "tone": tones[MusterAnswer(holder.answer)]}


def order_row(state: OrderState, now: datetime) -> dict[str, Any]:
    """Return an order as a row of the list."""
    order = state.order
    is_over = order.status == OrderStatus.WITHDRAWN
    is_late = bool(order.due_at and order.due_at < now and state.completed < state.total and not is_over)
    return {
        "url": reverse("command:order", args=[order.uuid]), "number": order.number, "title": order.title,
        "urgency": {"label": order.get_urgency_display(), "tone": URGENCY_TONES[Urgency(order.urgency)]},
        "issued_at": order.issued_at, "by": order.issued_by.display_name if order.issued_by else "",
        "is_over": is_over, "is_late": is_late, "state": state,
        "answered": state.total - state.waiting,
    }  # fmt: skip


def report_lines(report: SituationReport) -> list[dict[str, Any]]:
    """Return a report's figures: declared ones first, then the other acts, each with the address of its rows."""
    lines = []
    for code, count in report.figures:
        figure = situation.figure_of(code)
        lines.append({
            "code": code, "label": situation.label_of(code), "count": count, "is_declared": figure is not None,
            "url": reverse("command:report_rows", args=[report.uuid, code]),
        })  # fmt: skip
    return lines


def standing_lines(report: SituationReport) -> list[tuple[Words, int]]:
    """Return how the muster and the orders stood at the report's end."""
    named = {
        "posts": _("Posts called up"), "unfilled": _("Posts without a holder"), "called": _("People called"),
        "coming": _("Coming"), "cannot": _("Cannot come"), "here": _("People who stand at their posts"),
        "manned": _("Posts manned"), "orders_open": _("Orders not carried out everywhere"),
        "deliveries_open": _("Posts with an open order"), "deliveries_done": _("Orders carried out, by post"),
        "deliveries_cannot": _("Orders that could not be carried out, by post"), "silent": _("Silent posts"),
    }  # fmt: skip
    return [(named[name], int(report.standing.get(name, 0))) for name in named]
