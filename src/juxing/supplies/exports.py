"""Papers to take away: the receipt of a donation, the published table."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils.timezone import localtime
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from juxing.kernel.documents import pdf
from juxing.kernel.spreadsheets import safe_cell
from juxing.supplies.models import Donation, DonationDisclosure
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


def disclosure_table(table: DonationDisclosure) -> bytes:
    """Return a published table as .xlsx."""
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
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        bold, sheet = book.add_format({"bold": True}), book.add_worksheet()
        for place, head in enumerate(heads):
            sheet.write_string(0, place, head, bold)
            sheet.set_column(place, place, 16)
        for number, entry in enumerate(table.rows, start=1):
            for place, value in enumerate(_cells(entry)):
                if isinstance(value, float):
                    sheet.write_number(number, place, value)
                else:
                    sheet.write_string(number, place, safe_cell(value))
        sheet.freeze_panes(1, 0)
    return content.getvalue()


def _cells(entry: Mapping[str, Any]) -> list[str | float]:
    is_chinese = (get_language() or "").startswith("zh")
    figures = [float(Decimal(entry[name])) for name in
               ("received", "refused", "in_stock", "under_way", "handed_out", "lost")]  # fmt: skip
    return [entry["number"], entry["donor"], entry["received_on"], entry["item" if is_chinese else "item_en"],
            unit_label(entry["unit"]), *figures, entry["use"]]  # fmt: skip
