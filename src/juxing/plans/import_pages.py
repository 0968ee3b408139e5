"""An existing plan's text on the screen: sent in, read, confirmed section by section beside the original."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.masking import masked_name, masked_phone
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.web import ActorRequest, carried_out, new_form_key, signed_in
from juxing.plans import import_queries, importing, policy, queries
from juxing.plans.completeness import PART_LABELS
from juxing.plans.enums import PlanImportSectionStatus, PlanImportStatus
from juxing.plans.import_beside import (
    Content,
    chapter_doubts,
    is_as_the_draft_has_it,
    is_unchanged,
    proposals_beside,
    rows_missing,
)
from juxing.plans.import_forms import NUMBERS, NewPlanFileForm, PlanFileForm, SectionForm
from juxing.plans.import_rows import communities_in
from juxing.plans.import_words import DOUBTS, REMARKS, unreadable_words
from juxing.plans.models import EmergencyPlan, PlanImport, PlanImportSection
from juxing_text.plan_text.draft import UNPLACED
from juxing_text.plan_text.personal import BRACKETS, NAME

TONES = {PlanImportSectionStatus.OPEN: "waiting", PlanImportSectionStatus.TAKEN: "done",
         PlanImportSectionStatus.LEFT_OUT: "ended"}  # fmt: skip
_TOKENS = re.compile(rf"({BRACKETS[0]}[^{BRACKETS}]+{BRACKETS[1]})")


@signed_in(policy.WRITE)
def new_plan(request: ActorRequest) -> HttpResponse:
    """
    Take a plan's text in as a new plan.

    No idempotency key: it does not see the file; the same file for the same plan is the same import.
    """
    prefixes = request.actor.areas_with(policy.WRITE).prefixes
    form = NewPlanFileForm(
        request.POST or None, request.FILES or None, initial={"area_code": prefixes[0] if prefixes else ""}
    )
    done = carried_out(
        request, form,
        lambda given: importing.import_new_plan(
            actor=request.actor, now=clock.now(), file_name=given["file"].name, content=given["file"].read(),
            **{name: value for name, value in given.items() if name != "file"},
        ),
    )  # fmt: skip
    if done is not None:
        return _to_import(done.made)
    return _ask(request, form, cancel_url=reverse("plans:list"), crumbs=[])


@signed_in(policy.WRITE)
def into_plan(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Take a text in as chapters of a plan that is there."""
    detail = queries.plan_detail(actor=request.actor, uuid=uuid)
    form = PlanFileForm(request.POST or None, request.FILES or None)
    done = carried_out(
        request, form,
        lambda given: importing.start_import(
            actor=request.actor, now=clock.now(), plan=detail.plan, file_name=given["file"].name,
            content=given["file"].read(),
        ),
    )  # fmt: skip
    if done is not None:
        return _to_import(done.made)
    url = reverse("plans:plan", args=[uuid])
    return _ask(request, form, cancel_url=url, crumbs=[{"label": detail.plan.title, "url": url}])


