"""
The emergency day, played through the product's own commands: needs arrive, runs match, people answer or do not.

Nothing is written past the commands. What responders do (accept, decline, keep silent, not come) follows the papers'
attendance funnel and lives only here; the product never stores a propensity.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from heapq import heappop, heappush
from itertools import count
from typing import Any

from juxing.dispatch import commands as dispatch
from juxing.dispatch.commands.rounds import finish_rounds
from juxing.dispatch.enums import HELD, RunTrigger, TaskStatus
from juxing.dispatch.models import Task
from juxing.kernel.actors import Actor
from juxing.kernel.areas import EVERYWHERE
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting
from juxing.kernel.subscribers import deliver_all
from juxing.needs import commands as needs
from juxing.needs.commands import LineInput, NeedInput
from juxing.needs.enums import IntakeChannel, NeedStatus
from juxing.needs.models import Need
from juxing.site.demo.load import LoadedDistrict, items_of
from juxing.supplies.models import SupplyItem
from juxing.supplies.queries.verification import verify_ledger
from juxing_demo import Day, District

SYSTEM = Actor.system("demo")
TICK = timedelta(minutes=15)
GIVE_UP_ON_NO_SHOW = timedelta(minutes=90)
ACCEPT, DECLINE = 0, 1


@dataclass(slots=True)
class DayCounts:
    """What happened, for the report."""

    arrived: int = 0
    refused: int = 0
    duplicates: int = 0
    runs: int = 0
    answers: Counter[str] = field(default_factory=Counter)


class Simulation:
    """One day over one loaded district; ``play`` moves simulated time on."""

    def __init__(self, district: District, loaded: LoadedDistrict, day: Day, *, midnight: datetime) -> None:
        self.district, self.loaded, self.day, self.midnight = district, loaded, day, midnight
        self.counts = DayCounts()
        self.now = midnight
        self._streets = [code for code, level in district.areas.rows("code", "level") if level == "street"]
        self._arrivals = needs_of_day(district, loaded, day, midnight=midnight)
        self._next_arrival = 0
        self._future: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()
        self._offers_made: Counter[int] = Counter()
        self._row_of_need: dict[int, int] = {}
        self._reopened: set[int] = set()

    def play(
        self, until: datetime, *, tick: timedelta = TICK, report: Callable[[str], None] = lambda _line: None
    ) -> DayCounts:
        """Let the day run until this moment, a tick at a time."""
        while self.now < until:
            end = min(self.now + tick, until)
            self._act(end)
            self.now = end
            self._arrive()
            with acting(SYSTEM):
                dispatch.expire_offers(now=self.now)
                needs.retriage_waiting(areas=EVERYWHERE, now=self.now)
                finish_rounds(now=self.now)
            self._match()
            deliver_all()
            report(f"{self.now + timedelta(hours=8):%H:%M} {self.counts.arrived} needs, {dict(self.counts.answers)}")
        return self.counts

    def _arrive(self) -> None:
        batch: list[tuple[int, NeedInput]] = []
        while self._next_arrival < len(self._arrivals) and self._arrivals[self._next_arrival][0] <= self.now:
            _moment, row, given = self._arrivals[self._next_arrival]
            batch.append((row, given))
            self._next_arrival += 1
        if not batch:
            return
        with acting(SYSTEM):
            made = needs.record_needs(actor=SYSTEM, now=self.now, inputs=[given for _row, given in batch], is_demo=True)
        self._row_of_need.update({need_id: batch[position][0] for position, need_id in made.need_ids.items()})
        self.counts.arrived += len(batch)
        self.counts.refused += len(made.refusals)
        self.counts.duplicates += len(made.duplicates)
        for need_id in made.need_ids.values():
            after = self._follow_up(need_id, "withdraw_after_min")
            if after >= 0:
                self._later(timedelta(minutes=after), self._withdraw, need_id)

    def _match(self) -> None:
        for street in self._streets:
            run = dispatch.run_matching(actor=SYSTEM, now=self.now, area_code=street, trigger=RunTrigger.SCHEDULE)
            self.counts.runs += 1
            if run.matched_count:
                with acting(SYSTEM):
                    offered = Task.objects.filter(match__run=run).order_by("id")
                    for task_id, responder_id in offered.values_list("id", "responder_id"):
                        self._expect_answer(task_id, responder_id)

    def _expect_answer(self, task_id: int, responder_id: int) -> None:
        row = responder_id - self.loaded.responders.start
        behaviour = self.day.behaviour
        column = self._offers_made[row] % behaviour.answer.shape[1]
        self._offers_made[row] += 1
        if not behaviour.is_on_shift[row]:
            return
        answer, after = int(behaviour.answer[row, column]), timedelta(minutes=int(behaviour.react_min[row, column]))
        if answer == ACCEPT:
            self._later(after, self._accept, task_id, row, column)
        elif answer == DECLINE:
            self._later(after, self._decline, task_id)

    def _accept(self, task_id: int, row: int, column: int) -> None:
        behaviour = self.day.behaviour
        if not self._do("accepted", dispatch.accept_task, task_id):
            return
        if behaviour.shows_up[row, column]:
            travel = timedelta(minutes=int(behaviour.travel_min[row, column]))
            work = timedelta(minutes=int(behaviour.work_min[row, column]))
            self._later(travel, self._do, "checked_in", dispatch.check_in, task_id)
            self._later(travel + work, self._finish, task_id)
        else:
            self._later(GIVE_UP_ON_NO_SHOW, self._do, "no_show", dispatch.cancel_task, task_id)

    def _decline(self, task_id: int) -> None:
        self._do("declined", dispatch.decline_task, task_id)

    def _finish(self, task_id: int) -> None:
        if not self._do("done", dispatch.finish_task, task_id):
            return
        with acting(SYSTEM):
            need_id = Task.objects.values_list("need_id", flat=True).get(pk=task_id)
        confirm_after = self._follow_up(need_id, "confirm_after_min")
        if confirm_after >= 0:
            self._later(timedelta(minutes=confirm_after), self._confirm, need_id)

    def _confirm(self, need_id: int) -> None:
        row = self._row_of_need[need_id]
        follow_ups = self.day.follow_ups
        wrong = follow_ups.reopen_text[row]
        with acting(SYSTEM):
            need = Need.objects.get(pk=need_id)
            if need.status != NeedStatus.FULFILLED:
                return
            if wrong and need_id not in self._reopened:
                self._reopened.add(need_id)
                needs.reopen_need(actor=SYSTEM, now=self.now, need=need, what_was_wrong=wrong)
                self.counts.answers["reopened"] += 1
                return
            score = int(follow_ups.score[row]) or None
            needs.confirm_need(
                actor=SYSTEM, now=self.now, need=need, score=score, comment=follow_ups.feedback_text[row]
            )
        self.counts.answers["confirmed"] += 1

    def _withdraw(self, need_id: int) -> None:
        with acting(SYSTEM):
            try:
                needs.withdraw_need(actor=SYSTEM, now=self.now, need=Need.objects.get(pk=need_id))
            except Refusal:
                return
        self.counts.answers["withdrawn"] += 1

    def _do(self, name: str, command: Callable[..., Any], task_id: int) -> bool:
        words = {"reason": "no-show"} if name == "no_show" else {}
        with acting(SYSTEM):
            try:
                command(actor=SYSTEM, now=self.now, task=Task.objects.get(pk=task_id), **words)
            except Refusal as refusal:
                self.counts.answers[f"{name} refused: {refusal.code}"] += 1
                return False
        self.counts.answers[name] += 1
        return True

    def _act(self, end: datetime) -> None:
        """Let each answer come at its own moment: an offer that holds for an hour is answered within the hour."""
        while self._future and self._future[0][0] <= end:
            due, _order, act = heappop(self._future)
            self.now = max(self.now, due)
            act()

    def _later(self, after: timedelta, act: Callable[..., Any], *arguments: Any) -> None:
        heappush(self._future, (self.now + after, next(self._order), lambda: act(*arguments)))

    def _follow_up(self, need_id: int, column: str) -> int:
        return int(getattr(self.day.follow_ups, column)[self._row_of_need[need_id]])


def needs_of_day(
    district: District, loaded: LoadedDistrict, day: Day, *, midnight: datetime
) -> list[tuple[datetime, int, NeedInput]]:
    """Return the day's needs as they arrive: when, the row of the generator's table, and what is recorded."""
    with acting(SYSTEM):
        item_ids = items_of(district)
        catalogue = {item.pk: item for item in SupplyItem.objects.all()}
    id_of = dict(zip(district.supply_items.code, item_ids, strict=True))
    lines: dict[int, list[LineInput]] = defaultdict(list)
    for row, item, quantity in day.need_items.rows():
        known = catalogue[id_of[item]]
        amount = Decimal(str(quantity)) if quantity else None
        lines[row].append(LineInput(written=known.name_zh, item_id=known.pk, quantity=amount, unit=known.unit))
    names = (
        "arrived_s", "channel", "need_type", "household_row", "resident_row", "text", "contact_name", "contact_phone",
    )  # fmt: skip
    made = []
    for row, values in enumerate(day.needs.rows(*names)):
        arrived_s, channel, need_type, home, resident, text, name, phone = values
        arrived = midnight + timedelta(seconds=arrived_s)
        given = NeedInput(
            need_type=need_type, channel=channel, household_id=loaded.households[home],
            resident_id=loaded.residents[resident] if resident >= 0 else None, details=text, lines=lines.get(row, ()),
            contact_name=name, contact_phone=phone, is_proxy=channel == IntakeChannel.PROXY, happened_at=arrived,
            is_danger_to_life=day.needs.priority[row] == "life_critical",
        )  # fmt: skip
        made.append((arrived, row, given))
    return made


def invariants() -> Iterator[str]:
    """Yield every way in which the books do not agree; nothing is yielded on a good day."""
    with acting(SYSTEM, at_one_moment=True):
        offered = set(Task.objects.filter(status=TaskStatus.OFFERED).values_list("need_id", flat=True))
        held = set(Task.objects.filter(status__in=HELD).values_list("need_id", flat=True))
        by_status: dict[str, set[int]] = defaultdict(set)
        for need_id, status in Need.objects.filter(duplicate_of__isnull=True).values_list("id", "status"):
            by_status[status].add(need_id)
        if offered & held:
            yield f"{len(offered & held)} needs have two live tasks"
        if by_status[NeedStatus.MATCHED] != offered:
            yield f"{len(by_status[NeedStatus.MATCHED] ^ offered)} needs are offered without an offer, or the reverse"
        under_way = by_status[NeedStatus.ASSIGNED] | by_status[NeedStatus.IN_DELIVERY]
        if under_way != held:
            yield f"{len(under_way ^ held)} needs are under way without a helper, or the reverse"
        done = set(
            Task.objects.filter(status__in=[TaskStatus.DONE, TaskStatus.VERIFIED]).values_list("need_id", flat=True)
        )
        finished = by_status[NeedStatus.FULFILLED] | by_status[NeedStatus.CONFIRMED]
        if not finished <= done:
            yield f"{len(finished - done)} needs count as delivered though nobody delivered"
        yield from verify_ledger().problems
