"""
What the end of a response leaves of its command.

Before a stand-down: a shift under way, orders nobody reported on, days no situation report was made of. With the end,
however it comes, the shift ends with its figures and a line in the log, and orders nobody carried out are taken back:
nobody acts on an order of a response that is over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from juxing.activations.models import Activation
from juxing.command import queries
from juxing.command.commands.ordering import marked
from juxing.command.lifecycle import DELIVERY
from juxing.command.models import LogEntry, OperationalPeriod, OrderDelivery, SituationReport
from juxing.kernel import journal
from juxing.kernel.conversion import (
    ConversionOrder,
    OpenItem,
    OpenQuestion,
    ResponseEnd,
    declare_question,
    endings,
)
from juxing.kernel.refusals import Words

ENDED = journal.declare_action("command.period.end", gettext_lazy("Operational period ended with the response"))
SILENT, ACCEPTED, SHIFT, REPORT = "order_silent", "order_unreported", "shift", "report"
REPORTED_EVERY = timedelta(hours=24)


def orders_open(order: ConversionOrder) -> Iterable[OpenItem]:
    """Return how many posts of the street neither acknowledged an order, or did and did not report on it."""
    rows = OrderDelivery.objects.inside(order.areas).filter(order__activation_id=order.activation_id)
    for kind, status in ((SILENT, "waiting"), (ACCEPTED, "acknowledged")):
        if count := rows.filter(status=status).count():
            yield OpenItem(kind, order.street, count)


def command_open(order: ConversionOrder) -> Iterable[OpenItem]:
    """Return the shift under way, and whether a day has passed since the last situation report."""
    rows = OperationalPeriod.objects.filter(activation_id=order.activation_id, ended_at=None).select_related("lead")
    for period in rows:
        yield OpenItem(SHIFT, order.street, 1, {"number": period.number, "lead": period.lead.display_name},
                       settles=True)  # fmt: skip
    reports = SituationReport.objects.filter(activation_id=order.activation_id).order_by("-number")
    reported = reports.values_list("until", flat=True).first()
    since = reported or Activation.objects.values_list("starts_at", flat=True).get(pk=order.activation_id)
    if since is not None and order.now - since > REPORTED_EVERY and not order.is_exercise:
        yield OpenItem(REPORT, order.street, 1, {"hours": int((order.now - since).total_seconds() // 3600)})


def describe(kind: str, facts: Mapping[str, Any]) -> Words:
    """Say an open item in words."""
    if kind == SHIFT:
        return _("Shift %(number)s under %(lead)s is under way; it ends with the response") % facts
    if kind == REPORT:
        return _("No situation report of the last %(hours)s hours") % facts
    if kind == SILENT:
        return _("Orders nobody acknowledged; they are taken back with the end")
    return _("Orders acknowledged and not reported on; they are taken back with the end")


def finish(end: ResponseEnd) -> None:
    """End the shift with its figures and a line in the log, and take back what was not carried out."""
    activation = Activation.objects.get(pk=end.activation_id)
    ids = list(
        OrderDelivery.objects.filter(order__activation=activation, status__in=queries.OPEN).values_list("pk", flat=True)
    )
    standing = queries.standing(activation)
    period = OperationalPeriod.objects.filter(activation=activation, ended_at=None).select_related("lead").first()
    if period is not None:
        period.ended_at, period.standing = end.now, standing
        period.save(update_fields=["ended_at", "standing"])
        journal.record(ENDED, actor=end.actor, subject=period, happened_at=end.now, reason=end.reason[:400],
                       changes=marked(activation, number=period.number, standing=standing))  # fmt: skip
    if period is not None or ids:
        LogEntry.objects.create(
            activation=activation, area_code=activation.area_code, happened_at=end.now, written_at=end.now,
            written_by_id=end.actor.account_id, text=_closing_line(end, period, orders=len(ids)),
        )  # fmt: skip
    said = _("The response is over.")
    DELIVERY.move_many(ids, "withdraw", actor=queries.PROCESS, now=end.now, reason=said)
    OrderDelivery.objects.filter(pk__in=ids).update(check_at=None)


def _closing_line(end: ResponseEnd, period: OperationalPeriod | None, *, orders: int) -> str:
    said = [_("The response is over.") + (f" {end.reason}" if end.reason else "")]
    if period is not None:
        said.append(_("Shift %(number)d under %(lead)s ended with it.")
                    % {"number": period.number, "lead": period.lead.display_name})  # fmt: skip
    if orders:
        said.append(_("Taken back at posts, not carried out: %(count)d.") % {"count": orders})
    return " ".join(said)[:2000]


declare_question(
    OpenQuestion("command.orders", gettext_lazy("Orders"), orders_open, describe)
)  # fmt: skip
declare_question(
    OpenQuestion("command.shift", gettext_lazy("Command"), command_open, describe, is_of_whole=True)
)  # fmt: skip
endings.add("command", finish)
