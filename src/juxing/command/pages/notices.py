"""Notices: the drafts of a response, put right and published; and what everybody may read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from juxing.activations.queries import place_names
from juxing.command import commands, notice_queries, policy, queries
from juxing.command.enums import NoticeStatus
from juxing.command.forms import BlanksForm, NoticeForm
from juxing.command.models import Notice
from juxing.command.notice_drafting import blanks_of
from juxing.command.pages.overview import shell
from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.web import ActorRequest, new_form_key, open_to_all, show_refusal, signed_in

TONES = {
    NoticeStatus.DRAFT: "waiting", NoticeStatus.PUBLISHED: "done", NoticeStatus.WITHDRAWN: "ended",
    NoticeStatus.DISCARDED: "ended",
}  # fmt: skip
ACTS = {
    "publish": commands.publish_notice, "withdraw": commands.withdraw_notice, "put-aside": commands.put_notice_aside
}  # fmt: skip


@signed_in(policy.SEE)
def notices(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show the notices of a response, place by place."""
    found = queries.activation(actor=request.actor, uuid=uuid)
    page = notice_queries.notices_page(actor=request.actor, activation=found, cursor=request.GET.get("cursor"))
    names = place_names(row.area_code for row in page.rows)
    rows = [_row(row, names) for row in page.rows]
    context = shell(request, found, _("Notices"), "notices") | {
        "page_icon": "message-circle", **new_form_key(), "may_publish": request.actor.may_somewhere(policy.PUBLISH),
        "finished": sum(row["is_finished"] for row in rows),
        "page": {"rows": rows, "next_cursor": page.next_cursor, "previous_cursor": page.previous_cursor},
        "columns": [{"label": _("Notice")}, {"label": _("Place")}, {"label": _("For whom")}, {"label": _("State")},
                    {"label": _("Left to fill in")}, {"label": _("Until")}],
        "caption": _("Notices, place by place"),
        "empty": {"icon": "message-circle", "title": _("The plan had no notices prepared."), "text": ""},
    }  # fmt: skip
    return render(request, "command/notices.html", context)


@idempotent
@signed_in(policy.PUBLISH)
@require_POST
def publish_all(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Publish every draft with nothing left blank."""
    found = queries.activation(actor=request.actor, uuid=uuid)
    count = commands.publish_finished(actor=request.actor, now=clock.now(), activation=found)
    messages.success(
        request, ngettext("%(count)d notice published.", "%(count)d notices published.", count) % {"count": count}
    )
    return HttpResponseRedirect(reverse("command:notices", args=[uuid]), status=303)


@idempotent
@signed_in(policy.SEE)
def notice(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show a notice, and put its words right while it is a draft."""
    found = notice_queries.notice(actor=request.actor, uuid=uuid)
    form = NoticeForm(request.POST or None, initial={"title": found.title, "text": found.text})
    if request.method == "POST" and form.is_valid():
        try:
            commands.rewrite_notice(actor=request.actor, now=clock.now(), notice=found, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The words are kept. Nothing is published yet."))
            return _to(found)
    return _notice_page(request, found, form)


@idempotent
@signed_in(policy.PUBLISH)
@require_POST
def fill(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Fill the blanks in, in every draft of this notice."""
    found = notice_queries.notice(actor=request.actor, uuid=uuid)
    form = BlanksForm(request.POST, blanks=blanks_of(found.text))
    if form.is_valid():
        count = commands.fill_notices(actor=request.actor, now=clock.now(), notice=found, values=form.values())
        messages.success(
            request,
            ngettext("Filled in for %(count)d place.", "Filled in for %(count)d places.", count) % {"count": count},
        )
        return _to(found)
    return _notice_page(request, found, NoticeForm(initial={"title": found.title, "text": found.text}), form)


@idempotent
@signed_in(policy.PUBLISH)
@require_POST
def move(request: ActorRequest, uuid: UUID, what: str) -> HttpResponse:
    """Publish, withdraw, or put aside."""
    found = notice_queries.notice(actor=request.actor, uuid=uuid)
    if what not in ACTS:
        raise NotVisible
    form = NoticeForm(initial={"title": found.title, "text": found.text})
    try:
        moved = ACTS[what](actor=request.actor, now=clock.now(), notice=found)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return _notice_page(request, found, form, status=422)
    messages.success(request, _("It is now “%(state)s”.") % {"state": moved.get_status_display()})
    return _to(found)


@open_to_all
def public(request: HttpRequest) -> HttpResponse:
    """Show everybody what residents are told now."""
    now = clock.now()
    places = notice_queries.public_places(now=now)
    place = request.GET.get("area", "")
    place = place if place in places else ""
    rows = notice_queries.public_notices(place=place, now=now)
    names = place_names({*places, *(row.area_code for row in rows)})
    context = {
        "page_title": _("Public notices"), "page_lead": _("What holds now, place by place."), "place": place,
        "places": [(code, names[code]) for code in places],
        "notices": [{"notice": row, "place": names[row.area_code]} for row in rows],
    }  # fmt: skip
    return render(request, "command/public_notices.html", context)


def _notice_page(
    request: ActorRequest, found: Notice, form: NoticeForm, blanks: BlanksForm | None = None, status: int = 0
) -> HttpResponse:
    is_draft = found.status == NoticeStatus.DRAFT
    may = policy.can_publish(request.actor, found)
    names = place_names([found.area_code])
    left = blanks_of(found.text)
    context = shell(request, found.activation, found.title, "notices") | {
        "notice": found, "place": names[found.area_code], "form": form, **new_form_key(),
        "badge": {"label": found.get_status_display(), "tone": TONES[NoticeStatus(found.status)]},
        "blanks": blanks or BlanksForm(blanks=left), "left": left, "is_draft": is_draft and may,
        "may_withdraw": may and found.status == NoticeStatus.PUBLISHED, "is_exercise": found.activation.is_exercise,
        "alike": notice_queries.alike(actor=request.actor, found=found) if is_draft and may else 0,
    }  # fmt: skip
    return render(request, "command/notice.html", context, status=status or (422 if form.errors else 200))


def _row(row: Notice, names: dict[str, str]) -> dict[str, Any]:
    left = blanks_of(row.text) if row.status == NoticeStatus.DRAFT else []
    return {
        "notice": row, "place": names[row.area_code], "url": reverse("command:notice", args=[row.uuid]),
        "badge": {"label": row.get_status_display(), "tone": TONES[NoticeStatus(row.status)]},
        "left": ", ".join(left), "is_finished": row.status == NoticeStatus.DRAFT and not left,
    }  # fmt: skip


def _to(found: Notice) -> HttpResponse:
    return HttpResponseRedirect(reverse("command:notice", args=[found.uuid]), status=303)
