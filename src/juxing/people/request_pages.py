"""What residents ask about their own data, at the desk that answers."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache

from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.masking import masked_name
from juxing.kernel.refusals import NotPermitted, Refusal
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in
from juxing.people import own_commands, own_queries, policy
from juxing.people.forms import AnswerForm
from juxing.people.personal_fields import purposes


@signed_in(policy.ANSWER_REQUESTS)
@never_cache
def requests(request: ActorRequest) -> HttpResponse:
    """List what waits for an answer, the one due first."""
    page = own_queries.requests_page(actor=request.actor, cursor=request.GET.get("cursor"))
    context = {
        "page_title": _("Requests about own data"), "page": page, "now": clock.now(),
        "page_subtitle": _("What residents ask about what is kept of them. The law gives them an answer."),
        "columns": [{"label": _("Number")}, {"label": pgettext("people", "Request")}, {"label": _("Resident")},
                    {"label": _("Answer due")}],
        "caption": _("Requests"), "pager_text": _("Due first"),
        "empty": {"icon": "inbox", "title": _("Nothing waits for an answer."), "text": ""},
    }  # fmt: skip
    return render(request, "people/requests.html", context)


@idempotent
@signed_in(policy.ANSWER_REQUESTS)
@never_cache
def answer(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show one request, and take its answer."""
    found = own_queries.request_to_answer(actor=request.actor, uuid=uuid)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            own_commands.answer_request(
                actor=request.actor, now=clock.now(), request=found, grant=chosen["outcome"] == "done",
                note=chosen["note"],
            )  # fmt: skip
        except NotPermitted:
            raise
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The answer is written down; the resident sees it."))
            return redirect("people:requests")
    resident = found.resident
    may_find = policy.can_find(request.actor, resident)
    context = {
        "page_title": str(found.get_kind_display()), "page_subtitle": found.number, "form": form, "asked": found,
        **new_form_key(),
        "items": [
            {"term": _("Resident"), "value": masked_name(resident.name),
             **({"url": reverse("people:resident", args=[resident.uuid])} if may_find else {})},
            {"term": _("Asked on"), "value": found.asked_at}, {"term": _("Answer due"), "value": found.due_at},
            {"term": _("In their words"), "value": found.written or "–"},
            *([{"term": _("Use"), "value": purposes[found.objection]}] if found.objection in purposes else []),
            *([{"term": _("Answer"), "value": found.answer_note}] if found.answered_at else []),
        ],
        "breadcrumbs": [{"label": _("Requests about own data"), "url": reverse("people:requests")},
                        {"label": found.number}],
    }  # fmt: skip
    return render(request, "people/request.html", context, status=422 if form.errors else 200)
