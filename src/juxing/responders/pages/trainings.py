"""Trainings at the desk: the list, writing one, and one with everybody signed up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.masking import masked_phone
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.scope import acting
from juxing.kernel.web import ActorRequest, carried_out, new_form_key, signed_in
from juxing.responders import commands, policy
from juxing.responders.commands.training_attendance import EARLY
from juxing.responders.enums import ReportInChannel
from juxing.responders.models import TrainingSession, TrainingSignUp
from juxing.responders.pages.own import OWN
from juxing.responders.pages.training_words import badge, facts, figures, person_row, training_row, when_words
from juxing.responders.pages.words import name_for, page_shown
from juxing.responders.queries import responder_of
from juxing.responders.queries import trainings as queries
from juxing.responders.queries.recruitment import place_names
from juxing.responders.roster_enums import Excuse
from juxing.responders.training_enums import TrainingStatus, UnderstandingCheck
from juxing.responders.training_forms import FindForm, TrainingForm, WhyForm

MOST_TICKED = 500


@signed_in(policy.TRAIN)
def trainings(request: ActorRequest) -> HttpResponse:
    """List the trainings of one's places, the latest first."""
    status, now = request.GET.get("status", ""), clock.now()
    status = status if status in TrainingStatus.values else ""
    page = queries.trainings_page(actor=request.actor, status=status, cursor=request.GET.get("cursor"))
    standings, names = queries.standings(page.rows), place_names({row.area_code for row in page.rows})
    rows = [training_row(row, standings[row.pk], names.get(row.area_code, ""), now=now) for row in page.rows]
    address = reverse("responders:trainings")
    tabs = [{"label": pgettext("trainings", "All"), "url": address, "is_current": not status}]
    tabs += [{"label": label, "url": f"{address}?status={code}", "is_current": status == code}
             for code, label in TrainingStatus.choices]  # fmt: skip
    context = {
        "page_title": _("Trainings"), "page_icon": "school", "page": page_shown(page, rows), "tabs": tabs,
        "page_actions": [{"label": _("Hold a training"), "url": reverse("responders:new_training"), "icon": "plus",
                          "kind": "primary"}],
        "columns": [{"label": pgettext("training", "What is trained")}, {"label": _("When")},
                    {"label": _("Where people meet")}, {"label": _("Signed up"), "kind": "number"},
                    {"label": pgettext("training", "Waiting"), "kind": "number"},
                    {"label": pgettext("training", "Completed"), "kind": "number"}, {"label": _("State")}],
        "caption": _("Trainings, the latest first"), "pager_text": _("The latest first"), "breadcrumbs": _crumbs(),
        "empty": {"icon": "school", "title": _("No training yet"),
                  "text": _("Hold one: when, where, what it opens. People sign up on the phone, by poster or here.")},
    }  # fmt: skip
    return render(request, "responders/trainings.html", context)


@idempotent
@signed_in(policy.TRAIN)
def new_training(request: ActorRequest) -> HttpResponse:
    """Write a training."""
    return _form(request, None)


