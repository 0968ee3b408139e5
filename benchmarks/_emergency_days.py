"""
Emergency days in the database, for benchmarks that need a district at work: recorded, matched, delivered, confirmed.

Everything goes through the rooms' own commands, set-based; only the moments of acceptance and delivery, which the
set-based moves do not write, are added afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import F

from juxing.dispatch.commands import run_matching
from juxing.dispatch.commands.giving_back import release_reservations
from juxing.dispatch.enums import RunTrigger, TaskStatus
from juxing.dispatch.lifecycle import TASK
from juxing.dispatch.models import Task
from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting
from juxing.needs import commands as needs_commands
from juxing.needs.commands.bulk import record_needs
from juxing.needs.inputs import LineInput, NeedInput
from juxing.needs.lifecycle import NEED
from juxing.people.models import Resident
from juxing.places.models import Household
from juxing.site.demo.load import load_district
from juxing.supplies.catalogue import catalogue_index
from juxing.supplies.models import SupplyItem
from juxing_demo import Day, District, generate_day, generate_district

PROCESS = Actor.system("benchmark")
AT_ONCE = 4000
BLOCK_H = 6
ACCEPTED, DECLINED, DELIVERED, CONFIRMED = 70, 80, 92, 78
"""Percent of offers accepted, and accepted or declined; of accepted ones delivered; of delivered ones confirmed."""


def load_days(size: str, *, now: datetime, days: int, say: Callable[[str], None]) -> None:
    """Load the district, and the days that end now, six hours at a time with a matching run per street after each."""
    district = generate_district(size)  # type: ignore[arg-type]
    with acting(PROCESS):
        loaded = load_district(district, now=now)
        households = _ids(Household, loaded.households)
        residents = _ids(Resident, loaded.residents)
    say("district loaded")
    streets = sorted({code[:9] for code in district.households.code})
    for number in range(1, days + 1):
        day = generate_day(district, day=number)
        start = now - timedelta(days=days - number + 1)
        inputs = list(_inputs(district, day, start, households, residents))
        for hour in range(0, 24, BLOCK_H):
            begins, ends = start + timedelta(hours=hour), start + timedelta(hours=hour + BLOCK_H)
            block = [given for given in inputs if begins <= (given.happened_at or begins) < ends]
            _record(block, now=ends)
            _serve(streets, now=ends)
            say(f"day {number}, {hour + BLOCK_H:02}:00: {len(block)} needs recorded, matched and partly delivered")


def _ids(model: type[Household] | type[Resident], ids: range) -> list[int]:
    return list(model.objects.filter(pk__gte=ids.start, pk__lt=ids.stop).order_by("pk").values_list("pk", flat=True))


def _inputs(
    district: District, day: Day, start: datetime, households: list[int], residents: list[int]
) -> Iterator[NeedInput]:
    lines = _lines(day)
    columns = ("arrived_s", "channel", "need_type", "priority", "household_row", "resident_row", "text")
    codes = district.households.code
    for row, (arrived_s, channel, need_type, priority, home, resident, text) in enumerate(day.needs.rows(*columns)):
        unknown = row % 40 == 0
        yield NeedInput(
            need_type=need_type, channel=channel, details=text[:300], lines=lines.get(row, ()),
            household_id=None if unknown else households[home],
            resident_id=residents[resident] if resident >= 0 and not unknown else None,
            area_code=codes[home][:12] if unknown else "", place_text=f"door unknown {row}" if unknown else "",
            is_urgent=priority == "urgent", is_danger_to_life=priority == "life_critical",
            happened_at=start + timedelta(seconds=int(arrived_s)),
        )  # fmt: skip


def _lines(day: Day) -> dict[int, list[LineInput]]:
    with acting(PROCESS):
        ids = dict(SupplyItem.objects.values_list("code", "id"))
    index, known = catalogue_index(), {}
    lines: dict[int, list[LineInput]] = {}
    for need, item, quantity in day.need_items.rows("need_row", "item", "quantity"):
        if item not in known:
            code = item if item in ids else index.exact(item)
            known[item] = ids.get(code or "")
        line = LineInput(written=item, item_id=known[item], quantity=Decimal(str(quantity)) if quantity > 0 else None)
        lines.setdefault(need, []).append(line)
    return lines


def _record(inputs: list[NeedInput], *, now: datetime) -> None:
    for first in range(0, len(inputs), AT_ONCE):
        with acting(PROCESS):
            record_needs(actor=PROCESS, now=now, inputs=inputs[first : first + AT_ONCE], is_demo=True)


def _serve(streets: list[str], *, now: datetime) -> None:
    """Deliver most of what was accepted before, let silent offers pass, and offer what waits now."""
    with acting(PROCESS):
        _deliver(now=now - timedelta(minutes=1))
        silent = list(Task.objects.filter(status=TaskStatus.OFFERED).values_list("id", flat=True))
        _give_back(TASK.move_many(silent, "expire", actor=PROCESS, now=now), now=now)
    for street in streets:
        run_matching(actor=PROCESS, now=now, area_code=street, trigger=RunTrigger.SCHEDULE)
    with acting(PROCESS):
        offered = list(Task.objects.filter(status=TaskStatus.OFFERED).order_by("id").values_list("id", flat=True))
        accepted = TASK.move_many([task for task in offered if task % 100 < ACCEPTED], "accept", actor=PROCESS, now=now)
        Task.objects.filter(pk__in=accepted).update(accepted_at=now)
        needs_commands.mark_assigned(_needs_of(accepted), actor=PROCESS, now=now)
        declined = [task for task in offered if ACCEPTED <= task % 100 < DECLINED]
        _give_back(TASK.move_many(declined, "decline", actor=PROCESS, now=now), now=now)


def _deliver(*, now: datetime) -> None:
    held = list(Task.objects.filter(status=TaskStatus.ACCEPTED).order_by("id").values_list("id", flat=True))
    begun = TASK.move_many(held, "check_in", actor=PROCESS, now=now)
    Task.objects.filter(pk__in=begun).update(checked_in_at=now)
    needs_commands.mark_in_delivery(_needs_of(begun), actor=PROCESS, now=now)
    TASK.move_many([task for task in begun if task % 97 == 0], "block", actor=PROCESS, now=now, reason="nobody in")
    done = TASK.move_many(
        [task for task in begun if task % 97 and task % 100 * 7 % 100 < DELIVERED], "finish", actor=PROCESS, now=now
    )
    Task.objects.filter(pk__in=done).update(done_at=now, checked_in_at=F("checked_in_at"))
    release_reservations(done)
    needs = _needs_of(done)
    needs_commands.mark_fulfilled(needs, actor=PROCESS, now=now)
    confirmed = [need for need in needs if need * 7 % 100 < CONFIRMED]
    NEED.move_many(confirmed, "confirm", actor=PROCESS, now=now)


def _give_back(tasks: list[int], *, now: datetime) -> None:
    if not tasks:
        return
    release_reservations(tasks)
    needs_commands.return_to_waiting(_needs_of(tasks), actor=PROCESS, now=now, reason="not answered in time")


def _needs_of(tasks: list[int]) -> list[int]:
    return list(Task.objects.filter(pk__in=tasks).order_by("id").values_list("need_id", flat=True))
