"""Reserve plans: how many days the stock lasts in each scenario; and the alarms that follow."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate, localtime
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from juxing.kernel import clock, journal
from juxing.kernel.idempotency import idempotent
from juxing.kernel.money import line_fen, with_sign
from juxing.kernel.web import ActorRequest, new_form_key, signed_in
from juxing.plans.hazards import hazards
from juxing.supplies import commands, policy
from juxing.supplies.enums import AlarmKind, AlarmSeverity, ReservedFor
from juxing.supplies.models import PurchaseOrder, ReservePlan, StockAlarm, Transfer
from juxing.supplies.pages.tables import attempt, card, column, one_form, row
from juxing.supplies.pages.words import amount, entries_shown, tabs
from juxing.supplies.purchase_forms import ProposalForm
from juxing.supplies.quantities import plain
from juxing.supplies.queries import reserves as queries
from juxing.supplies.queries.ledger import area_names
from juxing.supplies.queries.meanings import catalogue_items
from juxing.supplies.queries.plan_goods import goods_wanted, places_to_plan
from juxing.supplies.queries.purchases import Proposal, lacks_of_alarms, lacks_of_plan, proposals_for
from juxing.supplies.queries.reserves import ReserveRow
from juxing.supplies.reserve_forms import AlarmFilterForm, DropGoodsForm, KeptGoodsForm, NewReserveForm

TONES = {"": "done", AlarmSeverity.SOON: "waiting", AlarmSeverity.URGENT: "problem"}


@signed_in(policy.VIEW)
def reserves(request: ActorRequest) -> HttpResponse:
    """List reserve plans with the item of each that lasts shortest."""
    today = localdate(clock.now())
    page, rows_of = queries.plans_page(actor=request.actor, today=today, cursor=request.GET.get("cursor"))
    names = area_names([plan.area_code for plan in page.rows])
    columns = [column(_("Scenario")), column(pgettext("supplies", "Place")),
               column(_("Goods"), is_number=True), column(_("Lasts shortest")),
               column(_("Days of supply"), is_number=True), column(_("State"))]  # fmt: skip
    rows: Any = [row(columns, *_plan_cells(plan, rows_of[plan.pk], names)) for plan in page.rows]
    new = {"label": _("New reserve plan"), "url": reverse("supplies:new_reserve"), "icon": "plus", "kind": "primary"}
    may = request.actor.may_somewhere(policy.PLAN_RESERVE)
    context = {
        "page_title": _("Reserves"), "page_icon": "shield-check", "tabs": tabs("reserves"), "columns": columns,
        "caption": _("Reserve plans"), "page": replace(page, rows=rows), "pager_text": _("By place"),
        "page_actions": [new] if may else [],
        "empty": {"icon": "shield-check", "title": _("No reserve plan yet"), "action": new if may else None,
                  "text": _("A reserve plan says how many days the stock has to last in which scenario.")},
    }  # fmt: skip
    return render(request, "supplies/table.html", context)


@idempotent
@signed_in(policy.PLAN_RESERVE)
def new_reserve(request: ActorRequest) -> HttpResponse:
    """Begin a reserve plan; the goods are taken from the emergency plan in force, where there is one."""
    form = NewReserveForm(request.POST or None, places=places_to_plan(actor=request.actor))

    def act() -> ReservePlan:
        data = form.cleaned_data
        wanted = goods_wanted(actor=request.actor, area_code=data["area_code"], hazard=data["hazard"])
        return commands.write_reserve(
            actor=request.actor, now=clock.now(), area_code=data["area_code"], hazard=data["hazard"], goods=wanted
        )

    if request.method == "POST" and form.is_valid() and (done := attempt(form, act)):
        messages.success(request, _("Written. Goods of the emergency plan in force are in it."))
        return HttpResponseRedirect(reverse("supplies:reserve", args=[done.made.uuid]), status=303)
    return one_form(request, form, title=_("New reserve plan"), back=reverse("supplies:reserves"),
                    subtitle=_("Its goods are taken from the emergency plan in force and can be changed."))  # fmt: skip


@idempotent
@signed_in(policy.VIEW)
def reserve(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show how long each item lasts, and let goods be added, changed and taken off."""
    plan = queries.plan_of(actor=request.actor, uuid=uuid)
    may = request.actor.may(policy.PLAN_RESERVE, plan.area_code)
    form = KeptGoodsForm(request.POST or None, items=catalogue_items())
    if request.method == "POST":
        request.actor.require(policy.PLAN_RESERVE, plan.area_code)
        if form.is_valid() and attempt(form, lambda: _write(request, plan, form)):
            messages.success(request, _("Written down."))
            return HttpResponseRedirect(reverse("supplies:reserve", args=[uuid]), status=303)
    return _show(request, plan, form if may else None)


