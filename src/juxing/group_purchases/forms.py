"""What organisers and neighbours fill in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.group_purchases.enums import MoneyMethod, PurchaseStatus, ShareMethod
from juxing.group_purchases.inputs import Arrival, PackageInput, PurchaseInput
from juxing.group_purchases.models import GroupPurchase, GroupPurchaseLine, PurchasePackage
from juxing.kernel.money import YuanField, yuan
from juxing.organisations.models import Organisation
from juxing.places.models import Building
from juxing.supplies.quantities import plain

MOMENT = "%Y-%m-%dT%H:%M"
Places = list[tuple[str, list[tuple[str, str]]]]


class MomentField(forms.DateTimeField):
    """A day and a time of day, as browsers ask for them."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)


def count_field(label: Any, *, least: int = 0, most: int = 10_000, required: bool = False) -> forms.IntegerField:
    """Return a field for a number of packages."""
    widget = forms.NumberInput(attrs={"inputmode": "numeric"})
    return forms.IntegerField(label=label, min_value=least, max_value=most, required=required, widget=widget)


class FilterForm(forms.Form):
    """What the list of purchases is narrowed to."""

    status = forms.ChoiceField(
        label=pgettext_lazy("group purchase", "Where it stands"), required=False,
        choices=[("", pgettext_lazy("group purchase", "All")), *PurchaseStatus.choices],
    )  # fmt: skip

    def chosen(self) -> str:
        """Return the state, "" where none or an unknown one was chosen."""
        return self.cleaned_data["status"] if self.is_valid() else ""


