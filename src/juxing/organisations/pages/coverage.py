"""Who answers for which place: the list with gaps and loads, the map, the wizard."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import InvalidInput, NotVisible, Refusal
from juxing.kernel.web import ActorRequest, new_form_key, signed_in
from juxing.organisations import commands, policy, queries
from juxing.organisations.commands import Answers
from juxing.organisations.enums import CoverageKind
from juxing.organisations.group_forms import (
    AnswerForm,
    ChooseOrganisationForm,
    ClusterForm,
    CoverageFilterForm,
    SiteForm,
    StandardForm,
    WizardForm,
)
from juxing.organisations.pages.flow import (
    action,
    crumbs,
    organisation_picked,
    own_place,
    person_picked,
    place_picked,
    pressed,
    take,
)
from juxing.places.models import Building


@signed_in(policy.SEE_COVERAGE)
def coverage(request: ActorRequest) -> HttpResponse:
    """Show places and who answers for them, gaps and loads first seen."""
    asked = request.GET.copy()
    asked.setdefault("kind", CoverageKind.BUILDING)
    form = CoverageFilterForm(asked)
    filled = form.cleaned_data if form.is_valid() else {"area": "", "kind": "", "state": ""}
    area_code, kind = filled["area"], filled["kind"] or CoverageKind.BUILDING
    actor, now = request.actor, clock.now()
    page = queries.coverage.places_page(
        actor=actor, now=now, kind=kind, area_code=area_code, state=filled["state"], cursor=request.GET.get("cursor")
    )
    may = actor.may_somewhere(policy.COVER)
    context = {
        "page_title": _("Who answers for what"), "page_icon": "map-pin", "form": form, "page": page, "rows": page.rows,
        "page_subtitle": _("Every estate, building, household cluster and site has somebody who answers for it."),
        "caption": _("Places and who answers for them"), "reset_url": reverse("organisations:coverage"),
        "columns": [{"label": _("Place")}, {"label": _("A")}, {"label": _("B")},
                    {"label": _("Households"), "kind": "number"}, {"label": _("State")}],
        "figures": _figures(request, area_code), "kind": kind, "may_cover": may,
        "loads": queries.coverage.loads(actor=actor, area_code=area_code, most=12),
        "worst": queries.coverage.worst_communities(actor=actor, area_code=area_code),
        "last_batch": queries.coverage.last_batch(actor=actor, now=now, area_code=area_code) if may else None,
        "map_url": f"{reverse('organisations:coverage_map')}?area={area_code}&kind={kind}", **new_form_key(),
        "page_actions": _actions(request, area_code, kind), "area_code": area_code,
        "empty": {"icon": "map-pin", "title": _("No place fits."), "text": ""},
    }  # fmt: skip
    return render(request, "organisations/coverage.html", context)


def _figures(request: ActorRequest, area_code: str) -> list[dict[str, Any]]:
    url = reverse("organisations:coverage")
    return [
        {
            "label": CoverageKind(row.kind).label, "value": row.gaps,
            "tone": "good" if not row.gaps else ("bad" if row.gaps * 4 > row.places else "warn"),
            "unit": _("without anybody"), "change": _("of %(places)d") % {"places": row.places},
            "url": f"{url}?area={area_code}&kind={row.kind}&state=gap",
        }
        for row in queries.coverage.figures(actor=request.actor, area_code=area_code)
    ]  # fmt: skip


def _actions(request: ActorRequest, area_code: str, kind: str) -> list[dict[str, Any]]:
    if not request.actor.may_somewhere(policy.COVER):
        return []
    tables = reverse("organisations:export_table", args=["coverage"])
    place = area_code or own_place(request.actor, policy.COVER)
    return [
        action(_("Propose"), f"{reverse('organisations:wizard')}?area={place}&kind={kind}&keep=on", "target",
               kind="primary"),
        action(_("Households per person"), reverse("organisations:standard"), "adjustments-horizontal"),
        action(_("Add a site"), reverse("organisations:add_site"), "plus"),
        action(_("Add a cluster"), reverse("organisations:add_cluster"), "plus"),
        action(_("Import a table"), reverse("organisations:import_table", args=["coverage"]), "upload"),
        action(_("Take out as a table"), f"{tables}?area={area_code}", "download"),
    ]  # fmt: skip


@signed_in(policy.SEE_COVERAGE)
def coverage_map(request: ActorRequest) -> HttpResponse:
    """Answer with the places of a kind as GeoJSON: a gap is bad, too many households warn."""
    kind = request.GET.get("kind", CoverageKind.BUILDING)
    if kind not in CoverageKind.values:
        raise NotVisible
    found = queries.coverage.points(actor=request.actor, area_code=request.GET.get("area", "")[:40], kind=kind)
    features = []
    for row, given, too_full in found:
        holder = (given.account or given.organisation) if given else None
        words = {"bad": _("nobody answers for it"), "warn": _("%(who)s, with too many households")}
        tone = "bad" if holder is None else ("warn" if too_full else "good")
        text = words[tone] % {"who": holder} if tone in words else str(holder)
        features.append(
            {
                "type": "Feature", "geometry": {"type": "Point", "coordinates": [row.longitude, row.latitude]},
                "properties": {"title": getattr(row, "label", "") or row.name, "text": text, "tone": tone},
            }
        )  # fmt: skip
    return JsonResponse({"type": "FeatureCollection", "features": features})


@signed_in(policy.COVER)
def wizard(request: ActorRequest) -> HttpResponse:
    """Propose who answers for each place of a community, to be edited and accepted."""
    form = WizardForm(request.GET if request.GET.get("area") else None, initial={"keep": True})
    draft = None
    if form.is_bound and form.is_valid():
        filled = form.cleaned_data
        try:
            draft = queries.coverage.draft(
                actor=request.actor, now=clock.now(), area_code=filled["area"], kind=filled["kind"], keep=filled["keep"]
            )
        except InvalidInput as refusal:
            form.add_error(None, str(refusal.message))
    listed = reverse("organisations:coverage")
    context = {
        "page_title": _("Propose who answers"), "page_icon": "target", "form": form, "draft": draft, **new_form_key(),
        "page_subtitle": _("Fewest households above the limit, then the shortest ways. You decide."),
        "breadcrumbs": crumbs((_("Who answers for what"), listed), (_("Propose"), "")),
        "area_code": request.GET.get("area", ""), "kind": request.GET.get("kind", ""),
        "lines": _lines(draft) if draft else [], "submit_label": _("Propose"),
    }  # fmt: skip
    return render(request, "organisations/wizard.html", context, status=422 if form.is_bound and form.errors else 200)


def _lines(draft: queries.coverage.Draft) -> list[dict[str, Any]]:
    return [
        {
            "code": place.code, "label": label, "households": place.households, "today": today,
            "chosen": draft.proposed.account_of.get(place.code),
            "is_new": draft.proposed.account_of.get(place.code) != place.account_id,
        }
        for place, label, today in draft.places
    ]  # fmt: skip


@idempotent
@signed_in(policy.COVER)
@require_POST
def accept(request: ActorRequest) -> HttpResponse:
    """Accept a proposal as it was edited: fields ``holder:<code>`` hold account ids."""
    kind, area_code = request.POST.get("kind", ""), request.POST.get("area", "")[:40]
    answers = {}
    for name, value in request.POST.items():
        if name.startswith("holder:"):
            number = str(value)
            account_id = int(number) if number.isdecimal() and len(number) < 18 else None
            answers[name.removeprefix("holder:")] = Answers(account_id=account_id)
    url = f"{reverse('organisations:coverage')}?area={area_code}&kind={kind}"
    return pressed(
        request,
        lambda: commands.cover_places(actor=request.actor, now=clock.now(), kind=kind, answers=_with_b(kind, answers)),
        done=_("The proposal holds from now on. It can be undone."), url=url,
    )  # fmt: skip


def _with_b(kind: str, answers: dict[str, Answers]) -> dict[str, Answers]:
    """Keep the B of places whose A stays."""
    standing = queries.coverage.standing(kind=kind, codes=list(answers))
    return {
        code: old if (old := standing.get(code)) is not None and old.account_id == given.account_id else given
        for code, given in answers.items()
    }


@idempotent
@signed_in(policy.COVER)
@require_POST
def undo(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Undo an accepted proposal."""
    url = f"{reverse('organisations:coverage')}?area={request.POST.get('area', '')[:40]}"
    return pressed(
        request, lambda: commands.undo_batch(actor=request.actor, now=clock.now(), batch=uuid),
        done=_("Undone: everything stands as before."), url=url,
    )  # fmt: skip


