"""Committed requests served from a depot: goods leave its shelves for the organisation, the request is dispatched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from juxing.kernel.actors import Actor
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting
from juxing.supplies import policy
from juxing.supplies.commands.accounts import COMMUNITY_LENGTH, LEDGER, area_places, depot_place
from juxing.supplies.commands.picking import Wanted, pick
from juxing.supplies.commands.posting import Line, Posting, post
from juxing.supplies.commands.remainders import open_rests
from juxing.supplies.enums import MoveKind, PlaceKind
from juxing.supplies.lifecycle import REQUEST
from juxing.supplies.models import Depot, SupplyRequest

SUBJECT = "supplies.request"


@transaction.atomic
def serve_requests(*, actor: Actor, now: datetime, depot: Depot, requests: Sequence[int]) -> Decimal:
    """
    Hand out of a depot what is committed to these requests (ids), all or none, and return how many units that was.

    First expired, first out; goods given for another place are left. The ledger names the place of the organisation,
    the movement its request. What nobody committed of a request stands open as a request of its own.

    Raises:
        NotPermitted: if the actor may not move stock here.
        OutOfStock: if the depot has too little that is free.
        Refusal: if a request is not committed, or nothing of it is.
    """
    actor.require(policy.MOVE_STOCK, depot.area_code)
    moved = REQUEST.move_many(list(requests), "dispatch", actor=actor, now=now)
    rows = list(SupplyRequest.objects.filter(pk__in=moved).order_by("id"))
    if len(rows) != len(set(requests)) or any(not row.committed_quantity or row.item_id is None for row in rows):
        raise Refusal(
            "not_committed", _("Goods can be sent only where some are committed. Look at the requests again.")
        )
    with acting(LEDGER):
        place = depot_place(depot)
        ends = area_places(PlaceKind.ORGANISATIONS, (row.area_code for row in rows))
        wanted = [Wanted(place, row.item_id or 0, row.committed_quantity, row.area_code) for row in rows]
        postings = [
            Posting(
                MoveKind.HAND_OUT,
                [Line(place, ends[row.area_code[:COMMUNITY_LENGTH]], lot, part) for lot, part in parts],
                key=f"request {row.pk} served", subject=(SUBJECT, row.uuid),
            )
            for row, parts in zip(rows, pick(wanted, today=localdate(now)), strict=True)
        ]  # fmt: skip
        post(postings, actor=actor, now=now)
    open_rests(moved, actor=actor, now=now)
    return sum((Decimal(row.committed_quantity) for row in rows), Decimal(0))
