"""What storekeepers fill in about goods that come, go, are packed, counted or given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.places.models import Area
from juxing.supplies.commands import Arrived, Asked, Donor, Finding, Given
from juxing.supplies.enums import ContainerKind, DonorKind, PlaceKind
from juxing.supplies.models import Depot, DonationLine, ItemPack, StocktakeLine, SupplyItem, TransferLine, Vehicle
from juxing.supplies.quantities import plain
from juxing.supplies.queries.community_sharing import SharingBasis

DATE = {"type": "date"}
DONATED_LINES = 4
ANYWHERE = ("", _("Anywhere"))


def quantity_field(label: Any, *, required: bool = True, is_zero_allowed: bool = False) -> forms.DecimalField:
    """Return a field for an exact quantity."""
    least = Decimal(0) if is_zero_allowed else None
    return forms.DecimalField(label=label, decimal_places=3, max_digits=14, required=required, min_value=least)


def item_choices(items: Iterable[SupplyItem]) -> list[tuple[str, str]]:
    """Return the catalogue for choosing, each with its unit: there is no conversion behind it."""
    return [(item.code, f"{item.name} ({item.unit_label})") for item in items]


class SureForm(forms.Form):
    """A form whose quantity may be asked about; the box appears then only."""

    is_sure = forms.BooleanField(label=_("Yes, I counted and mean it"), required=False, widget=forms.HiddenInput)


class DepotItemForm(SureForm):
    """An item of the catalogue in one of the actor's depots."""

    depot = forms.ChoiceField(label=_("Depot"))
    item = forms.ChoiceField(label=_("Item"))
    quantity = quantity_field(_("Quantity"))

    def __init__(self, *args: Any, depots: Sequence[Depot], items: Sequence[SupplyItem], **options: Any) -> None:
        super().__init__(*args, **options)
        self.depots = {str(depot.uuid): depot for depot in depots}
        self.items = {item.code: item for item in items}
        self.fields["depot"].choices = [(key, depot.name) for key, depot in self.depots.items()]  # type: ignore[attr-defined]
        self.fields["item"].choices = item_choices(items)  # type: ignore[attr-defined]

    def chosen(self) -> tuple[Depot, SupplyItem, Decimal]:
        """Return depot, item and quantity."""
        data = self.cleaned_data
        return self.depots[data["depot"]], self.items[data["item"]], data["quantity"]


class ReceiveForm(DepotItemForm):
    """Goods that came in, counted in the item's unit or in packs of it."""

    pack = forms.ChoiceField(
        label=_("Counted in"), required=False, help_text=_("The quantity counts packs only if you choose one.")
    )
    lot_number = forms.CharField(label=_("Lot number"), required=False, max_length=40)
    expires_on = forms.DateField(label=_("Use by"), required=False, widget=forms.DateInput(attrs=DATE))
    reason = forms.CharField(label=_("From whom, with which paper"), required=False, max_length=400)

    field_order = ("depot", "item", "quantity", "pack")

    def __init__(self, *args: Any, packs: Sequence[ItemPack], **options: Any) -> None:
        super().__init__(*args, **options)
        self.packs = {str(pack.uuid): pack for pack in packs}
        self.fields["pack"].choices = [  # type: ignore[attr-defined]
            ("", _("The unit that stands behind the item")),
            *((key, pack_words(one)) for key, one in self.packs.items()),
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Refuse a pack of another item."""
        data = super().clean() or {}
        pack = self.packs.get(data.get("pack", ""))
        if pack is not None and data.get("item") and pack.item.code != data["item"]:
            self.add_error("pack", _("This is a pack of another item."))
        return data

    def chosen(self) -> tuple[Depot, SupplyItem, Decimal]:
        """Return depot, item and quantity in the item's unit."""
        depot, item, quantity = super().chosen()
        pack = self.packs.get(self.cleaned_data["pack"])
        return depot, item, quantity * pack.quantity if pack is not None else quantity


def pack_words(pack: ItemPack) -> str:
    """Return a pack for choosing: of what, and how much is in it."""
    words = _("%(item)s: %(pack)s of %(size)s %(unit)s")
    return str(words) % {"item": pack.item.name, "pack": pack.unit_label, "size": f"{pack.quantity.normalize():,f}",
                         "unit": pack.item.unit_label}  # fmt: skip


class PackForm(DepotItemForm):
    """So many alike boxes of one item."""

    quantity = quantity_field(_("In each box"))
    count = forms.IntegerField(label=_("How many boxes"), min_value=1, max_value=200, initial=1)
    bound_for = forms.ChoiceField(label=_("Packed for"), required=False)

    def __init__(self, *args: Any, areas: Iterable[Area], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["bound_for"].choices = [  # type: ignore[attr-defined]
            ("", _("Not decided yet")), *((area.code, area.name) for area in areas)
        ]  # fmt: skip


class PalletForm(forms.Form):
    """Boxes put together."""

    numbers = forms.CharField(label=_("Numbers of the boxes, one a line"), widget=forms.Textarea(attrs={"rows": 4}))
    kind = forms.ChoiceField(
        label=pgettext_lazy("container", "Onto"),
        choices=[(kind.value, kind.label) for kind in (ContainerKind.PALLET, ContainerKind.TRUCK)],
    )


class ScanForm(SureForm):
    """One label, and whither; a phone keeps the page as it was, so the box to say yes is there from the start."""

    field_order = ("where", "number", "is_sure")

    where = forms.ChoiceField(label=_("What are you doing?"))
    number = forms.CharField(
        label=_("Number on the label"), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "autofocus": True}),
    )  # fmt: skip

    is_sure = forms.BooleanField(label=_("It is on board, though that is more than it may carry"), required=False)

    def __init__(self, *args: Any, depots: Iterable[Depot], vehicles: Iterable[Vehicle], **options: Any) -> None:
        super().__init__(*args, **options)
        self.depots = {str(depot.uuid): depot for depot in depots}
        self.vehicles = {str(vehicle.uuid): vehicle for vehicle in vehicles}
        load, bring = _("Load onto %(name)s"), _("Take in at %(name)s")
        self.fields["where"].choices = [  # type: ignore[attr-defined]
            ("door", _("Hand over where it is packed for")),
            *((f"vehicle:{key}", load % {"name": one.name}) for key, one in self.vehicles.items()),
            *((f"depot:{key}", bring % {"name": one.name}) for key, one in self.depots.items()),
        ]