@idempotent
@signed_in(policy.COVER)
def answer(request: ActorRequest, kind: str, code: str) -> HttpResponse:
    """Say who answers for one place."""
    actor, now = request.actor, clock.now()
    if kind not in CoverageKind.values or not actor.may(policy.COVER, code):
        raise NotVisible
    standing = queries.coverage.standing(kind=kind, codes=[code]).get(code)
    back = f"{reverse('organisations:coverage')}?area={code[:12]}&kind={kind}"
    if kind == CoverageKind.SITE:
        form: Any = ChooseOrganisationForm(request.POST or None)
    else:
        form = AnswerForm(request.POST or None, initial=queries.coverage.sign_in_names(standing))

    def act(filled: dict[str, Any]) -> str:
        if kind == CoverageKind.SITE:
            unit = organisation_picked(request, filled["organisation"])
            given = Answers(organisation_id=unit.pk)
        else:
            ids = [
                person_picked(request, filled[key], right=policy.COVER, field=key).pk if filled[key] else None
                for key in ("account", "alternate")
            ]
            given = Answers(account_id=ids[0], alternate_id=ids[1])
        try:
            commands.cover_places(actor=actor, now=now, kind=kind, answers={code: given})
        except Refusal as refusal:
            refusal.field = None
            raise
        return back

    context = {
        "page_title": _("Who answers for it"), "page_subtitle": code, "cancel_url": back,
        "breadcrumbs": crumbs((_("Who answers for what"), back), (code, "")),
    }  # fmt: skip
    return take(request, form, act, done=_("It is written down."), context=context)


