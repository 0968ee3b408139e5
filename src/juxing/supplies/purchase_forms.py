"""What is filled in about suppliers, agreements and purchases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.kernel.money import YuanField, yuan
from juxing.organisations.models import Organisation
from juxing.places.models import Area
from juxing.supplies.commands import Agreed, Bought, Came, Circumstances, Terms
from juxing.supplies.enums import TAKEN_IN, DeliveryFinding, PurchaseStatus
from juxing.supplies.models import Depot, PurchaseLine, SupplyAgreement, SupplyItem
from juxing.supplies.models.agreements import MOST_HOURS
from juxing.supplies.movement_forms import DATE, SureForm, item_choices, quantity_field
from juxing.supplies.quantities import plain
from juxing.supplies.queries.agreements import supplier_under

SHOWN_LINES = 6
ALL = ("", _("All"))
BACK = [(finding.value, finding.label) for finding in DeliveryFinding if finding not in TAKEN_IN]
Row = tuple[SupplyItem, Decimal, int | None]
"""An item, how much of it, and the price of a unit in fen where one was written."""


class GoodsForm(forms.Form):
    """Lines of goods: item, quantity, price of a unit. The subclass says what the quantity is."""

    quantity_label: Any = _("Quantity of goods %(number)s")
    price_label: Any = _("Price of goods %(number)s (yuan for a unit)")

    def __init__(
        self, *args: Any, items: Sequence[SupplyItem], written: Sequence[Row] = (), is_price_needed: bool = False,
        **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **options)
        self.items, self.is_price_needed = {item.code: item for item in items}, is_price_needed
        choices = [("", "–"), *item_choices(items)]
        self.count = max(SHOWN_LINES, len(written) + 2)
        for number in range(1, self.count + 1):
            shown = {"number": number}
            self.fields[f"item_{number}"] = forms.ChoiceField(
                label=_("Goods %(number)s") % shown, choices=choices, required=number == 1
            )
            self.fields[f"quantity_{number}"] = quantity_field(self.quantity_label % shown, required=number == 1)
            self.fields[f"price_{number}"] = YuanField(label=self.price_label % shown, required=False)
            if number <= len(written):
                item, quantity, price = written[number - 1]
                price_text = yuan(price) if price is not None else ""
                self.initial.update({
                    f"item_{number}": item.code, f"quantity_{number}": plain(quantity), f"price_{number}": price_text,
                })  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Ask for what a line that was begun lacks, and for an item that stands here twice."""
        data, seen = super().clean() or {}, set()
        for number in range(1, self.count + 1):
            item = data.get(f"item_{number}")
            if not item:
                continue
            if item in seen:
                self.add_error(f"item_{number}", _("This stands here twice. Write it once."))
            seen.add(item)
            if not data.get(f"quantity_{number}") and f"quantity_{number}" not in self.errors:
                self.add_error(f"quantity_{number}", _("Write how much."))
            if self.is_price_needed and data.get(f"price_{number}") is None and f"price_{number}" not in self.errors:
                self.add_error(f"price_{number}", _("Write the price of a unit."))
        return data

    def rows(self) -> list[Row]:
        """Return the lines that were filled in."""
        data, found = self.cleaned_data, []
        for number in range(1, self.count + 1):
            item, price = data.get(f"item_{number}"), data.get(f"price_{number}")
            if item:
                found.append((self.items[item], data[f"quantity_{number}"], price))
        return found

    def bought(self) -> list[Bought]:
        """Return what is to be bought."""
        return [Bought(*one) for one in self.rows()]


class PurchaseGoodsForm(GoodsForm, SureForm):
    """What is to be bought; an amount far from what usually comes is asked about."""


