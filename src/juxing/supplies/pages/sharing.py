"""Sharings: begin one, watch it, read who gets what and why, sign it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.keyset import Page
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in
from juxing.supplies import commands, policy
from juxing.supplies.commands.allocating import ALLOCATION_KIND
from juxing.supplies.forms import ShareFilterForm, SharingForm
from juxing.supplies.imports.place_names import names_of
from juxing.supplies.models import AllocationLine, AllocationRun, SupplyItem
from juxing.supplies.pages.words import amount, note_on_real_lines, percent, shown_share, tabs
from juxing.supplies.queries import runs as queries
from juxing.supplies.queries.computing import computing_now, computing_of
from juxing.supplies.queries.meanings import catalogue_items
from juxing.supplies.queries.sharing import sharing_basis


@signed_in(policy.VIEW)
def allocations(request: ActorRequest) -> HttpResponse:
    """List computed sharings."""
    page = queries.runs_page(actor=request.actor, cursor=request.GET.get("cursor"))
    places = names_of(run.area_code for run in page.rows)
    rows: Any = [_shown_run(run, places) for run in page.rows]
    begin = {"label": _("Share scarce goods"), "url": reverse("supplies:share"), "icon": "scale", "kind": "primary"}
    actions = [begin] if request.actor.may_somewhere(policy.SHARE_OUT) else []
    context = {
        "page_title": _("Sharings"),
        "page_icon": "scale",
        "tabs": tabs("allocations"),
        "page_actions": actions,
        "page_subtitle": _("Each is advice with a proof. Goods are committed only when a person signs."),
        "page": replace(page, rows=rows),
        "caption": _("Sharings"),
        "pager_text": _("Newest first"),
        "jobs": [_progress(job.uuid, job) for job in computing_now(ALLOCATION_KIND, actor=request.actor)],
        "columns": [
            {"label": _("Computed")},
            {"label": _("Place")},
            {"label": pgettext("supplies", "Requests"), "kind": "number"},
            {"label": _("Given out"), "kind": "number"},
            {"label": _("Proof")},
            {"label": _("State")},
        ],
        "empty": {
            "icon": "scale",
            "title": _("Nothing was shared yet"),
            "text": _("Settle meanings and quantities, then share what is offered."),
            "action": actions[0] if actions else None,
        },
    }
    return render(request, "supplies/allocations.html", context)


@idempotent
@signed_in(policy.SHARE_OUT)
def share(request: ActorRequest) -> HttpResponse:
    """Decide what is to be assumed, and begin."""
    places = queries.places_to_share_in(actor=request.actor)
    codes = [code for code, _name in places]
    area_code = request.GET.get("area") or (codes[0] if codes else "")
    if not codes:
        return _nothing(request)
    basis = sharing_basis(actor=request.actor, area_code=area_code)
    shared = [row for row in basis.items.values() if row.is_shared]
    form = SharingForm(
        request.POST or None,
        shared=shared,
        places=queries.places_to_weigh(actor=request.actor, area_code=area_code),
    )
    if request.method == "POST" and form.is_valid():
        try:
            job = commands.begin_allocation(
                actor=request.actor, now=clock.now(), area_code=area_code, settings=form.settings()
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return HttpResponseRedirect(reverse("supplies:allocation", args=[job.uuid]), status=303)
    context = {
        "page_title": _("Share scarce goods"),
        "page_icon": "scale",
        "form": form,
        "basis": basis,
        "shared": shared,
        "rows": [_shown_basis(row) for row in shared],
        "places": places,
        "area_code": area_code,
        "columns": [
            {"label": _("Item")},
            {"label": pgettext("supplies", "Offered"), "kind": "number"},
            {"label": _("Organisations that ask"), "kind": "number"},
            {"label": pgettext("supplies", "Requests"), "kind": "number"},
            {"label": _("of which state no quantity"), "kind": "number"},
        ],
        "breadcrumbs": _crumbs(_("Share scarce goods")),
        **new_form_key(),
    }
    return render(request, "supplies/share.html", context, status=422 if form.errors else 200)


@signed_in(policy.VIEW)
def allocation(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show a sharing, or how far its computing is."""
    try:
        run = queries.run_of(actor=request.actor, uuid=uuid)
    except NotVisible:
        job = computing_of(ALLOCATION_KIND, actor=request.actor, uuid=uuid)
        context = {
            "page_title": pgettext("supplies", "Sharing"),
            "breadcrumbs": _crumbs(pgettext("supplies", "Sharing")),
            **_progress(uuid, job),
        }
        return render(request, "supplies/computing.html", context)
    return _run(request, run)


