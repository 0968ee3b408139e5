"""Units of the catalogue in words: codes such as ``bag`` and ``jin`` are for machines."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

UNIT_LABELS: dict[str, Promise] = {
    "article": pgettext_lazy("unit of supplies", "article"),
    "bag": pgettext_lazy("unit of supplies", "bag"),
    "bar": pgettext_lazy("unit of supplies", "bar"),
    "barrel": pgettext_lazy("unit of supplies", "barrel"),
    "block": pgettext_lazy("unit of supplies", "block"),
    "bottle": pgettext_lazy("unit of supplies", "bottle"),
    "box": pgettext_lazy("unit of supplies", "box"),
    "bundle": pgettext_lazy("unit of supplies", "bundle"),
    "can": pgettext_lazy("unit of supplies", "can"),
    "carry_pack": pgettext_lazy("unit of supplies", "carry pack"),
    "case": pgettext_lazy("unit of supplies", "case"),
    "device": pgettext_lazy("unit of supplies", "device"),
    "egg": pgettext_lazy("unit of supplies", "egg"),
    "head": pgettext_lazy("unit of supplies", "head"),
    "jin": pgettext_lazy("unit of supplies", "jin (500 g)"),
    "packet": pgettext_lazy("unit of supplies", "packet"),
    "pallet": pgettext_lazy("unit of supplies", "pallet"),
    "pair": pgettext_lazy("unit of supplies", "pair"),
    "piece": pgettext_lazy("unit of supplies", "piece"),
    "portion": pgettext_lazy("unit of supplies", "portion"),
    "roll": pgettext_lazy("unit of supplies", "roll"),
    "set": pgettext_lazy("unit of supplies", "set"),
    "single": pgettext_lazy("unit of supplies", "single"),
    "slice": pgettext_lazy("unit of supplies", "slice"),
    "stick": pgettext_lazy("unit of supplies", "stick"),
    "stretch": pgettext_lazy("unit of supplies", "stretch"),
    "strip": pgettext_lazy("unit of supplies", "strip"),
    "vehicle": pgettext_lazy("unit of supplies", "vehicle"),
}


def unit_label(code: str) -> str:
    """Return the unit in the reader's language; a unit that is no code stands as it was written."""
    return str(UNIT_LABELS.get(code, code))
