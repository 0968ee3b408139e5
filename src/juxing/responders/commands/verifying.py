"""Who someone is and where they stand: verified, placed, paused, back, gone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from juxing.kernel.actors import Actor
from juxing.places.models import Area
from juxing.responders import policy
from juxing.responders.commands.leaving import leave_rosters
from juxing.responders.lifecycle import RESPONDER
from juxing.responders.models import Availability, Responder


@transaction.atomic
def verify_responder(*, actor: Actor, now: datetime, responder: Responder) -> Responder:
    """Confirm who this is and what they can do; from now on they are asked."""
    return RESPONDER.move(responder, "verify", actor=actor, now=now)


@transaction.atomic
def verify_many(*, actor: Actor, now: datetime, uuids: Iterable[UUID]) -> int:
    """
    Verify everyone of these who waits for it and whom the actor may verify, in a few statements; return how many.

    Others in the list are left as they are: a colleague may have been faster.
    """
    theirs = Responder.objects.inside(actor.areas_with(policy.VERIFY)).filter(uuid__in=list(uuids))
    return len(RESPONDER.move_many(list(theirs.values_list("id", flat=True)), "verify", actor=actor, now=now))


@transaction.atomic
def place_responder(*, actor: Actor, now: datetime, responder: Responder) -> Responder:
    """Note that they have a fixed post; they are still asked."""
    return RESPONDER.move(responder, "place", actor=actor, now=now)


@transaction.atomic
def release_responder(*, actor: Actor, now: datetime, responder: Responder) -> Responder:
    """Note that they no longer have a fixed post."""
    return RESPONDER.move(responder, "release", actor=actor, now=now)


@transaction.atomic
def pause_responder(*, actor: Actor, now: datetime, responder: Responder) -> Responder:
    """Stop asking them until they come back."""
    return RESPONDER.move(responder, "pause", actor=actor, now=now)


@transaction.atomic
def return_responder(*, actor: Actor, now: datetime, responder: Responder) -> Responder:
    """Take them back; a person looks once more before they are asked."""
    return RESPONDER.move(responder, "return", actor=actor, now=now)


@transaction.atomic
def withdraw_responder(*, actor: Actor, now: datetime, responder: Responder) -> Responder:
    """
    Let them go for good and remove what says who they are.

    What they did stays in the journal, without a name of theirs in this register; their point becomes the
    community's. Dispatch follows the journal and gives their open tasks to others; alternates take their shifts.
    """
    area = Area.objects.filter(code=responder.area_code).first()
    leave_rosters(responder, now=now)
    Availability.objects.filter(responder=responder).delete()
    return RESPONDER.move(
        responder,
        "withdraw",
        actor=actor,
        now=now,
        changes={
            "name": "", "phone": "", "phone_index": "", "account": None, "skills": [], "languages": [],
            "home_unit": None, "is_available": False, "link_digest": "", "longitude": (area and area.longitude) or 0.0,
            "latitude": (area and area.latitude) or 0.0,
        },
    )  # fmt: skip