@signed_in(policy.WRITE)
@never_cache
def show(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show how far reading is, then the sections to be confirmed."""
    found = import_queries.import_of(actor=request.actor, uuid=uuid)
    if found.status == PlanImportStatus.WAITING:
        job = import_queries.job_of(found)
        context = {**_frame(found), "job": job, "url": request.path, "title": found.file_name}
        is_asked_again = request.headers.get("HX-Request") == "true"
        return render(request, "components/progress.html" if is_asked_again else "plans/import_reading.html", context)
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    sections, content = import_queries.sections_of(found), queries.content_to_extend(found.plan)
    decided = sum(one.status != PlanImportSectionStatus.OPEN for one in sections)
    first_open = next((one.pk for one in sections if one.status == PlanImportSectionStatus.OPEN), 0)
    rows = [_listed(one, content, is_next=one.pk == first_open) for one in sections]
    context = {
        **_frame(found), "sections": rows,
        "unchanged": sum(row["is_unchanged"] and row["is_open"] for row in rows),
        "decided": decided, "total": len(sections), "failure": unreadable_words(found.failure) if found.failure else "",
        "remarks": [REMARKS[code] for code in found.remarks if code in REMARKS],
        "aside_count": len(json.loads(found.aside or "[]")), "is_ready": found.status == PlanImportStatus.READY,
        "plan_url": reverse("plans:plan", args=[found.plan.uuid]),
        "again_url": reverse("plans:import_into", args=[found.plan.uuid]), **new_form_key(),
    }  # fmt: skip
    return render(request, "plans/import.html", context)


@idempotent
@signed_in(policy.WRITE)
def section(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one section beside its original, and take it over as confirmed."""
    found = import_queries.section_of(actor=request.actor, uuid=uuid)
    kept, read = found.plan_import, importing.read_of(found)
    if kept.status != PlanImportStatus.READY or found.status != PlanImportSectionStatus.OPEN:
        return _to_import(kept)
    content = queries.content_to_extend(kept.plan)
    proposals = proposals_beside(content, read)
    form = SectionForm(
        request.POST or None, proposals=proposals, aside=_aside(kept, read), missing=rows_missing(content, read),
        initial={"title": found.title or _("Other text"), "text": read["text"]},
    )  # fmt: skip
    done = carried_out(
        request, form,
        lambda given: importing.take_section(
            actor=request.actor, now=clock.now(), section=found, title=given["title"], text=given["text"],
            rows=form.rows(), keep=given["keep"], drop=given["drop"],
        ),
        done=_("Taken over into the draft."),
    )  # fmt: skip
    if done is not None:
        return _to_next(request, kept, after=found.position)
    context = {
        **_frame(kept), "page_title": found.title or _("Text that found no section"), "form": form, "section": found,
        "original": [_marked(block) for block in read["original"]], "rows": _rows(form, kept.plan),
        "unchanged_rows": sum(is_unchanged(one) for one in proposals),
        "doubts": [DOUBTS[code] for code in (*found.doubts, *chapter_doubts(content, found.title, read))
                   if code in DOUBTS],
        "is_unplaced": found.topic == UNPLACED, "import_url": reverse("plans:import", args=[kept.uuid]),
        "breadcrumbs": [*_crumbs(kept), {"label": found.title or _("Text that found no section")}], **new_form_key(),
    }  # fmt: skip
    return render(request, "plans/import_section.html", context, status=422 if form.errors else 200)


@require_POST
@idempotent
@signed_in(policy.WRITE)
def decide(request: ActorRequest, uuid: UUID, what: str) -> HttpResponse:
    """Leave a section out, or take a decision back."""
    found = import_queries.section_of(actor=request.actor, uuid=uuid)
    acts = {"leave": importing.leave_section, "reopen": importing.reopen_section}
    if what not in acts:
        raise NotVisible
    try:
        acts[what](actor=request.actor, now=clock.now(), section=found)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    if what == "leave":
        return _to_next(request, found.plan_import, after=found.position)
    return _to_import(found.plan_import, anchor=f"section-{found.position}")


@require_POST
@idempotent
@signed_in(policy.WRITE)
def leave_unchanged(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Leave every section out that is as the draft has it."""
    found = import_queries.import_of(actor=request.actor, uuid=uuid)
    count = importing.leave_unchanged(actor=request.actor, now=clock.now(), plan_import=found)
    said = ngettext(
        "%(count)d section left out: it is as the draft has it.",
        "%(count)d sections left out: they are as the draft has them.",
        count,
    )
    messages.info(request, said % {"count": count})
    return _to_import(found)


@require_POST
@idempotent
@signed_in(policy.WRITE)
def finish(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Finish the import and go to the plan."""
    found = import_queries.import_of(actor=request.actor, uuid=uuid)
    importing.close_import(actor=request.actor, now=clock.now(), plan_import=found)
    messages.success(request, _("The import is finished. What was taken out of the text is destroyed."))
    return HttpResponseRedirect(reverse("plans:plan", args=[found.plan.uuid]), status=303)


def _ask(
    request: ActorRequest, form: PlanFileForm, *, cancel_url: str, crumbs: list[dict[str, Any]]
) -> HttpResponse:  # fmt: skip
    context = {
        "page_title": _("Bring in a plan's text"), "form": form, "cancel_url": cancel_url,
        "page_subtitle": _("Word or PDF becomes a draft; a person confirms it section by section"),
        "breadcrumbs": [
            {"label": _("Emergency plans"), "url": reverse("plans:list")}, *crumbs, {"label": _("Bring in a text")},
        ],
    }  # fmt: skip
    return render(request, "plans/import_new.html", context, status=422 if form.errors else 200)


def _frame(found: PlanImport) -> dict[str, Any]:
    return {
        "page_title": found.plan.title, "page_subtitle": found.file_name, "plan_import": found,
        "breadcrumbs": _crumbs(found),
    }  # fmt: skip


def _crumbs(found: PlanImport) -> list[dict[str, Any]]:
    return [
        {"label": _("Emergency plans"), "url": reverse("plans:list")},
        {"label": found.plan.title, "url": reverse("plans:plan", args=[found.plan.uuid])},
        {"label": _("Text brought in"), "url": reverse("plans:import", args=[found.uuid])},
    ]  # fmt: skip


def _listed(one: PlanImportSection, content: Content, *, is_next: bool) -> dict[str, Any]:
    read = importing.read_of(one)
    counts: dict[str, int] = {}
    for proposal in read["proposals"]:
        counts[proposal["part"]] = counts.get(proposal["part"], 0) + 1
    return {
        "url": reverse("plans:import_section", args=[one.uuid]), "uuid": one.uuid, "position": one.position,
        "title": one.title or _("Text that found no section"), "is_open": one.status == PlanImportSectionStatus.OPEN,
        "badge": {"label": one.get_status_display(), "tone": TONES[PlanImportSectionStatus(one.status)]},
        "doubts": [DOUBTS[code] for code in one.doubts if code in DOUBTS], "is_next": is_next,
        "is_unchanged": is_as_the_draft_has_it(content, one.title, read),
        "opening": Truncator(read["text"]).chars(120), "is_unplaced": one.topic == UNPLACED,
        "counts": [{"label": PART_LABELS[part], "count": count} for part, count in counts.items()],
    }  # fmt: skip


def _aside(kept: PlanImport, read: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the details taken out of this section: token, and what it looks like masked."""
    text = " ".join([read["text"], *read["original"]])
    return [
        (one["token"], masked_name(one["value"]) if one["kind"] == NAME else _masked_number(one))
        for one in json.loads(kept.aside or "[]") if one["token"] in text
    ]  # fmt: skip


def _masked_number(one: dict[str, Any]) -> str:
    masked = masked_phone(one["value"])
    return f"{masked} · {_('duty office?')}" if one["is_duty"] else masked


def _marked(block: str) -> list[dict[str, Any]]:
    """Return a block of the original in pieces, tokens told apart; a table as its rows."""
    return [{"text": piece, "is_token": bool(_TOKENS.fullmatch(piece))} for piece in _TOKENS.split(block) if piece]


def _rows(form: SectionForm, plan: EmergencyPlan) -> list[dict[str, Any]]:
    communities = communities_in(plan)
    found: list[dict[str, Any]] = []
    for at, proposal in enumerate(form.proposals):
        number = NUMBERS.get(proposal["part"])
        row = proposal["row"]
        found.append({
            "part": PART_LABELS[proposal["part"]], "take": form[f"take_{at}"], "title": form[f"title_{at}"],
            "level": form[f"from_level_{at}"], "number": form[f"{number}_{at}"] if number else None,
            "doubts": [DOUBTS[code] for code in proposal["doubts"] if code in DOUBTS],
            "text": row.get("duties") or row.get("text") or row.get("source", ""),
            "responsible": "" if proposal.get("is_form") else proposal["responsible"],
            "changed": proposal.get("changed", ()), "is_unchanged": is_unchanged(proposal),
            "beside": DOUBTS[proposal["beside"]] if "beside" in proposal else "",
            "note": ngettext("for %(count)d community", "for %(count)d communities", communities)
            % {"count": communities} if proposal["part"] == "goods" and communities > 1 else "",
        })  # fmt: skip
    return found


def _to_import(found: PlanImport, *, anchor: str = "") -> HttpResponse:
    address = reverse("plans:import", args=[found.uuid]) + (f"#{anchor}" if anchor else "")
    return HttpResponseRedirect(address, status=303)


def _to_next(request: ActorRequest, kept: PlanImport, *, after: int) -> HttpResponse:
    """Go on with the next open section, then with those passed over; back to the list when all are decided."""
    is_open = [one for one in import_queries.sections_of(kept) if one.status == PlanImportSectionStatus.OPEN]
    following = min(is_open, key=lambda one: (one.position < after, one.position), default=None)
    if following is None:
        messages.info(request, _("Every section is decided. Finish the import."))
        return _to_import(kept)
    return HttpResponseRedirect(reverse("plans:import_section", args=[following.uuid]), status=303)
