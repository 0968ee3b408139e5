"""The load sheet of a vehicle (装车单): stops in their order, what is for each, what it weighs, lines to sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from juxing.kernel.documents import pdf
from juxing.kernel.qr_codes import qr_picture
from juxing.supplies.models import Container, Vehicle
from juxing.supplies.quantities import plain
from juxing.supplies.queries.ledger import area_names
from juxing.supplies.queries.loading import Stop, to_carry
from juxing.supplies.weights import Weight, kilograms, total


def load_sheet_pdf(vehicle: Vehicle, stops: Sequence[Stop], *, link: str, printed_by: str, now: datetime) -> bytes:
    """Return the sheet; its code opens the vehicle's round on a phone, where each box is scanned."""
    names = area_names([stop.bound_for for stop in stops])
    boxes = sum(len(stop.boxes) for stop in stops)
    all_boxes = total(stop.weight for stop in stops)
    values = {
        "title": _("Load sheet"),
        "subtitle": vehicle.name,
        "qr": qr_picture(link),
        "meta": [
            [_("Printed"), f"{localtime(now):%Y-%m-%d %H:%M} · {printed_by}"],
            [_("Stops"), str(len(stops))],
            [_("Boxes"), str(boxes)],
            [_("Weight"), weight_words(all_boxes)],
            [_("Payload"), _payload(vehicle, to_carry(stops))],
        ],
        "heads": [
            pgettext("supplies", "Number"), _("What is in it"), _("Weight"), pgettext("load sheet", "Loaded"),
            pgettext("load sheet", "Handed over"),
        ],
        "stops": [_stop(stop, names) for stop in stops],
        "received": [pgettext("load sheet", "Received by"), _("Time"), _("Not handed over, why")],
        "words": _("Tick each box when it is loaded and when it is handed over, and scan it: the books count scans. "
                   "What comes back is scanned in at the depot."),
        "signatures": [_("Loaded by"), _("Driver"), _("Taken back by")],
    }  # fmt: skip
    return pdf("supplies/load_sheet", values, now=now)


def stop_words(stop: Stop, names: Mapping[str, str]) -> str:
    """Return a stop by its number and place."""
    name = names.get(stop.bound_for, stop.bound_for) or _("for no place yet")
    return f"{stop.number}. {name}" if stop.number else name


def weight_words(weight: Weight) -> str:
    """Return a weight in kilograms, and how much of it nobody knows."""
    known = _("%(kilograms)s kg") % {"kilograms": kilograms(weight.grams)}
    if not weight.unknown:
        return known
    unknown = ngettext(
        "%(count)d box of unknown weight", "%(count)d boxes of unknown weight", weight.unknown
    ) % {"count": weight.unknown}  # fmt: skip
    return f"{known} + {unknown}" if weight.grams else unknown


def box_weight(weight: Weight) -> str:
    """Return what one box weighs, "not known" where nobody said."""
    if not weight.unknown:
        return _("%(kilograms)s kg") % {"kilograms": kilograms(weight.grams)}
    return _("over %(kilograms)s kg") % {"kilograms": kilograms(weight.grams)} if weight.grams else _("not known")


def _stop(stop: Stop, names: Mapping[str, str]) -> dict[str, Any]:
    count = ngettext("%(count)d box", "%(count)d boxes", len(stop.boxes)) % {"count": len(stop.boxes)}
    return {
        "title": stop_words(stop, names), "sum": f"{count} · {weight_words(stop.weight)}",
        "cells": [[box.number, _contents(box), box_weight(stop.weights[box.pk])] for box in stop.boxes],
    }  # fmt: skip


def _contents(box: Container) -> str:
    found = ", ".join(
        f"{content.lot.item.name} {plain(content.quantity)} {content.lot.item.unit_label}"
        for content in box.contents.all()
    )
    return found or str(box.get_kind_display())


def _payload(vehicle: Vehicle, weight: Weight) -> str:
    if not vehicle.capacity_kg:
        return _("not known")
    free = vehicle.capacity_kg * 1000 - weight.grams
    words = _("%(payload)s kg, %(free)s kg left") if free >= 0 else _("%(payload)s kg, %(free)s kg too much")
    return words % {"payload": f"{vehicle.capacity_kg:,}", "free": kilograms(abs(free))}
