"""Sending a stock list, and answering what it leaves open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.supplies.meanings import candidates_for
from juxing.supplies.models import Depot, StockSheet, SupplyItem
from juxing.supplies.movement_forms import quantity_field
from juxing.supplies.quantities import plain
from juxing.supplies.queries.stock_sheets import LEAVE_OUT, RowState, SheetPlan, meaning_key, pack_key
from juxing.supplies.units import unit_label

ASKED_AT_ONCE = 30


class SendSheetForm(forms.Form):
    """A stock list of a depot."""

    depot = forms.ChoiceField(label=_("Depot"), help_text=_("Rows that name no place lie here."))
    file = forms.FileField(label=_("File"), help_text=_("Excel or CSV as it is, at most 5 MB and 5,000 rows."))

    def __init__(self, *args: Any, depots: Sequence[Depot], **options: Any) -> None:
        super().__init__(*args, **options)
        self.depots = {str(depot.uuid): depot for depot in depots}
        self.fields["depot"].choices = [(key, depot.name) for key, depot in self.depots.items()]  # type: ignore[attr-defined]


class AnswersForm(forms.Form):
    """What a list leaves open: places, meanings, pack sizes, unusual quantities; what is left empty stays open."""

    def __init__(
        self, *args: Any, plan: SheetPlan, sheet: StockSheet, depots: Sequence[Depot],
        items: Mapping[str, SupplyItem], **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **options)
        self._names: dict[str, tuple[str, str]] = {}
        self._ask_places(plan, sheet, depots)
        self._ask_meanings(plan, items)
        self._ask_packs(plan)
        self._ask_unusual(plan)

    def answers(self) -> dict[str, Any]:
        """Return what was answered, for ``answer_stock_sheet``."""
        said: dict[str, dict[str, Any]] = {"depots": {}, "meanings": {}, "packs": {}}
        sure = []
        for name, (kind, key) in self._names.items():
            value = self.cleaned_data.get(name)
            if kind == "sure" and value:
                sure.append(int(key))
            elif kind != "sure" and value not in (None, ""):
                said[kind][key] = value
        return {**said, "sure": sure}

    def _put(self, kind: str, key: str, field: forms.Field) -> None:
        of_kind = sum(1 for known, _key in self._names.values() if known == kind)
        if of_kind < ASKED_AT_ONCE:
            name = f"{kind}_{of_kind}"
            self._names[name] = (kind, key)
            self.fields[name] = field

    def _ask_places(self, plan: SheetPlan, sheet: StockSheet, depots: Sequence[Depot]) -> None:
        choices = [("", _("Not answered yet")), (str(sheet.depot.uuid), sheet.depot.name)]
        choices += [(str(depot.uuid), depot.name) for depot in depots if depot.pk != sheet.depot_id]
        for name in dict.fromkeys(one.row.depot for one in plan.in_state(RowState.PLACE)):
            self._put("depots", name, forms.ChoiceField(
                label=_("Where is “%(name)s”?") % {"name": name}, choices=choices, required=False))  # fmt: skip

    def _ask_meanings(self, plan: SheetPlan, items: Mapping[str, SupplyItem]) -> None:
        everything = [(code, _named(item)) for code, item in items.items()]
        for text in dict.fromkeys(one.text for one in plan.in_state(RowState.MEANING)):
            likely = [
                (found.item.code, f"{_named(found.item)} · {found.percent} %")
                for found in candidates_for(*text, items=items)
            ]
            choices: list[Any] = [("", _("Not answered yet"))]
            choices += [(_("Likely"), likely)] if likely else []
            choices += [(LEAVE_OUT, _("None of these: leave the rows out")), (_("The whole catalogue"), everything)]
            written = " · ".join(part for part in text if part)
            self._put("meanings", meaning_key(text), forms.ChoiceField(
                label=_("What is “%(written)s”?") % {"written": written}, choices=choices, required=False))  # fmt: skip

    def _ask_packs(self, plan: SheetPlan) -> None:
        asked = {
            (one.item.code, one.unit): one for one in plan.in_state(RowState.PACK) if one.item
        }  # fmt: skip
        for one in asked.values():
            if one.item is None:
                continue
            field = quantity_field(
                _("%(item)s: how many %(unit)s are in one “%(pack)s”?")
                % {"item": one.item.name, "unit": one.item.unit_label, "pack": unit_label(one.unit)},
                required=False,
            )  # fmt: skip
            self._put("packs", pack_key(one.item, one.unit), field)

    def _ask_unusual(self, plan: SheetPlan) -> None:
        for one in plan.in_state(RowState.UNUSUAL):
            if one.item is None or one.quantity is None:
                continue
            label = pgettext_lazy("stock list", "Line %(line)d: %(quantity)s %(unit)s of %(item)s is right")
            said = {"line": one.row.line, "quantity": f"{plain(one.quantity)}", "unit": one.item.unit_label,
                    "item": one.item.name}  # fmt: skip
            field = forms.BooleanField(label=label % said, required=False, help_text=str(one.message))
            self._put("sure", str(one.row.line), field)


def _named(item: SupplyItem) -> str:
    return f"{item.name} ({item.unit_label})"
