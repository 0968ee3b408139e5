"""Adding organisations, their teams and action branches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.organisations import policy
from juxing.organisations.commands.words import plain_name, recorded, require_area, require_kind
from juxing.organisations.enums import BranchType, OrganisationType, TeamType
from juxing.organisations.models import ActionBranch, Organisation, Team

ADDED = journal.declare_action("organisations.organisation.add", _("Organisation added"))
CHANGED = journal.declare_action("organisations.organisation.change", _("Organisation changed"))
TEAM_ADDED = journal.declare_action("organisations.team.add", _("Team added"))
BRANCH_ADDED = journal.declare_action("organisations.branch.add", _("Action branch added"))
BRANCH_CHANGED = journal.declare_action("organisations.branch.change", _("Action branch changed"))
HIGHEST_CAPABILITIES = 12


@dataclass(frozen=True, slots=True)
class BranchPurpose:
    """What an action branch is for: objective, lever (抓手), vehicle (载体) and target group (对象)."""

    objective: str = ""
    lever: str = ""
    vehicle: str = ""
    target_group: str = ""

    def cut(self) -> dict[str, str]:
        """Return the words as columns hold them."""
        return {
            "objective": self.objective.strip()[:400], "lever": self.lever.strip()[:200],
            "vehicle": self.vehicle.strip()[:200], "target_group": self.target_group.strip()[:200],
        }  # fmt: skip


@transaction.atomic
def add_organisation(
    *, actor: Actor, now: datetime, area_code: str, name: str, organisation_type: str, is_demo: bool = False
) -> Organisation:
    """
    Add an organisation to a place.

    Raises:
        InvalidInput: if the place has one of this name, the type is unknown, or there is no such place.
    """
    actor.require(policy.MANAGE, area_code)
    require_area(area_code)
    require_kind(organisation_type, OrganisationType.values, field="organisation_type")
    plain = plain_name(name)
    if Organisation.objects.filter(area_code=area_code, name=plain).exists():
        raise InvalidInput("organisation_known", _("This place has an organisation of this name."), field="name")
    added = Organisation.objects.create(
        area_code=area_code, name=plain, organisation_type=organisation_type, is_demo=is_demo
    )
    return recorded(ADDED, added, actor=actor, now=now)


@transaction.atomic
def describe_organisation(
    *, actor: Actor, now: datetime, organisation: Organisation, supervising_department: str, capabilities: str
) -> Organisation:
    """Write down who supervises the organisation, and what it can do beyond its kind; words are separated by commas."""
    require_manager(actor, organisation)
    words = [" ".join(word.split())[:30] for word in capabilities.replace("，", ",").replace("、", ",").split(",")]
    organisation.supervising_department = " ".join(supervising_department.split())[:80]
    organisation.capabilities = list(dict.fromkeys(word for word in words if word))[:HIGHEST_CAPABILITIES]
    organisation.save(update_fields=["supervising_department", "capabilities"])
    journal.record(CHANGED, actor=actor, subject=organisation, happened_at=now)
    return organisation


@transaction.atomic
def add_team(
    *,
    actor: Actor,
    now: datetime,
    organisation: Organisation,
    name: str,
    team_type: str,
    steady_duties: str = "",
    emergency_duties: str = "",
    muster_minutes: int | None = None,
) -> Team:
    """Add a standing team to an organisation: its duties in ordinary days, and when called."""
    require_manager(actor, organisation)
    require_kind(team_type, TeamType.values, field="team_type")
    if muster_minutes is not None and not 0 <= muster_minutes <= 1440:
        raise InvalidInput("minutes_bad", _("Between 0 and 1440 minutes."), field="muster_minutes")
    team = Team.objects.create(
        organisation=organisation, area_code=organisation.area_code, name=plain_name(name), team_type=team_type,
        steady_duties=steady_duties.strip()[:400], emergency_duties=emergency_duties.strip()[:400],
        muster_minutes=muster_minutes,
    )  # fmt: skip
    return recorded(TEAM_ADDED, team, actor=actor, now=now)


@transaction.atomic
def add_branch(
    *,
    actor: Actor,
    now: datetime,
    organisation: Organisation,
    name: str,
    branch_type: str,
    objective: str = "",
    lever: str = "",
    vehicle: str = "",
    target_group: str = "",
) -> ActionBranch:
    """Add one of the five action branches to an organisation."""
    require_manager(actor, organisation)
    require_kind(branch_type, BranchType.values, field="branch_type")
    branch = ActionBranch.objects.create(
        organisation=organisation, area_code=organisation.area_code, name=plain_name(name), branch_type=branch_type,
        **BranchPurpose(objective, lever, vehicle, target_group).cut(),
    )  # fmt: skip
    return recorded(BRANCH_ADDED, branch, actor=actor, now=now)


@transaction.atomic
def change_branch(*, actor: Actor, now: datetime, branch: ActionBranch, purpose: BranchPurpose) -> ActionBranch:
    """Write down anew what the branch is for."""
    actor.require(policy.MANAGE, branch.area_code)
    values = purpose.cut()
    for column, value in values.items():
        setattr(branch, column, value)
    branch.save(update_fields=list(values))
    journal.record(BRANCH_CHANGED, actor=actor, subject=branch, happened_at=now)
    return branch


def require_manager(actor: Actor, organisation: Organisation) -> None:
    """Raise unless the actor keeps the organisation's register."""
    if not policy.can_manage(actor, organisation):
        raise NotPermitted
