"""Orders: straight to posts of any level, read, acknowledged, carried out and reported, each by whom it was sent to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from juxing.activations import previews, scoping
from juxing.activations.enums import RUNNING
from juxing.activations.models import Activation
from juxing.command import policy
from juxing.command.enums import ANSWER_MINUTES, DeliveryStatus, MusterAnswer, Urgency
from juxing.command.lifecycle import DELIVERY, ORDER
from juxing.command.models import CommandOrder, MusterHolder, MusterPost, OrderDelivery, OrderReading
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.copying import copy_rows, new_ids
from juxing.kernel.refusals import InvalidInput, NotPermitted, NotVisible, Refusal
from juxing.kernel.scope import acting
from juxing.organisations.enums import AssignmentSlot

ISSUED = journal.declare_action("command.order.issue", _("Order given"))
PROCESS = previews.PROCESS


def marked(activation: Activation, **changes: Any) -> dict[str, Any]:
    """Return what entries of this room carry: whose they are, and whether of a drill."""
    return {"activation": str(activation.uuid), **({"exercise": True} if activation.is_exercise else {}), **changes}


@transaction.atomic
def issue_order(
    *, actor: Actor, now: datetime, activation: Activation, title: str, text: str, areas: Sequence[str] = (),
    post_codes: Sequence[str] = (), urgency: str = Urgency.NORMAL, due_at: datetime | None = None,
    wants_report: bool = True, playbook_code: str = "",
) -> CommandOrder:  # fmt: skip
    """
    Give an order to every post called up at these places ([]: everywhere it holds) with one of these codes ([]: any).

    It reaches A of each post; B where there is no A or A cannot come. Nobody in between passes it on.

    Raises:
        NotPermitted: if the actor may not give orders at all of these places.
        InvalidInput: if nothing is said, or the time for carrying it out is past.
        Refusal: if the activation is not in force, or no post is called up there.
    """
    plain = " ".join(title.split())
    if not plain or len(plain) > 80 or not text.strip():
        raise InvalidInput("order_unsaid", _("Say what is to be done, in a title and in full."), field="title")
    if urgency not in Urgency.values:
        raise InvalidInput("urgency_unknown", _("Choose from the list."), field="urgency")
    if due_at is not None and due_at <= now:
        raise InvalidInput("due_past", _("This lies in the past."), field="due_at")
    with acting(PROCESS):
        locked = Activation.objects.select_for_update().get(pk=activation.pk)
        codes = list(Areas(areas).prefixes) or list(policy.places_of(locked).prefixes)
        if not policy.can_order(actor, Areas(codes)):
            raise NotPermitted
        if locked.status not in RUNNING or locked.ends_at <= now:
            raise Refusal("not_in_force", _("This response is not in force (any more)."))
        posts = MusterPost.objects.inside(Areas(codes)).filter(activation=locked, closed_at__isnull=True)
        if post_codes:
            posts = posts.filter(code__in=list(post_codes))
        found = list(posts.order_by("area_code", "id").values_list("id", "area_code"))
        if not found:
            raise Refusal("nobody_there", _("No post is called up there. Choose other places or posts."), field="areas")
        last = CommandOrder.objects.filter(activation=locked).aggregate(last=Max("number"))["last"]
        minutes = ANSWER_MINUTES[Urgency(urgency)]
        order = CommandOrder.objects.create(
            activation=locked, area_code=scoping.common_place(codes), number=int(last or 0) + 1, title=plain,
            text=text.strip()[:2000], urgency=urgency, wants_report=wants_report, answer_minutes=minutes, due_at=due_at,
            areas=codes, post_codes=sorted(post_codes), playbook_code=playbook_code[:40],
            issued_by_id=actor.account_id, issued_at=now,
        )  # fmt: skip
        sent = _deliver(order, found, now=now, check_at=now + timedelta(minutes=minutes))
        journal.record(
            ISSUED, actor=actor, subject=order, happened_at=now,
            changes=marked(locked, number=order.number, posts=len(found), people=sent, playbook=playbook_code),
        )  # fmt: skip
    return order


@transaction.atomic
def read_order(*, actor: Actor, now: datetime, delivery: OrderDelivery) -> bool:
    """Note that the person opened the order; return whether it was for the first time."""
    with acting(PROCESS):
        own = OrderReading.objects.filter(delivery=delivery, account_id=actor.account_id or 0)
        return bool(own.filter(read_at__isnull=True).update(read_at=now))


def acknowledge(*, actor: Actor, now: datetime, delivery: OrderDelivery) -> OrderDelivery:
    """
    Say that the order arrived and will be carried out; one of the post's holders is enough.

    Raises:
        NotVisible: if the order was not sent to the actor.
        WrongState: if somebody answered for the post before.
    """
    return _answer("acknowledge", actor, delivery, now, acknowledged_by_id=actor.account_id, acknowledged_at=now)


def complete(*, actor: Actor, now: datetime, delivery: OrderDelivery, report: str = "") -> OrderDelivery:
    """
    Report that it is carried out.

    Raises:
        InvalidInput: if the order wants a report and there is none.
        NotVisible, WrongState: as ``acknowledge``.
    """
    if delivery.order.wants_report and not report.strip():
        raise InvalidInput("report_missing", _("Say in a sentence what was done."), field="report")
    return _answer(
        "complete", actor, delivery, now, reported_by_id=actor.account_id, reported_at=now,
        report=report.strip()[:1000],
    )  # fmt: skip


def refuse(*, actor: Actor, now: datetime, delivery: OrderDelivery, report: str) -> OrderDelivery:
    """
    Say that it cannot be carried out, and what is missing for it; command sees it at once.

    Raises:
        InvalidInput: if nothing is said.
        NotVisible, WrongState: as ``acknowledge``.
    """
    if not report.strip():
        raise InvalidInput("report_missing", _("Say what is missing, so that command can help."), field="report")
    return _answer(
        "refuse", actor, delivery, now, reported_by_id=actor.account_id, reported_at=now, report=report.strip()[:1000]
    )


@transaction.atomic
def withdraw_order(*, actor: Actor, now: datetime, order: CommandOrder, reason: str) -> CommandOrder:
    """
    Take an order back; what was not carried out yet ends.

    Raises:
        InvalidInput: without a reason.
        NotPermitted: if the actor could not have given it.
    """
    if not reason.strip():
        raise InvalidInput("reason_missing", _("Say why. It is kept in the journal."), field="reason")
    with acting(PROCESS):
        taken = ORDER.move(order, "withdraw", actor=actor, now=now, reason=reason.strip()[:400])
        open_rows = OrderDelivery.objects.filter(
            order=order, status__in=[DeliveryStatus.WAITING, DeliveryStatus.ACKNOWLEDGED]
        )
        ids = list(open_rows.values_list("pk", flat=True))
        DELIVERY.move_many(ids, "withdraw", actor=actor, now=now, reason=reason.strip()[:400])
        OrderDelivery.objects.filter(pk__in=ids).update(check_at=None)
    return taken


def _deliver(order: CommandOrder, posts: Sequence[tuple[int, str]], *, now: datetime, check_at: datetime) -> int:
    """Write one delivery per post and one reading per person it goes to first; return how many people."""
    ids = new_ids(OrderDelivery, len(posts))
    copy_rows(
        OrderDelivery, ("id", "uuid", "area_code", "order", "muster_post", "status", "check_at", "report"),
        [(pk, uuid4(), area_code, order.pk, post_id, "waiting", check_at, "")
         for pk, (post_id, area_code) in zip(ids, posts, strict=True)],
    )  # fmt: skip
    by_post: dict[int, list[tuple[int, str, str]]] = {}
    holders = MusterHolder.objects.filter(muster_post_id__in=[post_id for post_id, _area in posts], released_at=None)
    for post_id, account_id, slot, answer in holders.order_by("id").values_list(
        "muster_post_id", "account_id", "slot", "answer"
    ):
        by_post.setdefault(post_id, []).append((account_id, slot, answer))
    readings = [
        (area_code, pk, account_id, slot, now)
        for pk, (post_id, area_code) in zip(ids, posts, strict=True)
        for account_id, slot in first_hands(by_post.get(post_id, []))
    ]
    copy_rows(OrderReading, ("area_code", "delivery", "account", "slot", "sent_at"), readings)
    return len(readings)


def first_hands(holders: Sequence[tuple[int, str, str]]) -> list[tuple[int, str]]:
    """Return who gets an order first of (account, slot, answer): A, or B where A is missing or cannot come."""
    able = [(account_id, slot) for account_id, slot, answer in holders if answer != MusterAnswer.CANNOT]
    primary = [holder for holder in able if holder[1] == AssignmentSlot.PRIMARY]
    return primary or able


@transaction.atomic
def _answer(name: str, actor: Actor, delivery: OrderDelivery, now: datetime, **changes: Any) -> OrderDelivery:
    if not policy.was_sent_to(actor, delivery):
        raise NotVisible
    with acting(PROCESS):
        read_order(actor=actor, now=now, delivery=delivery)
        locked = OrderDelivery.objects.select_for_update().get(pk=delivery.pk)
        if name == "complete" and locked.acknowledged_at is None:
            changes |= {"acknowledged_by_id": actor.account_id, "acknowledged_at": now}
        return DELIVERY.move(locked, name, actor=actor, now=now, changes={"check_at": None, **changes})
