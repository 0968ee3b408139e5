"""Papers to take away: receipts, purchase orders, tables of purchases and of what was donated."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from juxing.access.export_files import Mark, as_workbook
from juxing.access.exporting import MOST_ROWS, Table, declare_export
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.documents import pdf
from juxing.kernel.money import exact_yuan, line_fen, with_sign
from juxing.kernel.numbers import paper_number
from juxing.supplies.models import AGREEMENT_PREFIX, Donation, DonationDisclosure, PurchaseLine, PurchaseOrder
from juxing.supplies.policy import VIEW
from juxing.supplies.queries.ledger import area_names
from juxing.supplies.units import unit_label


def receipt_pdf(donation: Donation, *, link: str, handled_by: str, now: datetime) -> bytes:
    """Return the receipt: donor, goods accepted, organisation and handler, date (慈善法 article 38)."""
    lines = [line for line in donation.lines.select_related("item").order_by("id") if line.accepted]
    day = localtime(donation.accepted_at or now)
    values = {
        "title": _("Receipt of donated goods"),
        "subtitle": donation.number,
        "meta": [
            [_("Donor"), donation.donor_name or _("Anonymous")],
            [_("Received by"), donation.depot.name],
            [_("Date"), f"{day:%Y-%m-%d}"],
            [_("Wished use"), donation.intended_use or "–"],
            [_("Handled by"), handled_by],
            [_("Follow it under"), link],
            [pgettext("supplies", "Code"), donation.trace_code],
        ],
        "heads": [_("Item"), _("Quantity"), pgettext("supplies", "Unit"), _("Lot"), _("Use by")],
        "cells": [
            [
                line.item.name,
                f"{line.accepted.normalize():,f}",
                line.item.unit_label,
                line.lot_number or "–",
                line.expires_on.isoformat() if line.expires_on else "–",
            ]
            for line in lines
        ],
        "thanks": _("Thank you. Under the code above you can see at any time where these goods went."),
        "signatures": [_("Stamp of the receiving organisation"), _("Handled by")],
    }
    return pdf("supplies/receipt", values, now=now)


def purchase_pdf(order: PurchaseOrder, *, now: datetime) -> bytes:
    """Return the purchase order as the supplier gets it: goods, prices, where and until when to deliver."""
    lines = list(order.lines.select_related("item").order_by("id"))
    place = area_names([order.area_code]).get(order.area_code, order.area_code)
    due = f"{localtime(order.due_at):%Y-%m-%d %H:%M}" if order.due_at else ""
    values = {
        "title": _("Purchase order"),
        "subtitle": order.number,
        "meta": [
            [_("Supplier"), order.supplier_name],
            [_("Ordered by"), place],
            [_("Date"), f"{localtime(order.ordered_at or now):%Y-%m-%d}"],
            [_("Deliver to"), order.depot.name],
            [_("At the latest"), due or (order.needed_by.isoformat() if order.needed_by else "–")],
            [_("Agreement"), _agreement_number(order)],
        ],
        "heads": [_("Item"), _("Quantity"), pgettext("supplies", "Unit"), pgettext("purchase", "Price"), _("Amount")],
        "cells": [
            [line.item.name, f"{line.ordered.normalize():,f}", line.item.unit_label, with_sign(line.price_fen),
             with_sign(line_fen(line.ordered, line.price_fen))]
            for line in lines
        ],
        "total": [_("Sum"), with_sign(order.total_fen)],
        "words": _("Write the number of this order on the delivery note. Goods are counted and looked at on arrival; "
                   "what is not as ordered goes back with the driver."),
        "signatures": [_("Ordered by (stamp)"), _("Supplier (stamp)")],
    }  # fmt: skip
    return pdf("supplies/purchase", values, now=now)


def _agreement_number(order: PurchaseOrder) -> str:
    return paper_number(AGREEMENT_PREFIX, order.agreement_id) if order.agreement_id else "–"


def _purchases(_actor: Actor, areas: Areas, _arguments: Mapping[str, Any], _purpose: str) -> Table:
    heads = [
        pgettext("supplies", "Number"), _("Supplier"), _("Agreement"), _("Depot"), _("State"), _("Item"),
        pgettext("supplies", "Unit"), pgettext("purchase", "Price"), pgettext("purchase line", "Ordered"),
        pgettext("purchase line", "Received"), _("Outstanding"), _("Given up"), _("Beyond the order"), _("Sent back"),
        _("Amount"), _("Emergency"), pgettext("purchase", "What for"), _("Written by"), _("Approved by"),
        _("Ordered on"), pgettext("purchase", "Review"),
    ]  # fmt: skip
    lines = PurchaseLine.objects.inside(areas).select_related("order__depot", "item").order_by("-order_id", "id")
    rows = [
        [
            line.order.number, line.order.supplier_name, _agreement_number(line.order), line.order.depot.name,
            line.order.get_status_display(), line.item.name, line.item.unit_label, exact_yuan(line.price_fen),
            *(float(value) for value in (line.ordered, line.received, line.outstanding, line.cancelled, line.over,
                                         line.refused)),
            exact_yuan(line_fen(line.ordered, line.price_fen)),
            pgettext("purchase", "yes") if line.order.is_emergency else "",
            line.order.reason, line.order.made_by_name, line.order.approved_by_name,
            f"{localtime(line.order.ordered_at):%Y-%m-%d}" if line.order.ordered_at else "", line.order.review,
        ]
        for line in lines[: MOST_ROWS + 1]
    ]  # fmt: skip
    return Table([str(head) for head in heads], rows)


PURCHASES = declare_export(
    "supplies.purchases", gettext_lazy("Purchases"), right=VIEW, gather=_purchases, file_name="purchases"
)


def disclosure_table(table: DonationDisclosure) -> bytes:
    """Return a published table as .xlsx, marked beside every row with when it was published."""
    heads = [
        pgettext("supplies", "Number"),
        _("Donor"),
        _("Received on"),
        _("Item"),
        pgettext("supplies", "Unit"),
        pgettext("supplies", "Received"),
        _("Refused"),
        _("In stock"),
        _("On its way"),
        _("Handed out to residents"),
        _("Lost or spoilt"),
        _("Wished use"),
    ]
    published = _("Published %(time)s") % {"time": f"{localtime(table.published_at):%Y-%m-%d %H:%M}"}
    rows = [_cells(entry) for entry in table.rows]
    return as_workbook(Table([str(head) for head in heads], rows), Mark(str(table.uuid)[:8], published))


def _cells(entry: Mapping[str, Any]) -> list[str | float]:
    is_chinese = (get_language() or "").startswith("zh")
    figures = [float(Decimal(entry[name])) for name in
               ("received", "refused", "in_stock", "under_way", "handed_out", "lost")]  # fmt: skip
    return [entry["number"], entry["donor"], entry["received_on"], entry["item" if is_chinese else "item_en"],
            unit_label(entry["unit"]), *figures, entry["use"]]  # fmt: skip
