"""Boxes with labels: packing, printing, putting together, and the scanning page for a phone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from juxing.kernel import clock, journal
from juxing.kernel.idempotency import FORM_FIELD, HEADER, idempotent
from juxing.kernel.qr_codes import qr_code
from juxing.kernel.refusals import Refusal
from juxing.kernel.web import ActorRequest, carried_out, new_form_key, signed_in
from juxing.supplies import commands, policy
from juxing.supplies.commands.accounts import depot_place, vehicle_place
from juxing.supplies.commands.containers import place_words
from juxing.supplies.enums import ContainerKind, ContainerStatus, PlaceKind
from juxing.supplies.forms import StateFilterForm
from juxing.supplies.models import Container, StockPlace
from juxing.supplies.movement_forms import PackForm, PalletForm, ScanForm
from juxing.supplies.pack_forms import PackPerBuildingForm
from juxing.supplies.pages.tables import attempt, card, column, one_form, row
from juxing.supplies.pages.words import amount, entries_shown, tabs
from juxing.supplies.queries import ledger as queries
from juxing.supplies.queries.meanings import catalogue_items
from juxing.supplies.queries.stock import depots_to_fill

TONES = {
    ContainerStatus.PACKED: "waiting", ContainerStatus.UNDER_WAY: "moving", ContainerStatus.DELIVERED: "done",
    ContainerStatus.UNPACKED: "ended",
}  # fmt: skip


@signed_in(policy.VIEW)
def containers(request: ActorRequest) -> HttpResponse:
    """List containers."""
    form = StateFilterForm(request.GET, states=ContainerStatus.choices)
    page = queries.containers_page(
        actor=request.actor, status=form.chosen(),
        cursor=request.GET.get("cursor"),
    )  # fmt: skip
    names = queries.area_names([one.bound_for for one in page.rows])
    columns = [
        column(pgettext("supplies", "Number")),
        column(_("What is in it")),
        column(_("Packed for")),
        column(pgettext("supplies", "Where")),
        column(_("State")),
    ]
    rows: Any = [
        row(columns, (one.number, reverse("supplies:container", args=[one.number])),
            {"text": contents_of(one), "muted": "" if one.kind == ContainerKind.BOX else one.get_kind_display()},
            names.get(one.bound_for, one.bound_for), place_words(one.place),
            {"text": one.get_status_display(), "tone": TONES[ContainerStatus(one.status)]})
        for one in page.rows
    ]  # fmt: skip
    may = request.actor.may_somewhere(policy.MOVE_STOCK)
    pack = {"label": _("Pack boxes"), "url": reverse("supplies:pack"), "icon": "package", "kind": "primary"}
    scan = {"label": _("Scan"), "url": reverse("supplies:scan"), "icon": "qrcode"}
    rounds = {"label": pgettext("load plan", "Delivery rounds"), "url": reverse("supplies:rounds"), "icon": "truck"}
    per_building = {"label": _("Pack by building"), "url": reverse("supplies:pack_per_building"), "icon": "building"}
    pallet = {"label": _("Put boxes together"), "url": reverse("supplies:pallet"), "icon": "packages"}
    context = {
        "page_title": _("Boxes and pallets"), "page_icon": "packages", "tabs": tabs("containers"), "columns": columns,
        "caption": _("Boxes and pallets"), "page": replace(page, rows=rows), "pager_text": _("Newest first"),
        "form": form, "page_actions": [pack, scan, rounds, per_building, pallet] if may else [],
        "empty": {"icon": "packages", "title": _("Nothing is packed"), "text": "", "action": pack if may else None},
    }  # fmt: skip
    return render(request, "supplies/table.html", context)


@idempotent
@signed_in(policy.MOVE_STOCK)
def pack(request: ActorRequest) -> HttpResponse:
    """Pack alike boxes, then show their labels."""
    depots = depots_to_fill(actor=request.actor)
    form = PackForm(
        request.POST or None, depots=depots, items=catalogue_items(),
        areas=queries.communities_of([depot.area_code[:9] for depot in depots]),
        initial={"depot": request.GET.get("depot", ""), "item": request.GET.get("item", "")},
    )  # fmt: skip

    def act() -> list[Container]:
        depot, item, quantity = form.chosen()
        return commands.pack_containers(
            actor=request.actor, now=clock.now(), depot=depot, item=item, quantity=quantity,
            count=form.cleaned_data["count"], bound_for=form.cleaned_data["bound_for"],
        )  # fmt: skip

    if request.method == "POST" and form.is_valid() and (done := attempt(form, act)):
        numbers = "&".join(f"number={one.number}" for one in done.made)
        return HttpResponseRedirect(f"{reverse('supplies:labels')}?{numbers}", status=303)
    return one_form(request, form, title=_("Pack boxes"), back=reverse("supplies:containers"))


@idempotent
@signed_in(policy.MOVE_STOCK)
def pack_per_building(request: ActorRequest) -> HttpResponse:
    """Pack a box for every building of a community, then show their labels."""
    depots = depots_to_fill(actor=request.actor)
    form = PackPerBuildingForm(
        request.POST or None, depots=depots, items=catalogue_items(),
        areas=queries.communities_of([depot.area_code[:9] for depot in depots]),
        initial={"depot": request.GET.get("depot", ""), "item": request.GET.get("item", "")},
    )  # fmt: skip

    def act(data: dict[str, Any]) -> list[Container]:
        return commands.pack_per_building(
            actor=request.actor, now=clock.now(), depot=form.depots[data["depot"]], item=form.items[data["item"]],
            community=data["community"], each=data["each"],
        )  # fmt: skip

    if done := carried_out(request, form, act):
        numbers = "&".join(f"number={one.number}" for one in done.made)
        return HttpResponseRedirect(f"{reverse('supplies:labels')}?{numbers}", status=303)
    return one_form(
        request, form, title=_("Pack by building"), back=reverse("supplies:containers"),
        subtitle=_("One box for each building, with its share by households."),
    )  # fmt: skip


@idempotent
@signed_in(policy.MOVE_STOCK)
def pallet(request: ActorRequest) -> HttpResponse:
    """Put boxes onto a pallet or into a truck load."""
    form = PalletForm(request.POST or None)

    def act() -> Container:
        return commands.put_into(
            actor=request.actor, now=clock.now(), numbers=form.cleaned_data["numbers"].split(),
            kind=ContainerKind(form.cleaned_data["kind"]),
        )  # fmt: skip

    if request.method == "POST" and form.is_valid() and (done := attempt(form, act)):
        return HttpResponseRedirect(f"{reverse('supplies:labels')}?number={done.made.number}", status=303)
    return one_form(request, form, title=_("Put boxes together"), back=reverse("supplies:containers"))


@signed_in(policy.VIEW)
def labels(request: ActorRequest) -> HttpResponse:
    """Show labels as they are printed."""
    found = queries.containers_of(actor=request.actor, numbers=request.GET.getlist("number"))
    names = queries.area_names([one.bound_for for one in found])
    shown = [
        {"number": one.number, "kind": one.get_kind_display(), "contents": contents_of(one), "qr": _qr(request, one),
         "bound_for": names.get(one.bound_for, one.bound_for), "packed_at": one.packed_at}
        for one in found
    ]  # fmt: skip
    context = {"page_title": _("Labels"), "labels": shown, "back_url": reverse("supplies:containers")}
    return render(request, "supplies/labels.html", context)


@signed_in(policy.VIEW)
def container(request: ActorRequest, number: str) -> HttpResponse:
    """Show one container: contents, where it is, where it was."""
    one = queries.container_of(actor=request.actor, number=number)
    names = queries.area_names([one.bound_for])
    columns = [column(_("Item")), column(_("Lot")), column(_("Use by")), column(_("Quantity"), is_number=True)]
    rows = [
        row(columns, content.lot.item.name, content.lot.number,
            content.lot.expires_on.isoformat() if content.lot.expires_on else "",
            {"text": amount(content.quantity), "muted": content.lot.item.unit_label})
        for content in one.contents.all()
    ]  # fmt: skip
    inner = [{"term": _("Inside it"), "value": " ".join(child.number for child in one.children.all())}]
    may = request.actor.may(policy.MOVE_STOCK, one.area_code)
    actions = [{"label": _("Label"), "url": f"{reverse('supplies:labels')}?number={one.number}", "icon": "printer"}]
    is_here = may and one.status == ContainerStatus.PACKED and one.place.kind == PlaceKind.DEPOT
    context: dict[str, Any] = {
        "page_title": one.number,
        "page_actions": actions,
        "qr": _qr(request, one),
        "definitions": [
            {"term": _("State"), "value": one.get_status_display()},
            {"term": pgettext("supplies", "Where"), "value": place_words(one.place)},
            {"term": _("Packed for"), "value": names.get(one.bound_for, one.bound_for) or _("Not decided yet")},
            {"term": pgettext("supplies", "Since"), "value": f"{localtime(one.moved_at):%Y-%m-%d %H:%M}"},
            *(inner if inner[0]["value"] else []),
        ],
        "sections": [
            {
                "id": "contents",
                "title": _("What is in it"),
                "columns": columns,
                "rows": rows,
                "empty": {"icon": "package", "title": _("Only other containers"), "text": ""},
            }
        ],
        "timeline": entries_shown(journal.entries_about("supplies.container", one.uuid)[:30]),
        "forms": [
            {
                "title": pgettext("supplies", "Open it"),
                "form": None,
                "action": reverse("supplies:unpack", args=[one.number]),
                "submit": _("Put the contents on the shelves"),
            }
        ]
        if is_here
        else [],
        "breadcrumbs": [
            {"label": _("Boxes and pallets"), "url": reverse("supplies:containers")},
            {"label": one.number},
        ],
    }
    return card(request, context)


@require_POST
@idempotent
@signed_in(policy.MOVE_STOCK)
def unpack(request: ActorRequest, number: str) -> HttpResponse:
    """Open a container."""
    one = queries.container_of(actor=request.actor, number=number)
    try:
        commands.unpack_container(actor=request.actor, now=clock.now(), container=one)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Opened; the contents are free again."))
    return HttpResponseRedirect(reverse("supplies:container", args=[number]), status=303)


@idempotent
@signed_in(policy.MOVE_STOCK)
def scan(request: ActorRequest) -> HttpResponse:
    """Book a container where it is now; made for a phone, works without signal, safe to send twice."""
    form = ScanForm(
        request.POST or None,
        depots=depots_to_fill(actor=request.actor),
        vehicles=queries.vehicles_of(actor=request.actor),
        initial={"number": request.GET.get("number", ""), "where": request.GET.get("where", "")},
    )

    def act() -> commands.Scanned:
        key = request.headers.get(HEADER) or request.POST.get(FORM_FIELD, "")
        data = form.cleaned_data
        return commands.scan_container(
            actor=request.actor, now=clock.now(), number=data["number"], target=_target(form, data["where"]),
            key=key[:60], is_sure=data["is_sure"],
        )  # fmt: skip

    if request.method == "POST" and form.is_valid() and (done := attempt(form, act)):
        _tell(request, done.made)
        where = form.cleaned_data["where"]
        return HttpResponseRedirect(f"{reverse('supplies:scan')}?where={where}", status=303)
    context = {
        "page_title": _("Scan"), "form": form, "back_url": reverse("supplies:containers"), "keep_offline": True,
        "phone_tabs": [], **new_form_key(),
    }  # fmt: skip
    return render(request, "supplies/scan.html", context, status=422 if form.errors else 200)


def contents_of(one: Container) -> str:
    """Return what is in a container in a line; of a pallet how many boxes, once they were counted."""
    boxes = getattr(one, "boxes", 0)
    if boxes:
        return ngettext("%(count)d box", "%(count)d boxes", boxes) % {"count": boxes}
    return ", ".join(
        f"{content.lot.item.name} {amount(content.quantity)} {content.lot.item.unit_label}"
        for content in one.contents.all()
    )


def _tell(request: ActorRequest, done: commands.Scanned) -> None:
    shown = {"number": done.container.number, "place": place_words(done.container.place)}
    if done.is_new:
        messages.success(request, pgettext("supplies", "%(number)s is now booked: %(place)s.") % shown)
    else:
        messages.info(request, _("%(number)s was booked there already (%(place)s). Nothing moved twice.") % shown)


def _target(form: ScanForm, where: str) -> StockPlace | None:
    kind, _colon, key = where.partition(":")
    if kind == "vehicle":
        return StockPlace.objects.get(pk=vehicle_place(form.vehicles[key]))
    return StockPlace.objects.get(pk=depot_place(form.depots[key])) if kind == "depot" else None


def _qr(request: ActorRequest, one: Container) -> str:
    link = request.build_absolute_uri(f"{reverse('supplies:scan')}?number={one.number}")
    return qr_code(link, scale=None)
