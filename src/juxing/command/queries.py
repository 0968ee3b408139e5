"""Reading command: the muster board, orders and their state, one's own calls and orders, periods, log, reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q

from juxing.activations import previews
from juxing.activations.enums import RUNNING
from juxing.activations.models import Activation
from juxing.command import policy, situation
from juxing.command.enums import DeliveryStatus, MusterAnswer
from juxing.command.models import (
    CommandOrder,
    LogEntry,
    MusterHolder,
    MusterPost,
    OperationalPeriod,
    OrderDelivery,
    OrderReading,
    SituationReport,
)
from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import AreaScoped, ScopedQuerySet, acting

PROCESS = previews.PROCESS
STREET_LENGTH = 9
OPEN = [DeliveryStatus.WAITING, DeliveryStatus.ACKNOWLEDGED]
MUSTER_COUNTS = {
    "posts": Count("id", distinct=True),
    "unfilled": Count("id", distinct=True, filter=Q(holders__isnull=True, people_called=0)),
    "called": Count("holders"),
    "coming": Count("holders", filter=Q(holders__answer=MusterAnswer.COMING)),
    "cannot": Count("holders", filter=Q(holders__answer=MusterAnswer.CANNOT)),
    "here": Count("holders", filter=Q(holders__arrived_at__isnull=False)),
    "manned": Count("id", distinct=True, filter=Q(holders__arrived_at__isnull=False) | Q(people_arrived__gt=0)),
}
STATE = {
    "total": Count("id"), "waiting": Count("id", filter=Q(status=DeliveryStatus.WAITING)),
    "acknowledged": Count("id", filter=Q(status=DeliveryStatus.ACKNOWLEDGED)),
    "completed": Count("id", filter=Q(status=DeliveryStatus.COMPLETED)),
    "cannot": Count("id", filter=Q(status=DeliveryStatus.CANNOT)),
    "escalated": Count("id", filter=Q(status=DeliveryStatus.WAITING, escalated_at__isnull=False)),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class OrderState:
    """An order with how many posts are in which state."""

    order: CommandOrder
    total: int
    waiting: int
    acknowledged: int
    completed: int
    cannot: int
    escalated: int
    read: int
    sent: int


def activation(*, actor: Actor, uuid: UUID) -> Activation:
    """
    Return an activation of which the actor sees at least a part.

    Raises:
        NotVisible: otherwise.
    """
    with acting(PROCESS):
        found = Activation.objects.select_related("incident", "plan_version__plan").filter(uuid=uuid).first()
    if found is None or not policy.can_see(actor, found):
        raise NotVisible
    return found


def running(*, actor: Actor, now: datetime) -> list[Activation]:
    """Return what is in force at the actor's places or above them, newest first."""
    with acting(PROCESS):
        rows = Activation.objects.filter(status__in=sorted(RUNNING), ends_at__gt=now).select_related("incident")
        return [row for row in rows.defer("preview").order_by("-starts_at")[:200] if policy.can_see(actor, row)]


def standing(activation: Activation) -> dict[str, int]:
    """Return how the muster and the orders stand now; call it inside a scope that holds the activation."""
    posts = MusterPost.objects.filter(activation=activation, closed_at__isnull=True)
    found = {name: int(value or 0) for name, value in posts.aggregate(**MUSTER_COUNTS).items()}
    deliveries = OrderDelivery.objects.filter(order__activation=activation)
    return found | {
        name: int(value or 0)
        for name, value in deliveries.aggregate(
            orders_open=Count("order", distinct=True, filter=Q(status__in=OPEN)),
            deliveries_open=Count("id", filter=Q(status__in=OPEN)),
            deliveries_done=Count("id", filter=Q(status=DeliveryStatus.COMPLETED)),
            deliveries_cannot=Count("id", filter=Q(status=DeliveryStatus.CANNOT)),
            silent=Count("id", filter=Q(status=DeliveryStatus.WAITING, escalated_at__isnull=False)),
        ).items()
    }


def seen_standing(*, actor: Actor, activation: Activation) -> dict[str, int]:
    """Return ``standing`` of the actor's own part."""
    with acting(PROCESS):
        posts = _posts(actor, activation).aggregate(**MUSTER_COUNTS)
        deliveries = OrderDelivery.objects.inside(policy.seen_of(actor, activation)).filter(
            order__activation=activation
        )
        silent = deliveries.filter(status=DeliveryStatus.WAITING, escalated_at__isnull=False).count()
        open_count = deliveries.filter(status__in=OPEN).count()
    return {name: int(value or 0) for name, value in posts.items()} | {"silent": silent, "deliveries_open": open_count}


