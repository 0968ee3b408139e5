"""What anyone may see: where a donation went, by its code, and the tables of donations."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from juxing.kernel.refusals import NotVisible
from juxing.kernel.web import open_to_all
from juxing.supplies.enums import DonationStatus
from juxing.supplies.exports import disclosure_table
from juxing.supplies.pages.lists import SPREADSHEET
from juxing.supplies.pages.words import amount
from juxing.supplies.queries import donations as queries


@open_to_all
def trace(request: HttpRequest, code: str) -> HttpResponse:
    """Show where a donation went: from the donor to communities, never to a named resident."""
    try:
        found = queries.trace_of(code)
    except NotVisible:
        return render(
            request, "supplies/trace_unknown.html", {"page_title": _("No donation has this code")}, status=404
        )
    context = {
        "page_title": _("Where this donation went"), "donation": found.donation,
        "donor": found.donor or _("A donor who wishes not to be named"),
        "status": DonationStatus(found.donation.status).label, "lines": [_shown(line) for line in found.lines],
    }  # fmt: skip
    return render(request, "supplies/trace.html", context)


@open_to_all
def find_trace(request: HttpRequest) -> HttpResponse:
    """Ask for the code on a receipt, and show what belongs to it."""
    code = request.GET.get("code", "").strip()
    if code:
        return trace(request, code)
    return render(request, "supplies/trace_ask.html", {"page_title": _("Follow a donation")})


@open_to_all
def published(request: HttpRequest, area_code: str) -> HttpResponse:
    """List the tables a place has published."""
    context = {"page_title": _("Donated goods, published"), "tables": queries.disclosures(area_code)}
    return render(request, "supplies/published.html", context)


@open_to_all
def published_table(_request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Hand out one published table as a spreadsheet."""
    answer = HttpResponse(disclosure_table(queries.disclosure_of(uuid)), content_type=SPREADSHEET)
    answer["Content-Disposition"] = 'attachment; filename="donations.xlsx"'
    return answer


def _shown(line: queries.TraceLine) -> dict[str, Any]:
    return {
        "item": line.item.name, "unit": line.item.unit_label, "received": amount(line.received),
        "handed_out": amount(line.handed_out), "restricted_to": line.restricted_to, "finding": line.finding,
        "given_to_organisations": amount(line.given_to_organisations),
        "organisations": [(name, amount(quantity)) for name, quantity in line.organisations],
        "communities": [(name, amount(quantity)) for name, quantity in line.communities],
        "steps": [
            (label, amount(quantity))
            for label, quantity in (
                (_("Waiting for inspection"), line.waiting), (_("In stock"), line.in_stock),
                (_("On its way"), line.under_way), (_("Refused and given back"), line.refused),
                (_("Lost or spoilt"), line.lost),
            )
            if quantity
        ],
    }  # fmt: skip
