"""Plans on the screen and on paper."""

from __future__ import annotations

from itertools import count
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from juxing.access.export_pages import take_out
from juxing.kernel import clock
from juxing.kernel.documents import pdf
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.scope import acting
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in
from juxing.places.queries import areas_in
from juxing.plans import commands, import_queries, policy, queries
from juxing.plans.completeness import PART_LABELS, Completeness, completeness
from juxing.plans.content import PARTS, parsed
from juxing.plans.duty_pages import answers_shown
from juxing.plans.enums import ResponseLevel, VersionStatus
from juxing.plans.forms import TYPED, AnnexForm, ApproveForm, PlanForm, RowForm
from juxing.plans.handbook import paper
from juxing.plans.hazards import hazards
from juxing.plans.models import EmergencyPlan, PlanVersion
from juxing.plans.word_file import KIND as WORD_KIND
from juxing.plans.words import UNITS, PlanWords

TONES = {VersionStatus.DRAFT: "neutral", VersionStatus.APPROVED: "done", VersionStatus.REPLACED: "ended",
         VersionStatus.WITHDRAWN: "ended"}  # fmt: skip
EMPTY_ROWS = 3


@idempotent
@signed_in(policy.SEE)
def plan_list(request: ActorRequest) -> HttpResponse:
    """List plans, and begin one from a template."""
    may_write = request.actor.may_somewhere(policy.WRITE)
    prefixes = request.actor.areas_with(policy.WRITE).prefixes
    form = PlanForm(request.POST or None, initial={"area_code": prefixes[0] if prefixes else ""})
    if request.method == "POST" and may_write and form.is_valid():
        try:
            version = commands.begin_plan(actor=request.actor, now=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The plan is begun from its template."))
            return redirect("plans:plan", version.plan.uuid)
    page = queries.plans_page(actor=request.actor, cursor=request.GET.get("cursor"))
    above = queries.plans_above(actor=request.actor)
    names = {code: area.name for code, area in areas_in(row.area_code for row in (*page.rows, *above)).items()}
    context = {
        "page_title": _("Emergency plans"), "page_icon": "clipboard-list",
        "page": {"rows": [_row(row, names) for row in page.rows], "next_cursor": page.next_cursor,
                 "previous_cursor": page.previous_cursor},
        "above": [_row(row, names) for row in above],
        "form": form if may_write else None, "form_is_open": bool(form.errors), **new_form_key(),
        "columns": [{"label": _("Plan")}, {"label": _("Kind of incident")}, {"label": _("Place")},
                    {"label": _("Version")}, {"label": _("Review due")}],
        "caption": _("Plans by place"), "importing": import_queries.open_imports(actor=request.actor),
        "page_actions": [{"label": _("Bring in a Word or PDF text"), "icon": "upload",
                          "url": reverse("plans:import_new")}] if may_write else [],
        "empty": {"icon": "clipboard-list", "title": _("There is no plan here yet."),
                  "text": _("Begin one from a template; it names what is missing by itself.")},
    }  # fmt: skip
    return render(request, "plans/plans.html", context, status=422 if form.errors else 200)


@signed_in(policy.SEE)
def plan(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one plan: how complete it is against the register, and what it says."""
    return _show_plan(request, uuid, ApproveForm())


@idempotent
@signed_in(policy.WRITE)
@require_POST
def begin_version(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Begin the next version."""
    detail = queries.plan_detail(actor=request.actor, uuid=uuid)
    commands.begin_version(actor=request.actor, now=clock.now(), plan=detail.plan)
    messages.success(request, _("A new version is begun."))
    return _to_plan(uuid)


@idempotent
@signed_in(policy.APPROVE)
@require_POST
def approve(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Bring the draft into force."""
    version = queries.version_of(actor=request.actor, uuid=uuid)
    form = ApproveForm(request.POST)
    try:
        reason = form.cleaned_data["undrilled_reason"] if form.is_valid() else ""
        commands.approve_version(actor=request.actor, now=clock.now(), version=version, undrilled_reason=reason)
    except Refusal as refusal:
        show_refusal(form, refusal)
        return _show_plan(request, version.plan.uuid, form)
    messages.success(request, _("This version is in force."))
    return _to_plan(version.plan.uuid)


@idempotent
@signed_in(policy.WRITE)
def part(request: ActorRequest, uuid: UUID, name: str) -> HttpResponse:
    """Change one part of a draft."""
    version = queries.version_to_write(actor=request.actor, uuid=uuid)
    if name not in PARTS or version.status != VersionStatus.DRAFT:
        raise NotVisible
    kept = version.content.get(name, [])
    sent = request.POST.get("rows", "")
    total = min(int(sent), 400) if sent.isdecimal() and len(sent) < 5 else len(kept) + EMPTY_ROWS
    words = PlanWords(version.content)
    rows = [
        RowForm(request.POST or None, part=name, prefix=f"r{number}", words=words,
                row=kept[number] if number < len(kept) else None)
        for number in range(total)
    ]  # fmt: skip
    fault = ""
    if request.method == "POST" and all(row.is_valid() for row in rows):
        free = (code for number in count(1) if (code := f"row_{number}") not in {row["code"] for row in kept})
        data = [each for row in rows if (each := row.as_row(next(free))) is not None]
        try:
            commands.write_part(actor=request.actor, now=clock.now(), version=version, part=name, rows=data)
        except Refusal as refusal:
            fault = str(refusal.message)
        else:
            messages.success(request, _("Saved."))
            return _to_plan(version.plan.uuid)
    context = {
        "page_title": PART_LABELS[name], "page_subtitle": f"{version.plan.title} v{version.number}", "rows": rows,
        "row_count": total, "fault": fault,
        "lists": [{"name": field, "words": words.choices(field).values()} for field in sorted(TYPED)
                  if field in PARTS[name].model_fields], "cancel_url": reverse("plans:plan", args=[version.plan.uuid]),
        "breadcrumbs": _crumbs(version.plan, str(PART_LABELS[name])), **new_form_key(),
    }  # fmt: skip
    return render(request, "plans/part.html", context, status=422 if fault or any(row.errors for row in rows) else 200)


@idempotent
@signed_in(policy.WRITE)
def annex(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Write what the plan means at one place."""
    detail = queries.plan_detail(actor=request.actor, uuid=uuid)
    form = AnnexForm(request.POST or None, initial={"area_code": detail.plan.area_code})
    if request.method == "POST" and form.is_valid():
        try:
            commands.write_annex(actor=request.actor, now=clock.now(), plan=detail.plan, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return _to_plan(uuid)
    context = {
        "page_title": _("Local annex"), "page_subtitle": detail.plan.title, "form": form, **new_form_key(),
        "cancel_url": reverse("plans:plan", args=[uuid]), "breadcrumbs": _crumbs(detail.plan, _("Local annex")),
    }  # fmt: skip
    return render(request, "plans/annex.html", context, status=422 if form.errors else 200)


@signed_in(policy.SEE)
def handbook(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show the plan as the handbook that is printed and kept at the post."""
    detail = queries.plan_detail(actor=request.actor, uuid=uuid)
    version = detail.in_force or detail.draft or detail.versions[0]
    context = {
        "page_title": detail.plan.title, "page_subtitle": _subtitle(detail.plan, version),
        "back_url": reverse("plans:plan", args=[uuid]), "printed_by": request.actor.name, "printed_at": clock.now(),
        "annexes": detail.annexes, "version": version, **_shown(version),
    }  # fmt: skip
    return render(request, "plans/handbook.html", context)


@signed_in(policy.SEE)
def handbook_pdf(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Give the handbook as a PDF."""
    detail = queries.plan_detail(actor=request.actor, uuid=uuid)
    version = detail.in_force or detail.draft or detail.versions[0]
    version.plan = detail.plan
    values = paper(version, _shown(version), detail.annexes, subtitle=_subtitle(detail.plan, version))
    headers = {"Content-Disposition": f'attachment; filename="handbook-v{version.number}.pdf"'}
    made = pdf("plans/handbook", values, now=version.written_at)
    return HttpResponse(made, content_type="application/pdf", headers=headers)


@signed_in(policy.WRITE)
@never_cache
def word(request: ActorRequest, uuid: UUID, number: int) -> HttpResponse:
    """Give a version as a Word file, to be written in and brought in again."""
    detail = queries.plan_detail(actor=request.actor, uuid=uuid)
    version = next((one for one in detail.versions if one.number == number), None)
    if version is None:
        raise NotVisible
    return take_out(
        request, WORD_KIND, arguments={"plan": str(uuid), "version": number}, area_code=detail.plan.area_code,
        title=f"{detail.plan.title} v{number}",
    )  # fmt: skip


def _show_plan(request: ActorRequest, uuid: UUID, form: ApproveForm) -> HttpResponse:
    detail = queries.plan_detail(actor=request.actor, uuid=uuid)
    version = detail.draft or detail.in_force or detail.versions[0]
    wanted = request.GET.get("version")
    version = next((each for each in detail.versions if str(each.number) == wanted), version)
    may_write = policy.can_write(request.actor, detail.plan)
    with acting(queries.PUBLIC):
        checked = completeness(version, now=clock.now())
        answered = answers_shown(version, is_writer=may_write)
    context = {
        "page_title": detail.plan.title, "page_icon": "clipboard-list", "plan": detail.plan, "version": version,
        "page_subtitle": _subtitle(detail.plan, version),
        "page_badge": {"label": version.get_status_display(), "tone": TONES[VersionStatus(version.status)]},
        "versions": detail.versions, "annexes": detail.annexes, "form": form, "percent": checked.percent,
        "checks": _checks(checked), "unanswered": [PART_LABELS[name] for name in checked.unanswered],
        "may_write": may_write, "is_draft": version.status == VersionStatus.DRAFT,
        "may_approve": policy.can_approve(request.actor, detail.plan) and version.status == VersionStatus.DRAFT,
        "parts": [{"code": name, "label": PART_LABELS[name], "count": len(version.content.get(name, []))}
                  for name in PARTS],
        "imports": import_queries.imports_of(actor=request.actor, plan=detail.plan),
        "page_actions": _actions(detail, version, may_write=may_write), **_shown(version), **answered,
        "breadcrumbs": [{"label": _("Emergency plans"), "url": reverse("plans:list")}, {"label": detail.plan.title}],
        **new_form_key(),
    }  # fmt: skip
    return render(request, "plans/plan.html", context, status=422 if form.errors else 200)


def _shown(version: PlanVersion) -> dict[str, Any]:
    """Return the plan's rows for reading: titles in the reader's language, posts by name."""
    content = parsed(version.content)
    is_chinese = (get_language() or "").startswith("zh")

    def named(row: Any) -> str:
        return str(row.title if is_chinese or not row.title_en else row.title_en)

    posts = {row.code: named(row) for row in content.posts}
    levels, words = dict(ResponseLevel.choices), PlanWords({})
    return {
        "content": {
            name: [
                {"title": named(row), "level": levels[row.from_level], "row": row, "unit": UNITS.get(_unit(row), ""),
                 "role": words.word("role", getattr(row, "role", "")),
                 "gate": words.word("task_type", getattr(row, "task_type", ""))}
                for row in getattr(content, name)
            ]
            for name in PARTS
        },
        "playbook": [
            {"title": named(row), "after": row.after_min, "due": row.due_min, "text": row.text,
             "responsible": posts.get(row.responsible, row.responsible),
             "accountable": posts.get(row.accountable, row.accountable), "informed": row.informed}
            for row in sorted(content.playbook, key=lambda row: (row.after_min, row.due_min))
        ],
    }  # fmt: skip


def _unit(row: Any) -> str:
    return str(getattr(row, "per", "") or getattr(row, "for_each", ""))


def _checks(checked: Completeness) -> list[dict[str, Any]]:
    return [
        {"label": check.label, "percent": check.percent, "found": check.found, "wanted": check.wanted,
         "missing": [str(word) for word in check.missing]}
        for check in sorted(checked.checks, key=lambda check: check.percent)
    ]  # fmt: skip


def _actions(detail: queries.PlanDetail, version: PlanVersion, *, may_write: bool) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if may_write and detail.draft is None:
        found.append({"label": _("Begin the next version"), "method": "post", "kind": "primary", "icon": "plus",
                      "url": reverse("plans:begin_version", args=[detail.plan.uuid])})  # fmt: skip
    found.append({"label": _("Handbook"), "icon": "printer", "url": reverse("plans:handbook", args=[detail.plan.uuid])})
    found.append({"label": _("Handbook (PDF)"), "icon": "download", "download": True,
                  "url": reverse("plans:handbook_pdf", args=[detail.plan.uuid])})  # fmt: skip
    if may_write:
        found.append({"label": _("Word file"), "icon": "download",
                      "url": reverse("plans:word", args=[detail.plan.uuid, version.number])})  # fmt: skip
    found.append({"label": _("Drills"), "icon": "target", "url": reverse("drills:list")})
    if may_write:
        found.append({"label": _("Bring in a text"), "icon": "upload",
                      "url": reverse("plans:import_into", args=[detail.plan.uuid])})  # fmt: skip
        found.append(
            {"label": _("Local annex"), "icon": "plus", "url": reverse("plans:annex", args=[detail.plan.uuid])}
        )
    return found


def _row(row: EmergencyPlan, names: dict[str, str]) -> dict[str, Any]:
    versions: list[PlanVersion] = row.kept_versions  # type: ignore[attr-defined]
    shown = next((each for each in versions if each.status == VersionStatus.APPROVED), versions[0])
    return {
        "url": reverse("plans:plan", args=[row.uuid]), "title": row.title, "hazard": _hazard(row.hazard),
        "place": names.get(row.area_code, row.area_code), "number": shown.number, "due": shown.review_due_on,
        "badge": {"label": shown.get_status_display(), "tone": TONES[VersionStatus(shown.status)]},
        "kind": row.get_area_kind_display(),
    }  # fmt: skip


def _subtitle(found: EmergencyPlan, version: PlanVersion) -> str:
    return f"{_hazard(found.hazard)} · {found.get_area_kind_display()} · v{version.number}"


def _hazard(slug: str) -> str:
    return hazards()[slug].named(get_language() or "") if slug in hazards() else slug


def _crumbs(found: EmergencyPlan, last: str) -> list[dict[str, str]]:
    return [
        {"label": _("Emergency plans"), "url": reverse("plans:list")},
        {"label": found.title, "url": reverse("plans:plan", args=[found.uuid])},
        {"label": last},
    ]


def _to_plan(uuid: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("plans:plan", args=[uuid]), status=303)
