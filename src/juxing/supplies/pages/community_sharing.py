"""Sharing stock over communities: what a person decides, what comes out in words, and the signature."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.models import Job
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.web import ActorRequest, signed_in
from juxing.supplies import commands, policy
from juxing.supplies.commands.community_sharing import SHARING_KIND
from juxing.supplies.models import CommunitySharing
from juxing.supplies.movement_forms import CommunitySharingForm
from juxing.supplies.pages.tables import attempt, card, column, one_form, row
from juxing.supplies.pages.words import amount, percent, tabs
from juxing.supplies.queries import community_sharing as queries
from juxing.supplies.queries.computing import computing_now, computing_of


@signed_in(policy.VIEW)
def sharings(request: ActorRequest) -> HttpResponse:
    """List sharings over communities."""
    page = queries.sharings_page(actor=request.actor, cursor=request.GET.get("cursor"))
    columns = [
        column(_("Computed")),
        column(pgettext("supplies", "By")),
        column(_("Given out"), is_number=True),
        column(_("State")),
    ]
    rows: Any = [
        row(columns,
            (f"{localtime(one.computed_at):%Y-%m-%d %H:%M}",
             reverse("supplies:community_sharing", args=[one.uuid])),
            one.computed_by_name, amount(one.result["proof"]["given"]),
            {"text": _("signed"), "tone": "done"} if one.signed_at else {"text": _("not signed"), "tone": "waiting"})
        for one in page.rows
    ]  # fmt: skip
    new = {"label": _("Share stock over communities"), "url": reverse("supplies:share_over_communities"),
           "icon": "scale", "kind": "primary"}  # fmt: skip
    may = request.actor.may_somewhere(policy.SHARE_OUT)
    context = {
        "page_title": _("Sharing over communities"), "page_icon": "scale", "tabs": tabs("community_sharings"),
        "jobs": [_progress(job) for job in computing_now(SHARING_KIND, actor=request.actor)],
        "columns": columns, "row_template": "supplies/_cells_row.html",
        "caption": _("Sharing over communities"), "page": replace(page, rows=rows),
        "pager_text": _("Newest first"), "page_actions": [new] if may else [],
        "empty": {"icon": "scale", "title": _("Nothing was shared yet"), "text": "", "action": new if may else None},
    }  # fmt: skip
    return render(request, "supplies/allocations.html", context)


@idempotent
@signed_in(policy.SHARE_OUT)
def share(request: ActorRequest) -> HttpResponse:
    """Decide what is shared with whom, and begin."""
    basis = queries.basis(actor=request.actor)
    form = CommunitySharingForm(request.POST or None, basis=basis)

    def act() -> Job:
        return commands.begin_community_sharing(
            actor=request.actor, now=clock.now(), area_code=basis.area_code, asked=form.asked()
        )

    if request.method == "POST" and form.is_valid() and (done := attempt(form, act)):
        return HttpResponseRedirect(reverse("supplies:community_sharing", args=[done.made.uuid]), status=303)
    return one_form(
        request, form, title=_("Share stock over communities"), back=reverse("supplies:community_sharings"),
        subtitle=_("Advice with a proof; nothing is promised until somebody signs."),
    )  # fmt: skip


@signed_in(policy.VIEW)
def sharing(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show who gets what and why, and the proof; how far it is while it is computed."""
    try:
        one = queries.sharing_of(actor=request.actor, uuid=uuid)
    except NotVisible:
        job = computing_of(SHARING_KIND, actor=request.actor, uuid=uuid)
        context = {"page_title": _("Sharing over communities"), "breadcrumbs": _crumbs(""), **_progress(job)}
        return render(request, "supplies/computing.html", context)
    named = queries.names_of(one)
    columns = [
        column(_("Community depot")),
        column(_("Goods")),
        column(pgettext("supplies", "Day"), is_number=True),
        column(pgettext("supplies", "Needs"), is_number=True),
        column(_("Gets"), is_number=True),
        column(_("Why")),
    ]
    rows = [
        row(columns, named.depots.get(share["target"], ""), named.items[share["item"]].name, str(share["day"] + 1),
            amount(share["asked"]), {"text": amount(share["given"]), "muted": f"{share['given'] / share['asked']:.0%}"},
            _why(share))
        for share in one.result["shares"]
    ]  # fmt: skip
    may_sign = one.signed_at is None and request.actor.may(policy.SHARE_OUT, one.area_code)
    sign = {"title": _("Sign"), "form": None, "action": reverse("supplies:sign_community_sharing", args=[one.uuid]),
            "submit": _("Sign, and plan the transfers"),
            "text": _("Transfers are planned for each day and depot; their goods are promised at once.")}  # fmt: skip
    context = {
        "page_title": _("Sharing over communities"), "page_subtitle": f"{localtime(one.computed_at):%Y-%m-%d %H:%M}",
        "definitions": _definitions(one),
        "sections": [{"id": "shares", "title": _("Who gets what, and why"), "columns": columns, "rows": rows}],
        "forms": [sign] if may_sign else [],
        "breadcrumbs": _crumbs(f"{localtime(one.computed_at):%m-%d %H:%M}"),
    }  # fmt: skip
    return card(request, context)


