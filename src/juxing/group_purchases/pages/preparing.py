"""Preparing a purchase: the sheet, buildings, packages, times and helpers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from juxing.group_purchases import commands, policy
from juxing.group_purchases.forms import (
    BearersForm,
    BuildingsForm,
    PackageForm,
    PurchaseForm,
    SlotForm,
    said_of,
    said_of_package,
)
from juxing.group_purchases.models import GroupPurchase, PickupSlot, PurchasePackage
from juxing.group_purchases.pages.shown import back_to, one_form, url
from juxing.group_purchases.queries import purchases as queries
from juxing.kernel import clock
from juxing.kernel.areas import Areas
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import Refusal
from juxing.kernel.web import ActorRequest, carried_out, signed_in
from juxing.needs.queries.doors import estate_choices
from juxing.supplies.queries.agreements import suppliers_near


@idempotent
@signed_in(policy.ORGANISE)
def prepare(request: ActorRequest) -> HttpResponse:
    """Begin a purchase."""
    places = estate_choices(request.actor.areas_with(policy.ORGANISE))
    near = suppliers_near(request.actor.areas_with(policy.ORGANISE))
    form = PurchaseForm(
        request.POST or None, places=places, suppliers=near, initial={"organiser_name": request.actor.name}
    )

    def act(_data: dict[str, Any]) -> GroupPurchase:
        return commands.prepare_purchase(actor=request.actor, now=clock.now(), given=form.given())

    done = carried_out(request, form, act, done=_("Prepared. Choose the buildings and add the packages next."))
    if done:
        return back_to(done.made, "buildings")
    return one_form(request, form, title=_("Prepare a group purchase"), back=reverse("group_purchases:list"))


@idempotent
@signed_in(policy.TAKE_PART)
def change(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Correct what stands on the sign."""
    found = queries.purchase_to_run(request.actor, uuid)
    near = suppliers_near(Areas([found.area_code]))
    form = PurchaseForm(request.POST or None, places=[], suppliers=near, purchase=found, initial=said_of(found, near))

    def act(_data: dict[str, Any]) -> GroupPurchase:
        return commands.change_purchase(actor=request.actor, now=clock.now(), purchase=found, given=form.given())

    if carried_out(request, form, act, done=_("Saved.")):
        return back_to(found)
    return one_form(request, form, title=_("Change the group purchase"), back=url(found, "purchase"), purchase=found)


@idempotent
@signed_in(policy.TAKE_PART)
def buildings(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Choose whose doors may order."""
    found = queries.purchase_to_run(request.actor, uuid)
    chosen = [str(pk) for pk in found.buildings.values_list("building_id", flat=True)]
    form = BuildingsForm(
        request.POST or None, buildings=queries.buildings_to_choose(found), initial={"buildings": chosen}
    )

    def act(_data: dict[str, Any]) -> None:
        commands.set_buildings(actor=request.actor, now=clock.now(), purchase=found, buildings=form.chosen())

    if carried_out(request, form, act, done=_("Saved.")):
        return back_to(found)
    return one_form(request, form, title=_("Whose doors may order?"), back=url(found, "purchase"), purchase=found)


@idempotent
@signed_in(policy.TAKE_PART)
def bearers(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Name those who hand out."""
    found = queries.purchase_to_run(request.actor, uuid)
    names = found.bearers.order_by("id").values_list("account__sign_in_name", flat=True)
    form = BearersForm(request.POST or None, initial={"bearers": "\n".join(names)})

    def act(_data: dict[str, Any]) -> None:
        commands.set_bearers(actor=request.actor, now=clock.now(), purchase=found, sign_in_names=form.names())

    if carried_out(request, form, act, done=_("Saved.")):
        return back_to(found)
    return one_form(request, form, title=_("Who hands out?"), back=url(found, "purchase"), purchase=found)


@idempotent
@signed_in(policy.TAKE_PART)
def add_package(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Offer a package."""
    found = queries.purchase_to_run(request.actor, uuid)
    form = PackageForm(request.POST or None)

    def act(_data: dict[str, Any]) -> PurchasePackage:
        return commands.add_package(actor=request.actor, now=clock.now(), purchase=found, given=form.given())

    if carried_out(request, form, act, done=_("The package is on the list.")):
        return back_to(found)
    return one_form(request, form, title=_("Add a package"), back=url(found, "purchase"), purchase=found)


@idempotent
@signed_in(policy.TAKE_PART)
def package(request: ActorRequest, uuid: UUID, package: UUID) -> HttpResponse:
    """Correct a package while nobody can order yet."""
    found = queries.purchase_to_run(request.actor, uuid)
    one = queries.package_of(found, package)
    form = PackageForm(request.POST or None, initial=said_of_package(one))

    def act(_data: dict[str, Any]) -> None:
        commands.change_package(actor=request.actor, now=clock.now(), package=one, given=form.given())

    if carried_out(request, form, act, done=_("Saved.")):
        return back_to(found)
    title = _("Package %(code)s") % {"code": one.code}
    return one_form(request, form, title=title, back=url(found, "purchase"), purchase=found)


@require_POST
@idempotent
@signed_in(policy.TAKE_PART)
def remove_package(request: ActorRequest, uuid: UUID, package: UUID) -> HttpResponse:
    """Take a package off."""
    found = queries.purchase_to_run(request.actor, uuid)
    one = queries.package_of(found, package)
    return _done(request, found, lambda: commands.remove_package(actor=request.actor, now=clock.now(), package=one))


@idempotent
@signed_in(policy.TAKE_PART)
def add_slot(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Add a time for picking up."""
    found = queries.purchase_to_run(request.actor, uuid)
    last = found.slots.order_by("-starts_at").first()
    initial: dict[str, Any] = {"place": found.pickup_place[:80], "doors": 10, "starts": found.expected_at}
    if last is not None:
        length = last.ends_at - last.starts_at
        initial = {"place": last.place, "doors": last.doors, "starts": last.ends_at, "ends": last.ends_at + length}
    form = SlotForm(request.POST or None, initial=initial)

    def act(data: dict[str, Any]) -> PickupSlot:
        return commands.add_slot(
            actor=request.actor, now=clock.now(), purchase=found, place=data["place"], period=form.period(),
            doors=data["doors"],
        )  # fmt: skip

    if carried_out(request, form, act, done=_("The time is on the list.")):
        return back_to(found)
    return one_form(request, form, title=_("Add a pickup time"), back=url(found, "purchase"), purchase=found,
                    page_subtitle=_("So few doors at a time that nobody meets."))  # fmt: skip


@require_POST
@idempotent
@signed_in(policy.TAKE_PART)
def remove_slot(request: ActorRequest, uuid: UUID, slot: UUID) -> HttpResponse:
    """Take a time off."""
    found = queries.purchase_to_run(request.actor, uuid)
    one = queries.slot_of(found, slot)
    return _done(request, found, lambda: commands.remove_slot(actor=request.actor, now=clock.now(), slot=one))


def _done(request: ActorRequest, found: GroupPurchase, act: Any) -> HttpResponse:
    try:
        act()
        messages.success(request, _("Taken off."))
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    return back_to(found)