class LoadingForm(forms.Form):
    """A depot whose boxes go out, and the vehicles that take them."""

    depot = forms.ChoiceField(label=_("Depot"))
    vehicles = forms.MultipleChoiceField(label=_("Vehicles"), widget=forms.CheckboxSelectMultiple)
    leaves_rest = forms.BooleanField(
        label=_("What they may not carry waits for another round"), required=False,
    )  # fmt: skip

    def __init__(self, *args: Any, depots: Iterable[Depot], vehicles: Iterable[Vehicle], **options: Any) -> None:
        super().__init__(*args, **options)
        self.depots = {str(depot.uuid): depot for depot in depots}
        self.in_service = {str(vehicle.uuid): vehicle for vehicle in vehicles}
        self.fields["depot"].choices = [(key, depot.name) for key, depot in self.depots.items()]  # type: ignore[attr-defined]
        self.fields["vehicles"].choices = [(key, vehicle_words(one)) for key, one in self.in_service.items()]  # type: ignore[attr-defined]

    def chosen(self) -> tuple[Depot, list[Vehicle]]:
        """Return the depot and the vehicles."""
        data = self.cleaned_data
        return self.depots[data["depot"]], [self.in_service[key] for key in data["vehicles"]]


def vehicle_words(vehicle: Vehicle) -> str:
    """Return a vehicle for choosing, with what it may carry."""
    if not vehicle.capacity_kg:
        return str(_("%(name)s (payload not known)")) % {"name": vehicle.name}
    return str(_("%(name)s (up to %(kilograms)s kg)")) % {"name": vehicle.name,
                                                          "kilograms": f"{vehicle.capacity_kg:,}"}  # fmt: skip


class RemoveForm(forms.Form):
    """Goods that are spoilt or gone."""

    lot = forms.ChoiceField(label=_("Lot"))
    quantity = quantity_field(_("Quantity"))
    to = forms.ChoiceField(
        label=_("What happened"),
        choices=[(PlaceKind.WRITE_OFF.value, _("Spoilt or expired")), (PlaceKind.LOSS.value, _("Lost or stolen"))],
    )
    reason = forms.CharField(label=_("Reason (kept in the journal)"), max_length=400)


class StocktakeForm(forms.Form):
    """Which depot is counted, all of it or one item."""

    depot = forms.ChoiceField(label=_("Depot"))
    item = forms.ChoiceField(label=_("Item"), required=False)

    def __init__(self, *args: Any, depots: Sequence[Depot], items: Sequence[SupplyItem], **options: Any) -> None:
        super().__init__(*args, **options)
        self.depots = {str(depot.uuid): depot for depot in depots}
        self.items = {item.code: item for item in items}
        self.fields["depot"].choices = [(key, depot.name) for key, depot in self.depots.items()]  # type: ignore[attr-defined]
        self.fields["item"].choices = [("", _("Everything that is there")), *item_choices(items)]  # type: ignore[attr-defined]


