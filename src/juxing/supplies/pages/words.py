"""How quantities, states and shares read on pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from juxing.access.journal_queries import action_label
from juxing.kernel.models import JournalEntry
from juxing.supplies.enums import AllocationReason, SupplyRequestStatus
from juxing.supplies.imports.wuhan2020 import SOURCE
from juxing.supplies.models import AllocationLine, SupplyLine, SupplyRequest

TONES = {
    SupplyRequestStatus.REQUESTED: "waiting",
    SupplyRequestStatus.ACCEPTED: "moving",
    SupplyRequestStatus.DECLINED: "ended",
    SupplyRequestStatus.COMMITTED: "moving",
    SupplyRequestStatus.DISPATCHED: "moving",
    SupplyRequestStatus.RECEIVED: "done",
    SupplyRequestStatus.CANCELLED: "ended",
}
REASON_TONES = {AllocationReason.FULL: "done", AllocationReason.FAIR_SHARE: "moving"}
TABS = (
    "stock",
    "alarms",
    "reserves",
    "expiring",
    "containers",
    "transfers",
    "purchases",
    "donations",
    "requests",
    "offers",
    "mapping",
    "community_sharings",
    "allocations",
)


def amount(quantity: Decimal | int | None) -> str:
    """Return a quantity for reading: grouped by thousands, without empty decimals; "" for unknown."""
    if quantity is None:
        return ""
    plain = Decimal(quantity)
    return f"{plain.normalize():,f}" if plain else "0"


def percent(level: str) -> str:
    """Return an exact level such as 3/40 in percent."""
    return f"{float(Fraction(level)):.1%}"


def tabs(current: str) -> list[dict[str, Any]]:
    """Return the parts of this room."""
    labels = {
        "stock": _("Stock"),
        "alarms": _("Alarms"),
        "reserves": _("Reserves"),
        "expiring": _("Use by"),
        "containers": _("Boxes and pallets"),
        "transfers": _("Transfers"),
        "purchases": _("Purchases"),
        "community_sharings": _("Sharing over communities"),
        "donations": _("Donations"),
        "requests": pgettext("supplies", "Requests"),
        "offers": pgettext("supplies", "Offers"),
        "mapping": _("Meanings to settle"),
        "allocations": _("Sharings"),
    }
    return [{"label": labels[name], "url": reverse(f"supplies:{name}"), "is_current": name == current} for name in TABS]


def shown_line(line: SupplyLine, *, kind: str, places: Mapping[str, str]) -> dict[str, Any]:
    """Return a request or offer for a list; reads nothing that was not loaded with it."""
    item = line.item  # type: ignore[attr-defined]
    organisation = line.organisation  # type: ignore[attr-defined]
    return {
        "line": line,
        "url": reverse(f"supplies:{kind}", args=[line.uuid]),
        "organisation": organisation.name,
        "place": places.get(line.area_code, line.area_code),
        "item": item.name if item else "",
        "unit": item.unit_label if item else "",
        "quantity": amount(line.quantity),
        "committed": amount(line.committed_quantity),
        "is_committed": bool(line.committed_quantity),
        "is_sure": item is not None and not line.is_mapping_confirmed,
        "needs_meaning": line.needs_meaning,
        "state": _state(line),
        "rest": str(line.get_remainder_kind_display()) if isinstance(line, SupplyRequest) else "",
    }


def _state(line: SupplyLine) -> dict[str, str] | None:
    if not isinstance(line, SupplyRequest):
        return None
    return {"label": str(SupplyRequestStatus(line.status).label), "tone": TONES[SupplyRequestStatus(line.status)]}


def shown_share(
    line: AllocationLine, *, items: Mapping[str, Mapping[str, Any]], places: Mapping[str, str]
) -> dict[str, Any]:
    """Return a share for the list of who gets what; ``items`` are the run's entries by code."""
    request = line.request
    entry = items.get(request.item.code) if request.item else None
    return {
        "url": reverse("supplies:request", args=[request.uuid]),
        "organisation": request.organisation.name,
        "place": places.get(request.area_code, request.area_code),
        "item": request.item.name if request.item else request.written_item,
        "unit": request.item.unit_label if request.item else "",
        "asked": amount(line.asked),
        "is_assumed": line.is_asked_assumed,
        "quantity": amount(line.quantity),
        "share": f"{line.quantity / line.asked:.1%}" if line.asked and line.quantity else "",
        "supplier": _supplier(line),
        "why": why(line, entry),
        "reason": AllocationReason(line.reason).label,
        "tone": REASON_TONES.get(AllocationReason(line.reason), "neutral"),
    }


def why(line: AllocationLine, entry: Mapping[str, Any] | None) -> str:
    """Say in words what keeps this share at what it is."""
    reason = AllocationReason(line.reason)
    if reason == AllocationReason.FAIR_SHARE and entry:
        return _(
            "%(organisations)s organisations ask for %(asked)s and %(given)s of %(offered)s offered are given out. "
            "More here would mean less for someone who is no better off."
        ) % {name: amount(entry[name]) for name in ("organisations", "asked", "given", "offered")}
    words = {
        AllocationReason.FULL: _("Enough is offered for everyone who asks for this, or this claim was met in full."),
        AllocationReason.FAIR_SHARE: _("Too little is offered; it is shared fairly."),
        AllocationReason.NOTHING_OFFERED: _("Nobody offers this item."),
        AllocationReason.OFFER_UNKNOWN: _("Someone offers it without saying how much. Ask, and state the quantity."),
        AllocationReason.MEANING_OPEN: _("It is not settled what the words mean. Settle it, then share again."),
        AllocationReason.NOT_IN_CATALOGUE: _("A person found nothing like it in the catalogue."),
        AllocationReason.BELOW_ONE: _("Less than one whole unit is asked for; settle it by hand."),
    }
    return words[reason]


def _supplier(line: AllocationLine) -> str:
    if line.quantity == 0:
        return ""
    return line.offer.organisation.name if line.offer else _("a supplier elsewhere")


def entries_shown(entries: Iterable[JournalEntry]) -> list[dict[str, Any]]:
    """Return journal entries for a timeline."""
    return [
        {
            "title": action_label(entry.action),
            "happened_at": entry.happened_at,
            "recorded_at": entry.recorded_at,
            "actor": entry.by_whom,
            "acting_for": entry.acting_for,
            "reason": entry.reason,
        }
        for entry in entries
    ]


def note_on_real_lines(lines: Iterable[SupplyLine]) -> dict[str, str]:
    """Return what a demonstration's banner says above lines that are not made up."""
    if any(line.source == SOURCE for line in lines):
        return {
            "demo_note": _("institutions and requests are real (wuhan2020, early 2020), names of persons removed; "
                           "the district around them is made up")
        }  # fmt: skip
    return {}