class PurchaseForm(PurchaseGoodsForm):
    """A new purchase: for which depot, from whom, what, and whether there is no time to wait."""

    depot = forms.ChoiceField(label=_("Delivered to"))
    source = forms.ChoiceField(label=_("Supplier or agreement"))
    needed_by = forms.DateField(
        label=pgettext_lazy("purchase", "Needed by"), required=False, widget=forms.DateInput(attrs=DATE)
    )
    is_emergency = forms.BooleanField(
        label=_("Emergency purchase: ordered at once, reviewed by a second person afterwards"), required=False
    )
    reason = forms.CharField(
        label=pgettext_lazy("purchase", "What for"),
        required=False,
        max_length=400,
        help_text=_("An emergency purchase needs a reason."),
    )

    field_order = ("depot", "source", "needed_by")

    def __init__(
        self, *args: Any, depots: Sequence[Depot], suppliers: Sequence[Organisation],
        agreements: Sequence[SupplyAgreement], **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **options)
        self.depots = {str(depot.uuid): depot for depot in depots}
        self.suppliers = {str(one.uuid): one for one in suppliers}
        self.agreements = {str(one.uuid): one for one in agreements}
        self.fields["depot"].choices = [(key, depot.name) for key, depot in self.depots.items()]  # type: ignore[attr-defined]
        self.fields["source"].choices = [  # type: ignore[attr-defined]
            ("", "–"),
            *((f"a:{key}", _("%(supplier)s, agreement %(number)s") % {"supplier": one.supplier_name,
                                                                     "number": one.number})
              for key, one in self.agreements.items()),
            *((f"s:{key}", _("%(supplier)s, without agreement") % {"supplier": one.name})
              for key, one in self.suppliers.items()),
        ]  # fmt: skip
        self.order_fields([*self.field_order, *(name for name in self.fields if name[-1].isdecimal())])

    def chosen(self) -> tuple[Depot, Organisation, SupplyAgreement | None]:
        """Return depot, supplier, and the agreement where one was chosen."""
        depot, (kind, _sign, key) = self.depots[self.cleaned_data["depot"]], self.cleaned_data["source"].partition(":")
        if kind == "a":
            return depot, supplier_under(self.agreements[key]), self.agreements[key]
        return depot, self.suppliers[key], None

    def circumstances(self) -> Circumstances:
        """Return why and by when."""
        data = self.cleaned_data
        return Circumstances(data["is_emergency"], data["reason"], data["needed_by"], is_sure=data["is_sure"])


class AgreementForm(GoodsForm):
    """A framework agreement: for which place, with whom, from when to when, what is kept at which price."""

    quantity_label = _("Kept for us of goods %(number)s")

    area_code = forms.ChoiceField(label=_("For the place"))
    supplier = forms.ChoiceField(label=_("Supplier"))
    reference = forms.CharField(label=_("Number on the paper"), required=False, max_length=60)
    valid_from = forms.DateField(label=pgettext_lazy("purchase", "First day"), widget=forms.DateInput(attrs=DATE))
    valid_until = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs=DATE))
    delivery_hours = forms.IntegerField(
        label=_("Delivered within how many hours"), min_value=1, max_value=MOST_HOURS, initial=24
    )
    note = forms.CharField(label=_("What else was agreed"), required=False, max_length=400)

    def __init__(self, *args: Any, areas: Sequence[Area], suppliers: Sequence[Organisation], **options: Any) -> None:
        super().__init__(*args, is_price_needed=True, **options)
        self.suppliers = {str(one.uuid): one for one in suppliers}
        self.fields["area_code"].choices = [(area.code, area.name) for area in areas]  # type: ignore[attr-defined]
        self.fields["supplier"].choices = [("", "–"), *((key, one.name) for key, one in self.suppliers.items())]  # type: ignore[attr-defined]

    def terms(self) -> Terms:
        """Return what was agreed beside the goods."""
        names = ("valid_from", "valid_until", "delivery_hours", "reference", "note")
        return Terms(**{name: self.cleaned_data[name] for name in names})

    def agreed(self) -> list[Agreed]:
        """Return the goods."""
        return [Agreed(item, price or 0, quantity) for item, quantity, price in self.rows()]


class DeliveryForm(forms.Form):
    """What came of a purchase: good, or sent back; more than ordered is asked about."""

    delivery = forms.UUIDField(widget=forms.HiddenInput)
    paper = forms.CharField(label=_("Number of the delivery note"), required=False, max_length=60)
    is_over_meant = forms.BooleanField(
        label=_("Yes, take in what came beyond the order"), required=False, widget=forms.HiddenInput
    )

    is_another = forms.BooleanField(label=_("Yes, the same came once more"), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, lines: Sequence[PurchaseLine], **options: Any) -> None:
        super().__init__(*args, **options)
        self.lines = [line for line in lines if line.outstanding or line.received]
        self.initial.setdefault("delivery", uuid4())
        for line in self.lines:
            self._add(line, {"item": line.item.name, "unit": line.item.unit_label, "left": plain(line.outstanding)})

    def _add(self, line: PurchaseLine, shown: Mapping[str, str]) -> None:
        key = line.pk
        self.fields[f"good_{key}"] = quantity_field(
            _("%(item)s (%(unit)s): good, of %(left)s outstanding") % shown, required=False, is_zero_allowed=True
        )
        self.fields[f"good_{key}"].initial = plain(line.outstanding) if line.outstanding else None
        self.fields[f"lot_{key}"] = forms.CharField(label=_("%(item)s: lot number") % shown, required=False,
                                                    max_length=40)  # fmt: skip
        self.fields[f"expires_{key}"] = forms.DateField(
            label=_("%(item)s: use by") % shown, required=False, widget=forms.DateInput(attrs=DATE)
        )
        self.fields[f"back_{key}"] = quantity_field(
            _("%(item)s: sent back") % shown, required=False, is_zero_allowed=True
        )
        self.fields[f"why_{key}"] = forms.ChoiceField(
            label=_("%(item)s: why sent back") % shown, required=False, choices=[("", "–"), *BACK]
        )
        self.fields[f"words_{key}"] = forms.CharField(
            label=_("%(item)s: what was found") % shown, required=False, max_length=400
        )

    def came(self) -> list[Came]:
        """Return what came, good and sent back."""
        data, found = self.cleaned_data, []
        for line in self.lines:
            good, back = data[f"good_{line.pk}"] or Decimal(0), data[f"back_{line.pk}"] or Decimal(0)
            lot, until, words = (data[f"{name}_{line.pk}"] for name in ("lot", "expires", "words"))
            why = DeliveryFinding(data[f"why_{line.pk}"] or DeliveryFinding.DAMAGED)
            parts = ((good, DeliveryFinding.GOOD), (back, why))
            found += [Came(line.pk, part, finding, lot, until, words) for part, finding in parts if part]
        return found

    def ask(self, name: str) -> None:
        """Offer the box that says yes to what was asked about."""
        self.fields[name].widget = forms.CheckboxInput()