class CountForm(forms.Form):
    """What was found, lot by lot."""

    def __init__(self, *args: Any, lines: Sequence[StocktakeLine], **options: Any) -> None:
        super().__init__(*args, **options)
        for line in lines:
            lot = " · ".join(
                filter(None, (line.lot.number, line.lot.expires_on.isoformat() if line.lot.expires_on else ""))
            )
            field = quantity_field(f"{line.item.name} ({line.item.unit_label}) {lot}", required=False,
                                   is_zero_allowed=True)  # fmt: skip
            field.initial = plain(line.counted) if line.counted is not None else None
            self.fields[f"line_{line.pk}"] = field

    def counts(self) -> dict[int, Decimal]:
        """Return what was written, by line."""
        return {int(name[5:]): value for name, value in self.cleaned_data.items() if value is not None}


class TransferForm(DepotItemForm):
    """Goods for another depot."""

    target = forms.ChoiceField(label=_("To depot"))

    field_order = ("depot", "target", "item", "quantity")

    def __init__(self, *args: Any, targets: Sequence[Depot], **options: Any) -> None:
        super().__init__(*args, **options)
        self.targets = {str(depot.uuid): depot for depot in targets}
        self.fields["target"].choices = [(key, depot.name) for key, depot in self.targets.items()]  # type: ignore[attr-defined]
        self.fields["depot"].label = _("From depot")