class PurchaseForm(forms.Form):
    """A purchase as its organiser writes it down."""

    title = forms.CharField(
        label=_("What is bought"),
        max_length=80, help_text=_("As neighbours call it, such as “Vegetables on Saturday”."),
    )  # fmt: skip
    area = forms.ChoiceField(label=_("Where are the buildings?"))
    supplier = forms.ChoiceField(label=_("Supplier of the list"), required=False)
    supplier_name = forms.CharField(
        label=_("Supplier"), max_length=80, required=False,
        help_text=_("Every neighbour sees this. Left empty, it is the name in the list."),
    )  # fmt: skip
    organiser_name = forms.CharField(
        label=_("Who organises it"), max_length=60,
        help_text=_("As neighbours know the person. Every neighbour sees this."),
    )  # fmt: skip
    organiser_sign_in = forms.CharField(
        label=_("Sign-in name of a neighbour who runs it with you"), max_length=60, required=False,
    )  # fmt: skip
    cut_off = MomentField(label=_("Cut-off"), help_text=_("From this moment nobody can order, change or withdraw."))
    expected = MomentField(label=_("Expected to arrive"), required=False)
    pickup_place = forms.CharField(label=_("Where things are picked up"), max_length=120, required=False)
    delivery_fee = YuanField(
        label=_("Delivery fee for a household, in yuan"),
        required=False,
        help_text=_("Neighbours see it apart from the price."),
    )
    minimum = YuanField(
        label=_("Supplier's smallest order, in yuan"), required=False,
        help_text=_("If all orders together stay below it, the purchase is cancelled at the cut-off."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, places: Places, suppliers: Sequence[Organisation] = (),
        purchase: GroupPurchase | None = None, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **options)
        self.suppliers = {str(one.uuid): one for one in suppliers}
        self.fields["supplier"].choices = [  # type: ignore[attr-defined]
            ("", _("Not in the list")), *((key, one.name) for key, one in self.suppliers.items())
        ]  # fmt: skip
        if purchase is not None:
            del self.fields["area"]
        else:
            self.fields["area"].choices = [("", _("Choose…")), *places]  # type: ignore[attr-defined]
        self.purchase = purchase

    def given(self) -> PurchaseInput:
        """Return what was written."""
        data = self.cleaned_data
        supplier = self.suppliers.get(data["supplier"])
        return PurchaseInput(
            title=data["title"], area_code=self.purchase.area_code if self.purchase else data["area"],
            supplier_name=data["supplier_name"] or (supplier.name if supplier else ""),
            supplier_id=supplier.pk if supplier else None, organiser_name=data["organiser_name"],
            cut_off_at=data["cut_off"], expected_at=data["expected"], delivery_fee_fen=data["delivery_fee"] or 0,
            minimum_fen=data["minimum"] or None,
            pickup_place=data["pickup_place"], organiser_sign_in=data["organiser_sign_in"],
        )  # fmt: skip


def _known(purchase: GroupPurchase, suppliers: Sequence[Organisation]) -> str:
    return next((str(one.uuid) for one in suppliers if one.pk == purchase.supplier_id), "")


def said_of(purchase: GroupPurchase, suppliers: Sequence[Organisation]) -> dict[str, Any]:
    """Return what stands in a purchase, for changing it."""
    return {
        "title": purchase.title, "supplier": _known(purchase, suppliers),
        "supplier_name": purchase.supplier_name, "organiser_name": purchase.organiser_name,
        "organiser_sign_in": purchase.organiser.sign_in_name if purchase.organiser else "",
        "cut_off": purchase.cut_off_at, "expected": purchase.expected_at, "pickup_place": purchase.pickup_place,
        "delivery_fee": yuan(purchase.delivery_fee_fen) if purchase.delivery_fee_fen else "",
        "minimum": yuan(purchase.minimum_fen) if purchase.minimum_fen else "",
    }  # fmt: skip


class BuildingsForm(forms.Form):
    """The buildings whose doors may order."""

    buildings = forms.MultipleChoiceField(label=_("Buildings"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, buildings: Iterable[Building], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["buildings"].choices = [  # type: ignore[attr-defined]
            (str(one.pk), f"{one.estate.name} {one.label}") for one in buildings
        ]

    def chosen(self) -> list[int]:
        """Return the ids of the buildings."""
        return [int(one) for one in self.cleaned_data["buildings"]]


class PackageForm(forms.Form):
    """A package on offer."""

    name = forms.CharField(label=_("Name of the package"), max_length=60)
    price = YuanField(label=_("Price in yuan"), least=1)
    contents = forms.CharField(
        label=_("Contents"), required=False, max_length=1500, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One thing on each line with its amount. What the catalogue knows is recognised."),
    )  # fmt: skip
    limit_per_household = count_field(_("At most for a household"), least=1, most=1000)
    minimum_total = count_field(_("Minimum of all together"), least=1, most=100_000)
    maximum_total = count_field(_("Maximum of all together"), least=1, most=100_000)

    def given(self) -> PackageInput:
        """Return what was written."""
        data = dict(self.cleaned_data)
        return PackageInput(price_fen=data.pop("price"), **data)


def said_of_package(package: PurchasePackage) -> dict[str, Any]:
    """Return what stands in a package, for changing it."""
    return {
        "name": package.name, "price": yuan(package.price_fen), "limit_per_household": package.limit_per_household,
        "minimum_total": package.minimum_total, "maximum_total": package.maximum_total,
        "contents": "\n".join(one.written for one in package.contents.order_by("id")),
    }  # fmt: skip


class SlotForm(forms.Form):
    """A time in which a limited number of doors come down."""

    place = forms.CharField(label=pgettext_lazy("group purchase", "Where"), max_length=80)
    starts = MomentField(label=pgettext_lazy("group purchase", "From"))
    ends = MomentField(label=pgettext_lazy("group purchase", "Until"))
    doors = count_field(_("Doors at most"), least=1, most=500, required=True)

    def period(self) -> tuple[datetime, datetime]:
        """Return the beginning and the end."""
        return self.cleaned_data["starts"], self.cleaned_data["ends"]


class BearersForm(forms.Form):
    """Those who hand out."""

    bearers = forms.CharField(
        label=_("Sign-in names"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One on each line. They see the doors while they hand out, and bring to whoever stays upstairs."),
    )  # fmt: skip

    def names(self) -> list[str]:
        """Return the names, each once."""
        return list(dict.fromkeys(self.cleaned_data["bearers"].split()))


class PackagesForm(forms.Form):
    """How many of each package; the base of every form for ordering."""

    packages: Sequence[PurchasePackage]

    def __init__(self, *args: Any, packages: Sequence[PurchasePackage], **options: Any) -> None:
        super().__init__(*args, **options)
        self.packages = packages
        for one in packages:
            field = count_field(f"{one.code} {one.name} ¥{yuan(one.price_fen)}", most=one.limit_per_household or 10_000)
            field.widget.attrs["placeholder"] = "0"
            self.fields[f"package_{one.code}"] = field

    def counts(self) -> dict[int, int]:
        """Return package id to number."""
        return {one.pk: self.cleaned_data.get(f"package_{one.code}") or 0 for one in self.packages}

    def package_fields(self) -> list[forms.BoundField]:
        """Return the fields of the packages."""
        return [self[f"package_{one.code}"] for one in self.packages]


class DoorForm(PackagesForm):
    """An order of a door: building, unit, door, packages."""

    building = forms.ChoiceField(label=_("Building"))
    unit = forms.CharField(label=_("Stairwell unit, if there is one"), max_length=12, required=False)
    door = forms.CharField(label=_("Door"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    contact_name = forms.CharField(label=_("How we address you"), max_length=60, required=False)
    slot = forms.ChoiceField(label=_("When do you pick it up?"), required=False)
    is_brought = forms.BooleanField(
        label=_("Please bring it to the door"), required=False,
        help_text=_("For whoever cannot come down. You need not say why, and nobody writes it down."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, buildings: Sequence[Building], slots: Sequence[tuple[str, str]] = (), **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.buildings = {str(one.pk): one for one in buildings}
        self.fields["building"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose…")), *((key, f"{one.estate.name} {one.label}") for key, one in self.buildings.items())
        ]  # fmt: skip
        if slots:
            self.fields["slot"].choices = [("", _("Not chosen yet")), *slots]  # type: ignore[attr-defined]
        else:
            del self.fields["slot"]

    def chosen_building(self) -> Building:
        """Return the building."""
        return self.buildings[self.cleaned_data["building"]]


class StaffOrderForm(DoorForm):
    """An order somebody enters for a door."""

    contact_name = forms.CharField(label=pgettext_lazy("group purchase", "Name"), max_length=60, required=False)
    contact_phone = forms.CharField(label=_("Telephone"), max_length=20, required=False)


class MoneyForm(forms.Form):
    """An amount that changed hands."""

    amount = YuanField(label=_("Amount in yuan"), least=1)
    method = forms.ChoiceField(label=_("How"), choices=MoneyMethod.choices)
    reference = forms.CharField(
        label=_("Reference"), max_length=80, required=False, help_text=_("Such as the last digits of the transfer.")
    )
    is_sure = forms.BooleanField(label=_("Yes, this is the amount"), required=False, widget=forms.HiddenInput)


class BillForm(forms.Form):
    """The supplier's bill."""

    bill = YuanField(label=_("Bill in yuan"))
    reference = forms.CharField(label=_("Number of the bill"), max_length=80, required=False)


class CountedForm(forms.Form):
    """What lies in the organiser's hand."""

    counted = YuanField(label=_("Counted in hand, in yuan"))


class ReasonForm(forms.Form):
    """Words everybody who ordered reads."""

    reason = forms.CharField(label=_("Why?"), max_length=200)


class MomentForm(forms.Form):
    """A new cut-off."""

    cut_off = MomentField(label=_("New cut-off"))


class ArrivalForm(forms.Form):
    """What arrived of each package, and how it is shared when it is not enough."""

    method = forms.ChoiceField(
        label=_("If fewer arrived than were ordered, who gets?"), choices=ShareMethod.choices, widget=forms.RadioSelect,
        initial=ShareMethod.BY_ORDER,
    )  # fmt: skip

    def __init__(self, *args: Any, packages: Sequence[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.packages = packages
        for total in packages:
            one = total.package
            words = _now("%(code)s %(name)s: arrived (ordered %(count)d)") % {
                "code": one.code, "name": one.name, "count": total.ordered,
            }  # fmt: skip
            self.fields[f"received_{one.code}"] = count_field(words, most=1_000_000, required=True)
            self.fields[f"substitution_{one.code}"] = forms.CharField(
                label=_now("Something else came instead"), max_length=120, required=False
            )
            self.fields[f"charged_{one.code}"] = YuanField(
                label=_now("Then the price for one, at most %(yuan)s") % {"yuan": yuan(one.price_fen)}, required=False
            )
        self.order_fields([*(name for name in self.fields if name != "method"), "method"])

    def arrived(self) -> dict[int, Arrival]:
        """Return what arrived by package id."""
        data = self.cleaned_data
        return {
            total.package.pk: Arrival(
                received=data[f"received_{total.package.code}"],
                substitution=data[f"substitution_{total.package.code}"],
                charged_fen=data[f"charged_{total.package.code}"],
            )
            for total in self.packages
        }


class GrantedForm(forms.Form):
    """How many a household gets, settled by hand."""

    def __init__(self, *args: Any, lines: Sequence[GroupPurchaseLine], **options: Any) -> None:
        super().__init__(*args, **options)
        self.lines = lines
        for line in lines:
            field = count_field(f"{line.package.code} {line.package.name}", most=line.quantity, required=True)
            field.initial = line.granted
            self.fields[f"package_{line.package.code}"] = field

    def granted(self) -> dict[int, int]:
        """Return package id to number."""
        return {line.package_id: self.cleaned_data[f"package_{line.package.code}"] for line in self.lines}


class ChainForm(forms.Form):
    """A chain from a chat group."""

    text = forms.CharField(
        label=_("The chain"), max_length=200_000, strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "class": "purchase-paste", "spellcheck": "false"}),
        help_text=_("Paste all of it, also if you pasted a shorter one before: known lines are recognised."),
    )  # fmt: skip


class SheetForm(forms.Form):
    """A table of orders."""

    file = forms.FileField(
        label=_("The filled-in table"), help_text=_("Excel or CSV, at most 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.tsv"}),
    )  # fmt: skip


def things(package: PurchasePackage) -> list[str]:
    """Return what a package holds, in words."""
    shown = []
    for one in package.contents.all():
        if one.item is not None and one.quantity is not None:
            shown.append(f"{one.item.name} {plain(one.quantity)} {one.item.unit_label}")
        else:
            shown.append(one.written)
    return shown
