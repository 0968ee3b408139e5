"""Pages of gates: what somebody has shown, confirmed at the desk; and lessons with their questions on the phone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.scope import acting
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in
from juxing.responders import commands, policy, queries
from juxing.responders.gate_enums import ClearanceKind
from juxing.responders.gates import EQUIPMENT, LOADS_KG, equipment_label, gates, missing_for
from juxing.responders.lessons import Lesson, course_title, lessons, told
from juxing.responders.models import Clearance
from juxing.responders.pages.own import OWN, Visit
from juxing.responders.queries import clearances as clearance_queries


class ClearanceForm(forms.Form):
    """Something that was shown, and until when it holds."""

    what = forms.ChoiceField(label=gettext_lazy("Shown"))
    valid_until = forms.DateField(
        label=gettext_lazy("Holds until"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Empty: without end."),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        pairs = [(ClearanceKind.ADULT, ""), (ClearanceKind.INSURANCE, ""), (ClearanceKind.BRIEFING, "")]
        pairs += [(ClearanceKind.TRAINING, code) for code in lessons()]
        pairs += [(ClearanceKind.EQUIPMENT, code) for code in EQUIPMENT]
        pairs += [(ClearanceKind.FITNESS, str(load)) for load in LOADS_KG]
        self.fields["what"].choices = [  # type: ignore[attr-defined]
            (f"{kind}:{code}", clearance_words(kind, code)) for kind, code in pairs
        ]


def clearance_words(kind: str, code: str) -> str:
    """Say what was shown."""
    label = str(ClearanceKind(kind).label)
    details = {
        ClearanceKind.TRAINING: course_title(code), ClearanceKind.EQUIPMENT: equipment_label(code),
        ClearanceKind.FITNESS: _("%(weight)s kg") % {"weight": code},
    }  # fmt: skip
    detail = details.get(ClearanceKind(kind), "")
    return _("%(what)s: %(detail)s") % {"what": label, "detail": detail} if detail else label


@idempotent
@signed_in(policy.VERIFY)
def clearances(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show what somebody has shown and what each kind of task still asks; take what they show now."""
    responder = queries.responder_of(actor=request.actor, uuid=uuid)
    if not policy.can_verify(request.actor, responder):
        raise NotVisible
    form = ClearanceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        kind, code = form.cleaned_data["what"].split(":", 1)
        try:
            commands.confirm_clearance(
                actor=request.actor, now=clock.now(), responder=responder, kind=kind, code=code,
                valid_until=form.cleaned_data["valid_until"],
            )  # fmt: skip
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Noted."))
            return HttpResponseRedirect(request.path, status=303)
    today = localdate(clock.now())
    missing = missing_for([responder.pk], gates(), on=today)
    context = {
        "page_title": _("Before a task: %(name)s") % {"name": responder.name}, "page_icon": "shield-check",
        "form": form, "form_key": new_form_key(), "responder": responder,
        "rows": [_row(row, today) for row in clearance_queries.clearances_of(responder)],
        "tasks": [(gate.label, [one.words for one in missing.get((responder.pk, code), ())])
                  for code, gate in gates().items()],
        "breadcrumbs": [{"label": _("Responders"), "url": reverse("responders:list")},
                        {"label": responder.name, "url": reverse("responders:detail", args=[uuid])},
                        {"label": _("Before a task"), "url": ""}],
    }  # fmt: skip
    return render(request, "responders/clearances.html", context, status=422 if form.errors else 200)


@require_POST
@idempotent
@signed_in(policy.VERIFY)
def revoke(request: ActorRequest, uuid: UUID, clearance_id: int) -> HttpResponse:
    """Take back what was confirmed."""
    responder = queries.responder_of(actor=request.actor, uuid=uuid)
    commands.revoke_clearance(actor=request.actor, now=clock.now(), responder=responder, clearance_id=clearance_id)
    return HttpResponseRedirect(reverse("responders:clearances", args=[uuid]), status=303)


def own_lessons(request: HttpRequest, visit: Visit) -> HttpResponse:
    """List the lessons and which are understood."""
    with acting(OWN):
        held = clearance_queries.understood(visit.responder, on=localdate(clock.now()))
    rows = [
        {"title": told(lesson.title), "minutes": lesson.minutes, "url": visit.url("lesson", code),
         "is_understood": code in held, "until": held.get(code)}
        for code, lesson in lessons().items()
    ]  # fmt: skip
    context = {"page_title": _("Lessons"), "base": visit.base, "rows": rows, "home_url": visit.url("home"),
               "keep_offline": True}  # fmt: skip
    return render(request, "responders/lessons.html", context)


def own_lesson(request: HttpRequest, visit: Visit, code: str) -> HttpResponse:
    """Show a lesson with its questions, and take the answers; the page is kept on the phone."""
    lesson = lessons().get(code)
    if lesson is None:
        raise NotVisible
    answers = [_number(request.POST.get(f"q{number}", "")) for number in range(len(lesson.questions))]
    wrong: list[int] | None = None
    if request.method == "POST":
        with acting(OWN):
            wrong = commands.answer_lesson(
                actor=visit.actor, now=clock.now(), responder=visit.responder, code=code, answers=answers
            )
        if not wrong:
            messages.success(request, _("All right. The training is noted and opens its tasks to you."))
            return HttpResponseRedirect(visit.url("lessons"), status=303)
    context = {
        "page_title": told(lesson.title), "base": visit.base, "keep_offline": True, "form_key": new_form_key(),
        "parts": [told(part) for part in lesson.parts], "questions": _questions(lesson, answers, wrong),
        "wrong": wrong, "back_url": visit.url("lessons"),
    }  # fmt: skip
    return render(request, "responders/lesson.html", context, status=422 if wrong else 200)


def _questions(lesson: Lesson, answers: list[int | None], wrong: list[int] | None) -> list[dict[str, Any]]:
    return [
        {
            "name": f"q{number}", "text": told(question.text), "why": told(question.why),
            "is_wrong": wrong is not None and number in wrong,
            "answers": [(at, told(words), answers[number] == at) for at, words in enumerate(question.answers)],
        }
        for number, question in enumerate(lesson.questions)
    ]  # fmt: skip


def _row(row: Clearance, today: Any) -> dict[str, Any]:
    return {
        "pk": row.pk, "words": clearance_words(row.kind, row.code), "from": row.valid_from, "until": row.valid_until,
        "is_over": row.valid_until is not None and row.valid_until < today,
    }  # fmt: skip


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 3 else None
