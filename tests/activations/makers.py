"""Makers for activations: two streets with organisations, people in roles, a plan in force, an incident."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from juxing.access.models import Account, RoleAssignment
from juxing.access.queries import actor_of
from juxing.access.roles import Role
from juxing.activations import commands
from juxing.activations.models import Activation, DecisionDocument, Incident, ModeConversion
from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting
from juxing.organisations.enums import OrganisationType
from juxing.organisations.models import Organisation
from juxing.places.enums import AreaLevel
from juxing.places.models import Area
from juxing.plans import commands as plans
from juxing.plans.models import PlanVersion
from tests.factories import (
    BEFORE,
    COMMUNITY,
    DISTRICT,
    OTHER_COMMUNITY,
    OTHER_STREET_COMMUNITY,
    STREET,
    make_areas,
)

SYSTEM = Actor.system("test")
OTHER_STREET = "990117002"
EPIDEMIC, RAINSTORM = "health.infectious_disease", "natural.meteorological.rainstorm"
COMMUNITIES = (COMMUNITY, OTHER_COMMUNITY, OTHER_STREET_COMMUNITY)


@dataclass(frozen=True, slots=True)
class District:
    """A small district ready to convert, and the accounts that act in it."""

    commander: Account
    second: Account
    operator: Account
    street_commander: Account
    version: PlanVersion
    incident: Incident

    def actor(self, account: Account, now: datetime) -> Actor:
        """Return the account as it stands at this moment."""
        return actor_of(account, now=now)


def make_person(role: str, area_code: str, name: str) -> Account:
    """Make an account without a password, quickly."""
    account = Account.objects.create(sign_in_name=name, display_name=name, created_at=BEFORE, is_demo=True)
    RoleAssignment.objects.create(account=account, role=role, area_code=area_code, starts_at=BEFORE)
    return account


def make_district(now: datetime, *, hazard: str = EPIDEMIC, responders: int = 24) -> District:
    """Make the district; call it inside ``acting``."""
    make_areas()
    for community in COMMUNITIES:
        Area.objects.create(
            code=f"{community}-E001", name="一村", level=AreaLevel.ESTATE, parent_code=community, source="local"
        )
        Area.objects.create(
            code=f"{community}-E001-G01", name="第一网格", level=AreaLevel.GRID, parent_code=f"{community}-E001",
            source="local",
        )  # fmt: skip
        Organisation.objects.create(
            area_code=community, name=f"居委会{community[-6:]}", organisation_type=OrganisationType.RESIDENTS_COMMITTEE
        )
        make_person(Role.COMMUNITY_SECRETARY, community, f"secretary-{community}")
        for number in range(6):
            make_person(Role.COMMUNITY_WORKER, community, f"worker{number}-{community}")
        make_person(Role.GRID_WORKER, f"{community}-E001-G01", f"grid-{community}")
        make_person(Role.BUILDING_HEAD, f"{community}-E001-G01", f"head-{community}")
        for number in range(responders):
            make_person(Role.RESPONDER, community, f"responder{number}-{community}")
    commander = make_person(Role.DISTRICT_COMMANDER, DISTRICT, "commander")
    second = make_person(Role.DISTRICT_OPERATOR, DISTRICT, "second")
    operator = make_person(Role.DISTRICT_OPERATOR, DISTRICT, "operator")
    street_commander = make_person(Role.STREET_COMMANDER, STREET, "street-commander")
    version = make_plan(commander, now, hazard=hazard)
    incident = make_incident(commander, now, hazard=hazard)
    return District(commander, second, operator, street_commander, version, incident)


def make_plan(commander: Account, now: datetime, *, hazard: str = EPIDEMIC, area_code: str = DISTRICT) -> PlanVersion:
    """Make a plan in force from the hazard's template."""
    actor = actor_of(commander, now=now)
    draft = plans.begin_plan(actor=actor, now=now, area_code=area_code, hazard=hazard, title=f"预案 {hazard}")
    return plans.approve_version(actor=actor, now=now, version=draft, undrilled_reason="first version")


def make_incident(account: Account, now: datetime, *, hazard: str = EPIDEMIC) -> Incident:
    """Make a reported incident over the district."""
    return commands.report_incident(
        actor=actor_of(account, now=now), now=now, area_code=DISTRICT, title="聚集性疫情", hazard=hazard
    )


def make_draft(place: District, now: datetime, **values: Any) -> Activation:
    """Make a previewed draft with its decision document, in the first street at level III for a week."""
    actor = place.actor(place.operator, now)
    draft = commands.draft_activation(
        actor=actor, now=now,
        **{"incident": place.incident, "version": place.version, "level": "level_3", "areas": [STREET],
           "ends_at": now + timedelta(days=7), "matter": "控制疫情扩散，保障生活", **values},
    )  # fmt: skip
    make_decision(place, draft, now)
    return commands.preview(actor=actor, now=now, activation=draft)


def make_decision(place: District, activation: Activation, now: datetime, *, number: str = "1号") -> DecisionDocument:
    """Record a decision of the city."""
    return commands.record_decision(
        actor=place.actor(place.operator, now), now=now, activation=activation, issuer="演示市人民政府", rank="city",
        number=number, issued_on=date(2026, 3, 9), legal_basis="突发事件应对法第七十二条",
    )  # fmt: skip


def start(place: District, now: datetime, **values: Any) -> Activation:
    """Make an activation and bring it into force with the signatures it needs; nothing is converted yet."""
    draft = make_draft(place, now, **values)
    commands.submit(actor=place.actor(place.operator, now), now=now, activation=draft)
    commands.approve(actor=place.actor(place.commander, now), now=now, activation=draft, digest=draft.digest)
    if draft.approvals_needed == 2:
        commands.approve(actor=place.actor(place.second, now), now=now, activation=draft, digest=draft.digest)
    return Activation.objects.get(pk=draft.pk)


def newest(activation: Activation) -> ModeConversion:
    """Return the activation's last conversion."""
    with acting(SYSTEM):
        return ModeConversion.objects.filter(activation=activation).order_by("-number")[0]
