"""Who may administer accounts, and read the journal."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from juxing.access.models import Account, BreakGlassAccess, Export, RoleAssignment
from juxing.access.roles import COMMAND, COMMUNITY_DESK, DOORSTEP, KEPT_APART, Role
from juxing.kernel.actors import Actor
from juxing.kernel.models import JournalEntry
from juxing.kernel.rights import declare

ADMINISTER = declare("access.administer", _("Give and end roles"), roles={Role.SYSTEM_ADMIN})
READ_JOURNAL = declare(
    "access.read_journal", _("Read what was done by whom"),
    roles={Role.SECURITY_AUDITOR, Role.PRIVACY_OFFICER, *COMMAND, *COMMUNITY_DESK},
)  # fmt: skip

BREAKING_THE_GLASS = frozenset({*COMMAND, *COMMUNITY_DESK, *DOORSTEP, Role.HOTLINE_AGENT})
BREAK_GLASS = declare(
    "access.break_glass", _("In an emergency, open another place of the district for an hour"),
    roles=BREAKING_THE_GLASS,
)  # fmt: skip
REVIEW_BREAK_GLASS = declare(
    "access.review_break_glass", _("Review what was opened in an emergency"), roles={Role.PRIVACY_OFFICER}
)


APPROVE_EXPORT = declare(
    "access.approve_export", _("Approve exports of many persons, as the second of two"),
    roles={Role.PRIVACY_OFFICER, Role.DISTRICT_COMMANDER, Role.STREET_COMMANDER},
)  # fmt: skip
SEE_EXPORTS = declare(
    "access.see_exports", _("See what left the system as files"),
    roles={Role.PRIVACY_OFFICER, Role.SECURITY_AUDITOR, Role.DISTRICT_COMMANDER, Role.STREET_COMMANDER},
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


def can_review(actor: Actor, access: BreakGlassAccess) -> bool:
    """Whether the actor may judge this access; never one's own."""
    return access.account_id != actor.account_id and actor.may(REVIEW_BREAK_GLASS, access.area_code)


def visible_break_glass(actor: Actor) -> QuerySet[BreakGlassAccess]:
    """Accesses to the places the actor reviews, whoever took them."""
    return BreakGlassAccess.objects.filter(actor.areas_with(REVIEW_BREAK_GLASS).condition())


def can_approve_export(actor: Actor, export: Export) -> bool:
    """Whether the actor may be the second of two; never for the own request."""
    return export.account_id != actor.account_id and actor.may(APPROVE_EXPORT, export.area_code)


def visible_exports(actor: Actor) -> QuerySet[Export]:
    """The actor's own exports, and those of the places the actor oversees."""
    mine = Q(account_id=actor.account_id or 0)
    return Export.objects.filter(mine | actor.areas_with(SEE_EXPORTS).condition())
