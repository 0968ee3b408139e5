"""My calls and my orders, on a phone: coming, standing here, acknowledged, carried out."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from juxing.activations.queries import place_names
from juxing.command import commands, notice_queries, queries, words
from juxing.command.enums import DeliveryStatus
from juxing.command.forms import AnswerForm
from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in

ACTS = {"acknowledge": commands.acknowledge, "complete": commands.complete, "refuse": commands.refuse}


@signed_in()
def my_orders(request: ActorRequest) -> HttpResponse:
    """Show what I am called to and what was ordered of my posts."""
    calls, readings = queries.my_calls(actor=request.actor), queries.my_orders(actor=request.actor)
    told = notice_queries.notices_for_me(actor=request.actor, now=clock.now())
    names = place_names(row.area_code for row in (*calls, *readings, *told))
    context = {
        "notices": [{"notice": row, "place": names[row.area_code]} for row in told],
        "page_title": _("Calls and orders"), "live_topics": "command", **new_form_key(), "keep_offline": True,
        "calls": [
            {"call": call, "post": call.muster_post, "place": names[call.area_code],
             "letter": "A" if call.slot == "primary" else "B", "badge": words.muster_badge(call),
             "incident": call.muster_post.activation.incident.title,
             "is_exercise": call.muster_post.activation.is_exercise}
            for call in calls
        ],
        "orders": [
            {"reading": row, "order": row.delivery.order, "place": names[row.area_code],
             "post": row.delivery.muster_post.title, "badge": words.delivery_badge(row.delivery),
             "is_exercise": row.delivery.order.activation.is_exercise,
             "url": reverse("command:my_order", args=[row.delivery.uuid])}
            for row in readings
        ],
    }  # fmt: skip
    return render(request, "command/my_orders.html", context)


@idempotent
@signed_in()
def my_order(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Read an order (that it was read is kept), acknowledge it, report."""
    now = clock.now()
    delivery = queries.my_delivery(actor=request.actor, uuid=uuid)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act = request.POST.get("act", "")
        said = {} if act == "acknowledge" else {"report": form.cleaned_data["report"]}
        try:
            if act not in ACTS:
                raise NotVisible
            ACTS[act](actor=request.actor, now=now, delivery=delivery, **said)  # type: ignore[operator]
        except Refusal as refusal:
            if refusal.status == NotVisible.status:
                raise
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Thank you. Command sees it now."))
            return HttpResponseRedirect(reverse("command:my_order", args=[uuid]), status=303)
    else:
        commands.read_order(actor=request.actor, now=now, delivery=delivery)
    names = place_names([delivery.area_code])
    context = {
        "page_title": delivery.order.title, "back_url": reverse("command:my_orders"), "delivery": delivery,
        "order": delivery.order, "post": delivery.muster_post, "place": names[delivery.area_code],
        "badge": words.delivery_badge(delivery), "form": form, **new_form_key(),
        "exercise": {"name": delivery.order.activation.incident.title}
        if delivery.order.activation.is_exercise else None,
        "is_waiting": delivery.status == DeliveryStatus.WAITING,
        "is_open": delivery.status in {DeliveryStatus.WAITING, DeliveryStatus.ACKNOWLEDGED},
    }  # fmt: skip
    return render(request, "command/my_order.html", context, status=422 if form.errors else 200)


@idempotent
@signed_in()
@require_POST
def answer_call(request: ActorRequest, uuid: UUID, act: str) -> HttpResponse:
    """Say that I come, that I cannot, or that I stand at my post."""
    call = queries.my_call(actor=request.actor, uuid=uuid)
    if act == "here":
        commands.arrive(actor=request.actor, now=clock.now(), holder=call)
        messages.success(request, _("Command sees that you stand at your post."))
    elif act in {"coming", "cannot"}:
        commands.answer_call(actor=request.actor, now=clock.now(), holder=call, is_coming=act == "coming")
        messages.success(
            request, _("Thank you.") if act == "coming" else _("Thank you for saying so. Your B is called on.")
        )
    else:
        raise NotVisible
    return HttpResponseRedirect(reverse("command:my_orders"), status=303)
