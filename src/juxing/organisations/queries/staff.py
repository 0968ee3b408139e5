"""Reading the staff register."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Prefetch

from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.organisations import policy
from juxing.organisations.models import StaffMember, StaffTraining, WorkEvaluation, WorkObjective


def staff_page(*, actor: Actor, area_code: str = "", line: str = "", cursor: str | None = None) -> Page[StaffMember]:
    """Return entries of the register the actor may see at a place, by place."""
    rows = policy.visible_staff(actor).within(area_code).filter(left_on__isnull=True)
    if line:
        rows = rows.filter(line=line)
    return page_of(rows.select_related("account", "organisation"), order=("area_code", "id"), cursor=cursor)


def staff_member(*, actor: Actor, uuid: UUID) -> StaffMember:
    """Return one entry the actor may see; NotVisible if there is none such."""
    found = policy.visible_staff(actor).select_related("account", "organisation").filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def current_entries(account_ids: Sequence[int]) -> list[StaffMember]:
    """Return who of these accounts is in the staff register now; call it in the system's scope."""
    return list(StaffMember.objects.filter(account_id__in=account_ids, left_on__isnull=True).order_by("id"))


def trainings_of(member: StaffMember) -> list[StaffTraining]:
    """Return what somebody was trained in, the newest first."""
    return list(StaffTraining.objects.filter(member=member).order_by("-completed_on", "-id")[:100])


def objectives_of(member: StaffMember) -> list[WorkObjective]:
    """Return objectives of work with their evaluations, the newest year first; two statements."""
    seen = Prefetch("evaluations", queryset=WorkEvaluation.objects.order_by("side"), to_attr="sides")
    return list(WorkObjective.objects.filter(member=member).prefetch_related(seen).order_by("-year", "id")[:100])


def objective(*, actor: Actor, uuid: UUID) -> WorkObjective:
    """Return one objective of an entry the actor may see; NotVisible if there is none such."""
    found = WorkObjective.objects.select_related("member").filter(uuid=uuid).first()
    if found is None or not policy.can_see_staff(actor, found.member):
        raise NotVisible
    return found
