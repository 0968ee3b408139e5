"""A response brought into force as the commanders do it, for the stories that begin after that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from juxing.kernel import clock
from juxing.kernel.actors import Actor
from tests.stories.telling import SECOND_COMMUNITY

COMMANDER, OPERATOR = "district_commander-990117", "district_operator-990117"


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What happens where; ``signers`` are as many as the level demands."""

    hazard: str
    title: str
    planned_for: str
    place: str
    level: str
    matter: str
    number: str
    signers: Sequence[str] = (COMMANDER,)


NO_GAS = Response(
    hazard="accident.public_facility.gas", title="燃气停供", planned_for="990117", place=SECOND_COMMUNITY,
    level="level_3", matter="停气期间保障热食", number="云府2026-9号",
)  # fmt: skip


def in_force(wanted: Response) -> str:
    """Bring a response into force over one place and convert it; return its identifier."""
    from juxing.access.models import Account
    from juxing.access.queries import actor_of
    from juxing.activations import commands, execution
    from juxing.activations.models import ModeConversion
    from juxing.plans import commands as plans
    from juxing.plans.models import PlanVersion

    now = clock.now()

    def acting_as(name: str) -> Actor:
        return actor_of(Account.objects.get(sign_in_name=name), now=now)

    commander, operator = acting_as(COMMANDER), acting_as(OPERATOR)
    known = PlanVersion.objects.filter(plan__hazard=wanted.hazard, plan__area_code=wanted.planned_for)
    version = known.filter(status="approved").first()
    if version is None:
        begun = plans.begin_plan(
            actor=commander, now=now, area_code=wanted.planned_for, hazard=wanted.hazard, title=f"{wanted.title}预案"
        )
        version = plans.approve_version(actor=commander, now=now, version=begun, undrilled_reason="首版")
    incident = commands.report_incident(
        actor=operator, now=now, area_code=wanted.place[:12], title=wanted.title, hazard=wanted.hazard
    )
    draft = commands.draft_activation(
        actor=operator, now=now, incident=incident, version=version, level=wanted.level, areas=[wanted.place],
        ends_at=now + timedelta(days=2), matter=wanted.matter,
    )  # fmt: skip
    commands.record_decision(
        actor=operator, now=now, activation=draft, issuer="云间区人民政府", rank="district", number=wanted.number,
        issued_on=now.date(), legal_basis="突发事件应对法第七十二条",
    )  # fmt: skip
    commands.preview(actor=operator, now=now, activation=draft)
    draft.refresh_from_db()
    commands.submit(actor=operator, now=now, activation=draft)
    for name in wanted.signers:
        commands.approve(actor=acting_as(name), now=now, activation=draft, digest=draft.digest)
    execution.carry_out(ModeConversion.objects.get(activation=draft).uuid, clock=clock.now)
    return str(draft.uuid)