@signed_in(policy.VIEW)
def allocation_progress(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Answer the progress bar."""
    job = computing_of(ALLOCATION_KIND, actor=request.actor, uuid=uuid)
    return render(request, "components/progress.html", _progress(uuid, job))


@require_POST
@idempotent
@signed_in(policy.SHARE_OUT)
def sign(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Sign a sharing."""
    run = queries.run_of(actor=request.actor, uuid=uuid)
    try:
        commands.sign_allocation(actor=request.actor, now=clock.now(), run=run)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return _run(request, queries.run_of(actor=request.actor, uuid=uuid), status=refusal.status)
    messages.success(request, _("Signed. The goods are committed."))
    return HttpResponseRedirect(reverse("supplies:allocation", args=[uuid]), status=303)


def _run(request: ActorRequest, run: AllocationRun, *, status: int = 200) -> HttpResponse:
    items = {item.code: item for item in catalogue_items()}
    entries = {entry["code"]: entry for entry in run.result["items"]}
    form = ShareFilterForm(request.GET, items=[items[code] for code in entries])
    page = queries.shares_page(actor=request.actor, run=run, cursor=request.GET.get("cursor"), **form.filters())
    places = names_of([*(line.request.area_code for line in page.rows), run.area_code])
    rows: Any = [shown_share(line, items=entries, places=places) for line in page.rows]
    may_sign = run.signed_at is None and policy.can_share_out(request.actor, run)
    sign_action = {"label": _("Sign this sharing"), "dialog": "sign", "icon": "pencil", "kind": "primary"}
    context = {
        **note_on_real_lines(line.request for line in page.rows),
        "run": run,
        "page_title": pgettext("supplies", "Sharing"),
        "page_subtitle": places[run.area_code],
        "page_badge": _badge(run),
        "proof": run.result["proof"],
        "counts": run.result["counts"],
        "given": amount(run.result["proof"]["given"]),
        "entries": [_shown_entry(entry, items, run) for entry in run.result["items"]],
        "left_out": _left_out(run),
        "form": form,
        "page": replace(page, rows=rows),
        "weight_place": names_of([run.settings["weight_area"]]).get(run.settings["weight_area"], ""),
        "may_sign": may_sign,
        "page_actions": [sign_action] if may_sign else [],
        "caption": _("Who gets what"),
        "columns": _share_columns(),
        "empty": _no_share(),
        "breadcrumbs": _crumbs(places[run.area_code]),
        **new_form_key(),
    }
    return render(request, "supplies/allocation.html", context, status=status)


def _share_columns() -> list[dict[str, Any]]:
    return [
        {"label": pgettext("supplies", "Organisation")},
        {"label": _("Item")},
        {"label": _("Asked for"), "kind": "number"},
        {"label": _("Gets"), "kind": "number"},
        {"label": pgettext("supplies", "From")},
        {"label": _("Why")},
    ]


def _no_share() -> dict[str, Any]:
    return {"icon": "inbox", "title": _("No line fits these filters"), "text": _("Take a filter away.")}


def _shown_entry(entry: dict[str, Any], items: dict[str, SupplyItem], run: AllocationRun) -> dict[str, Any]:
    item, assumed = items[entry["code"]], run.settings["assumptions"].get(entry["code"])
    return {
        "item": item.name,
        "unit": item.unit_label,
        "lowest": percent(entry["lowest"]),
        "highest": percent(entry["highest"]),
        "offers_unknown": entry["offers_unknown"],
        **{name: amount(entry[name]) for name in ("offered", "asked", "given", "organisations", "requests_assumed")},
        "assumed": amount(assumed["quantity"]) if assumed else "",
        "basis": assumed["basis"] if assumed else "",
        "stated": assumed["stated"] if assumed else 0,
    }


def _left_out(run: AllocationRun) -> list[dict[str, Any]]:
    labels = dict(AllocationLine._meta.get_field("reason").flatchoices)
    return [
        {"label": labels[reason], "count": amount(count), "url": f"?reason={reason}"}
        for reason, count in sorted(run.result["counts"]["left_out"].items())
    ]


def _shown_run(run: AllocationRun, places: dict[str, str]) -> dict[str, Any]:
    return {
        "run": run,
        "url": reverse("supplies:allocation", args=[run.uuid]),
        "place": places.get(run.area_code, run.area_code),
        "badge": _badge(run),
        "requests": amount(run.result["counts"]["requests_shared"]),
        "given": amount(run.result["proof"]["given"]),
        "is_optimal": run.result["proof"]["is_optimal"],
        "gap": f"{run.result['proof']['gap']:.1%}",
    }


def _badge(run: AllocationRun) -> dict[str, str]:
    if run.signed_at is None:
        return {"label": _("Not signed"), "tone": "waiting"}
    return {"label": _("Signed by %(name)s") % {"name": run.signed_by_name}, "tone": "done"}


def _shown_basis(row: Any) -> dict[str, Any]:
    return {
        "item": row.item.name,
        "unit": row.item.unit_label,
        "offered": amount(row.offered),
        "organisations": amount(row.organisations),
        "requests": amount(row.requests),
        "unknown": amount(row.requests - row.stated),
    }


def _nothing(request: ActorRequest) -> HttpResponse:
    empty = {"icon": "inbox", "title": _("There are no requests yet"), "text": _("Take in a list first.")}
    context = {"page_title": _("Share scarce goods"), "empty": empty, "page": Page([], None, None)}
    return render(request, "supplies/allocations.html", context)


def _progress(uuid: UUID, job: Any) -> dict[str, Any]:
    return {
        "job": job,
        "title": _("Computing a fair sharing"),
        "url": reverse("supplies:allocation_progress", args=[uuid]),
        "result_url": reverse("supplies:allocation", args=[uuid]),
    }


def _crumbs(label: str) -> list[dict[str, str]]:
    return [{"label": _("Sharings"), "url": reverse("supplies:allocations")}, {"label": label}]