class TransferQuantitiesForm(forms.Form):
    """How much of each line leaves, or arrived."""

    def __init__(self, *args: Any, lines: Sequence[TransferLine], is_arrival: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        for line in lines:
            field = quantity_field(f"{line.item.name} ({line.item.unit_label})", is_zero_allowed=True)
            field.initial = plain(line.sent if is_arrival else line.planned)
            self.fields[f"quantity_{line.item.code}"] = field
        if is_arrival:
            self.fields["explanation"] = forms.CharField(
                label=_("If less or more arrived: why"), required=False, max_length=400
            )

    def quantities(self) -> dict[str, Decimal]:
        """Return quantities by item code."""
        return {name[9:]: value for name, value in self.cleaned_data.items() if name.startswith("quantity_")}


class PledgeForm(forms.Form):
    """What someone promises to give."""

    depot = forms.ChoiceField(label=_("Brought to"))
    donor_kind = forms.ChoiceField(label=_("Who gives"), choices=DonorKind.choices)
    donor_name = forms.CharField(label=_("Name of the donor"), required=False, max_length=80)
    donor_phone = forms.CharField(label=_("Telephone of the donor"), required=False, max_length=20)
    is_name_public = forms.BooleanField(label=_("The donor agrees to be named in public"), required=False)
    intended_use = forms.CharField(label=_("What the donor wants it used for"), required=False, max_length=200)

    def __init__(
        self, *args: Any, depots: Sequence[Depot], items: Sequence[SupplyItem], areas: Sequence[Area], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.depots = {str(depot.uuid): depot for depot in depots}
        self.items = {item.code: item for item in items}
        self.fields["depot"].choices = [(key, depot.name) for key, depot in self.depots.items()]  # type: ignore[attr-defined]
        choices = [("", "–"), *item_choices(items)]
        bounds = [ANYWHERE, *((area.code, area.name) for area in areas)]
        for number in range(1, DONATED_LINES + 1):
            shown = {"number": number}
            self.fields[f"item_{number}"] = forms.ChoiceField(
                label=_("Goods %(number)s") % shown, choices=choices, required=number == 1
            )
            self.fields[f"quantity_{number}"] = quantity_field(
                _("Quantity of goods %(number)s") % shown, required=number == 1
            )
            self.fields[f"restricted_{number}"] = forms.ChoiceField(
                label=_("Goods %(number)s may be handed out") % shown, choices=bounds, required=False
            )

    def donor(self) -> Donor:
        """Return who gives."""
        data = self.cleaned_data
        return Donor(DonorKind(data["donor_kind"]), data["donor_name"], data["donor_phone"], data["is_name_public"])

    def goods(self) -> list[Given]:
        """Return what is given."""
        data = self.cleaned_data
        return [
            Given(self.items[data[f"item_{number}"]], data[f"quantity_{number}"], data[f"restricted_{number}"])
            for number in range(1, DONATED_LINES + 1)
            if data[f"item_{number}"] and data[f"quantity_{number}"]
        ]


class ArrivalForm(SureForm):
    """What came of each line of a donation, as it stands on packages and papers."""

    def __init__(self, *args: Any, lines: Sequence[DonationLine], **options: Any) -> None:
        super().__init__(*args, **options)
        self.lines = lines
        for line in lines:
            name = f"{line.item.name} ({line.item.unit_label})"
            quantity = quantity_field(name, is_zero_allowed=True)
            quantity.initial = plain(line.pledged)
            self.fields[f"received_{line.pk}"] = quantity
            self.fields[f"lot_{line.pk}"] = forms.CharField(
                label=_("%(item)s: lot number") % {"item": line.item.name}, required=False, max_length=40
            )
            self.fields[f"expires_{line.pk}"] = forms.DateField(
                label=_("%(item)s: use by") % {"item": line.item.name}, required=False,
                widget=forms.DateInput(attrs=DATE),
            )  # fmt: skip
            self.fields[f"certificate_{line.pk}"] = forms.CharField(
                label=_("%(item)s: certificate or standard") % {"item": line.item.name}, required=False, max_length=80
            )

    def arrived(self) -> dict[int, Arrived]:
        """Return what came, by line."""
        data = self.cleaned_data
        return {
            line.pk: Arrived(data[f"received_{line.pk}"], data[f"lot_{line.pk}"], data[f"expires_{line.pk}"],
                             data[f"certificate_{line.pk}"])
            for line in self.lines
        }  # fmt: skip


class InspectionForm(forms.Form):
    """How much of each line is good, and why the rest is not."""

    def __init__(self, *args: Any, lines: Sequence[DonationLine], **options: Any) -> None:
        super().__init__(*args, **options)
        self.lines = [line for line in lines if line.received]
        for line in self.lines:
            field = quantity_field(
                _("%(item)s: good (of %(received)s)")
                % {"item": line.item.name, "received": f"{line.received.normalize():,f}"},
                is_zero_allowed=True,
            )
            field.initial = plain(line.received)
            self.fields[f"accepted_{line.pk}"] = field
            self.fields[f"finding_{line.pk}"] = forms.CharField(
                label=_("%(item)s: why the rest is refused") % {"item": line.item.name}, required=False,
                max_length=400, help_text=_("Damaged, expired, certificate does not exist at its issuer, ..."),
            )  # fmt: skip

    def findings(self) -> dict[int, Finding]:
        """Return what was found, by line."""
        data = self.cleaned_data
        return {
            line.pk: Finding(data[f"accepted_{line.pk}"], data[f"finding_{line.pk}"]) for line in self.lines
        }  # fmt: skip


class CommunitySharingForm(forms.Form):
    """What is shared over communities: whence, for how long, what each hundred people need, and for whom."""

    sources = forms.MultipleChoiceField(label=_("These depots give"), widget=forms.CheckboxSelectMultiple)
    days = forms.IntegerField(label=_("For how many days"), min_value=1, max_value=14, initial=1)
    double = forms.MultipleChoiceField(
        label=_("Claims that count double"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, basis: SharingBasis, **options: Any) -> None:
        super().__init__(*args, **options)
        self.basis = basis
        self.fields["sources"].choices = [(str(one.uuid), one.name) for one in basis.givers]  # type: ignore[attr-defined]
        self.fields["double"].choices = [(str(one.uuid), one.name) for one, _people in basis.receivers]  # type: ignore[attr-defined]
        for item in basis.items:
            self.fields[f"need_{item.code}"] = quantity_field(
                _("%(item)s (%(unit)s) for a hundred people a day") % {"item": item.name, "unit": item.unit_label},
                required=False,
            )
        for depot, people in basis.receivers:
            self.fields[f"people_{depot.uuid}"] = forms.IntegerField(
                label=_("%(depot)s: people to serve") % {"depot": depot.name}, min_value=0, initial=people,
                required=False,
            )  # fmt: skip

    def asked(self) -> Asked:
        """Return what was decided."""
        data, chosen = self.cleaned_data, set(self.cleaned_data["sources"])
        return Asked(
            sources=[one for one in self.basis.givers if str(one.uuid) in chosen],
            people={one: data[f"people_{one.uuid}"] or 0 for one, _people in self.basis.receivers},
            per_hundred={item: need for item in self.basis.items if (need := data[f"need_{item.code}"])},
            days=data["days"],
            double=[one for one, _people in self.basis.receivers if str(one.uuid) in set(data["double"])],
        )
