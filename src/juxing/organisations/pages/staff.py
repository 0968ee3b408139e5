"""The staff register."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import NotVisible
from juxing.kernel.web import ActorRequest, new_form_key, signed_in
from juxing.organisations import commands, policy, queries
from juxing.organisations.group_forms import (
    EvaluationForm,
    GradeForm,
    ObjectionForm,
    ObjectiveForm,
    StaffFilterForm,
    StaffForm,
    TrainingForm,
)
from juxing.organisations.models import StaffMember, WorkObjective
from juxing.organisations.pages.flow import action, crumbs, organisation_picked, person_picked, pressed, take


@signed_in(policy.SEE)
def staff(request: ActorRequest) -> HttpResponse:
    """List the staff register: one's own entry, and those whose register one keeps."""
    form = StaffFilterForm(request.GET)
    filled = form.cleaned_data if form.is_valid() else {"area": "", "line": ""}
    page = queries.staff.staff_page(
        actor=request.actor, area_code=filled["area"], line=filled["line"], cursor=request.GET.get("cursor")
    )
    may = request.actor.may_somewhere(policy.KEEP_STAFF)
    context = {
        "page_title": _("Staff register"), "page_icon": "id-badge-2", "form": form, "page": page, "rows": page.rows,
        "page_subtitle": _("Post lines, grades and training. What is evaluated is work, never a person."),
        "caption": _("Staff register"), "reset_url": reverse("organisations:staff"),
        "columns": [{"label": _("Name")}, {"label": _("Organisation")}, {"label": _("Post line")},
                    {"label": pgettext("organisations", "Grade"), "kind": "number"}, {"label": _("Since")}],
        "row_template": "organisations/_staff_row.html",
        "page_actions": [action(_("Enter somebody"), reverse("organisations:add_staff"), "user-plus",
                                kind="primary")] if may else [],
        "empty": {"icon": "id-badge-2", "title": _("Nobody is in the register here."), "text": ""},
    }  # fmt: skip
    return render(request, "organisations/listing.html", context)


@idempotent
@signed_in(policy.KEEP_STAFF)
def add_staff(request: ActorRequest) -> HttpResponse:
    """Enter somebody in the register."""
    actor, now = request.actor, clock.now()
    form = StaffForm(request.POST or None)
    listed = reverse("organisations:staff")

    def act(filled: dict[str, Any]) -> str:
        account = person_picked(request, filled["account"], right=policy.KEEP_STAFF)
        unit = organisation_picked(request, filled["organisation"])
        made = commands.enter_staff(
            actor=actor, now=now, organisation=unit, account=account, line=filled["line"], grade=filled["grade"]
        )
        return reverse("organisations:staff_member", args=[made.uuid])

    context = {"page_title": _("Enter somebody"), "cancel_url": listed,
               "breadcrumbs": crumbs((_("Staff register"), listed), (_("Enter somebody"), ""))}  # fmt: skip
    return take(request, form, act, done=_("It is written down."), context=context)