@require_POST
@idempotent
@signed_in(policy.PLAN_RESERVE)
def drop(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Take an item off the plan."""
    plan = queries.plan_of(actor=request.actor, uuid=uuid)
    form = DropGoodsForm(request.POST, lines=plan.lines.all())
    if form.is_valid():
        commands.drop_goods(actor=request.actor, now=clock.now(), plan=plan, item=form.cleaned_data["dropped"])
        messages.success(request, _("Taken off the plan."))
        return HttpResponseRedirect(reverse("supplies:reserve", args=[uuid]), status=303)
    return _show(request, plan, KeptGoodsForm(items=catalogue_items()), status=422)


@signed_in(policy.VIEW)
def alarms(request: ActorRequest) -> HttpResponse:
    """List what somebody has to see to, the most urgent first, with the post it is for."""
    form = AlarmFilterForm(request.GET)
    page = queries.alarms_page(actor=request.actor, kind=form.chosen(), cursor=request.GET.get("cursor"))
    codes = [alarm.area_code for alarm in page.rows]
    keepers, names = queries.keepers_of(codes, now=clock.now()), area_names(codes)
    columns = [column(_("Item")), column(pgettext("supplies", "Where")), column(pgettext("supplies", "What")),
               column(pgettext("supplies", "Since")), column(_("Responsible post")), column(_("State"))]  # fmt: skip
    heads = [*columns, {"label": _("Take on"), "hidden": "yes"}]
    proposals = {one.origin: one for one in proposals_for(
        lacks_of_alarms(page.rows), actor=request.actor, today=localdate(clock.now())
    )}  # fmt: skip
    rows: Any = [
        {**_alarm(alarm, columns, keepers, names), "proposal": proposed(proposals.get(alarm.uuid))}
        for alarm in page.rows
    ]
    context = {
        "page_title": _("Alarms"), "page_icon": "bell-ringing", "tabs": tabs("alarms"), "columns": heads,
        "caption": _("Stock alarms"), "page": replace(page, rows=rows), "pager_text": _("Most urgent first"),
        "form": form, "may_take": request.actor.may_somewhere(policy.MOVE_STOCK),
        **new_form_key(),
        "empty": {"icon": "check", "title": _("Nothing has to be seen to"),
                  "text": _("Stock, use-by dates and reserves are looked over every hour.")},
    }  # fmt: skip
    return render(request, "supplies/alarms.html", context)


@require_POST
@idempotent
@signed_in(policy.MOVE_STOCK)
def take(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Say that one sees to an alarm."""
    alarm = queries.alarm_of(actor=request.actor, uuid=uuid)
    commands.take_alarm(actor=request.actor, now=clock.now(), alarm=alarm)
    messages.success(request, _("Noted: you see to it. It ends by itself when the stock is right."))
    return HttpResponseRedirect(reverse("supplies:alarms"), status=303)


def proposed(one: Proposal | None) -> dict[str, Any] | None:
    """Return a proposal for a button: what it says, and what its form sends."""
    if one is None:
        return None
    words = _(
        "%(quantity)s %(unit)s %(item)s from %(supplier)s (%(number)s), %(amount)s, to %(depot)s within %(hours)s h"
    )
    fields = {"agreement": one.line.agreement.uuid, "item": one.line.item.code, "depot": one.depot.uuid,
              "quantity": plain(one.quantity), "origin": one.origin}  # fmt: skip
    return {
        "fields": fields,
        "words": words % {
            "quantity": amount(one.quantity), "unit": one.line.item.unit_label, "item": one.line.item.name,
            "supplier": one.line.agreement.supplier_name, "number": one.line.agreement.number,
            "amount": with_sign(line_fen(one.quantity, one.line.price_fen)), "depot": one.depot.name,
            "hours": one.line.agreement.delivery_hours,
        },
    }  # fmt: skip


def hazard_name(slug: str) -> str:
    """Return the scenario in the reader's language."""
    known = hazards().get(slug)
    return known.named(get_language() or "") if known else slug


def days_shown(one: ReserveRow) -> str:
    """Return how long an item lasts, beside how long it should."""
    if one.reach.days is None:
        return _("not used: nobody is counted")
    return _("%(days)s of %(wanted)s") % {"days": amount(one.reach.days), "wanted": one.line.days}


def alarm_words(alarm: StockAlarm) -> str:
    """Say what the alarm is about, with the figures as they were looked at last."""
    figures = {"quantity", "free", "least", "missing", "agreed"}
    facts = {name: amount(Decimal(value)) if name in figures else value for name, value in alarm.facts.items()}
    words = {
        AlarmKind.SHORT: _("lasts %(days)s of %(wanted_days)s days, %(missing)s are missing"),
        AlarmKind.LOW: _("%(free)s free, at least %(least)s should be"),
        AlarmKind.EXPIRING: _("%(quantity)s expire, the first on %(first)s"),
        AlarmKind.EXPIRED: _("%(quantity)s expired, the first on %(first)s"),
        AlarmKind.AGREEMENT: _("its last day is %(until)s"),
        AlarmKind.LATE: _late_words(alarm),
    }
    said = str(words[AlarmKind(alarm.kind)] % facts)
    if alarm.facts.get("agreed", "0") != "0":
        said = _("%(said)s; %(agreed)s kept by agreement count already") % {"said": said, "agreed": facts["agreed"]}
    return said


def _late_words(alarm: StockAlarm) -> str:
    if alarm.purchase_id:
        return _("due %(due)s, not complete")
    if alarm.facts.get("is_sent"):
        return _("sent from %(from)s, should have arrived by %(due)s")
    return _("should have left for %(to)s by %(due)s")


def _plan_cells(plan: ReservePlan, rows: list[ReserveRow], names: dict[str, str]) -> list[Any]:
    lasting = [one for one in rows if one.reach.days is not None]
    worst = min(lasting, key=lambda one: (one.reach.days or 0) / one.line.days, default=None)
    severity = min((one.severity for one in rows if one.severity), default="")
    return [
        (hazard_name(plan.hazard), reverse("supplies:reserve", args=[plan.uuid])),
        names.get(plan.area_code, plan.area_code), amount(len(rows)), worst.line.item.name if worst else "",
        days_shown(worst) if worst else "",
        {"text": _state(severity), "tone": TONES[severity]},
    ]  # fmt: skip


def _state(severity: str) -> str:
    return {"": _("Enough"), AlarmSeverity.SOON: _("Too little")}.get(severity, _("Far too little"))


def _write(request: ActorRequest, plan: ReservePlan, form: KeptGoodsForm) -> None:
    commands.write_reserve(
        actor=request.actor, now=clock.now(), area_code=plan.area_code, hazard=plan.hazard, goods=[form.kept()]
    )


def _show(request: ActorRequest, plan: ReservePlan, form: KeptGoodsForm | None, *, status: int = 200) -> HttpResponse:
    rows = queries.rows_of([plan], today=localdate(clock.now()))[plan.pk]
    names = area_names([plan.area_code])
    columns = [
        column(_("Item")), column(_("Used a day")),
        column(pgettext("supplies", "Wanted"), is_number=True), column(pgettext("supplies", "Free"), is_number=True),
        column(_("Days of supply"), is_number=True), column(_("Would expire unused"), is_number=True),
        column(_("State")),
    ]  # fmt: skip
    shown = [row(columns, *_row_cells(one)) for one in rows]
    basis = [{"term": ReservedFor(kind).label, "value": amount(number)} for kind, number in sorted(plan.basis.items())]
    context = {
        "page_title": f"{hazard_name(plan.hazard)} · {names.get(plan.area_code, plan.area_code)}",
        "page_icon": "shield-check", "page_subtitle": _("Counted %(at)s")
        % {"at": f"{localtime(plan.basis_at):%Y-%m-%d %H:%M}"},
        "definitions": basis,
        "sections": [{"id": "goods", "title": _("Goods held ready"), "columns": columns, "rows": shown,
                      "text": _("Lots last as long as they may be used, the first to expire are used first; what is "
                                "promised to somebody does not count. What suppliers keep by agreement is not in our "
                                "depots; it counts as far as it can come in time."),
                      "empty": {"icon": "package", "title": _("No goods yet"), "text": ""}}],
        "forms": [*_proposals(request, plan, rows), *(_forms(plan, rows, form) if form is not None else [])],
        "timeline": entries_shown(journal.entries_about("supplies.reserveplan", plan.uuid)[:20]),
        "breadcrumbs": [{"label": _("Reserves"), "url": reverse("supplies:reserves")},
                        {"label": hazard_name(plan.hazard)}],
    }  # fmt: skip
    return card(request, context, status=422 if form is not None and form.errors else status)


def _proposals(request: ActorRequest, plan: ReservePlan, rows: list[ReserveRow]) -> list[dict[str, Any]]:
    found = proposals_for(lacks_of_plan(plan, rows), actor=request.actor, today=localdate(clock.now()))
    shown = [proposed(one) for one in found]
    return [
        {"title": _("Buy what is missing"), "text": one["words"], "form": ProposalForm(initial=one["fields"]),
         "submit": _("Draft the purchase"), "action": reverse("supplies:propose_purchase")}
        for one in shown if one is not None
    ]  # fmt: skip


def _forms(plan: ReservePlan, rows: list[ReserveRow], form: KeptGoodsForm) -> list[dict[str, Any]]:
    shown = [{"title": _("Add or change goods"), "form": form, "submit": _("Write down"), "action": ""}]
    if rows:
        shown.append(
            {
                "title": _("Take goods off the plan"),
                "form": DropGoodsForm(lines=[one.line for one in rows]),
                "submit": _("Take off the plan"),
                "action": reverse("supplies:drop_goods", args=[plan.uuid]),
            }
        )
    return shown


def _row_cells(one: ReserveRow) -> list[Any]:
    unit = one.line.item.unit_label
    each = f"{amount(one.counted)} × {amount(one.line.quantity)} = {amount(one.per_day)}"
    return [
        {"text": one.line.item.name, "muted": unit},
        {"text": str(ReservedFor(one.line.for_each).label), "muted": each}, amount(one.wanted),
        {"text": amount(one.free), "muted": _by_agreement(one)}, days_shown(one), amount(one.reach.spoilt),
        {"text": _state(one.severity), "tone": TONES[one.severity]},
    ]  # fmt: skip


def _by_agreement(one: ReserveRow) -> str:
    if one.too_late:
        return _("by agreement %(late)s more, too late") % {"late": amount(one.too_late)}
    return _("by agreement %(agreed)s more, not in depots") % {"agreed": amount(one.agreed)} if one.agreed else ""


def _of_paper(paper: PurchaseOrder | Transfer, name: str, words: str) -> tuple[str, str]:
    return f"{words} {paper.number}", reverse(f"supplies:{name}", args=[paper.uuid])


def _alarm(alarm: StockAlarm, columns: Any, keepers: dict[str, str], names: dict[str, str]) -> dict[str, Any]:
    place = alarm.depot.name if alarm.depot else names.get(alarm.area_code, alarm.area_code)
    item = (alarm.item.name if alarm.item else "", "")
    if alarm.purchase:
        place, item = alarm.facts.get("to", place), _of_paper(alarm.purchase, "purchase", alarm.purchase.supplier_name)
    elif alarm.transfer:
        place, item = alarm.facts.get("to", place), _of_paper(alarm.transfer, "transfer", _("Transfer"))
    elif alarm.agreement:
        item = (alarm.agreement.supplier_name, reverse("supplies:agreement", args=[alarm.agreement.uuid]))
    elif alarm.depot and alarm.item:
        item = (item[0], reverse("supplies:item_card", args=[alarm.depot.uuid, alarm.item.code]))
    elif alarm.plan:
        item = (item[0], reverse("supplies:reserve", args=[alarm.plan.uuid]))
    what = alarm.get_kind_display()
    if alarm.plan:
        what = f"{what} · {hazard_name(alarm.plan.hazard)}"
    taken = _("%(name)s sees to it") % {"name": alarm.taken_by_name} if alarm.taken_at else ""
    cells = row(
        columns, item, place, {"text": what, "muted": alarm_words(alarm)},
        f"{localtime(alarm.opened_at):%m-%d %H:%M}", taken or keepers.get(alarm.area_code, ""),
        {"text": alarm.get_severity_display(), "tone": TONES[alarm.severity]},
    )  # fmt: skip
    return {**cells, "uuid": alarm.uuid, "is_taken": bool(alarm.taken_at)}