class GiveUpForm(forms.Form):
    """So much of a line will not come any more."""

    line = forms.TypedChoiceField(label=_("Item"), coerce=int)
    quantity = quantity_field(_("Quantity"))
    reason = forms.CharField(label=_("Reason (kept in the journal)"), max_length=400)

    def __init__(self, *args: Any, lines: Sequence[PurchaseLine], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["line"].choices = [  # type: ignore[attr-defined]
            (line.pk, _("%(item)s: %(left)s %(unit)s outstanding")
             % {"item": line.item.name, "left": plain(line.outstanding), "unit": line.item.unit_label})
            for line in lines if line.outstanding
        ]  # fmt: skip


class ReviewForm(forms.Form):
    """What a second person says of an emergency purchase."""

    words = forms.CharField(
        label=_("What you found"), max_length=400, help_text=_("Was there no time? Is the price right? Kept for good.")
    )


class ProposalForm(forms.Form):
    """One proposal, as the page made it."""

    agreement = forms.UUIDField(widget=forms.HiddenInput)
    item = forms.CharField(widget=forms.HiddenInput, max_length=40)
    depot = forms.UUIDField(widget=forms.HiddenInput)
    quantity = forms.DecimalField(widget=forms.HiddenInput, max_digits=14, decimal_places=3)
    origin = forms.UUIDField(widget=forms.HiddenInput)

    def chosen(self) -> tuple[UUID, str, UUID, Decimal, UUID]:
        """Return agreement, item, depot, quantity, and what it was proposed for."""
        data = self.cleaned_data
        return data["agreement"], data["item"], data["depot"], data["quantity"], data["origin"]


class ContactForm(forms.Form):
    """Whom to call at a supplier."""

    name = forms.CharField(label=pgettext_lazy("supplier contact", "Name"), max_length=80)
    phone = forms.CharField(label=_("Telephone"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    task = forms.CharField(label=_("Answers for"), required=False, max_length=60)


class SupplierGoodsForm(forms.Form):
    """An item a supplier can deliver."""

    item = forms.ChoiceField(label=_("Item"))
    a_day = quantity_field(_("How much a day"), required=False)
    is_over = forms.BooleanField(label=_("No longer delivers this"), required=False)

    def __init__(self, *args: Any, items: Sequence[SupplyItem], **options: Any) -> None:
        super().__init__(*args, **options)
        self.items = {item.code: item for item in items}
        self.fields["item"].choices = item_choices(items)  # type: ignore[attr-defined]


class ForgetForm(forms.Form):
    """One of a supplier's contacts."""

    contact = forms.ChoiceField(label=_("Contact"))

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["contact"].choices = choices  # type: ignore[attr-defined]


class SeenForm(forms.Form):
    """Nothing more has to be said; the mark of what was read goes along."""

    seen = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, mark: str) -> None:
        super().__init__(data, initial={"seen": mark})

    def shown_anew(self) -> SeenForm:
        """Return the form for what stands there now, with what was said of the last try."""
        mark = self.initial["seen"]
        shown = SeenForm({"seen": mark}, mark=mark)
        for error in self.non_field_errors():
            shown.add_error(None, error)
        return shown


class PurchaseFilterForm(forms.Form):
    """One state, or what waits for a review; what is not offered counts as not set."""

    status = forms.ChoiceField(label=_("State"), required=False, choices=[ALL, *PurchaseStatus.choices])
    show = forms.ChoiceField(
        label=_("Show"), required=False, choices=[ALL, ("review", _("Emergency purchases to review"))]
    )

    def filters(self) -> dict[str, str]:
        """Return what is set."""
        self.is_valid()
        return {name: str(self.cleaned_data.get(name, "")) for name in ("status", "show")}
