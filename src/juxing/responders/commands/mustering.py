"""Answers to a call in a response, and calling the next nearest. Declining needs no reason and changes nothing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from juxing.activations.enums import RUNNING
from juxing.activations.models import Activation
from juxing.activations.previews import is_left_out, order_for
from juxing.activations.scoping import Scope, open_parts, street_orders
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.conversion import ConversionOrder
from juxing.kernel.refusals import NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.responders import policy
from juxing.responders.conversion import STEP
from juxing.responders.gates import require_gates
from juxing.responders.lifecycle import MUSTER
from juxing.responders.models import Muster
from juxing.responders.mustering import Group, plan_musters

PROCESS = Actor.system("muster")
GATED = frozenset({"come", "arrive"})
MUSTER_STEPS = {"come": "answered_at", "decline": "answered_at", "arrive": "arrived_at", "release": "released_at"}


@transaction.atomic
def answer_muster(*, actor: Actor, now: datetime, muster: Muster, step: str) -> Muster:
    """
    Say that one comes, cannot, is here, or is released; staff may note it for them.

    Raises:
        WrongState: if it was answered otherwise in the meantime, or the response has ended.
        Refusal: to come or arrive while what the task asks is not shown (any more), naming it and how to get it.
    """
    if muster.ends_at <= now:
        raise Refusal("response_over", _("This response is over. Thank you."))
    if step in GATED and muster.task_type:
        require_gates(muster.responder_id, muster.task_type, on=localdate(now))
    moved = max(now, muster.called_at)
    return MUSTER.move(muster, step, actor=actor, now=now, changes={MUSTER_STEPS[step]: moved})


def kept_out(*, actor: Actor, now: datetime, activation: Activation) -> list[Group]:
    """
    Return what is still wanted at the actor's places with who is near and able but has not shown what it asks.

    Reads only; the next nearest who has shown it is called by ``call_next``.
    """
    areas = actor.areas_with(policy.MUSTER)
    with acting(PROCESS):
        found = Activation.objects.select_related("plan_version").get(pk=activation.pk)
        if found.status not in RUNNING or found.ends_at <= now:
            return []
        orders = _orders(found, areas, now=now)
        return [group for order in orders for group in plan_musters(order) if group.kept_out]


def call_next(*, actor: Actor, now: datetime, activation: Activation) -> int:
    """
    Call the next nearest for everybody who cannot come, in the parts in force at the actor's places; return how many.

    Raises:
        NotPermitted: if the actor calls nobody anywhere in this response.
        Refusal: if the response is no longer in force, or its preview left calling people out.
    """
    areas = actor.areas_with(policy.MUSTER)
    with acting(PROCESS), transaction.atomic():
        locked = Activation.objects.select_for_update(of=("self",)).select_related("plan_version").get(pk=activation.pk)
        if locked.status not in RUNNING or locked.ends_at <= now:
            raise Refusal("response_over", _("This response is over. Thank you."))
        if is_left_out(locked, STEP.code):
            raise Refusal("muster_left_out", _("Calling people was struck out of this response when it was signed."))
        orders = _orders(locked, areas, now=now)
        if not orders:
            raise NotPermitted
        return sum(STEP.convert(order)["mustered"] for order in orders)


def _orders(activation: Activation, areas: Areas, *, now: datetime) -> list[ConversionOrder]:
    """Return what the response asks of the parts in force at these places, street by street."""
    parts = [part for part in open_parts(activation, now) if Areas([part.area_code]) & areas]
    scopes = [
        Scope(code, part.level, part.until) for part in parts for code in (Areas([part.area_code]) & areas).prefixes
    ]
    return [order_for(activation, street, step=STEP.code, now=now) for street in street_orders(scopes)]
