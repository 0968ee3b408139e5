"""What desks and storekeepers fill in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.places.models import Area
from juxing.supplies.commands import SharingSettings
from juxing.supplies.enums import AllocationReason, LineKind, SupplyRequestStatus
from juxing.supplies.models import Depot, SupplyItem
from juxing.supplies.queries.lines import LineFilters
from juxing.supplies.queries.sharing import ItemBasis

ALL = ("", _("All"))
EVERYTHING = ("", _("Everything"))
OPEN_ENDS = [EVERYTHING, ("unknown", _("Quantity not known")), ("unsettled", _("Meaning not settled"))]
RESTS = ("rest", _("Rests of requests served in part"))
SEARCH = {"type": "search"}


class StockFilterForm(forms.Form):
    """Filters of the stock list; what is not offered counts as not set."""

    item = forms.CharField(label=_("Item"), required=False, widget=forms.TextInput(attrs=SEARCH))
    depot = forms.ChoiceField(label=_("Depot"), required=False)
    low = forms.ChoiceField(label=_("Show"), required=False, choices=[EVERYTHING, ("1", _("Only what runs out"))])

    def __init__(self, *args: Any, depots: Iterable[Depot], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["depot"].choices = [ALL, *((str(depot.uuid), depot.name) for depot in depots)]  # type: ignore[attr-defined]

    def filters(self) -> dict[str, Any]:
        """Return what is set."""
        self.is_valid()
        kept = self.cleaned_data
        return {"item": kept.get("item", ""), "depot": kept.get("depot", ""), "is_low": bool(kept.get("low"))}


class StateFilterForm(forms.Form):
    """One state, or all; what is not offered counts as not set."""

    status = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, *args: Any, states: Iterable[tuple[str, Any]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["status"].choices = [ALL, *states]  # type: ignore[attr-defined]

    def chosen(self) -> str:
        """Return the state, "" for all."""
        self.is_valid()
        return str(self.cleaned_data.get("status", ""))


class ExpiryFilterForm(forms.Form):
    """What expires soon, or what has expired."""

    show = forms.ChoiceField(
        label=_("Show"), required=False,
        choices=[("", _("Expires within thirty days")), ("expired", _("Expired"))],
    )  # fmt: skip


class LineFilterForm(forms.Form):
    """Filters of requests and offers."""

    organisation = forms.CharField(
        label=_("Organisation begins with"), required=False, max_length=80, widget=forms.TextInput(attrs=SEARCH)
    )
    item = forms.ChoiceField(label=_("Item"), required=False)
    show = forms.ChoiceField(label=_("Show"), required=False, choices=OPEN_ENDS)
    status = forms.ChoiceField(label=_("State"), required=False, choices=[ALL, *SupplyRequestStatus.choices])

    def __init__(self, *args: Any, kind: LineKind, items: Iterable[SupplyItem], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["item"].choices = [ALL, *((item.code, item.name) for item in items)]  # type: ignore[attr-defined]
        if kind == LineKind.OFFER:
            del self.fields["status"]
        else:
            self.fields["show"].choices = [*OPEN_ENDS, RESTS]  # type: ignore[attr-defined]

    def filters(self) -> LineFilters:
        """Return what is set."""
        self.is_valid()
        kept = self.cleaned_data
        return LineFilters(
            organisation=kept.get("organisation", ""), item=kept.get("item", ""), status=kept.get("status", ""),
            is_unknown_quantity=kept.get("show") == "unknown", is_unsettled=kept.get("show") == "unsettled",
            is_rest=kept.get("show") == "rest",
        )  # fmt: skip


class ShareFilterForm(forms.Form):
    """Filters of who gets what."""

    organisation = forms.CharField(
        label=_("Organisation begins with"), required=False, max_length=80, widget=forms.TextInput(attrs=SEARCH)
    )
    item = forms.ChoiceField(label=_("Item"), required=False)
    reason = forms.ChoiceField(label=_("Why"), required=False, choices=[ALL, *AllocationReason.choices])

    def __init__(self, *args: Any, items: Iterable[SupplyItem], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["item"].choices = [ALL, *((item.code, item.name) for item in items)]  # type: ignore[attr-defined]

    def filters(self) -> dict[str, str]:
        """Return what is set."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in ("organisation", "item", "reason")}


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason (kept in the journal)"), max_length=400)

    def __init__(self, *args: Any, is_required: bool = True, **options: Any) -> None:
        super().__init__(*args, **options)
        if not is_required:
            self.fields["reason"].required = False


