"""Lists of requests and offers, and single ones with their story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.models import Job, JournalEntry
from juxing.kernel.refusals import InvalidInput, NotVisible
from juxing.kernel.scope import ScopedQuerySet
from juxing.organisations.models import Organisation
from juxing.supplies import policy
from juxing.supplies.models import AllocationLine, Donation, SupplyLine, SupplyList, SupplyOffer, SupplyRequest

Line = TypeVar("Line", SupplyRequest, SupplyOffer)
LINE_ORDER = ("-id",)
RECENT = 10
MOST_PARTS = 20


@dataclass(frozen=True, slots=True)
class LineFilters:
    """What narrows a list; "" and False do not."""

    organisation: str = ""
    item: str = ""
    status: str = ""
    area_code: str = ""
    is_unknown_quantity: bool = False
    is_unsettled: bool = False
    is_rest: bool = False


def requests_page(*, actor: Actor, filters: LineFilters, cursor: str | None = None) -> Page[SupplyRequest]:
    """Return requests, newest first."""
    rows = _narrowed(policy.visible_requests(actor), filters)
    if filters.status:
        rows = rows.filter(status=filters.status)
    if filters.is_rest:
        rows = rows.filter(remainder_of__isnull=False)
    return page_of(rows, order=LINE_ORDER, cursor=cursor)


def offers_page(*, actor: Actor, filters: LineFilters, cursor: str | None = None) -> Page[SupplyOffer]:
    """Return offers, newest first."""
    return page_of(_narrowed(policy.visible_offers(actor), filters), order=LINE_ORDER, cursor=cursor)


def request_of(*, actor: Actor, uuid: UUID) -> SupplyRequest:
    """
    Return one request.

    Raises:
        NotVisible: if it does not exist for the actor.
    """
    return _one(policy.visible_requests(actor), uuid)


def offer_of(*, actor: Actor, uuid: UUID) -> SupplyOffer:
    """
    Return one offer.

    Raises:
        NotVisible: if it does not exist for the actor.
    """
    return _one(policy.visible_offers(actor), uuid)


def timeline_of(line: SupplyLine) -> list[JournalEntry]:
    """Return what happened to a line, newest first."""
    return list(journal.entries_about(line._meta.label_lower, line.uuid)[:50])


def shares_of(*, actor: Actor, request: SupplyRequest) -> list[AllocationLine]:
    """Return what computed sharings gave the request, newest run first."""
    lines = AllocationLine.objects.inside(actor.areas_with(policy.VIEW)).filter(request=request)
    return list(lines.select_related("run", "offer__organisation").order_by("-run_id", "id")[:RECENT])


def parts_of(*, actor: Actor, request: SupplyRequest) -> list[SupplyRequest]:
    """Return the other requests this one was parted into or from, oldest first; at most twenty."""
    seen, layer = {request.pk}, [request]
    found: list[SupplyRequest] = []
    while layer and len(found) < MOST_PARTS:
        ids = [one.pk for one in layer]
        near = Q(remainder_of__in=ids) | Q(pk__in=[one.remainder_of_id for one in layer if one.remainder_of_id])
        layer = list(policy.visible_requests(actor).filter(near).exclude(pk__in=seen).order_by("id"))
        seen |= {one.pk for one in layer}
        found += layer
    return sorted(found, key=lambda one: one.pk)[:MOST_PARTS]


def organisation_named(name: str, *, actor: Actor) -> Organisation:
    """
    Return the organisation of exactly this name where the actor records.

    Raises:
        InvalidInput: if there is none, or several.
    """
    found = list(Organisation.objects.inside(actor.areas_with(policy.RECORD)).filter(name=name.strip())[:2])
    if len(found) != 1:
        raise InvalidInput(
            "organisation_unknown", _("The register holds no organisation of exactly this name, or several."),
            field="organisation",
        )  # fmt: skip
    return found[0]


def list_of(*, actor: Actor, uuid: UUID) -> tuple[SupplyList, Job | None]:
    """
    Return a list that was sent, and the job that takes it in.

    Raises:
        NotVisible: if it does not exist for the actor.
    """
    sent = policy.visible_lists(actor).defer("content").filter(uuid=uuid).first()
    if sent is None:
        raise NotVisible
    return sent, Job.objects.filter(uuid=sent.job_uuid).first() if sent.job_uuid else None


def recent_lists(*, actor: Actor) -> Sequence[SupplyList]:
    """Return the lists sent last."""
    return list(policy.visible_lists(actor).defer("content").order_by("-uploaded_at")[:RECENT])


def _narrowed(rows: ScopedQuerySet[Line], filters: LineFilters) -> ScopedQuerySet[Line]:
    rows = rows.select_related("organisation", "item", *_first(rows))
    if filters.organisation:
        rows = rows.filter(organisation__name__startswith=filters.organisation)
    if filters.item:
        rows = rows.filter(Q(item__code=filters.item) | Q(written_item__startswith=filters.item))
    if filters.area_code:
        rows = rows.within(filters.area_code)
    if filters.is_unknown_quantity:
        rows = rows.filter(quantity__isnull=True)
    if filters.is_unsettled:
        rows = rows.filter(item__isnull=True, is_mapping_confirmed=False)
    return rows


def _first(rows: ScopedQuerySet[Line]) -> list[str]:
    return ["remainder_of"] if rows.model is SupplyRequest else []


def _one(rows: ScopedQuerySet[Line], uuid: UUID) -> Line:
    found = rows.select_related("organisation", "item", *_first(rows)).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def is_pledged(offer: SupplyOffer) -> bool:
    """Whether the offer became a donation."""
    return Donation.objects.filter(offer=offer).exists()
