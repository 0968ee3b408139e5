"""Notices of a response: put right, filled in, published, withdrawn. Only a person publishes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.activations.models import Activation
from juxing.command import policy
from juxing.command.enums import NoticeStatus
from juxing.command.lifecycle import NOTICE
from juxing.command.models import Notice
from juxing.command.notice_drafting import blanks_of, filled
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal

REWRITTEN = journal.declare_action("command.notice.rewrite", _("Words of a notice changed"))
LONGEST_VALUE = 200


@transaction.atomic
def rewrite_notice(*, actor: Actor, now: datetime, notice: Notice, title: str, text: str) -> Notice:
    """
    Put the words of a draft right.

    Raises:
        NotPermitted: if the actor may not publish there.
        InvalidInput: without a title or a text.
        Refusal: if it is no draft any more.
    """
    locked = _draft(notice, actor)
    if not title.strip() or not text.strip():
        raise InvalidInput("notice_empty", _("Write a title and a text."), field="text")
    locked.title, locked.text = title.strip()[:80], text.strip()[:4000]
    locked.save(update_fields=["title", "text"])
    journal.record(REWRITTEN, actor=actor, subject=locked, happened_at=now)
    return locked


@transaction.atomic
def fill_notices(*, actor: Actor, now: datetime, notice: Notice, values: Mapping[str, str]) -> int:
    """
    Fill these blanks in this draft and in every other of the same notice that the actor may publish; return how many.

    Raises:
        NotPermitted, Refusal: as ``rewrite_notice``.
    """
    locked = _draft(notice, actor)
    said = {blank: " ".join(value.split())[:LONGEST_VALUE] for blank, value in values.items()}
    alike = (
        Notice.objects.inside(actor.areas_with(policy.PUBLISH))
        .select_for_update(of=("self",))
        .filter(activation_id=locked.activation_id, code=locked.code, status=NoticeStatus.DRAFT)
    )
    changed = []
    for each in alike.order_by("id"):
        text = filled(each.text, said)
        if text != each.text:
            each.text = text[:4000]
            changed.append(each)
    Notice.objects.bulk_update(changed, ["text"])
    journal.record_many([
        journal.Fact(action=REWRITTEN, subject_type=Notice._meta.label_lower, subject_uuid=each.uuid,
                     area_code=each.area_code, changes={"filled": sorted(blank for blank in said if said[blank])})
        for each in changed
    ]).by(actor, happened_at=now)  # fmt: skip
    return len(changed)


@transaction.atomic
def publish_notice(*, actor: Actor, now: datetime, notice: Notice) -> Notice:
    """
    Tell the people it is for; what was published of it before is withdrawn with this.

    Raises:
        NotPermitted: if the actor may not publish there.
        Refusal: if something is left blank, it is of a drill, its time is over, or it is no draft any more.
    """
    if notice.activation.is_exercise:
        raise Refusal("drill_publishes_nothing", _("A drill tells the public nothing."))
    if notice.ends_at <= now:
        raise Refusal("notice_over", _("The time of this notice is over."))
    told = Notice.objects.filter(
        activation_id=notice.activation_id, area_code=notice.area_code, code=notice.code, status=NoticeStatus.PUBLISHED
    )
    for each in told.exclude(pk=notice.pk):
        NOTICE.move(each, "withdraw", actor=actor, now=now)
    return NOTICE.move(
        notice, "publish", actor=actor, now=now, changes={"published_at": now, "told_by_id": actor.account_id}
    )


@transaction.atomic
def publish_finished(*, actor: Actor, now: datetime, activation: Activation) -> int:
    """Publish every draft of the response with nothing left blank where the actor may; return how many."""
    drafts = Notice.objects.inside(actor.areas_with(policy.PUBLISH)).filter(
        activation=activation, status=NoticeStatus.DRAFT, ends_at__gt=now
    )
    finished = [each for each in drafts.select_related("activation").order_by("id") if not blanks_of(each.text)]
    for each in finished:
        publish_notice(actor=actor, now=now, notice=each)
    return len(finished)


def withdraw_notice(*, actor: Actor, now: datetime, notice: Notice) -> Notice:
    """
    Take a published notice back.

    Raises:
        NotPermitted, WrongState: from the lifecycle.
    """
    with transaction.atomic():
        return NOTICE.move(notice, "withdraw", actor=actor, now=now)


def put_notice_aside(*, actor: Actor, now: datetime, notice: Notice) -> Notice:
    """
    Say that a draft is not used.

    Raises:
        NotPermitted, WrongState: from the lifecycle.
    """
    with transaction.atomic():
        return NOTICE.move(notice, "put_aside", actor=actor, now=now)


def _draft(notice: Notice, actor: Actor) -> Notice:
    locked = Notice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
    if not policy.can_publish(actor, locked):
        raise NotPermitted
    if locked.status != NoticeStatus.DRAFT:
        raise Refusal("no_draft", _("This is no draft any more. Look at it again."))
    return locked
