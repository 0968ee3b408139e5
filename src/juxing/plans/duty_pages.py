"""My duties under plans, on a phone: read, accepted, or refused with what stands against it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from juxing.kernel import clock
from juxing.kernel.conversion import titled
from juxing.kernel.idempotency import idempotent
from juxing.kernel.web import ActorRequest, carried_out, new_form_key, signed_in
from juxing.places.queries import areas_in
from juxing.plans import duties, policy
from juxing.plans.forms import DutyForm
from juxing.plans.models import PlanVersion


@idempotent
@signed_in(policy.SEE)
def my_duties(request: ActorRequest) -> HttpResponse:
    """Show the duties of posts I may hold, and take an answer to one."""
    form = DutyForm(request.POST or None)
    done = carried_out(
        request, form, lambda given: duties.answer_duty(actor=request.actor, now=clock.now(), **given),
        done=_("Your answer is kept."),
    )  # fmt: skip
    if done is not None:
        return HttpResponseRedirect(reverse("plans:my_duties"), status=303)
    sent = (request.POST.get("plan", ""), request.POST.get("post_code", ""))
    rows = [
        {"duty": duty, "title": titled(duty.post), "plan": duty.plan.title,
         "does": [_step(step) for step in duty.carries_out], "answers_for": [_step(step) for step in duty.answers_for],
         "errors": form if sent == (str(duty.plan.uuid), duty.post["code"]) else None}
        for duty in duties.my_duties(actor=request.actor)
    ]  # fmt: skip
    context = {
        "page_title": _("My duties under plans"), "rows": rows, **new_form_key(),
        "is_stray": bool(form.errors) and all(row["errors"] is None for row in rows),
    }  # fmt: skip
    return render(request, "plans/my_duties.html", context, status=422 if form.errors else 200)


def answers_shown(version: PlanVersion, *, is_writer: bool) -> dict[str, Any]:
    """
    Return for the plan's page how many accepted each post, and to its writers what stands against it.

    By post and place, without a name: the plan is to be put right, not a person. Call it inside a scope.
    """
    answers, posts = duties.answers_to(version, now=clock.now()), version.content.get("posts", ())
    titles = {post["code"]: titled(post) for post in posts}
    refused = duties.what_stands_against(version) if is_writer else []
    places = areas_in(row.area_code for row in refused)
    return {
        "accepted": [{"title": titles[code], "yes": yes, "no": no} for code, (yes, no) in answers.items()],
        "against": [
            {"post": titles[row.post_code], "reason": row.reason,
             "place": places[row.area_code].name if row.area_code in places else row.area_code}
            for row in refused
        ],
    }  # fmt: skip


def _step(step: Mapping[str, Any]) -> dict[str, Any]:
    return {"title": titled(step), "due": step.get("due_min"), "text": step.get("text", "")}
