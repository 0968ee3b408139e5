"""The catalogue: what can be kept, what it weighs, how long it keeps, how it is packed, what may stand in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from juxing.kernel import clock, journal
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import NotPermitted
from juxing.kernel.web import ActorRequest, carried_out, signed_in
from juxing.supplies import commands, policy
from juxing.supplies.catalogue_forms import SUBSTITUTES, CatalogueFilterForm, DescribeForm, NewItemForm
from juxing.supplies.models import ItemPack, SupplyItem
from juxing.supplies.pages.tables import card, column, one_form, row
from juxing.supplies.pages.words import amount, entries_shown, tabs
from juxing.supplies.quantities import plain
from juxing.supplies.queries import catalogue as queries
from juxing.supplies.queries.meanings import catalogue_items


@signed_in(policy.VIEW)
def catalogue(request: ActorRequest) -> HttpResponse:
    """List what can be kept."""
    form = CatalogueFilterForm(request.GET)
    page = queries.catalogue_page(cursor=request.GET.get("cursor"), **form.filters())
    names = queries.names_of_items(code for item in page.rows for code in item.substitutes)
    columns = [
        column(_("Item")), column(pgettext("supplies", "Class")), column(_("Standards")),
        column(_("Weight of one"), is_number=True), column(_("Keeps"), is_number=True),
        column(_("Packs")), column(_("May stand in")),
    ]  # fmt: skip
    rows: Any = [row(columns, *_cells(item, names)) for item in page.rows]
    new = {"label": _("Add an item"), "url": reverse("supplies:add_item"), "icon": "plus", "kind": "primary"}
    packs = {"label": _("Packs"), "url": reverse("supplies:packs"), "icon": "box"}
    context = {
        "page_title": _("Catalogue"), "page_icon": "box", "tabs": tabs("stock"), "form": form, "columns": columns,
        "page_subtitle": _("What can be kept, the same for everybody. What nobody has weighed is said openly."),
        "caption": _("Catalogue"), "page": replace(page, rows=rows), "pager_text": _("By class"),
        "page_actions": [new, packs] if request.actor.may_somewhere(policy.KEEP_CATALOGUE) else [packs],
        "empty": {"icon": "box", "title": _("Nothing in the catalogue fits these filters"), "text": ""},
    }  # fmt: skip
    return render(request, "supplies/table.html", context)


@idempotent
@signed_in(policy.KEEP_CATALOGUE)
def add(request: ActorRequest) -> HttpResponse:
    """Add what the catalogue does not hold."""
    form = NewItemForm(request.POST or None)

    def act(_data: dict[str, Any]) -> SupplyItem:
        return commands.add_item(actor=request.actor, now=clock.now(), given=form.given())

    if done := carried_out(request, form, act, done=_("Added. Say what it weighs and how it is packed.")):
        return HttpResponseRedirect(reverse("supplies:catalogue_entry", args=[done.made.code]), status=303)
    return one_form(request, form, title=_("Add an item"), back=reverse("supplies:catalogue"))


@idempotent
@signed_in(policy.VIEW)
def entry(request: ActorRequest, code: str) -> HttpResponse:
    """Show one entry, and let who keeps the catalogue describe it."""
    item = queries.entry_of(code)
    if request.method == "POST" and not request.actor.may_somewhere(policy.KEEP_CATALOGUE):
        raise NotPermitted
    packs: list[ItemPack] = item.packs_in_use  # type: ignore[attr-defined]
    form = DescribeForm(request.POST or None, item=item, packs=packs, items=catalogue_items(), initial=_said(item))

    def act(data: dict[str, Any]) -> SupplyItem:
        return commands.describe_item(
            actor=request.actor, now=clock.now(), item=item, weighed=form.weighed(),
            shelf_life_days=data["shelf_life_days"], substitutes=form.substitutes(),
        )  # fmt: skip

    if carried_out(request, form, act, done=_("Written down for everybody.")):
        return HttpResponseRedirect(reverse("supplies:catalogue_entry", args=[code]), status=303)
    may = request.actor.may_somewhere(policy.KEEP_CATALOGUE)
    context = {
        "page_title": item.name, "page_icon": "box", "page_subtitle": item.get_category_display(),
        "definitions": _definitions(item),
        "sections": [_packs(packs), _stand_ins(request, item)],
        "forms": [{"title": _("Describe it"), "form": form, "action": "", "submit": _("Write down")}] if may else [],
        "page_actions": _actions(item, may=may),
        "timeline": entries_shown(journal.entries_about(item._meta.label_lower, item.uuid)[:20]),
        "breadcrumbs": [{"label": _("Catalogue"), "url": reverse("supplies:catalogue")}, {"label": item.name}],
    }  # fmt: skip
    return card(request, context, status=422 if form.errors else 200)


def weight_words(item: SupplyItem) -> str:
    """Return what one unit weighs, in grams below a kilogram; that nobody knows, where nobody said."""
    if item.unit_grams is None:
        return _("not known")
    if item.unit_grams < 1000:
        return _("%(grams)s g") % {"grams": f"{item.unit_grams.normalize():,f}"}
    return _("%(kilograms)s kg") % {"kilograms": f"{(item.unit_grams / 1000).normalize():,f}"}


def _cells(item: SupplyItem, names: dict[str, str]) -> list[Any]:
    packs: list[ItemPack] = item.packs_in_use  # type: ignore[attr-defined]
    keeps = _("%(days)s days") % {"days": amount(item.shelf_life_days)} if item.shelf_life_days else ""
    return [
        {"text": item.name, "url": reverse("supplies:catalogue_entry", args=[item.code]), "muted": item.unit_label},
        {"text": item.get_category_display(), "muted": _("protective equipment") if item.is_ppe else ""},
        ", ".join(item.standards), weight_words(item), keeps,
        ", ".join(f"{one.unit_label} {amount(one.quantity)}" for one in packs),
        ", ".join(names.get(code, code) for code in item.substitutes),
    ]  # fmt: skip


def _definitions(item: SupplyItem) -> list[dict[str, Any]]:
    keeps = _("%(days)s days") % {"days": amount(item.shelf_life_days)} if item.shelf_life_days else _("not known")
    marks = [
        *([_("protective equipment")] if item.is_ppe else []), *([_("medicine")] if item.is_medicine else []),
        *([_("residents may ask for it")] if item.is_offered_to_residents else []),
    ]  # fmt: skip
    return [
        {"term": pgettext("supplies", "Unit"), "value": item.unit_label},
        {"term": _("Weight of one"), "value": weight_words(item)},
        {"term": _("Keeps"), "value": keeps},
        {"term": _("Standards"), "value": ", ".join(item.standards) or "–"},
        {"term": _("Marks"), "value": ", ".join(marks) or "–"},
        {"term": _("Also called"), "value": ", ".join(item.aliases) or "–"},
    ]


def _packs(packs: list[ItemPack]) -> dict[str, Any]:
    columns = [column(pgettext("pack", "Pack")), column(pgettext("pack", "Holds"), is_number=True)]
    return {
        "id": "packs", "title": _("Packs"), "columns": columns,
        "rows": [row(columns, one.unit_label, amount(one.quantity)) for one in packs],
        "empty": {"icon": "box", "title": _("No packs yet"), "text": ""},
    }  # fmt: skip


def _stand_ins(request: ActorRequest, item: SupplyItem) -> dict[str, Any]:
    columns = [column(_("Item")), column(pgettext("supplies", "Free"), is_number=True)]
    rows = [
        row(columns, (one.item.name, reverse("supplies:catalogue_entry", args=[one.item.code])),
            {"text": amount(one.free), "muted": one.item.unit_label})
        for one in queries.stand_ins(actor=request.actor, item=item)
    ]  # fmt: skip
    return {
        "id": "stand-ins", "title": _("May stand in"), "columns": columns, "rows": rows,
        "text": _("A person decides whether it will do; nothing is replaced by itself."),
        "empty": {"icon": "box", "title": _("Nobody named anything that may stand in"), "text": ""},
    }  # fmt: skip


def _actions(item: SupplyItem, *, may: bool) -> list[dict[str, str]]:
    where = {"label": _("Where it lies"), "url": f"{reverse('supplies:stock')}?item={item.code}", "icon": "package"}
    pack = {"label": _("Write down a pack"), "url": f"{reverse('supplies:write_pack')}?item={item.code}", "icon": "box"}
    return [where, pack] if may else [where]


def _said(item: SupplyItem) -> dict[str, Any]:
    kilograms = None if item.unit_grams is None else (item.unit_grams / 1000)
    known = {f"substitute_{place}": code for place, code in enumerate(item.substitutes[:SUBSTITUTES], start=1)}
    weight = "" if kilograms is None else plain(kilograms)
    return {"weight": weight, "shelf_life_days": item.shelf_life_days, **known}
