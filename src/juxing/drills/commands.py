"""Drills: prepared, played by themselves or held with people, ended with what they measured of the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.activations import commands as activations
from juxing.activations import previews, scoping
from juxing.activations.models import Activation
from juxing.command.models import CommandOrder
from juxing.drills import playing, policy
from juxing.drills.enums import DrillKind, DrillStatus
from juxing.drills.lifecycle import DRILL
from juxing.drills.measuring import measured
from juxing.drills.models import Drill
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.exercise import HeldBack, exercising
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.plans import commands as plans
from juxing.plans.enums import ResponseLevel, VersionStatus
from juxing.plans.models import PlanVersion
from juxing.reviews.commands import note_tested

PREPARED = journal.declare_action("drills.drill.prepare", _("Drill prepared"))
INJECTED = journal.declare_action("drills.drill.inject", _("Inject of a drill given"))
PROCESS = previews.PROCESS
DRILLED = (VersionStatus.DRAFT, VersionStatus.APPROVED)


@transaction.atomic
def prepare_drill(
    *, actor: Actor, now: datetime, version: PlanVersion, title: str, kind: str = DrillKind.TABLETOP,
    level: str = ResponseLevel.LEVEL_2, areas: Sequence[str] = (), injects: Sequence[Mapping[str, Any]] = (),
    speed: int = 1, seed: int = 1, planned_at: datetime | None = None,
) -> Drill:  # fmt: skip
    """
    Prepare a drill of a version, draft or in force, at the plan's places ([]: all of it).

    Raises:
        NotPermitted: if the actor may not hold drills at all of these places.
        InvalidInput: if the title, level, kind, speed or an inject cannot be used.
        Refusal: if the version was replaced or given up.
    """
    plain = " ".join(title.split())
    if not plain or len(plain) > 80:
        raise InvalidInput("title_bad", _("Write a title of up to 80 characters."), field="title")
    if level not in ResponseLevel.values:
        raise InvalidInput("level_unknown", _("Choose a level from the list."), field="level")
    if kind not in DrillKind.values:
        raise InvalidInput("kind_unknown", _("Choose from the list."), field="kind")
    if not 1 <= speed <= 120:
        raise InvalidInput("speed_bad", _("Between 1 and 120 exercise minutes a minute."), field="speed")
    if version.status not in DRILLED:
        raise Refusal("version_over", _("This version was replaced or given up. Drill the newest one."))
    with acting(PROCESS):
        codes = scoping.expanded(areas or [version.area_code])
        place = scoping.common_place(codes)
        if not all(code in Areas([version.area_code]) for code in codes):
            raise InvalidInput("area_outside", _("The place lies outside the plan's."), field="areas")
        if not all(code in actor.areas_with(policy.HOLD) for code in codes):
            raise NotPermitted
        drill = Drill.objects.create(
            version=version, area_code=place, title=plain, kind=kind, level=level, areas=codes,
            injects=[_inject(row, number) for number, row in enumerate(injects)], speed=speed, seed=seed,
            planned_at=planned_at or now, prepared_by_id=actor.account_id,
        )  # fmt: skip
        journal.record(PREPARED, actor=actor, subject=drill, happened_at=now, changes={"exercise": True})
    return drill


@transaction.atomic
def run_by_itself(*, actor: Actor, now: datetime, drill: Drill) -> Drill:
    """
    Play the drill on a simulated clock and keep nothing of it but what it measured.

    Raises:
        NotPermitted: if the actor may not hold it.
        Refusal: if the plan cannot be drilled there.
        WrongState: if it is under way or over.
    """
    if not policy.can_hold(actor, drill):
        raise NotPermitted
    with acting(PROCESS):
        full = Drill.objects.select_related("version__plan").get(pk=drill.pk)
        with exercising() as held_back, transaction.atomic():
            activation = playing.play(full, now=now)
            found = measured(activation, held_back=held_back)
            transaction.set_rollback(True)
        ended = DRILL.move(
            full, "end", actor=actor, now=now,
            changes={"measures": dict(found.measures), "score": found.score, "started_at": now, "ended_at": now,
                     "kind": DrillKind.COMPUTED},
        )  # fmt: skip
        _note(now, full.version)
        note_tested(now=now, version=full.version, drill=full.uuid, reason=str(_("Tested by a computed drill")))
    return ended


@transaction.atomic
def start_drill(*, actor: Actor, second: Actor, now: datetime, drill: Drill) -> Drill:
    """
    Begin a drill with people: an exercise activation in force, its conversion under way, the clock running.

    ``second`` is another person who may lead there; two sign even an exercise where the level demands it.

    Raises:
        NotPermitted: if one of them may not hold it.
        Refusal: if the plan cannot be drilled there.
        WrongState: if it is not planned (any more).
    """
    if not policy.can_hold(actor, drill) or not policy.can_hold(second, drill):
        raise NotPermitted
    with acting(PROCESS), exercising():
        full = Drill.objects.select_related("version__plan").get(pk=drill.pk)
        activation = playing.begun(full, [actor, second], now=now)
        return DRILL.move(
            full, "start", actor=actor, now=now, changes={"activation_id": activation.pk, "started_at": now}
        )


def advance_all(*, now: datetime) -> int:
    """Give the injects of running drills whose exercise time has come; return how many."""
    with acting(PROCESS):
        ids = list(Drill.objects.filter(status=DrillStatus.RUNNING).values_list("pk", flat=True))
    return sum(advance(pk, now=now) for pk in ids)


@transaction.atomic
def advance(drill_id: int, *, now: datetime) -> int:
    """Give the injects of one drill whose time has come, once each; return how many."""
    with acting(PROCESS), exercising():
        drill = Drill.objects.select_for_update(of=("self",)).select_related("activation").get(pk=drill_id)
        if drill.status != DrillStatus.RUNNING or drill.activation is None or drill.started_at is None:
            return 0
        elapsed = (now - drill.started_at).total_seconds() / 60 * drill.speed
        given = 0
        for number, inject in enumerate(drill.injects):
            if number < drill.injects_given or inject["after_min"] > elapsed:
                continue
            try:
                with transaction.atomic():
                    playing.inject_order(drill.activation, PROCESS, number, inject, now=now, speed=drill.speed)
            except Refusal as refusal:
                if refusal.code != "nobody_there" or CommandOrder.objects.filter(activation=drill.activation).exists():
                    raise
                break
            given += 1
            drill.injects_given = number + 1
            journal.record(INJECTED, actor=PROCESS, subject=drill, happened_at=now,
                           changes={"exercise": True, "number": number})  # fmt: skip
        if given:
            drill.save(update_fields=["injects_given"])
    return given


@transaction.atomic
def end_drill(*, actor: Actor, now: datetime, drill: Drill) -> Drill:
    """
    End a drill with people: measured, stood down, its version noted as drilled.

    Raises:
        NotPermitted: if the actor may not hold it, or stand the exercise down.
        WrongState: if it is not under way.
    """
    if not policy.can_hold(actor, drill):
        raise NotPermitted
    with acting(PROCESS):
        full = Drill.objects.select_related("version__plan", "activation__plan_version__plan").get(pk=drill.pk)
        if full.activation is None:
            raise Refusal("drill_not_begun", _("This drill has not begun."))
        found = measured(full.activation, speed=full.speed, held_back=HeldBack())
        activations.stand_down(
            actor=actor, now=now, activation=Activation.objects.get(pk=full.activation.pk), reason=full.title,
            left_open_reason=full.title,
        )  # fmt: skip
        ended = DRILL.move(
            full, "end", actor=actor, now=now,
            changes={"measures": dict(found.measures), "score": found.score, "ended_at": now},
        )  # fmt: skip
        _note(now, full.version)
        note_tested(now=now, version=full.version, drill=full.uuid, activation=full.activation)
    return ended


@transaction.atomic
def cancel_drill(*, actor: Actor, now: datetime, drill: Drill) -> Drill:
    """Give a planned drill up."""
    return DRILL.move(drill, "cancel", actor=actor, now=now)


def _note(now: datetime, version: PlanVersion) -> None:
    """Note that the version was drilled: a draft may then come into force."""
    plans.note_drill(actor=PROCESS, now=now, version=version)


def _inject(row: Mapping[str, Any], number: int) -> dict[str, Any]:
    title, text = str(row.get("title", "")).strip(), str(row.get("text", "")).strip()
    after = row.get("after_min", 0)
    if not title or len(title) > 80 or not isinstance(after, int) or not 0 <= after <= 60 * 24:
        raise InvalidInput(
            "inject_bad", _("Inject %(number)d wants a title and a minute.") % {"number": number + 1}, field="injects"
        )
    return {"after_min": after, "title": title, "text": (text or title)[:2000],
            "post_codes": [str(code) for code in row.get("post_codes", [])]}  # fmt: skip
