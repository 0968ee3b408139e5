"""Adding and renaming estates, grids, buildings and doors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.web import ActorRequest, carried_out, new_form_key, signed_in
from juxing.places import commands, policy, queries
from juxing.places.codes import SEPARATOR
from juxing.places.forms import BuildingForm, DoorForm, EstateForm, NameForm, NewBuildingForm, NewDoorForm


@idempotent
@signed_in(policy.MANAGE)
def add_estate(request: ActorRequest, community_code: str) -> HttpResponse:
    """Add an estate to a community."""
    community = queries.area_to_manage(actor=request.actor, code=community_code)
    return _form_page(
        request, EstateForm(request.POST or None), page_title=_("Add an estate"), page_subtitle=community.name,
        back=_area_page(community_code), done=_("The estate is added."),
        act=lambda filled: commands.add_estate(
            actor=request.actor, now=clock.now(), community_code=community_code, **filled
        ),
    )  # fmt: skip


@idempotent
@signed_in(policy.MANAGE)
def rename_area(request: ActorRequest, code: str) -> HttpResponse:
    """Give an estate or a grid another name."""
    area = queries.area_to_manage(actor=request.actor, code=code)
    return _form_page(
        request, NameForm(request.POST or None, initial={"name": area.name}), page_title=_("Change the name"),
        page_subtitle=f"{area.get_level_display()} {area.name}", done=_("The name is changed."),
        back=_area_page(code.rpartition(SEPARATOR)[0] or code),
        act=lambda filled: commands.rename_area(actor=request.actor, now=clock.now(), code=code, **filled),
    )  # fmt: skip


@idempotent
@signed_in(policy.MANAGE)
def add_grid(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Add a grid to an estate."""
    estate = queries.estate(actor=request.actor, uuid=uuid)
    return _form_page(
        request, NameForm(request.POST or None), page_title=_("Add a grid"), page_subtitle=estate.name,
        back=reverse("places:estate", args=[uuid]), done=_("The grid is added."),
        act=lambda filled: commands.add_grid(actor=request.actor, now=clock.now(), estate=estate, **filled),
    )  # fmt: skip


@idempotent
@signed_in(policy.MANAGE)
def add_building(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Add a building to an estate."""
    estate = queries.estate(actor=request.actor, uuid=uuid)
    form = NewBuildingForm(request.POST or None, grids=queries.grids_of(estate))
    return _form_page(
        request, form, page_title=_("Add a building"), page_subtitle=estate.name, done=_("The building is added."),
        back=reverse("places:estate", args=[uuid]),
        act=lambda filled: commands.add_building(actor=request.actor, now=clock.now(), estate=estate, **filled),
    )  # fmt: skip


@idempotent
@signed_in(policy.MANAGE)
def change_building(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Correct a building's number, floors and lift."""
    building = queries.building(actor=request.actor, uuid=uuid)
    known = {name: getattr(building, name) for name in ("label", "floors", "has_lift")}
    return _form_page(
        request, BuildingForm(request.POST or None, initial=known), page_title=_("Change the building"),
        page_subtitle=f"{building.estate.name} {building.label}", done=_("The building is changed."),
        back=reverse("places:building", args=[uuid]),
        act=lambda filled: commands.change_building(actor=request.actor, now=clock.now(), building=building, **filled),
    )  # fmt: skip


@idempotent
@signed_in(policy.MANAGE)
def add_household(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Add a door to a building."""
    building = queries.building(actor=request.actor, uuid=uuid)
    return _form_page(
        request, NewDoorForm(request.POST or None), page_title=_("Add a door"),
        page_subtitle=f"{building.estate.name} {building.label}", done=_("The door is added."),
        back=reverse("places:building", args=[uuid]),
        act=lambda filled: commands.add_household(actor=request.actor, now=clock.now(), building=building, **filled),
    )  # fmt: skip


@idempotent
@signed_in(policy.MANAGE)
def change_household(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Correct how a door is written, and its floor."""
    household = queries.household(actor=request.actor, uuid=uuid)
    known = {"door": household.door, "floor": household.floor}
    return _form_page(
        request, DoorForm(request.POST or None, initial=known), page_title=_("Change the door"),
        page_subtitle=f"{household.building.estate.name} {household.building.label} {household.door}",
        back=reverse("places:building", args=[household.building.uuid]), done=_("The door is changed."),
        act=lambda filled: commands.change_household(
            actor=request.actor, now=clock.now(), household=household, **filled
        ),
    )  # fmt: skip


def _form_page(
    request: ActorRequest, form: forms.Form, *, act: Callable[[dict[str, Any]], object], back: str, done: str,
    **context: str,
) -> HttpResponse:  # fmt: skip
    """Show the form, or act on it and go back; a refusal is shown beside its field, and what was typed stays."""
    if carried_out(request, form, act, done=done):
        return redirect(back)
    shown = {"form": form, "cancel_url": back, **new_form_key(), **context}
    return render(request, "places/form.html", shown, status=422 if form.errors else 200)


def _area_page(code: str) -> str:
    return f"{reverse('places:areas')}?area={code}"
