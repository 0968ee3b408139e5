"""Coverage on foot: begin an analysis, watch it, read gaps and proposals, take them away as a file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from juxing.access.export_pages import take_out
from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in
from juxing.places.queries import areas_in, name_of
from juxing.venues import commands, policy
from juxing.venues.enums import VenueFunction
from juxing.venues.forms import CircleForm
from juxing.venues.models import LifeCircle
from juxing.venues.pages.words import crumbs, planning_choices, tabs
from juxing.venues.queries import coverage as queries
from juxing.venues.queries import venues as venue_queries
from juxing.venues.queries.venues import VenueFilters


@signed_in(policy.PLAN)
def circles(request: ActorRequest) -> HttpResponse:
    """List analyses, newest first."""
    page = queries.circles_page(actor=request.actor, cursor=request.GET.get("cursor"))
    places = areas_in(row.area_code for row in page.rows)
    for row in page.rows:
        row.place = places[row.area_code].name if row.area_code in places else row.area_code  # type: ignore[attr-defined]
        row.share = _share(row.result["residents_covered"], row.result["residents"])  # type: ignore[attr-defined]
    begin = {"label": _("Measure"), "url": reverse("venues:measure"), "icon": "target", "kind": "primary"}
    context = {
        "page_title": _("Coverage on foot"), "page_icon": "target", "tabs": tabs(request.actor, "circles"),
        "page_subtitle": _("Who reaches a function within a quarter of an hour, and where nobody does."),
        "page_actions": [begin], "page": page, "caption": _("Analyses"),
        "columns": [{"label": _("Function")}, {"label": _("Place")}, {"label": _("Within")},
                    {"label": _("Reached"), "kind": "number"}, {"label": _("Measured at")}],
        "empty": {"icon": "target", "title": _("Nothing was measured yet"),
                  "text": _("Choose a function and a place."), "action": begin},
    }  # fmt: skip
    return render(request, "venues/circles.html", context)


@idempotent
@signed_in(policy.PLAN)
def measure(request: ActorRequest) -> HttpResponse:
    """Begin an analysis."""
    form = CircleForm(
        request.POST or None, areas=planning_choices(request.actor),
        initial={"function": request.GET.get("function", VenueFunction.SERVICE_CENTRE)},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            job = commands.start_life_circle(
                actor=request.actor, now=clock.now(), area_code=form.cleaned_data["area"], wish=form.wish()
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("venues:circle", job.uuid)
    context = {
        "page_title": _("Measure coverage"), "form": form, "cancel_url": reverse("venues:circles"),
        "breadcrumbs": crumbs((_("Coverage on foot"), reverse("venues:circles")), (_("Measure"), "")),
        **new_form_key(),
    }  # fmt: skip
    return render(request, "venues/form.html", context, status=422 if form.errors else 200)


@signed_in(policy.PLAN)
def circle(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show an analysis, or how far its computing is."""
    try:
        found = queries.circle(actor=request.actor, uuid=uuid)
    except NotVisible:
        context = _progress(uuid, queries.computing(actor=request.actor, uuid=uuid))
        return render(request, "venues/computing.html", context | {"page_title": _("Coverage on foot")})
    page = queries.gaps_page(circle=found, cursor=request.GET.get("cursor"))
    places = areas_in(gap.area_code for gap in page.rows)
    for gap in page.rows:
        gap.place = places[gap.area_code].name if gap.area_code in places else gap.area_code  # type: ignore[attr-defined]
    context = {
        "page_title": found.get_function_display(), "circle": found, "result": found.result, "page": page,
        "page_subtitle": f"{name_of(found.area_code)} · {found.get_basis_display()}",
        "figures": _figures(found), "proposals": list(queries.proposals_of(circle=found)),
        "caption": _("Gaps, where most elders live first"),
        "columns": [{"label": _("Rank"), "kind": "number"}, {"label": _("Place")},
                    {"label": _("Elders"), "kind": "number"}, {"label": _("Residents"), "kind": "number"},
                    {"label": _("Buildings"), "kind": "number"}, {"label": _("Nearest, metres"), "kind": "number"}],
        "empty": {"icon": "circle-check", "title": _("Everybody reaches it"), "text": ""},
        "map_url": reverse("venues:circle_map", args=[uuid]),
        "page_actions": [
            {"label": _("Save as Excel"), "url": reverse("venues:circle_file", args=[uuid, "xlsx"]),
             "icon": "download"},
            {"label": _("Save as CSV"), "url": reverse("venues:circle_file", args=[uuid, "csv"]), "icon": "download"},
        ],
        "breadcrumbs": crumbs((_("Coverage on foot"), reverse("venues:circles")), (found.get_function_display(), "")),
    }  # fmt: skip
    return render(request, "venues/circle.html", context)


