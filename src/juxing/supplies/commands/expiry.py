"""Goods whose time is over are set aside by themselves: they are stock no longer; a person disposes of them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting
from juxing.supplies.commands.accounts import LEDGER, depot_places
from juxing.supplies.commands.posting import Line, Posting, post
from juxing.supplies.enums import MoveKind, PlaceKind
from juxing.supplies.models import StockBalance, StockLevel

AT_ONCE = 500


@transaction.atomic
def set_aside_expired(*, now: datetime) -> int:
    """
    Set aside what expired on depots' shelves, as far as nobody was promised it; return how many lots.

    What is promised stays, so that the promise is noticed: it cannot be handed out, and the page of use-by dates
    shows it as expired.
    """
    with acting(LEDGER):
        due = StockBalance.objects.filter(
            quantity__gt=0, expires_on__lt=localdate(now), is_frozen=False, place__kind=PlaceKind.DEPOT
        ).select_related("place").order_by("expires_on", "id")[:AT_ONCE]  # fmt: skip
        found = list(due)
        depots = {one.place.depot_id for one in found if one.place.depot_id}
        levels = StockLevel.objects.select_for_update().filter(depot__in=depots).order_by("depot_id", "item_id")
        free = {(level.depot_id, level.item_id): level.free for level in levels}
        aside = depot_places(depots, PlaceKind.SET_ASIDE)
        postings = []
        for one in found:
            depot = one.place.depot_id or 0
            part = min(one.quantity, free.get((depot, one.item_id), 0))
            if part > 0:
                free[depot, one.item_id] -= part
                postings.append(
                    Posting(MoveKind.SET_ASIDE, [Line(one.place_id, aside[depot], one.lot_id, part)], reason="expired")
                )
        return post(postings, actor=Actor.system("supplies"), now=now)
