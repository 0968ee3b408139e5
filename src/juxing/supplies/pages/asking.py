"""One request or offer of an organisation, written down at a desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.web import ActorRequest, signed_in
from juxing.organisations.models import Organisation
from juxing.supplies import commands, policy
from juxing.supplies.models import SupplyOffer, SupplyRequest
from juxing.supplies.movement_forms import DATE, SureForm, item_choices, quantity_field
from juxing.supplies.pages.tables import attempt, one_form
from juxing.supplies.queries.lines import organisation_named
from juxing.supplies.queries.meanings import catalogue_items, item_of


class WishForm(SureForm):
    """What an organisation asks for or offers."""

    organisation = forms.CharField(
        label=pgettext_lazy("supplies", "Organisation"), max_length=80,
        help_text=gettext_lazy("Its name as it stands in the register of organisations."),
    )  # fmt: skip
    item = forms.ChoiceField(label=gettext_lazy("Item"), required=False)
    written = forms.CharField(
        label=gettext_lazy("In their own words"), required=False, max_length=200,
        help_text=gettext_lazy("If the catalogue does not hold it, or nobody knows what is meant."),
    )  # fmt: skip
    quantity = quantity_field(gettext_lazy("Quantity, empty if nobody said"), required=False)
    specification = forms.CharField(label=gettext_lazy("Specification"), required=False, max_length=400)
    on = forms.DateField(label=gettext_lazy("Date"), required=False, widget=forms.DateInput(attrs=DATE))

    field_order = ("organisation", "item", "written", "quantity", "specification", "on", "is_sure")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["item"].choices = [("", "–"), *item_choices(catalogue_items())]  # type: ignore[attr-defined]

    def wish(self) -> commands.Wish:
        """Return what was written."""
        data = self.cleaned_data
        item = item_of(data["item"]) if data["item"] else None
        return commands.Wish(
            data["written"], item, data["quantity"], data["specification"], data["on"], data["is_sure"]
        )


@idempotent
@signed_in(policy.RECORD)
def new_request(request: ActorRequest) -> HttpResponse:
    """Write down what an organisation asks for."""
    return _new(request, is_request=True)


@idempotent
@signed_in(policy.RECORD)
def new_offer(request: ActorRequest) -> HttpResponse:
    """Write down what an organisation offers."""
    return _new(request, is_request=False)


def _new(request: ActorRequest, *, is_request: bool) -> HttpResponse:
    form = WishForm(request.POST or None)
    kind = "request" if is_request else "offer"

    def act() -> SupplyRequest | SupplyOffer:
        organisation: Organisation = organisation_named(form.cleaned_data["organisation"], actor=request.actor)
        record = commands.record_request if is_request else commands.record_offer
        return record(actor=request.actor, now=clock.now(), organisation=organisation, wish=form.wish())

    if request.method == "POST" and form.is_valid() and (done := attempt(form, act)):
        messages.success(request, _("Written down."))
        return HttpResponseRedirect(reverse(f"supplies:{kind}", args=[done.made.uuid]), status=303)
    title = pgettext("supplies", "Write down a request") if is_request else _("Write down an offer")
    return one_form(request, form, title=title, back=reverse(f"supplies:{kind}s"))
