"""
What people do in the response that is played: answer a call, stand at a post, carry an order out, ask, help, send.

Each does it through the product's own commands, with the own account where the command wants one. A few do it, not
thousands: the figures say how many.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from juxing.access.models import Account
from juxing.access.queries import actor_of
from juxing.activations.models import Activation
from juxing.command import commands as command
from juxing.command.models import MusterHolder, OrderDelivery, OrderReading
from juxing.dispatch import commands as dispatch
from juxing.dispatch.enums import RunTrigger
from juxing.dispatch.models import Task
from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting
from juxing.needs import commands as needs
from juxing.needs.enums import NeedStatus
from juxing.needs.models import Need
from juxing.places.models import Household
from juxing.responders import commands as responders
from juxing.responders.models import Muster
from juxing.site.demo.load import LoadedDistrict
from juxing.site.demo.simulate import needs_of_day
from juxing.supplies import commands as supplies
from juxing.supplies.enums import TransferStatus
from juxing.supplies.models import Transfer
from juxing_demo import District, generate_day

SYSTEM = Actor.system("demo")
EVERY_TENTH = 10
"""One in ten says no to the call."""
SHOWN = 60
"""How many of the called answer, and how many needs come in, for each street at most."""


def answer_calls(activation: Activation, streets: Iterable[str], *, now: datetime) -> dict[str, int]:
    """Let some of the called of each street answer; those who come arrive half an hour later."""
    counts = {"coming": 0, "declined": 0, "here": 0}
    with acting(SYSTEM):
        for street in streets:
            called = Muster.objects.within(street).filter(activation_id=activation.pk).order_by("id")
            for number, muster in enumerate(called[:SHOWN]):
                comes = number % EVERY_TENTH != 0
                step = "come" if comes else "decline"
                answered = responders.answer_muster(actor=SYSTEM, now=now, muster=muster, step=step)
                counts["coming" if comes else "declined"] += 1
                if comes:
                    later = now + timedelta(minutes=30)
                    responders.answer_muster(actor=SYSTEM, now=later, muster=answered, step="arrive")
                    counts["here"] += 1
    return counts


def stand_at_posts(activation: Activation, codes: Sequence[str], *, now: datetime) -> int:
    """Let the holders of these posts come and stand there; return how many."""
    with acting(SYSTEM):
        rows = MusterHolder.objects.filter(
            muster_post__activation=activation, muster_post__code__in=codes, arrived_at=None, released_at=None
        )
        holders = list(rows.select_related("account").order_by("id"))
        for holder in holders:
            command.arrive(actor=actor_of(holder.account, now=now), now=now, holder=holder)
    return len(holders)


def carry_orders_out(activation: Activation, said: str, *, now: datetime) -> int:
    """Let whoever got an order acknowledge it, and report it as done; return how many did."""
    done = 0
    with acting(SYSTEM):
        for delivery in OrderDelivery.objects.filter(order__activation=activation, acknowledged_at=None).order_by("id"):
            reading = OrderReading.objects.filter(delivery=delivery).select_related("account").first()
            if reading is None:
                continue
            actor = actor_of(reading.account, now=now)
            command.read_order(actor=actor, now=now, delivery=delivery)
            taken = command.acknowledge(actor=actor, now=now, delivery=delivery)
            taken = OrderDelivery.objects.select_related("order").get(pk=taken.pk)
            command.complete(actor=actor, now=now + timedelta(minutes=20), delivery=taken, report=said)
            done += 1
    return done


def serve_first_needs(
    district: District, loaded: LoadedDistrict, streets: Sequence[str], *, now: datetime
) -> dict[str, int]:
    """Let needs of these streets come in, match them, and let helpers bring what is asked; the residents confirm."""
    counts = {"asked": 0, "offered": 0, "served": 0}
    with acting(SYSTEM):
        code_of = dict(Household.objects.filter(pk__gte=loaded.households.start).values_list("id", "area_code"))
        wanted: dict[str, list[needs.NeedInput]] = {street: [] for street in streets}
        for _arrived, _row, given in needs_of_day(district, loaded, generate_day(district), midnight=now):
            here = wanted.get(code_of[given.household_id or 0][:9], [])
            if len(here) < SHOWN:
                here.append(replace(given, happened_at=now))
        made = needs.record_needs(
            actor=SYSTEM, now=now, inputs=[given for rows in wanted.values() for given in rows[:SHOWN]], is_demo=True
        )
    counts["asked"] = len(made.need_ids)
    for street in streets:
        later = now + timedelta(minutes=10)
        run = dispatch.run_matching(actor=SYSTEM, now=later, area_code=street, trigger=RunTrigger.SCHEDULE)
        with acting(SYSTEM):
            for task in Task.objects.filter(match__run=run).order_by("id"):
                counts["offered"] += 1
                counts["served"] += _serve(task, now=later)
    return counts


def _serve(task: Task, *, now: datetime) -> int:
    for after, step in ((1, dispatch.accept_task), (15, dispatch.check_in), (30, dispatch.finish_task)):
        step(actor=SYSTEM, now=now + timedelta(minutes=after), task=Task.objects.get(pk=task.pk))
    need = Need.objects.get(pk=task.need_id)
    if need.status == NeedStatus.FULFILLED:
        needs.confirm_need(actor=SYSTEM, now=now + timedelta(hours=1), need=need, score=5, comment="")
    return 1


def bring_goods(activation: Activation, *, most: int, now: datetime) -> int:
    """Send some of the transfers the conversion planned, and receive them; return how many."""
    with acting(SYSTEM):
        planned = Transfer.objects.filter(activation_id=activation.pk, status=TransferStatus.PLANNED).order_by("id")
        moved = list(planned[:most])
        for transfer in moved:
            sent = supplies.send_transfer(actor=SYSTEM, now=now, transfer=transfer)
            supplies.receive_transfer(actor=SYSTEM, now=now + timedelta(hours=1), transfer=sent, quantities={})
    return len(moved)


def account(role: str) -> Account:
    """Return the demo's first account of a role."""
    return Account.objects.filter(role_assignments__role=role, is_demo=True).order_by("id")[0]
