"""The register on the screen: list, map, one venue, and the forms that keep it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.idempotency import idempotent
from juxing.kernel.masking import masked_name, masked_phone
from juxing.kernel.refusals import Refusal
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in
from juxing.organisations.policy import visible_organisations
from juxing.venues import commands, policy
from juxing.venues.enums import VenueFunction
from juxing.venues.forms import LayoutForm, RoomForm, VenueFilterForm, VenueForm
from juxing.venues.layout_templates import template_of
from juxing.venues.models import Venue, VenueLayout
from juxing.venues.opening_hours import hours_text, is_open
from juxing.venues.pages.words import area_choices, crumbs, tabs, venue_crumb
from juxing.venues.queries import venues as queries
from juxing.venues.standards import shortcomings


@signed_in(policy.SEE)
def venue_list(request: ActorRequest) -> HttpResponse:
    """List venues by place and name."""
    now, form = clock.now(), _filter_form(request)
    page = queries.venues_page(actor=request.actor, filters=form.filters(), now=now, cursor=request.GET.get("cursor"))
    for row in page.rows:
        row.is_open_now = not row.is_idle and is_open(row.opening_hours, now)  # type: ignore[attr-defined]
    context = {
        "page_title": _("Venues"), "page_icon": "building-community", "tabs": tabs(request.actor, "list"),
        "page_subtitle": _("What serves people, what it serves as now, and what it can be turned into."),
        "form": form, "page": page, "caption": _("Venues"), "reset_url": reverse("venues:list"),
        "columns": [{"label": pgettext("venue", "Name")}, {"label": _("Kind")}, {"label": _("Serves as")},
                    {"label": _("Open now")}, {"label": _("Rooms"), "kind": "number"},
                    {"label": pgettext("venue", "People"), "kind": "number"}],
        "page_actions": _list_actions(request),
        "empty": {"icon": "building-community", "title": _("No venue fits"),
                  "text": _("Add one, import a table, or take a filter away.")},
    }  # fmt: skip
    return render(request, "venues/list.html", context)


@signed_in(policy.SEE)
def venue_map(request: ActorRequest) -> HttpResponse:
    """Show the venues on a map: what is open now is lit."""
    form = _filter_form(request)
    query = request.GET.urlencode()
    context = {
        "page_title": _("Venues on the map"), "page_icon": "map-pin", "tabs": tabs(request.actor, "map"), "form": form,
        "reset_url": reverse("venues:map"), "map_url": f"{reverse('venues:map_features')}?{query}",
        "list_url": f"{reverse('venues:list')}?{query}",
        "page_subtitle": _("Green is open now, amber is converted, grey is closed or empty."),
    }  # fmt: skip
    return render(request, "venues/map.html", context)


@signed_in(policy.SEE)
def map_features(request: ActorRequest) -> HttpResponse:
    """Answer the map as GeoJSON."""
    filters = _filter_form(request).filters()
    return JsonResponse(queries.map_features(actor=request.actor, filters=filters, now=clock.now()))


@signed_in(policy.SEE)
def venue(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one venue: what it is, its rooms, its functions, what it serves as."""
    now, found = clock.now(), queries.venue(actor=request.actor, uuid=uuid)
    layouts = queries.layouts_of(found)
    for layout in layouts:
        rooms = [part.room for part in layout.part_list]  # type: ignore[attr-defined]
        layout.lacks = shortcomings(layout, rooms)  # type: ignore[attr-defined]
    context = {
        "page_title": found.name, "page_subtitle": found.get_kind_display(), "page_badge": _venue_badge(found, now),
        "venue": found, "items": _facts(found), "rooms": queries.rooms_of(found), "layouts": layouts,
        "uses": queries.uses_of(found, now=now), "functions": _missing_functions(layouts),
        "may_manage": policy.can_manage(request.actor, found),
        "page_actions": _venue_actions(request.actor, found), "breadcrumbs": crumbs((found.name, "")),
        "card_url": reverse("venues:card", args=[uuid]) if found.is_public and not found.is_idle else "",
        **new_form_key(),
    }  # fmt: skip
    return render(request, "venues/venue.html", context)


@idempotent
@signed_in(policy.MANAGE)
def add(request: ActorRequest) -> HttpResponse:
    """Add a venue or an idle property."""
    form = _venue_form(request)
    return _written(
        request, form, lambda: commands.add_venue(actor=request.actor, now=clock.now(), given=form.given()),
        title=_("Add a venue"), cancel=reverse("venues:list"), parts=[(_("Add a venue"), "")],
    )  # fmt: skip


