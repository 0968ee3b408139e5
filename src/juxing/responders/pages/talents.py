"""Pages of the talent pool: what one can give oneself, what there is in a place, and deciding on papers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import acting
from juxing.kernel.web import ActorRequest, carried_out, new_form_key, signed_in
from juxing.responders import policy
from juxing.responders.commands import talents as commands
from juxing.responders.enums import Skill
from juxing.responders.models import Credential
from juxing.responders.pages.own import OWN, Visit
from juxing.responders.pages.words import name_for, page_shown
from juxing.responders.queries import talents as queries
from juxing.responders.talent_enums import CredentialStatus, TalentCategory
from juxing.responders.talent_forms import CredentialForm, RefuseForm, VerifyForm

TONES = {
    CredentialStatus.SUBMITTED: "waiting", CredentialStatus.VERIFIED: "done", CredentialStatus.REFUSED: "problem",
    CredentialStatus.EXPIRED: "ended",
}  # fmt: skip


@signed_in(policy.VIEW)
def pool(request: ActorRequest) -> HttpResponse:
    """Show what people of a place can give: by kind, and what waits to be looked at."""
    asked, status = request.GET.get("category", ""), request.GET.get("status", "")
    category = asked if asked in TalentCategory.values else ""
    status = status if status in CredentialStatus.values else ""
    page = queries.talents_page(
        actor=request.actor, category=category, status=status, cursor=request.GET.get("cursor")
    )  # fmt: skip
    context = {
        "page_title": _("Talent pool"), "page_icon": "certificate", "page": page_shown(page, [
            _row(row, request.actor) for row in page.rows
        ]),
        "tabs": _tabs(request, category, status),
        "columns": [{"label": pgettext("talent", "Kind")}, {"label": _("What it is called")}, {"label": _("Name")},
                    {"label": _("Skill it opens")}, {"label": _("State")}, {"label": _("Holds until")}],
        "caption": _("Talents, newest first"), "pager_text": _("Newest first"),
        "empty": {"icon": "certificate", "title": _("Nobody in this list."),
                  "text": _("People hand in what they can give on their own page, under “My talents”.")},
        "breadcrumbs": _crumbs(),
    }  # fmt: skip
    return render(request, "responders/talents.html", context)


@idempotent
@signed_in(policy.VIEW)
def talent(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one credential; verify it, or say what is wrong with it."""
    found = queries.credential_of(actor=request.actor, uuid=uuid)
    may_decide = policy.decides_on_credential(request.actor, found)
    if request.method == "POST" and not may_decide:
        raise NotVisible
    refusing = "refuse" in request.POST
    verify = VerifyForm(None if refusing else request.POST or None, initial={"valid_until": found.valid_until})
    refuse = RefuseForm(request.POST if refusing else None)
    told = _("Not accepted, and said why.") if refusing else _("Verified.")
    act = commands.refuse_credential if refusing else commands.verify_credential
    if carried_out(
        request, refuse if refusing else verify,
        lambda clean: act(actor=request.actor, now=clock.now(), credential=found, **clean), done=told,
    ):  # fmt: skip
        return HttpResponseRedirect(request.path, status=303)
    name, is_masked = name_for(request.actor, found.responder)
    context = {
        "page_title": found.title, "page_icon": "certificate", "page_badge": _badge(found), "credential": found,
        "items": _items(found, name), "verify": verify, "refuse": refuse, "is_masked": is_masked,
        "form_key": new_form_key(), "may_open": may_decide and bool(found.paper),
        "may_verify": may_decide and found.status == CredentialStatus.SUBMITTED,
        "may_refuse": may_decide and found.status in {CredentialStatus.SUBMITTED, CredentialStatus.VERIFIED},
        "person_url": reverse("responders:detail", args=[found.responder.uuid]),
        "breadcrumbs": [*_crumbs(), {"label": found.title}],
    }  # fmt: skip
    is_wrong = bool(verify.errors or refuse.errors)
    return render(request, "responders/talent.html", context, status=422 if is_wrong else 200)


