"""Looking over the stock: alarms open, change and close as the figures do; nobody opens or closes one by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F, Min, Q, Sum
from django.utils import timezone
from django.utils.timezone import localdate, localtime

from juxing.kernel.scope import acting
from juxing.supplies.alarms import (
    agreement_severity,
    agreement_soon,
    expiry_severity,
    late_severity,
    soon,
    transfer_takes,
)
from juxing.supplies.commands.accounts import LEDGER
from juxing.supplies.commands.reserves import count_again
from juxing.supplies.enums import AgreementStatus, AlarmKind, AlarmSeverity, PlaceKind, TransferStatus
from juxing.supplies.lifecycle import UNDER_WAY
from juxing.supplies.models import PurchaseOrder, StockAlarm, StockBalance, StockLevel, SupplyAgreement, Transfer
from juxing.supplies.quantities import plain
from juxing.supplies.queries.reserves import plans_with_lines, rows_of
from juxing.supplies.queries.stock import LOW

BATCH = 5000


class Key(NamedTuple):
    """What may be open once: a kind, and the things it is about."""

    kind: str
    item: int | None = None
    depot: int | None = None
    plan: int | None = None
    agreement: int | None = None
    purchase: int | None = None
    transfer: int | None = None


@dataclass(frozen=True, slots=True)
class Raised:
    """What the figures say now."""

    area_code: str
    severity: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Looked:
    """How many alarms a look opened, changed and closed."""

    opened: int
    changed: int
    closed: int


@transaction.atomic
def look_over_stock(*, now: datetime) -> Looked:
    """Compare stock, use-by dates and reserve plans with the thresholds; bring the alarms to date. For processes."""
    today = localdate(now)
    with acting(LEDGER):
        plans = plans_with_lines()
        count_again(plans, now=now)
        wanted = dict([*_expiring(today), *_low(), *_short(plans, today=today), *_ending(today), *_late(now)])
        standing: dict[Key, StockAlarm] = {
            Key(
                one.kind, one.item_id, one.depot_id, one.plan_id, one.agreement_id, one.purchase_id, one.transfer_id
            ): one
            for one in StockAlarm.objects.filter(closed_at__isnull=True).select_for_update()
        }
        changed = _bring_to_date(standing, wanted, now=now)
        gone = [one.pk for key, one in standing.items() if key not in wanted]
        StockAlarm.objects.filter(pk__in=gone).update(closed_at=now, looked_at=now)
        fresh = [_alarm(key, one, now=now) for key, one in wanted.items() if key not in standing]
        StockAlarm.objects.bulk_create(fresh, batch_size=BATCH, ignore_conflicts=True)
    return Looked(len(fresh), changed, len(gone))


def _bring_to_date(standing: dict[Key, StockAlarm], wanted: dict[Key, Raised], *, now: datetime) -> int:
    changed = []
    for key, one in standing.items():
        said = wanted.get(key)
        if said is not None and (one.severity, one.facts) != (said.severity, said.facts):
            one.severity, one.facts, one.looked_at = said.severity, said.facts, now
            changed.append(one)
    StockAlarm.objects.bulk_update(changed, ["severity", "facts", "looked_at"], batch_size=BATCH)
    return len(changed)


def _alarm(key: Key, said: Raised, *, now: datetime) -> StockAlarm:
    return StockAlarm(
        area_code=said.area_code, kind=key.kind, severity=said.severity, item_id=key.item, depot_id=key.depot,
        plan_id=key.plan, agreement_id=key.agreement, purchase_id=key.purchase, transfer_id=key.transfer,
        facts=said.facts, opened_at=now, looked_at=now,
    )  # fmt: skip


def _expiring(today: date) -> Iterator[tuple[Key, Raised]]:
    there = StockBalance.objects.filter(quantity__gt=0, place__depot__isnull=False)
    grouped = there.values_list("item_id", "place__depot_id", "area_code").annotate(Sum("quantity"), Min("expires_on"))
    on_shelves = grouped.filter(place__kind=PlaceKind.DEPOT, expires_on__gte=today, expires_on__lte=today + soon())
    for item, depot, code, quantity, first in on_shelves:
        facts = {"quantity": plain(quantity), "first": first.isoformat()}
        yield Key(AlarmKind.EXPIRING, item, depot), Raised(code, expiry_severity((first - today).days), facts)
    for item, depot, code, quantity, first in grouped.filter(
        place__kind__in=[PlaceKind.DEPOT, PlaceKind.SET_ASIDE], expires_on__lt=today
    ):
        facts = {"quantity": plain(quantity), "first": first.isoformat()}
        yield Key(AlarmKind.EXPIRED, item, depot), Raised(code, AlarmSeverity.URGENT, facts)


def _low() -> Iterator[tuple[Key, Raised]]:
    rows = StockLevel.objects.filter(LOW, min_quantity__gt=0)
    for item, depot, code, on_hand, reserved, least in rows.values_list(
        "item_id", "depot_id", "area_code", "on_hand", "reserved", "min_quantity"
    ):
        free = on_hand - reserved
        severity = AlarmSeverity.SOON if free > Decimal(0) else AlarmSeverity.URGENT
        facts = {"free": plain(free), "least": plain(least)}
        yield Key(AlarmKind.LOW, item, depot), Raised(code, severity, facts)


def _short(plans: Any, *, today: date) -> Iterator[tuple[Key, Raised]]:
    for plan_id, rows in rows_of(plans, today=today).items():
        for row in rows:
            if row.severity and row.reach.days is not None:
                facts = {"days": plain(row.reach.days), "wanted_days": row.line.days, "missing": plain(row.missing),
                         "agreed": plain(row.agreed), "to_buy": plain(row.missing_in_depots)}  # fmt: skip
                yield (
                    Key(AlarmKind.SHORT, row.line.item_id, plan=plan_id),
                    Raised(row.line.area_code, row.severity, facts),
                )


def _ending(today: date) -> Iterator[tuple[Key, Raised]]:
    rows = SupplyAgreement.objects.filter(
        status=AgreementStatus.IN_FORCE, valid_until__gte=today, valid_until__lte=today + agreement_soon()
    )
    for pk, code, until in rows.values_list("id", "area_code", "valid_until"):
        facts = {"until": until.isoformat()}
        severity = agreement_severity((until - today).days)
        yield Key(AlarmKind.AGREEMENT, agreement=pk), Raised(code, severity, facts)


def _late(now: datetime) -> Iterator[tuple[Key, Raised]]:
    """Yield ordered goods that are due and not complete, and transfers that did not leave or arrive in time."""
    today = localdate(now)
    for order in PurchaseOrder.objects.filter(
        Q(due_at__lt=now) | Q(due_at__isnull=True, needed_by__lt=today), status__in=UNDER_WAY
    ).select_related("depot"):
        due = order.due_at or (_end_of(order.needed_by) if order.needed_by else now)
        severity = AlarmSeverity.URGENT if order.is_emergency else late_severity(now - due)
        facts = {"due": f"{localtime(due):%m-%d %H:%M}", "to": order.depot.name}
        yield Key(AlarmKind.LATE, purchase=order.pk), Raised(order.area_code, severity, facts)
    rows = Transfer.objects.filter(
        Q(status=TransferStatus.SENT, sent_at__lt=now - transfer_takes())
        | Q(status=TransferStatus.PLANNED, planned_for__lt=today)
    ).annotate(source_name=F("source__name"), target_name=F("target__name"))
    for one in rows:
        is_sent = one.status == TransferStatus.SENT
        due = (one.sent_at or now) + transfer_takes() if is_sent else _end_of(one.planned_for or today)
        facts = {"from": one.source_name, "to": one.target_name, "due": f"{localtime(due):%m-%d %H:%M}",
                 "is_sent": "yes" if is_sent else ""}  # fmt: skip
        place = one.target_area_code if is_sent else one.area_code
        yield Key(AlarmKind.LATE, transfer=one.pk), Raised(place, late_severity(now - due), facts)


def _end_of(day: date) -> datetime:
    """Return the midnight after a day where people are."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
