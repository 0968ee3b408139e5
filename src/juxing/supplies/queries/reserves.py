"""How long the stock of a place lasts in each scenario, and what somebody has to see to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Prefetch, Sum

from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.organisations.models import Post
from juxing.organisations.queries.posts import lines_of
from juxing.supplies import policy
from juxing.supplies.alarms import reserve_severity
from juxing.supplies.days_of_supply import Reach, come_in_time, reach_of, wanted_for
from juxing.supplies.enums import PlaceKind
from juxing.supplies.models import ReserveLine, ReservePlan, StockAlarm, StockBalance, StockLevel
from juxing.supplies.queries.agreements import AgreedStock, agreed_stock

PLAN_ORDER = ("area_code", "hazard", "id")
ALARM_ORDER = ("severity", "-opened_at", "id")
KEEPER = "storekeeper"
Lots = dict[int, list[tuple[str, date | None, Decimal]]]
"""By item: where it lies, until when it may be used, how much of it is free."""


@dataclass(frozen=True, slots=True)
class ReserveRow:
    """
    One item of a plan: what is used a day, what is wanted and free, how long it lasts; ``severity`` "" is enough.

    ``agreed`` is kept at suppliers, not in our depots, and counts; ``too_late`` is kept there as well, but cannot come
    before the rest is used up, and does not count.
    """

    line: ReserveLine
    counted: int
    per_day: Decimal
    wanted: Decimal
    free: Decimal
    agreed: Decimal
    too_late: Decimal
    reach: Reach
    severity: str

    @property
    def missing(self) -> Decimal:
        """How much more would have to be there, of goods that keep, for the days that are wanted."""
        return max(Decimal(0), self.missing_in_depots - self.agreed)

    @property
    def missing_in_depots(self) -> Decimal:
        """How much more would have to lie in our own depots: what a purchase would bring."""
        return max(Decimal(0), self.wanted - (self.free - self.reach.spoilt))


def free_lots(areas: Areas, item_ids: Iterable[int], *, today: date) -> Lots:
    """
    Return what may be used of these items in depots inside these places, in the acting scope.

    What is promised is taken off the lots that would be picked for it: per depot the first to expire.
    """
    items = sorted(set(item_ids))
    rows = (
        StockBalance.objects.inside(areas)
        .filter(place__kind=PlaceKind.DEPOT, quantity__gt=0, item__in=items)
        .values_list("item_id", "place__depot_id", "area_code", "expires_on").annotate(total=Sum("quantity"))
    )  # fmt: skip
    promised = defaultdict(Decimal, {
        (item, depot): reserved
        for item, depot, reserved in StockLevel.objects.inside(areas).filter(item__in=items, reserved__gt=0)
        .values_list("item_id", "depot_id", "reserved")
    })  # fmt: skip
    found: Lots = {item: [] for item in items}
    for item, depot, code, expires_on, quantity in sorted(rows, key=lambda row: (row[3] is None, row[3] or today)):
        if expires_on is not None and expires_on < today:
            continue
        held = min(promised[item, depot or 0], quantity)
        promised[item, depot or 0] -= held
        if quantity > held:
            found[item].append((code, expires_on, quantity - held))
    return found


def reserve_rows(
    plan: ReservePlan, lots: Lots, agreed: Mapping[int, Sequence[AgreedStock]], *, today: date
) -> list[ReserveRow]:
    """Return how long what is free or agreed lasts, for each item of a plan whose ``lines`` were loaded with it."""
    rows = []
    for line in plan.lines.all():
        counted = int(plan.basis.get(line.for_each, 0))
        per_day = line.quantity * counted
        here = [(expires_on, free) for code, expires_on, free in lots.get(line.item_id, [])
                if code.startswith(plan.area_code)]  # fmt: skip
        kept = [one for one in agreed.get(line.item_id, ()) if one.area_code.startswith(plan.area_code)]
        own = reach_of(here, per_day=per_day, today=today)
        in_time, too_late = come_in_time([(one.hours, one.quantity) for one in kept], after=own, per_day=per_day)
        reach = reach_of([*here, (None, in_time)], per_day=per_day, today=today)
        severity = reserve_severity(reach.days, line.days)
        free = sum((quantity for _until, quantity in here), Decimal(0))
        wanted = wanted_for(per_day, line.days)
        rows.append(ReserveRow(line, counted, per_day, wanted, free, in_time, too_late, reach, severity))
    return rows


def plans_page(
    *, actor: Actor, today: date, cursor: str | None = None
) -> tuple[Page[ReservePlan], dict[int, list[ReserveRow]]]:
    """Return the reserve plans the actor sees, and the rows of each by its id."""
    page = page_of(policy.visible_reserves(actor).prefetch_related(_lines()), order=PLAN_ORDER, cursor=cursor)
    return page, rows_of(page.rows, today=today)


def rows_of(plans: Sequence[ReservePlan], *, today: date) -> dict[int, list[ReserveRow]]:
    """Return the rows of plans that were loaded with their lines, by plan; the same statements for any number."""
    areas, items = (
        Areas(plan.area_code for plan in plans),
        [line.item_id for plan in plans for line in plan.lines.all()],
    )
    lots, agreed = free_lots(areas, items, today=today), agreed_stock(areas, items, today=today)
    return {plan.pk: reserve_rows(plan, lots, agreed, today=today) for plan in plans}


def plan_of(*, actor: Actor, uuid: UUID) -> ReservePlan:
    """
    Return one reserve plan with its lines.

    Raises:
        NotVisible: if it does not exist for the actor.
    """
    found = policy.visible_reserves(actor).prefetch_related(_lines()).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def plans_with_lines() -> list[ReservePlan]:
    """Return every reserve plan of the acting scope with its lines; for processes."""
    return list(ReservePlan.objects.prefetch_related(_lines()).order_by("id"))


def alarms_page(*, actor: Actor, kind: str = "", cursor: str | None = None) -> Page[StockAlarm]:
    """Return what somebody has to see to, the most urgent first."""
    rows = (
        policy.visible_alarms(actor)
        .filter(closed_at__isnull=True)
        .select_related("item", "depot", "plan", "agreement", "purchase", "transfer")
    )
    return page_of(rows.filter(kind=kind) if kind else rows, order=ALARM_ORDER, cursor=cursor)


def urgent_alarms(*, actor: Actor) -> int:
    """Return how many alarms want somebody now and nobody has taken on."""
    rows = policy.visible_alarms(actor).filter(closed_at__isnull=True, taken_at__isnull=True)
    return rows.filter(severity="a_urgent").count()


def alarm_of(*, actor: Actor, uuid: UUID) -> StockAlarm:
    """
    Return one open alarm.

    Raises:
        NotVisible: if it does not exist for the actor, or is over.
    """
    found = policy.visible_alarms(actor).filter(uuid=uuid, closed_at__isnull=True).first()
    if found is None:
        raise NotVisible
    return found


def keepers_of(codes: Iterable[str], *, now: datetime) -> dict[str, str]:
    """Return by place the post that keeps its stock and who works in it now; places without one are left out."""
    posts = list(
        Post.objects.filter(area_code__in=set(codes), carries_role=KEEPER, closed_at__isnull=True).order_by("id")
    )
    lines = lines_of(posts, now=now)
    found: dict[str, str] = {}
    for post in posts:
        acting = lines[post.pk].acting
        name = acting.holding.account.display_name if acting else ""
        found.setdefault(post.area_code, f"{post.title} · {name}" if name else post.title)
    return found


def _lines() -> Prefetch[str]:
    return Prefetch("lines", ReserveLine.objects.select_related("item").order_by("id"))
