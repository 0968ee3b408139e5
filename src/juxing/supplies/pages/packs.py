"""How goods are packed: box, carton, pallet, and how much is in one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.web import ActorRequest, new_form_key, signed_in
from juxing.supplies import commands, policy
from juxing.supplies.models import ItemPack
from juxing.supplies.pack_forms import PackFilterForm, PackSizeForm
from juxing.supplies.pages.tables import attempt, column, one_form, row
from juxing.supplies.pages.words import amount, tabs
from juxing.supplies.quantities import plain
from juxing.supplies.queries import packs as queries
from juxing.supplies.queries.meanings import catalogue_items


@signed_in(policy.VIEW)
def packs(request: ActorRequest) -> HttpResponse:
    """List how goods are packed."""
    form = PackFilterForm(request.GET, items=catalogue_items())
    page = queries.packs_page(cursor=request.GET.get("cursor"), **form.filters())
    may = request.actor.may_somewhere(policy.KEEP_CATALOGUE)
    columns = [column(_("Item")), column(pgettext("pack", "Pack")), column(pgettext("pack", "Holds"), is_number=True),
               column(_("State"))]  # fmt: skip
    rows: Any = [{**row(columns, *_cells(one, may=may)), "uuid": one.uuid, "is_retired": one.is_retired}
                 for one in page.rows]  # fmt: skip
    new = {"label": _("Write down a pack"), "url": reverse("supplies:write_pack"), "icon": "plus", "kind": "primary"}
    context = {
        "page_title": _("Packs"), "page_icon": "box", "tabs": tabs("stock"), "form": form,
        "page_subtitle": _("The only conversion there is. Stock lists, receipts and lists of requests count by it."),
        "columns": [*columns, {"label": _("Retire"), "hidden": "yes"}] if may else columns, "caption": _("Packs"),
        "page": replace(page, rows=rows), "pager_text": _("By item"), "page_actions": [new] if may else [],
        "may_keep": may, **new_form_key(),
        "empty": {"icon": "box", "title": _("No packs yet"), "action": new if may else None,
                  "text": _("Say once how many are in a box, and nobody is asked again.")},
    }  # fmt: skip
    return render(request, "supplies/packs.html", context)


@idempotent
@signed_in(policy.KEEP_CATALOGUE)
def write(request: ActorRequest) -> HttpResponse:
    """Write down or correct how much is in a pack."""
    initial = {name: request.GET.get(name, "") for name in ("item", "unit", "quantity")}
    form = PackSizeForm(request.POST or None, items=catalogue_items(), initial=initial)

    def act() -> ItemPack:
        data = form.cleaned_data
        return commands.write_pack(
            actor=request.actor, now=clock.now(), item=form.items[data["item"]], unit=data["unit"],
            quantity=data["quantity"], is_sure=data["is_sure"],
        )  # fmt: skip

    if request.method == "POST" and form.is_valid() and attempt(form, act):
        messages.success(request, _("Written down for everybody."))
        return HttpResponseRedirect(reverse("supplies:packs"), status=303)
    return one_form(
        request, form, title=_("Write down a pack"), back=reverse("supplies:packs"),
        subtitle=_("A pack known already is corrected. What was counted with it before stays as it was counted."),
    )  # fmt: skip


@require_POST
@idempotent
@signed_in(policy.KEEP_CATALOGUE)
def retire(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Use a pack no more."""
    commands.retire_pack(actor=request.actor, now=clock.now(), pack=queries.pack_of(uuid))
    messages.success(request, _("Retired. Nobody counts in it any more; it may be written down again."))
    return HttpResponseRedirect(reverse("supplies:packs"), status=303)


def _cells(one: ItemPack, *, may: bool) -> list[Any]:
    change = f"{reverse('supplies:write_pack')}?item={one.item.code}&unit={one.unit}&quantity={plain(one.quantity)}"
    return [
        one.item.name, (one.unit_label, change) if may else one.unit_label,
        f"{amount(one.quantity)} {one.item.unit_label}",
        {"text": _("Retired"), "tone": "ended"} if one.is_retired else {"text": pgettext("pack", "In use"),
                                                                        "tone": "done"},
    ]  # fmt: skip