@idempotent
@signed_in(policy.MANAGE)
def change(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Change what is written about a venue."""
    found = queries.venue_to_manage(actor=request.actor, uuid=uuid)
    form = _venue_form(request, VenueForm.initial_of(found))
    return _written(
        request, form,
        lambda: commands.change_venue(actor=request.actor, now=clock.now(), venue=found, given=form.given()),
        title=_("Change the venue"), cancel=reverse("venues:venue", args=[uuid]),
        parts=[venue_crumb(found), (_("Change"), "")],
    )  # fmt: skip


@require_POST
@idempotent
@signed_in(policy.MANAGE)
def close(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Take a venue out of service."""
    found = queries.venue_to_manage(actor=request.actor, uuid=uuid)
    try:
        commands.close_venue(
            actor=request.actor, now=clock.now(), venue=found, reason=request.POST.get("reason", "")
        )  # fmt: skip
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The venue is closed."))
    return redirect("venues:venue", uuid)


@idempotent
@signed_in(policy.MANAGE)
def add_room(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Add a room."""
    found = queries.venue_to_manage(actor=request.actor, uuid=uuid)
    form = RoomForm(request.POST or None)
    return _written(
        request, form, lambda: commands.add_room(actor=request.actor, now=clock.now(), venue=found, given=form.given()),
        title=_("Add a room"), cancel=reverse("venues:venue", args=[uuid]),
        parts=[venue_crumb(found), (_("Add a room"), "")], onward=found,
    )  # fmt: skip


@idempotent
@signed_in(policy.MANAGE)
def change_room(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Change what is written about a room."""
    room = queries.room_to_manage(actor=request.actor, uuid=uuid)
    form = RoomForm(request.POST or None, initial=RoomForm.initial_of(room))
    return _written(
        request, form,
        lambda: commands.change_room(actor=request.actor, now=clock.now(), room=room, given=form.given()),
        title=room.name, cancel=reverse("venues:venue", args=[room.venue.uuid]),
        parts=[venue_crumb(room.venue), (room.name, "")], onward=room.venue,
    )  # fmt: skip


@idempotent
@signed_in(policy.MANAGE)
def add_layout(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Say how the venue serves a function, starting from what that usually takes."""
    found = queries.venue_to_manage(actor=request.actor, uuid=uuid)
    rooms, function = queries.rooms_of(found), request.GET.get("function", "")
    if function not in VenueFunction.values:
        function = VenueFunction.TESTING_SITE
    form = LayoutForm(request.POST or None, rooms=rooms, initial=_usual(function, rooms))
    return _written(
        request, form,
        lambda: commands.add_layout(actor=request.actor, now=clock.now(), venue=found, given=form.given()),
        title=_("Add a function"), cancel=reverse("venues:venue", args=[uuid]),
        parts=[venue_crumb(found), (_("Add a function"), "")], onward=found,
    )  # fmt: skip


@idempotent
@signed_in(policy.MANAGE)
def change_layout(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Change how a venue serves a function."""
    layout = queries.layout_to_manage(actor=request.actor, uuid=uuid)
    rooms = queries.rooms_of(layout.venue)
    form = LayoutForm(request.POST or None, rooms=rooms, initial=LayoutForm.initial_of(layout))
    return _written(
        request, form,
        lambda: commands.change_layout(actor=request.actor, now=clock.now(), layout=layout, given=form.given()),
        title=layout.get_function_display(), cancel=reverse("venues:venue", args=[layout.venue.uuid]),
        parts=[venue_crumb(layout.venue), (layout.get_function_display(), "")], onward=layout.venue,
    )  # fmt: skip


def _written(
    request: ActorRequest, form: Any, command: Callable[[], Any], *, title: str, cancel: str,
    parts: list[tuple[str, str]], onward: Venue | None = None,
) -> HttpResponse:  # fmt: skip
    """Take a form in by one command, or show it with what is wrong."""
    if request.method == "POST" and form.is_valid():
        try:
            made = command()
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("It is written down."))
            return redirect("venues:venue", (onward or made).uuid)
    context = {"page_title": title, "form": form, "cancel_url": cancel, "breadcrumbs": crumbs(*parts),
               **new_form_key()}  # fmt: skip
    return render(request, "venues/form.html", context, status=422 if form.errors else 200)


def _missing_functions(layouts: list[VenueLayout]) -> list[tuple[str, Any]]:
    known = {layout.function for layout in layouts}
    return [(value, label) for value, label in VenueFunction.choices if value not in known]


def _usual(function: str, rooms: list[Any]) -> dict[str, Any]:
    usual = template_of(function)
    layout = VenueLayout(
        function=function, capacity=sum(room.capacity for room in rooms) or 1, flows=usual.flows,
        equipment=[dict(entry) for entry in usual.equipment], hours_to_convert=usual.hours_to_convert,
        hours_to_return=usual.hours_to_return, suspends_steady=usual.suspends_steady,
        conversion_steps=list(usual.conversion_steps), return_steps=list(usual.return_steps),
    )  # fmt: skip
    layout.part_list = []  # type: ignore[attr-defined]
    return LayoutForm.initial_of(layout) | {"purposes": "\n".join(usual.purposes)}


def _venue_form(request: ActorRequest, initial: dict[str, Any] | None = None) -> VenueForm:
    operators = visible_organisations(request.actor).order_by("area_code", "name").values_list("pk", "name")[:500]
    return VenueForm(
        request.POST or None, initial=initial, areas=area_choices(request.actor, policy.MANAGE),
        operators=[(row_id, name) for row_id, name in operators],
    )  # fmt: skip


def _filter_form(request: ActorRequest) -> VenueFilterForm:
    return VenueFilterForm(request.GET, areas=area_choices(request.actor, policy.SEE))


def _list_actions(request: ActorRequest) -> list[dict[str, Any]]:
    actions: list[dict[str, Any]] = []
    if request.actor.may_somewhere(policy.MANAGE):
        actions.append({"label": _("Add a venue"), "url": reverse("venues:add"), "icon": "plus", "kind": "primary"})
    if request.actor.may_somewhere(policy.IMPORT):
        actions.append({"label": _("Import a table"), "url": reverse("venues:import"), "icon": "upload"})
    address = f"{reverse('venues:export')}?{request.GET.urlencode()}"
    return [*actions, {"label": _("Save as Excel"), "url": address, "icon": "download"}]


def _venue_actions(actor: Actor, found: Venue) -> list[dict[str, Any]]:
    actions: list[dict[str, Any]] = []
    if found.closed_at is not None:
        return actions
    if policy.can_book(actor, found) and not found.is_idle:
        address = reverse("venues:book", args=[found.uuid])
        actions.append({"label": _("Book a room"), "url": address, "icon": "calendar-event", "kind": "primary"})
    if policy.can_manage(actor, found):
        actions += [
            {"label": _("Add a room"), "url": reverse("venues:add_room", args=[found.uuid]), "icon": "plus"},
            {"label": _("Change"), "url": reverse("venues:change", args=[found.uuid]), "icon": "pencil"},
            {"label": _("Close for good"), "dialog": "close", "icon": "ban"},
        ]
    return actions


def _venue_badge(found: Venue, now: Any) -> dict[str, str]:
    if found.closed_at is not None:
        return {"label": _("Closed for good"), "tone": "ended"}
    if found.is_idle:
        return {"label": _("Empty property"), "tone": "waiting"}
    if is_open(found.opening_hours, now):
        return {"label": _("Open now"), "tone": "done"}
    return {"label": _("Closed now"), "tone": "neutral"}


def _facts(found: Venue) -> list[dict[str, Any]]:
    words = {True: pgettext("venue", "yes"), False: pgettext("venue", "no"), None: None}
    contact = " ".join(filter(None, (masked_name(found.contact_name), masked_phone(found.contact_phone))))
    return [
        {"term": pgettext("venue", "Address"), "value": found.address},
        {"term": _("Estate"), "value": found.estate.name if found.estate else None},
        {"term": _("Opening hours"), "value": hours_text(found.opening_hours)},
        {"term": _("Reached without steps"), "value": words[found.is_step_free]},
        {"term": _("Run by"), "value": found.operator.name if found.operator else None},
        {"term": _("Whom to ask"), "value": contact},
        {"term": _("Services offered"), "value": _(", ").join(found.services)},
        {"term": _("Stands for a time only"), "value": words[found.is_temporary]},
    ]
