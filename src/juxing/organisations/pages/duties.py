"""Checklists of posts and work programmes."""

from __future__ import annotations

from datetime import date
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
from juxing.kernel.web import ActorRequest, new_form_key, signed_in
from juxing.organisations import commands, policy, queries
from juxing.organisations.checklists import CHECKLISTS, PROGRAMMES
from juxing.organisations.group_forms import AreaForm, CountForm, ProgrammeForm, TargetsForm
from juxing.organisations.pages.flow import action, crumbs, own_place, pressed, take


@signed_in(policy.MANAGE)
def sheets(request: ActorRequest) -> HttpResponse:
    """List this month's checklists of a place."""
    form = AreaForm(request.GET)
    area_code = form.cleaned_data["area"] if form.is_valid() else ""
    month = _month(request)
    page = queries.duties.sheets_page(
        actor=request.actor, month=month, area_code=area_code, cursor=request.GET.get("cursor")
    )  # fmt: skip
    for row in page.rows:
        row.name = CHECKLISTS[row.checklist].name if row.checklist in CHECKLISTS else row.checklist  # type: ignore[attr-defined]
    context = {
        "page_title": _("Checklists"), "page_icon": "checklist", "form": form, "page": page, "rows": page.rows,
        "page_subtitle": _("Duties of posts, ticked by their holders month by month. Nobody is ranked by them."),
        "caption": _("Checklists of the month"), "reset_url": reverse("organisations:sheets"), "tabs": _tabs("sheets"),
        "columns": [{"label": _("Post")}, {"label": pgettext("organisations", "Who")}, {"label": _("Checklist")},
                    {"label": _("Done")}],
        "row_template": "organisations/_sheet_row.html",
        "empty": {"icon": "checklist", "title": _("No checklist this month."),
                  "text": _("Choose a checklist for a post; it is opened for its holder every month.")},
    }  # fmt: skip
    return render(request, "organisations/listing.html", context)


def _month(request: ActorRequest) -> date:
    try:
        return date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return clock.now().date()


def _tabs(current: str) -> list[dict[str, Any]]:
    entries = [("sheets", _("Checklists"), "checklist"), ("programmes", _("Work programmes"), "target")]
    return [
        {"label": label, "url": reverse(f"organisations:{name}"), "icon": icon, "is_current": name == current}
        for name, label, icon in entries
    ]


