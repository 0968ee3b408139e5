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
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.scope import acting
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in
from juxing.places.models import Area
from juxing.responders import commands, policy, queries
from juxing.responders.gate_enums import ClearanceKind
from juxing.responders.gates import EQUIPMENT, LOADS_KG, Missing, gates, missing_for
from juxing.responders.lessons import Lesson, lessons, told
from juxing.responders.models import Clearance
from juxing.responders.pages.own import OWN, Visit
from juxing.responders.queries import clearances as clearance_queries


def clearance_choices() -> list[tuple[str, str]]:
    """Return everything that can be shown, for a form."""
    pairs = [(ClearanceKind.ADULT, ""), (ClearanceKind.INSURANCE, ""), (ClearanceKind.BRIEFING, "")]
    pairs += [(ClearanceKind.TRAINING, code) for code in lessons()]
    pairs += [(ClearanceKind.EQUIPMENT, code) for code in EQUIPMENT]
    pairs += [(ClearanceKind.FITNESS, str(load)) for load in LOADS_KG]
    return [(f"{kind}:{code}", Missing(kind, code).label) for kind, code in pairs]


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
        self.fields["what"].choices = clearance_choices()  # type: ignore[attr-defined]


class ManyForm(forms.Form):
    """What everyone of a place has shown."""

    area = forms.ChoiceField(label=gettext_lazy("Whose"))
    what = forms.MultipleChoiceField(
        label=gettext_lazy("All of them have shown"), widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("For example a group insurance taken out for all, or a briefing everybody heard."),
    )  # fmt: skip
    valid_until = forms.DateField(
        label=gettext_lazy("Holds until"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Empty: without end."),
    )  # fmt: skip

    def __init__(self, *args: Any, places: list[Area], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["area"].choices = [(place.code, place.name) for place in places]  # type: ignore[attr-defined]
        self.fields["what"].choices = clearance_choices()  # type: ignore[attr-defined]


@idempotent
@signed_in(policy.VERIFY)
def for_many(request: ActorRequest) -> HttpResponse:
    """Show what how many of a place (or of a call) still have to show, and note what all of them have shown."""
    places = queries.list_areas_of(actor=request.actor)
    call = _uuid(request.GET.get("call", ""))
    codes = [place.code for place in places]
    asked = request.POST.get("area") or request.GET.get("area", "")
    area = asked if asked in codes else next(iter(codes), "")
    people = clearance_queries.serving_in(actor=request.actor, area_code=area, call=call)
    form = ManyForm(request.POST or None, places=places, initial={"area": area})
    if request.method == "POST" and form.is_valid():
        try:
            count = commands.confirm_for_many(
                actor=request.actor, now=clock.now(), responder_ids=people.values_list("pk", flat=True),
                shown=[(kind, code) for kind, _sep, code in (one.partition(":") for one in form.cleaned_data["what"])],
                valid_until=form.cleaned_data["valid_until"],
            )  # fmt: skip
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            told = ngettext("Noted for %(count)s person.", "Noted for %(count)s people.", count)
            messages.success(request, told % {"count": count})
            return HttpResponseRedirect(request.get_full_path(), status=303)
    context = {
        "page_title": _("Before tasks: for many"), "page_icon": "shield-check", "form": form,
        "form_key": new_form_key(), "count": people.count(), "of_call": call is not None,
        "place": next((place.name for place in places if place.code == area), ""),
        "missing": [(one.label, count) for one, count in
                    clearance_queries.missing_among(people, on=localdate(clock.now()))],
        "places": [{"label": place.name, "url": f"?area={place.code}"} for place in places],
        "breadcrumbs": [{"label": _("Responders"), "url": reverse("responders:list")},
                        {"label": _("Before tasks: for many"), "url": ""}],
    }  # fmt: skip
    return render(request, "responders/clearances_many.html", context, status=422 if form.errors else 200)


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
               "trainings_url": visit.url("trainings_own"),
               "keep_offline": True, "closed": closed_words(visit)}  # fmt: skip
    return render(request, "responders/lessons.html", context)


def closed_words(visit: Visit) -> list[dict[str, Any]]:
    """Return the tasks one cannot be asked for yet, those nearest to open first, with what is missing and where."""
    with acting(OWN):
        closed = clearance_queries.closed_to(visit.responder, on=localdate(clock.now()))
    return [
        {
            "task": gates()[code].label,
            "missing": [
                {"words": one.words, "url": visit.url("lesson", one.code) if one.kind == ClearanceKind.TRAINING else ""}
                for one in missing
            ],
        }
        for code, missing in sorted(closed.items(), key=lambda pair: len(pair[1]))
    ]


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
        "pk": row.pk, "words": Missing(row.kind, row.code).label, "from": row.valid_from, "until": row.valid_until,
        "is_over": row.valid_until is not None and row.valid_until < today,
    }  # fmt: skip


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 3 else None
