"""
A drill played by itself: the plan's orders on a simulated clock, answered by a seeded simulation of people.

The commands are those of a real response; only the answers are simulated, and each is one of a post, not of a person:
whoever holds it answers with the same chances. Everything is rolled back by the caller. Same plan, register and seed
give the same result, but for the seconds of conversion, which are measured.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

from juxing.access.models import Account, RoleAssignment
from juxing.access.queries import actor_of
from juxing.access.roles import Role
from juxing.activations import commands as activations
from juxing.activations import execution
from juxing.activations.models import Activation, ModeConversion
from juxing.command import commands as command
from juxing.command.enums import DeliveryStatus, Urgency
from juxing.command.models import CommandOrder, MusterHolder, OrderDelivery, OrderReading
from juxing.drills.measuring import INJECT
from juxing.drills.models import Drill
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import Refusal

COMES, COMES_B = 0.9, 0.95
ARRIVES_MIN, ACKNOWLEDGES_MIN, WORKS_MIN = 25.0, 4.0, 12.0
END_AFTER = timedelta(minutes=30)
AFTER = 1
"""Rank of what is reported: after the acknowledgements of the same minute."""


Together = Callable[[Sequence[int], datetime], object]
"""What many do in the same minute: the ids of their rows, and when."""
MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class Clock:
    """Events on a simulated clock, in order of time, of their rank and of being planned."""

    now: datetime
    events: list[tuple[datetime, int, int, Callable[[datetime], object]]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)
    together: dict[tuple[datetime, Together], list[int]] = field(default_factory=dict)

    def at(self, moment: datetime, act: Callable[[datetime], object], *, rank: int = 0) -> None:
        """Plan something."""
        heapq.heappush(self.events, (moment, rank, next(self.numbers), act))

    def soon(self, moment: datetime, act: Together, row: int, *, rank: int = 0) -> None:
        """Plan what one of many does; it happens with what others do alike at the end of that minute."""
        end = moment.replace(second=0, microsecond=0) + MINUTE
        rows = self.together.get((end, act))
        if rows is None:
            rows = self.together[end, act] = []
            self.at(end, partial(act, rows), rank=rank)
        rows.append(row)

    def run(self, until: datetime) -> None:
        """Let everything planned up to a moment happen."""
        while self.events and self.events[0][0] <= until:
            moment, _rank, _number, act = heapq.heappop(self.events)
            self.now = moment
            act(moment)
        self.now = until


def play(drill: Drill, *, now: datetime) -> Activation:
    """
    Play the drill's plan from the decision to its last step; call it inside a scope that is rolled back.

    Raises:
        Refusal: if the plan cannot be drilled at these places.
    """
    leaders = [_leader(drill, role, number, now) for number, role in
               enumerate((Role.DISTRICT_COMMANDER, Role.DISTRICT_OPERATOR))]  # fmt: skip
    activation = begun(drill, leaders, now=now)
    conversion = ModeConversion.objects.get(activation=activation, number=1)
    execution.carry_out(conversion.uuid, clock=lambda: now)
    clock = Clock(now)
    luck = random.Random(drill.seed)  # noqa: S311 - chances of a simulation, not a secret
    play_people(activation, clock, luck)
    end = play_orders(drill, activation, leaders[0], clock, luck)
    minutes = int((end - now).total_seconds() // 60)
    for minute in range(0, minutes + 1, 5):
        clock.at(now + timedelta(minutes=minute), lambda moment: _follow_up(moment, activation, clock, luck))
    clock.run(end)
    return activation


def begun(drill: Drill, leaders: Sequence[Actor], *, now: datetime, hours: int = 24) -> Activation:
    """Bring an exercise activation of the drill's version into force, signed by two."""
    first, second = leaders
    incident = activations.report_incident(
        actor=first, now=now, area_code=drill.area_code, title=drill.title[:80], hazard=drill.version.plan.hazard
    )
    draft = activations.draft_activation(
        actor=first, now=now, incident=incident, version=drill.version, level=drill.level, areas=drill.areas,
        ends_at=now + timedelta(hours=hours), matter=drill.title, is_exercise=True,
    )  # fmt: skip
    activations.record_decision(
        actor=first, now=now, activation=draft, issuer="exercise", rank="state", number=f"drill-{drill.pk}",
        issued_on=now.date(), legal_basis="exercise",
    )  # fmt: skip
    draft.refresh_from_db()
    draft = activations.preview(actor=first, now=now, activation=draft)
    activations.submit(actor=first, now=now, activation=draft)
    for leader in (first, second)[: draft.approvals_needed]:
        activations.approve(actor=leader, now=now, activation=draft, digest=draft.digest)
    return Activation.objects.select_related("incident", "plan_version__plan").get(pk=draft.pk)


def play_people(activation: Activation, clock: Clock, luck: random.Random) -> None:
    """Let called people answer and arrive, each post by the same chances."""
    holders = MusterHolder.objects.filter(muster_post__activation=activation, released_at=None)
    for pk, slot in holders.order_by("muster_post__area_code", "muster_post_id", "id").values_list("pk", "slot"):
        comes = luck.random() < (COMES if slot == "primary" else COMES_B)
        answered = clock.now + timedelta(minutes=luck.expovariate(1 / 6))
        clock.soon(answered, _come if comes else _cannot_come, pk)
        if comes:
            clock.soon(answered + timedelta(minutes=luck.expovariate(1 / ARRIVES_MIN)), _arrive, pk)


