"""Joint committees, their units, and pledges."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from juxing.kernel import clock, journal
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import NotVisible
from juxing.kernel.web import ActorRequest, new_form_key, signed_in
from juxing.organisations import commands, policy, queries
from juxing.organisations.enums import PledgeKind, PledgeStatus
from juxing.organisations.group_forms import (
    AreaForm,
    CallForm,
    CommitteeForm,
    DeliverForm,
    PledgeFilterForm,
    PledgeForm,
    UnitForm,
)
from juxing.organisations.lifecycle import PLEDGE
from juxing.organisations.meeting_forms import SecretaryForm
from juxing.organisations.models import JointCommittee, Pledge
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
from juxing.organisations.pages.words import timeline

TONES = {
    PledgeStatus.OFFERED: "waiting", PledgeStatus.ACCEPTED: "neutral", PledgeStatus.CALLED: "moving",
    PledgeStatus.FULFILLED: "done", PledgeStatus.WITHDRAWN: "ended",
}  # fmt: skip


@signed_in(policy.SEE)
def committees(request: ActorRequest) -> HttpResponse:
    """List joint committees."""
    form = AreaForm(request.GET)
    area_code = form.cleaned_data["area"] if form.is_valid() else ""
    page = queries.committees.committees_page(
        actor=request.actor, area_code=area_code, cursor=request.GET.get("cursor")
    )  # fmt: skip
    may = request.actor.may_somewhere(policy.MANAGE)
    context = {
        "page_title": _("Joint committees"), "page_icon": "sitemap", "form": form, "page": page, "rows": page.rows,
        "page_subtitle": _("Units of a street or community that serve it together, and what they pledge."),
        "caption": _("Joint committees"), "reset_url": reverse("organisations:committees"),
        "tabs": committee_tabs("committees"),
        "columns": [{"label": _("Its name")}, {"label": _("Kind")}, {"label": _("Units"), "kind": "number"},
                    {"label": _("Pledges"), "kind": "number"}],
        "row_template": "organisations/_committee_row.html",
        "page_actions": [action(_("Found a joint committee"), reverse("organisations:add_committee"), "plus",
                                kind="primary")] if may else [],
        "empty": {"icon": "sitemap", "title": _("No joint committee here yet."), "text": ""},
    }  # fmt: skip
    return render(request, "organisations/listing.html", context)


def committee_tabs(current: str) -> list[dict[str, Any]]:
    """Return the tabs of everything about joint committees."""
    entries = [("committees", _("Joint committees"), "sitemap"), ("meetings", _("Meetings"), "calendar-event"),
               ("decisions", _("Decisions"), "gavel"), ("pledges", _("Pledges"), "heart-handshake")]  # fmt: skip
    return [
        {"label": label, "url": reverse(f"organisations:{name}"), "icon": icon, "is_current": name == current}
        for name, label, icon in entries
    ]


@idempotent
@signed_in(policy.MANAGE)
def add_committee(request: ActorRequest) -> HttpResponse:
    """Found a joint committee."""
    form = CommitteeForm(request.POST or None, initial={"area_code": own_place(request.actor, policy.MANAGE)[:12]})

    def act(filled: dict[str, Any]) -> str:
        place = place_picked(request, filled.pop("area_code"))
        made = commands.found_committee(actor=request.actor, now=clock.now(), area_code=place, **filled)
        return reverse("organisations:committee", args=[made.uuid])

    listed = reverse("organisations:committees")
    context = {
        "page_title": _("Found a joint committee"), "cancel_url": listed,
        "breadcrumbs": crumbs((_("Joint committees"), listed), (_("Found a joint committee"), "")),
    }  # fmt: skip
    return take(request, form, act, done=_("It is founded."), context=context)


@idempotent
@signed_in(policy.SEE)
def committee(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show a joint committee: its units and what they pledge; who keeps the register adds units here."""
    actor, now = request.actor, clock.now()
    found = queries.committees.committee(actor=actor, uuid=uuid)
    may_manage = actor.may(policy.MANAGE, found.area_code)
    form = UnitForm(request.POST or None)

    def act(filled: dict[str, Any]) -> str:
        unit, name = organisation_picked(request, filled["organisation"]), filled["liaison"].strip()
        liaison = person_picked(request, name, right=policy.MANAGE, field="liaison") if name else None
        commands.join_committee(actor=actor, now=now, committee=found, organisation=unit, liaison=liaison)
        return reverse("organisations:committee", args=[uuid])

    runs = policy.runs_committee(actor, found)
    sums = queries.committees.pledge_sums(actor=actor, area_code=found.area_code, today=now.date())
    context = {
        "page_title": found.name, "page_subtitle": found.get_level_display(), "committee": found,
        "units": queries.committees.units_of(actor=actor, committee=found), "may_manage": may_manage,
        "figures": [
            {"label": PledgeKind(row["kind"]).label, "value": row["pledges"], "icon": "heart-handshake",
             "change": _("%(called)d called on, %(came)d came") % {"called": row["called"], "came": row["came"] or 0},
             "url": f"{reverse('organisations:pledges')}?area={found.area_code}&kind={row['kind']}"}
            for row in sums
        ],
        "breadcrumbs": crumbs((_("Joint committees"), reverse("organisations:committees")), (found.name, "")),
        "own_id": actor.account_id, "submit_label": _("Add"),
        "meetings": queries.meetings.meetings_of(actor=actor, committee=found),
        "decisions": _decisions_line(request, found),
        "secretary_form": SecretaryForm(auto_id="id_secretary_%s") if may_manage else None,
        "secretary_label": _("Name the secretary"),
        "page_actions": [action(_("Plan a meeting"), reverse("organisations:plan_meeting", args=[uuid]),
                                "calendar-event", kind="primary")] if runs else [],
    }  # fmt: skip
    return take(
        request, form, act, done=_("It is written down."), context=context, template="organisations/committee.html"
    )


