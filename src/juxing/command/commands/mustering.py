"""Answering a call: coming or not, and standing at the post. Each says it of oneself; nothing is tracked."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.activations import previews
from juxing.command.commands.ordering import marked
from juxing.command.enums import MusterAnswer
from juxing.command.models import MusterHolder
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.scope import acting

ANSWERED = journal.declare_action("command.muster.answer", _("Called holder answered"))
ARRIVED = journal.declare_action("command.muster.arrive", _("Holder stands at the post"))


@transaction.atomic
def answer_call(*, actor: Actor, now: datetime, holder: MusterHolder, is_coming: bool) -> MusterHolder:
    """
    Say whether one comes. Who cannot needs no reason: B is called on, and nothing else follows.

    Raises:
        NotVisible: if somebody else was called.
        Refusal: if the call is over.
    """
    with acting(previews.PROCESS):
        locked = _own(actor, holder)
        locked.answer = MusterAnswer.COMING if is_coming else MusterAnswer.CANNOT
        locked.answered_at = now
        if not is_coming:
            locked.arrived_at = None
        locked.save(update_fields=["answer", "answered_at", "arrived_at"])
        _record(ANSWERED, actor, locked, now)
    return locked


@transaction.atomic
def arrive(*, actor: Actor, now: datetime, holder: MusterHolder) -> MusterHolder:
    """
    Say that one stands at the post.

    Raises:
        NotVisible, Refusal: as ``answer_call``.
    """
    with acting(previews.PROCESS):
        locked = _own(actor, holder)
        if locked.arrived_at is None:
            locked.answer, locked.arrived_at = MusterAnswer.COMING, now
            locked.answered_at = locked.answered_at or now
            locked.save(update_fields=["answer", "answered_at", "arrived_at"])
            _record(ARRIVED, actor, locked, now)
    return locked


def _own(actor: Actor, holder: MusterHolder) -> MusterHolder:
    found = (
        MusterHolder.objects.select_for_update(of=("self",))
        .select_related("muster_post__activation")
        .filter(pk=holder.pk, account_id=actor.account_id or 0).first()
    )  # fmt: skip
    if found is None:
        raise NotVisible
    if found.released_at is not None:
        raise Refusal("call_over", _("This call is over. Thank you."))
    return found


def _record(action: str, actor: Actor, holder: MusterHolder, now: datetime) -> None:
    journal.record(action, actor=actor, subject=holder, happened_at=now, changes=marked(holder.muster_post.activation))