def play_orders(drill: Drill, activation: Activation, leader: Actor, clock: Clock, luck: random.Random) -> datetime:
    """Plan the orders of the playbook and the injects; return when the last of them is due and some time more."""
    start, level = clock.now, drill.level
    content = drill.version.content
    rows = [row for row in content.get("playbook", ()) if level <= row.get("from_level", "level_4")]
    for row in rows:
        give = partial(_give_step, activation, leader, row)
        clock.at(start + timedelta(minutes=row.get("after_min", 0)), _given(give, clock, luck))
    for number, inject in enumerate(drill.injects):
        give = partial(_give_inject, activation, leader, (number, inject))
        clock.at(start + timedelta(minutes=inject["after_min"]), _given(give, clock, luck))
    ends = [row.get("due_min", 60) for row in rows if row.get("due_min", 60) <= 24 * 60]
    ends += [inject["after_min"] + 60 for inject in drill.injects]
    return start + timedelta(minutes=max(ends, default=60)) + END_AFTER


def step_order(
    activation: Activation, leader: Actor, row: Mapping[str, Any], *, now: datetime, speed: int = 1
) -> CommandOrder:
    """Give the order that carries out one step of the playbook, to the post that answers for it."""
    minutes = max(1, row.get("due_min", 60) - row.get("after_min", 0))
    return command.issue_order(
        actor=leader, now=now, activation=activation, title=str(row["title"])[:80],
        text=str(row.get("text") or row["title"]), post_codes=[row["responsible"]], urgency=Urgency.URGENT,
        due_at=now + timedelta(minutes=minutes / speed), playbook_code=row["code"],
    )  # fmt: skip


def inject_order(
    activation: Activation, leader: Actor, number: int, inject: Mapping[str, Any], *, now: datetime, speed: int = 1
) -> CommandOrder:
    """Give an inject as the order it leads to: within an exercise hour."""
    return command.issue_order(
        actor=leader, now=now, activation=activation, title=str(inject["title"])[:80], text=str(inject["text"]),
        post_codes=inject.get("post_codes", []), urgency=Urgency.LIFE,
        due_at=now + timedelta(minutes=60 / speed), playbook_code=f"{INJECT}{number}",
    )  # fmt: skip


def _give_step(activation: Activation, leader: Actor, row: Mapping[str, Any], now: datetime) -> CommandOrder:
    return step_order(activation, leader, row, now=now)


def _give_inject(
    activation: Activation, leader: Actor, inject: tuple[int, Mapping[str, Any]], now: datetime
) -> CommandOrder:
    return inject_order(activation, leader, *inject, now=now)


def _given(give: Callable[[datetime], CommandOrder], clock: Clock, luck: random.Random) -> Callable[[datetime], object]:
    """Return the giving of an order; one that reaches no post is given to nobody, and that is what is measured."""

    def act(moment: datetime) -> None:
        try:
            order = give(moment)
        except Refusal:
            return
        _play_order(order, clock, luck)

    return act


def _play_order(order: CommandOrder, clock: Clock, luck: random.Random) -> None:
    """Let the posts that have the order in hand acknowledge and carry it out."""
    held = OrderDelivery.objects.filter(order=order, readings__isnull=False).distinct()
    for pk in held.order_by("id").values_list("pk", flat=True):
        _play_delivery(pk, clock, luck)


def _play_delivery(pk: int, clock: Clock, luck: random.Random) -> None:
    if luck.random() >= COMES:
        return
    acknowledged = clock.now + timedelta(minutes=luck.expovariate(1 / ACKNOWLEDGES_MIN))
    clock.soon(acknowledged, _acknowledge, pk)
    clock.soon(acknowledged + timedelta(minutes=luck.expovariate(1 / WORKS_MIN)), _complete, pk, rank=AFTER)


def _follow_up(moment: datetime, activation: Activation, clock: Clock, luck: random.Random) -> None:
    waiting = {"order__activation": activation, "status": DeliveryStatus.WAITING, "check_at__lte": moment}
    due = list(OrderDelivery.objects.filter(**waiting, resent_at=None).order_by("id").values_list("pk", flat=True))
    command.follow_up(now=moment)
    for pk in due:
        if OrderReading.objects.filter(delivery_id=pk).exists():
            _play_delivery(pk, clock, luck)


def _come(rows: Sequence[int], moment: datetime) -> None:
    command.play_answers(holders=rows, is_coming=True, now=moment)


def _cannot_come(rows: Sequence[int], moment: datetime) -> None:
    command.play_answers(holders=rows, is_coming=False, now=moment)


def _arrive(rows: Sequence[int], moment: datetime) -> None:
    command.play_arrivals(holders=rows, now=moment)


def _acknowledge(rows: Sequence[int], moment: datetime) -> None:
    command.play_acknowledgements(deliveries=rows, now=moment)


def _complete(rows: Sequence[int], moment: datetime) -> None:
    command.play_reports(deliveries=rows, now=moment)


def _leader(drill: Drill, role: Role, number: int, now: datetime) -> Actor:
    """Return somebody who may lead, for the time of the transaction only."""
    account = Account.objects.create(
        sign_in_name=f"exercise-{drill.uuid}-{number}", display_name=f"exercise {number + 1}", created_at=now
    )
    RoleAssignment.objects.create(
        account=account, role=role, area_code=drill.area_code, starts_at=now - timedelta(minutes=1)
    )
    return actor_of(account, now=now)