def muster_by_place(*, actor: Actor, activation: Activation) -> list[dict[str, int | str]]:
    """Return the muster's counts street by street, of a single street community by community."""
    with acting(PROCESS):
        counted = _posts(actor, activation).order_by("area_code").values("area_code").annotate(**MUSTER_COUNTS)
        rows: list[dict[str, Any]] = [dict(row) for row in counted]
    streets = {row["area_code"][:STREET_LENGTH] for row in rows}
    length = STREET_LENGTH if len(streets) > 1 else STREET_LENGTH + 3
    found: dict[str, dict[str, int | str]] = {}
    for row in rows:
        place = found.setdefault(row["area_code"][:length], {"area_code": row["area_code"][:length]})
        for name in MUSTER_COUNTS:
            place[name] = int(place.get(name, 0)) + int(row[name])
    return list(found.values())


def muster_page(
    *, actor: Actor, activation: Activation, area_code: str = "", only: str = "", cursor: str | None = None
) -> Page[MusterPost]:
    """Return called-up posts with their holders; ``only`` is "unfilled", "silent" or "unmanned"."""
    with acting(PROCESS):
        rows = _posts(actor, activation).within(area_code)
        if only == "unfilled":
            rows = rows.filter(holders__isnull=True)
        elif only == "silent":
            rows = rows.filter(holders__isnull=False).exclude(holders__answered_at__isnull=False)
        elif only == "unmanned":
            rows = rows.exclude(holders__arrived_at__isnull=False)
        rows = rows.distinct().prefetch_related(
            Prefetch("holders", queryset=MusterHolder.objects.select_related("account").order_by("-slot", "id"))
        )
        return page_of(rows, order=("area_code", "id"), cursor=cursor)


def orders_page(*, actor: Actor, activation: Activation, cursor: str | None = None) -> Page[CommandOrder]:
    """Return the activation's orders that reach the actor's places, newest first."""
    seen = policy.seen_of(actor, activation)
    with acting(PROCESS):
        reaching = OrderDelivery.objects.inside(seen).filter(order__activation=activation)
        rows = CommandOrder.objects.filter(activation=activation, pk__in=reaching.values("order_id"))
        return page_of(rows.select_related("issued_by"), order=("-number", "-id"), cursor=cursor, size=30)


def states_of(*, actor: Actor, activation: Activation, orders: Sequence[CommandOrder]) -> dict[int, OrderState]:
    """Return how each order stands at the actor's places, in two queries."""
    seen = policy.seen_of(actor, activation)
    ids = [order.pk for order in orders]
    with acting(PROCESS):
        rows = OrderDelivery.objects.inside(seen).filter(order_id__in=ids).order_by()
        found: dict[int, dict[str, Any]] = {row["order_id"]: row for row in rows.values("order_id").annotate(**STATE)}  # type: ignore[misc]
        readings = OrderReading.objects.inside(seen).filter(delivery__order_id__in=ids).order_by()
        for row in readings.values("delivery__order_id").annotate(
            sent=Count("id"), read=Count("id", filter=Q(read_at__isnull=False))
        ):
            found[row["delivery__order_id"]] |= {"sent": row["sent"], "read": row["read"]}
    nothing = dict.fromkeys(("read", "sent", *STATE), 0)
    return {
        each.pk: OrderState(
            order=each,
            **{name: int(value) for name, value in (nothing | found.get(each.pk, {})).items() if name in nothing},
        )
        for each in orders
    }


def order(*, actor: Actor, uuid: UUID) -> CommandOrder:
    """
    Return an order that reaches the actor's places.

    Raises:
        NotVisible: otherwise.
    """
    with acting(PROCESS):
        found = CommandOrder.objects.select_related("activation__incident", "issued_by").filter(uuid=uuid).first()
        if found is not None:
            seen = policy.seen_of(actor, found.activation)
            if OrderDelivery.objects.inside(seen).filter(order=found).exists():
                return found
    raise NotVisible


def deliveries_page(
    *, actor: Actor, order: CommandOrder, status: str = "", cursor: str | None = None
) -> Page[OrderDelivery]:
    """Return the posts an order went to at the actor's places, with who read it; "silent" is escalated ones."""
    with acting(PROCESS):
        rows = OrderDelivery.objects.inside(policy.seen_of(actor, order.activation)).filter(order=order)
        if status == "silent":
            rows = rows.filter(status=DeliveryStatus.WAITING, escalated_at__isnull=False)
        elif status in DeliveryStatus.values:
            rows = rows.filter(status=status)
        readings = OrderReading.objects.select_related("account").order_by("-slot", "id")
        rows = rows.select_related("muster_post").prefetch_related(Prefetch("readings", queryset=readings))
        return page_of(rows, order=("area_code", "id"), cursor=cursor)


def my_calls(*, actor: Actor) -> list[MusterHolder]:
    """Return the posts the actor is called to now."""
    with acting(PROCESS):
        rows = MusterHolder.objects.filter(account_id=actor.account_id or 0, released_at__isnull=True)
        return list(rows.select_related("muster_post__activation__incident").order_by("-called_at")[:20])


