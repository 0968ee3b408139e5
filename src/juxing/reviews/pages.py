"""Notes while it runs, the review after it: planned beside happened, findings, corrective actions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from juxing.activations.queries import place_names
from juxing.kernel import clock
from juxing.kernel.conversion import titled
from juxing.kernel.idempotency import idempotent
from juxing.kernel.journal import actions as journal_actions
from juxing.kernel.refusals import Refusal
from juxing.kernel.web import ActorRequest, carried_out, new_form_key, show_refusal, signed_in
from juxing.plans.completeness import PART_LABELS
from juxing.reviews import commands, policy, queries
from juxing.reviews.comparison import Comparison
from juxing.reviews.enums import ActionStatus, FindingKind, ReviewStatus
from juxing.reviews.forms import ActionForm, CloseForm, DropForm, NoteForm, OpenForm
from juxing.reviews.models import AfterActionReview, CorrectiveAction

KIND_TONES = {FindingKind.STRENGTH: "done", FindingKind.GAP: "problem", FindingKind.IDEA: "waiting"}
ACTION_TONES = {ActionStatus.OPEN: "waiting", ActionStatus.APPLIED: "moving", ActionStatus.TESTED: "done",
                ActionStatus.DROPPED: "ended"}  # fmt: skip


@signed_in(policy.SEE)
def review_list(request: ActorRequest) -> HttpResponse:
    """List reviews."""
    page = queries.reviews_page(actor=request.actor, cursor=request.GET.get("cursor"))
    today = timezone.localdate()
    context = {
        "page_title": _("Reviews"), "page_icon": "history", "caption": _("Reviews, newest first"),
        "page": {"rows": [_row(row, today) for row in page.rows], "next_cursor": page.next_cursor,
                 "previous_cursor": page.previous_cursor},
        "columns": [{"label": _("Response")}, {"label": _("Plan")}, {"label": _("State")},
                    {"label": _("To be closed by")}, {"label": _("Open actions"), "kind": "number"}],
        "overdue": queries.overdue_count(actor=request.actor, today=today),
        "empty": {"icon": "history", "title": _("Nothing was looked back on yet."),
                  "text": _("A review is begun from a response or a drill.")},
    }  # fmt: skip
    return render(request, "reviews/reviews.html", context)


@idempotent
@signed_in(policy.SEE)
def look_back(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Keep notes of one response or drill, and begin its review."""
    found = queries.activation(actor=request.actor, uuid=uuid)
    now = clock.now()
    existing = queries.review_of(found)
    is_opening = request.POST.get("act") == "open"
    note_form = NoteForm(request.POST if request.method == "POST" and not is_opening else None)
    open_form = OpenForm(
        request.POST if is_opening else None,
        initial={"due_on": (timezone.localdate() + timedelta(days=14)).isoformat()},
    )
    form = open_form if is_opening else note_form
    if request.method == "POST" and form.is_valid():
        try:
            if is_opening:
                made = commands.open_review(actor=request.actor, now=now, activation=found, **form.cleaned_data)
                messages.success(request, _("The review is begun."))
                return HttpResponseRedirect(reverse("reviews:review", args=[made.uuid]), status=303)
            commands.write_note(actor=request.actor, now=now, activation=found, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Noted."))
            return HttpResponseRedirect(reverse("reviews:look_back", args=[uuid]), status=303)
    context = {
        "page_title": _("Looking back"), "page_subtitle": found.incident.title, "page_icon": "history",
        "activation": found, "note_form": note_form, "open_form": open_form, "existing": existing, **new_form_key(),
        "notes": [_note(note) for note in queries.notes_of(found)],
        "may_review": policy.can_review(request.actor, found), "comparison": _compared(queries.comparison(found)),
        "may_note": request.actor.may(policy.NOTE, found.area_code),
        "exercise": {"name": found.incident.title} if found.is_exercise else None,
        "breadcrumbs": [{"label": found.incident.title, "url": reverse("activations:activation", args=[uuid])},
                        {"label": _("Looking back")}],
    }  # fmt: skip
    return render(request, "reviews/look_back.html", context, status=422 if form.errors else 200)


@idempotent
@signed_in(policy.SEE)
def review(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one review, and write findings into it."""
    found = queries.review(actor=request.actor, uuid=uuid)
    form = NoteForm(request.POST or None)
    if carried_out(
        request,
        form,
        lambda filled: commands.write_finding(actor=request.actor, now=clock.now(), review=found, **filled),
        done=_("The finding is written."),
    ):
        return _to_review(uuid)
    return _show_review(request, found, form, CloseForm())


@idempotent
@signed_in(policy.REVIEW)
@require_POST
def close(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Close the review."""
    found = queries.review(actor=request.actor, uuid=uuid)
    form = CloseForm(request.POST)
    if carried_out(
        request,
        form,
        lambda filled: commands.close_review(actor=request.actor, now=clock.now(), review=found, **filled),
        done=_("The review is closed."),
    ):
        return _to_review(uuid)
    return _show_review(request, found, NoteForm(), form)


@signed_in(policy.SEE)
def timeline(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show what the journal says of the response."""
    found = queries.review(actor=request.actor, uuid=uuid)
    page = queries.timeline_page(actor=request.actor, activation=found.activation, cursor=request.GET.get("cursor"))
    names = place_names(entry.area_code for entry in page.rows)
    known = dict(journal_actions)
    context = {
        "page_title": _("Timeline"), "page_subtitle": found.activation.incident.title, "page_icon": "history",
        "entries": [
            {"title": str(known.get(entry.action, entry.action)), "happened_at": entry.happened_at,
             "place": names.get(entry.area_code, ""), "reason": entry.reason,
             "actor": entry.by_whom}
            for entry in page.rows
        ],
        "more_url": f"?cursor={page.next_cursor}" if page.next_cursor else None, "breadcrumbs": _crumbs(found),
    }  # fmt: skip
    return render(request, "reviews/timeline.html", context)


@idempotent
@signed_in(policy.REVIEW)
def action(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Agree a corrective action for a finding."""
    found = queries.finding(actor=request.actor, uuid=uuid)
    form = ActionForm(
        request.POST or None,
        rows=_plan_rows(found.review),
        initial={"due_on": (timezone.localdate() + timedelta(days=30)).isoformat()},
    )
    if carried_out(
        request,
        form,
        lambda filled: commands.promise_action(actor=request.actor, now=clock.now(), finding=found, **filled),
        done=_("The corrective action is agreed."),
    ):
        return _to_review(found.review.uuid)
    context = {
        "page_title": _("Corrective action"), "page_subtitle": found.text, "form": form, **new_form_key(),
        "cancel_url": reverse("reviews:review", args=[found.review.uuid]), "submit_label": _("Agree"),
        "breadcrumbs": _crumbs(found.review),
    }  # fmt: skip
    return render(request, "reviews/form.html", context, status=422 if form.errors else 200)


@idempotent
@signed_in(policy.REVIEW)
@require_POST
def apply(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Write an action into the plan's next version."""
    found = queries.action(actor=request.actor, uuid=uuid)
    commands.apply_action(actor=request.actor, now=clock.now(), action=found)
    messages.success(request, _("It is in the plan's next version. A drill of that version will test it."))
    return _to_review(found.finding.review.uuid)


@idempotent
@signed_in(policy.REVIEW)
def drop(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Give an action up, for a reason."""
    found = queries.action(actor=request.actor, uuid=uuid)
    form = DropForm(request.POST or None)
    if carried_out(
        request,
        form,
        lambda filled: commands.drop_action(actor=request.actor, now=clock.now(), action=found, **filled),
    ):
        return _to_review(found.finding.review.uuid)
    context = {
        "page_title": _("Give a corrective action up"), "page_subtitle": found.text, "form": form, **new_form_key(),
        "cancel_url": reverse("reviews:review", args=[found.finding.review.uuid]),
        "submit_label": pgettext("reviews", "Give up"),
    }  # fmt: skip
    return render(request, "reviews/form.html", context, status=422 if form.errors else 200)


def _show_review(
    request: ActorRequest, found: AfterActionReview, form: NoteForm, close_form: CloseForm
) -> HttpResponse:
    may_write = policy.can_review(request.actor, found) and found.status == ReviewStatus.OPEN
    today = timezone.localdate()
    context = {
        "page_title": _("Review: %(what)s") % {"what": found.activation.incident.title}, "page_icon": "history",
        "page_subtitle": f"{found.activation.plan_version.plan.title} v{found.activation.plan_version.number}",
        "page_badge": _badge(found, today), "review": found, "form": form, "close_form": close_form,
        "may_write": may_write, "comparison": _compared(queries.comparison(found.activation)), **new_form_key(),
        "may_apply": policy.can_review(request.actor, found),
        "notes": [_note(note) for note in queries.notes_of(found.activation)],
        "findings": [
            {"finding": each, "badge": {"label": each.get_kind_display(), "tone": KIND_TONES[FindingKind(each.kind)]},
             "actions": [_action(row, today) for row in each.actions.all()]}
            for each in queries.findings_of(found)
        ],
        "exercise": {"name": found.activation.incident.title} if found.activation.is_exercise else None,
        "breadcrumbs": [{"label": _("Reviews"), "url": reverse("reviews:list")},
                        {"label": found.activation.incident.title}],
    }  # fmt: skip
    status = 422 if form.errors or close_form.errors else 200
    return render(request, "reviews/review.html", context, status=status)


def _compared(found: Comparison) -> dict[str, Any]:
    return {
        "figures": [
            {"label": _("Minutes to the first order"), "value": _number(found.first_order_min), "icon": "speakerphone"},
            {"label": _("Minutes to convert"), "value": _number(found.convert_min), "icon": "switch-horizontal"},
            {"label": _("Posts with a holder"), "value": f"{found.posts_a}/{found.posts}", "icon": "user-check"},
            {"label": _("Posts with A and B"), "value": f"{found.posts_ab}/{found.posts}", "icon": "users"},
            {"label": _("Posts manned"), "value": f"{found.manned}/{found.posts}", "icon": "map-pin"},
            {"label": _("Steps done in time"), "value": f"{found.in_time}/{len(found.steps)}", "icon": "clock",
             "tone": "good" if found.steps and found.in_time == len(found.steps) else "warn"},
        ],
        "steps": found.steps,
    }  # fmt: skip


def _number(minutes: float | None) -> str:
    return "–" if minutes is None else f"{minutes:g}"


def _row(row: AfterActionReview, today: Any) -> dict[str, Any]:
    return {
        "url": reverse("reviews:review", args=[row.uuid]), "title": row.activation.incident.title,
        "plan": f"{row.activation.plan_version.plan.title} v{row.activation.plan_version.number}",
        "is_exercise": row.activation.is_exercise, "badge": _badge(row, today), "due_on": row.due_on,
        "open_count": row.open_count, "action_count": row.action_count,  # type: ignore[attr-defined]
    }  # fmt: skip


def _badge(row: AfterActionReview, today: Any) -> dict[str, Any]:
    if row.status == ReviewStatus.OPEN and row.due_on < today:
        return {"label": _("Overdue"), "tone": "problem"}
    return {"label": row.get_status_display(), "tone": "done" if row.status == ReviewStatus.CLOSED else "moving"}


def _note(note: Any) -> dict[str, Any]:
    return {"title": note.text, "happened_at": note.written_at, "reason": note.get_kind_display(),
            "actor": note.written_by.display_name if note.written_by else "",
            "tone": "good" if note.kind == FindingKind.STRENGTH else "bad" if note.kind == FindingKind.GAP
            else "neutral"}  # fmt: skip


def _action(row: CorrectiveAction, today: Any) -> dict[str, Any]:
    is_late = row.status == ActionStatus.OPEN and row.due_on < today
    return {
        "action": row, "part": PART_LABELS[row.part], "is_open": row.status == ActionStatus.OPEN,
        "version": f"v{row.applied_in.number}" if row.applied_in else "",
        "plan_url": reverse("plans:plan", args=[row.plan.uuid]),
        "badge": {"label": _("Overdue"), "tone": "problem"} if is_late
        else {"label": row.get_status_display(), "tone": ACTION_TONES[ActionStatus(row.status)]},
    }  # fmt: skip


def _plan_rows(review: AfterActionReview) -> list[tuple[str, str]]:
    content = review.activation.plan_version.content
    return [
        (row["code"], f"{PART_LABELS[part]} · {titled(row)}") for part in PART_LABELS for row in content.get(part, [])
    ]


def _crumbs(review: AfterActionReview) -> list[dict[str, Any]]:
    url = reverse("reviews:review", args=[review.uuid])
    return [
        {"label": _("Reviews"), "url": reverse("reviews:list")},
        {"label": pgettext("after action", "Review"), "url": url},
    ]


def _to_review(uuid: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("reviews:review", args=[uuid]), status=303)