def _decisions_line(request: ActorRequest, found: JointCommittee) -> dict[str, Any]:
    """Return how many decisions of the committee are open and overdue, and where they are listed."""
    today = timezone.localdate(clock.now())
    sums = queries.meetings.decision_sums(actor=request.actor, today=today, committee=found)
    return sums | {"url": f"{reverse('organisations:decisions')}?area={found.area_code}"}


@idempotent
@signed_in(policy.MANAGE)
@require_POST
def name_secretary(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Name the committee's secretary; an empty field leaves the place empty."""
    actor, now = request.actor, clock.now()
    found = queries.committees.committee(actor=actor, uuid=uuid)
    form = SecretaryForm(request.POST, auto_id="id_secretary_%s")

    def act() -> None:
        name = form.cleaned_data["account"].strip() if form.is_valid() else ""
        account = person_picked(request, name, right=policy.MANAGE) if name else None
        commands.name_secretary(actor=actor, now=now, committee=found, account=account)

    return pressed(request, act, done=_("It is written down."), url=reverse("organisations:committee", args=[uuid]))


@signed_in(policy.SEE)
def pledges(request: ActorRequest) -> HttpResponse:
    """List pledges."""
    form = PledgeFilterForm(request.GET)
    filled = form.cleaned_data if form.is_valid() else {"area": "", "kind": "", "status": ""}
    page = queries.committees.pledges_page(
        actor=request.actor, area_code=filled["area"], kind=filled["kind"], status=filled["status"],
        cursor=request.GET.get("cursor"),
    )  # fmt: skip
    for row in page.rows:
        row.tone = TONES[PledgeStatus(row.status)]  # type: ignore[attr-defined]
    actions = []
    if request.actor.may_somewhere(policy.IMPORT):
        actions.append(action(_("Import a table"), reverse("organisations:import_table", args=["pledges"]), "upload"))
    if request.actor.may_somewhere(policy.EXPORT):
        url = f"{reverse('organisations:export_table', args=['pledges'])}?area={filled['area']}"
        actions.append(action(_("Take out as a table"), url, "download"))
    context = {
        "page_title": _("Pledges"), "page_icon": "heart-handshake", "form": form, "page": page, "rows": page.rows,
        "page_subtitle": _("People, places, goods and skills that member units hold ready."),
        "caption": _("Pledges"), "reset_url": reverse("organisations:pledges"), "tabs": committee_tabs("pledges"),
        "columns": [{"label": pgettext("organisations", "What")}, {"label": _("Member unit")}, {"label": _("Kind")},
                    {"label": _("How many"), "kind": "number"}, {"label": _("Step")}],
        "row_template": "organisations/_pledge_row.html", "page_actions": actions,
        "empty": {"icon": "heart-handshake", "title": _("No pledge fits."), "text": ""},
    }  # fmt: skip
    return render(request, "organisations/listing.html", context)


@idempotent
@signed_in(policy.PLEDGE)
def add_pledge(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Pledge something for a unit."""
    member = queries.committees.member_for(actor=request.actor, uuid=uuid)
    form = PledgeForm(request.POST or None)
    own = reverse("organisations:committee", args=[member.committee.uuid])

    def act(_filled: dict[str, Any]) -> str:
        made = commands.offer_pledge(actor=request.actor, now=clock.now(), member=member, given=form.given())
        return reverse("organisations:pledge", args=[made.uuid])

    context = {
        "page_title": _("Pledge something"), "page_subtitle": member.organisation.name, "cancel_url": own,
        "breadcrumbs": crumbs((member.committee.name, own), (_("Pledge something"), "")),
    }  # fmt: skip
    return take(request, form, act, done=_("Thank you. The pledge is written down."), context=context)


@signed_in(policy.SEE)
def pledge(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show a pledge and what can be done with it."""
    found = queries.committees.pledge(actor=request.actor, uuid=uuid)
    steps = {step.name for step in PLEDGE.offered(request.actor, found)}
    own = reverse("organisations:committee", args=[found.member.committee.uuid])
    context = {
        "page_title": found.subject, "page_subtitle": found.member.organisation.name, "pledge": found,
        "page_badge": {"label": found.get_status_display(), "tone": TONES[PledgeStatus(found.status)]},
        "facts": _facts(found), "steps": steps, "call_form": CallForm(), **new_form_key(),
        "deliver_form": DeliverForm(initial={"quantity": found.quantity - found.delivered}),
        "entries": timeline(journal.entries_about("organisations.pledge", found.uuid)[:20]),
        "breadcrumbs": crumbs((found.member.committee.name, own), (found.subject, "")),
        "call_label": _("Call on it"), "deliver_label": _("Write it down"),
    }  # fmt: skip
    return render(request, "organisations/pledge.html", context)


def _facts(found: Pledge) -> list[dict[str, Any]]:
    return [
        {"term": _("Kind"), "value": found.get_kind_display()},
        {"term": _("How many"), "value": f"{found.quantity} {found.unit}"},
        {"term": _("Came so far"), "value": f"{found.delivered} {found.unit}"},
        {"term": _("Holds until"), "value": found.valid_until or "–"},
        *([{"term": _("Called on for"), "value": found.called_for}] if found.called_for else []),
        *([{"term": _("Needed by"), "value": found.due_at}] if found.due_at else []),
    ]  # fmt: skip


@idempotent
@signed_in(policy.SEE)
@require_POST
def move_pledge(request: ActorRequest, uuid: UUID, what: str) -> HttpResponse:
    """Accept, call on, take back, write down what came, or withdraw."""
    actor, now = request.actor, clock.now()
    found = queries.committees.pledge(actor=actor, uuid=uuid)
    own = reverse("organisations:pledge", args=[uuid])
    forms: dict[str, Form] = {"call": CallForm(request.POST), "deliver": DeliverForm(request.POST)}
    form = forms.get(what)
    if form is not None and not form.is_valid():
        return pledge(request, uuid)
    acts: dict[str, Callable[[], object]] = {
        "call": lambda: commands.call_pledge(actor=actor, now=now, pledge=found, **forms["call"].cleaned_data),
        "deliver": lambda: commands.deliver_pledge(actor=actor, now=now, pledge=found, **forms["deliver"].cleaned_data),
        **{
            name: partial(commands.move_pledge, actor=actor, now=now, pledge=found, step=name)
            for name in ("accept", "release", "withdraw")
        },
    }
    if what not in acts:
        raise NotVisible
    return pressed(request, acts[what], done=_("It is written down."), url=own)


@idempotent
@signed_in(policy.MANAGE)
@require_POST
def leave_committee(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Let a unit leave."""
    member = queries.committees.member_for(actor=request.actor, uuid=uuid)
    return pressed(
        request, lambda: commands.leave_committee(actor=request.actor, now=clock.now(), member=member),
        done=_("It is written down."), url=reverse("organisations:committee", args=[member.committee.uuid]),
    )  # fmt: skip