def my_call(*, actor: Actor, uuid: UUID) -> MusterHolder:
    """
    Return one of the actor's own calls.

    Raises:
        NotVisible: if somebody else was called.
    """
    with acting(PROCESS):
        rows = MusterHolder.objects.filter(uuid=uuid, account_id=actor.account_id or 0)
        found = rows.select_related("muster_post__activation__incident").first()
    if found is None:
        raise NotVisible
    return found


def my_orders(*, actor: Actor, limit: int = 50) -> list[OrderReading]:
    """Return the orders in the actor's hands, newest first."""
    with acting(PROCESS):
        rows = OrderReading.objects.filter(account_id=actor.account_id or 0).select_related(
            "delivery__order__activation__incident", "delivery__muster_post"
        )
        return list(rows.order_by("-sent_at", "-id")[:limit])


def my_delivery(*, actor: Actor, uuid: UUID) -> OrderDelivery:
    """
    Return an order at a post of the actor's.

    Raises:
        NotVisible: if it was not sent to the actor.
    """
    with acting(PROCESS):
        rows = OrderDelivery.objects.filter(uuid=uuid, readings__account_id=actor.account_id or 0)
        found = rows.select_related(
            "order__activation__incident", "order__issued_by", "muster_post", "acknowledged_by", "reported_by"
        ).first()
    if found is None:
        raise NotVisible
    return found


def unread_count(*, actor: Actor) -> int:
    """Return how many orders the actor has not opened."""
    with acting(PROCESS):
        return OrderReading.objects.filter(account_id=actor.account_id or 0, read_at__isnull=True).count()


def periods_of(activation: Activation) -> list[OperationalPeriod]:
    """Return the periods, newest first."""
    with acting(PROCESS):
        rows = OperationalPeriod.objects.filter(activation=activation).select_related("lead", "handed_to", "activation")
        return list(rows.order_by("-number")[:100])


def period(*, actor: Actor, uuid: UUID) -> OperationalPeriod:
    """
    Return one period.

    Raises:
        NotVisible: if its activation is not the actor's.
    """
    with acting(PROCESS):
        rows = OperationalPeriod.objects.select_related("activation__incident", "lead", "handed_to")
        found = rows.filter(uuid=uuid).first()
    if found is None or not policy.can_see(actor, found.activation):
        raise NotVisible
    return found


def log_page(*, actor: Actor, activation: Activation, cursor: str | None = None) -> Page[LogEntry]:
    """Return the activity log at the actor's places, newest first."""
    with acting(PROCESS):
        rows = LogEntry.objects.inside(policy.seen_of(actor, activation)).filter(activation=activation)
        return page_of(rows.select_related("written_by"), order=("-happened_at", "-id"), cursor=cursor, size=30)


def reports_of(activation: Activation) -> list[SituationReport]:
    """Return the situation reports, newest first."""
    with acting(PROCESS):
        rows = SituationReport.objects.filter(activation=activation).select_related("written_by", "period")
        return list(rows.order_by("-number")[:100])


def report(*, actor: Actor, uuid: UUID) -> SituationReport:
    """
    Return one report; it speaks of the whole activation, so all of it must be the actor's.

    Raises:
        NotVisible: otherwise.
    """
    with acting(PROCESS):
        found = (
            SituationReport.objects.select_related("activation__incident", "written_by", "period")
            .filter(uuid=uuid).first()
        )  # fmt: skip
    if found is None or not actor.may(policy.SEE, found.area_code):
        raise NotVisible
    return found


def report_rows(*, actor: Actor, report: SituationReport, code: str, cursor: str | None = None) -> Page[JournalEntry]:
    """
    Return the journal entries one figure was counted from.

    Raises:
        NotVisible: if the report has no such figure.
    """
    if not actor.may(policy.SEE, report.area_code) or code not in {each[0] for each in report.figures}:
        raise NotVisible
    with acting(PROCESS):
        return page_of(situation.rows_of(report, code), order=("-id",), cursor=cursor)


def post_codes_of(activation: Activation) -> list[tuple[str, str]]:
    """Return the kinds of posts of the plan, as (code, title in Chinese, as the plan says it)."""
    return [(row["code"], row["title"]) for row in activation.plan_version.content.get("posts", [])]


def leads_for(thing: AreaScoped, *, now: datetime, but: int | None = None) -> list[tuple[str, str]]:
    """Return who may lead here as (sign-in name, shown name)."""
    from juxing.access.models import RoleAssignment

    above = [thing.area_code[:length] for length in range(2, len(thing.area_code) + 1)]
    with acting(PROCESS):
        rows = RoleAssignment.objects.in_force(now).filter(
            role__in=sorted(policy.LEAD.roles), area_code__in=["", *above], account__is_active=True
        )
        named = rows.exclude(account_id=but or 0).values_list("account__sign_in_name", "account__display_name")
        return sorted(set(named), key=lambda pair: pair[1])[:200]


def _posts(actor: Actor, activation: Activation) -> ScopedQuerySet[MusterPost]:
    return MusterPost.objects.inside(policy.seen_of(actor, activation)).filter(
        activation=activation, closed_at__isnull=True
    )
