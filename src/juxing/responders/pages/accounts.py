"""Pages for desks around reporting in without an account: the poster, and giving an account."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables

from juxing.kernel import clock
from juxing.kernel.qr_codes import qr_code
from juxing.kernel.refusals import Refusal
from juxing.kernel.web import ActorRequest, show_refusal, signed_in
from juxing.people.names import name_parts
from juxing.responders import commands, policy, queries
from juxing.responders.forms import AccountForm, PosterForm
from juxing.responders.models import Responder

POSTER_SCALE = 10


@signed_in(policy.VERIFY)
def poster(request: ActorRequest) -> HttpResponse:
    """Show the sheet to hang up at the gate: the way to report in to one community."""
    communities = queries.communities_of(actor=request.actor)
    form = PosterForm(request.GET or None, communities=communities)
    if not form.is_valid():
        context = {
            "page_title": _("Poster for reporting in"), "page_icon": "printer", "form": form,
            "cancel_url": reverse("responders:list"),
        }  # fmt: skip
        return render(request, "responders/poster_choice.html", context)
    community = queries.community_to_print(actor=request.actor, area_code=form.cleaned_data["area"])
    link = request.build_absolute_uri(reverse("responders:public_report_in_at", args=[community.code]))
    context = {
        "page_title": _("We need helping hands"), "page_subtitle": community.name, "link": link,
        "qr": qr_code(link, scale=POSTER_SCALE), "back_url": reverse("responders:list"),
    }  # fmt: skip
    return render(request, "responders/poster.html", context)


@signed_in(policy.GIVE_ACCOUNT)
@never_cache
@sensitive_variables("password")
def give(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Give a responder an account, and show its first password once: a secret, so the answer is not kept."""
    responder = queries.responder_of(actor=request.actor, uuid=uuid)
    form = AccountForm(request.POST or None, initial={"sign_in_name": _suggested(responder)})
    context = {
        "page_title": _("An account for %(name)s") % {"name": responder.name}, "form": form,
        "cancel_url": reverse("responders:detail", args=[uuid]),
    }  # fmt: skip
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["sign_in_name"]
        try:
            password = commands.give_account(
                actor=request.actor, now=clock.now(), responder=responder, sign_in_name=name
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            context |= {"password": password, "sign_in_name": name.strip().casefold()}
            context["sign_in_url"] = request.build_absolute_uri(reverse("access:sign_in"))
            return render(request, "responders/account_given.html", context)
    return render(request, "responders/account.html", context, status=422 if form.errors else 200)


def _suggested(responder: Responder) -> str:
    """Return a name that is easily typed and not the person's alone: initials and the number in the list."""
    initials = "".join(letter for letter in name_parts(responder.name).name_initials.casefold() if letter.isalnum())
    return f"{initials or 'r'}{responder.pk}"