@signed_in(policy.PLAN)
def circle_progress(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Answer the progress bar."""
    context = _progress(uuid, queries.computing(actor=request.actor, uuid=uuid))
    return render(request, "components/progress.html", context)


@signed_in(policy.PLAN)
def circle_map(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Answer the map: gaps, proposals, and the venues that serve the function now."""
    found = queries.circle(actor=request.actor, uuid=uuid)
    gaps = [
        _point(gap.longitude, gap.latitude, tone="bad", title=_("Gap %(rank)s") % {"rank": gap.rank},
               text=_("%(elders)s elders, %(residents)s residents")
               % {"elders": gap.elders, "residents": gap.residents})
        for gap in queries.gaps_page(circle=found).rows
    ]  # fmt: skip
    places = [
        _point(place.venue.longitude, place.venue.latitude, tone="good", title=place.venue.name,
               text=_("adds %(residents)s residents") % {"residents": place.residents_added},
               url=reverse("venues:venue", args=[place.venue.uuid]))
        for place in queries.proposals_of(circle=found)
    ]  # fmt: skip
    filters = VenueFilters(area_code=found.area_code, serves=found.function)
    serving = [
        _point(row.longitude, row.latitude, tone="info", title=row.name, url=reverse("venues:venue", args=[row.uuid]))
        for row in venue_queries.filtered(request.actor, filters, now=clock.now()).filter(longitude__isnull=False)[:300]
    ]
    return JsonResponse({"type": "FeatureCollection", "features": [*places, *gaps, *serving]})


@signed_in(policy.PLAN)
def circle_file(request: ActorRequest, uuid: UUID, kind: str) -> HttpResponse:
    """Ask what the gaps are for, and give all of them as a file."""
    found = queries.circle(actor=request.actor, uuid=uuid)
    return take_out(request, "venues.gaps", arguments={"circle": str(found.uuid)}, file_format=kind)


def _figures(found: LifeCircle) -> list[dict[str, Any]]:
    result = found.result
    return [
        {"label": _("Residents who reach it"), "value": _share(result["residents_covered"], result["residents"]),
         "note": _("%(covered)s of %(all)s") % {"covered": result["residents_covered"], "all": result["residents"]}},
        {"label": _("Elders who reach it"), "value": _share(result["elders_covered"], result["elders"]),
         "note": _("%(covered)s of %(all)s") % {"covered": result["elders_covered"], "all": result["elders"]}},
        {"label": _("With the new places"), "value": _share(result["residents_after"], result["residents"]),
         "note": _("elders: %(share)s") % {"share": _share(result["elders_after"], result["elders"])}},
        {"label": _("Venues and candidates"), "value": f"{result['sites']} + {result['candidates']}",
         "note": _("%(buildings)s buildings") % {"buildings": result["buildings"]}},
    ]  # fmt: skip


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _point(longitude: float | None, latitude: float | None, **properties: str) -> dict[str, Any]:
    return {
        "type": "Feature", "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
        "properties": properties,
    }  # fmt: skip


def _progress(uuid: UUID, job: Any) -> dict[str, Any]:
    return {
        "job": job, "title": _("Measuring coverage on foot"), "url": reverse("venues:circle_progress", args=[uuid]),
        "result_url": reverse("venues:circle", args=[uuid]),
    }  # fmt: skip
