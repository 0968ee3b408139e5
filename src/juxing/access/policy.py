"""Who may administer accounts, and read the journal."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from juxing.access.models import Account, RoleAssignment
from juxing.access.roles import COMMAND, COMMUNITY_DESK, KEPT_APART, Role
from juxing.kernel.actors import Actor
from juxing.kernel.models import JournalEntry
from juxing.kernel.rights import declare

ADMINISTER = declare("access.administer", _("Give and end roles"), roles={Role.SYSTEM_ADMIN})
READ_JOURNAL = declare(
    "access.read_journal", _("Read what was done by whom"),
    roles={Role.SECURITY_AUDITOR, Role.PRIVACY_OFFICER, *COMMAND, *COMMUNITY_DESK},
)  # fmt: skip


def can_administer(actor: Actor, account: Account) -> bool:
    """Whether every role the account was ever given lies within the actor's own administration."""
    areas = actor.areas_with(ADMINISTER)
    return bool(areas) and all(
        area_code in areas for area_code in account.role_assignments.values_list("area_code", flat=True)
    )


def can_issue_token(actor: Actor, account: Account, *, now: datetime) -> bool:
    """Whether the actor may make a key that acts as this account; nobody makes one for auditor or privacy officer."""
    kept_apart = account.role_assignments.in_force(now).filter(role__in=KEPT_APART)
    return can_administer(actor, account) and not kept_apart.exists()


def visible_accounts(actor: Actor) -> QuerySet[Account]:
    """Accounts for which ``can_administer`` holds: those with a role elsewhere are another administrator's."""
    areas = actor.areas_with(ADMINISTER)
    if not areas:
        return Account.objects.none()
    if areas.everywhere:
        return Account.objects.all()
    elsewhere = RoleAssignment.objects.filter(account=OuterRef("pk")).exclude(areas.condition())
    return Account.objects.filter(~Exists(elsewhere))


def visible_entries(actor: Actor) -> QuerySet[JournalEntry]:
    """Journal entries of the places whose journal the actor reads."""
    return JournalEntry.objects.inside(actor.areas_with(READ_JOURNAL))