@signed_in(policy.VIEW)
def progress(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Answer the progress bar."""
    job = computing_of(SHARING_KIND, actor=request.actor, uuid=uuid)
    return render(request, "components/progress.html", _progress(job))


@require_POST
@idempotent
@signed_in(policy.SHARE_OUT)
def sign(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Sign a sharing: its transfers are planned."""
    one = queries.sharing_of(actor=request.actor, uuid=uuid)
    try:
        made = commands.sign_community_sharing(actor=request.actor, now=clock.now(), sharing=one)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return HttpResponseRedirect(reverse("supplies:community_sharing", args=[uuid]), status=303)
    said = ngettext("Signed: %(count)d transfer is planned.", "Signed: %(count)d transfers are planned.", len(made))
    messages.success(request, said % {"count": len(made)})
    return HttpResponseRedirect(reverse("supplies:transfers"), status=303)


def _progress(job: Job) -> dict[str, Any]:
    return {
        "job": job, "title": _("Computing a fair sharing"),
        "url": reverse("supplies:community_sharing_progress", args=[job.uuid]),
        "result_url": reverse("supplies:community_sharing", args=[job.uuid]),
    }  # fmt: skip


def _crumbs(label: str) -> list[dict[str, str]]:
    crumbs = [{"label": _("Sharing over communities"), "url": reverse("supplies:community_sharings")}]
    return [*crumbs, {"label": label}] if label else crumbs


def _definitions(one: CommunitySharing) -> list[dict[str, Any]]:
    proof = one.result["proof"]
    proven = (
        _("Proven: nobody can get a larger part without somebody worse off getting less. Checked independently.")
        if proof["is_leximin"]
        else _("Checked independently; not proven to be the fairest.")
    )
    level = proof["lowest_level"]
    return [
        {"term": _("Given out"), "value": amount(proof["given"])},
        {"term": _("Everybody gets at least"), "value": percent(level) if Fraction(level) else "0 %"},
        {"term": _("How good is it"), "value": proven},
        {"term": pgettext("supplies", "Signed by"), "value": one.signed_by_name or _("nobody yet")},
    ]


def _why(share: dict[str, Any]) -> str:
    if share["reason"] == "stock_shared":
        words = _("Too little for all: %(sharers)s communities share what can reach them, each gets as large a part "
                  "as the others. More here would mean less for one no better off.")  # fmt: skip
        return words % {"sharers": share["sharers"]}
    words_by_reason = {
        "full": _("All that is needed."),
        "no_stock": _("No depot that may give here holds it."),
        "no_route": _("What is there was given for another place."),
        "vehicles": _("No vehicle has room left."),
    }
    return words_by_reason.get(share["reason"], "")
