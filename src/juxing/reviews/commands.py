"""Writing reviews: notes, findings, corrective actions that change the plan's next version."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from juxing.activations import previews
from juxing.activations.enums import BEFORE_START
from juxing.activations.models import Activation
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.plans import commands as plans
from juxing.plans.content import PARTS
from juxing.plans.models import EmergencyPlan, PlanVersion
from juxing.reviews import policy
from juxing.reviews.enums import ActionStatus, FindingKind, ReviewStatus
from juxing.reviews.lifecycle import ACTION, REVIEW
from juxing.reviews.models import AfterActionReview, CorrectiveAction, Finding, ReviewNote

NOTED = journal.declare_action("reviews.note.write", _("Note for the review"))
OPENED = journal.declare_action("reviews.review.open", _("Review begun"))
FOUND = journal.declare_action("reviews.finding.write", _("Finding written"))
PROMISED = journal.declare_action("reviews.action.promise", _("Corrective action agreed"))
REMINDED = journal.declare_action("reviews.action.remind", _("Corrective action is overdue"))
LATE = journal.declare_action("reviews.review.remind", _("Review is overdue"))
PROCESS = previews.PROCESS


@transaction.atomic
def write_note(
    *, actor: Actor, now: datetime, activation: Activation, kind: str, text: str, area_code: str = ""
) -> ReviewNote:
    """
    Keep a note for the review while things happen.

    Raises:
        NotPermitted: if the actor does not serve where the response holds.
        InvalidInput: if nothing is said.
    """
    place = area_code or activation.area_code
    actor.require(policy.NOTE, place)
    _require_said(kind, text)
    note = ReviewNote.objects.create(
        activation_id=activation.pk, area_code=place, kind=kind, text=text.strip()[:1000],
        written_by_id=actor.account_id, written_at=now,
    )  # fmt: skip
    journal.record(NOTED, actor=actor, subject=note, happened_at=now, changes=_marked(activation, kind=kind))
    return note


@transaction.atomic
def open_review(*, actor: Actor, now: datetime, activation: Activation, due_on: date) -> AfterActionReview:
    """
    Begin the review of a response or drill; one that is there already is returned.

    Raises:
        NotPermitted: if the actor may not review here.
        Refusal: if the response has not begun.
        InvalidInput: if it is to be done in the past.
    """
    if not policy.can_review(actor, activation):
        raise NotPermitted
    if due_on < now.date():
        raise InvalidInput("due_past", _("This lies in the past."), field="due_on")
    with acting(PROCESS):
        locked = Activation.objects.select_for_update().get(pk=activation.pk)
        if locked.status in BEFORE_START:
            raise Refusal("not_begun", _("This response has not begun. There is nothing to look back on."))
        found = AfterActionReview.objects.filter(activation=locked).first()
        if found is not None:
            return found
        review = AfterActionReview.objects.create(
            activation=locked, area_code=locked.area_code, due_on=due_on, opened_by_id=actor.account_id, opened_at=now
        )
        journal.record(OPENED, actor=actor, subject=review, happened_at=now, changes=_marked(locked))
    return review


@transaction.atomic
def write_finding(
    *, actor: Actor, now: datetime, review: AfterActionReview, kind: str, text: str, entries: Iterable[int] = ()
) -> Finding:
    """
    Write down what the review found.

    Raises:
        NotPermitted, InvalidInput: as ``write_note``.
        Refusal: if the review is closed.
    """
    _require_said(kind, text)
    locked = _open(actor, review)
    last = Finding.objects.filter(review=locked).aggregate(last=Max("number"))["last"]
    finding = Finding.objects.create(
        review=locked, area_code=locked.area_code, number=int(last or 0) + 1, kind=kind, text=text.strip()[:1000],
        entries=sorted(set(entries))[:50],
    )  # fmt: skip
    journal.record(FOUND, actor=actor, subject=finding, happened_at=now, changes=_marked(locked.activation, kind=kind))
    return finding


@transaction.atomic
def promise_action(
    *, actor: Actor, now: datetime, finding: Finding, text: str, owner_post: str, due_on: date, part: str,
    row_code: str = "", field: str = "", value: str = "", plan: EmergencyPlan | None = None,
) -> CorrectiveAction:  # fmt: skip
    """
    Agree what is changed, by which post, until when, in which part of the plan (the one that was in force by default).

    Raises:
        NotPermitted: if the actor may not review here.
        InvalidInput: if it says nothing, nobody owns it, it is due in the past, or the plan has no such part or row.
        Refusal: if the review is closed.
    """
    if not text.strip():
        raise InvalidInput("action_unsaid", _("Say what is changed."), field="text")
    if not owner_post.strip():
        raise InvalidInput("owner_missing", _("Say which post sees to it."), field="owner_post")
    if due_on < now.date():
        raise InvalidInput("due_past", _("This lies in the past."), field="due_on")
    if part not in PARTS:
        raise InvalidInput("part_unknown", _("A plan has no such part."), field="part")
    locked = _open(actor, finding.review)
    version = locked.activation.plan_version
    if row_code and row_code not in {row["code"] for row in version.content.get(part, [])}:
        raise InvalidInput("row_unknown", _("The plan has no such row in this part."), field="row_code")
    if field and (not row_code or field not in PARTS[part].model_fields):
        raise InvalidInput("field_unknown", _("Rows of this part have no such field."), field="field")
    action = CorrectiveAction.objects.create(
        finding=finding, area_code=locked.area_code, plan=plan or version.plan, text=text.strip()[:400],
        owner_post=owner_post.strip()[:80], due_on=due_on, part=part, row_code=row_code, field=field,
        value=value.strip()[:400],
    )  # fmt: skip
    journal.record(
        PROMISED, actor=actor, subject=action, happened_at=now,
        changes=_marked(locked.activation, owner=action.owner_post, due=due_on.isoformat()),
    )  # fmt: skip
    return action


@transaction.atomic
def apply_action(*, actor: Actor, now: datetime, action: CorrectiveAction) -> CorrectiveAction:
    """
    Write an action into the plan's next version: the draft there is, or a new one. What fits one field of one row is
    written by itself; other actions say that a person wrote it.

    Raises:
        NotPermitted: if the actor may not review here or write the plan.
        InvalidInput: if the plan cannot take the value.
        WrongState: if the action is not open.
    """
    if not policy.can_review(actor, action):
        raise NotPermitted
    with acting(PROCESS):
        plan = EmergencyPlan.objects.get(pk=action.plan_id)
        draft = plans.begin_version(actor=actor, now=now, plan=plan, note=str(action.text))
        if action.field:
            draft = _write_change(actor, now, draft, action)
        return ACTION.move(action, "apply", actor=actor, now=now, changes={"applied_in_id": draft.pk})


@transaction.atomic
def drop_action(*, actor: Actor, now: datetime, action: CorrectiveAction, reason: str) -> CorrectiveAction:
    """
    Give an action up, for a reason.

    Raises:
        InvalidInput: without a reason.
        NotPermitted, WrongState: if it is not the actor's to give up, or over.
    """
    if not reason.strip():
        raise InvalidInput("reason_missing", _("Say why. It is kept in the journal."), field="reason")
    return ACTION.move(action, "drop", actor=actor, now=now, reason=reason.strip()[:400])


@transaction.atomic
def close_review(*, actor: Actor, now: datetime, review: AfterActionReview, summary: str) -> AfterActionReview:
    """
    Close the review with what was learned.

    Raises:
        NotPermitted: if the actor may not review here.
        InvalidInput: without a summary.
        Refusal: if something that went wrong has no corrective action and no finding says why.
    """
    if not summary.strip():
        raise InvalidInput("summary_missing", _("Say in a few sentences what was learned."), field="summary")
    locked = _open(actor, review)
    gaps = Finding.objects.filter(review=locked, kind=FindingKind.GAP, actions__isnull=True)
    if gaps.exists():
        raise Refusal(
            "gap_without_action", _("Something that went wrong has no corrective action yet. Agree one for each."),
            field="summary",
        )  # fmt: skip
    return REVIEW.move(
        locked, "close", actor=actor, now=now,
        changes={"summary": summary.strip()[:4000], "closed_by_id": actor.account_id, "closed_at": now},
    )  # fmt: skip


@transaction.atomic
def note_tested(
    *, now: datetime, version: PlanVersion, drill: UUID, activation: Activation | None = None, reason: str = ""
) -> int:
    """
    Note that a drill of this version tested the actions written into it; return how many.

    ``activation`` is the exercise's; none where a drill was computed. ``reason`` says so in the journal.
    """
    with acting(PROCESS):
        rows = CorrectiveAction.objects.filter(
            Q(applied_in=version) | Q(applied_in__plan_id=version.plan_id, applied_in__number__lte=version.number),
            status=ActionStatus.APPLIED,
        )  # fmt: skip
        ids = list(rows.values_list("pk", flat=True))
        CorrectiveAction.objects.filter(pk__in=ids).update(tested_by=activation, tested_in=drill)
        return len(ACTION.move_many(ids, "test", actor=PROCESS, now=now, reason=reason))


@transaction.atomic
def remind_overdue(*, now: datetime) -> int:
    """Write a reminder, once a week, for each action and review past its date; return how many."""
    today = now.date()
    with acting(PROCESS):
        weekly = Q(reminded_on__isnull=True) | Q(reminded_on__lte=date.fromordinal(today.toordinal() - 7))
        actions = CorrectiveAction.objects.filter(weekly, status=ActionStatus.OPEN, due_on__lt=today)
        reviews = AfterActionReview.objects.filter(weekly, status=ReviewStatus.OPEN, due_on__lt=today)
        facts = [
            journal.Fact(
                action=name, subject_type=row._meta.label_lower, subject_uuid=row.uuid, area_code=row.area_code,
                changes={"due": row.due_on.isoformat()},
            )
            for name, rows in ((REMINDED, actions.select_for_update()), (LATE, reviews.select_for_update()))
            for row in rows
        ]  # fmt: skip
        actions.update(reminded_on=today)
        reviews.update(reminded_on=today)
        journal.record_many(facts).by(PROCESS, happened_at=now)
    return len(facts)


def _write_change(actor: Actor, now: datetime, draft: PlanVersion, action: CorrectiveAction) -> PlanVersion:
    rows = [dict(row) for row in draft.content.get(action.part, [])]
    for row in rows:
        if row["code"] == action.row_code:
            row[action.field] = _value(row.get(action.field), action.value)
    return plans.write_part(actor=actor, now=now, version=draft, part=action.part, rows=rows)


def _value(old: Any, written: str) -> Any:
    """Return what was written as the kind of value that stands there: a list takes words with commas."""
    if isinstance(old, list):
        return [word.strip() for word in written.split(",") if word.strip()]
    if isinstance(old, int | float) and not isinstance(old, bool):
        try:
            return json.loads(written)
        except ValueError:
            raise InvalidInput("number_bad", _("This wants a number."), field="value") from None
    return written


def _open(actor: Actor, review: AfterActionReview) -> AfterActionReview:
    if not policy.can_review(actor, review):
        raise NotPermitted
    with acting(PROCESS):
        locked = (
            AfterActionReview.objects.select_for_update(of=("self",))
            .select_related("activation__plan_version__plan").get(pk=review.pk)
        )  # fmt: skip
    if locked.status != ReviewStatus.OPEN:
        raise Refusal("review_closed", _("This review is closed."))
    return locked


def _require_said(kind: str, text: str) -> None:
    if kind not in FindingKind.values:
        raise InvalidInput("kind_unknown", _("Choose from the list."), field="kind")
    if not text.strip():
        raise InvalidInput("nothing_said", _("Write what you saw."), field="text")


def _marked(activation: Activation, **changes: Any) -> dict[str, Any]:
    return {"activation": str(activation.uuid), **({"exercise": True} if activation.is_exercise else {}), **changes}
