"""Meanings to settle: words on the left, what they may mean on the right, one key per answer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import InvalidInput
from juxing.kernel.web import ActorRequest, new_form_key, signed_in
from juxing.supplies import commands, policy
from juxing.supplies.models import SupplyItem
from juxing.supplies.pages.words import tabs
from juxing.supplies.queries.meanings import catalogue_items, item_of, meaning_queue

NONE_OF_THESE = "-"


@signed_in(policy.RECORD)
def mapping(request: ActorRequest) -> HttpResponse:
    """Show the queue."""
    return _page(request)


@require_POST
@idempotent
@signed_in(policy.RECORD)
def settle(request: ActorRequest) -> HttpResponse:
    """Settle one text on all lines that have it."""
    try:
        item = _chosen(request.POST.get("item", ""), request.POST.get("other", ""))
    except InvalidInput as refusal:
        messages.error(request, str(refusal.message))
        return _page(request, status=422)
    count = commands.confirm_meaning(
        actor=request.actor, now=clock.now(), written_item=request.POST.get("written", ""),
        specification=request.POST.get("specification", ""), item=item,
    )  # fmt: skip
    if count:
        said = ngettext("Settled on %(count)d line.", "Settled on %(count)d lines.", count) % {"count": count}
        messages.success(request, said)
    else:
        messages.info(request, _("Someone settled this in the meantime."))
    return HttpResponseRedirect(reverse("supplies:mapping"), status=303)


def _chosen(code: str, other: str) -> SupplyItem | None:
    """Return the entry pressed or, failing that, the one chosen by name; None for "none of these"."""
    if code == NONE_OF_THESE:
        return None
    item = item_of(code or other)
    if item is None:
        raise InvalidInput("item_unknown", _("Choose an item of the catalogue."), field="other")
    return item


def _page(request: ActorRequest, *, status: int = 200) -> HttpResponse:
    queue = meaning_queue(actor=request.actor)
    context = {
        "page_title": _("Meanings to settle"), "page_icon": "link", "tabs": tabs("mapping"), "queue": queue,
        "page_subtitle": _("Nothing is shared out before it is clear what is meant. An answer settles every line with "
                           "the same words."),
        "items": catalogue_items() if queue.shown else [], **new_form_key(),
    }  # fmt: skip
    return render(request, "supplies/mapping.html", context, status=status)
