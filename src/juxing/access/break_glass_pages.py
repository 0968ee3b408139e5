"""Opening a place in an emergency, and the privacy officer's list of who did."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from juxing.access import break_glass_commands as commands
from juxing.access import break_glass_queries as queries
from juxing.access import policy
from juxing.access.forms import BreakGlassForm, ReviewForm
from juxing.access.models import BreakGlassAccess
from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.web import ActorRequest, carried_out, new_form_key, signed_in


@idempotent
@signed_in(policy.BREAK_GLASS)
@never_cache
def break_glass(request: ActorRequest) -> HttpResponse:
    """Ask for a reason and open one more place for an hour."""
    form = BreakGlassForm(request.POST or None)
    if carried_out(
        request, form, lambda filled: commands.break_glass(actor=request.actor, now=clock.now(), **filled),
        done=_("The place is open to you for an hour. Every look is written down."),
    ):  # fmt: skip
        return redirect("access:break_glass")
    context = {
        "page_title": _("Open a place in an emergency"), "form": form, **new_form_key(),
        "open_access": queries.open_break_glass(request.actor, now=clock.now()), "cancel_url": reverse("access:me"),
        "page_subtitle": _(
            "Only when somebody's life or safety depends on it and who is responsible there cannot be reached. "
            "A privacy officer will read your reason and what you looked at."
        ),
    }  # fmt: skip
    return render(request, "access/break_glass.html", context, status=422 if form.errors else 200)


@idempotent
@signed_in()
@require_POST
def end_break_glass(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Close a place before its hour is over."""
    access = queries.own_break_glass(actor=request.actor, uuid=uuid)
    commands.end_break_glass(actor=request.actor, now=clock.now(), access=access)
    messages.success(request, _("The place is closed again."))
    return redirect("access:break_glass")


@signed_in(policy.REVIEW_BREAK_GLASS)
def break_glass_list(request: ActorRequest) -> HttpResponse:
    """List what was opened; what waits for review first."""
    every = request.GET.get("all") == "1"
    page = queries.break_glass_page(actor=request.actor, unreviewed=not every, cursor=request.GET.get("cursor"))
    address = reverse("access:break_glass_list")
    context = {
        "page_title": _("Emergency access"), "page": page, "now": clock.now(), "pager_text": _("Newest first"),
        "page_subtitle": _("Places opened beyond somebody's own area. Review each within three working days."),
        "page_actions": [
            {"label": _("Waiting for review"), "url": address, "icon": "hourglass"} if every else
            {"label": _("All"), "url": f"{address}?all=1", "icon": "list"}
        ],
        "columns": [
            {"label": _("Opened")}, {"label": _("By whom")}, {"label": _("Place")}, {"label": _("Reason")},
            {"label": pgettext("access", "Review")},
        ],
        "caption": _("Emergency access"),
        "empty": {
            "icon": "shield-check", "title": _("Nothing waits for review."),
            "text": _("When somebody opens a place in an emergency, it is listed here at once."),
        },
    }  # fmt: skip
    return render(request, "access/break_glass_list.html", context)


@idempotent
@signed_in(policy.REVIEW_BREAK_GLASS)
@never_cache
def review(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one access with what was done meanwhile, and take the verdict."""
    access = queries.break_glass_access(actor=request.actor, uuid=uuid)
    form = ReviewForm(request.POST or None)
    if carried_out(
        request, form, lambda filled: commands.review_break_glass(
            actor=request.actor, now=clock.now(), access=access, **filled
        ), done=_("Your verdict is written down."),
    ):  # fmt: skip
        return redirect("access:break_glass_list")
    return render(
        request, "access/break_glass_review.html", _review_context(access, form), status=422 if form.errors else 200
    )


def _review_context(access: BreakGlassAccess, form: ReviewForm) -> dict[str, object]:
    from juxing.access.journal_queries import action_label

    title = _("Emergency access of %(name)s") % {"name": access.account.display_name}
    return {
        "page_title": title, "access": access, "form": form, **new_form_key(), "now": clock.now(),
        "breadcrumbs": [{"label": _("Emergency access"), "url": reverse("access:break_glass_list")}, {"label": title}],
        "items": [
            {"term": _("Place"), "value": access.area_code}, {"term": _("Reason"), "value": access.reason},
            {"term": _("From"), "value": access.starts_at}, {"term": _("Until"), "value": access.ends_at},
            {"term": _("Review until"), "value": access.review_due_at},
        ],
        "entries": [
            {"title": action_label(deed.action), "happened_at": deed.happened_at, "actor": deed.by_whom,
             "reason": deed.reason, "place": deed.area_code}
            for deed in queries.deeds_during(access)
        ],
    }  # fmt: skip
