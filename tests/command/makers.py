"""Makers for command: a response converted, with everybody called up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from juxing.access.models import Account
from juxing.activations import execution
from juxing.activations.models import Activation
from juxing.command.models import MusterHolder, OrderDelivery
from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting
from tests.activations.makers import SYSTEM, District, newest, start


def converted(place: District, now: datetime, **values: Any) -> Activation:
    """Return a response in force whose streets are converted."""
    running = start(place, now, **values)
    execution.carry_out(newest(running).uuid, clock=lambda: now)
    return running


def holder_of(activation: Activation, code: str, slot: str = "primary") -> MusterHolder:
    """Return who was called to the first post of this code."""
    with acting(SYSTEM):
        rows = MusterHolder.objects.filter(muster_post__activation=activation, muster_post__code=code, slot=slot)
        return rows.select_related("account", "muster_post__activation").order_by("id")[0]


def delivery_to(account: Account) -> OrderDelivery:
    """Return the newest order in this person's hands."""
    with acting(SYSTEM):
        rows = OrderDelivery.objects.filter(readings__account=account).select_related("order__activation")
        return rows.order_by("-id")[0]


def as_holder(place: District, holder: MusterHolder, now: datetime) -> Actor:
    """Return the called person as an actor."""
    return place.actor(holder.account, now)