@require_POST
@signed_in(policy.VERIFY)
def paper(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Give the paper to whoever decides on it; nothing keeps it, and the look is written down."""
    found = queries.credential_of(actor=request.actor, uuid=uuid)
    content, kind = commands.open_paper(actor=request.actor, now=clock.now(), credential=found)
    name = f"paper.{kind.rpartition('/')[2]}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }  # fmt: skip
    return HttpResponse(content, content_type=kind, headers=headers)


def own(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show what one can give, and take more."""
    form = CredentialForm(request.POST or None, request.FILES or None)

    def hand_in(_clean: dict[str, Any]) -> None:
        with acting(OWN):
            commands.hand_in_credential(
                actor=visit.actor, now=clock.now(), responder=visit.responder, given=form.given()
            )

    if carried_out(request, form, hand_in, done=_("Handed in. The desk looks at it; until then nothing changes.")):
        return HttpResponseRedirect(visit.url("own_talents"), status=303)
    with acting(OWN):
        rows = queries.own_credentials(visit.responder)
    context = {
        "page_title": _("My talents"), "base": visit.base, "home_url": visit.url("home"), "form": form,
        "form_key": new_form_key(),
        "rows": [_shown(row) | {"remove_url": visit.url("remove_talent", row.uuid), "refusal": row.refusal}
                 for row in rows],
    }  # fmt: skip
    return render(request, "responders/my_talents.html", context, status=422 if form.errors else 200)


def remove(request: HttpRequest, visit: Visit, uuid: UUID) -> HttpResponse:
    """Take one of one's own back."""
    with acting(OWN):
        found = queries.own_credential(visit.responder, uuid)
        commands.take_back_credential(actor=visit.actor, now=clock.now(), credential=found)
    messages.success(request, _("Removed."))
    return HttpResponseRedirect(visit.url("own_talents"), status=303)


def _shown(row: Credential) -> dict[str, Any]:
    return {
        "title": row.title, "category": TalentCategory(row.category).label, "badge": _badge(row),
        "skill": Skill(row.skill).label if row.skill else "", "until": row.valid_until,
    }  # fmt: skip


def _row(row: Credential, actor: Any) -> dict[str, Any]:
    name, is_masked = name_for(actor, row.responder)
    return _shown(row) | {
        "url": reverse("responders:talent", args=[row.uuid]), "name": name, "is_masked": is_masked,
    }  # fmt: skip


def _items(found: Credential, name: str) -> list[dict[str, Any]]:
    shown = _shown(found)
    decided = found.decided_by.display_name if found.decided_by else "–"
    return [
        {"term": _("Name"), "value": name}, {"term": pgettext("talent", "Kind"), "value": shown["category"]},
        {"term": _("Skill it opens"), "value": shown["skill"] or pgettext("talent", "none")},
        {"term": _("Holds until"), "value": found.valid_until or pgettext("talent", "without end")},
        {"term": _("Handed in"), "value": f"{found.submitted_at:%Y-%m-%d}"},
        {"term": _("Decided by"), "value": decided},
        *([{"term": _("What is wrong with it"), "value": found.refusal}] if found.refusal else []),
    ]  # fmt: skip


def _badge(row: Credential) -> dict[str, Any]:
    status = CredentialStatus(row.status)
    return {"label": status.label, "tone": TONES[status]}


def _tabs(request: ActorRequest, category: str, status: str) -> list[dict[str, Any]]:
    here, counts = reverse("responders:talents"), queries.counts_by_category(actor=request.actor)
    waiting = CredentialStatus.SUBMITTED
    return [
        {"label": pgettext("talent", "All"), "url": here, "is_current": not category and not status, "badge": None},
        {"label": waiting.label, "url": f"{here}?status={waiting}", "is_current": status == waiting,
         "badge": queries.waiting_count(actor=request.actor)},
        *({"label": one.label, "url": f"{here}?category={one}", "is_current": category == one, "badge": counts[one]}
          for one in TalentCategory if counts.get(one)),
    ]  # fmt: skip


def _crumbs() -> list[dict[str, Any]]:
    return [{"label": _("Responders"), "url": reverse("responders:list")},
            {"label": _("Talent pool"), "url": reverse("responders:talents")}]  # fmt: skip
