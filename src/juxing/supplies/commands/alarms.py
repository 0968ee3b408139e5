"""Looking over the stock: alarms open, change and close as the figures do; nobody opens or closes one by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Min, Sum
from django.utils.timezone import localdate

from juxing.kernel.scope import acting
from juxing.supplies.alarms import agreement_severity, agreement_soon, expiry_severity, soon
from juxing.supplies.commands.accounts import LEDGER
from juxing.supplies.commands.reserves import count_again
from juxing.supplies.enums import AgreementStatus, AlarmKind, AlarmSeverity, PlaceKind
from juxing.supplies.models import StockAlarm, StockBalance, StockLevel, SupplyAgreement
from juxing.supplies.quantities import plain
from juxing.supplies.queries.reserves import plans_with_lines, rows_of
from juxing.supplies.queries.stock import LOW

Key = tuple[str, int | None, int | None, int | None, int | None]
"""Kind, item, depot, plan, agreement: what may be open once."""
BATCH = 5000


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
        wanted = dict([*_expiring(today), *_low(), *_short(plans, today=today), *_ending(today)])
        standing: dict[Key, StockAlarm] = {
            (one.kind, one.item_id, one.depot_id, one.plan_id, one.agreement_id): one
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
    kind, item, depot, plan, agreement = key
    return StockAlarm(
        area_code=said.area_code, kind=kind, severity=said.severity, item_id=item, depot_id=depot, plan_id=plan,
        agreement_id=agreement, facts=said.facts, opened_at=now, looked_at=now,
    )  # fmt: skip


def _expiring(today: date) -> Iterator[tuple[Key, Raised]]:
    there = StockBalance.objects.filter(quantity__gt=0, place__depot__isnull=False)
    grouped = there.values_list("item_id", "place__depot_id", "area_code").annotate(Sum("quantity"), Min("expires_on"))
    on_shelves = grouped.filter(place__kind=PlaceKind.DEPOT, expires_on__gte=today, expires_on__lte=today + soon())
    for item, depot, code, quantity, first in on_shelves:
        facts = {"quantity": plain(quantity), "first": first.isoformat()}
        yield (AlarmKind.EXPIRING, item, depot, None, None), Raised(code, expiry_severity((first - today).days), facts)
    for item, depot, code, quantity, first in grouped.filter(
        place__kind__in=[PlaceKind.DEPOT, PlaceKind.SET_ASIDE], expires_on__lt=today
    ):
        facts = {"quantity": plain(quantity), "first": first.isoformat()}
        yield (AlarmKind.EXPIRED, item, depot, None, None), Raised(code, AlarmSeverity.URGENT, facts)


def _low() -> Iterator[tuple[Key, Raised]]:
    rows = StockLevel.objects.filter(LOW, min_quantity__gt=0)
    for item, depot, code, on_hand, reserved, least in rows.values_list(
        "item_id", "depot_id", "area_code", "on_hand", "reserved", "min_quantity"
    ):
        free = on_hand - reserved
        severity = AlarmSeverity.SOON if free > Decimal(0) else AlarmSeverity.URGENT
        facts = {"free": plain(free), "least": plain(least)}
        yield (AlarmKind.LOW, item, depot, None, None), Raised(code, severity, facts)


def _short(plans: Any, *, today: date) -> Iterator[tuple[Key, Raised]]:
    for plan_id, rows in rows_of(plans, today=today).items():
        for row in rows:
            if row.severity and row.reach.days is not None:
                facts = {"days": plain(row.reach.days), "wanted_days": row.line.days, "missing": plain(row.missing),
                         "agreed": plain(row.agreed), "to_buy": plain(row.missing_in_depots)}  # fmt: skip
                key = (AlarmKind.SHORT, row.line.item_id, None, plan_id, None)
                yield key, Raised(row.line.area_code, row.severity, facts)


def _ending(today: date) -> Iterator[tuple[Key, Raised]]:
    rows = SupplyAgreement.objects.filter(
        status=AgreementStatus.IN_FORCE, valid_until__gte=today, valid_until__lte=today + agreement_soon()
    )
    for pk, code, until in rows.values_list("id", "area_code", "valid_until"):
        facts = {"until": until.isoformat()}
        severity = agreement_severity((until - today).days)
        yield (AlarmKind.AGREEMENT, None, None, None, pk), Raised(code, severity, facts)
