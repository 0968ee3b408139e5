"""What the command post does besides converting: shifts handed over, the situation reported, a measure over an area."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from juxing.activations import commands as activations
from juxing.activations.models import AreaMeasure
from juxing.command import commands as command
from juxing.command.models import OperationalPeriod, SituationReport
from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting
from juxing.site.demo.response_acts import SYSTEM, Acts

SHIFT = timedelta(hours=12)


class CommandPost(Acts):
    """Steps of the story that its command post takes."""

    def shift_begun(self) -> dict[str, Any]:
        """Begin the first shift under the commander, with what it is to reach."""
        with acting(self.as_commander()) as actor:
            period = command.open_period(
                actor=actor, now=self.now, activation=self.activation, aims=self.words["shift"]["aims"],
                planned_end_at=self.now + SHIFT,
            )  # fmt: skip
        return {"period": period.number}

    def shift_handed_over(self) -> dict[str, Any]:
        """Hand the shift over in writing; the lead changes when the next accepts, and nobody else can."""
        period, written = self._period(), self.words["shift"]
        with acting(self.as_commander()) as actor:
            self.refused("handover_empty", lambda: command.hand_over(
                actor=actor, now=self.now, period=period, to=self.operator, text=" "))  # fmt: skip
            handed = command.hand_over(
                actor=actor, now=self.now, period=period, to=self.operator, text=written["handover"]
            )
        self.expect("lead until it is accepted", handed.lead_id, self.commander.pk)
        with acting(self.as_operator()) as actor:
            begun = command.accept_handover(
                actor=actor, now=self.now, period=handed, aims=written["aims"], planned_end_at=self.now + SHIFT
            )
        self.expect("lead", begun.lead_id, self.operator.pk)
        self.expect("periods under way", self._open_periods(), 1)
        return {"period": begun.number, "orders_open": handed.standing.get("orders_open", 0)}

    def situation_reported(self) -> dict[str, Any]:
        """Count the journal of the days since the last report; the next begins where this one ends."""
        with acting(SYSTEM):
            last = SituationReport.objects.filter(activation=self.activation).order_by("-number").first()
        since = last.until if last is not None else self.midnight
        with acting(self.as_operator()) as actor:
            report = command.write_report(
                actor=actor, now=self.now, activation=self.activation, since=since,
                assessment=self.words["shift"]["assessment"],
            )  # fmt: skip
        self.expect("number", report.number, last.number + 1 if last is not None else 1)
        counted = sum(one for one in _numbers(report.figures))
        self.expect("the journal has something to count", counted > 0, True)
        return {"report": report.number, "counted": counted}

    def measure_in_force(self) -> dict[str, Any]:
        """Close rooms where people crowd, in one place: not without a decision, nor without who serves the people."""
        written, place, activation = self.words["measure"], self.places.first[0], self.activation
        said = {name: text for name, text in written.items() if name not in {"title", "text", "lifted"}}
        with acting(self.as_commander()) as actor:
            bare = self._measure(actor, place, {})
            self.refused("no_decision", lambda: activations.publish_measure(
                actor=actor, now=self.now, measure=bare))  # fmt: skip
        decision = self.decision(activation)
        with acting(self.as_commander()) as actor:
            self.refused("duty_missing", lambda: activations.publish_measure(
                actor=actor, now=self.now, measure=bare, decision=decision))  # fmt: skip
            measure = activations.publish_measure(
                actor=actor, now=self.now, measure=self._measure(actor, place, said), decision=decision
            )
        self.measure_id = measure.pk
        return {"place": place, "until_day": round((measure.ends_at - self.midnight).total_seconds() / 86_400, 1)}

    def measure_lifted(self) -> dict[str, Any]:
        """Lift it before its end, because it is no longer needed."""
        with acting(self.as_commander()) as actor:
            measure = AreaMeasure.objects.get(pk=self.measure_id)
            lifted = activations.lift_measure(
                actor=actor, now=self.now, measure=measure, reason=self.words["measure"]["lifted"]
            )
        self.expect("ended", lifted.ends_at <= self.now + timedelta(seconds=1), True)
        return {"status": str(lifted.status)}

    measure_id = 0

    def _measure(self, actor: Actor, place: str, said: dict[str, str]) -> AreaMeasure:
        written = self.words["measure"]
        return activations.draft_measure(
            actor=actor, now=self.now, activation=self.activation, area_code=place, kind="places_closed",
            title=written["title"], text=written["text"], ends_at=self.now + timedelta(days=6), said=said,
        )  # fmt: skip

    def _period(self) -> OperationalPeriod:
        with acting(SYSTEM):
            return OperationalPeriod.objects.get(activation=self.activation, ended_at=None)

    def _open_periods(self) -> int:
        with acting(SYSTEM):
            return OperationalPeriod.objects.filter(activation=self.activation, ended_at=None).count()


def _numbers(figures: object) -> list[int]:
    """Return every count in nested figures."""
    if isinstance(figures, bool):
        return []
    if isinstance(figures, int):
        return [figures]
    if isinstance(figures, dict):
        return [number for value in figures.values() for number in _numbers(value)]
    if isinstance(figures, list):
        return [number for value in figures for number in _numbers(value)]
    return []
