"""Delivery rounds: what goes onto which vehicle, what was handed over, what comes back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import NotVisible
from juxing.kernel.web import ActorRequest, carried_out, signed_in
from juxing.supplies import commands, policy
from juxing.supplies.commands.containers import place_words
from juxing.supplies.enums import ContainerStatus
from juxing.supplies.forms import DepotForm
from juxing.supplies.load_sheets import box_weight, load_sheet_pdf, stop_words, weight_words
from juxing.supplies.models import Vehicle
from juxing.supplies.movement_forms import LoadingForm
from juxing.supplies.pages.containers import TONES, contents_of
from juxing.supplies.pages.places import payload_words
from juxing.supplies.pages.tables import card, column, row
from juxing.supplies.pages.words import amount
from juxing.supplies.queries import loading as queries
from juxing.supplies.queries.ledger import area_names
from juxing.supplies.queries.stock import depots_to_fill
from juxing.supplies.weights import GRAMS_IN_A_KILOGRAM, Weight, kilograms


@idempotent
@signed_in(policy.MOVE_STOCK)
def rounds(request: ActorRequest) -> HttpResponse:
    """Show the vehicles with their loads, and share what stands packed over them."""
    loads = queries.loads(actor=request.actor, now=clock.now())
    vehicles = [load.vehicle for load in loads]
    form = LoadingForm(request.POST or None, depots=depots_to_fill(actor=request.actor), vehicles=vehicles)

    def act(data: dict[str, Any]) -> commands.LoadPlan:
        depot, chosen = form.chosen()
        return commands.plan_loading(
            actor=request.actor, now=clock.now(), depot=depot, vehicles=chosen, leaves_rest=data["leaves_rest"]
        )

    if done := carried_out(request, form, act):
        _say(request, done.made)
        return HttpResponseRedirect(reverse("supplies:rounds"), status=303)
    columns = [
        column(pgettext("load plan", "Vehicle")), column(pgettext("load plan", "To load"), is_number=True),
        column(pgettext("load plan", "On board"), is_number=True), column(_("Weight")),
        column(pgettext("load plan", "Handed over today"), is_number=True),
    ]  # fmt: skip
    plan = {"title": _("Plan the loading"), "form": form, "action": "", "submit": pgettext("load plan", "Plan it")}
    context = {
        "page_title": pgettext("load plan", "Delivery rounds"),
        "page_subtitle": _("Boxes packed for a place are shared over the vehicles, neighbouring stops together."),
        "sections": [{
            "id": "vehicles", "title": _("Vehicles"), "columns": columns,
            "rows": [
                row(columns, (load.vehicle.name, reverse("supplies:round", args=[load.vehicle.uuid])),
                    amount(load.waiting), amount(load.on_board), _weight_cell(load), amount(load.delivered))
                for load in loads
            ],
            "empty": {"icon": "truck", "title": _("No vehicle is in service here"), "text": ""},
        }],
        "forms": [plan] if vehicles else [],
        "page_actions": [
            {"label": _("Scan"), "url": reverse("supplies:scan"), "icon": "qrcode"},
            {"label": _("Depots and vehicles"), "url": reverse("supplies:depots"), "icon": "truck"},
        ],
        "breadcrumbs": _crumbs(""),
    }  # fmt: skip
    return card(request, context, status=422 if form.errors else 200)


@signed_in(policy.MOVE_STOCK)
def one_round(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one vehicle's stops in their order, and what became of each box."""
    return _round(request, queries.vehicle_of(actor=request.actor, uuid=uuid))


