"""Writing plans: begun from a template, kept as drafts, brought into force, replaced."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.places.enums import AreaLevel
from juxing.places.models import Area
from juxing.plans import policy
from juxing.plans.content import PARTS, UnusableContent, as_data, digest_of, parsed
from juxing.plans.enums import AreaKind, IncidentGrade, VersionStatus
from juxing.plans.hazards import hazards, template
from juxing.plans.lifecycle import VERSION
from juxing.plans.models import EmergencyPlan, PlanAnnex, PlanVersion

BEGUN = journal.declare_action("plans.plan.begin", _("Plan begun"))
WRITTEN = journal.declare_action("plans.version.write", _("Plan changed"))
VERSION_BEGUN = journal.declare_action("plans.version.begin", _("New version of a plan begun"))
DRILLED = journal.declare_action("plans.version.drill", _("Plan drilled"))
ANNEXED = journal.declare_action("plans.annex.write", _("Local annex written"))
KIND_OF_LEVEL = {
    AreaLevel.DISTRICT: AreaKind.DISTRICT, AreaLevel.STREET: AreaKind.STREET, AreaLevel.COMMUNITY: AreaKind.COMMUNITY,
}  # fmt: skip


@transaction.atomic
def begin_plan(
    *, actor: Actor, now: datetime, area_code: str, hazard: str, title: str, grade: int | None = None,
    review_months: int = 12, is_demo: bool = False,
) -> PlanVersion:  # fmt: skip
    """
    Begin a plan for a hazard at a place from the hazard's template, and return its first draft.

    Raises:
        NotPermitted: if the actor may not write plans here.
        InvalidInput: if the place, hazard or grade is unknown, or the place has a plan for this case.
    """
    actor.require(policy.WRITE, area_code)
    area = Area.objects.filter(code=area_code, level__in=list(KIND_OF_LEVEL)).first()
    if area is None:
        raise InvalidInput(
            "area_unknown", _("Choose a district, a street or a community."), field="area_code"
        )  # fmt: skip
    if hazard not in hazards():
        raise InvalidInput("hazard_unknown", _("Choose a kind of incident from the list."), field="hazard")
    if grade is not None and grade not in IncidentGrade.values:
        raise InvalidInput("grade_unknown", _("Choose a grade from the list."), field="grade")
    if not 1 <= review_months <= 36:
        raise InvalidInput("review_bad", _("Between 1 and 36 months."), field="review_months")
    plan, is_new = EmergencyPlan.objects.get_or_create(
        area_code=area_code, hazard=hazard, grade=grade,
        defaults={"title": _plain(title), "area_kind": KIND_OF_LEVEL[AreaLevel(area.level)],
                  "review_months": review_months, "is_demo": is_demo},
    )  # fmt: skip
    if not is_new:
        raise InvalidInput(
            "plan_known", _("This place has a plan for this case. Begin a new version of it."), field="hazard"
        )
    plan.refresh_from_db(fields=["uuid"])
    journal.record(BEGUN, actor=actor, subject=plan, happened_at=now, changes={"hazard": hazard})
    return _add_version(plan, as_data(template(hazards()[hazard].template)), actor=actor, now=now, number=1)


@transaction.atomic
def begin_version(*, actor: Actor, now: datetime, plan: EmergencyPlan, note: str = "") -> PlanVersion:
    """
    Begin the next version from the newest one; a draft that is there already is returned as it is.

    Raises:
        NotPermitted: if the actor may not write the plan.
    """
    _require_writer(actor, plan)
    EmergencyPlan.objects.select_for_update().get(pk=plan.pk)
    versions = PlanVersion.objects.filter(plan=plan)
    draft = versions.filter(status=VersionStatus.DRAFT).first()
    if draft is not None:
        return draft
    newest = versions.order_by("-number")[0]
    return _add_version(plan, newest.content, actor=actor, now=now, number=newest.number + 1, note=note)


@transaction.atomic
def write_part(
    *, actor: Actor, now: datetime, version: PlanVersion, part: str, rows: list[dict[str, Any]]
) -> PlanVersion:
    """
    Replace one part of a draft.

    Raises:
        NotPermitted: if the actor may not write the plan.
        InvalidInput: if a row cannot be used; the message names the place.
        Refusal: if the version is no draft.
    """
    if part not in PARTS:
        raise InvalidInput("part_unknown", _("A plan has no such part."))
    locked = _locked_draft(actor, version)
    return _write(locked, {**locked.content, part: rows}, actor=actor, now=now, changes={"part": part})


@transaction.atomic
def write_content(
    *, actor: Actor, now: datetime, version: PlanVersion, content: dict[str, Any], note: str = ""
) -> PlanVersion:
    """
    Replace a draft's whole content, as an import does.

    Raises:
        NotPermitted, InvalidInput, Refusal: as ``write_part``.
    """
    locked = _locked_draft(actor, version)
    locked.note = note.strip()[:400] or locked.note
    return _write(locked, content, actor=actor, now=now, changes={})


@transaction.atomic
def note_drill(*, actor: Actor, now: datetime, version: PlanVersion) -> None:
    """Note that the version was drilled; only then may it come into force without a reason."""
    _require_writer(actor, version)
    if PlanVersion.objects.filter(pk=version.pk, drilled_at__isnull=True).update(drilled_at=now):
        journal.record(DRILLED, actor=actor, subject=version, happened_at=now)


@transaction.atomic
def approve_version(*, actor: Actor, now: datetime, version: PlanVersion, undrilled_reason: str = "") -> PlanVersion:
    """
    Bring a draft into force; the version in force until now is replaced.

    Raises:
        NotPermitted: if the actor may not.
        Refusal: if it says nothing of triggers, posts or duties, or was never drilled and no reason is given.
    """
    plan = EmergencyPlan.objects.select_for_update().get(pk=version.plan_id)
    if not policy.can_approve(actor, plan):
        raise NotPermitted
    content = parsed(version.content)
    missing = [name for name in ("triggers", "posts", "playbook", "first_actions") if not getattr(content, name)]
    if missing:
        raise Refusal(
            "plan_incomplete", _("A plan needs triggers, posts, a playbook and first actions before it is in force.")
        )
    reason = undrilled_reason.strip()[:400]
    if version.drilled_at is None and not reason:
        raise Refusal(
            "plan_undrilled", _("This version was never drilled. Drill it, or say why it must be in force before."),
            field="undrilled_reason",
        )  # fmt: skip
    for old in PlanVersion.objects.filter(plan=plan, status=VersionStatus.APPROVED):
        VERSION.move(old, "replace", actor=actor, now=now, changes={})
    return VERSION.move(
        version, "approve", actor=actor, now=now, reason=reason,
        changes={"approved_by_id": actor.account_id, "approved_at": now, "undrilled_reason": reason,
                 "review_due_on": _months_later(now.date(), plan.review_months)},
    )  # fmt: skip


@transaction.atomic
def withdraw_version(*, actor: Actor, now: datetime, version: PlanVersion, reason: str = "") -> PlanVersion:
    """Give a draft up."""
    return VERSION.move(version, "withdraw", actor=actor, now=now, reason=reason)


@transaction.atomic
def write_annex(
    *, actor: Actor, now: datetime, plan: EmergencyPlan, area_code: str, title: str, text: str
) -> PlanAnnex:
    """
    Write what the plan means at one place inside it; writing the same title again replaces the text.

    Raises:
        NotPermitted: if the actor may not write plans at the place.
        InvalidInput: if the place lies outside the plan's.
    """
    actor.require(policy.WRITE, area_code)
    if not area_code.startswith(plan.area_code):
        raise InvalidInput("area_outside", _("The place lies outside the plan's."), field="area_code")
    annex, _new = PlanAnnex.objects.update_or_create(
        plan=plan, area_code=area_code, title=_plain(title),
        defaults={"text": text.strip()[:4000], "written_at": now},
    )  # fmt: skip
    annex.refresh_from_db(fields=["uuid"])
    journal.record(ANNEXED, actor=actor, subject=annex, happened_at=now)
    return annex


def _require_writer(actor: Actor, thing: EmergencyPlan | PlanVersion) -> None:
    if not policy.can_write(actor, thing):
        raise NotPermitted


def _locked_draft(actor: Actor, version: PlanVersion) -> PlanVersion:
    _require_writer(actor, version)
    locked = PlanVersion.objects.select_for_update().get(pk=version.pk)
    if locked.status != VersionStatus.DRAFT:
        raise Refusal("not_a_draft", _("This version is no draft any more. Begin a new version."))
    return locked


def _write(
    version: PlanVersion, data: dict[str, Any], *, actor: Actor, now: datetime, changes: dict[str, Any]
) -> PlanVersion:
    try:
        version.content = as_data(parsed(data))
    except UnusableContent as fault:
        raise InvalidInput("plan_unusable", _("This cannot be used: %(fault)s") % {"fault": fault}) from None
    version.digest = digest_of(version.content)
    version.drilled_at = None
    version.written_by_id, version.written_at = actor.account_id, now
    version.save(update_fields=["content", "digest", "drilled_at", "note", "written_by", "written_at"])
    journal.record(WRITTEN, actor=actor, subject=version, happened_at=now, changes=changes)
    return version


def _add_version(
    plan: EmergencyPlan, content: dict[str, Any], *, actor: Actor, now: datetime, number: int, note: str = ""
) -> PlanVersion:  # fmt: skip
    version = PlanVersion.objects.create(
        plan=plan, area_code=plan.area_code, number=number, content=content, digest=digest_of(content),
        note=note.strip()[:400], written_by_id=actor.account_id, written_at=now,
    )  # fmt: skip
    version.refresh_from_db(fields=["uuid"])
    journal.record(VERSION_BEGUN, actor=actor, subject=version, happened_at=now, changes={"number": number})
    return version


def _plain(title: str) -> str:
    plain = " ".join(title.split())
    if not plain or len(plain) > 80:
        raise InvalidInput("title_bad", _("Write a title of up to 80 characters."), field="title")
    return plain


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, 28))
