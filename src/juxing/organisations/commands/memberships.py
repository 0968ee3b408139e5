"""Who belongs to a team, an action branch or a temporary body, and who leads it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.access.models import Account, RoleAssignment
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput
from juxing.organisations import policy
from juxing.organisations.commands.words import recorded, require_kind
from juxing.organisations.enums import Office
from juxing.organisations.models import ActionBranch, Membership, Organisation, Team, TemporaryBody

Group = Team | ActionBranch | TemporaryBody
JOINED = journal.declare_action("organisations.membership.join", _("Joined a team or branch"))
LEFT = journal.declare_action("organisations.membership.leave", _("Left a team or branch"))
COLUMN_OF: dict[type, str] = {Team: "team", ActionBranch: "branch", TemporaryBody: "body"}
LEADERS = (Office.SECRETARY, Office.DEPUTY_SECRETARY)


@transaction.atomic
def join(
    *,
    actor: Actor,
    now: datetime,
    group: Group,
    account: Account,
    office: str = Office.MEMBER,
    organisation: Organisation | None = None,
) -> Membership:
    """
    Let an account belong to a team, branch or body from now on; a new secretary relieves the one before.

    Raises:
        InvalidInput: if the person belongs to it in this office already, the body is dissolved, or secretary and
            deputies of an action branch would come out of the same organisation.
    """
    right = policy.FORM_BODIES if isinstance(group, TemporaryBody) else policy.MANAGE
    actor.require(right, group.area_code)
    require_kind(office, Office.values, field="office")
    if isinstance(group, TemporaryBody) and group.dissolved_at is not None:
        raise InvalidInput("body_dissolved", _("This was dissolved; nobody joins any more."))
    column = COLUMN_OF[type(group)]
    locked = type(group).objects.select_for_update().get(pk=group.pk)
    standing = Membership.objects.filter(**{column: locked}, ends_at__isnull=True)
    if standing.filter(account=account, office=office).exists():
        raise InvalidInput("member_known", _("This person belongs to it already."), field="account")
    standing.filter(account=account).update(ends_at=now)
    if office == Office.SECRETARY:
        standing.filter(office=Office.SECRETARY).update(ends_at=now)
    if isinstance(locked, ActionBranch) and office in LEADERS:
        _require_other_organisations(locked, organisation)
    home = RoleAssignment.objects.in_force(now).filter(account=account).order_by("area_code").first()
    member = Membership.objects.create(
        **{column: locked}, area_code=locked.area_code, account=account, office=office, organisation=organisation,
        organisation_name=organisation.name if organisation else "",
        home_area_code=organisation.area_code if organisation else (home.area_code if home else ""), starts_at=now,
    )  # fmt: skip
    return recorded(JOINED, member, actor=actor, now=now)


@transaction.atomic
def leave(*, actor: Actor, now: datetime, membership: Membership) -> None:
    """End a membership; whoever belongs to it may leave, without a reason. Leaving twice changes nothing."""
    if actor.account_id is None or actor.account_id != membership.account_id:
        right = policy.FORM_BODIES if membership.body_id else policy.MANAGE
        actor.require(right, membership.area_code)
    if Membership.objects.filter(pk=membership.pk, ends_at__isnull=True).update(ends_at=now):
        journal.record(LEFT, actor=actor, subject=membership, happened_at=now)


def _require_other_organisations(branch: ActionBranch, organisation: Organisation | None) -> None:
    if organisation is None:
        raise InvalidInput(
            "organisation_needed", _("Secretary and deputies come out of an organisation. Choose it."),
            field="organisation",
        )  # fmt: skip
    leaders = Membership.objects.filter(branch=branch, ends_at__isnull=True, office__in=LEADERS)
    if leaders.filter(organisation=organisation).exists():
        raise InvalidInput(
            "organisation_leads_already",
            _("Secretary and deputies come out of different organisations; this one gives one already."),
            field="organisation",
        )