@idempotent
@signed_in(policy.COVER)
def standard(request: ActorRequest) -> HttpResponse:
    """Set how many households one person should have at most."""
    form = StandardForm(request.POST or None, initial={"area": own_place(request.actor, policy.COVER)})
    back = reverse("organisations:coverage")

    def act(filled: dict[str, Any]) -> str:
        commands.set_standard(
            actor=request.actor, now=clock.now(), area_code=filled["area"], households_per_holder=filled["households"]
        )
        return back

    context = {
        "page_title": _("Households per person"), "cancel_url": back,
        "page_subtitle": _("The usual number is 240 households for one community worker."),
        "breadcrumbs": crumbs((_("Who answers for what"), back), (_("Households per person"), "")),
    }  # fmt: skip
    return take(request, form, act, done=_("It is written down."), context=context)


@idempotent
@signed_in(policy.COVER)
def add_site(request: ActorRequest) -> HttpResponse:
    """Add a site somebody must answer for."""
    form = SiteForm(request.POST or None, initial={"area_code": own_place(request.actor, policy.COVER)[:12]})
    back = f"{reverse('organisations:coverage')}?kind=site"

    def act(filled: dict[str, Any]) -> str:
        place = place_picked(request, filled.pop("area_code"))
        commands.add_site(actor=request.actor, now=clock.now(), area_code=place, **filled)
        return back

    context = {"page_title": _("Add a site"), "cancel_url": back,
               "breadcrumbs": crumbs((_("Who answers for what"), back), (_("Add a site"), ""))}  # fmt: skip
    return take(request, form, act, done=_("It is written down."), context=context)


@idempotent
@signed_in(policy.COVER)
def add_cluster(request: ActorRequest) -> HttpResponse:
    """Add a household cluster to a building."""
    form = ClusterForm(request.POST or None)
    back = f"{reverse('organisations:coverage')}?kind=household_cluster"

    def act(filled: dict[str, Any]) -> str:
        code = place_picked(request, filled.pop("building"), field="building")
        building = Building.objects.filter(area_code=code).first()
        if building is None:
            raise InvalidInput("building_unknown", _("There is no such building in your area."), field="building")
        commands.add_cluster(actor=request.actor, now=clock.now(), building=building, **filled)
        return back

    context = {"page_title": _("Add a cluster"), "cancel_url": back,
               "breadcrumbs": crumbs((_("Who answers for what"), back), (_("Add a cluster"), ""))}  # fmt: skip
    return take(request, form, act, done=_("It is written down."), context=context)