@idempotent
@signed_in(policy.TRAIN)
def change_training(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Change a training; a new time or place is told to everybody signed up."""
    return _form(request, queries.training_of(actor=request.actor, uuid=uuid))


@signed_in(policy.TRAIN)
def training(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show a training and everybody signed up."""
    return _show(request, queries.training_of(actor=request.actor, uuid=uuid), WhyForm())


@require_POST
@idempotent
@signed_in(policy.TRAIN)
def training_step(request: ActorRequest, uuid: UUID, step: str) -> HttpResponse:
    """Announce, close or cancel a training."""
    found = queries.training_of(actor=request.actor, uuid=uuid)
    actor, now = request.actor, clock.now()
    if step == "cancel":
        form = WhyForm(request.POST)
        if carried_out(
            request, form, lambda clean: commands.cancel_training(actor=actor, now=now, session=found, **clean),
            done=_("Cancelled. Everybody signed up is told."),
        ):  # fmt: skip
            return _to(found)
        return _show(request, found, form)
    acts: dict[str, Callable[[], object]] = {
        "announce": lambda: commands.announce_training(actor=actor, now=now, session=found),
        "close": lambda: commands.close_training(actor=actor, now=now, session=found),
        "discard": lambda: commands.cancel_training(actor=actor, now=now, session=found),
    }
    if step not in acts or (step == "discard" and found.status != TrainingStatus.DRAFT):
        raise NotVisible
    return _pressed(request, found, acts[step], done=_("Done."))


@require_POST
@idempotent
@signed_in(policy.TRAIN)
def note_people(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Note of those ticked that they are here, have understood, or are not here after all."""
    found = queries.training_of(actor=request.actor, uuid=uuid)
    ticked = [one for text in request.POST.getlist("person")[:MOST_TICKED] if (one := _uuid(text)) is not None]
    rows = queries.sign_ups_of(found, uuids=ticked)
    acts = {"here": commands.note_here, "understood": commands.note_understood, "undo": commands.undo_here}
    act = acts.get(request.POST.get("do", ""))
    if act is None:
        raise NotVisible
    try:
        count = act(actor=request.actor, now=clock.now(), session=found, sign_ups=rows)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        told = ngettext("Noted for %(count)s person.", "Noted for %(count)s people.", count) % {"count": count}
        messages.success(request, told) if count else messages.info(
            request, _("Nobody was ticked for whom this holds.")
        )
    return _to(found)


@require_POST
@idempotent
@signed_in(policy.TRAIN)
def person_step(request: ActorRequest, uuid: UUID, person: UUID, step: str) -> HttpResponse:
    """Excuse one of those signed up, take the place back for them, or note that they were told."""
    found = queries.training_of(actor=request.actor, uuid=uuid)
    row = next(iter(queries.sign_ups_of(found, uuids=[person])), None)
    if row is None:
        raise NotVisible
    actor, now = request.actor, clock.now()
    acts: dict[str, Callable[[TrainingSignUp], object]] = {
        "excuse": lambda one: commands.excuse_from_training(
            actor=actor, now=now, sign_up=one, kind=request.POST.get("excuse", "")
        ),
        "take-back": lambda one: commands.take_back_sign_up(actor=actor, now=now, sign_up=one),
        "told": lambda one: commands.note_told(actor=actor, now=now, sign_up=one),
    }
    if step not in acts:
        raise NotVisible
    return _pressed(request, found, lambda: acts[step](row), done=_("Noted. It changes nothing for them."))


@idempotent
@signed_in(policy.TRAIN)
def sign_somebody_up(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Find somebody who said so on paper, by telephone or through another, and sign them up."""
    found = queries.training_of(actor=request.actor, uuid=uuid)
    form = FindForm(request.GET)
    form.is_valid()
    text = form.cleaned_data.get("q", "")
    if request.method == "POST":
        return _signed_up(request, found)
    people = queries.people_to_sign_up(actor=request.actor, session=found, text=text)
    names = place_names({one.area_code for one in people})
    rows = []
    for one in people:
        name, is_masked = name_for(request.actor, one)
        rows.append({"uuid": one.uuid, "name": name, "is_masked": is_masked, "phone": masked_phone(one.phone),
                     "place": names.get(one.area_code, ""), "kind": one.get_kind_display()})  # fmt: skip
    by_hand = (ReportInChannel.PROXY, ReportInChannel.PAPER, ReportInChannel.PHONE, ReportInChannel.DESK)
    context = {
        "page_title": _("Sign somebody up"), "page_icon": "user-plus", "page_subtitle": found.title, "form": form,
        "people": rows, "asked": bool(text), "session": found, **new_form_key(),
        "channels": [(each.value, each.label) for each in by_hand],
        "cancel_url": reverse("responders:training", args=[uuid]),
        "breadcrumbs": _crumbs(found, _("Sign somebody up")),
    }  # fmt: skip
    return render(request, "responders/training_add.html", context)


def _signed_up(request: ActorRequest, found: TrainingSession) -> HttpResponse:
    person = _uuid(request.POST.get("person", ""))
    channel = request.POST.get("channel", "")
    if person is None:
        raise NotVisible
    responder = responder_of(actor=request.actor, uuid=person)
    channel = channel if channel in ReportInChannel.values else ReportInChannel.DESK

    def act() -> None:
        with acting(OWN):
            commands.sign_up_for_training(
                actor=request.actor, now=clock.now(), session=found, responder=responder, channel=channel
            )

    return _pressed(request, found, act, done=_("Entered. They are told."))


def _form(request: ActorRequest, found: TrainingSession | None) -> HttpResponse:
    asked = {name: request.GET.get(name, "")[:80] for name in ("area_code", "place", "title") if name in request.GET}
    form = TrainingForm(
        request.POST or None, areas=queries.places_to_train(actor=request.actor), session=found, initial=asked
    )
    done = carried_out(
        request, form, lambda _clean: commands.write_training(
            actor=request.actor, now=clock.now(), given=form.given(), session=found
        ),
        done=_("Saved."),
    )  # fmt: skip
    if done:
        return _to(done.made)
    title = _("Hold a training") if found is None else _("Change the training")
    context = {
        "page_title": title, "page_icon": "school", "form": form, "form_key": new_form_key(),
        "cancel_url": reverse("responders:training", args=[found.uuid]) if found else reverse("responders:trainings"),
        "breadcrumbs": _crumbs(found, title), "keep_draft": "" if found else "training",
    }  # fmt: skip
    return render(request, "responders/form.html", context, status=422 if form.errors else 200)


def _show(request: ActorRequest, found: TrainingSession, why: WhyForm) -> HttpResponse:
    now = clock.now()
    standing = queries.standings([found])[found.pk]
    people = [person_row(row, request.actor, now=now) for row in queries.sign_ups_of(found)]
    is_out = found.status == TrainingStatus.ANNOUNCED
    may_note = found.status in {TrainingStatus.ANNOUNCED, TrainingStatus.HELD} and found.starts_at <= now + EARLY
    context = {
        "page_title": found.title, "page_icon": "school", "page_badge": badge(found, now=now), "session": found,
        "page_subtitle": f"{when_words(found)} · {found.place}", "page_actions": _actions(found, now=now),
        "breadcrumbs": _crumbs(found), "facts": facts(found), "figures": figures(found, standing),
        "people": [row for row in people if not row["is_gone"]], "gone": [row for row in people if row["is_gone"]],
        "may_note": may_note, "may_confirm": may_note and found.understanding == UnderstandingCheck.ON_SPOT,
        "is_draft": found.status == TrainingStatus.DRAFT, "may_cancel": is_out and not standing.took_part,
        "may_close": is_out and found.starts_at <= now, "why": why, "excuses": Excuse.choices,
        "to_call": standing.to_call, "link": request.build_absolute_uri(
            reverse("responders:public_training", args=[found.code])
        ), **new_form_key(),
    }  # fmt: skip
    return render(request, "responders/training.html", context, status=422 if why.errors else 200)


def _actions(found: TrainingSession, *, now: Any) -> list[dict[str, Any]]:
    def action(name: str, label: str, icon: str, **more: str) -> dict[str, Any]:
        return {"label": label, "url": reverse(f"responders:{name}", args=[found.uuid]), "icon": icon, **more}

    if found.status == TrainingStatus.CANCELLED:
        return []
    if found.status == TrainingStatus.DRAFT:
        return [action("change_training", _("Change"), "pencil")]
    paper = [
        action("training_sheet", _("Attendance sheet"), "printer"),
        action("training_table", _("Spreadsheet"), "download"),
        action("training_import", _("Take in a table"), "file-upload"),
    ]
    if found.status == TrainingStatus.HELD:
        return paper
    first = [action("sign_somebody_up", _("Sign somebody up"), "user-plus", kind="primary")]
    if found.ends_at > now:
        first.append(action("training_screen", _("Code for checking in"), "qrcode"))
    return [*first, action("change_training", _("Change"), "pencil"), action("training_poster", _("Poster"), "qrcode"),
            *paper]  # fmt: skip


def _pressed(request: ActorRequest, found: TrainingSession, act: Callable[[], object], *, done: str) -> HttpResponse:
    try:
        act()
    except NotVisible:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, done)
    return _to(found)


def _to(found: TrainingSession) -> HttpResponse:
    return HttpResponseRedirect(reverse("responders:training", args=[found.uuid]), status=303)


def _crumbs(found: TrainingSession | None = None, last: str = "") -> Sequence[dict[str, Any]]:
    crumbs = [{"label": _("Responders"), "url": reverse("responders:list")},
              {"label": _("Trainings"), "url": reverse("responders:trainings")}]  # fmt: skip
    if found is not None:
        crumbs.append({"label": found.title, "url": reverse("responders:training", args=[found.uuid]) if last else ""})
    return [*crumbs, {"label": last, "url": ""}] if last else crumbs


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
