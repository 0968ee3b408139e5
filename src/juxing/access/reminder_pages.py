"""What waits for the reader: a list of the own reminders, and putting one away."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from juxing.access import reminding
from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.web import ActorRequest, new_form_key, signed_in


@signed_in()
@never_cache
def reminders(request: ActorRequest) -> HttpResponse:
    """List everything that waits for the reader, what is due first."""
    context = {
        "page_title": _("My reminders"), "page_icon": "bell", "waiting": reminding.own_reminders(request.actor),
        "page_subtitle": _("Each is told once and goes by itself when the matter is dealt with."), **new_form_key(),
    }  # fmt: skip
    return render(request, "access/reminders.html", context)


@idempotent
@signed_in()
@require_POST
def set_aside(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Put one of the own reminders away."""
    reminding.set_aside(actor=request.actor, now=clock.now(), uuid=uuid)
    return redirect("access:reminders")