@signed_in(policy.SEE)
def sheet(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show a checklist; its person ticks it here."""
    found = queries.duties.sheet(actor=request.actor, uuid=uuid)
    context = {
        "page_title": str(queries.duties.listing_of(found).name), "back_url": reverse("organisations:own_posts"),
        "sheet": found, "lines": queries.duties.items_of(found), "may_tick": policy.can_tick(request.actor, found),
        **new_form_key(),
    }  # fmt: skip
    return render(request, "organisations/sheet.html", context)


@idempotent
@signed_in(policy.SEE)
@require_POST
def tick(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Tick an item, or open it again."""
    found = queries.duties.sheet(actor=request.actor, uuid=uuid)
    return pressed(
        request,
        lambda: commands.tick(
            actor=request.actor, now=clock.now(), sheet=found, item=request.POST.get("item", ""),
            done=request.POST.get("to") != "open", note=request.POST.get("note", ""),
        ),
        done=_("It is written down."), url=reverse("organisations:sheet", args=[uuid]),
    )  # fmt: skip


@signed_in(policy.COUNT)
def programmes(request: ActorRequest) -> HttpResponse:
    """List work programmes with their progress."""
    form = AreaForm(request.GET)
    area_code = form.cleaned_data["area"] if form.is_valid() else ""
    page = queries.duties.programmes_page(actor=request.actor, area_code=area_code, cursor=request.GET.get("cursor"))
    for row in page.rows:
        listing = PROGRAMMES.get(row.template)
        row.kind = listing.name if listing else row.template  # type: ignore[attr-defined]
    may = request.actor.may_somewhere(policy.MANAGE)
    context = {
        "page_title": _("Work programmes"), "page_icon": "target", "form": form, "page": page, "rows": page.rows,
        "page_subtitle": _("Visits and affairs counted for a programme: numbers of work, never of families."),
        "caption": _("Work programmes"), "reset_url": reverse("organisations:programmes"), "tabs": _tabs("programmes"),
        "columns": [{"label": _("Its name")}, {"label": _("Programme")}, {"label": _("Place")}, {"label": _("Until")},
                    {"label": _("Done")}],
        "row_template": "organisations/_programme_row.html",
        "page_actions": [action(_("Begin a programme"), reverse("organisations:add_programme"), "plus",
                                kind="primary")] if may else [],
        "empty": {"icon": "target", "title": _("No programme runs here."), "text": ""},
    }  # fmt: skip
    return render(request, "organisations/listing.html", context)


@idempotent
@signed_in(policy.MANAGE)
def add_programme(request: ActorRequest) -> HttpResponse:
    """Begin a programme: the template first, then its targets."""
    template = request.POST.get("template") or request.GET.get("template", "")
    today = clock.now().date()
    initial = {
        "template": template, "name": _name(template), "area_code": own_place(request.actor, policy.MANAGE),
        "starts_on": today, "ends_on": today.replace(month=12, day=31),
    }  # fmt: skip
    form = ProgrammeForm(request.POST or None, initial=initial)
    items = PROGRAMMES[template].items if template in PROGRAMMES else next(iter(PROGRAMMES.values())).items
    targets = TargetsForm(request.POST if template in PROGRAMMES and request.POST else None, items=items)
    listed = reverse("organisations:programmes")

    def act(filled: dict[str, Any]) -> str:
        wanted = targets.cleaned_data if targets.is_valid() else None
        made = commands.begin_programme(actor=request.actor, now=clock.now(), targets=wanted, **filled)
        return reverse("organisations:programme", args=[made.uuid])

    context = {
        "page_title": _("Begin a programme"), "cancel_url": listed, "targets": targets,
        "choices": [
            {"label": str(row.name), "url": f"?template={code}", "is_current": code == template}
            for code, row in PROGRAMMES.items()
        ],
        "breadcrumbs": crumbs((_("Work programmes"), listed), (_("Begin a programme"), "")),
    }  # fmt: skip
    return take(
        request, form, act, done=_("It has begun."), context=context, template="organisations/add_programme.html"
    )


def _name(template: str) -> str:
    return f"{PROGRAMMES[template].name} {clock.now().year}" if template in PROGRAMMES else ""


@idempotent
@signed_in(policy.COUNT)
def programme(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show a programme's progress, and take a day's work in."""
    actor, now = request.actor, clock.now()
    found = queries.duties.programme(actor=actor, uuid=uuid)
    targets = queries.duties.targets_of(found)
    names = [(target.item, str(item.words)) for item, target in targets]
    form = CountForm(request.POST or None, items=names, initial={"on": now.date()})
    own = reverse("organisations:programme", args=[uuid])

    def act(filled: dict[str, Any]) -> str:
        commands.count_work(actor=actor, now=now, programme=found, **filled)
        return own

    words = dict(names)
    may_close = actor.may(policy.MANAGE, found.area_code) and found.closed_at is None
    context = {
        "page_title": found.name, "page_subtitle": found.area_code, "programme": found, "targets": targets,
        "percent": queries.duties.percent([target for _item, target in targets]),
        "work": [
            {"on": row.on, "count": row.count, "what": words.get(row.target.item, row.target.item), "who": row.account}
            for row in queries.duties.entries_of(found)
        ],
        "submit_label": _("Add"),
        "page_actions": [{"label": _("Close the programme"), "dialog": "close-programme", "icon": "x"}]
        if may_close else [],
        "breadcrumbs": crumbs((_("Work programmes"), reverse("organisations:programmes")), (found.name, "")),
    }  # fmt: skip
    return take(
        request, form, act, done=_("It is counted."), context=context, template="organisations/programme.html"
    )  # fmt: skip


@idempotent
@signed_in(policy.MANAGE)
@require_POST
def close_programme(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Close a programme."""
    found = queries.duties.programme(actor=request.actor, uuid=uuid)
    return pressed(
        request, lambda: commands.close_programme(actor=request.actor, now=clock.now(), programme=found),
        done=_("The programme is closed."), url=reverse("organisations:programmes"),
    )  # fmt: skip
