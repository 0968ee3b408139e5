"""Computed sharings, and who gets what in one of them."""

from __future__ import annotations

from uuid import UUID

from django.db.models.functions import Substr

from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.places.models import Area
from juxing.supplies import policy
from juxing.supplies.models import AllocationLine, AllocationRun, SupplyRequest

RUN_ORDER = ("-id",)
SHARE_ORDER = ("id",)
PROVINCE_LENGTH, CITY_LENGTH = 2, 4


def runs_page(*, actor: Actor, cursor: str | None = None) -> Page[AllocationRun]:
    """Return sharings, newest first."""
    return page_of(policy.visible_runs(actor), order=RUN_ORDER, cursor=cursor)


def run_of(*, actor: Actor, uuid: UUID) -> AllocationRun:
    """
    Return one sharing.

    Raises:
        NotVisible: if it does not exist for the actor.
    """
    run = policy.visible_runs(actor).filter(uuid=uuid).first()
    if run is None:
        raise NotVisible
    return run


def shares_page(
    *, actor: Actor, run: AllocationRun, item: str = "", reason: str = "", organisation: str = "",
    cursor: str | None = None,
) -> Page[AllocationLine]:  # fmt: skip
    """Return a run's lines, shared items first; an offer from outside the actor's places stays without its supplier."""
    lines = AllocationLine.objects.inside(actor.areas_with(policy.VIEW)).filter(run=run)
    if item:
        lines = lines.filter(request__item__code=item)
    if reason:
        lines = lines.filter(reason=reason)
    if organisation:
        lines = lines.filter(request__organisation__name__startswith=organisation)
    lines = lines.select_related("request__organisation", "request__item", "offer__organisation")
    return page_of(lines, order=SHARE_ORDER, cursor=cursor)


def places_to_share_in(*, actor: Actor) -> list[tuple[str, str]]:
    """Return (code, name) of the places where the actor may share out; provinces with requests when that is all."""
    areas = actor.areas_with(policy.SHARE_OUT)
    codes = list(areas.prefixes) if not areas.everywhere else _used(actor, PROVINCE_LENGTH)
    return _named(codes)


def places_to_weigh(*, actor: Actor, area_code: str) -> list[tuple[str, str]]:
    """Return (code, name) of the places inside one from which requests come, two digits finer than the place."""
    length = next((size for size in (CITY_LENGTH, 6, 9, 12) if size > len(area_code)), 12)
    return _named(_used(actor, length, within=area_code))


def _used(actor: Actor, length: int, *, within: str = "") -> list[str]:
    rows = SupplyRequest.objects.inside(actor.areas_with(policy.SHARE_OUT)).within(within)
    codes = rows.order_by().values_list(Substr("area_code", 1, length), flat=True).distinct()
    return sorted(code for code in codes if len(code) == length)


def _named(codes: list[str]) -> list[tuple[str, str]]:
    names = dict(Area.objects.filter(code__in=codes).values_list("code", "name"))
    return [(code, names.get(code, code)) for code in codes]