@signed_in(policy.SEE)
def staff_member(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show an entry: grade, training, objectives of work with both evaluations and any objection."""
    actor, now = request.actor, clock.now()
    found = queries.staff.staff_member(actor=actor, uuid=uuid)
    is_oneself = actor.account_id == found.account_id
    may_keep = actor.may(policy.KEEP_STAFF, found.area_code)
    context = {
        "page_title": found.account.display_name, "page_subtitle": found.organisation.name, "member": found,
        "trainings": queries.staff.trainings_of(found), "objectives": queries.staff.objectives_of(found),
        "today": now.date(), "is_oneself": is_oneself, "may_keep": may_keep and found.left_on is None,
        "may_evaluate": may_keep and not is_oneself, **new_form_key(),
        "facts": [
            {"term": _("Post line"), "value": found.get_line_display()},
            {"term": pgettext("organisations", "Grade"), "value": _("%(grade)d of 18") % {"grade": found.grade}},
            {"term": _("Since"), "value": found.grade_since},
            *([{"term": _("Left"), "value": found.left_on}] if found.left_on else []),
        ],
        "page_actions": _member_actions(found) if may_keep and found.left_on is None else [],
        "breadcrumbs": crumbs((_("Staff register"), reverse("organisations:staff")), (found.account.display_name, "")),
    }  # fmt: skip
    return render(request, "organisations/staff_member.html", context)


def _member_actions(found: StaffMember) -> list[dict[str, Any]]:
    names = [("add_training", _("Add a training"), "school"), ("add_objective", _("Agree on an objective"), "target"),
             ("change_grade", _("Change line or grade"), "pencil")]  # fmt: skip
    return [action(label, reverse(f"organisations:{name}", args=[found.uuid]), icon) for name, label, icon in names]


def _member_form(
    request: ActorRequest, uuid: UUID, form: Any, act: Callable[[StaffMember, dict[str, Any]], object], title: str
) -> HttpResponse:
    found = queries.staff.staff_member(actor=request.actor, uuid=uuid)
    own = reverse("organisations:staff_member", args=[uuid])

    def go_on(filled: dict[str, Any]) -> str:
        act(found, filled)
        return own

    name = found.account.display_name
    context = {"page_title": title, "page_subtitle": name, "cancel_url": own,
               "breadcrumbs": crumbs((name, own), (title, ""))}  # fmt: skip
    return take(request, form, go_on, done=_("It is written down."), context=context)


@idempotent
@signed_in(policy.KEEP_STAFF)
def change_grade(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Change line or grade."""
    found = queries.staff.staff_member(actor=request.actor, uuid=uuid)
    form = GradeForm(request.POST or None, initial={"line": found.line, "grade": found.grade})

    def act(member: StaffMember, filled: dict[str, Any]) -> object:
        return commands.enter_staff(
            actor=request.actor, now=clock.now(), organisation=member.organisation, account=member.account, **filled
        )

    return _member_form(request, uuid, form, act, _("Change line or grade"))


@idempotent
@signed_in(policy.KEEP_STAFF)
def add_training(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Write down a training."""
    form = TrainingForm(request.POST or None)

    def act(member: StaffMember, _filled: dict[str, Any]) -> object:
        return commands.record_training(actor=request.actor, now=clock.now(), member=member, given=form.given())

    return _member_form(request, uuid, form, act, _("Add a training"))


@idempotent
@signed_in(policy.KEEP_STAFF)
def add_objective(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Agree on an objective of work."""
    form = ObjectiveForm(request.POST or None, initial={"year": clock.now().year})

    def act(member: StaffMember, filled: dict[str, Any]) -> object:
        return commands.agree_objective(actor=request.actor, now=clock.now(), member=member, **filled)

    return _member_form(request, uuid, form, act, _("Agree on an objective"))


@idempotent
@signed_in(policy.KEEP_STAFF)
@require_POST
def end_staff(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Write down that somebody left."""
    found = queries.staff.staff_member(actor=request.actor, uuid=uuid)
    return pressed(
        request, lambda: commands.end_staff(actor=request.actor, now=clock.now(), member=found),
        done=_("It is written down."), url=reverse("organisations:staff"),
    )  # fmt: skip


@idempotent
@signed_in(policy.KEEP_STAFF)
def evaluate(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Write down how one side saw the work."""
    return _objective_form(
        request, uuid, EvaluationForm(request.POST or None), _("Evaluate the work"),
        lambda found, filled: commands.evaluate_work(actor=request.actor, now=clock.now(), objective=found, **filled),
    )  # fmt: skip


@idempotent
@signed_in(policy.SEE)
def objection(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Object to an evaluation of one's own work, or answer an objection."""
    actor, now = request.actor, clock.now()
    found = queries.staff.objective(actor=actor, uuid=uuid)
    is_oneself = found.member.account_id == actor.account_id
    if not is_oneself and not found.objection:
        raise NotVisible

    def act(thing: WorkObjective, filled: dict[str, Any]) -> None:
        if is_oneself:
            commands.object_to_evaluation(actor=actor, now=now, objective=thing, objection=filled["words"])
        else:
            commands.answer_objection(actor=actor, now=now, objective=thing, answer=filled["words"])

    title = _("Object") if is_oneself else _("Answer the objection")
    return _objective_form(request, uuid, ObjectionForm(request.POST or None), title, act)


def _objective_form(
    request: ActorRequest, uuid: UUID, form: Any, title: str, act: Callable[[WorkObjective, dict[str, Any]], object]
) -> HttpResponse:
    found = queries.staff.objective(actor=request.actor, uuid=uuid)
    own = reverse("organisations:staff_member", args=[found.member.uuid])

    def go_on(filled: dict[str, Any]) -> str:
        act(found, filled)
        return own

    context = {"page_title": title, "page_subtitle": found.work, "cancel_url": own,
               "breadcrumbs": crumbs((_("Staff register"), reverse("organisations:staff")), (title, ""))}  # fmt: skip
    return take(request, form, go_on, done=_("It is written down."), context=context)