class CorrectForm(forms.Form):
    """What was counted."""

    counted = forms.DecimalField(label=_("Counted"), min_value=0, decimal_places=3, max_digits=14)
    minimum = forms.DecimalField(
        label=_("Minimum to keep"), min_value=0, decimal_places=3, max_digits=14,
        help_text=_("At or below this the item counts as running out."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason (kept in the journal)"), max_length=400)


class QuantityForm(forms.Form):
    """How much a line means."""

    quantity = forms.DecimalField(label=_("Quantity"), decimal_places=3, max_digits=14)
    reason = forms.CharField(label=_("Who said so"), required=False, max_length=400)


class DepotForm(forms.Form):
    """One of the actor's depots."""

    depot = forms.ChoiceField(label=_("Depot"))

    def __init__(self, *args: Any, depots: Iterable[Depot], **options: Any) -> None:
        super().__init__(*args, **options)
        self.depots = {str(depot.uuid): depot for depot in depots}
        self.fields["depot"].choices = [(key, depot.name) for key, depot in self.depots.items()]  # type: ignore[attr-defined]


class ArrivedForm(forms.Form):
    """How much of a request's goods arrived, and what became of the rest."""

    arrived = forms.DecimalField(label=_("How many arrived"), min_value=0, decimal_places=3, max_digits=14)
    rest = forms.ChoiceField(label=_("What became of the rest"), required=False)
    reason = forms.CharField(
        label=_("If not all arrived: why"), required=False, max_length=400,
        help_text=_("What did not arrive is asked for anew by itself."),
    )  # fmt: skip

    def __init__(self, *args: Any, depots: Iterable[Depot], **options: Any) -> None:
        super().__init__(*args, **options)
        self.depots = {str(depot.uuid): depot for depot in depots}
        back = _("Back in %(depot)s")
        self.fields["rest"].choices = [  # type: ignore[attr-defined]
            ("", _("Lost on the way")), *((key, back % {"depot": one.name}) for key, one in self.depots.items())
        ]  # fmt: skip


class SendListForm(forms.Form):
    """A list of requests or offers."""

    kind = forms.ChoiceField(label=_("The list holds"), choices=LineKind.choices)
    name = forms.CharField(
        label=_("Name of the list"), max_length=80,
        help_text=_("The same name again means the same list, corrected: no line is doubled."),
    )  # fmt: skip
    file = forms.FileField(label=_("File"), help_text=_("Excel or CSV, at most 20 MB."))
    area_code = forms.ChoiceField(
        label=pgettext_lazy("supplies", "For"), help_text=_("Rows that name no place are recorded here.")
    )
    is_one_unknown = forms.BooleanField(label=_("In this list, a quantity of 1 means “not known”"), required=False)

    def __init__(self, *args: Any, areas: Iterable[Area], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["area_code"].choices = [(area.code, area.name) for area in areas]  # type: ignore[attr-defined]


class SharingForm(forms.Form):
    """What a person decides before a sharing: assumed quantities, and whose claim weighs more."""

    weight_area = forms.ChoiceField(label=_("Claims from this place weigh more"), required=False)
    weight = forms.TypedChoiceField(
        label=_("How much more"), coerce=int, required=False,
        choices=[(1, _("as much as others")), (2, _("twice")), (3, _("three times")), (5, _("five times"))],
    )  # fmt: skip

    def __init__(
        self, *args: Any, places: Iterable[tuple[str, str]], shared: Sequence[ItemBasis], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["weight_area"].choices = [("", _("None: all count the same")), *places]  # type: ignore[attr-defined]
        self._codes = [row.item.code for row in shared if row.requests > row.stated]
        for row in shared:
            if row.item.code in self._codes:
                self.fields[f"assume_{row.item.code}"] = forms.IntegerField(
                    label=row.item.name, initial=row.assumption.quantity, help_text=_assumption_help(row)
                )

    def settings(self) -> SharingSettings:
        """Return what was decided."""
        data = self.cleaned_data
        return SharingSettings(
            assumptions={code: data[f"assume_{code}"] for code in self._codes},
            weight_area=data["weight_area"], weight=data["weight"] or 1 if data["weight_area"] else 1,
        )  # fmt: skip


def _assumption_help(row: ItemBasis) -> str:
    unknown = row.requests - row.stated
    if row.assumption.basis == "median":
        words = _("%(unknown)d requests state no quantity. Suggested: the middle of %(stated)d that do.")
    else:
        words = _("%(unknown)d requests state no quantity. Only %(stated)d do: a rule of thumb for the class.")
    return str(words) % {"unknown": unknown, "stated": row.stated}