@signed_in(policy.MOVE_STOCK)
def sheet(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Hand out a vehicle's load sheet (装车单): stops in order, boxes, weights, lines to sign."""
    vehicle, now = queries.vehicle_of(actor=request.actor, uuid=uuid), clock.now()
    stops = queries.stops_of(vehicle, actor=request.actor, now=now)
    if not stops:
        raise NotVisible
    link = request.build_absolute_uri(reverse("supplies:round", args=[uuid]))
    content = load_sheet_pdf(vehicle, stops, link=link, printed_by=request.actor.name, now=now)
    headers = {"Content-Disposition": f'inline; filename="{localtime(now):%m%d}-{str(vehicle.uuid)[:8]}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@require_POST
@idempotent
@signed_in(policy.MOVE_STOCK)
def bring_back(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Take what was not handed over into a depot."""
    vehicle = queries.vehicle_of(actor=request.actor, uuid=uuid)
    form = DepotForm(request.POST, depots=depots_to_fill(actor=request.actor))

    def act(data: dict[str, Any]) -> int:
        return commands.bring_back_boxes(
            actor=request.actor, now=clock.now(), vehicle=vehicle, depot=form.depots[data["depot"]]
        )

    if done := carried_out(request, form, act):
        said = ngettext("%(count)d box is back in the depot.", "%(count)d boxes are back in the depot.", done.made)
        messages.success(request, said % {"count": done.made})
        return HttpResponseRedirect(reverse("supplies:round", args=[uuid]), status=303)
    return _round(request, vehicle, form=form, status=422)


def _round(
    request: ActorRequest, vehicle: Vehicle, *, form: DepotForm | None = None, status: int = 200
) -> HttpResponse:
    stops = queries.stops_of(vehicle, actor=request.actor, now=clock.now())
    names = area_names([stop.bound_for for stop in stops])
    columns = [
        column(pgettext("load plan", "Stop")), column(pgettext("supplies", "Number")), column(_("What is in it")),
        column(_("Weight"), is_number=True),
        column(pgettext("supplies", "Where")), column(_("State")),
    ]  # fmt: skip
    rows = [
        row(columns, stop_words(stop, names), (box.number, reverse("supplies:container", args=[box.number])),
            contents_of(box), box_weight(stop.weights[box.pk]),
            {"text": place_words(box.place), "muted": f"{localtime(box.moved_at):%m-%d %H:%M}"},
            {"text": box.get_status_display(), "tone": TONES[ContainerStatus(box.status)]})
        for stop in stops for box in stop.boxes
    ]  # fmt: skip
    left = queries.still_on_board(stops)
    form = form or DepotForm(depots=depots_to_fill(actor=request.actor))
    said = ngettext("%(count)d box was not handed over.", "%(count)d boxes were not handed over.", left)
    back = {"title": _("Bring back"), "form": form, "action": reverse("supplies:bring_back", args=[vehicle.uuid]),
            "submit": _("Take them in"), "text": said % {"count": left}}  # fmt: skip
    context = {
        "page_title": vehicle.name, "page_subtitle": _("In the order of the stops"),
        "notices": _notices(vehicle, queries.to_carry(stops)),
        "definitions": [
            {"term": _("Payload"), "value": payload_words(vehicle)},
            {"term": _("To carry"), "value": weight_words(queries.to_carry(stops))},
        ],
        "sections": [{
            "id": "stops", "title": _("Load plan"), "columns": columns, "rows": rows,
            "empty": {"icon": "truck", "title": _("Nothing is planned for this vehicle"), "text": ""},
        }],
        "forms": [back] if left else [],
        "page_actions": [
            *([{"label": _("Load sheet"), "url": reverse("supplies:load_sheet", args=[vehicle.uuid]),
                "icon": "printer"}] if stops else []),
            {"label": _("Scan"), "url": reverse("supplies:scan"), "icon": "qrcode"},
        ],
        "breadcrumbs": _crumbs(vehicle.name),
    }  # fmt: skip
    return card(request, context, status=status)


def _say(request: ActorRequest, plan: commands.LoadPlan) -> None:
    said = ngettext("%(count)d box is planned.", "%(count)d boxes are planned.", plan.planned)
    messages.success(request, said % {"count": plan.planned})
    if plan.left:
        said = ngettext(
            "%(count)d box waits for another round: the vehicles may not carry more.",
            "%(count)d boxes wait for another round: the vehicles may not carry more.",
            plan.left,
        )
        messages.warning(request, said % {"count": plan.left})
    if plan.weight.unknown:
        messages.warning(request, _unknown(plan.weight))


def _weight_cell(load: queries.Load) -> dict[str, str]:
    if not load.waiting and not load.on_board:
        return {"text": "", "muted": _("may carry %(payload)s") % {"payload": payload_words(load.vehicle)}}
    words = weight_words(load.weight)
    if load.is_over:
        return {"text": words, "tone": "problem", "muted": payload_words(load.vehicle)}
    return {"text": words, "muted": _("may carry %(payload)s") % {"payload": payload_words(load.vehicle)}}


def _notices(vehicle: Vehicle, weight: Weight) -> list[dict[str, str]]:
    shown = []
    if queries.is_over(vehicle, weight):
        over = weight.grams - vehicle.capacity_kg * GRAMS_IN_A_KILOGRAM
        words = _("%(over)s kg more than it may carry. Take boxes off, or plan the loading again.")
        shown.append({"text": words % {"over": kilograms(over)}, "tone": "danger"})
    if weight.unknown:
        shown.append({"text": _unknown(weight), "tone": "warning",
                      "url": f"{reverse('supplies:catalogue')}?show=unweighed",
                      "url_label": _("Say what it weighs")})  # fmt: skip
    return shown


def _unknown(weight: Weight) -> str:
    words = ngettext(
        "In %(count)d box something has a weight nobody knows: it counts as nothing.",
        "In %(count)d boxes something has a weight nobody knows: it counts as nothing.",
        weight.unknown,
    )
    return words % {"count": weight.unknown}


def _crumbs(label: str) -> list[dict[str, str]]:
    crumbs = [{"label": _("Boxes and pallets"), "url": reverse("supplies:containers")}]
    if label:
        crumbs.append({"label": pgettext("load plan", "Delivery rounds"), "url": reverse("supplies:rounds")})
    return [*crumbs, {"label": label or pgettext("load plan", "Delivery rounds")}]
